"""Tracking a file while it is written gives what tracking the finished file gives."""

import threading
import time

import av
import numpy as np
import pytest

from gait import clip as clips
from gait import pose
from gait.errors import Cancelled, ClipError
from gait.pose import live
from gait.settings import PoseSettings
from tests.builders import SAMPLES

FRAMES = 40


@pytest.fixture(scope="module")
def pieces(tmp_path_factory):
    """The first frames of the sample as a recorder writes them: an MP4 in fragments, as bytes."""
    path = tmp_path_factory.mktemp("live") / "run.mp4"
    flags = {"movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer", "frag_duration": "200000"}
    with av.open(str(SAMPLES / "treadmill_rear.mp4")) as given, av.open(str(path), "w", options=flags) as out:
        source = given.streams.video[0]
        copy = out.add_stream_from_template(source)
        for n, packet in enumerate(given.demux(source)):
            if n == FRAMES:
                break
            packet.stream = copy
            out.mux(packet)
    return path.read_bytes()


class Recorder:
    """Writes the bytes bit by bit, as a camera would."""

    def __init__(self, path, data, chunk=20_000, pause_s=0.02):
        self.path, self._data, self._chunk, self._pause_s = path, data, chunk, pause_s
        self.done = threading.Event()
        path.write_bytes(data[:3000])
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def _write(self):
        with self.path.open("ab") as f:
            for start in range(3000, len(self._data), self._chunk):
                time.sleep(self._pause_s)
                f.write(self._data[start : start + self._chunk])
                f.flush()
        self.done.set()


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


def test_what_was_tracked_while_recording_is_what_is_tracked_later(tmp_path, pieces):
    path = tmp_path / "run.mp4"
    recorder = Recorder(path, pieces)
    live.begin(path, recorder.done.is_set, PoseSettings())
    recorder.done.wait(60)
    clip = clips.open_clip(path)
    during, legs = pose.track_clip(clip, PoseSettings())
    again, legs_again = pose.track_clip(clip, PoseSettings(workers=1))
    with legs, legs_again:
        for name in ("times_s", "landmarks_px", "visibility", "world_m"):
            np.testing.assert_array_equal(getattr(during, name), getattr(again, name))
        for n in (0, FRAMES // 2, FRAMES - 1):
            np.testing.assert_array_equal(legs.crop(n).image, legs_again.crop(n).image)
    assert live.take(path, PoseSettings()) is None


class Canned:
    """A tracker that sees nobody, at once."""

    name, model, model_sha256 = "canned", "none", "0"
    calls = 0

    def __init__(self, _settings):
        type(self).calls += 1

    def track(self, frames):
        """Nobody in any frame."""
        yield from ((f, None) for f in frames)


@pytest.fixture
def canned(monkeypatch):
    """No networks."""
    Canned.calls = 0
    monkeypatch.setattr(live, "BlazePose", Canned)
    monkeypatch.setattr(pose, "BlazePose", Canned)


def test_another_file_in_its_place_is_tracked_anew(tmp_path, pieces, canned):
    path = tmp_path / "run.mp4"
    recorder = Recorder(path, pieces, pause_s=0)
    live.begin(path, recorder.done.is_set, PoseSettings())
    recorder.done.wait(60)
    live._running[path]._thread.join()
    path.write_bytes((SAMPLES / "treadmill_rear.standing.mp4").read_bytes())
    track, legs = pose.track_clip(clips.open_clip(path), PoseSettings())
    legs.close()
    assert len(track.times_s) == 180


def test_other_settings_are_tracked_anew_and_old_takes_are_dropped(tmp_path, pieces, canned):
    paths = [tmp_path / f"run{i}.mp4" for i in range(4)]
    for path in paths:
        path.write_bytes(pieces)
        live.begin(path, lambda: True, PoseSettings())
    assert live.take(paths[0], PoseSettings()) is None
    assert live.take(paths[2], PoseSettings(max_side_px=512)) is None
    kept = live.take(paths[3], PoseSettings())
    assert kept is not None
    kept.give_up()
    assert not live._running
    assert not [t for t in threading.enumerate() if t.name == "gait-live"]


def test_a_recording_that_is_no_video_costs_nothing_but_the_head_start(tmp_path, canned):
    path = tmp_path / "run.mp4"
    path.write_bytes(b"not a video at all" * 500)
    with pytest.raises(ClipError):
        list(clips.follow(path, lambda: True, lambda: False))
    live.begin(path, lambda: True, PoseSettings())
    path.write_bytes((SAMPLES / "treadmill_rear.standing.mp4").read_bytes())
    track, legs = pose.track_clip(clips.open_clip(path), PoseSettings())
    legs.close()
    assert len(track.times_s) == 180


def test_cancelling_while_the_rest_is_awaited(tmp_path, pieces, canned):
    path = tmp_path / "run.mp4"
    path.write_bytes(pieces)
    live.begin(path, lambda: False, PoseSettings())  # a recorder that never says it is done
    with pytest.raises(Cancelled):
        pose.track_clip(clips.open_clip(path), PoseSettings(), cancelled=lambda: True)
    assert not [t for t in threading.enumerate() if t.name == "gait-live"]
