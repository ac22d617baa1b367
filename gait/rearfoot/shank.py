"""The shank's axis from the two sides of the calf, read the same way standing and running so that its bias cancels.

The calf's outline is found once, in the averaged standing picture; in every stance frame that outline (shifted, tilted,
widened) is fitted to the picture's edges. Edges that do not belong (the other leg, the wall) are outvoted row by row.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gait.model import Floats
from gait.rearfoot.frame import SHANK_COLUMN, SHANK_HALF_WIDTH, shank_rows

NARROWEST, WIDEST = 0.05, 0.26
"""Half-width of a calf, in leg lengths, with the ankle-knee line off its middle by up to 0.03."""
EDGE_CAP = 12.0
"""Grey levels per column: an edge stronger than this counts no more, so that no bright shoe outvotes dim skin."""
SEARCH = 12
"""Columns (0.06 leg lengths, 24 mm) an edge is first sought to either side: the tracker's knee and ankle err by 0.03."""
PIVOT = 0.42
"""Row the tilt turns about: the middle of the calf's measured part (truth files measure 0.22-0.62)."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Both sides of a calf, leg lengths from the ankle-knee line, one entry per strip row."""

    middle: Floats
    half_width: Floats


@dataclass(frozen=True)
class ShankFit:
    """Where the outline lies in one frame, relative to that frame's ankle-knee line."""

    offset: float
    """At the pivot row, leg lengths to the picture's right."""
    tilt: float
    """Leg lengths to the right per leg length up, relative to the outline's own."""
    width: float
    """Relative to the outline."""
    scatter: float
    """Leg lengths: robust SD of the edges about the fit."""
    support: float
    """0-1: share of rows and sides with an edge where the outline says."""


def edge_strength(strip: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(rows, columns) change of colour across the shank, grey levels per column."""
    smooth = cv2.GaussianBlur(strip.astype(np.float32), (0, 0), sigmaX=2.5, sigmaY=1.5)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=1, scale=0.5)
    strength: NDArray[np.float32] = np.sqrt((across**2).sum(axis=2))
    return strength


def find_outline(strips: list[NDArray[np.uint8]]) -> Outline:
    """The calf's outline in the median of several strips of quiet standing (or of like frames)."""
    edges = edge_strength(np.median(np.stack(strips), axis=0).astype(np.uint8))
    left = _strongest_path(edges, -WIDEST, -NARROWEST)
    right = _strongest_path(edges, NARROWEST, WIDEST)
    return Outline((left + right) / 2, (right - left) / 2)


def fit_outline(edges: NDArray[np.float32], outline: Outline, start: ShankFit | None = None) -> ShankFit:
    """Fit `outline` to a strip's edges, from `start` or from the tracker's own line."""
    arm = shank_rows() - PIVOT
    n = len(arm)
    rows = np.arange(n)[:, None]
    p = np.array([start.offset, start.tilt, start.width]) if start else np.array([0.0, 0.0, 1.0])
    search = SEARCH if start is None else SEARCH // 2
    capped = np.minimum(edges, EDGE_CAP)
    scatter, support = float("nan"), 0.0
    for _ in range(6):
        window = np.arange(-search, search + 1)[None]
        residuals, designs, weights = [], [], []
        for sign in (-1.0, 1.0):
            predicted = p[0] + p[1] * arm + outline.middle + sign * p[2] * outline.half_width
            centre = np.round((predicted + SHANK_HALF_WIDTH) / SHANK_COLUMN).astype(int)
            columns = np.clip(centre[:, None] + window, 1, edges.shape[1] - 2)
            best = columns[rows[:, 0], (capped[rows, columns] - 0.15 * np.abs(window)).argmax(axis=1)]
            residuals.append(_refine(edges, best) - predicted)
            designs.append(np.stack([np.ones(n), arm, sign * outline.half_width], axis=1))
            weights.append(capped[rows[:, 0], best] / EDGE_CAP)
        r, design, w = np.concatenate(residuals), np.concatenate(designs), np.concatenate(weights)
        scatter = max(0.004, 1.48 * float(np.median(np.abs(r))))
        w = w / (1 + (r / (2 * scatter)) ** 2) ** 2
        support = float(w.mean())
        p = p + np.linalg.solve((design * w[:, None]).T @ design + 1e-6 * np.eye(3), (design * w[:, None]).T @ r)
        search = max(3, search - 3)
    return ShankFit(float(p[0]), float(p[1]), float(p[2]), scatter, support)


def shank_line(fit: ShankFit, outline: Outline, ankle_px: Floats, knee_px: Floats) -> tuple[Floats, float]:
    """The shank's axis in the picture.

    Returns ((2, 2) lower and upper end, and the clockwise tilt in degrees of the fit against the outline's own line, which
    is added to the tilt of the ankle-knee line).
    """
    rows = shank_rows()
    # the straight line through the outline's middle, as drawn; its constant lean against the ankle-knee line cancels
    slope, level = np.polyfit(rows - PIVOT, outline.middle, 1)
    axis = knee_px - ankle_px
    right = np.array([-axis[1], axis[0]])
    ends = [
        ankle_px + share * axis + right * (fit.offset + level + (fit.tilt + slope) * (share - PIVOT))
        for share in (SHANK_ENDS[0], SHANK_ENDS[1])
    ]
    return np.array(ends), float(np.degrees(np.arctan(fit.tilt)))


SHANK_ENDS = (0.10, 0.70)
"""Where the drawn line ends, as shares of the way from ankle to knee."""


def _strongest_path(edges: NDArray[np.float32], low: float, high: float) -> Floats:
    """The smooth path of strongest edges between two offsets: dynamic programming from top to bottom."""
    first, last = (round((v + SHANK_HALF_WIDTH) / SHANK_COLUMN) for v in (low, high))
    gain = np.minimum(edges[:, first:last], EDGE_CAP)
    n, m = gain.shape
    total, back = gain.copy(), np.zeros((n, m), int)
    for r in range(1, n):
        padded = np.pad(total[r - 1], 2, constant_values=-np.inf)
        options = np.stack([padded[k : k + m] - abs(k - 2) for k in range(5)])
        choice = options.argmax(axis=0)
        back[r] = choice - 2
        total[r] = gain[r] + options[choice, np.arange(m)]
    path = np.zeros(n, int)
    path[-1] = int(total[-1].argmax())
    for r in range(n - 1, 0, -1):
        path[r - 1] = path[r] + back[r, path[r]]
    return _refine(edges, path + first)


def _refine(edges: NDArray[np.float32], columns: NDArray[np.int64]) -> Floats:
    """Columns of edge maxima to leg lengths, finer than a column by a parabola through three values."""
    rows = np.arange(len(columns))
    c = np.clip(columns, 1, edges.shape[1] - 2)
    a, b, d = (edges[rows, c + k].astype(float) for k in (-1, 0, 1))
    curve = a - 2 * b + d
    shift = np.where(curve < 0, np.clip(0.5 * (a - d) / np.minimum(curve, -1e-6), -0.5, 0.5), 0.0)
    return np.asarray((c + shift) * SHANK_COLUMN - SHANK_HALF_WIDTH)
