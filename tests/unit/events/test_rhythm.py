"""From the beat to events: the cadence's interval, the trunk's say, slow motion, and strides that break the rhythm."""

import dataclasses

import numpy as np
import pytest

from gait.events import find_events
from gait.events.find import _even_rhythm, _renamed
from gait.events.waves import Beat
from gait.landmarks import Side, View
from gait.model import Segment
from gait.settings import EventSettings, TrajectorySettings
from gait.trajectories import clean
from tests.builders.gait import runner
from tests.unit.events.test_events import bobbing, events_of


def test_the_cadences_interval_is_that_of_its_first_and_last_middles():
    """Middles known to 4 ms, ends averaged over a stride: SD of the step time 4 ms over the n - 2 steps between."""
    events = events_of(runner(seconds=10.0))
    low, high = events.cadence_spm.ci95
    step_s, steps = 0.36, 26  # middles at 0, 0.36 ... 9.72
    assert (high - low) / 2 == pytest.approx(1.96 * events.cadence_spm.value * 0.004 / (steps * step_s), rel=0.08)
    longer = events_of(runner(seconds=20.0)).cadence_spm.ci95
    assert longer[1] - longer[0] == pytest.approx((high - low) / 2, rel=0.12)


def test_an_uneven_left_and_right_does_not_bend_the_cadence():
    track = runner()
    events = events_of(track)
    assert events.cadence_spm.value == pytest.approx(120 / 0.72, abs=0.05)


def test_key_points_without_a_table_by_the_trunk_follow_it_by_seven_tenths():
    """The trunk's low point 30 ms later moves both events by 21 ms."""
    early, late = (
        events_of(dataclasses.replace(bobbing(low_s), tracker="points"), View.REAR) for low_s in (0.005, 0.035)
    )
    for side in Side:
        for name in ("foot_strike_s", "toe_off_s"):
            a, b = getattr(early.feet[side], name), getattr(late.feet[side], name)
            n = min(len(a), len(b)) - 1
            assert np.median(b[1:n] - a[1:n]) == pytest.approx(0.7 * 0.030, abs=0.003)


def test_slow_motion_stretches_times_and_their_errors_alike():
    track, factor = runner(), 2.0
    plain = events_of(track)
    slow = find_events(
        clean(dataclasses.replace(track, times_s=track.times_s * factor), TrajectorySettings()),
        View.REAR,
        EventSettings(),
    )
    assert slow.contact_bias_sd_s == pytest.approx(factor * plain.contact_bias_sd_s)
    contact, slowed = (np.median(np.ptp(e.feet[Side.LEFT].stances_s(), axis=1)) for e in (plain, slow))
    assert slowed / factor == pytest.approx(contact, abs=0.004)


@pytest.mark.parametrize(("first_s", "then_s"), [(0.9, 0.7), (0.7, 0.9)])
def test_a_change_of_step_is_no_steady_run_and_the_longer_part_counts(first_s, then_s):
    """5 s with one stride and 10 s with another: the average of both is nobody's cadence."""
    times_s = np.arange(900) / 60
    strides = np.where(times_s < 5, times_s / first_s, 5 / first_s + (times_s - 5) / then_s)
    events = events_of(dataclasses.replace(runner(times_s=0.72 * strides), times_s=times_s))
    assert events.cadence_spm.value == pytest.approx(120 / then_s, rel=0.005)
    assert [part.activity for part in events.segments] == ["unknown", "running"]
    assert events.segments[1].start_s == pytest.approx(5.0, abs=0.5)
    for side in Side:
        assert events.feet[side].foot_strike_s.min() > events.segments[1].start_s


def test_three_strides_are_a_rhythm_and_two_are_none():
    assert events_of(runner(seconds=3.2)).cadence_spm is not None
    assert events_of(runner(seconds=2.0)).cadence_spm is None


def beat_of(middles_s):
    """All middles by turns left, right."""
    return Beat(0.7, {Side.LEFT: np.asarray(middles_s)[::2], Side.RIGHT: np.asarray(middles_s)[1::2]})


EVEN = 0.2 + 0.35 * np.arange(21)
"""Middles of ten strides, 0.2 to 7.2 s."""


def test_an_even_rhythm_reaches_to_the_ends_of_what_was_seen():
    assert _even_rhythm(beat_of(EVEN), 0.0, 7.4) == (0.0, 7.4)


@pytest.mark.parametrize(("late_s", "even"), [(0.07, True), (0.09, False)])
def test_a_stride_an_eighth_longer_is_still_even(late_s, even):
    """Of 0.7 s 12 % are 0.084 s. The two strides over the gap are as much longer."""
    middles = np.where(np.arange(21) > 6, EVEN + late_s, EVEN)
    assert (_even_rhythm(beat_of(middles), 0.0, 7.5) == (0.0, 7.5)) is even


@pytest.mark.parametrize("last_even", [6, 13])
def test_the_longer_even_run_counts_and_ends_at_its_last_whole_stride(last_even):
    middles = np.where(np.arange(21) > last_even, EVEN + 0.2, EVEN)
    start_s, end_s = _even_rhythm(beat_of(middles), 0.0, 7.5)
    if last_even == 6:  # strides from 7 on, to the end
        assert (start_s, end_s) == (pytest.approx(middles[7]), 7.5)
    else:
        assert (start_s, end_s) == (0.0, pytest.approx(middles[13]))


def test_middles_outside_the_stretch_do_not_count_and_three_are_no_rhythm():
    middles = EVEN.copy()
    middles[0] -= 0.3
    assert _even_rhythm(beat_of(middles), 0.1, 7.4) == (0.1, 7.4)
    assert _even_rhythm(beat_of(EVEN[:3]), 0.0, 7.4) == (0.0, 0.0)


def test_what_is_left_of_a_running_part_is_unknown():
    walk, run, stand = Segment(0, 5, "walking"), Segment(5, 15, "running"), Segment(15, 20, "standing")
    steady = Segment(6, 14, "running")
    assert _renamed((walk, run, stand), run, [steady]) == (
        walk,
        Segment(5, 6, "unknown"),
        steady,
        Segment(14, 15, "unknown"),
        stand,
    )
    assert _renamed((walk, run), run, [Segment(5, 15, "running")]) == (walk, run)
    assert _renamed((run, stand), run, []) == (Segment(5, 15, "unknown"), stand)


@pytest.mark.parametrize("ramps_s", [(1.0, 1.0), (2.0, 0.0), (0.5, 0.5), (2.0, 2.0)])
def test_ramps_of_slow_motion_leave_the_truth_inside_the_cadences_interval(ramps_s):
    """Half speed in the middle, true speed at the ends, a third of a second between: all divided by two, as staff say."""
    track = runner(seconds=8.0)
    times_s, truth_spm = track.times_s, 120 / 0.72
    (before, after), over = ramps_s, 0.3
    slower = 1 + np.clip((times_s - before) / over, 0, 1) * np.clip((times_s[-1] - after - times_s) / over, 0, 1)
    stored_s = np.r_[0, np.cumsum(np.diff(times_s) * slower[1:])]
    moves = clean(dataclasses.replace(track, times_s=stored_s / 2), TrajectorySettings())
    found = find_events(moves, View.REAR, EventSettings(), slowed=True).cadence_spm
    assert found.ci95[0] < truth_spm < found.ci95[1]
    if sum(ramps_s) < 3:
        assert found.value == pytest.approx(truth_spm, rel=0.004)


def test_slow_motion_without_ramps_is_read_as_any_clip():
    track = clean(runner(), TrajectorySettings())
    plain, slowed = (find_events(track, View.REAR, EventSettings(), slowed=s).cadence_spm for s in (False, True))
    assert plain == slowed
