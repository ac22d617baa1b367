"""The 3D reading: its sum, its invariances, its silence."""

import numpy as np
import pytest

from gait.estimate_3d import INTERCEPT_DEG, PER_CONTACT_S, PER_LEAN_DEG, PER_PEAK_DEG, interpret, shank_lean_deg
from gait.landmarks import Side
from gait.model import Estimate, FootAngles, FootSummary, RearfootAngles


def angles(side, lean_deg, roll_deg=0.0):
    """Frames at the peak whose shank leans outward by `lean_deg`, in a picture turned by `roll_deg`."""
    tilt = np.radians(side.lateral_sign * lean_deg + roll_deg)
    line = np.array([[0.0, 0.0], [100 * np.sin(tilt), -100 * np.cos(tilt)]])
    n = 12
    return FootAngles(
        np.repeat(np.arange(4), 3),
        np.arange(n),
        np.arange(n) / 60,
        np.full(n, 40.0),
        np.full(n, 10.0),
        np.full(n, 0.5),
        np.ones(n, bool),
        np.tile(line, (n, 1, 1)),
        np.tile(line, (n, 1, 1)),
        "heel_counter",
        0.7,
        2.0,
    )


def summary(peak=10.0, half=1.0, contact=0.25):
    def make(value, width):
        return Estimate(value, (value - width, value + width))

    nan = np.full(101, np.nan)
    contact_time = make(contact, 0.005)
    peak_estimate = make(peak, half)
    return FootSummary(
        20,
        contact_time,
        None,
        None,
        peak_estimate,
        None,
        make(40.0, 2.0),
        None,
        "heel_counter",
        np.arange(101.0),
        nan,
        nan,
    )


def both(lean=5.0, roll=0.0, peak=10.0, half=1.0):
    feet = {side: summary(peak, half) for side in Side}
    return interpret(feet, RearfootAngles({side: angles(side, lean, roll) for side in Side}, "standing"))


@pytest.mark.parametrize("side", list(Side))
def test_outward_lean_is_positive_for_both_legs(side):
    assert shank_lean_deg(side, angles(side, 6.0), summary()) == pytest.approx(6.0)


def test_the_estimate_is_the_stated_sum():
    expected = INTERCEPT_DEG + PER_PEAK_DEG * 10 + PER_LEAN_DEG * 5 + PER_CONTACT_S * 0.25
    assert both()[Side.LEFT].peak_eversion_3d_deg.value == pytest.approx(expected)


def test_camera_roll_changes_nothing():
    plain, rolled = both(), both(roll=3.0)
    for side in Side:
        assert rolled[side].peak_eversion_3d_deg.value == pytest.approx(plain[side].peak_eversion_3d_deg.value)


def test_its_interval_is_wider_than_the_pictures_own():
    low, high = both(half=1.0)[Side.RIGHT].peak_eversion_3d_deg.ci95
    assert high - low > 2 * 1.96 * 1.0


def test_nothing_is_said_outside_what_was_learnt_or_without_standing_or_with_one_leg():
    assert both(peak=27.0) == {}
    feet = {side: summary() for side in Side}
    seen = {side: angles(side, 5.0) for side in Side}
    assert interpret(feet, RearfootAngles(seen, "none")) == {}
    assert interpret(feet, RearfootAngles({Side.LEFT: seen[Side.LEFT]}, "standing")) == {}
