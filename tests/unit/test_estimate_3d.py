"""The 3D reading: which way each part moves it, its sum, its interval, its invariances, its silence."""

from dataclasses import replace

import numpy as np
import pytest

from gait.estimate_3d import (
    INTERCEPT_DEG,
    LEAN_SD_DEG,
    PER_CONTACT_S,
    PER_LEAN_DEG,
    PER_PEAK_DEG,
    RESIDUAL_SD_DEG,
    interpret,
    shank_lean_deg,
)
from gait.landmarks import Side
from gait.model import Estimate, FootAngles, FootSummary, RearfootAngles
from tests.builders import SHARED, needs_shared
from validation.meaning_rbds import learnt_from_all, trials


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


def both(lean=5.0, roll=0.0, peak=10.0, half=1.0, contact=0.25):
    feet = {side: summary(peak, half, contact) for side in Side}
    return interpret(feet, RearfootAngles({side: angles(side, lean, roll) for side in Side}, "standing"))


def value(**kw):
    return both(**kw)[Side.LEFT].peak_eversion_3d_deg.value


@pytest.mark.parametrize("side", list(Side))
def test_outward_lean_is_positive_for_both_legs(side):
    assert shank_lean_deg(side, angles(side, 6.0), summary()) == pytest.approx(6.0)
    assert shank_lean_deg(side, angles(side, -6.0), summary()) == pytest.approx(-6.0)


def test_the_lean_does_not_depend_on_where_in_the_picture_the_leg_is():
    seen = angles(Side.LEFT, 6.0)
    elsewhere = replace(seen, shank_px=seen.shank_px + np.array([300.0, 800.0]))
    assert shank_lean_deg(Side.LEFT, elsewhere, summary()) == pytest.approx(6.0)


@pytest.mark.parametrize(("off_pct", "counted"), [(0.0, True), (8.0, True), (8.1, False)])
@pytest.mark.parametrize("usable", [True, False])
def test_the_lean_comes_from_usable_frames_near_the_peak(off_pct, counted, usable):
    """Half of the frames lean by 6 degrees at the peak; the other half lean by 20 and lie `off_pct` from it."""
    seen, other = angles(Side.LEFT, 6.0), angles(Side.LEFT, 20.0)
    late = np.arange(12) >= 6
    mixed = replace(
        seen,
        stance_pct=np.where(late, 40.0 + off_pct, 40.0),
        shank_px=np.where(late[:, None, None], other.shank_px, seen.shank_px),
        usable=~late | usable,
    )
    assert shank_lean_deg(Side.LEFT, mixed, summary()) == pytest.approx(13.0 if counted and usable else 6.0)
    assert shank_lean_deg(Side.LEFT, replace(seen, usable=np.zeros(12, bool)), summary()) is None
    assert shank_lean_deg(Side.LEFT, seen, replace(summary(), time_to_peak_pct=None)) is None


def test_a_heel_that_tilts_further_in_the_picture_tilts_further_in_space_and_nearly_as_much():
    assert 0.7 < value(peak=11.0) - value(peak=10.0) < 1.0


def test_a_shank_that_leans_outward_makes_the_picture_read_high():
    assert value(lean=8.0) < value(lean=5.0)


def test_a_longer_contact_goes_with_less():
    assert value(contact=0.27) < value(contact=0.25)


@pytest.mark.parametrize("peak", [7.0, 10.0, 13.0, 16.0])
def test_of_a_usual_runner_the_picture_is_nearly_right(peak):
    """On the 96 feet learnt from picture and space differ by 0.8 +- 1.3 degrees; these are their mean lean and contact time."""
    assert value(peak=peak, lean=7.4, contact=0.237) == pytest.approx(peak, abs=2.0)


def test_the_mean_foot_learnt_from_has_its_own_mean():
    """Least squares goes through the means: of 96 feet 11.40 degrees in the picture, 7.43 of lean, 0.237 s, and 10.56 in space."""
    assert value(peak=11.398, lean=7.429, contact=0.237) == pytest.approx(10.564, abs=0.03)


@needs_shared
@pytest.mark.slow
def test_the_shipped_coefficients_are_what_motion_capture_gives_again():
    learnt, rows = learnt_from_all(trials(SHARED / "data" / "rbds"))
    assert rows == 96
    np.testing.assert_allclose([INTERCEPT_DEG, PER_PEAK_DEG, PER_LEAN_DEG, PER_CONTACT_S], learnt, rtol=0.01)


def test_the_estimate_is_the_stated_sum():
    expected = INTERCEPT_DEG + PER_PEAK_DEG * 10 + PER_LEAN_DEG * 5 + PER_CONTACT_S * 0.25
    assert value() == pytest.approx(expected)
    assert both()[Side.RIGHT].shank_lean_deg == pytest.approx(5.0)


def test_the_lean_is_that_of_both_legs():
    feet = {side: summary() for side in Side}
    seen = {Side.LEFT: angles(Side.LEFT, 2.0), Side.RIGHT: angles(Side.RIGHT, 8.0)}
    found = interpret(feet, RearfootAngles(seen, "standing"))
    assert [found[side].shank_lean_deg for side in Side] == pytest.approx([5.0, 5.0])


def test_camera_roll_changes_nothing():
    plain, rolled = both(), both(roll=3.0)
    for side in Side:
        assert rolled[side].peak_eversion_3d_deg.value == pytest.approx(plain[side].peak_eversion_3d_deg.value)


def test_its_interval_holds_the_error_of_every_part_and_is_even_about_the_value():
    """97.5 % of a normal distribution lie below 1.96; the contact time of `summary` is known to 0.005 s at that level."""
    estimate = both(half=1.5)[Side.RIGHT].peak_eversion_3d_deg
    low, high = estimate.ci95
    parts = [RESIDUAL_SD_DEG, PER_PEAK_DEG * 1.5 / 1.96, PER_LEAN_DEG * LEAN_SD_DEG, PER_CONTACT_S * 0.005 / 1.96]
    assert high - estimate.value == pytest.approx(1.96 * np.linalg.norm(parts), rel=1e-4)
    assert estimate.value - low == pytest.approx(high - estimate.value)


def test_a_picture_read_without_error_still_leaves_what_a_picture_cannot_tell():
    """1.05 degrees with the runner left out, and 0.284 for a leg's outline that is off by one degree: 2.13 at 95 %."""
    low, high = both(half=0.0)[Side.LEFT].peak_eversion_3d_deg.ci95
    assert (high - low) / 2 == pytest.approx(2.13, abs=0.02)


@pytest.mark.parametrize(("peak", "said"), [(4.9, False), (5.0, True), (20.0, True), (20.1, False)])
def test_nothing_is_said_outside_what_was_learnt(peak, said):
    """RBDS' feet read 5.4 to 19.0 degrees."""
    assert bool(both(peak=peak)) is said


@pytest.mark.parametrize(
    "left", [summary(peak=27.0), replace(summary(), peak_eversion_deg=None), replace(summary(), contact_time_s=None)]
)
def test_a_foot_of_which_nothing_can_be_said_does_not_silence_the_other(left):
    seen = {side: angles(side, 5.0) for side in Side}
    found = interpret({Side.LEFT: left, Side.RIGHT: summary()}, RearfootAngles(seen, "standing"))
    assert set(found) == {Side.RIGHT}


def test_nothing_is_said_without_standing_or_with_one_leg():
    feet = {side: summary() for side in Side}
    seen = {side: angles(side, 5.0) for side in Side}
    assert interpret(feet, RearfootAngles(seen, "none")) == {}
    assert interpret(feet, RearfootAngles({Side.LEFT: seen[Side.LEFT]}, "standing")) == {}
