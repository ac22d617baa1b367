"""BlazePose's rule without its networks: the region that is expected, and that order and number of workers change nothing."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from gait import clip as clips
from gait.pose import Pose
from gait.pose.trackers import blazepose_networks
from gait.pose.trackers.blazepose import LAG_S, LOWER, WINDOW_S, BlazePose, _expected_region
from gait.pose.trackers.blazepose_networks import Tracked
from gait.settings import PoseSettings
from tests.builders.trackers import REGION, FakeFrame, FakeWorker
from tests.unit.pose.test_spacing import EVERY, detected_in

LOWERED = np.array([0, LOWER * 0.4, 0, 0, 0])


def seen(time_s, region=REGION):
    return Tracked(time_s, None, None if region is None else np.asarray(region, dtype=float))


def test_the_region_is_the_median_of_what_was_known_the_lag_ago():
    past = [seen(t / 60, REGION + np.array([t / 1000, 0, 0, 0, 0])) for t in range(30)]
    now = 29 / 60 + LAG_S / 2
    known = [s for s in past if s.time_s <= now - LAG_S]
    expected = np.median([s.region for s in known], axis=0)
    np.testing.assert_allclose(_expected_region(past, now), expected + LOWERED)
    # Later ones being known already changes nothing.
    np.testing.assert_array_equal(_expected_region(known, now), _expected_region(past, now))


def test_one_look_at_somebody_else_does_not_move_the_region():
    past = [seen(t / 60) for t in range(20)]
    past[12] = seen(12 / 60, (0.1, 0.2, 0.3, 0.2, 1.0))
    np.testing.assert_allclose(_expected_region(past, 1.0), REGION + LOWERED)


def test_nobody_for_the_lag_means_detect_again():
    past = [seen(t / 60, REGION if t < 10 else None) for t in range(40)]
    assert _expected_region(past, 39 / 60) is None
    assert _expected_region([], 0.0) is None
    # One missed frame among seen ones is no loss.
    np.testing.assert_allclose(_expected_region([seen(0), seen(1 / 60, None), seen(2 / 60)], 0.5), REGION + LOWERED)


def test_angles_are_averaged_round_the_circle():
    past = [seen(t / 60, (0.5, 0.5, 0.8, 0.4, angle)) for t, angle in enumerate([3.1, -3.1, 3.12, -3.12, 3.14])]
    assert np.cos(_expected_region(past, 1.0)[4]) < -0.99


def fake_track(workers, frames, settings=EVERY):
    found = BlazePose(replace(settings, workers=workers)).track(frames)
    return [(f.index, None if p is None else (p.landmarks_px[0, 0], p.visibility[0])) for f, p in found]


@pytest.mark.parametrize("settings", [EVERY, PoseSettings()])
@pytest.mark.parametrize("rate_hz", [24, 30, 60, 240])
def test_the_number_of_workers_changes_nothing(monkeypatch, rate_hz, settings):
    monkeypatch.setattr(blazepose_networks, "Worker", FakeWorker)
    frames = [FakeFrame(i, i / rate_hz) for i in range(90)]
    one = fake_track(1, frames, settings)
    assert [i for i, _ in one] == list(range(90))
    # whoever is gone is gone from the last frame he was seen in to the first he is seen in again
    gone = set(range(40, 60))
    if settings is not EVERY:
        looked = detected_in(frames, settings)
        gone = set(range(max(i for i in looked if i < 40) + 1, min(i for i in looked if i >= 60)))
    assert {i for i, p in one if p is None} == gone
    for workers in (2, 3, 8):
        assert fake_track(workers, frames, settings) == one


def test_poses_between_lie_on_the_straight_line_at_their_own_time(monkeypatch):
    class Straight(FakeWorker):
        def track(self, frame, region, near=None):
            """A runner who moves evenly."""
            far = np.full((33, 2), 100 * frame.time_s)
            return Tracked(frame.time_s, Pose(far, np.full(33, frame.time_s), np.full((33, 3), frame.time_s)), REGION)

    monkeypatch.setattr(blazepose_networks, "Worker", Straight)
    times = np.cumsum(np.random.default_rng(6).uniform(0.003, 0.02, 60))
    frames = [FakeFrame(i, float(t)) for i, t in enumerate(times)]
    looked = set(detected_in(frames, PoseSettings()))
    assert len(looked) < 40
    for frame, found in BlazePose(PoseSettings(workers=2)).track(frames):
        assert found.between == (frame.index not in looked)
        np.testing.assert_allclose(found.landmarks_px, 100 * frame.time_s)
        np.testing.assert_allclose(found.visibility, frame.time_s)
        np.testing.assert_allclose(found.world_m, frame.time_s)


def test_times_as_irregular_as_they_come(monkeypatch):
    monkeypatch.setattr(blazepose_networks, "Worker", FakeWorker)
    times = np.cumsum(np.random.default_rng(3).choice([0.004, 0.017, 0.033, 0.4, 2.0], 90))
    frames = [FakeFrame(i, float(t)) for i, t in enumerate(times)]
    assert fake_track(4, frames) == fake_track(1, frames)


def test_only_as_many_frames_are_held_as_the_lag_has(monkeypatch):
    """Memory must not grow with the clip: frames are taken from the decoder as results are given."""
    monkeypatch.setattr(blazepose_networks, "Worker", FakeWorker)
    taken = 0

    def frames():
        nonlocal taken
        for i in range(400):
            taken += 1
            yield FakeFrame(i, i / 60)

    for settings, more in ((replace(EVERY, workers=2), 2), (PoseSettings(workers=2), 4)):
        taken = 0
        for given, _ in enumerate(BlazePose(settings).track(frames()), 1):
            assert taken - given <= LAG_S * 60 + more
    assert WINDOW_S < 1


def test_of_large_frames_fewer_are_held_with_the_same_results(monkeypatch):
    monkeypatch.setattr(blazepose_networks, "Worker", FakeWorker)
    taken, large = 0, (3072, 4096)

    def frames():
        nonlocal taken
        for i in range(90):
            taken += 1
            yield FakeFrame(i, i / 240, large)

    for settings in (replace(EVERY, workers=2), PoseSettings(workers=2)):
        taken = 0
        for given, _ in enumerate(BlazePose(settings).track(frames()), 1):
            assert taken - given <= clips.frames_that_fit(*large) + 1
    assert clips.frames_that_fit(*large) < LAG_S * 240
    assert fake_track(2, list(frames())) == fake_track(2, [FakeFrame(i, i / 240) for i in range(90)])


def test_an_error_in_a_worker_reaches_the_caller_and_nothing_is_left_running(monkeypatch):
    class Broken(FakeWorker):
        def track(self, frame, region, near=None):
            if frame.index == 20:
                raise RuntimeError("broken")
            return super().track(frame, region, near)

    monkeypatch.setattr(blazepose_networks, "Worker", Broken)
    for workers in (1, 3):
        with pytest.raises(RuntimeError, match="broken"):
            fake_track(workers, [FakeFrame(i, i / 60) for i in range(60)])
    assert not [t for t in threading.enumerate() if t.name.startswith("gait-pose")]
