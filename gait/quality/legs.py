"""Light and sharpness where it counts: round the heels, at the clip's own resolution, while the foot is on the ground."""

import cv2
import numpy as np

from gait.landmarks import Landmark, Side
from gait.model import Finding, Floats, GaitEvents, Ints, LegPictures, Picture, Trajectories
from gait.quality.picture import edge_blur_px
from gait.rhythm import shank_length_px

PATCH_SHANKS = 0.3
"""Half side of the square round the heel: shoe, sock and the lower third of the shank."""
STEPS_LOOKED_AT = 6
DARK_HEEL = 35.0
"""Brightness (0-255) that the lightest tenth of the patch exceeds: below it sock, skin and shoe are one shade of black."""
FLAT_HEEL = 4.0
"""SD of the patch's grey levels: below, there is no edge to register, whatever the light."""
BLUR_HEEL_SHANKS = 0.02
"""Blur (SD) of the patch's sharpest edges: 8 mm, a ninth of the heel counter's height. In focus: below 0.007."""
HEEL_BELOW_ANKLE = 0.24
"""Share of the shank, along it. Measured on rendered runners as tracked by BlazePose in mid-stance."""


def check_legs(pictures: LegPictures, trajectories: Trajectories, events: GaitEvents) -> tuple[Finding, ...]:
    """Look at the heel in mid-stance of some steps a foot; one finding per foot and fault.

    Args:
        pictures: Crops at the clip's own resolution; frames without one are left out.
        trajectories: Where the heels are; steps whose heel is NaN are left out.
        events: When the feet are on the ground. A foot without steps is not judged.
    """
    shank = shank_length_px(trajectories.points_px)
    if not np.isfinite(shank):
        return ()
    found: list[Finding] = []
    for side in Side:
        patches = _patches(pictures, trajectories, _mid_stances(trajectories, events, side), side, shank)
        if patches:
            found += _judge(patches, side, shank)
    return tuple(found)


def _mid_stances(trajectories: Trajectories, events: GaitEvents, side: Side) -> Ints:
    stances = events.feet[side].stances_s() if side in events.feet else np.empty((0, 2))
    if not len(stances):
        return np.empty(0, dtype=np.int64)
    chosen = stances[np.unique(np.linspace(0, len(stances) - 1, STEPS_LOOKED_AT).astype(int))].mean(axis=1)
    near = np.searchsorted(trajectories.times_s, chosen)
    return np.asarray(np.unique(np.clip(near, 0, len(trajectories.times_s) - 1)), dtype=np.int64)


def _patches(
    pictures: LegPictures, trajectories: Trajectories, frames: Ints, side: Side, shank: float
) -> list[Picture]:
    half = max(8, round(PATCH_SHANKS * shank))
    out = []
    for frame, crop in pictures.crops(frames):
        heel = _heel(trajectories.points_px[frame], side)
        if crop is None or not np.isfinite(heel).all():
            continue
        x, y = round(heel[0]) - crop.x0_px, round(heel[1]) - crop.y0_px
        patch = crop.image[max(0, y - half) : max(0, y + half), max(0, x - half) : max(0, x + half)]
        if min(patch.shape[:2]) >= half:
            out.append(patch)
    return out


def _heel(points_px: Floats, side: Side) -> Floats:
    """(2,) where it lies by the leg alone where none was seen: some key points have no heels."""
    knee, ankle, heel = (points_px[Landmark.of(side, joint)] for joint in ("knee", "ankle", "heel"))
    return heel if np.isfinite(heel).all() else np.asarray(ankle + HEEL_BELOW_ANKLE * (ankle - knee))


def _judge(patches: list[Picture], side: Side, shank: float) -> list[Finding]:
    grey = [cv2.cvtColor(np.ascontiguousarray(p), cv2.COLOR_RGB2GRAY).astype(np.float64) for p in patches]
    values = {"side": side.value}
    light = float(np.median([np.percentile(g, 90) for g in grey]))
    if light < DARK_HEEL:
        return [Finding("heel_dark", "warn", round(light, 1), DARK_HEEL, values)]
    contrast = float(np.median([g.std() for g in grey]))
    if contrast < FLAT_HEEL:
        return [Finding("heel_flat", "warn", round(contrast, 1), FLAT_HEEL, values)]
    blur = float(np.median([edge_blur_px(g) for g in grey]) / shank)
    if blur > BLUR_HEEL_SHANKS:
        return [Finding("heel_blurred", "warn", round(blur, 4), BLUR_HEEL_SHANKS, values)]
    return []
