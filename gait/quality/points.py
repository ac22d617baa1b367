"""Key points that another tool found: whether they keep to one person, and whether they are of the clip that they came with."""

import numpy as np

from gait.landmarks import Landmark, Side
from gait.model import Finding, Floats, PoseTrack, Trajectories
from gait.quality.skeleton import skeleton
from gait.quality.track import legs_confused, same_person

MISPLACED = 0.35
"""In torso lengths: median distance of hips, knees and ankles from where gait's own look at a few frames has them. Chosen by judgement, not
learnt: trackers part by a tenth of a torso or so, and a third of one is another person's or another clip's legs."""
EXCHANGED = 0.5
"""Left and right are exchanged where that brings the points nearer by this share or more."""
MIN_SEEN = 3
"""Frames to compare."""
_LEGS = {side: [int(Landmark.of(side, joint)) for joint in ("hip", "knee", "ankle")] for side in Side}


def check_points(track: PoseTrack, trajectories: Trajectories) -> tuple[Finding, ...]:
    """Of points without a clip: the figure jumps to somebody else, or its legs were confused.

    Args:
        track: Points in px, NaN where not seen. Without hips and shoulders nothing is said of jumps.
        trajectories: Tells how many frames had left and right exchanged.
    """
    body = skeleton(track.landmarks_px)
    jumps = same_person(body, track) if body.plausible.any() else []
    return (*jumps, *legs_confused(track, trajectories))


def check_points_of_clip(track: PoseTrack, look: PoseTrack | None) -> tuple[Finding, ...]:
    """Of points that came with a clip: they lie elsewhere than its runner, or have left and right exchanged.

    Args:
        track: The points, in the clip's frames and px.
        look: What gait's own tracker saw in a few of the clip's frames; None asks nothing.

    Returns:
        A refusal, or nothing: also where too few frames show both.
    """
    if look is None or not len(track.times_s):
        return ()
    at = np.abs(track.times_s[:, None] - look.times_s[None]).argmin(axis=0)
    torso = skeleton(look.landmarks_px).torso_px
    left, right = _LEGS[Side.LEFT], _LEGS[Side.RIGHT]
    own = look.landmarks_px[:, left + right]
    straight = _away(track.landmarks_px[at][:, left + right], own) / torso
    crossed = _away(track.landmarks_px[at][:, right + left], own) / torso
    if not np.isfinite(straight) or straight <= MISPLACED:
        exchanged = crossed < EXCHANGED * straight
    else:
        exchanged = crossed <= MISPLACED
    if exchanged:
        return (Finding("points_misplaced", "refuse", round(straight, 2), MISPLACED, {"torsos": straight}, "sides"),)
    if straight > MISPLACED:
        return (Finding("points_misplaced", "refuse", round(straight, 2), MISPLACED, {"torsos": straight}),)
    return ()


def _away(points: Floats, own: Floats) -> float:
    """Median over the frames of the mean distance, px; NaN where too few frames show both."""
    away = np.linalg.norm(points - own, axis=2)
    seen = np.isfinite(away)
    enough = seen.sum(axis=1) >= len(_LEGS[Side.LEFT])
    if enough.sum() < MIN_SEEN:
        return float("nan")
    return float(np.median([row[s].mean() for row, s in zip(away[enough], seen[enough], strict=True)]))
