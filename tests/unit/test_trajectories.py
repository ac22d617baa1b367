"""Cleaning: what is put back, what is filled, what is left alone."""

import dataclasses

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gait.landmarks import Landmark
from gait.settings import TrajectorySettings
from gait.trajectories import clean
from tests.builders.gait import exchanged, replaced, runner, standing

PLAIN = TrajectorySettings()
KNEE = Landmark.LEFT_KNEE


def wave(frequency_hz, fps_hz=60.0, times_s=None):
    """A track whose left knee moves sideways as one sine of 10 px; everything else stands."""
    t = np.arange(600) / fps_hz if times_s is None else times_s
    track = standing()
    p = np.repeat(track.landmarks_px[:1], len(t), axis=0)
    p[:, KNEE, 0] = 360 + 10 * np.sin(2 * np.pi * frequency_hz * t)
    whole = dataclasses.replace(track, times_s=t, visibility=np.ones((len(t), 33)), world_m=np.zeros((len(t), 33, 3)))
    return replaced(whole, p)


def amplitude(x):
    middle = x[len(x) // 4 : -len(x) // 4]
    return (middle.max() - middle.min()) / 2


def test_gain_is_one_half_at_the_cutoff_and_one_well_below():
    at_cutoff = clean(wave(8.0), PLAIN)
    assert amplitude(at_cutoff.points_px[:, KNEE, 0]) == pytest.approx(5.0, rel=0.03)
    assert amplitude(clean(wave(1.0), PLAIN).points_px[:, KNEE, 0]) == pytest.approx(10.0, rel=0.01)


def test_no_delay():
    t = clean(wave(2.0), PLAIN)
    x = t.points_px[100:500, KNEE, 0] - 360
    true = 10 * np.sin(2 * np.pi * 2.0 * t.times_s[100:500])
    lags = [np.corrcoef(x[5 + k : -6 + k or None], true[5:-6])[0, 1] for k in range(-3, 4)]
    assert int(np.argmax(lags)) == 3


def test_variable_frame_rate_keeps_its_own_times():
    keep = np.sort(np.random.default_rng(0).choice(600, 480, replace=False))
    times = np.arange(600)[keep] / 60.0
    got = clean(wave(2.0, times_s=times - times[0]), PLAIN)
    true = 360 + 10 * np.sin(2 * np.pi * 2.0 * got.times_s)
    assert np.abs(got.points_px[20:-20, KNEE, 0] - true[20:-20]).max() < 0.5


def test_a_slow_clip_gets_a_lower_cutoff_and_says_so():
    assert clean(runner(fps_hz=15.0), PLAIN).cutoff_hz == pytest.approx(6.0)


def test_short_gaps_are_filled_and_marked_long_ones_stay():
    track = runner()
    p = np.array(track.landmarks_px)
    p[100:104, KNEE] = np.nan
    p[200:230, KNEE] = np.nan
    got = clean(replaced(track, p), PLAIN)
    assert got.filled[100:104, KNEE].all()
    assert np.abs(got.unfiltered_px[100:104, KNEE] - track.landmarks_px[100:104, KNEE]).max() < 2.0
    assert np.isnan(got.points_px[200:230, KNEE]).all()
    assert not got.filled[200:230, KNEE].any()
    assert np.isfinite(got.points_px[:200, KNEE]).all()
    assert not got.filled[:, Landmark.RIGHT_KNEE].any()


def test_a_lone_outlier_is_replaced():
    track = runner()
    p = np.array(track.landmarks_px)
    p[300, Landmark.RIGHT_HEEL] += [90, -70]
    got = clean(replaced(track, p), PLAIN)
    assert got.filled[300, Landmark.RIGHT_HEEL]
    assert np.abs(got.unfiltered_px[300] - track.landmarks_px[300])[Landmark.RIGHT_HEEL].max() < 5


def test_what_was_never_seen_stays_unseen():
    got = clean(runner(), PLAIN)
    assert np.isnan(got.points_px[:, Landmark.NOSE]).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(20, 540), st.integers(1, 40))
@example(268, 40)  # nearly a whole stride: hides the rhythm
def test_exchanged_sides_are_put_back_and_counted(start, length):
    track = runner()
    got = clean(exchanged(track, np.arange(start, start + length)), PLAIN)
    assert got.swaps_repaired == length
    np.testing.assert_allclose(got.unfiltered_px, clean(track, PLAIN).unfiltered_px)


def test_nothing_is_exchanged_in_a_clean_run():
    assert clean(runner(), PLAIN).swaps_repaired == 0


# -- frames the tracker did not look at --------------------------------------------------------------------------------


def half_looked_at(track):
    """Every second frame not looked at, its points on the straight line between its neighbours' (as `BlazePose` gives them)."""
    p = np.array(track.landmarks_px)
    between = np.arange(1, len(p) - 1, 2)
    p[between] = (p[between - 1] + p[between + 1]) / 2
    return dataclasses.replace(replaced(track, p), between=between)


@pytest.mark.parametrize("frequency_hz", [1.0, 4.0, 6.0])
def test_what_lies_between_looks_runs_on_as_the_leg_does(frequency_hz):
    """A straight line would be off by 0.5, 9 and 19 % of the swing half way; a run has little above 6 Hz."""
    whole, half = wave(frequency_hz), half_looked_at(wave(frequency_hz))
    true = whole.landmarks_px[20:-20, KNEE, 0]
    off = np.abs(clean(half, PLAIN).unfiltered_px[20:-20, KNEE, 0] - true).max()
    straight = np.abs(half.landmarks_px[20:-20, KNEE, 0] - true).max()
    assert off < 0.2 * straight
    assert off < 0.25


def test_a_run_looked_at_half_the_time_is_the_same_run():
    whole, half = clean(runner(), PLAIN), clean(half_looked_at(runner()), PLAIN)
    assert np.nanmax(np.abs(half.points_px - whole.points_px)[10:-10]) < 1.0
    assert not half.filled.any()
    assert half.swaps_repaired == 0
    assert half.cutoff_hz == whole.cutoff_hz


@pytest.mark.parametrize(("start", "length"), [(101, 1), (100, 1), (210, 7), (268, 40)])
def test_exchanged_sides_do_not_bend_what_lies_between(start, length):
    track = runner()
    frames = np.arange(start, start + length)
    got = clean(half_looked_at(exchanged(track, frames)), PLAIN)
    assert got.swaps_repaired == (frames % 2 == 0).sum()
    np.testing.assert_allclose(got.unfiltered_px, clean(half_looked_at(track), PLAIN).unfiltered_px, atol=1e-9)


def test_an_outlier_between_looks_marks_its_neighbours_as_filled():
    track = runner()
    p = np.array(track.landmarks_px)
    p[300, Landmark.RIGHT_HEEL] += [90, -70]
    got = clean(half_looked_at(replaced(track, p)), PLAIN)
    assert np.flatnonzero(got.filled[:, Landmark.RIGHT_HEEL]).tolist() == [299, 300, 301]
    assert np.abs(got.unfiltered_px[299:302] - track.landmarks_px[299:302])[:, Landmark.RIGHT_HEEL].max() < 8


def test_a_long_gap_stays_a_gap_between_looks_too():
    track = runner()
    p = np.array(track.landmarks_px)
    p[200:230, KNEE] = np.nan
    got = clean(half_looked_at(replaced(track, p)), PLAIN)
    assert np.isnan(got.points_px[199:230, KNEE]).all()
    assert np.isfinite(got.points_px[:199, KNEE]).all()
    assert np.isfinite(got.points_px[230:, KNEE]).all()


def test_mirroring_the_picture_mirrors_the_result():
    track = runner()
    flipped = np.array(track.landmarks_px)
    flipped[..., 0] = 720 - flipped[..., 0]
    got, mirrored = clean(track, PLAIN), clean(replaced(track, flipped), PLAIN)
    np.testing.assert_allclose(720 - mirrored.points_px[..., 0], got.points_px[..., 0], atol=1e-6)


@pytest.mark.parametrize("n", [0, 1, 3, 8])
def test_hopeless_tracks_do_not_raise(n):
    track = runner()
    cut = dataclasses.replace(
        track,
        times_s=track.times_s[:n],
        landmarks_px=np.full((n, 33, 2), np.nan),
        visibility=np.zeros((n, 33)),
        world_m=np.full((n, 33, 3), np.nan),
    )
    got = clean(cut, PLAIN)
    assert len(got.times_s) == n
    assert not np.isfinite(got.points_px).any()
