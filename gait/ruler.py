"""The printed page that a camera is calibrated with, in millimetres: legs whose heels lean by known angles, marks, a ruler.

Page coordinates have x to the right and y down, as the picture has, from the top left corner of `SIZE_MM`, which is centred on the paper.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from gait.model import Bools, Floats

PAPERS_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height of the papers it fits on, with the 5 mm to every side that printers leave white."""
SIZE_MM = (196.0, 262.0)
WEDGES_DEG = (-5.0, 0.0, 5.0, 10.0)
"""How far each heel leans from its leg, from left to right: clockwise, which is eversion of a left foot."""
ZERO = WEDGES_DEG.index(0.0)
"""The leg that the others are read against, as a run is against standing."""
SPACING_MM = SIZE_MM[0] / len(WEDGES_DEG)
SOLE_Y_MM = 226.0
"""Where a sole would stand."""

HEEL_LEG_MM, SHANK_LEG_MM = 260.0, 195.0
"""The leg lengths (ankle to knee) that heel and calf are drawn for. A whole leg does not fit on a sheet: the heel has the size of a small
shoe's, 39 mm wide, and the calf is half as long as a grown-up's."""
ANKLE_UP_MM = 48.0
"""Above the sole: the calf then begins above the heel, even one that leans."""
HEEL_UP_MM, HEEL_TALL_MM, HEEL_WIDE_MM = 34.0, 52.0, (39.0, 37.0)
"""Its middle above the sole, where `rearfoot` looks for a counter; its height, with which it is of one piece there; its width below and above."""
STRIP_WIDE_MM = 11.0
TABS_MM = ((-13.5, -12.0), (-13.5, 6.0), (13.5, -5.0), (13.5, 13.0))
TAB_MM = (7.0, 4.0)
"""Middles of four light bars beside the strip, from the heel's own middle, and their width and height: without them nothing would say how high
up the strip a reading lies."""
CALF_FROM, CALF_TO = 0.085, 0.735
"""Leg lengths above the ankle: a little more than `rearfoot` reads."""

DICTIONARY = cv2.aruco.DICT_4X4_50
"""The marks are OpenCV's, the coarsest it has: they are found in the smallest picture."""
MARK_MM, MARK_SQUARES = 30.0, 6
"""Side of a mark, and squares along it; the outer ones are black."""
MARKS_MM = ((0.0, 0.0), (83.0, 0.0), (166.0, 0.0), (0.0, 232.0), (83.0, 232.0), (166.0, 232.0))
"""Top left corner of each, in the order of their numbers."""
RULER_MM = 100.0
RULER_AT_MM = (48.0, 228.0)
"""Its left end."""
WHITE_MM = (
    (41.5, 22.0),
    (154.5, 22.0),
    (49.0, 100.0),
    (147.0, 100.0),
    (49.0, 150.0),
    (147.0, 150.0),
    (41.5, 250.0),
    (154.5, 250.0),
)
"""Places where the paper is bare for 3 mm to every side: how bright it is there is how it is lit."""


@dataclass(frozen=True, eq=False)
class PrintedLeg:
    """One leg of the page; every outline is (n, 2), millimetres."""

    wedge_deg: float
    heel_mm: Floats
    strip_mm: Floats
    tabs_mm: tuple[Floats, ...]
    calf_mm: Floats
    ankle_mm: Floats
    """(2,) where its ankle would be; the knee is `SHANK_LEG_MM` above it."""
    sole_mm: Floats
    """(2,)"""


def printed_leg(number: int) -> PrintedLeg:
    """The leg of `WEDGES_DEG[number]`."""
    x, wedge = SPACING_MM * (number + 0.5), WEDGES_DEG[number]
    sole = np.array([x, SOLE_Y_MM])
    middle = sole - (0.0, HEEL_UP_MM)
    rows = np.linspace(CALF_FROM, CALF_TO, 66)
    half = SHANK_LEG_MM * (0.068 + 0.032 * np.exp(-(((rows - 0.55) / 0.2) ** 2)))
    up = SOLE_Y_MM - ANKLE_UP_MM - SHANK_LEG_MM * rows
    calf = np.concatenate([np.column_stack([x - half, up]), np.column_stack([x + half, up])[::-1]])
    heel = _leaning(_upright(HEEL_WIDE_MM, HEEL_TALL_MM), middle, wedge)
    # a little taller than the heel, or a printer leaves a hair of it at the ends
    strip = _leaning(_upright((STRIP_WIDE_MM, STRIP_WIDE_MM), HEEL_TALL_MM + 1.0), middle, wedge)
    tabs = tuple(_leaning(_upright((TAB_MM[0],) * 2, TAB_MM[1]) + tab, middle, wedge) for tab in TABS_MM)
    return PrintedLeg(wedge, heel, strip, tabs, calf, sole - (0.0, ANKLE_UP_MM), sole)


def mark_black(number: int) -> Bools:
    """(`MARK_SQUARES`, `MARK_SQUARES`) which squares of a mark are black, row by row from the top."""
    picture = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(DICTIONARY), number, MARK_SQUARES)
    return np.asarray(picture == 0)


def mark_corners(number: int) -> Floats:
    """(4, 2) of one mark, from its top left corner clockwise."""
    return np.asarray(np.array(MARKS_MM[number]) + MARK_MM * np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))


def _upright(wide_mm: tuple[float, float], tall_mm: float) -> Floats:
    """(4, 2) a shape about (0, 0), so wide below and above, from its lower left corner clockwise."""
    below, above, half = wide_mm[0] / 2, wide_mm[1] / 2, tall_mm / 2
    return np.asarray([[-below, half], [-above, -half], [above, -half], [below, half]])


def _leaning(shape_mm: Floats, middle_mm: Floats, clockwise_deg: float) -> Floats:
    """(n, 2) the shape turned about (0, 0), then put where the heel's middle is."""
    a = np.radians(clockwise_deg)
    return np.asarray(middle_mm + shape_mm @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]))
