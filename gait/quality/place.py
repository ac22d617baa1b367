"""Were the two clips filmed from one place? The background says so: it is the same picture, a mirrored one, a moved one, or another.

Whoever is in the pictures is left out. What is compared is where brightness changes, tile by tile, so that a lamp, an exposure or
somebody walking through a part of the picture does not matter.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from gait.model import Bools, Floats, Frozen, Ints, Picture

PlaceKind = Literal["same", "moved", "mirrored", "other", "unknown"]
"""`moved`: zoomed, rolled or shifted but nothing else. `unknown`: too little of the background to go by."""
Grey = NDArray[np.float32]

SAME, CLEARLY = 0.6, 0.15
"""Median correlation of the tiles from which on two pictures show one place, and by how much the mirrored picture must fit better to be
believed. 16 rendered pairs of one place gave 0.98 and more, 7 of two places -0.05 to 0.06; a mirrored one gave 1.0 mirrored and 0.68 not,
because treadmills are symmetric."""
SAME_MOVED, MIN_AGREEING, BETTER = 0.85, 12, 0.05
"""What a moved picture must reach once it is put back, and how many points must agree on the way: a camera put elsewhere sees other things
beside each other, and reaches 0.8 at most. And by how much it must fit better than what is mirrored and put back."""
TILES, TEXTURED, LEAST_TILES, FREE = 10, 0.5, 5, 0.6
"""Tiles along the picture's height, the share of them with the most texture that counts, how many are needed, and how much of a tile must be
free of people."""
ROOM = (0.10, 0.16)
"""Beside and above the landmarks, of the body's height: hair, arms and clothes are beyond them."""
RUN_PICTURES = 4
BLUR_PX = 1.5
POINTS, CLEAR_MATCH = 800, 0.8
"""Points sought in a picture, and Lowe's ratio of the best match's distance to the second's."""


@dataclass(frozen=True, eq=False)
class Shots(Frozen):
    """A few frames of a clip and the person in them."""

    pictures: tuple[Picture, ...]
    """All of one size, which may be smaller than the clip's."""
    landmarks_px: Floats
    """(k, 33, 2) in the clip's own pixels, one row a picture; NaN = not seen."""
    width_px: int
    height_px: int
    """Of the clip."""


@dataclass(frozen=True, eq=False)
class CameraPlace(Frozen):
    """How the standing clip's place lies to the run's."""

    kind: PlaceKind
    likeness: float
    """Median correlation of the tiles, -1 to 1; NaN where there are too few."""
    scale: float = 1.0
    roll_deg: float = 0.0
    shift: float = 0.0
    """What brings the standing clip's picture onto the run's: enlarged by, turned clockwise by, moved by (of the picture's height)."""
    light: Floats | None = None
    """(3,) red, green, blue of the run's background over the standing clip's; None unless the place is the same."""


def compare_places(run: Shots, standing: Shots) -> CameraPlace:
    """Hold the standing clip's background against the run's.

    Args:
        run: Frames of the run.
        standing: Frames of the standing clip; the middle one is compared.
    """
    if not run.pictures or not standing.pictures:
        return CameraPlace("unknown", float("nan"))
    k = len(standing.pictures) // 2
    chosen = np.unique(np.linspace(0, len(run.pictures) - 1, RUN_PICTURES).round().astype(int))
    still, free = _like(standing.pictures[k], run.pictures[0]), _free(standing, k, run.pictures[0].shape[:2])
    same, mirrored = [], []
    for i in chosen.tolist():
        mine = _free(run, i, run.pictures[0].shape[:2])
        same.append(_likeness(run.pictures[i], still, mine & free))
        mirrored.append(_likeness(run.pictures[i], still[:, ::-1], mine & free[:, ::-1]))
    direct, turned = _median(same), _median(mirrored)
    if not np.isfinite(direct) and not np.isfinite(turned):
        return CameraPlace("unknown", float("nan"))
    mirror = turned > SAME and turned > direct + CLEARLY
    if direct > SAME and not mirror:
        best = chosen[int(np.nanargmax(same))]
        both = _free(run, int(best), run.pictures[0].shape[:2]) & free
        return CameraPlace("same", direct, light=_light(run.pictures[best], still, both))
    put_back = _put_back(run, chosen, still, free)
    rival = turned if mirror else -1.0
    if mirror and put_back is not None:
        # A treadmill is symmetric: mirrored, it may lie nearer to its place than after a touch of the tripod. So that is put back as well.
        other_way = _put_back(run, chosen, np.ascontiguousarray(still[:, ::-1]), np.ascontiguousarray(free[:, ::-1]))
        rival = max(turned, other_way.likeness if other_way is not None else -1.0) + BETTER
    if put_back is not None and put_back.likeness > max(SAME_MOVED, rival):
        return put_back
    return CameraPlace("mirrored", turned) if mirror else CameraPlace("other", direct)


def _put_back(run: Shots, chosen: Ints, still: Picture, free: Bools) -> CameraPlace | None:
    """The standing clip's picture brought onto the chosen ones of the run, as it fits best; None where it does not."""
    found = [
        _registered(run.pictures[i], still, _free(run, i, run.pictures[0].shape[:2]), free) for i in chosen.tolist()
    ]
    return max((p for p in found if p is not None), key=lambda p: p.likeness, default=None)


def _like(picture: Picture, other: Picture) -> Picture:
    """The picture at the other's size."""
    size = (other.shape[1], other.shape[0])
    return (
        picture
        if picture.shape == other.shape
        else np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    )


def _free(shots: Shots, k: int, shape: tuple[int, ...]) -> Bools:
    """(height, width) True where picture `k`, at that shape, shows nobody."""
    free = np.ones(shape, np.bool_)
    points = shots.landmarks_px[k] * np.array([shape[1] / shots.width_px, shape[0] / shots.height_px])
    points = points[np.isfinite(points).all(axis=1)]
    if len(points):
        low, high = points.min(axis=0), points.max(axis=0)
        beside, above = np.array(ROOM) * (high[1] - low[1])
        x0, y0 = np.maximum(low - (beside, above), 0).astype(int)
        x1, y1 = np.maximum(high + beside, 0).astype(int)
        free[y0:y1, x0:x1] = False
    return free


def _grey(picture: Picture) -> Grey:
    grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), BLUR_PX), np.float32)


def _likeness(a: Picture, b: Picture, free: Bools) -> float:
    """Median over the textured tiles of the correlation of both pictures' gradients; NaN with too few tiles."""
    grads = [
        np.stack([cv2.Sobel(g, cv2.CV_32F, 1, 0), cv2.Sobel(g, cv2.CV_32F, 0, 1)], axis=-1) for g in map(_grey, (a, b))
    ]
    side = max(8, free.shape[0] // TILES)
    found, texture = [], []
    inner = cv2.erode(free.astype(np.uint8), np.ones((7, 7), np.uint8)).astype(bool)
    for y in range(0, free.shape[0] - side + 1, side):
        for x in range(0, free.shape[1] - side + 1, side):
            here = inner[y : y + side, x : x + side]
            if here.mean() < FREE:
                continue
            p, q = (g[y : y + side, x : x + side][here].ravel().astype(float) for g in grads)
            size = float(np.sqrt((p @ p) * (q @ q)))
            found.append(float(p @ q) / (size + 1e-6))
            texture.append(size / len(p))
    if len(found) < LEAST_TILES:
        return float("nan")
    counts = np.array(texture) >= np.quantile(texture, 1 - TEXTURED)
    return float(np.median(np.array(found)[counts]))


def _median(values: list[float]) -> float:
    seen = [v for v in values if np.isfinite(v)]
    return float(np.median(seen)) if seen else float("nan")


def _light(a: Picture, b: Picture, free: Bools) -> Floats:
    """(3,) brightness of `a` over that of `b`, by colour, where neither is dark or blown out."""
    p, q = a[free].astype(float), b[free].astype(float)
    fair = (np.minimum(p, q) > 15).all(axis=1) & (np.maximum(p, q) < 240).all(axis=1)
    if fair.sum() < 100:
        return np.ones(3)
    return np.asarray(np.median(p[fair] / q[fair], axis=0))


def _registered(a: Picture, b: Picture, free_a: Bools, free_b: Bools) -> CameraPlace | None:
    """`b` brought onto `a` by zoom, roll and shift alone; None where too few points agree."""
    sift = cv2.SIFT.create(POINTS, contrastThreshold=0.01)
    even = cv2.createCLAHE(2.0, (8, 8))
    seen = [
        sift.detectAndCompute(even.apply(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)), f.astype(np.uint8) * 255)
        for p, f in ((a, free_a), (b, free_b))
    ]
    (points_a, looks_a), (points_b, looks_b) = seen
    if looks_a is None or looks_b is None or len(points_a) < MIN_AGREEING or len(points_b) < MIN_AGREEING:
        return None
    two = [p for p in cv2.BFMatcher().knnMatch(looks_b, looks_a, k=2) if len(p) == 2]
    pairs = [best for best, second in two if best.distance < CLEAR_MATCH * second.distance]
    if len(pairs) < MIN_AGREEING:
        return None
    source = np.array([points_b[m.queryIdx].pt for m in pairs], np.float32)
    target = np.array([points_a[m.trainIdx].pt for m in pairs], np.float32)
    matrix, agree = cv2.estimateAffinePartial2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=3)
    if matrix is None or int(agree.sum()) < MIN_AGREEING:
        return None
    size = (a.shape[1], a.shape[0])
    put, free = cv2.warpAffine(b, matrix, size), cv2.warpAffine(free_b.astype(np.uint8), matrix, size) > 0
    likeness = _likeness(a, np.asarray(put, np.uint8), free_a & free)
    middle = np.array([size[0] / 2, size[1] / 2])
    return CameraPlace(
        "moved",
        likeness if np.isfinite(likeness) else 0.0,
        float(np.hypot(matrix[0, 0], matrix[1, 0])),
        float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))),
        float(np.hypot(*(matrix[:, :2] @ middle + matrix[:, 2] - middle)) / size[1]),
        _light(a, np.asarray(put, np.uint8), free_a & free),
    )
