"""Which frames and steps count, and where the peak is sought."""

from dataclasses import replace

import numpy as np
import pytest

from gait.landmarks import Side
from gait.model import FootAngles, FootEvents, GaitEvents, RearfootAngles
from gait.settings import RearfootSettings
from gait.strides import tabulate_strides
from tests.builders.steps import STANCE_S, both, foot_angles, foot_events, summary


def test_the_peak_is_sought_in_the_first_three_quarters_of_stance_only() -> None:
    events = foot_events(10)
    stances, fps = events.stances_s(), 120.0
    rows = [
        (i, f) for i, (strike, off) in enumerate(stances) for f in range(int(np.ceil(strike * fps)), int(off * fps) + 1)
    ]
    stance, frame = np.array(rows).T
    pct = 100 * (frame / fps - stances[stance, 0]) / STANCE_S
    n = len(pct)
    whole = FootAngles(
        stance, frame, frame / fps, pct, 8 - 0.004 * (pct - 40) ** 2 + np.where(pct > 80, 30.0, 0.0), np.full(n, 0.5),
        np.ones(n, bool), np.zeros((n, 2, 2)), np.zeros((n, 2, 2)), "heel_counter", 0.0, 2.0,
    )  # fmt: skip
    foot = summary(whole, both(events))
    assert foot.peak_eversion_deg.value == pytest.approx(8.0, abs=0.3)
    assert foot.time_to_peak_pct.value == pytest.approx(40, abs=2)
    assert np.isnan(foot.curve_deg[76:]).all()


@pytest.mark.parametrize(("first_pct", "given"), [(1.0, True), (2.0, False), (12.0, False)])
def test_a_touchdown_is_given_only_where_frames_lie_close_to_foot_strike(first_pct, given) -> None:
    """240 frames a second and a stride of 0.7 s: every step has its frames at 0, 1.67, 3.33 % ... of stance."""
    events = foot_events(20)
    angles, _ = foot_angles(events, 240.0, 0.1, 1, step_sd_deg=0.0)
    foot = summary(replace(angles, usable=angles.stance_pct >= first_pct), both(events))
    assert (foot.touchdown_deg is not None) is given
    assert (foot.eversion_excursion_deg is not None) is given
    assert foot.peak_eversion_deg is not None


@pytest.mark.parametrize(("frames", "drawn"), [(7, False), (8, True)])
def test_the_fewest_frames_that_make_a_curve(frames, drawn) -> None:
    events = foot_events(4)
    angles, _ = foot_angles(events, 60.0, 0.1, 1, step_sd_deg=0.0)
    near = np.flatnonzero((np.abs(angles.stance_pct - 40) < 20) & (angles.stance < 2))
    own = [near[angles.stance[near] == i] for i in (0, 1)]
    usable = np.isin(np.arange(len(angles.frame)), [*own[0][:4], *own[1][: frames - 4]])
    assert (summary(replace(angles, usable=usable), both(events)).peak_eversion_deg is not None) is drawn


def test_a_step_with_a_single_readable_frame_or_none_near_the_peak_is_not_used() -> None:
    events = foot_events(10)
    angles, _ = foot_angles(events, 60.0, 0.1, 1, step_sd_deg=0.0)
    first = angles.stance == 0
    usable = ~first | (np.cumsum(first) == 5)
    usable &= (angles.stance != 1) | (angles.stance_pct < 15)
    rows = tabulate_strides(
        both(events), RearfootAngles({Side.LEFT: replace(angles, usable=usable)}, "standing"), RearfootSettings()
    ).rows
    left = rows[rows["side"] == "left"].reset_index()
    assert left["used"].tolist() == [False, False, *[True] * 8]
    assert left["n_frames"].tolist()[:2] == [1, int((usable & (angles.stance == 1)).sum())]
    assert (left["note"] != "").tolist() == [True, True, *[False] * 8]
    assert left["peak_frame"].tolist()[:2] == [-1, -1]
    assert left["stance"].tolist() == list(range(10))


def test_the_peaks_frame_is_the_step_s_own_frame_nearest_to_it() -> None:
    events = foot_events(8)
    angles, _ = foot_angles(events, 60.0, 0.1, 1)
    rows = tabulate_strides(both(events), RearfootAngles({Side.LEFT: angles}, "standing"), RearfootSettings()).rows
    left = rows[rows["side"] == "left"]
    at_s = left["foot_strike_s"] + left["time_to_peak_pct"] / 100 * STANCE_S
    assert (np.abs(left["peak_frame"] / 60 - at_s) <= 0.5 / 60 + 1e-9).all()


def test_a_step_that_lies_higher_peaks_higher_and_its_excursion_stays() -> None:
    """Each step is the same curve moved up or down as a whole."""
    events = foot_events(12)
    angles, _ = foot_angles(events, 120.0, 0.0, 1, step_sd_deg=0.0)
    moved = np.linspace(-2, 2, 12)
    level = summary(angles, both(events)).peak_eversion_deg.value
    rows = tabulate_strides(
        both(events),
        RearfootAngles({Side.LEFT: replace(angles, angle_deg=angles.angle_deg + moved[angles.stance])}, "standing"),
        RearfootSettings(),
    ).rows
    left = rows[rows["side"] == "left"]
    np.testing.assert_allclose(left["peak_eversion_deg"], level + moved, atol=0.15)
    assert np.ptp(left["eversion_excursion_deg"]) < 0.2
    np.testing.assert_allclose(left["touchdown_deg"] + left["eversion_excursion_deg"], left["peak_eversion_deg"])


@pytest.mark.parametrize(("lag_s", "flight_s"), [(0.49, 0.49), (0.51, None), (-0.09, -0.09), (-0.11, None)])
def test_flight_ends_with_the_other_foots_next_strike_within_half_a_second(lag_s, flight_s) -> None:
    """A negative flight is double support."""
    left = FootEvents(np.array([1.0, 3.0, 5.0]), np.array([1.25, 3.25, 5.25]))
    right = FootEvents(left.toe_off_s + lag_s, left.toe_off_s + lag_s + 0.2)
    events = GaitEvents({Side.LEFT: left, Side.RIGHT: right}, (), 0.004, 0.004, 0.0, None)
    found = tabulate_strides(events, RearfootAngles({}, "standing"), RearfootSettings()).feet[Side.LEFT].flight_time_s
    assert (None if found is None else found.value) == (flight_s if flight_s is None else pytest.approx(flight_s))
