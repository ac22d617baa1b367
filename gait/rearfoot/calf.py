"""What a calf usually looks like from behind: where its two sides are sought before its own outline is found.

A post, a rail or the belt's edge behind the leg is a stronger edge than dim skin, but is not as far from the other side as a calf is wide.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from gait.model import Floats
from gait.rearfoot.frame import SHANK_COLUMN, SHANK_HALF_WIDTH, shank_rows

USUAL_ROWS = np.arange(0.10, 0.72, 0.05)
USUAL_HALF_WIDTH = np.array([0.069, 0.071, 0.075, 0.081, 0.087, 0.094, 0.102, 0.110, 0.118, 0.126, 0.132, 0.137, 0.138])
"""Leg lengths, at those above the ankle: mean of 214 rendered calves. They differ by 9 % in scale and by 3-5 % in shape (SD)."""
SCALE_SD, UNUSUAL = 0.09, 0.02
"""How calves differ in width, and how much less likely one is for being one SD from the usual, in mean strength of edges along it."""
PIVOT = 0.42
OFFSETS, SLOPES, SCALES = np.arange(-0.10, 0.101, 0.005), np.arange(-0.14, 0.141, 0.01), np.arange(0.8, 1.26, 0.05)
"""Where the usual calf is tried: leg lengths to the right of the ankle-knee line at the pivot row, its lean against that line, and how wide it is."""
BLUR_PX = (2.5, 1.0)
"""Columns and rows (SD): what is tried is a grid, and no calf is the usual one."""
REACH, FADE = 0.025, 0.01
"""Leg lengths (10 mm) from the usual calf's sides within which a calf's own are found, and how (SD) an edge fades beyond. Of 234 rendered calves standing
5 were read wrong by 4-16 degrees without it; with it the worst is 2.6, and the SD of all 0.70 degrees in place of 1.9."""


def near_usual(edges: NDArray[np.float32]) -> NDArray[np.float32]:
    """The edges, the fainter the farther they are from where the calf's sides would be if it were the usual one.

    The usual calf is laid where most edges are along both of its sides.

    Args:
        edges: (2, rows, columns) 0-1: left sides, right sides, as from `edge_strength` of `gait.rearfoot.shank`.

    Returns:
        The same shape.
    """
    rows = shank_rows()
    half_width = np.interp(rows, USUAL_ROWS, USUAL_HALF_WIDTH)
    offset, slope, scale = np.meshgrid(OFFSETS, SLOPES, SCALES, indexing="ij")
    middle = offset[..., None] + slope[..., None] * (rows - PIVOT)
    sides = np.stack([middle - scale[..., None] * half_width, middle + scale[..., None] * half_width])
    columns = np.clip(np.round((sides + SHANK_HALF_WIDTH) / SHANK_COLUMN).astype(int), 0, edges.shape[2] - 1)
    blurred = [cv2.GaussianBlur(side, (0, 0), sigmaX=BLUR_PX[0], sigmaY=BLUR_PX[1]) for side in edges]
    found = sum(
        (side[np.arange(len(rows)), at].mean(axis=-1) for side, at in zip(blurred, columns, strict=True)),
        start=np.zeros(scale.shape),
    )
    found -= UNUSUAL * ((scale - 1) / SCALE_SD) ** 2 / 2
    best = np.unravel_index(int(found.argmax()), found.shape)
    expected: Floats = sides[(slice(None), *best)]
    across = np.arange(edges.shape[2]) * SHANK_COLUMN - SHANK_HALF_WIDTH
    beyond = np.maximum(np.abs(across - expected[..., None]) - REACH, 0)
    near = np.exp(-((beyond / FADE) ** 2) / 2)
    return np.asarray(edges * near, np.float32)
