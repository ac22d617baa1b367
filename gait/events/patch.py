"""Following a patch of the picture from frame to frame, finer than a pixel."""

from collections.abc import Iterator

import cv2
import numpy as np

from gait.model import Crop, Floats, Ints

MIN_LIKENESS = 0.42
"""Normalised correlation with the patch in its own frame. The belt behind it changes, so 0.5 is usual in the air and still exact."""
MIN_SIDE_PX = 16
"""A smaller patch has too little to hold on to."""


def follow(
    luma: dict[int, Crop], at: int, order: range, low: Floats, high: Floats, reach_px: float
) -> Iterator[tuple[int, float, float]]:
    """The patch between two corners of one frame, found again from frame to frame with the speed of the last two.

    Args:
        luma: Crops in brightness by frame; a frame that is missing ends the way.
        at: The frame the patch is cut from.
        order: The frames to go through, away from `at`.
        low: (2,) the patch's upper left corner in picture px.
        high: (2,) its lower right corner.
        reach_px: How far it may be from where its speed would have it.

    Yields:
        Frame, y in px from where the patch is in frame `at` (down positive), and likeness from -1 to 1. Ends where the patch is lost:
        likeness below 0.42, a flat picture, or the crop's edge.
    """
    picture, corner = luma[at].image, _corner(luma[at])
    x0, y0 = np.maximum(np.round(low - corner).astype(int), 0)
    x1, y1 = np.round(high - corner).astype(int)
    patch = picture[y0:y1, x0:x1]
    if min(patch.shape, default=0) < MIN_SIDE_PX:
        return
    origin = np.array([x0, y0]) + corner
    moved, speed = np.zeros(2), np.zeros(2)
    for frame in order:
        if frame not in luma:
            return
        picture, corner = luma[frame].image, _corner(luma[frame])
        expected = origin + moved + speed - corner
        left, top = np.maximum(np.round(expected - reach_px).astype(int), 0)
        right, bottom = np.round(expected + np.array(patch.shape[::-1]) + reach_px).astype(int)
        region = picture[top:bottom, left:right]
        if min(np.subtract(region.shape, patch.shape)) < 3:
            return
        likeness = np.asarray(cv2.matchTemplate(region, patch, cv2.TM_CCOEFF_NORMED), float)
        row, column = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
        best = float(likeness[row, column])
        if not best >= MIN_LIKENESS:  # NaN where the picture is flat
            return
        place = np.array([left + finer(likeness[row], int(column)), top + finer(likeness[:, column], int(row))])
        now = place + corner - origin
        speed = now - moved if frame != at else np.zeros(2)
        moved = now
        yield frame, float(now[1]), best


def _corner(crop: Crop) -> Ints:
    return np.array([crop.x0_px, crop.y0_px])


def finer(values: Floats, peak: int) -> float:
    """Where a parabola through the greatest value and its neighbours has its top.

    Args:
        values: (n,) any unit.
        peak: Index of the greatest.

    Returns:
        In samples. `peak` itself at either end or beside a value that is not finite.

    Example:
        >>> finer(1 - (np.arange(5) - 2.25) ** 2, 2)
        2.25
    """
    if not 0 < peak < len(values) - 1 or not np.isfinite(values[peak - 1 : peak + 2]).all():
        return float(peak)
    before, top, after = (float(v) for v in values[peak - 1 : peak + 2])
    bend = before - 2 * top + after
    return peak + (0.5 * (before - after) / bend if bend < 0 else 0.0)
