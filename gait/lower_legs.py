"""The lower legs in the picture: the box that is measured in, and the only part of a filmed person that is kept.

What is kept shows the runner's legs from just above the knee down and nothing else: everything round that box is painted over. A
rule by place rather than a search for faces, because a search that misses a face in one frame has let it out; measuring needs no more.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gait.landmarks import Landmark, Side
from gait.model import Floats, Ints

SIDE_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 0.14, 0.06, 0.12
"""Of the height from ankle to shoulder (1.4 m for a man of 1.75 m): 20 cm beside, 8 cm above the knee, 17 cm below the foot. BlazePose
puts the heel 23-25 px too high and misses a swinging heel by 50 px (evidence: rendered runners, 720 x 1280)."""
CALM_S = 0.5
"""A kept box holds those of so long before and after it, so that its edge does not tremble: both feet have swung by then."""
LEAST_PX = 16
PAINT_YUV = (52, 130, 124)
"""What is painted over: a dark grey, in limited range."""
_LOWER_LEG = np.array([Landmark.of(side, joint) for side in Side for joint in ("knee", "ankle", "heel", "foot_index")])
_SHOULDERS = np.array([Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER])
_ANKLES = np.array([Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE])
_HIPS = np.array([Landmark.LEFT_HIP, Landmark.RIGHT_HIP])
Box = tuple[int, int, int, int]


def leg_box(landmarks_px: Floats, width_px: int, height_px: int) -> Box | None:
    """The box round both lower legs.

    Args:
        landmarks_px: (33, 2) of one frame; NaN = not seen.
        width_px: Of the frame.
        height_px: Of the frame.

    Returns:
        x0, y0, x1, y1 in whole even pixels inside the frame; None when the runner was not seen.
    """
    around = _around(landmarks_px, height_px)
    return None if around is None else _whole(around, width_px, height_px)


def kept_boxes(points_px: Floats, times_s: Floats, width_px: int, height_px: int) -> Ints:
    """Of each frame the box that may be kept, as `leg_box` makes them, never above the hips.

    Args:
        points_px: (n, 33, 2) cleaned points, as `Trajectories` has them: a single point that a tracker threw to a face opens no box there.
        times_s: (n,) of the frames.
        width_px: Of the frame.
        height_px: Of the frame.

    Returns:
        (n, 4) x0, y0, x1, y1; four zeros where nothing may be kept: no legs were near in time, or no hip was seen to end the box.
    """
    around = [_around(points, height_px) for points in points_px]
    found = np.array([(np.nan,) * 4 if box is None else box for box in around]).reshape(-1, 4)
    first = np.searchsorted(times_s, times_s - CALM_S)
    last = np.searchsorted(times_s, times_s + CALM_S, side="right")
    kept = np.zeros((len(points_px), 4), np.int64)
    for k, hips in enumerate(points_px[:, _HIPS, 1]):
        near = found[first[k] : last[k]]
        near = near[np.isfinite(near).all(axis=1)]
        if not len(near) or not np.isfinite(hips).any():
            continue
        top = max(near[:, 1].min(), float(np.nanmax(hips)))
        calm = np.array([near[:, 0].min(), top, near[:, 2].max(), near[:, 3].max()])
        kept[k] = _whole(calm, width_px, height_px) or 0
    return kept


def paint_outside(planes: Sequence[NDArray[np.uint8]], box: Sequence[int]) -> None:
    """Paint over what lies outside the box (x0, y0, x1, y1, even), in place; all of it where the box is empty.

    `planes` are brightness and the two colours at half size.
    """
    for shift, plane, value in zip((0, 1, 1), planes, PAINT_YUV, strict=True):
        x0, y0, x1, y1 = (int(v) >> shift for v in box)
        plane[:y0], plane[y1:] = value, value
        plane[y0:y1, :x0], plane[y0:y1, x1:] = value, value


def _around(landmarks_px: Floats, height_px: int) -> Floats | None:
    """(4,) with the margins, not yet cut to the picture."""
    legs = landmarks_px[_LOWER_LEG]
    if not np.isfinite(legs).any():
        return None
    (x0, y0), (x1, y1) = np.nanmin(legs, axis=0), np.nanmax(legs, axis=0)
    body = float(_of(np.nanmax, landmarks_px[_ANKLES, 1]) - _of(np.nanmin, landmarks_px[_SHOULDERS, 1]))
    body = min(max(body, y1 - y0), float(height_px)) if np.isfinite(body) else y1 - y0
    side, top, bottom = SIDE_MARGIN * body, TOP_MARGIN * body, BOTTOM_MARGIN * body
    return np.array([x0 - side, y0 - top, x1 + side, y1 + bottom])


def _of(least_or_most: Callable[[Floats], float], values: Floats) -> float:
    return float(least_or_most(values)) if np.isfinite(values).any() else float("nan")


def _whole(around: Floats, width_px: int, height_px: int) -> Box | None:
    left, right = np.clip(around[[0, 2]], 0, width_px)
    top, bottom = np.clip(around[[1, 3]], 0, height_px)
    # Even on both ends: colour is stored for 2 x 2 pixels.
    box = (int(left) // 2 * 2, int(top) // 2 * 2, -(-int(right) // 2) * 2, -(-int(bottom) // 2) * 2)
    box = (box[0], box[1], min(box[2], width_px // 2 * 2), min(box[3], height_px // 2 * 2))
    return box if box[2] - box[0] >= LEAST_PX and box[3] - box[1] >= LEAST_PX else None
