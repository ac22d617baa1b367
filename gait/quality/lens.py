"""Does the lens bend straight lines? The room's own long edges tell: belt, frame, wall, door (Brown 1971, plumb lines).

Each edge by itself tells how far the lens bends, with an error that follows from its length and place: one through the picture's middle
tells nothing, one along its rim much. Where enough of them agree, that is the lens; things that are really round agree with nobody.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gait.lens import Lens
from gait.model import Finding, Floats, Picture
from gait.quality.place import Shots

BENDS_K1 = 0.04
"""From here on it is said and taken out. At half the way from the middle to a corner a line then bows by 0.5 % of the picture's diagonal, and
a heel near the lower rim reads 8 % of its tilt wrong. Rendered and real clips without it read 0.00-0.02."""
MOST_K1 = 0.3
SURE = 3.0
"""How many SDs from 0 it must lie."""
LEAST_EDGES, LEAST_SHARE = 3, 0.5
"""Edges that must agree, and their share of what all edges together tell."""
LEAST_LENGTH, REACH = 0.15, 0.85
"""Of an edge, of the picture's height; and how far out it is looked at, half-diagonals: beyond, a lens has more terms than one."""
BLUR_PX, FAINT, CLEAR = 1.0, 2.0, 6.0
"""Of the picture of at most 640 pixels, and grey levels per pixel at which an edge is followed and begun (Canny 1986)."""
EDGE_SD_PX, ROUGH_PX, LEAST_SMOOTH = 0.5, 0.7, 0.9
"""What the bow of one edge is known to, what its points may scatter about a curve, and the share of them that must lie on it."""
LEAST_SD = 0.01
TURNS = (0.0, 22.5)
"""Edges are followed while their direction stays within 45 degrees; so that none is cut at a class's end, once more with other classes."""
STRAYS = 2.5
LEAST_POINTS, SOME_POINTS = 10, 40
"""Of an edge: fewer tell nothing, and no more are needed for its bow."""


@dataclass(frozen=True)
class Bow:
    """What one edge tells of the lens."""

    k1: float
    """With which it would be straight."""
    sd: float
    middle_px: tuple[float, float]
    """Of the edge's points."""


def measure_lens(shots: Shots) -> Lens | None:
    """How far the lens bends, from the background of a few frames of one clip from a camera that stands still.

    Args:
        shots: Their median leaves out whoever moves.

    Returns:
        None where the lens bends nothing that matters, or too few edges tell.
    """
    if not shots.pictures:
        return None
    bows = find_bows(np.asarray(np.median(np.stack(shots.pictures[::2]), axis=0), np.uint8))
    found = agreed(bows)
    if found is None:
        return None
    k1, sd = found
    if abs(k1) < BENDS_K1 or abs(k1) < SURE * sd:
        return None
    return Lens(k1, shots.width_px, shots.height_px)


def check_lens(lens: Lens | None) -> tuple[Finding, ...]:
    """`lens_bends` where there is a lens to speak of, as `measure_lens` gives it."""
    if lens is None:
        return ()
    return (Finding("lens_bends", "warn", round(lens.k1, 3), BENDS_K1),)


def agreed(bows: list[Bow]) -> tuple[float, float] | None:
    """k1 and its SD that most of the edges agree on; None where too few do."""
    if len(bows) < LEAST_EDGES:
        return None
    k1, sd = np.array([b.k1 for b in bows]), np.array([b.sd for b in bows])
    tells = sd**-2
    order = np.argsort(k1)
    half = np.searchsorted(np.cumsum(tells[order]), tells.sum() / 2)
    middle = float(k1[order[min(half, len(bows) - 1)]])
    for _ in range(10):
        weight = tells / (1 + ((k1 - middle) / (STRAYS * sd)) ** 2) ** 2
        middle = float((weight * k1).sum() / weight.sum())
    agree = np.abs(k1 - middle) < STRAYS * sd
    if agree.sum() < LEAST_EDGES or tells[agree].sum() < LEAST_SHARE * tells.sum():
        return None
    off = k1[agree] - middle
    scatter = float(np.sqrt(np.average(off**2, weights=tells[agree])))
    return middle, float(max(tells[agree].sum() ** -0.5, scatter / np.sqrt(agree.sum()), LEAST_SD / 2))


def find_bows(picture: Picture) -> list[Bow]:
    """What each long smooth edge of a picture tells, those that tell nothing left out."""
    high, wide = picture.shape[:2]
    lens = Lens(0.0, wide, high)
    found: list[Bow] = []
    for points in _edges(picture):
        near = points[np.hypot(*((points - (wide / 2, high / 2)) / (np.hypot(wide, high) / 2)).T) < REACH]
        if len(near) < LEAST_POINTS or float(np.hypot(*np.ptp(near, axis=0))) < LEAST_LENGTH * high:
            continue
        if any(np.hypot(*(near.mean(axis=0) - other.middle_px)) < 4 for other in found):
            continue  # the same edge in the other classes
        bow = _bow(near, lens)
        if bow is not None:
            found.append(bow)
    return found


def _bow(points: Floats, lens: Lens) -> Bow | None:
    """(n, 2) points of one edge; None for what is no smooth curve, or tells nothing."""
    _, scatter, smooth = _sagitta(points)
    if scatter > ROUGH_PX or smooth < LEAST_SMOOTH:
        return None
    some = points[np.unique(np.linspace(0, len(points) - 1, SOME_POINTS).astype(int))]

    def bow_px(k1: float) -> float:
        return _sagitta(Lens(k1, lens.width_px, lens.height_px).straight(some))[0]

    k1, rate = 0.0, 0.0
    for _ in range(6):
        at = bow_px(k1)
        rate = (bow_px(k1 + 0.01) - at) / 0.01
        if abs(rate) < EDGE_SD_PX:
            return None
        step = float(np.clip(at / rate, -0.1, 0.1))
        k1 = float(np.clip(k1 - step, -MOST_K1, MOST_K1))
        if abs(step) < 0.003:
            break
    middle = points.mean(axis=0)
    sd = float(np.hypot(EDGE_SD_PX / abs(rate), LEAST_SD))
    return Bow(k1, sd, (float(middle[0]), float(middle[1])))


def _sagitta(points: Floats) -> tuple[float, float, float]:
    """How far an edge bows from its chord, its scatter about a parabola, and the share of it that lies on that; pixels."""
    off = points - points.mean(axis=0)
    _, axes = np.linalg.eigh(off.T @ off)
    along, across = off @ axes[:, 1], off @ axes[:, 0]
    good = np.ones(len(along), np.bool_)
    scatter, curve = 0.0, np.zeros(3)
    for _ in range(2):
        curve = np.polyfit(along[good], across[good], 2)
        left = np.abs(across - np.polyval(curve, along))
        scatter = 1.48 * float(np.median(left))
        good = left < max(1.0, 3 * scatter)
    return float(curve[0]) * float(np.ptp(along)) ** 2 / 8, scatter, float(good.mean())


def _edges(picture: Picture) -> list[Floats]:
    """(n, 2) points of each long edge, finer than a pixel, in picture coordinates."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), BLUR_PX).astype(np.float32)
    gx = np.asarray(cv2.Scharr(grey, cv2.CV_32F, 1, 0, scale=1 / 32), np.float32)
    gy = np.asarray(cv2.Scharr(grey, cv2.CV_32F, 0, 1, scale=1 / 32), np.float32)
    fine = 16  # Canny takes whole numbers
    whole = [np.round(fine * g).astype(np.int16) for g in (gx, gy)]
    on = cv2.Canny(whole[0], whole[1], fine * FAINT, fine * CLEAR, L2gradient=True) > 0
    turn = np.degrees(np.arctan2(gy, gx)) % 180
    steep = np.hypot(gx, gy)
    found = []
    for begin in TURNS:
        kind = (((turn + begin) % 180) // 45).astype(int)
        for k in range(4):
            mine = (on & (kind == k)).astype(np.uint8)
            _, labels, boxes, _ = cv2.connectedComponentsWithStats(mine, connectivity=8)
            for i, (x0, y0, w, h, _) in enumerate(boxes.tolist()):
                if i and np.hypot(w, h) >= LEAST_LENGTH * len(grey):
                    y, x = np.nonzero(labels[y0 : y0 + h, x0 : x0 + w] == i)
                    found.append(_refined(x + x0, y + y0, gx, gy, steep))
    return found


def _refined(
    x: NDArray[np.int64],
    y: NDArray[np.int64],
    gx: NDArray[np.float32],
    gy: NDArray[np.float32],
    steep: NDArray[np.float32],
) -> Floats:
    """(n, 2) where the change of brightness is steepest across the edge, by a parabola through three values."""
    at = steep[y, x]
    nx, ny = gx[y, x] / np.maximum(at, 1e-6), gy[y, x] / np.maximum(at, 1e-6)
    before, after = (
        cv2.remap(steep, (x + s * nx).astype(np.float32), (y + s * ny).astype(np.float32), cv2.INTER_LINEAR)[:, 0]
        for s in (-1, 1)
    )
    curve = before - 2 * at + after
    shift = np.where(curve < 0, np.clip(0.5 * (before - after) / np.minimum(curve, -1e-6), -0.7, 0.7), 0.0)
    return np.stack([x + 0.5 + shift * nx, y + 0.5 + shift * ny], axis=1)
