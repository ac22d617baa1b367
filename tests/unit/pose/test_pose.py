"""The rule that finds the region, that order and number of workers change nothing, and BlazePose on the sample."""

import json
import random
import shutil
import threading
import time
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from av.video.frame import VideoFrame

from gait import clip as clips
from gait import pose
from gait.clip.frames import planes
from gait.errors import Cancelled, GaitError
from gait.landmarks import Landmark, Side
from gait.pose.base import Pose
from gait.pose.runtimes import mediapipe_graph as graphs
from gait.pose.runtimes.mediapipe_graph import landmark_graph, model_file, model_sha256
from gait.pose.runtimes.network import without_mask
from gait.pose.trackers import blazepose
from gait.pose.trackers.blazepose import LAG_S, LOWER, WINDOW_S, BlazePose, _expected_region, _Seen, _to_look_at
from gait.settings import PoseSettings
from tests.builders import SAMPLES

REGION = np.array([0.5, 0.5, 0.8, 0.4, 0.0])
LOWERED = np.array([0, LOWER * 0.4, 0, 0, 0])


def seen(time_s, region=REGION):
    return _Seen(time_s, None, None if region is None else np.asarray(region, dtype=float))


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


@dataclass(frozen=True)
class FakeFrame:
    """What the rule knows of a frame."""

    index: int
    time_s: float
    full_size_px: tuple[int, int] = (720, 1280)


class FakeWorker:
    """Looks at nothing, takes its time, and says where it looked: any dependence on order would show in the numbers."""

    def __init__(self, _settings):
        self.busy = False

    def look(self, frame, region, near=None):
        """Somewhere near where it was told to look; nobody for a while in the middle."""
        assert not self.busy
        self.busy = True
        time.sleep(random.random() * 0.004)
        where = REGION if region is None else region
        moved = where + np.array([0.01 * np.sin(frame.index), 0.003 * np.cos(frame.index * 1.7), 0, 0, 0.001])
        self.busy = False
        if 40 <= frame.index < 60:
            return _Seen(frame.time_s, None, None)
        return _Seen(frame.time_s, Pose(np.full((33, 2), moved[0]), np.full(33, moved[1]), np.zeros((33, 3))), moved)

    def close(self):
        """Nothing to free."""


EVERY = PoseSettings(track_hz=0)


def fake_track(workers, frames, settings=EVERY):
    found = BlazePose(replace(settings, workers=workers)).track(frames)
    return [(f.index, None if p is None else (p.landmarks_px[0, 0], p.visibility[0])) for f, p in found]


@pytest.mark.parametrize("settings", [EVERY, PoseSettings()])
@pytest.mark.parametrize("rate_hz", [24, 30, 60, 240])
def test_the_number_of_workers_changes_nothing(monkeypatch, rate_hz, settings):
    monkeypatch.setattr(blazepose, "Worker", FakeWorker)
    frames = [FakeFrame(i, i / rate_hz) for i in range(90)]
    one = fake_track(1, frames, settings)
    assert [i for i, _ in one] == list(range(90))
    # whoever is gone is gone from the last frame he was seen in to the first he is seen in again
    gone = set(range(40, 60))
    if settings is not EVERY:
        looked = looked_at(frames, settings)
        gone = set(range(max(i for i in looked if i < 40) + 1, min(i for i in looked if i >= 60)))
    assert {i for i, p in one if p is None} == gone
    for workers in (2, 3, 8):
        assert fake_track(workers, frames, settings) == one


def looked_at(frames, settings):
    """Numbers of the frames a tracker looks at; every frame is handed on once, in order."""
    groups = list(_to_look_at(frames, settings))
    assert [f.index for left_out, frame in groups for f in (*left_out, frame)] == [f.index for f in frames]
    return [frame.index for _, frame in groups]


@pytest.mark.parametrize(
    ("rate_hz", "every"), [(24, 1), (25, 1), (30, 1), (50, 1), (59.94, 2), (60, 2), (100, 3), (120, 4), (240, 8)]
)
def test_the_runner_is_looked_for_evenly_and_29_times_a_second_at_least(rate_hz, every):
    frames = [FakeFrame(i, i / rate_hz) for i in range(81)]
    assert looked_at(frames, PoseSettings()) == list(range(0, 81, every)) + ([80] if 80 % every else [])
    assert looked_at(frames, EVERY) == list(range(81))
    assert looked_at(frames, PoseSettings(static_image_mode=True)) == list(range(81))
    assert looked_at([], PoseSettings()) == []


def test_the_last_frame_is_looked_at_and_no_gap_is_wider_than_allowed():
    times = np.cumsum(np.random.default_rng(5).choice([0.004, 0.017, 0.033, 0.3], 200))
    looked = looked_at([FakeFrame(i, float(t)) for i, t in enumerate(times)], PoseSettings())
    assert looked[0] == 0
    assert looked[-1] == 199
    for a, b in pairwise(looked):
        assert b == a + 1 or times[b] - times[a] <= 1 / 29


def test_poses_between_lie_on_the_straight_line_at_their_own_time(monkeypatch):
    class Straight(FakeWorker):
        def look(self, frame, region, near=None):
            """A runner who moves evenly."""
            far = np.full((33, 2), 100 * frame.time_s)
            return _Seen(frame.time_s, Pose(far, np.full(33, frame.time_s), np.full((33, 3), frame.time_s)), REGION)

    monkeypatch.setattr(blazepose, "Worker", Straight)
    times = np.cumsum(np.random.default_rng(6).uniform(0.003, 0.02, 60))
    frames = [FakeFrame(i, float(t)) for i, t in enumerate(times)]
    looked = set(looked_at(frames, PoseSettings()))
    assert len(looked) < 40
    for frame, found in BlazePose(PoseSettings(workers=2)).track(frames):
        assert found.between == (frame.index not in looked)
        np.testing.assert_allclose(found.landmarks_px, 100 * frame.time_s)
        np.testing.assert_allclose(found.visibility, frame.time_s)
        np.testing.assert_allclose(found.world_m, frame.time_s)


def test_times_as_irregular_as_they_come(monkeypatch):
    monkeypatch.setattr(blazepose, "Worker", FakeWorker)
    times = np.cumsum(np.random.default_rng(3).choice([0.004, 0.017, 0.033, 0.4, 2.0], 90))
    frames = [FakeFrame(i, float(t)) for i, t in enumerate(times)]
    assert fake_track(4, frames) == fake_track(1, frames)


def test_only_as_many_frames_are_held_as_the_lag_has(monkeypatch):
    """Memory must not grow with the clip: frames are taken from the decoder as results are given."""
    monkeypatch.setattr(blazepose, "Worker", FakeWorker)
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
    monkeypatch.setattr(blazepose, "Worker", FakeWorker)
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
        def look(self, frame, region, near=None):
            if frame.index == 20:
                raise RuntimeError("broken")
            return super().look(frame, region, near)

    monkeypatch.setattr(blazepose, "Worker", Broken)
    for workers in (1, 3):
        with pytest.raises(RuntimeError, match="broken"):
            fake_track(workers, [FakeFrame(i, i / 60) for i in range(60)])
    assert not [t for t in threading.enumerate() if t.name.startswith("gait-pose")]


@pytest.fixture(scope="module")
def clip():
    """0.6 s of the sample run."""
    whole = clips.open_clip(SAMPLES / "treadmill_rear.mp4")
    return replace(whole, times_s=whole.times_s[:36])


@pytest.fixture(scope="module")
def tracked(clip):
    track, legs = pose.track_clip(clip, PoseSettings(workers=2))
    with legs:
        yield track, [legs.crop(i) for i in range(0, 36, 7)]


def test_the_sample_runner_is_where_the_truth_says(tracked):
    track, crops = tracked
    truth = json.loads((SAMPLES / "treadmill_rear.truth.json").read_text())
    assert track.detected.all()
    for side in Side:
        for name, truth_name in (("knee", "knee_px"), ("ankle", "ankle_px")):
            true_px = np.array(truth["frames"][side.value][truth_name])[: len(track.times_s)]
            off = track.landmarks_px[:, Landmark.of(side, name)] - true_px
            # BlazePose's own error is 3-6 px (SD) plus a bias; the other leg is 100 px away.
            assert np.abs(np.median(off, axis=0)).max() < 25, (side, name)
    heels = [truth["frames"][s.value]["heel_px"][7] for s in Side]
    for x, y in heels:
        crop = crops[1]
        assert crop.x0_px < x < crop.x0_px + crop.image.shape[1]
        assert crop.y0_px < y < crop.y0_px + crop.image.shape[0]


def test_one_worker_and_a_second_run_give_the_same_numbers_to_the_last_digit(clip, tracked):
    again, legs = pose.track_clip(clip, PoseSettings(workers=1))
    legs.close()
    for name in ("landmarks_px", "visibility", "world_m", "between"):
        np.testing.assert_array_equal(getattr(again, name), getattr(tracked[0], name))
    np.testing.assert_array_equal(again.between, np.arange(1, 35, 2))


def test_poses_are_kept_as_the_network_gives_them_in_a_kilobyte_a_frame(clip, tracked):
    track = tracked[0]
    kept = sum(values.nbytes for values in (track.landmarks_px, track.visibility, track.world_m))
    assert kept / clip.n_frames < 1100
    frame = next(iter(clips.frames(clip, max_side_px=640)))
    found = landmark_graph("full", 0.5)(frame.image, np.array([0.5, 0.5, 1.3, 0.75, 0.0]))
    pose_found = blazepose._pose(found, *frame.full_size_px)
    for values in (pose_found.visibility, pose_found.world_m):
        np.testing.assert_array_equal(values.astype(np.float32), values)


def test_one_worker_is_one_thread(clip):
    seen = set()

    def look(_done, _total):
        seen.update(t.name for t in threading.enumerate())

    pose.track_clip(clip, PoseSettings(workers=1), look)[1].close()
    assert not [name for name in seen if name.startswith(("gait-pose", "gait-decode"))]
    pose.track_clip(clip, PoseSettings(workers=2), look)[1].close()
    assert {name.split("_")[0] for name in seen} >= {"gait-pose", "gait-decode"}


def test_lost_and_found_again(clip):
    real = list(clips.frames(replace(clip, times_s=clip.times_s[:6]), max_side_px=640))
    empty = VideoFrame(real[0].video.width, real[0].video.height, "yuv420p")
    for plane in planes(empty):
        plane[:] = 128
    shown = [replace(real[0], index=i, time_s=i / 60, video=empty if 8 <= i < 24 else real[0].video) for i in range(36)]
    found = [p is not None for _, p in BlazePose(replace(EVERY, workers=2)).track(shown)]
    assert found == [not 8 <= i < 24 for i in range(36)]


def test_cancelling_stops_within_a_few_frames_and_progress_never_falls_back(clip):
    done = []
    with pytest.raises(Cancelled):
        pose.track_clip(clip, PoseSettings(), lambda n, total: done.append((n, total)), lambda: len(done) >= 5)
    assert [n for n, _ in done] == [1, 2, 3, 4, 5]
    assert all(a <= b for a, b in pairwise(done))
    assert not [t for t in threading.enumerate() if t.name.startswith(("gait-pose", "gait-decode"))]


def test_the_heavier_model_is_never_fetched(monkeypatch):
    monkeypatch.delenv("GAIT_POSE_MODEL", raising=False)
    with pytest.raises(GaitError, match=r"pose_landmark_heavy\.tflite"):
        BlazePose(PoseSettings(model="heavy"))


def test_a_file_of_the_users_own_is_checked_and_used(monkeypatch, tmp_path, clip, tracked):
    """With the bundled network's file in the heavy one's place the numbers must be the bundled one's."""
    own = tmp_path / "my_model.tflite"
    shutil.copy(model_file("full"), own)
    monkeypatch.setenv("GAIT_POSE_MODEL", str(own))
    with pytest.raises(GaitError, match="checksum"):
        BlazePose(PoseSettings(model="heavy"))
    monkeypatch.setenv("GAIT_POSE_MODEL_SHA256", model_sha256("full"))
    few = replace(clip, times_s=clip.times_s[:7])
    track, legs = pose.track_clip(few, PoseSettings(model="heavy"))
    legs.close()
    assert track.model == "heavy"
    np.testing.assert_array_equal(track.landmarks_px, tracked[0].landmarks_px[:7])


def test_the_network_without_its_mask_gives_the_same_landmarks_to_the_last_digit(clip, monkeypatch):
    quick = landmark_graph("full", 0.5)
    monkeypatch.setattr(graphs, "without_mask", lambda path, _: path)
    whole = landmark_graph("full", 0.5)
    region = np.array([0.5, 0.5, 1.3, 0.75, 0.0])
    for frame in clips.frames(clip, max_side_px=640, stop=12):
        a, b = quick(frame.image, region), whole(frame.image, region)
        assert set(a) == set(b) == {"landmarks", "world", "next_region"}
        assert all(a[name] == b[name] for name in a)
    quick.close(), whole.close()


def test_the_mask_is_cut_out_of_a_copy_and_another_network_is_left_alone(tmp_path):
    path = model_file("full")
    copy = without_mask(path, path.stat().st_mtime_ns)
    assert copy != path
    assert len(copy.read_bytes()) < path.stat().st_size
    detector = path.parent.parent / "pose_detection" / "pose_detection.tflite"
    assert without_mask(detector, 0) == detector
