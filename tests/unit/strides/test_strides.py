"""Step table: curves with a known peak plus noise, then what is said where nothing was measured."""

from dataclasses import replace

import numpy as np
import pytest

from gait.landmarks import Side
from gait.model import FootAngles, FootEvents, RearfootAngles
from gait.settings import RearfootSettings
from gait.strides import COLUMNS, tabulate_strides
from tests.builders.steps import STANCE_S, STRIDE_S, both, foot_angles, foot_events


@pytest.mark.parametrize("fps", [30.0, 59.94, 120.0])
def test_peak_is_not_biased_by_noise_or_frame_rate(fps: float) -> None:
    events = foot_events(14)
    off = []
    for seed in range(12):
        angles, peak = foot_angles(events, fps, 0.8, seed)
        table = tabulate_strides(both(events), RearfootAngles({Side.LEFT: angles}, "standing"), RearfootSettings())
        found = table.feet[Side.LEFT].peak_eversion_deg
        assert found is not None
        off.append(found.value - peak)
    assert abs(np.mean(off)) < 0.35
    assert np.std(off) < 0.5


def test_touchdown_excursion_and_time_to_peak() -> None:
    events = foot_events(14)
    angles, peak = foot_angles(events, 60.0, 0.3, 1)
    foot = tabulate_strides(both(events), RearfootAngles({Side.LEFT: angles}, "standing"), RearfootSettings()).feet[
        Side.LEFT
    ]
    assert foot.touchdown_deg is not None
    assert foot.eversion_excursion_deg is not None
    assert foot.time_to_peak_pct is not None
    assert foot.touchdown_deg.value == pytest.approx(-5.0, abs=1.0)
    assert foot.eversion_excursion_deg.value == pytest.approx(peak + 5.0, abs=1.2)
    assert foot.time_to_peak_pct.value == pytest.approx(40.0, abs=4.0)
    assert foot.n_strides == 14


def test_interval_covers_the_mean_of_all_the_runners_steps() -> None:
    """The peak of the runner (11 degrees), not of the few steps seen, in about 95 of 100 clips."""
    events = foot_events(10)
    covered = 0
    for seed in range(100):
        angles, _ = foot_angles(events, 60.0, 0.5, seed)
        table = tabulate_strides(both(events), RearfootAngles({Side.LEFT: angles}, "standing"), RearfootSettings())
        low, high = table.feet[Side.LEFT].peak_eversion_deg.ci95
        covered += low <= 11.0 <= high
    assert 86 <= covered <= 100


def test_rows_have_one_line_per_stance_in_time_order() -> None:
    events = foot_events(6)
    angles, _ = foot_angles(events, 60.0, 0.3, 1)
    rows = tabulate_strides(both(events), RearfootAngles({Side.LEFT: angles}, "standing"), RearfootSettings()).rows
    assert len(rows) == 12
    assert rows["foot_strike_s"].is_monotonic_increasing
    left = rows[rows["side"] == "left"]
    assert left["used"].all()
    assert not rows[rows["side"] == "right"]["used"].any()
    assert rows.index.tolist() == list(range(12))
    assert rows["side"].tolist() == ["left", "right"] * 6


@pytest.mark.parametrize("noise_deg", [0.3, 1.0])
def test_no_column_repeats_what_belongs_to_the_foot(noise_deg) -> None:
    """A step's toe-off is its strike with the foot's mean contact, its peak's time that of the foot's curve: neither is a step's own."""
    own = foot_events(9)
    angles, _ = foot_angles(own, 60.0, noise_deg, 1)
    # as from a run: strikes are a little early or late, and each toe-off comes one mean contact later
    early_s = np.random.default_rng(3).normal(0, 0.004, 9)
    moved = FootEvents(own.foot_strike_s + early_s, own.toe_off_s + early_s)
    events = replace(both(own), feet={**both(own).feet, Side.LEFT: moved})
    table = tabulate_strides(events, RearfootAngles({Side.LEFT: angles}, "standing"), RearfootSettings())
    left = table.rows[table.rows["side"] == "left"].drop(columns=["side", "used", "note", "n_frames"]).astype(float)
    for name in left:
        assert left[name].round(6).nunique() > 5, f"{name} is the same for every step"
        after_strike = (left[name] - left["foot_strike_s"]).round(6).nunique()
        assert name == "foot_strike_s" or after_strike > 1, f"{name} is the strike, moved by the foot's mean"
    assert "flight_time_s" not in left, "from a toe-off that is no step's own"
    foot = table.feet[Side.LEFT]
    assert foot.flight_time_s is not None
    # the right foot strikes half a stride later: 0.35 s minus the 0.25 s of stance
    assert foot.flight_time_s.value == pytest.approx(STRIDE_S / 2 - STANCE_S, abs=0.004)


def test_a_step_that_was_not_seen_as_it_landed_has_no_touchdown_and_the_foot_keeps_its_own() -> None:
    events = foot_events(14)
    angles, _ = foot_angles(events, 60.0, 0.3, 1)
    late = replace(angles, usable=angles.usable & ((angles.stance != 4) | (angles.stance_pct > 30)))
    table = tabulate_strides(both(events), RearfootAngles({Side.LEFT: late}, "standing"), RearfootSettings())
    left = table.rows[table.rows["side"] == "left"].set_index("stance")
    assert left.loc[4, ["touchdown_deg", "eversion_excursion_deg"]].isna().all()
    assert np.isfinite(float(left.loc[4, "peak_eversion_deg"]))
    others = left.drop(4)
    np.testing.assert_allclose(
        (others["touchdown_deg"] + others["eversion_excursion_deg"]).astype(float),
        others["peak_eversion_deg"].astype(float),
    )
    foot = table.feet[Side.LEFT]
    assert foot.n_strides == 14
    # the step counts in both means with its foot's touchdown, which is the curve's
    landed = [*others["touchdown_deg"], foot.curve_deg[0]]
    assert foot.touchdown_deg.value == pytest.approx(np.mean(landed))
    assert foot.eversion_excursion_deg.value == pytest.approx(left["peak_eversion_deg"].mean() - np.mean(landed))


def test_a_clip_without_a_stance_has_a_table_without_rows() -> None:
    empty = tabulate_strides(both(foot_events(0)), RearfootAngles({}, "standing"), RearfootSettings())
    assert tuple(empty.rows.columns) == COLUMNS
    assert len(empty.rows) == 0
    assert empty.feet[Side.LEFT].contact_time_s is None


def test_without_standing_only_the_excursion_is_given() -> None:
    events = foot_events(8)
    angles, peak = foot_angles(events, 60.0, 0.3, 1)
    foot = tabulate_strides(both(events), RearfootAngles({Side.LEFT: angles}, "none"), RearfootSettings()).feet[
        Side.LEFT
    ]
    assert foot.peak_eversion_deg is None
    assert foot.touchdown_deg is None
    assert foot.eversion_excursion_deg is not None
    assert foot.eversion_excursion_deg.value == pytest.approx(peak + 5.0, abs=1.2)
    assert [reason.code for reason in foot.reasons] == ["no_zero"]


def test_a_foot_that_was_not_measured_has_no_angles_but_its_times() -> None:
    events = foot_events(8)
    table = tabulate_strides(both(events), RearfootAngles({}, "standing"), RearfootSettings())
    for side in Side:
        foot = table.feet[side]
        assert foot.peak_eversion_deg is None
        assert foot.rearfoot_method == "landmarks"
        assert foot.contact_time_s is not None
        assert foot.contact_time_s.value == pytest.approx(STANCE_S)
        assert [reason.code for reason in foot.reasons] == ["heel_not_filmed"]


def test_event_bias_widens_the_contact_interval() -> None:
    events = foot_events(8)
    none = RearfootAngles({}, "standing")
    narrow = tabulate_strides(both(events, 0.0), none, RearfootSettings()).feet[Side.LEFT].contact_time_s
    wide = tabulate_strides(both(events, 0.02), none, RearfootSettings()).feet[Side.LEFT].contact_time_s
    assert wide.ci95[1] - wide.ci95[0] > narrow.ci95[1] - narrow.ci95[0] + 0.05


def test_unusable_frames_do_not_count() -> None:
    events = foot_events(10)
    angles, peak = foot_angles(events, 60.0, 0.2, 2)
    bad = np.arange(len(angles.frame)) % 4 == 0
    spoiled = FootAngles(
        angles.stance, angles.frame, angles.time_s, angles.stance_pct, np.where(bad, 60.0, angles.angle_deg), angles.error_deg,
        ~bad, angles.shank_px, angles.heel_px, "heel_counter", 0.0, 2.0,
    )  # fmt: skip
    foot = tabulate_strides(both(events), RearfootAngles({Side.LEFT: spoiled}, "standing"), RearfootSettings()).feet[
        Side.LEFT
    ]
    assert foot.peak_eversion_deg.value == pytest.approx(peak, abs=0.8)


def test_a_flat_top_has_its_peak_in_the_middle_and_says_how_little_is_known() -> None:
    """A curve that stays within a quarter of a degree from 25 to 65 % of stance, highest at its very end by chance."""
    events = foot_events(14)
    angles, _ = foot_angles(events, 60.0, 0.05, 3, step_sd_deg=0.0)
    pct = angles.stance_pct
    flat = np.where(pct < 25, -5 + 8 * np.minimum(pct, 25) / 25, 3 + 0.25 * (pct - 25) / 40)
    level = replace(angles, angle_deg=flat)

    def found(of: FootAngles):
        feet = RearfootAngles({Side.LEFT: of}, "standing")
        return tabulate_strides(both(events), feet, RearfootSettings()).feet[Side.LEFT].time_to_peak_pct

    sharp, wide = found(angles), found(level)
    assert sharp.value == pytest.approx(40, abs=3)
    assert 42 < wide.value < 52
    assert wide.ci95[0] < 40
    assert wide.ci95[1] - wide.ci95[0] > 1.5 * (sharp.ci95[1] - sharp.ci95[0])


def test_a_foot_the_pictures_showed_has_the_narrower_contact_interval() -> None:
    events = foot_events(8)
    none = RearfootAngles({}, "standing")
    seen = replace(both(events, 0.011), seen_contact_sd_s={Side.LEFT: 0.006})

    feet = tabulate_strides(seen, none, RearfootSettings()).feet

    widths = [np.ptp(feet[side].contact_time_s.ci95) for side in Side]
    assert widths[0] == pytest.approx(widths[1] * 6 / 11, rel=0.02)
