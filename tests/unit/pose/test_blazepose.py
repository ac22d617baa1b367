"""BlazePose on the sample: where the truth says, the same whoever tracks, lost and found again, cancelled."""

import json
import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from av.video.frame import VideoFrame

from gait import clip as clips
from gait import pose
from gait.clip.frames import planes
from gait.errors import Cancelled
from gait.landmarks import Landmark, Side
from gait.pose.runtimes.mediapipe_graph import landmark_graph
from gait.pose.trackers.blazepose import BlazePose
from gait.pose.trackers.blazepose_networks import pose_in
from gait.settings import PoseSettings
from tests.builders import SAMPLES
from tests.unit.pose.test_spacing import EVERY


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
    pose_found = pose_in(found, *frame.full_size_px)
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
