"""Where the page is in a picture: its marks found, and the way from its millimetres to the picture's pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from gait import ruler
from gait.lens import Lens
from gait.model import Estimate, Floats, Frozen

GreyPicture = NDArray[np.uint8]
"""(height, width) grey levels."""

LEAST_MARKS = 4
"""Of six: fewer lie on one side of the page, and say little of the other."""
SCALES = (1.0, 2.0, 0.5, 0.25)
"""How many times as large the picture is made until marks are found: small ones are found in a larger picture, blurred ones in a smaller."""
MOST_PX = 4096
"""No picture is made larger than this."""
SMALLEST_SHARE = 0.005
"""Of the picture's longer side: how long a mark's outline must be to be looked at."""
CORNER_SD_PX = 0.08
"""What a mark's corner is known to at the least (rendered pages: 0.02-0.1)."""
MOST_K1 = 0.3
"""As in `gait.quality.lens`."""
TOLD_SD = 0.006
"""A lens is told where its k1 is known to this (1 SD), which takes a page that fills half of the picture's height or more. On a smaller one what
the marks' edges have in common was taken for a k1 of up to 0.02, half of what matters."""
EDGE_REACH_MM, EDGE_STEPS = 4.0, 65
"""How far to either side of a mark's edge the picture is looked at, and in how many steps: the black rim is 5 mm wide."""
EDGE_PART, EDGE_PLACES, LEAST_PLACES = (0.12, 0.88), 13, 7
"""Of an edge's length, places along it, and how many of them must be read."""
ROUNDS = 2
"""Edges are looked for twice, the second time where the first said."""
LEAST_CONTRAST = 20.0
"""GreyPicture levels between a mark and the paper."""
WITHIN = (0.1587, 0.8413)
"""Between these shares of a blurred edge's rise lie two SDs of its blur."""


@dataclass(frozen=True, eq=False)
class PageMarks(Frozen):
    """What was found in one picture: the corners of the marks, and the same in millimetres of the page."""

    seen_px: Floats
    """(4 k, 2) picture coordinates: the middle of the first pixel is 0.5, 0.5."""
    page_mm: Floats
    """(4 k, 2)"""
    scale: float
    """One of `SCALES`: how many times as large the picture was when they were found."""


@dataclass(frozen=True, eq=False)
class PagePlace(Frozen):
    """Where the page is in one picture."""

    homography: Floats
    """(3, 3) from millimetres to the straight picture."""
    lens: Lens

    def px(self, page_mm: Floats) -> Floats:
        """(..., 2) points of the page in picture coordinates."""
        straight = np.concatenate([page_mm, np.ones((*page_mm.shape[:-1], 1))], axis=-1) @ self.homography.T
        return self.lens.seen(straight[..., :2] / straight[..., 2:])

    def mm_per_px(self, page_mm: Floats) -> float:
        """How large a pixel is at a point (2,): the side of a square of its area."""
        x, y = (self.px(page_mm + step) - self.px(page_mm - step) for step in np.eye(2))
        return float(2 / np.sqrt(abs(x[0] * y[1] - x[1] * y[0])))


def find_marks(picture: GreyPicture) -> PageMarks | None:
    """The marks in a picture; None where fewer than `LEAST_MARKS` are seen at any scale."""
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    settings.minMarkerPerimeterRate = SMALLEST_SHARE
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(ruler.DICTIONARY), settings)
    for scale in SCALES:
        if scale > 1 and scale * max(picture.shape) > MOST_PX:
            continue
        how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        sized = picture if scale == 1 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how)
        corners, numbers, _ = detector.detectMarkers(sized)
        found = {} if numbers is None else dict(zip(numbers.ravel().tolist(), corners, strict=True))
        mine = [number for number in sorted(found) if number < len(ruler.MARKS_MM)]
        if len(mine) >= LEAST_MARKS:
            # an index of the larger picture to picture coordinates, then to those of the picture itself
            seen = np.concatenate([found[number][0] for number in mine]).astype(float) + 0.5
            return PageMarks(seen / scale, np.concatenate([ruler.mark_corners(number) for number in mine]), scale)
    return None


def locate(marks: Sequence[PageMarks], width_px: int, height_px: int) -> tuple[list[PagePlace], Estimate | None]:
    """Where the page is in each picture, and how far the lens bends, which is the same in all.

    Args:
        marks: at least one; of pictures of one size.
        width_px: theirs.
        height_px: theirs.

    Returns:
        A place for each, and k1, None where the page is too small to tell; then the places are those without a lens.
    """

    def misses(k1: float) -> float:
        lens = Lens(float(k1), width_px, height_px)
        return sum(float((_missed_px(one, lens) ** 2).sum()) for one in marks)

    least = minimize_scalar(misses, bounds=(-MOST_K1, MOST_K1), method="bounded", options={"xatol": 1e-4})
    k1, step = float(least.x), 0.01
    curvature = (misses(k1 + step) - 2 * misses(k1) + misses(k1 - step)) / step**2
    # frames of a camera that stands still miss alike: as many of them say no more than one
    spread = max(CORNER_SD_PX**2, misses(k1) / sum(2 * len(one.seen_px) - 9 for one in marks))
    sd = float(np.sqrt(2 * spread * len(marks) / curvature)) if curvature > 0 else np.inf
    told = sd <= TOLD_SD
    lens = Lens(k1 if told else 0.0, width_px, height_px)
    places = [PagePlace(_homography(one, lens), lens) for one in marks]
    return places, Estimate.from_sd(k1, sd) if told else None


def sharpened(picture: GreyPicture, marks: PageMarks) -> tuple[PageMarks, float]:
    """The same marks with corners where their outer edges meet, and the blur (SD) of these edges in pixels.

    A corner by itself is found to half a pixel, for the squares inside a mark are near. An edge is read in many places along it.

    Args:
        picture: of the marks.
        marks: as `find_marks` gives them.

    Returns:
        Corners of edges that cannot be read stay; a blur of which no edge tells is NaN.
    """
    blur = float("nan")
    for _ in range(ROUNDS):
        marks, blur = _sharpened(picture, marks)
    return marks, blur


def _sharpened(picture: GreyPicture, marks: PageMarks) -> tuple[PageMarks, float]:
    """`sharpened`, from edges that are looked for where these corners say."""
    squares = [
        _sharp_mark(picture, page, seen)
        for page, seen in zip(marks.page_mm.reshape(-1, 4, 2), marks.seen_px.reshape(-1, 4, 2), strict=True)
    ]
    blurs = [blur for _, blur in squares if np.isfinite(blur)]
    seen = np.concatenate([corners for corners, _ in squares])
    return replace(marks, seen_px=seen), float(np.median(blurs)) if blurs else float("nan")


def _sharp_mark(picture: GreyPicture, page_mm: Floats, seen_px: Floats) -> tuple[Floats, float]:
    """(4, 2) one mark's corners where its edges meet, and the edges' blur; the corners as they were and NaN where an edge cannot be read."""
    height, width = picture.shape
    # a mark by itself: over so short a way no lens bends anything
    homography, _ = cv2.findHomography(page_mm, seen_px)
    place = PagePlace(np.asarray(homography, float), Lens(0.0, width, height))
    along = np.linspace(*EDGE_PART, EDGE_PLACES)
    across = np.linspace(-EDGE_REACH_MM, EDGE_REACH_MM, EDGE_STEPS)
    step_mm = across[1] - across[0]
    shift, blurs = np.zeros((4, 2)), []
    for k in range(4):
        a, b = page_mm[k], page_mm[(k + 1) % 4]
        outwards = (a - page_mm[(k + 3) % 4]) / ruler.MARK_MM
        points = (a + along[:, None] * (b - a))[:, None] + across[:, None] * outwards
        at = (place.px(points) - 0.5).astype(np.float32)
        levels = cv2.remap(picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR).astype(float)
        low, middle, high = np.array([_rise(row) for row in levels]).T
        read = np.isfinite(middle)
        if read.sum() < LEAST_PLACES:
            return seen_px, float("nan")
        slope, start = np.polyfit(along[read], across[0] + step_mm * middle[read], 1)
        shift[k] += start * outwards
        shift[(k + 1) % 4] += (start + slope) * outwards
        blurs.append(float(np.median(high[read] - low[read])) * step_mm / 2)
    return place.px(page_mm + shift), float(np.median(blurs)) / place.mm_per_px(page_mm.mean(axis=0))


def _rise(levels: Floats) -> tuple[float, float, float]:
    """At which steps a dark-to-light edge has risen to `WITHIN[0]`, a half, `WITHIN[1]`; NaN where it does not get lighter."""
    end = len(levels) // 8
    dark, light = float(np.median(levels[:end])), float(np.median(levels[-end:]))
    if light - dark < LEAST_CONTRAST:
        return (np.nan, np.nan, np.nan)
    share = np.maximum.accumulate((levels - dark) / (light - dark))
    low, middle, high = (float(np.interp(at, share, np.arange(len(share)))) for at in (WITHIN[0], 0.5, WITHIN[1]))
    return low, middle, high


def _homography(marks: PageMarks, lens: Lens) -> Floats:
    found, _ = cv2.findHomography(marks.page_mm, lens.straight(marks.seen_px))
    return np.asarray(found, float)


def _missed_px(marks: PageMarks, lens: Lens) -> Floats:
    """(4 k, 2) by how much the corners lie off where page and lens would have them."""
    return np.asarray(PagePlace(_homography(marks, lens), lens).px(marks.page_mm) - marks.seen_px)
