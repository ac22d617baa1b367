"""Tracking a file while it is written gives what tracking the finished file gives."""

import threading

import numpy as np
import pytest

from gait import clip as clips
from gait import pose
from gait.errors import Cancelled, ClipError
from gait.pose import live
from gait.settings import PoseSettings
from tests.builders import SAMPLES
from tests.builders.recorder import Recorder

FRAMES = 40


def test_frames_of_a_growing_file_are_the_files_frames(tmp_path, pieces):
    path = tmp_path / "run.mp4"
    recorder = Recorder(path, pieces)
    followed = list(clips.follow(path, recorder.done.is_set, lambda: False, max_side_px=320))
    later = list(clips.frames(clips.open_clip(path), max_side_px=320))
    assert [(f.index, f.time_s) for f in followed] == [(f.index, f.time_s) for f in later]
    assert len(later) == FRAMES
    for one, two in zip(followed, later, strict=True):
        np.testing.assert_array_equal(one.image, two.image)


def test_following_ends_when_nobody_wants_the_rest(tmp_path, pieces):
    path = tmp_path / "run.mp4"
    path.write_bytes(pieces[: len(pieces) // 2])
    enough = threading.Event()
    threading.Timer(0.5, enough.set).start()
    try:
        found = list(clips.follow(path, lambda: False, enough.is_set, max_side_px=320))
    except ClipError:  # so little that it is no video yet
        found = []
    assert len(found) < FRAMES


@pytest.mark.slow
def test_what_was_tracked_while_recording_is_what_is_tracked_later(tmp_path, pieces, trackings):
    path = tmp_path / "run.mp4"
    recorder = Recorder(path, pieces)
    trackings.begin(path, recorder.done.is_set, PoseSettings())
    recorder.done.wait(60)
    clip = clips.open_clip(path)
    during, legs = pose.track_clip(clip, PoseSettings(), followed=trackings)
    again, legs_again = pose.track_clip(clip, PoseSettings(workers=1))
    with legs, legs_again:
        for name in ("times_s", "landmarks_px", "visibility", "world_m", "between"):
            np.testing.assert_array_equal(getattr(during, name), getattr(again, name))
        for n in (0, FRAMES // 2, FRAMES - 1):
            np.testing.assert_array_equal(legs.crop(n).image, legs_again.crop(n).image)
    assert trackings.take(path, PoseSettings()) is None


def test_another_file_in_its_place_is_tracked_anew(tmp_path, pieces, canned, trackings):
    path = tmp_path / "run.mp4"
    recorder = Recorder(path, pieces, pause_s=0)
    trackings.begin(path, recorder.done.is_set, PoseSettings())
    recorder.done.wait(60)
    trackings._running[path]._thread.join()
    path.write_bytes((SAMPLES / "treadmill_rear.standing.mp4").read_bytes())
    track, legs = pose.track_clip(clips.open_clip(path), PoseSettings(), followed=trackings)
    legs.close()
    assert len(track.times_s) == 180


def test_other_settings_are_tracked_anew_and_old_takes_are_dropped(tmp_path, pieces, canned, trackings):
    paths = [tmp_path / f"run{i}.mp4" for i in range(4)]
    for path in paths:
        path.write_bytes(pieces)
        trackings.begin(path, lambda: True, PoseSettings())
    assert trackings.take(paths[0], PoseSettings()) is None
    assert trackings.take(paths[2], PoseSettings(max_side_px=512)) is None
    kept = trackings.take(paths[3], PoseSettings())
    assert kept is not None
    kept.give_up()
    assert not trackings._running
    assert not [t for t in threading.enumerate() if t.name == "gait-live"]


def test_a_recording_that_is_no_video_costs_nothing_but_the_head_start(tmp_path, canned, trackings):
    path = tmp_path / "run.mp4"
    path.write_bytes(b"not a video at all" * 500)
    with pytest.raises(ClipError):
        list(clips.follow(path, lambda: True, lambda: False))
    trackings.begin(path, lambda: True, PoseSettings())
    path.write_bytes((SAMPLES / "treadmill_rear.standing.mp4").read_bytes())
    track, legs = pose.track_clip(clips.open_clip(path), PoseSettings(), followed=trackings)
    legs.close()
    assert len(track.times_s) == 180


def test_two_programs_own_keep_their_recordings_apart_and_closing_leaves_nothing(tmp_path, pieces, canned):
    path, one, two = tmp_path / "run.mp4", live.LiveTrackings(), live.LiveTrackings()
    path.write_bytes(pieces)
    one.begin(path, lambda: False, PoseSettings())
    assert one.knows(path)
    assert not two.knows(path)
    one.close()
    assert not one.knows(path)
    assert not [t for t in threading.enumerate() if t.name == "gait-live"]


def test_cancelling_while_the_rest_is_awaited(tmp_path, pieces, canned, trackings):
    path = tmp_path / "run.mp4"
    path.write_bytes(pieces)
    trackings.begin(path, lambda: False, PoseSettings())  # a recorder that never says it is done
    with pytest.raises(Cancelled):
        pose.track_clip(clips.open_clip(path), PoseSettings(), cancelled=lambda: True, followed=trackings)
    assert not [t for t in threading.enumerate() if t.name == "gait-live"]
