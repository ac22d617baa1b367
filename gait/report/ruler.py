"""What stands on the page that a camera is calibrated with: shapes in millimetres of paper, and how it is used, in words."""

from typing import Any

import numpy as np

from gait import ruler
from gait.model import Floats
from gait.report.brand import Brand
from gait.report.content import signed
from gait.words import phrase

GREY = {"heel": "#1e1e1e", "light": "#ffffff", "calf": "#787878"}
"""Any black-and-white printer has them. A leg is told from the paper by half of its contrast or more."""
STEPS = (
    "ruler_do_print",
    "ruler_do_measure",
    "ruler_do_hang",
    "ruler_do_camera",
    "ruler_do_film",
    "ruler_do_read",
    "ruler_do_lens",
)
"""What to do, in this order: the catalogue's `pdf-`."""
FIXED = ("ruler_title", "ruler_alt", "ruler_keep", "ruler_here", "ruler_how", "ruler_kept")
"""What else stands on the pages: the catalogue's `pdf-`."""


def ruler_content(paper: str, brand: Brand) -> dict[str, Any]:
    """Everything the template shows; JSON-ready.

    Args:
        paper: one of `gait.ruler.PAPERS_MM`.
        brand: how the store signs its PDFs.
    """
    width, height = ruler.PAPERS_MM[paper]
    left, top = corner = (np.array([width, height]) - ruler.SIZE_MM) / 2
    # Typst calls letter by its American name
    named = {"letter": "us-letter"}.get(paper, paper)
    return {
        **signed(brand, ""),
        "paper": named,
        "size": {"width": width, "height": height},
        "words": {name: phrase(f"pdf-{name}") for name in FIXED},
        "steps": [phrase(f"pdf-{name}") for name in STEPS],
        "shapes": [
            {"fill": fill, "points": (points + corner).round(4).tolist()} for fill, points in _shapes() + _marks()
        ],
        "labels": [
            {"text": phrase("pdf-ruler_wedge", wedge=wedge), "x": float(left) + ruler.SPACING_MM * (i + 0.5)}
            for i, wedge in enumerate(ruler.WEDGES_DEG)
        ],
        "labels_y": float(top) + ruler.SOLE_Y_MM - 4.0,
        "ruler": {
            "x": float(left) + ruler.RULER_AT_MM[0],
            "y": float(top) + ruler.RULER_AT_MM[1],
            "long": ruler.RULER_MM,
        },
    }


def _shapes() -> list[tuple[str, Floats]]:
    """Colour and outline of everything of the legs, in the order it is laid down."""
    shapes = []
    for number in range(len(ruler.WEDGES_DEG)):
        leg = ruler.printed_leg(number)
        shapes += [(GREY["calf"], leg.calf_mm), (GREY["heel"], leg.heel_mm), (GREY["light"], leg.strip_mm)]
        shapes += [(GREY["light"], tab) for tab in leg.tabs_mm]
    return shapes


def _marks() -> list[tuple[str, Floats]]:
    """Each mark as a black square with its white squares on it."""
    shapes = []
    side = ruler.MARK_MM / ruler.MARK_SQUARES
    for number in range(len(ruler.MARKS_MM)):
        corners = ruler.mark_corners(number)
        shapes.append(("#000000", corners))
        for row, line in enumerate(ruler.mark_black(number).tolist()):
            for column, black in enumerate(line):
                if not black:
                    square = (corners - corners[0]) / ruler.MARK_SQUARES
                    shapes.append(("#ffffff", corners[0] + (column * side, row * side) + square))
    return shapes
