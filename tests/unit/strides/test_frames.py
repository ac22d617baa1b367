"""Which frames and steps count, and where the peak is sought."""

from dataclasses import replace

import numpy as np
import pytest

from gait.landmarks import Side
from gait.model import Estimate, FootAngles, FootEvents, GaitEvents, RearfootAngles
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
    assert [reason.code for reason in foot.reasons] == ([] if given else ["no_touchdown"])
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
    assert left["note"].tolist() == ["heel_not_readable", "no_frame_near_peak", *[""] * 8]
    assert left["peak_frame"].tolist()[:2] == [-1, -1]
    assert left["stance"].tolist() == list(range(10))


def test_the_peaks_frame_is_the_step_s_own_frame_nearest_to_it() -> None:
    events = foot_events(8)
    angles, _ = foot_angles(events, 60.0, 0.1, 1)
    table = tabulate_strides(both(events), RearfootAngles({Side.LEFT: angles}, "standing"), RearfootSettings())
    left = table.rows[table.rows["side"] == "left"]
    at_s = left["foot_strike_s"] + table.feet[Side.LEFT].time_to_peak_pct.value / 100 * STANCE_S
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


def test_a_foot_that_is_not_there_does_not_hide_the_other() -> None:
    right = foot_events(4)
    events = GaitEvents({Side.RIGHT: right}, (), 0.004, 0.004, 0.0, None)
    table = tabulate_strides(events, RearfootAngles({}, "standing"), RearfootSettings())
    assert set(table.feet) == {Side.RIGHT}
    assert table.rows["side"].tolist() == ["right"] * 4
    assert table.feet[Side.RIGHT].flight_time_s is None
    assert table.rows.index.tolist() == [0, 1, 2, 3]


def test_one_step_that_was_read_well_makes_a_curve_but_no_reading() -> None:
    events = foot_events(6)
    angles, _ = foot_angles(events, 120.0, 0.1, 1)
    foot = summary(replace(angles, usable=angles.stance == 2), both(events))
    assert foot.n_strides == 1
    assert foot.peak_eversion_deg is None
    assert foot.rearfoot_method == "landmarks"
    assert [reason.code for reason in foot.reasons] == ["heel_in_too_few_steps"]
    told = replace(angles, usable=angles.stance == 2, reasons=("dark",))
    assert summary(told, both(events)).reasons == ("dark",)


def test_what_the_heels_stage_says_of_a_foot_stays_with_it() -> None:
    events = foot_events(6)
    angles, _ = foot_angles(events, 120.0, 0.1, 1)
    toe_out = Estimate(7.0, (5.0, 9.0))
    readings = RearfootAngles({Side.LEFT: replace(angles, reasons=("dim",))}, "standing", {Side.LEFT: toe_out})
    foot = tabulate_strides(both(events), readings, RearfootSettings()).feet[Side.LEFT]
    assert foot.reasons == ("dim",)
    assert foot.toe_out_deg == toe_out
    assert foot.rearfoot_method == "heel_counter"


def test_rows_of_steps_that_do_not_count_hold_no_angle_and_those_that_do_their_frames() -> None:
    events = foot_events(6)
    angles, _ = foot_angles(events, 60.0, 0.1, 1)
    readings = RearfootAngles({Side.LEFT: replace(angles, usable=angles.stance != 3)}, "standing")
    rows = tabulate_strides(both(events), readings, RearfootSettings()).rows
    left = rows[rows["side"] == "left"].set_index("stance")
    measured = ["touchdown_deg", "peak_eversion_deg", "eversion_excursion_deg"]
    assert left.loc[3, measured].isna().all()
    assert left.drop(3)[measured].notna().all(axis=None)
    assert left["n_frames"].tolist() == [0 if k == 3 else int((angles.stance == k).sum()) for k in range(6)]
    other = rows[rows["side"] == "right"]
    assert other[measured].isna().all(axis=None)
    assert other["n_frames"].tolist() == [0] * 6
    assert set(other["note"]) == {"not_measured"}


def test_a_frame_in_ten_far_off_does_not_bend_the_curve() -> None:
    events = foot_events(20)
    angles, _ = foot_angles(events, 60.0, 0.3, 1, step_sd_deg=0.0)
    off = np.arange(len(angles.frame)) % 10 == 0
    bent = summary(replace(angles, angle_deg=angles.angle_deg + 25.0 * off), both(events)).curve_deg
    straight = summary(angles, both(events)).curve_deg
    assert np.abs(bent - straight)[5:70].max() < 0.5  # the plain mean moves by 2.5


def test_frames_that_are_not_usable_stay_out_of_the_spread() -> None:
    events = foot_events(20)
    angles, _ = foot_angles(events, 60.0, 0.3, 1, step_sd_deg=0.0)
    off = np.arange(len(angles.frame)) % 5 == 0
    spoiled = replace(angles, angle_deg=np.where(off, 60.0, angles.angle_deg), usable=~off)
    assert summary(spoiled, both(events)).curve_sd_deg[5:70].max() < 0.6
    blind = replace(angles, angle_deg=np.where(off, np.nan, angles.angle_deg))
    assert summary(blind, both(events)).curve_sd_deg[5:70].max() < 0.6


@pytest.mark.parametrize(
    ("away_pct", "expected"), [(0.0, 0.0), (12.0, 0.4898), (18.0, 1.0196), (23.0, 1.4507), (25.0, 2.0)]
)
def test_a_steps_frames_speak_by_how_near_they_are_to_the_peak(away_pct, expected) -> None:
    """One frame 2 degrees above the curve at its peak, one 2 below it `away_pct` later: weights 1 and exp(-(d / 12)^2 / 2), none from 24 on."""
    events = foot_events(12)
    rows = [(k, p) for k in range(11) for p in np.arange(0.0, 76.0, 1.5)] + [(11, 40.0), (11, 40.0 + away_pct)]
    stance = np.array([k for k, _ in rows])
    pct = np.array([p for _, p in rows])
    deg = 10 - 0.01 * (pct - 40) ** 2
    deg[-2:] += [2.0, -2.0]
    m = len(rows)
    time_s = events.foot_strike_s[stance] + pct / 100 * STANCE_S
    angles = FootAngles(
        stance, np.arange(m), time_s, pct, deg, np.full(m, 0.1), np.ones(m, bool), np.zeros((m, 2, 2)), np.zeros((m, 2, 2)),
        "heel_counter", 0.0, 2.0,
    )  # fmt: skip
    readings = RearfootAngles({Side.LEFT: angles}, "standing")
    table = tabulate_strides(both(events), readings, RearfootSettings()).rows
    left = table[table["side"] == "left"].set_index("stance")["peak_eversion_deg"]
    assert left[11] - left[0] == pytest.approx(expected, abs=0.08)
