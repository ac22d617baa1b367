"""What a skeleton must be to be a person's, and the lengths everything else is held against."""

from dataclasses import dataclass

import numpy as np

from gait.geometry import tilt_deg
from gait.landmarks import Landmark, Side
from gait.model import Bools, Floats, Frozen
from gait.rhythm import shank_length_px

LIMB_RANGE_TORSO = (0.4, 1.7)
"""The longer thigh and the longer shank, in torso lengths (hip to shoulder). Segment lengths of 0.245, 0.246 and 0.288 of body
height (Drillis & Contini 1966) give 0.85; a low or high camera and a bent trunk change that by up to half."""
MAX_LEAN_DEG = 50.0
"""Torso against the picture's vertical. A runner leans 5-10 degrees; the rest is for a rolled camera."""
MIN_REACH_TORSO = 0.5
"""The lower ankle lies at least this far below the hips."""
LYING_SHARE, TURNED_SHARE = 0.3, 0.8
"""Share of frames with a plausible person: fewer than the first as the picture lies, and the second at least as it should."""
_FEET = np.array([int(Landmark.of(side, joint)) for side in Side for joint in ("ankle", "heel", "foot_index")])


@dataclass(frozen=True, eq=False)
class Skeleton(Frozen):
    """Per frame (n) of a track; pixels, y down; NaN where not seen."""

    plausible: Bools
    """(n,) seen, upright, with limbs in a person's proportions. Visibility plays no part: trackers give 0.84 to traffic."""
    hips_px: Floats
    """(n, 2) the middle between the hips."""
    shoulders_px: Floats
    ankles_px: Floats
    feet_px: Floats
    """(n, 2, 3, 2) side (left, right), point (ankle, heel, toe), x and y."""
    torso_px: float
    """Median over plausible frames."""
    shank_px: float
    """90th percentile over plausible frames: the leg seen square on."""


def skeleton(landmarks_px: Floats) -> Skeleton:
    """Measure a track's frames, each by itself.

    Args:
        landmarks_px: (n, 33, 2) px, y down. A frame in which a point that is needed is NaN is not plausible.

    Returns:
        Lengths are NaN without a plausible frame.
    """

    def middle(joint: str) -> Floats:
        return np.asarray(
            (landmarks_px[:, Landmark.of(Side.LEFT, joint)] + landmarks_px[:, Landmark.of(Side.RIGHT, joint)]) / 2
        )

    def longer(upper: str, lower: str) -> Floats:
        both = [
            np.linalg.norm(
                landmarks_px[:, Landmark.of(side, upper)] - landmarks_px[:, Landmark.of(side, lower)], axis=1
            )
            for side in Side
        ]
        return np.asarray(np.maximum(*both))

    hips, shoulders, ankles = middle("hip"), middle("shoulder"), middle("ankle")
    up = shoulders - hips
    torso = np.linalg.norm(up, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        limbs = np.stack([longer("hip", "knee"), longer("knee", "ankle")]) / torso
        lean_deg = np.abs(tilt_deg(up))
        lower_ankle = np.fmax(landmarks_px[:, Landmark.LEFT_ANKLE, 1], landmarks_px[:, Landmark.RIGHT_ANKLE, 1])
        plausible: Bools = (
            ((limbs > LIMB_RANGE_TORSO[0]) & (limbs < LIMB_RANGE_TORSO[1])).all(axis=0)
            & (lean_deg < MAX_LEAN_DEG)
            & (lower_ankle - hips[:, 1] > MIN_REACH_TORSO * torso)
        )
    feet = landmarks_px[:, _FEET].reshape(-1, 2, 3, 2)
    typical = float(np.median(torso[plausible])) if plausible.any() else float("nan")
    return Skeleton(plausible, hips, shoulders, ankles, feet, typical, shank_length_px(landmarks_px[plausible]))


def turns_upright(landmarks_px: Floats, width_px: int, height_px: int) -> int:
    """Quarter turns to the left after which somebody who lies on the side, or stands on the head, is upright.

    Trackers find a person whichever way the picture lies, so that a dozen frames tell. Two rendered clips, each turned four ways: a
    plausible person in all frames of the right one and in none of the others.

    Args:
        landmarks_px: (n, 33, 2) px, y down; NaN = not seen.
        width_px: Of the picture.
        height_px: Of the picture.

    Returns:
        1, 2 or 3; 0 where somebody is upright already, or would not be in either way.
    """
    shares = []
    points, width = landmarks_px, width_px
    for turn in range(4):
        shares.append(float(skeleton(points).plausible.mean()) if len(points) else 0.0)
        # A left turn sends (x, y) to (y, width - x).
        points = np.stack([points[..., 1], width - points[..., 0]], axis=-1)
        width = height_px if turn % 2 == 0 else width_px
    if shares[0] >= LYING_SHARE or max(shares) < TURNED_SHARE:
        return 0
    return int(np.argmax(shares))
