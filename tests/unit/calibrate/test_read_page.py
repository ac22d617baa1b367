"""The page is read as it was seen: angles, roll, scale, lens, light; and what cannot be read is refused."""

import cv2
import numpy as np
import pytest

from gait import ruler
from gait.calibrate import read_page
from gait.calibrate.page import find_marks, locate, sharpened
from gait.calibrate.wedges import shown_deg
from gait.errors import GaitError
from tests.builders import ruler_page

LEANING = [number for number in range(len(ruler.WEDGES_DEG)) if number != ruler.ZERO]


@pytest.mark.parametrize(("roll_deg", "down_deg"), [(0.0, 0.0), (5.0, 0.0), (-5.0, 12.0)])
def test_wedges_roll_and_scale_are_read(roll_deg, down_deg):
    where = ruler_page.place(roll_deg, down_deg)
    read = read_page([ruler_page.picture(where, seed=seed) for seed in range(3)])
    for wedge, number in zip(read.wedges, LEANING, strict=True):
        shown = shown_deg(number, where) - shown_deg(ruler.ZERO, where)
        assert wedge.printed_deg == ruler.WEDGES_DEG[number]
        assert wedge.read.value == pytest.approx(shown, abs=0.3)
        assert wedge.shown_deg == pytest.approx(shown, abs=0.1)
    assert read.roll.value == pytest.approx(roll_deg, abs=0.1)
    heels = np.array([98.0, ruler.SOLE_Y_MM - ruler.HEEL_UP_MM])
    assert read.mm_per_px.value == pytest.approx(where.mm_per_px(heels), rel=0.005)
    assert read.lens_k1 is None or read.lens_k1.ci95[0] <= 0 <= read.lens_k1.ci95[1]


def test_looked_down_upon_a_wedge_shows_more_than_is_printed():
    """A height seen at an angle is shortened by its cosine, a width is not."""
    where = ruler_page.place(down_deg=20.0, distance_mm=1e6)
    ten = ruler.WEDGES_DEG.index(10.0)
    expected = np.degrees(np.arctan(np.tan(np.radians(10.0)) / np.cos(np.radians(20.0))))
    assert shown_deg(ten, where) == pytest.approx(expected, abs=0.01)


def test_a_lens_is_told_where_the_page_fills_the_picture():
    where = ruler_page.place(mm_per_px=0.3, k1=-0.1)
    read = read_page([ruler_page.picture(where)])
    assert read.lens_k1 is not None
    assert read.lens_k1.value == pytest.approx(-0.1, abs=0.02)
    small = read_page([ruler_page.picture(ruler_page.place(mm_per_px=1.0, k1=-0.1))])
    assert small.lens_k1 is None


def test_a_page_printed_smaller_has_smaller_pixels():
    shots = [ruler_page.picture(ruler_page.place())]
    whole, shrunk = read_page(shots), read_page(shots, ruler_mm=96.0)
    assert shrunk.mm_per_px.value == pytest.approx(0.96 * whole.mm_per_px.value)
    assert [wedge.read.value for wedge in shrunk.wedges] == [wedge.read.value for wedge in whole.wedges]


def test_light_is_that_of_the_bare_paper():
    shot = ruler_page.picture(ruler_page.place(), noise=0.0).astype(float)
    lit = shot * np.linspace(1.0, 0.5, ruler_page.WIDTH_PX)[None, :, None]
    even, uneven = (read_page([np.clip(one, 0, 255).astype(np.uint8)]).light for one in (shot, lit))
    assert even.paper == pytest.approx(224, abs=2)
    assert even.uneven > 0.97
    # the places that are looked at lie 49 mm to either side of the middle or a little more
    assert uneven.uneven == pytest.approx((0.75 - 0.5 * 56.5 / 720) / (0.75 + 0.5 * 56.5 / 720), abs=0.03)


def test_a_picture_taken_while_the_page_moved_is_left_out():
    where = ruler_page.place()
    sharp = [ruler_page.picture(where, seed=seed) for seed in range(3)]
    assert read_page([*sharp, ruler_page.picture(where, blur_px=2.2)]).n_pictures == 3


@pytest.mark.parametrize(
    ("shot", "code"),
    [
        (np.full((960, 720, 3), 128, np.uint8), "no_page"),
        (ruler_page.picture(ruler_page.place(mm_per_px=2.5)), "page_small"),
        (ruler_page.picture(ruler_page.place(mm_per_px=0.5), blur_px=7.0), "page_blurred"),
        (ruler_page.picture(ruler_page.place(), blur_px=30.0), "no_page"),
        # two marks alone, as of a page that is mostly out of the picture
        (ruler_page.picture(ruler_page.place(), noise=0.0)[:, :350], "no_page"),
    ],
    ids=["nothing", "far", "blurred", "all a blur", "half"],
)
def test_what_cannot_be_read_is_refused(shot, code):
    with pytest.raises(GaitError) as refused:
        read_page([np.ascontiguousarray(shot)])
    assert refused.value.code == code
    assert str(refused.value)


def test_a_page_whose_heels_are_covered_is_seen_and_not_read():
    page = ruler_page.flat()
    d = ruler_page.DOTS_PER_MM
    cv2.rectangle(page, (0, 150 * d), (page.shape[1], 222 * d), 255, -1)
    with pytest.raises(GaitError) as refused:
        read_page([ruler_page.picture(ruler_page.place(), page=page)])
    assert refused.value.code == "page_unread"


def test_marks_are_found_to_a_fraction_of_a_pixel():
    where = ruler_page.place(3.0, 8.0)
    grey = cv2.cvtColor(ruler_page.picture(where), cv2.COLOR_RGB2GRAY)
    marks, _ = sharpened(grey, find_marks(grey))
    assert np.abs(marks.seen_px - where.px(marks.page_mm)).max() < 0.25
    (found,), _ = locate([marks], ruler_page.WIDTH_PX, ruler_page.HEIGHT_PX)
    assert np.abs(found.px(marks.page_mm) - where.px(marks.page_mm)).max() < 0.2
