"""Signs and sizes of the one set of picture angles, in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gait.geometry import eversion_deg, outward_tilt_deg, tilt_deg, turned, up_and_right
from gait.landmarks import Side

UP = np.array([0.0, -1.0])
"""In picture coordinates y runs down."""
degrees = st.floats(-80, 80)


def line(tilt: float, at: tuple[float, float] = (100.0, 400.0), length: float = 50.0) -> np.ndarray:
    """A line whose top leans `tilt` degrees to the picture's right."""
    r = np.radians(tilt)
    low = np.array(at)
    return np.stack([low, low + length * np.array([np.sin(r), -np.cos(r)])])


@pytest.mark.parametrize(
    ("upward", "expected_deg"),
    [((0, -1), 0), ((1, -1), 45), ((-1, -1), -45), ((1, 0), 90), ((-1, 0), -90), ((1, -np.sqrt(3)), 30), ((0, 1), 180)],
)
def test_tilt_is_clockwise_from_the_vertical(upward, expected_deg):
    assert tilt_deg(np.array(upward, float)) == pytest.approx(expected_deg)


def test_tilt_takes_many_vectors_and_nan_stays_nan():
    found = tilt_deg(np.array([[[1.0, -1.0], [np.nan, -1.0]]]))
    assert found.shape == (1, 2)
    assert found[0, 0] == pytest.approx(45)
    assert np.isnan(found[0, 1])


# Filmed from behind: the right foot is on the picture's right, and everts by tilting its top to the left, inward.
@pytest.mark.parametrize(
    ("side", "heel_tilt", "shank_tilt", "expected_deg"),
    [
        (Side.RIGHT, -10, 0, 10),
        (Side.LEFT, 10, 0, 10),
        (Side.RIGHT, 10, 0, -10),
        (Side.LEFT, -10, 0, -10),
        (Side.RIGHT, 0, 4, 4),
        (Side.LEFT, 0, -4, 4),
        (Side.RIGHT, 7, 7, 0),
    ],
)
def test_eversion_is_positive_for_both_feet(side, heel_tilt, shank_tilt, expected_deg):
    assert eversion_deg(line(shank_tilt, (90, 380), 120), line(heel_tilt), side) == pytest.approx(expected_deg)


@given(degrees, degrees, st.floats(-30, 30), st.sampled_from(Side))
def test_eversion_ignores_a_rolled_camera_and_a_mirrored_picture_swaps_the_feet(shank, heel, roll, side):
    before = eversion_deg(line(shank), line(heel), side)
    assert eversion_deg(line(shank + roll), line(heel + roll), side) == pytest.approx(before, abs=1e-9)
    mirror = np.array([-1.0, 1.0])
    assert eversion_deg(line(shank) * mirror, line(heel) * mirror, side.other) == pytest.approx(before, abs=1e-9)


def test_eversion_of_a_line_that_was_not_seen_is_nan():
    assert np.isnan(eversion_deg(line(0), np.full((2, 2), np.nan), Side.LEFT))


@pytest.mark.parametrize(("side", "sign"), [(Side.RIGHT, 1), (Side.LEFT, -1)])
def test_outward_is_to_the_right_for_the_right_leg(side, sign):
    assert outward_tilt_deg(np.array([1.0, -1.0]), side) == pytest.approx(45 * sign)


@given(degrees, st.floats(-90, 90))
def test_a_turned_line_keeps_its_middle_and_length_and_tilts_by_the_turn(tilt, turn):
    before = line(tilt)
    after = turned(before, turn)
    assert after.mean(axis=0) == pytest.approx(before.mean(axis=0))
    assert np.linalg.norm(after[1] - after[0]) == pytest.approx(50)
    assert tilt_deg(after[1] - after[0]) == pytest.approx(tilt + turn, abs=1e-6)


def test_up_and_right_of_an_upright_line():
    up, right = up_and_right(np.array([3.0, 9.0]), np.array([3.0, 2.0]))
    assert up == pytest.approx(UP)
    assert right == pytest.approx([1, 0])
