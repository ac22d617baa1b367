"""What a frame looks like in a dozen numbers: the picture round the legs, coarse, by its principal components."""

from dataclasses import dataclass

import cv2
import numpy as np

from gait.model import Bools, Crop, Floats, Frozen, LegPictures

CELLS_PER_SHANK = 25.0
"""A cell of 1.7 cm: smaller than a foot moves from frame to frame in swing, larger than a codec's noise."""
MIN_CELL_PX = 4
COMPONENTS = 16
"""Of runners' legs, 95 % of what moves."""
FRAMES_FOR_COMPONENTS = 300
SEEN_SHARE = 0.8
"""A cell inside the crop in fewer frames is left out; in the others it takes its mean."""
REPEATED = 0.2
"""A frame that differs from the one before by less than this share of what neighbours usually do repeats it, as in `gait.quality.repeats`."""
LIVELY = 0.5
"""Of the usual change from frame to frame, over a second: less is somebody who stands or walks up."""


@dataclass(frozen=True, eq=False)
class Sights(Frozen):
    """The frames as they look."""

    values: Floats
    """(n, k) principal components in grey levels; NaN where the runner was not seen."""

    @property
    def changes(self) -> Floats:
        """(n - 1,) how much each frame differs from the one before, grey levels; NaN where one of them was not seen."""
        return np.asarray(np.linalg.norm(np.diff(self.values, axis=0), axis=1))


def look(pictures: LegPictures, n_frames: int, shank_px: float) -> Sights | None:
    """The sights of a clip's frames.

    Args:
        pictures: The legs' crops; a frame without one is NaN.
        n_frames: Of the clip.
        shank_px: A lower leg's length in the picture.

    Returns:
        None where hardly anything was seen.
    """
    cell = max(MIN_CELL_PX, round(shank_px / CELLS_PER_SHANK))
    coarse = {
        f: found
        for f, crop in pictures.luma(np.arange(n_frames))
        if crop is not None and (found := _coarse(crop, cell)) is not None
    }
    if len(coarse) < COMPONENTS:
        return None
    x0, y0 = (min(found[0][k] for found in coarse.values()) for k in (0, 1))
    width = max(at[0] + image.shape[1] for at, image in coarse.values()) - x0
    height = max(at[1] + image.shape[0] for at, image in coarse.values()) - y0
    seen = np.array(sorted(coarse))
    cells = np.full((len(seen), height, width), np.nan, np.float32)
    for row, frame in enumerate(seen):
        (left, top), image = coarse[int(frame)]
        cells[row, top - y0 : top - y0 + image.shape[0], left - x0 : left - x0 + image.shape[1]] = image
    flat = cells.reshape(len(seen), -1)
    flat = flat[:, np.isfinite(flat).mean(axis=0) >= SEEN_SHARE]
    if flat.shape[1] < COMPONENTS:
        return None
    flat = flat - np.nanmean(flat, axis=0)
    flat[~np.isfinite(flat)] = 0.0
    some = flat[np.unique(np.linspace(0, len(flat) - 1, FRAMES_FOR_COMPONENTS).astype(int))]
    axes = np.linalg.svd(some, full_matrices=False)[2][:COMPONENTS]
    values = np.full((n_frames, len(axes)), np.nan)
    values[seen] = flat @ axes.T
    return Sights(values)


def _coarse(crop: Crop, cell: int) -> tuple[tuple[int, int], Floats] | None:
    """The crop's whole cells of the picture's grid, with the place of the first in it; None for a crop without any."""
    height, width = crop.image.shape[:2]
    left, top = -(-crop.x0_px // cell), -(-crop.y0_px // cell)
    right, bottom = (crop.x0_px + width) // cell, (crop.y0_px + height) // cell
    if right <= left or bottom <= top:
        return None
    inside = crop.image[
        top * cell - crop.y0_px : bottom * cell - crop.y0_px, left * cell - crop.x0_px : right * cell - crop.x0_px
    ]
    small = cv2.resize(inside, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    return (left, top), np.asarray(small, np.float64)


def lively(sights: Sights, window: int) -> tuple[int, int]:
    """The longest stretch of frames in which the legs move as they usually do: first, and after the last.

    Args:
        sights: Of all frames.
        window: Frames to average over, about a second.
    """
    changes = np.nan_to_num(sights.changes)
    if not len(changes):
        return 0, 0
    near = np.ones(min(window, len(changes)))
    mean = np.convolve(changes, near, "same") / np.convolve(np.ones(len(changes)), near, "same")
    edges = np.flatnonzero(np.diff(np.r_[False, mean > LIVELY * np.percentile(mean, 75), False]))
    if not len(edges):
        return 0, 0
    k = int(np.argmax(edges[1::2] - edges[::2]))
    return int(edges[2 * k]), int(edges[2 * k + 1]) + 1


def repeated(sights: Sights) -> Bools:
    """(n,) frames that only repeat the one before.

    Example:
        >>> repeated(Sights(np.array([[0.0], [10.0], [10.5], [21.0]]))).tolist()
        [False, False, True, False]
    """
    changes = sights.changes
    seen = np.isfinite(changes)
    usual = float(np.median(changes[seen])) if seen.any() else 0.0
    return np.asarray(np.r_[False, seen & (changes < REPEATED * usual)])
