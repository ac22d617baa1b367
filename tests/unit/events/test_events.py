"""Timing: closed form on a made-up runner, known truth on motion capture, invariants, and input without running."""

import dataclasses
import importlib.util
import json

import numpy as np
import pytest

from gait.events import find_events, guess_view
from gait.events.timing import timing_table, trunk_table
from gait.events.waves import Beat
from gait.landmarks import Landmark, Side, View
from gait.pose import read_points
from gait.settings import EventSettings, TrajectorySettings
from gait.trajectories import clean
from tests.builders import SHARED, needs_shared
from tests.builders.gait import exchanged, replaced, runner, standing


def events_of(track, view=View.REAR):
    return find_events(clean(track, TrajectorySettings()), view, EventSettings())


def activities(events):
    return [s.activity for s in events.segments]


@pytest.mark.parametrize("stride_s", [0.6, 0.72, 0.85])
def test_cadence_is_exact_and_steps_alternate(stride_s):
    events = events_of(runner(stride_s=stride_s))
    assert events.cadence_spm.value == pytest.approx(120 / stride_s, abs=0.1)
    low, high = events.cadence_spm.ci95
    assert low < 120 / stride_s < high
    both = np.sort(np.concatenate([events.feet[s].foot_strike_s for s in Side]))
    np.testing.assert_allclose(np.diff(both), stride_s / 2, atol=0.004)
    assert len(both) == pytest.approx(10 / (stride_s / 2), abs=1)


def test_each_stance_lies_round_its_own_foots_lowest_point():
    events = events_of(runner())
    for side, lead in ((Side.LEFT, 0.0), (Side.RIGHT, 0.36)):
        stances = events.feet[side].stances_s()
        assert len(stances) >= 12
        for strike, off in stances:
            middle = lead + 0.72 * np.round((strike - lead) / 0.72 + 0.2)
            assert strike < middle < off


@pytest.mark.parametrize("fps_hz", [30.0, 120.0, 240.0])
def test_times_hardly_depend_on_the_frame_rate(fps_hz):
    want, got = events_of(runner()), events_of(runner(fps_hz=fps_hz))
    for side in Side:
        n = min(len(want.feet[side].foot_strike_s), len(got.feet[side].foot_strike_s)) - 1
        np.testing.assert_allclose(got.feet[side].foot_strike_s[:n], want.feet[side].foot_strike_s[:n], atol=0.004)


def test_dropped_frames_with_true_times_change_nothing():
    keep = np.sort(np.random.default_rng(3).choice(600, 480, replace=False))
    times = np.arange(600)[keep] / 60.0
    assert times[0] == 0
    want, got = events_of(runner()), events_of(runner(times_s=times))
    for side in Side:
        n = min(len(want.feet[side].toe_off_s), len(got.feet[side].toe_off_s)) - 1
        np.testing.assert_allclose(got.feet[side].toe_off_s[:n], want.feet[side].toe_off_s[:n], atol=0.004)


def test_mirroring_the_clip_swaps_the_feet_and_nothing_else():
    track = runner()
    p = np.array(track.landmarks_px)
    p[..., 0] = 720 - p[..., 0]
    mirrored = exchanged(replaced(track, p), np.arange(len(p)))
    want, got = events_of(track), events_of(mirrored)
    for side in Side:
        np.testing.assert_allclose(got.feet[side.other].foot_strike_s, want.feet[side].foot_strike_s, atol=1e-4)
    assert got.cadence_spm.value == pytest.approx(want.cadence_spm.value, abs=1e-3)


def test_scale_of_the_picture_does_not_matter():
    track = runner()
    want, got = events_of(track), events_of(replaced(track, 2 * np.array(track.landmarks_px)))
    np.testing.assert_allclose(got.feet[Side.LEFT].toe_off_s, want.feet[Side.LEFT].toe_off_s, atol=1e-6)


def test_exchanged_frames_do_not_move_the_events():
    frames = np.r_[40:50, 200:230, 400:403]
    want, got = events_of(runner()), events_of(exchanged(runner(), frames))
    np.testing.assert_allclose(got.feet[Side.LEFT].foot_strike_s, want.feet[Side.LEFT].foot_strike_s, atol=0.002)


def bobbing(low_after_middle_s, bob_px=12.0, **made):
    """The made-up runner as BlazePose would name it, with hips and shoulders lowest so long after each middle of stance."""
    track = runner(**made)
    p = np.array(track.landmarks_px)
    bob = bob_px * np.cos(4 * np.pi * (track.times_s - low_after_middle_s) / 0.72)  # y down: lowest is greatest
    for joint, y in (("hip", 560.0), ("shoulder", 330.0)):
        for side, x in ((Side.LEFT, -30.0), (Side.RIGHT, 30.0)):
            p[:, Landmark.of(side, joint)] = np.column_stack([np.full_like(bob, 360 + x), y + bob])
    return dataclasses.replace(replaced(track, p), tracker="mediapipe-blazepose")


def test_both_events_follow_the_trunk():
    """The same way, and by no more than half as much again as its 30 ms, on a made-up runner far from those learnt."""
    early, late = events_of(bobbing(0.02)), events_of(bobbing(0.05))
    for side in Side:
        for name in ("foot_strike_s", "toe_off_s"):
            a, b = getattr(early.feet[side], name), getattr(late.feet[side], name)
            n = min(len(a), len(b)) - 1
            moved = np.median(b[1:n] - a[1:n])
            assert 0.005 < moved < 0.045


def test_a_trunk_that_does_not_bob_or_bobs_off_the_beat_is_not_asked():
    still, off_beat = events_of(bobbing(0.03, bob_px=0.0)), events_of(bobbing(0.03 + 0.15))
    assert still.contact_bias_sd_s == timing_table(View.REAR, "blazepose").contact_foot_sd_s
    assert off_beat.contact_bias_sd_s == still.contact_bias_sd_s
    np.testing.assert_allclose(off_beat.feet[Side.LEFT].toe_off_s, still.feet[Side.LEFT].toe_off_s, atol=1e-6)
    assert events_of(bobbing(0.03)).contact_bias_sd_s == trunk_table(View.REAR, "blazepose").contact_foot_sd_s


def test_other_trackers_and_views_have_no_table_by_the_trunk():
    assert trunk_table(View.REAR, "points") is None
    assert trunk_table(View.SIDE, "mediapipe-blazepose") is None


def test_a_moved_beat_counts_from_later_in_the_stride():
    moved = Beat(0.7, {side: np.array([0.1, 0.8]) for side in Side}).moved(0.1)
    np.testing.assert_allclose(moved.middles_s[Side.LEFT], [0.17, 0.87])


def test_an_event_at_the_very_end_is_not_given():
    """Cut the same run a little before and after one toe-off: it may come, but never within 15 ms of the end."""
    whole = events_of(runner()).feet[Side.LEFT].toe_off_s
    for end_s in whole[8] + np.linspace(-0.02, 0.06, 9):
        track = runner(times_s=np.arange(0.0, end_s, 1 / 240))
        found = events_of(track).feet[Side.LEFT].toe_off_s
        assert found[-1] <= track.times_s[-1] - 0.015


def test_standing_and_walking_give_no_events():
    still, walk = events_of(standing()), events_of(runner(stride_s=1.1, lift_px=55))
    assert activities(still) == ["standing"]
    assert activities(walk) == ["walking"]
    for events in (still, walk):
        assert events.cadence_spm is None
        assert all(len(events.feet[s].foot_strike_s) == 0 for s in Side)
        assert all(len(events.feet[s].toe_off_s) == 0 for s in Side)


def test_only_the_running_part_is_averaged():
    still, run = standing(5.0), runner(seconds=12.0)
    times = np.r_[still.times_s, run.times_s + 5.0]
    points = np.concatenate([still.landmarks_px, run.landmarks_px])
    seen = np.isfinite(points).all(axis=2).astype(float)
    both = dataclasses.replace(
        run, times_s=times, landmarks_px=points, visibility=seen, world_m=np.full((len(times), 33, 3), np.nan)
    )
    events = events_of(both)
    assert activities(events)[0] == "standing"
    assert "running" in activities(events)
    assert events.cadence_spm.value == pytest.approx(120 / 0.72, abs=0.3)
    first = min(events.feet[s].foot_strike_s[0] for s in Side)
    assert 4.5 < first < 7.0
    assert events.segments[0].start_s == 0
    assert events.segments[-1].end_s == pytest.approx(times[-1])
    for a, b in zip(events.segments[:-1], events.segments[1:], strict=True):
        assert a.end_s == b.start_s


def test_slow_motion_is_hinted_at_never_corrected():
    track = runner()
    slow = dataclasses.replace(track, times_s=track.times_s * 2)
    events = events_of(slow)
    assert events.cadence_spm.value == pytest.approx(60 / 0.72, abs=0.1)
    assert events.slow_motion == 2.0
    assert events_of(track).slow_motion == 1.0
    for side in Side:
        n = min(len(events.feet[side].foot_strike_s), len(events_of(track).feet[side].foot_strike_s)) - 1
        np.testing.assert_allclose(
            events.feet[side].foot_strike_s[:n] / 2, events_of(track).feet[side].foot_strike_s[:n], atol=0.004
        )


@pytest.mark.parametrize("kind", ["empty", "unseen", "noise", "one_foot"])
def test_hopeless_input_is_named_not_raised(kind):
    track = runner(seconds=4)
    p = np.array(track.landmarks_px)
    if kind == "unseen":
        p[:] = np.nan
    elif kind == "noise":
        p = np.random.default_rng(0).uniform(0, 700, p.shape)
    elif kind == "one_foot":
        p[:, Landmark.LEFT_ANKLE] = np.nan
    bad = replaced(track, p)
    if kind == "empty":
        bad = dataclasses.replace(
            track,
            times_s=np.empty(0),
            landmarks_px=np.empty((0, 33, 2)),
            visibility=np.empty((0, 33)),
            world_m=np.empty((0, 33, 3)),
        )
    events = events_of(bad, guess_view(bad)[0])
    assert "running" not in activities(events)
    assert events.cadence_spm is None


@pytest.mark.parametrize(("facing", "view"), [("rear", View.REAR), ("front", View.FRONT)])
def test_view_from_which_side_the_left_is_on(facing, view):
    got, sure = guess_view(runner(facing=facing))
    assert got is view
    assert sure > 0.5


def test_view_from_the_side_and_none():
    track = runner()
    p = np.array(track.landmarks_px)
    p[..., 0] = 360 + 0.1 * (p[..., 0] - 360)
    assert guess_view(replaced(track, p))[0] is View.SIDE
    assert guess_view(replaced(track, np.full_like(p, np.nan))) == (View.UNKNOWN, 0.0)


@needs_shared
@pytest.mark.parametrize(
    ("trial", "fps_hz"), [("RBDS001_T25", 60), ("RBDS015_T35", 60), ("RBDS012_T45", 60), ("RBDS024_T25", 30)]
)
def test_motion_capture_through_a_simulated_camera(tmp_path, monkeypatch, trial, fps_hz):
    """Forefoot, rearfoot and midfoot strikers at 2.5, 3.5, 4.5 m/s; force-plate truth."""
    spec = importlib.util.spec_from_file_location("rbds_points", SHARED / "tools" / "rbds_points.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    source = SHARED / "data" / "rbds" / f"{trial}.npz"
    monkeypatch.setattr("sys.argv", ["rbds_points", str(source), str(tmp_path / "run"), "--fps", str(fps_hz)])
    tool.main()
    track = read_points(tmp_path / "run.csv")
    truth = json.loads((tmp_path / "run.truth.json").read_text())
    assert guess_view(track)[0] is View.REAR
    events = events_of(track)
    assert events.cadence_spm.value == pytest.approx(truth["cadence_spm"], abs=0.3)
    for side in Side:
        for name in ("foot_strike_s", "toe_off_s"):
            found, true = getattr(events.feet[side], name), np.array(truth["events"][side.value][name])
            inside = true[(true > 0.1) & (true < track.times_s[-1] - 0.1)]
            error = found[np.abs(found[None] - inside[:, None]).argmin(axis=1)] - inside
            assert np.abs(error).max() < 0.04
            assert np.abs(error).mean() < 0.016
