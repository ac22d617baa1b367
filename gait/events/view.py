"""Where the camera stands, told from the landmarks alone."""

import numpy as np

from gait.landmarks import Landmark, Side, View
from gait.model import Floats, PoseTrack, Trajectories
from gait.rhythm import shank_length_px

_SIDE_BREADTH = 0.35
"""Shoulders or hips narrower than this share of the trunk's length are seen from the side (from behind: 0.5-0.8)."""
_SIDE_SWING_SHANKS = 1.2
"""Ankles that travel further sideways than this are seen from the side (from behind below 0.6)."""


def guess_view(seen: PoseTrack | Trajectories) -> tuple[View, float]:
    """The view and how sure it is.

    Trunk breadth tells side from the rest; which side of the picture the runner's left is tells front from rear. Without
    shoulders and hips the feet's sideways travel and the order of the knees stand in.

    Args:
        seen: A track or trajectories; their points (n, 33, 2) in px, NaN where not seen. Medians are taken over the frames, so some
            missing ones do no harm.

    Returns:
        The view and a certainty from 0 to 1; below 0.5 better ask. `View.UNKNOWN` and 0 where no lower leg was seen.

    Example:
        >>> points = np.full((20, 33, 2), np.nan)
        >>> for side in Side:
        ...     for joint, x, y in (("shoulder", 60, 100), ("hip", 40, 300), ("knee", 40, 450), ("ankle", 40, 600)):
        ...         points[:, Landmark.of(side, joint)] = 360 + side.lateral_sign * x, y
        >>> track = PoseTrack(np.arange(20) / 60, points, np.ones((20, 33)), np.zeros((20, 33, 3)), 720, 1280, "", "", "")
        >>> view, sure = guess_view(track)
        >>> view.value, round(sure, 2)
        ('rear', 0.86)
    """
    points = np.asarray(seen.landmarks_px if isinstance(seen, PoseTrack) else seen.points_px)
    shank_px = shank_length_px(points)
    if not np.isfinite(shank_px) or shank_px <= 0:
        return View.UNKNOWN, 0.0
    shoulders, hips = _across(points, "shoulder"), _across(points, "hip")
    trunk = np.linalg.norm(_middle(points, "shoulder") - _middle(points, "hip"), axis=1)
    if np.isfinite(trunk).sum() > 5:
        breadth = np.nanmedian((shoulders + hips) / 2 / trunk)
        knees = breadth
        side_doubt = abs(breadth) / _SIDE_BREADTH
    else:
        knees = (
            float(np.nanmedian(_across(points, "knee"))) / shank_px
            if np.isfinite(_across(points, "knee")).any()
            else 0.0
        )
        side_doubt = _SIDE_SWING_SHANKS / max(_ankle_travel(points) / shank_px, 1e-6)
    if side_doubt < 1:
        return View.SIDE, float(min(1.0, 2 * (1 - side_doubt)))
    sure = float(min(1.0, abs(knees) / 0.2, 2 * (side_doubt - 1)))
    return (View.REAR if knees > 0 else View.FRONT), sure


def _across(points: Floats, joint: str) -> Floats:
    """(n,) x of the right joint less x of the left: positive where the runner's right is the picture's right."""
    return np.asarray(points[:, Landmark.of(Side.RIGHT, joint), 0] - points[:, Landmark.of(Side.LEFT, joint), 0])


def _middle(points: Floats, joint: str) -> Floats:
    return np.asarray((points[:, Landmark.of(Side.RIGHT, joint)] + points[:, Landmark.of(Side.LEFT, joint)]) / 2)


def _ankle_travel(points: Floats) -> float:
    """Mean over the feet of the 5th-95th percentile range of ankle x, px; 0 when unseen."""
    found = []
    for side in Side:
        x = points[:, Landmark.of(side, "ankle"), 0]
        if np.isfinite(x).any():
            low, high = np.nanpercentile(x, [5, 95])
            found.append(high - low)
    return float(np.mean(found)) if found else 0.0
