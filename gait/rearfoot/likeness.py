"""How the remembered heel and calf look on the run: what says whether they are the same shoe's and the same person's."""

import cv2
import numpy as np
from numpy.typing import NDArray

from gait.model import Floats, LegLikeness
from gait.rearfoot import heel, shank
from gait.rearfoot.align import Patch
from gait.rearfoot.frame import UNITS, shank_rows
from gait.rearfoot.phase import flat_foot
from gait.rearfoot.readings import Readings

FRAMES = 25
"""Of the flat foot: their median is as good as that of all."""
INNER = (1 / 6, 5 / 6), (1 / 4, 3 / 4)
"""Rows and columns of the counter's window that hold nothing but the counter."""
SHOE_HALF_WIDTH, SHOE_TOP, SHOE_BOTTOM = 0.15, 0.24, 0.0
"""Of the shoe round the counter, leg lengths from the counter's middle and above the sole: what is seen of it from behind."""
SHOE_GRID, SHOE_BLUR_PX = (14, 14), 2.0
"""Places of it that are compared, rows and columns, and how much is taken together at each, patch pixels."""
BARE_FROM = 0.5
"""Leg lengths above the ankle: below it many a sock ends, and its top lies elsewhere in every frame."""


def likeness(readings: Readings) -> LegLikeness | None:
    """Compare heel and calf in the flat foot's frames with the reference; None where neither was found there."""
    leg, reference = readings.leg, readings.reference
    flat = flat_foot(leg.pct)
    frames = [f for f in leg.frame[flat].tolist() if f in readings.found and f in readings.shanks]
    if not frames:
        return None
    template = reference.counter.template.image
    size = (template.shape[1], template.shape[0])
    score = float(np.median([heel.score(readings.found[f]) for f in frames]))
    scale = np.median([np.sqrt(abs(np.linalg.det(readings.found[f].matrix[:, :2]))) for f in frames])
    some = [frames[i] for i in np.unique(np.linspace(0, len(frames) - 1, FRAMES).astype(int))]
    cuts = readings.cuts
    patches = np.stack([heel.resample(cuts.heels[f].patch(), readings.found[f].matrix, size) for f in some])
    strips = np.stack([cuts.strips[f] for f in some])
    arm = shank_rows() - shank.PIVOT
    middle = np.stack([readings.shanks[f].offset + readings.shanks[f].slope * arm for f in some])
    bare = shank_rows() >= BARE_FROM
    return LegLikeness(
        score,
        float(scale),
        _inner(template),
        _inner(np.median(patches, axis=0)),
        np.median(reference.outline.colour[bare], axis=0),
        np.median(shank.leg_colour(strips, middle)[:, bare], axis=(0, 1)),
        float(np.median([readings.shanks[f].width for f in frames])),
        *_shoe(readings, some),
    )


def _shoe(readings: Readings, frames: list[int]) -> tuple[Floats, Floats]:
    """(n, 3) the shoe's colours round the counter at the same places of the shoe, standing and (median over `frames`) on the run.

    The counter's own fit says where those places are on the run.
    """
    counter, standing = readings.reference.counter, readings.reference.heel
    (x0, y0), (high, wide) = counter.origin_px, counter.template.image.shape[:2]
    middle = x0 + (wide - 1) / 2 + counter.middle_px
    sole = y0 + high + heel.BOTTOM * UNITS
    rows = sole - UNITS * np.linspace(SHOE_TOP, SHOE_BOTTOM, SHOE_GRID[0])
    columns = middle + UNITS * np.linspace(-SHOE_HALF_WIDTH, SHOE_HALF_WIDTH, SHOE_GRID[1])
    places = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    on_run = [
        _at(readings.cuts.heels[f].image, (places - (x0, y0)) @ m[:, :2].T + m[:, 2])
        for f in frames
        for m in [readings.found[f].matrix]
    ]
    return _at(standing, places), np.median(np.stack(on_run), axis=0)


def _at(image: NDArray[np.uint8], places: Floats) -> Floats:
    """(n, 3) the blurred colours at those (x, y); beyond the rim the rim's."""
    blurred = cv2.GaussianBlur(image, (0, 0), SHOE_BLUR_PX)
    x, y = (np.clip(np.round(v), 0, n - 1).astype(int) for v, n in zip(places.T, image.shape[1::-1], strict=True))
    return np.asarray(blurred[y, x], float)


def _inner(image: Patch) -> Floats:
    """(3,) the median colour of a heel picture's inner part."""
    (top, bottom), (left, right) = INNER
    h, w = image.shape[:2]
    part = image[int(top * h) : int(bottom * h), int(left * w) : int(right * w)]
    return np.asarray(np.median(part.reshape(-1, 3), axis=0), float)
