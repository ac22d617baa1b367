"""Freeze frames: the lines lie where they were measured, the arc opens the right way."""

import numpy as np
import pytest

from gait.drawing import stills
from gait.drawing.palette import HEEL_RGB
from gait.geometry import eversion_deg
from gait.landmarks import Side
from gait.model import Crop

GREY = 90


def lines(side, angle_deg, pivot=(100.0, 220.0)):
    """A vertical shank over a heel line, 45 px long, everted by `angle_deg`: right foot everts with its top to the left."""
    shank = np.array([[pivot[0], pivot[1] - 50], [pivot[0], pivot[1] - 180]])
    tilt = np.radians(-side.lateral_sign * angle_deg)
    heel = np.array([pivot, [pivot[0] + 45 * np.sin(tilt), pivot[1] - 45 * np.cos(tilt)]])
    return shank, heel


def crop(size=(300, 200), x0=0, y0=0):
    return Crop(np.full((*size, 3), GREY, np.uint8), x0, y0)


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("angle_deg", [-8.0, 0.0, 10.1, 17.0])
def test_angle_of_the_drawn_lines_is_eversion_positive(side, angle_deg):
    assert eversion_deg(*lines(side, angle_deg), side) == pytest.approx(angle_deg, abs=1e-9)


def test_a_point_of_the_picture_is_found_where_the_thumbnail_says():
    image = np.full((300, 200, 3), GREY, np.uint8)
    image[180:183, 120:123] = 255  # centre at picture point (1121, 2181)
    small = stills.step_thumbnail(Crop(image, 1000, 2000), *lines(Side.LEFT, 5, pivot=(1100.0, 2220.0)))
    bright = np.argwhere(small.image[..., 0].astype(float) > 0.7 * small.image.max())
    row, column = bright.mean(axis=0)
    assert small.x0_px + column / small.scale == pytest.approx(1121.0, abs=1.0)
    assert small.y0_px + row / small.scale == pytest.approx(2181.0, abs=1.0)
    assert small.image.shape == (*stills.THUMB_SIZE_PX[::-1], 3)


@pytest.mark.parametrize("side", list(Side))
def test_arc_opens_from_the_outside_for_an_everted_heel(side):
    shank, heel = (a * 3 for a in lines(side, 20))
    blank = np.full((900, 720, 3), GREY, np.uint8)
    drawn = stills.draw_lines(blank, shank, heel, side, 20.0)
    changed = (drawn != GREY).any(axis=2)
    # A row across the upper part of the heel line: the dashed line is where the heel would be at 0°, straight up.
    row = round(float(heel[0, 1] - 0.9 * 135))
    columns = np.flatnonzero(changed[row])
    on_heel = float(heel[0, 0] + (heel[1, 0] - heel[0, 0]) * (heel[0, 1] - row) / (heel[0, 1] - heel[1, 1]))
    assert abs(columns[0 if side is Side.RIGHT else -1] - on_heel) < 10
    assert abs(columns[-1 if side is Side.RIGHT else 0] - heel[0, 0]) < 10
    assert tuple(drawn[row, round(on_heel)]) == HEEL_RGB


def test_mirrored_picture_and_other_foot_give_the_mirrored_drawing():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (900, 720, 3), dtype=np.uint8)
    mirror = np.array([719.0, 0.0])
    shank, heel = (a * [3.5, 3] for a in lines(Side.RIGHT, 12))
    right = stills.draw_lines(image, shank, heel, Side.RIGHT, 12.0)
    left = stills.draw_lines(image[:, ::-1], mirror + shank * [-1, 1], mirror + heel * [-1, 1], Side.LEFT, 12.0)
    differs = (np.abs(right[:, ::-1].astype(int) - left) > 40).any(axis=2)
    assert differs.mean() < 0.02, "only the number may differ"


def test_input_is_unchanged_and_same_input_same_picture():
    given = crop((300, 200))
    before = given.image.copy()
    a = stills.peak_still(given, *lines(Side.LEFT, 10.1), Side.LEFT, 10.1)
    b = stills.peak_still(given, *lines(Side.LEFT, 10.1), Side.LEFT, 10.1)
    assert (given.image == before).all()
    assert (a == b).all()
    assert a.shape == (900, 720, 3)
    assert (a != GREY).any()


@pytest.mark.parametrize("angle_deg", [-30.0, -0.01, 0.0, 45.0])
@pytest.mark.parametrize("offset", [-400, 0, 400])
def test_odd_angles_and_crops_that_miss_the_foot_still_draw(angle_deg, offset):
    still = stills.peak_still(crop(x0=offset), *lines(Side.RIGHT, angle_deg), Side.RIGHT, angle_deg)
    assert still.shape == (900, 720, 3)


def test_lines_that_were_not_measured_draw_nothing():
    nothing = np.full((2, 2), np.nan)
    assert (stills.peak_still(crop(), nothing, nothing, Side.LEFT, float("nan")) == GREY).all()
