"""The printed page in millimetres: the angles it is drawn with, and that nothing covers anything else."""

import cv2
import numpy as np
import pytest

from gait import ruler
from gait.geometry import tilt_deg
from gait.rearfoot import frame, heel, shank

LEGS = range(len(ruler.WEDGES_DEG))


def drawn():
    """(rows, columns) how many shapes cover each millimetre, ten dots to one."""
    shape = tuple(round(10 * side) for side in reversed(ruler.SIZE_MM))
    count = np.zeros(shape, np.uint8)
    legs = [ruler.printed_leg(number) for number in LEGS]
    shapes = [shape_mm for leg in legs for shape_mm in (leg.heel_mm, leg.calf_mm)]
    for one in [*shapes, *(ruler.mark_corners(number) for number in range(len(ruler.MARKS_MM)))]:
        layer = np.zeros(shape, np.uint8)
        cv2.fillPoly(layer, [np.round(10 * one).astype(np.int32)], 1)
        count += layer
    return count


@pytest.mark.parametrize("number", LEGS)
def test_a_heels_strip_leans_by_what_is_said_and_its_calf_not_at_all(number):
    leg = ruler.printed_leg(number)
    left, right = leg.strip_mm[1] - leg.strip_mm[0], leg.strip_mm[2] - leg.strip_mm[3]
    assert tilt_deg(np.stack([left, right])) == pytest.approx(ruler.WEDGES_DEG[number])
    n = len(leg.calf_mm) // 2
    middle = (leg.calf_mm[:n] + leg.calf_mm[n:][::-1]) / 2
    assert np.ptp(middle[:, 0]) == pytest.approx(0.0)
    assert middle[0, 0] == pytest.approx(leg.sole_mm[0])


def test_nothing_covers_anything_else_and_all_is_on_the_page():
    count = drawn()
    assert count.max() == 1
    for number in LEGS:
        leg = ruler.printed_leg(number)
        every = np.concatenate([leg.heel_mm, leg.calf_mm, leg.strip_mm])
        assert (every >= 0).all()
        assert (every <= ruler.SIZE_MM).all()


def test_the_paper_is_bare_where_its_light_is_measured():
    count = drawn()
    for x, y in ruler.WHITE_MM:
        assert not count[round(10 * (y - 3)) : round(10 * (y + 3)), round(10 * (x - 3)) : round(10 * (x + 3))].any()


@pytest.mark.parametrize("paper", ruler.PAPERS_MM)
def test_it_fits_where_printers_print(paper):
    assert all(side - own >= 2 * 5 for side, own in zip(ruler.PAPERS_MM[paper], ruler.SIZE_MM, strict=True))


USUALLY_LOWER_PX = 2.7
"""How much lower than expected a standing counter lies where the camera stands as asked for."""


def test_heel_and_calf_lie_where_rearfoot_looks_for_them():
    """The heel reaches over the counter's window, also where it is moved to; the calf over all rows of the strip."""
    top, bottom = (ruler.HEEL_UP_MM + k * ruler.HEEL_TALL_MM / 2 for k in (1, -1))
    lower = USUALLY_LOWER_PX / frame.UNITS
    assert bottom < (heel.BOTTOM - lower) * ruler.HEEL_LEG_MM
    assert top > (heel.TOP - lower) * ruler.HEEL_LEG_MM
    assert ruler.CALF_FROM < frame.SHANK_LOW
    assert ruler.CALF_TO > frame.SHANK_HIGH
    leg = ruler.printed_leg(ruler.ZERO)
    half = np.ptp(leg.calf_mm[:, 0]) / 2 / ruler.SHANK_LEG_MM
    assert shank.NARROWEST < half < shank.WIDEST


def test_each_mark_is_another_one():
    marks = [ruler.mark_black(number).tobytes() for number in range(len(ruler.MARKS_MM))]
    assert len(set(marks)) == len(marks)
    assert ruler.mark_black(0).shape == (ruler.MARK_SQUARES,) * 2
    assert ruler.mark_black(0)[0].all()
