"""Intervals of the step table: what goes in comes out, in closed form."""

from dataclasses import replace

import numpy as np
import pytest

from gait.landmarks import Side
from gait.model import Estimate, FootEvents, RearfootAngles
from gait.settings import RearfootSettings
from gait.strides import tabulate_strides
from tests.builders.steps import STANCE_S, STRIDE_S, both, foot_angles, foot_events, summary


def half_width(estimate: Estimate) -> float:
    assert estimate.ci95[1] - estimate.value == pytest.approx(estimate.value - estimate.ci95[0])
    return estimate.ci95[1] - estimate.value


def steady(steps: int = 14, slope_deg_per_pct: float = 0.0, systematic_deg: float = 0.0, method: str = "heel_counter"):
    """Every step the same noiseless curve: level, or falling at foot strike by so much per % until it turns at 40 %."""
    events = foot_events(steps)
    angles, _ = foot_angles(events, 120.0, 0.0, 1, step_sd_deg=0.0)
    pct = angles.stance_pct
    deg = 10.0 + slope_deg_per_pct * (np.minimum(pct, 40) - 40) - 0.002 * np.maximum(pct - 40, 0) ** 2
    return events, replace(angles, angle_deg=deg, systematic_sd_deg=systematic_deg, method=method)


def test_steps_that_differ_give_students_interval_of_their_mean() -> None:
    """Contacts of 0.24, 0.25, 0.26 s: mean 0.25, SD 0.01; t(0.975, 2) = 4.3027."""
    strikes = 0.1 + STRIDE_S * np.arange(3)
    left = FootEvents(strikes, strikes + np.array([0.24, 0.25, 0.26]))
    contact = (
        tabulate_strides(both(left, 0.0), RearfootAngles({}, "standing"), RearfootSettings())
        .feet[Side.LEFT]
        .contact_time_s
    )
    assert contact.value == pytest.approx(0.25)
    assert half_width(contact) == pytest.approx(4.3027 * 0.01 / np.sqrt(3), rel=1e-4)


def test_an_error_all_steps_share_does_not_shrink_with_their_number() -> None:
    for steps in (4, 40):
        contact = tabulate_strides(both(foot_events(steps), 0.01), RearfootAngles({}, "standing"), RearfootSettings())
        assert half_width(contact.feet[Side.LEFT].contact_time_s) == pytest.approx(1.96 * 0.01, rel=1e-3)
        assert half_width(contact.feet[Side.LEFT].flight_time_s) == pytest.approx(1.96 * 0.01, rel=1e-3)


def test_both_kinds_of_error_add_up_with_welchs_degrees_of_freedom() -> None:
    """SD 0.01 of 3 steps and 0.01 shared: variance 1.3333e-4, (1.3333 / 0.3333)^2 * 2 = 32 degrees, t(0.975, 32) = 2.0369."""
    strikes = 0.1 + STRIDE_S * np.arange(3)
    left = FootEvents(strikes, strikes + np.array([0.24, 0.25, 0.26]))
    contact = (
        tabulate_strides(both(left, 0.01), RearfootAngles({}, "standing"), RearfootSettings())
        .feet[Side.LEFT]
        .contact_time_s
    )
    assert half_width(contact) == pytest.approx(2.0369 * np.sqrt(0.01**2 / 3 + 0.01**2), rel=1e-4)


def test_steps_that_do_not_differ_and_share_no_error_have_no_width() -> None:
    strikes = np.arange(1.0, 5.0)  # quarters are exact in binary: the contacts are equal to the last bit
    left = FootEvents(strikes, strikes + 0.25)
    table = tabulate_strides(both(left, 0.0), RearfootAngles({}, "standing"), RearfootSettings())
    assert table.feet[Side.LEFT].contact_time_s == Estimate(0.25, (0.25, 0.25))


def test_one_step_has_no_interval_and_no_time() -> None:
    foot = tabulate_strides(both(foot_events(1)), RearfootAngles({}, "standing"), RearfootSettings()).feet[Side.LEFT]
    assert foot.contact_time_s is None
    assert foot.flight_time_s is None


@pytest.mark.parametrize("systematic_deg", [0.0, 1.5])
def test_the_peaks_interval_holds_the_feet_s_own_error(systematic_deg: float) -> None:
    events, angles = steady(systematic_deg=systematic_deg, slope_deg_per_pct=0.4)
    assert half_width(summary(angles, both(events)).peak_eversion_deg) == pytest.approx(1.96 * systematic_deg, abs=1e-3)


@pytest.mark.parametrize(("method", "carried_deg"), [("heel_counter", 1.3), ("markers", 0.0)])
def test_at_foot_strike_the_carried_shank_is_added_but_not_where_it_is_read_on_dots(method, carried_deg) -> None:
    events, angles = steady(systematic_deg=1.0, method=method)
    foot = summary(angles, both(events, 0.0))
    for estimate in (foot.touchdown_deg, foot.eversion_excursion_deg):
        assert half_width(estimate) == pytest.approx(1.96 * np.hypot(1.0, carried_deg), rel=0.01)
    assert half_width(foot.peak_eversion_deg) == pytest.approx(1.96 * 1.0, rel=0.01)


@pytest.mark.parametrize("slope", [0.5, -0.5])
def test_a_strike_at_the_wrong_time_reads_a_steep_curve_elsewhere(slope) -> None:
    """0.01 s of contact error leave 0.01 / sqrt(2) to the strike: 2.83 % of a contact of 0.25 s, at half a degree per %."""
    events, angles = steady(slope_deg_per_pct=slope, method="markers")
    assert summary(angles, both(events)).touchdown_deg.value == pytest.approx(10 - 40 * slope, abs=0.1)
    assert half_width(summary(angles, both(events, 0.01)).touchdown_deg) == pytest.approx(
        1.96 * 0.5 * 100 * 0.01 / np.sqrt(2) / STANCE_S, rel=0.05
    )


def test_the_peaks_time_is_never_known_better_than_two_per_cent_and_less_on_a_flat_top() -> None:
    """A roof with sides of 0.4 degrees per %: its top 0.4 degrees are within 1 % of the ridge; a smoothed one is a little wider."""
    events, angles = steady()
    pct = angles.stance_pct
    roof = replace(angles, angle_deg=10 - 0.4 * np.abs(pct - 40))
    assert half_width(summary(roof, both(events)).time_to_peak_pct) == pytest.approx(
        1.96 * np.hypot(2, 0.3 * 3), rel=0.06
    )
    # 10 - 0.4 (x / 20)^2 stays within 0.4 degrees for 20 % either side
    dome = replace(angles, angle_deg=10 - 0.4 * ((pct - 40) / 20) ** 2)
    assert half_width(summary(dome, both(events)).time_to_peak_pct) == pytest.approx(
        1.96 * np.hypot(2, 0.3 * 20), rel=0.06
    )


def test_the_curves_spread_is_that_of_the_frames_about_it() -> None:
    events = foot_events(60)
    angles, _ = foot_angles(events, 120.0, 0.9, 4, step_sd_deg=0.0)
    spread = summary(angles, both(events)).curve_sd_deg[5:70]
    assert spread.mean() == pytest.approx(0.9, rel=0.05)
    assert np.ptp(spread) < 0.4


@pytest.mark.parametrize(("rise_deg", "told"), [(0.0, False), (4.0, True)])
def test_what_rises_once_the_heel_lifts_is_no_peak_but_widens_the_interval(rise_deg: float, told: bool) -> None:
    """Every step peaks with 10 degrees at 40 % and is read up to `rise_deg` above that at the end of the window."""
    events = foot_events(14)
    angles, _ = foot_angles(events, 120.0, 0.0, 1, step_sd_deg=0.0)
    pct = angles.stance_pct
    falling = 10.0 - 0.004 * (pct - 40) ** 2
    late = np.where(pct > 64, 10.0 + rise_deg * (pct - 64) / 11 if rise_deg else falling, falling)
    foot = summary(replace(angles, angle_deg=late, systematic_sd_deg=0.5), both(events))
    assert foot.peak_eversion_deg.value == pytest.approx(10.0, abs=0.25)
    assert ("late_tilt" in {r.code for r in foot.reasons}) is told
    wide = half_width(foot.peak_eversion_deg) / 1.96
    assert wide == pytest.approx(0.5, abs=0.02) if not told else 0.9 < wide < 2.2
