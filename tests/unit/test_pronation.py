"""Labels: closed forms of a normal error against a band."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gait import words
from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Estimate, FootSummary, SpeedLimits, StrideTable
from gait.pronation import classify, limits_at, probabilities, read_limits
from gait.said import as_written
from gait.settings import PronationSettings


def foot(peak=10.0, half=1.0, n=20, method="heel_counter", excursion=15.0):
    peak_estimate = None if peak is None else Estimate(peak, (peak - half, peak + half))
    exc = None if excursion is None else Estimate(excursion, (excursion - 1, excursion + 1))
    nan = np.full(101, np.nan)
    return FootSummary(n, None, None, None, peak_estimate, exc, None, None, method, np.arange(101.0), nan, nan)


def label(side=Side.LEFT, speed_kmh=9.0, settings=None, limits=None, **kw):
    table = StrideTable(pd.DataFrame(), {side: foot(**kw)})
    return classify(table, speed_kmh, settings or PronationSettings(), read_limits(limits)).feet[side]


def test_limits_are_the_tables_rows_linear_between_and_clamped_outside():
    table = read_limits()
    assert limits_at(9.0, table).over_deg == pytest.approx(13.1)
    assert limits_at(10.8, table).over_deg == pytest.approx((13.1 + 14.6) / 2)
    assert limits_at(10.8, table).under_deg == pytest.approx((7.7 + 8.6) / 2)
    assert limits_at(3.0, table).under_deg == pytest.approx(7.7)
    assert limits_at(30.0, table).over_deg == pytest.approx(16.3)


def test_the_band_says_where_it_comes_from():
    rows = (SpeedLimits(9, 7, 13, "slow"), SpeedLimits(12, 8, 14, "middle"), SpeedLimits(16, 9, 16, "fast"))
    assert limits_at(12.0, rows).source == "middle"
    assert limits_at(10.0, rows).source == "slow; linear in speed"
    assert limits_at(15.9, rows).source == "fast; linear in speed"
    assert (limits_at(3.0, rows).source, limits_at(30.0, rows).source) == ("slow", "fast")
    assert limits_at(10.0, rows).speed_kmh == 10.0


def test_the_band_a_foot_is_held_against_is_told():
    nothing = StrideTable(pd.DataFrame(), {})
    given_speed = classify(nothing, 12.6, PronationSettings(), read_limits()).limits
    assert (given_speed.speed_kmh, given_speed.over_deg) == (12.6, pytest.approx(14.6))
    assert classify(nothing, None, PronationSettings(), read_limits()).limits.speed_kmh == 11.0  # the middle of 8 to 14


def test_a_store_judges_by_its_own_table(tmp_path):
    path = tmp_path / "limits.csv"
    path.write_text("speed_kmh,under_deg,over_deg,source\n12,6,9,ours\n9,5,8,\n")
    assert [(r.speed_kmh, r.source) for r in read_limits(path)] == [(9.0, "store"), (12.0, "ours")]
    assert label(peak=10.0).label == "neutral"
    assert label(peak=10.0, limits=path).label == "over"


def test_probability_on_a_limit_is_one_half():
    band = SpeedLimits(9.0, 7.7, 13.1, "test")
    p = probabilities(13.1, 0.5, [band])
    assert p["over"] == pytest.approx(0.5, abs=1e-9)
    assert p["under"] == pytest.approx(0.0, abs=1e-9)


def test_probability_one_sd_above_the_limit_is_the_normal_tail():
    assert probabilities(14.1, 1.0, [SpeedLimits(9, 7.7, 13.1, "")])["over"] == pytest.approx(0.8413, abs=1e-4)


@pytest.mark.parametrize(("peak", "expected"), [(4.0, "under"), (10.0, "neutral"), (17.0, "over")])
@pytest.mark.parametrize("side", list(Side))
def test_clear_feet_get_their_label(peak, expected, side):
    verdict = label(side, peak=peak)
    assert verdict.label == expected
    assert verdict.reasons


def test_a_foot_on_the_limit_is_undetermined():
    assert label(peak=13.1).label == "undetermined"


def test_just_past_the_required_probability_the_label_is_given_and_just_short_of_it_not():
    sd = 1.0 / 1.96
    assert label(peak=13.1 + 0.86 * sd).label == "over"  # the 0.80 quantile is 0.842 SD
    assert label(peak=13.1 + 0.82 * sd).label == "undetermined"


def test_too_few_steps_landmarks_only_or_nothing_are_undetermined_with_a_reason():
    for verdict in (label(peak=20.0, n=6), label(peak=20.0, method="landmarks"), label(peak=None, excursion=None)):
        assert verdict.label == "undetermined"
        assert verdict.reasons
    assert label(peak=20.0, n=7).label == "over"
    nothing = classify(None, 9.0, PronationSettings(), read_limits())
    assert {v.label for v in nothing.feet.values()} == {"undetermined"}


def test_what_is_known_stays_with_a_foot_that_gets_no_label():
    for verdict in (label(peak=20.0, n=6), label(peak=13.1)):
        assert verdict.probability["over"] > 0.45
        assert sum(verdict.probability.values()) == pytest.approx(1)
    assert label(peak=20.0).probability["over"] > 0.99
    for verdict in (label(peak=20.0, method="landmarks"), label(peak=None, excursion=None)):
        assert verdict.probability == {}
    assert classify(None, 9.0, PronationSettings(), read_limits()).feet[Side.LEFT].probability == {}


def test_exactly_the_required_probability_is_enough():
    likely = label(peak=13.5).probability["over"]
    assert label(peak=13.5, settings=PronationSettings(min_probability=likely)).label == "over"
    assert label(peak=13.5, settings=PronationSettings(min_probability=likely + 1e-9)).label == "undetermined"


@pytest.mark.parametrize(("speed_kmh", "speed_m_s"), [(9.0, 2.5), (14.4, 4.0), (None, 11 / 3.6)])
def test_without_a_standing_clip_the_excursion_speaks_by_its_regression(speed_kmh, speed_m_s):
    """6.32 + 0.09 per degree of excursion + 1.022 per m/s, give or take 3.40 and what 0.09 makes of the excursion's SD."""
    speeds = (8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0) if speed_kmh is None else (speed_kmh,)
    bands = [limits_at(s, read_limits()) for s in speeds]
    sd = np.hypot(3.40, 0.09 * 1 / 1.96)
    expected = probabilities(6.32 + 0.09 * 20 + 1.022 * speed_m_s, sd, bands)
    assert label(peak=None, excursion=20.0, speed_kmh=speed_kmh).probability == pytest.approx(expected)


def test_excursion_alone_rarely_decides_and_says_why():
    verdict = label(peak=None, excursion=16.0)
    assert verdict.label == "undetermined"
    assert any("standing" in words.say(r) for r in verdict.reasons)


def test_without_speed_a_label_must_hold_over_the_usual_speeds():
    assert label(speed_kmh=None, peak=20.0).label == "over"
    assert label(speed_kmh=None, peak=14.0, half=0.4).label == "undetermined"


@given(st.floats(-20, 40), st.floats(0.05, 10))
def test_probabilities_sum_to_one_and_never_jump_over_neutral(value, sd):
    p = probabilities(value, sd, [limits_at(10.0, read_limits())])
    assert sum(p.values()) == pytest.approx(1.0)
    assert all(0 <= x <= 1 for x in p.values())


@given(st.floats(-10, 30), st.floats(0.01, 5))
def test_more_eversion_never_makes_over_less_likely(value, step):
    bands = [limits_at(10.0, read_limits())]
    assert probabilities(value + step, 1.0, bands)["over"] >= probabilities(value, 1.0, bands)["over"]


def test_a_bad_limits_table_lists_every_complaint(tmp_path):
    path = tmp_path / "limits.csv"
    path.write_text("speed_kmh,under_deg,over_deg\nx,1,2\n9,5,4\n")
    with pytest.raises(GaitError) as error:
        read_limits(path)
    assert "line 2" in str(error.value)
    assert "line 3" in str(error.value)
    assert error.value.code == "bad_limits"


@pytest.mark.parametrize("text", ["", "speed_kmh,under_deg,over_deg\n", "speed_kmh,under_deg,over_deg\n9,5,5\n", None])
def test_a_table_without_a_band_is_refused(tmp_path, text):
    path = tmp_path / "limits.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(GaitError) as error:
        read_limits(path)
    assert error.value.code == "bad_limits"
    assert words.advice(error.value)
    if text is None:
        assert error.value.case == "unreadable"
        assert dict(error.value.values) == {"path": str(path)}


# -- what is said of a label ---------------------------------------------------------------------------------------------


def said(verdict):
    return {reason.code: dict(reason.values) for reason in verdict.reasons}


@pytest.mark.parametrize(
    ("given_foot", "codes"),
    [
        ({"peak": 20.0, "method": "landmarks"}, {"key_points_only"}),
        ({"peak": None, "excursion": None}, {"no_peak"}),
        ({"peak": 13.1}, {"crosses_a_limit"}),
        ({"peak": 20.0, "n": 6}, {"few_steps"}),
        ({"peak": None, "excursion": 16.0}, {"excursion_only", "crosses_a_limit"}),
        ({"peak": 20.0, "n": 6, "speed_kmh": None}, {"no_speed", "few_steps"}),
    ],
)
def test_why_there_is_no_label(given_foot, codes):
    assert set(said(label(**given_foot))) == codes


def test_a_foot_that_is_absent_says_so():
    (reason,) = classify(None, 9.0, PronationSettings(), read_limits()).feet[Side.RIGHT].reasons
    assert reason.code == "foot_not_measured"


def test_reasons_hold_the_numbers_they_speak_of():
    assert said(label(peak=20.0, n=6))["few_steps"] == {"steps": 6, "needed": 7}
    assert said(label(peak=20.0, speed_kmh=None))["no_speed"] == {"slowest_kmh": 8.0, "fastest_kmh": 14.0}


@pytest.mark.parametrize(("speed_kmh", "at_kmh"), [(9.0, 9.0), (None, 11.0)])
@pytest.mark.parametrize("peak", [4.0, 10.3, 20.0])
def test_a_label_is_held_against_the_band_at_the_speed_or_the_middle_of_the_usual_ones(peak, speed_kmh, at_kmh):
    verdict = label(peak=peak, speed_kmh=speed_kmh)
    band = limits_at(at_kmh, read_limits())
    place = {"over": "above_the_band", "under": "below_the_band", "neutral": "within_the_band"}[verdict.label]
    assert set(said(verdict)) == {place} | ({"no_speed"} if speed_kmh is None else set())
    held = said(verdict)[place]
    known = {"value_deg": peak, "under_deg": band.under_deg, "over_deg": band.over_deg, "speed_kmh": at_kmh}
    assert held == {key: pytest.approx(known[key]) for key in held}
    assert len(held) >= 3


def test_what_was_said_of_the_measurement_stays_in_front():
    told = replace(foot(), reasons=(as_written("dim"),))
    verdict = classify(StrideTable(pd.DataFrame(), {Side.LEFT: told}), 9.0, PronationSettings(), read_limits())
    assert verdict.feet[Side.LEFT].reasons[0] == as_written("dim")
