"""Tracking a file while it is written gives what tracking the finished file gives."""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import fields, is_dataclass
from types import SimpleNamespace

import av
import numpy as np
import pytest

from gait import clip as clips
from gait import first_look, pipeline, pose, quality, rearfoot
from gait.errors import Cancelled, ClipError, GaitError
from gait.pose import live
from gait.settings import PoseSettings, RearfootSettings, Settings
from tests.builders import SAMPLES, SHARED, needs_shared

FRAMES = 40


@pytest.fixture(scope="module")
def pieces(tmp_path_factory):
    """The first frames of the sample as a recorder writes them, as bytes."""
    return recorded(SAMPLES / "treadmill_rear.mp4", tmp_path_factory.mktemp("live") / "run.mp4", FRAMES).read_bytes()


def recorded(source, path, frames):
    """The first frames of a clip as a recorder writes them: an MP4 in fragments."""
    flags = {"movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer", "frag_duration": "200000"}
    with av.open(str(source)) as given, av.open(str(path), "w", options=flags) as out:
        source = given.streams.video[0]
        copy = out.add_stream_from_template(source)
        for n, packet in enumerate(given.demux(source)):
            if n == frames or packet.dts is None:
                break
            packet.stream = copy
            out.mux(packet)
    return path


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


@pytest.fixture
def trackings():
    """What a program that records owns."""
    own = live.LiveTrackings()
    yield own
    own.close()


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


class Canned:
    """A tracker that sees nobody, at once."""

    name, model, model_sha256 = "canned", "none", "0"
    calls = 0

    def __init__(self, _settings):
        type(self).calls += 1

    def track(self, frames):
        """Nobody in any frame."""
        yield from ((f, None) for f in frames)

    def people(self, _frame):
        """Nobody."""
        found = Future()
        found.set_result(np.empty((0, 5)))
        return found


@pytest.fixture
def canned(monkeypatch):
    """No networks."""
    Canned.calls = 0
    monkeypatch.setattr(live, "BlazePose", Canned)
    monkeypatch.setattr(pose, "BlazePose", Canned)


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


# -- the first look at what was tracked while it was recorded ------------------------------------------------------------


def followed(trackings, path):
    """A recording that ended and whose tracking caught up."""
    trackings.begin(path, lambda: True, PoseSettings(), quality.measure_picture)
    trackings._running[path.resolve()]._thread.join()
    return clips.open_clip(path)


def codes(found):
    return {(f.code, f.severity) for f in found.findings}, {(f.code, f.severity) for f in found.lasting}


def look_both_ways(trackings, source, tmp_path, frames=100_000):
    """The findings of the first look at the file and of the one at what was seen during its recording."""
    clip = followed(trackings, recorded(source, tmp_path / "run.mp4", frames))
    try:
        during = trackings.seen(clip, PoseSettings(), first_look.SAMPLED_PICTURES)
        assert during is not None
        return first_look.look(clip, PoseSettings()), first_look.look(clip, PoseSettings(), during=during), during
    finally:
        trackings.forget(clip.path)


def test_the_look_during_the_recording_finds_what_the_look_at_the_file_finds(tmp_path, trackings):
    file, during, seen = look_both_ways(trackings, SAMPLES / "treadmill_rear.mp4", tmp_path, 300)
    assert codes(during) == codes(file)
    assert not during.refused
    assert during.view is file.view
    assert {c.name: c.mark for c in during.checks} == {c.name: c.mark for c in file.checks}
    assert len(during.hips) == len(file.hips) == 1
    np.testing.assert_allclose(during.hips, file.hips, atol=0.03)
    shown = {f.time_s: f.image for f in clips.frames(file.clip, max_side_px=first_look.PICTURE_SIDE_PX)}
    for time_s, picture in seen.samples:
        np.testing.assert_array_equal(picture, shown[time_s])
    assert quality.sum_up(seen.notes) == quality.measure_pictures(seen.samples)


def test_a_standing_clip_in_the_runs_place_is_refused_as_such_either_way(tmp_path, trackings):
    file, during, _ = look_both_ways(trackings, SAMPLES / "treadmill_rear.standing.mp4", tmp_path)
    assert codes(during) == codes(file)
    assert ("not_running", "refuse") in codes(during)[0]


@needs_shared
@pytest.mark.parametrize("name", ["feet_cut_off", "empty_treadmill", "too_dark", "person_without_legs"])
def test_a_bad_clip_is_refused_for_the_same_reason_either_way(tmp_path, name, trackings):
    file, during, _ = look_both_ways(trackings, SHARED / "clips" / "bad" / f"{name}.mp4", tmp_path)
    assert during.refused
    first = [next(f.code for f in found.findings if f.severity == "refuse") for found in (file, during)]
    assert first[0] == first[1]
    # A track wobbles less than single pictures do: of a man without legs in the picture it also says that he does not run.
    assert codes(during)[0] - {("not_running", "refuse")} == codes(file)[0]
    assert codes(during)[1] == codes(file)[1]


def test_nothing_is_known_of_a_clip_that_was_not_followed_or_is_another_one(tmp_path, pieces, canned, trackings):
    path = tmp_path / "run.mp4"
    path.write_bytes(pieces)
    clip = followed(trackings, path)
    assert trackings.seen(clip, PoseSettings(max_side_px=512), 10) is None
    assert trackings.seen(clip, PoseSettings(), 10) is None, "0.7 s are too little to judge by"
    path.write_bytes((SAMPLES / "treadmill_rear.standing.mp4").read_bytes())
    assert trackings.seen(clips.open_clip(path), PoseSettings(), 10) is None
    trackings.forget(path)
    assert trackings.seen(clip, PoseSettings(), 10) is None


def test_cancelling_while_the_look_waits_forgets_the_recording(tmp_path, pieces, canned, trackings):
    path = tmp_path / "run.mp4"
    path.write_bytes(pieces)
    trackings.begin(path, lambda: False, PoseSettings())
    with pytest.raises(Cancelled):
        trackings.seen(clips.open_clip(path), PoseSettings(), 10, cancelled=lambda: True)
    assert not trackings.knows(path)


def kept_of(seconds, rate_hz=30.0):
    samples, done = live.Samples(), Future()
    done.set_result(np.empty((0, 5)))
    for index in range(round(seconds * rate_hz)):
        if samples.due(index / rate_hz):
            samples.add(SimpleNamespace(index=index, time_s=index / rate_hz, image=None), done)
    return samples


@pytest.mark.parametrize("seconds", [5.0, 12.0, 20.0, 61.0, 300.0])
def test_the_pictures_kept_are_few_and_cover_the_clip(seconds):
    samples = kept_of(seconds)
    assert len(samples._kept) < live.KEPT
    times = np.array([s.time_s for s in samples.chosen(10)])
    assert 5 <= len(times) <= 10
    assert times[0] < 0.15 * seconds
    assert times[-1] > 0.8 * seconds
    assert np.diff(times).max() < 0.31 * seconds


@pytest.mark.parametrize("seconds", [12.0, 20.0, 45.0, 61.0])
def test_no_cadence_is_always_met_in_the_same_moment_of_its_stride(seconds):
    times = np.array([s.time_s for s in kept_of(seconds, 60.0).chosen(10)])
    for steps_per_min in np.arange(100.0, 221.0):
        turns = 2 * np.pi * times * steps_per_min / 120
        assert abs(np.exp(1j * turns).mean()) < 0.9, steps_per_min
        assert abs(np.exp(2j * turns).mean()) < 0.95, f"{steps_per_min}: always the same moment of a step"


def test_a_picture_nobody_looked_at_is_left_out():
    samples = kept_of(20.0)
    lost = Future()
    lost.cancel()
    samples.add(SimpleNamespace(index=600, time_s=20.0, image=None), lost)
    samples.add(SimpleNamespace(index=601, time_s=20.1, image=None), Future())
    assert max(s.time_s for s in samples.chosen(30)) < 20


# -- what is made of a whole clip as soon as it is there ------------------------------------------------------------------


def values_of(thing):
    """Every number and word in nested dataclasses, mappings and sequences, in order."""
    if is_dataclass(thing):
        return [v for f in fields(thing) for v in values_of(getattr(thing, f.name))]
    if isinstance(thing, Mapping):
        return [v for key, value in thing.items() for v in [key, *values_of(value)]]
    return [v for part in thing for v in values_of(part)] if isinstance(thing, list | tuple) else [thing]


@pytest.fixture(scope="module")
def standing_seen_live(tmp_path_factory):
    """A standing clip (1 s), and what was remembered of it while it was recorded."""
    path = recorded(SAMPLES / "treadmill_rear.standing.mp4", tmp_path_factory.mktemp("still") / "standing-1.mp4", 60)
    trackings = live.LiveTrackings()
    pipeline.track_while_recorded(trackings, path, lambda: True, standing=True)
    clip = clips.open_clip(path)
    yield clip, trackings.made(clip, PoseSettings()), trackings
    trackings.close()


def test_what_is_remembered_of_standing_while_recording_is_what_the_file_gives(standing_seen_live):
    clip, during, _ = standing_seen_live
    copy = clip.path.with_name("copy.mp4")  # nobody saw this one recorded
    copy.write_bytes(clip.path.read_bytes())
    track, legs = pose.track_clip(clips.open_clip(copy), PoseSettings())
    with legs:
        after = rearfoot.remember_standing(rearfoot.StandingInput(legs, track), RearfootSettings())
    one, two = values_of(during), values_of(after)
    assert len(one) == len(two) > 50
    assert any(isinstance(v, np.ndarray) and v.size > 1000 for v in one)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.slow
def test_an_analysis_takes_what_was_remembered_and_finds_the_same(standing_seen_live, tmp_path, monkeypatch):
    clip, _, trackings = standing_seen_live
    copy = tmp_path / "standing.mp4"
    copy.write_bytes(clip.path.read_bytes())
    monkeypatch.setattr(pipeline, "STANDING_HZ", 1000.0)  # every frame, as while recording
    run = SAMPLES / "treadmill_rear_shoe_b.mp4"
    after = pipeline.analyse(run, pipeline.Choices(standing=copy), followed=trackings)
    calls = []
    original = rearfoot.remember_standing
    monkeypatch.setattr(rearfoot, "remember_standing", lambda *given: calls.append(given) or original(*given))
    during = pipeline.analyse(run, pipeline.Choices(standing=clip.path), followed=trackings)
    assert not calls
    assert during.rearfoot.zero == "standing"
    for a, b in zip(values_of(during.rearfoot), values_of(after.rearfoot), strict=True):
        np.testing.assert_array_equal(a, b)
    without_dots = Settings(rearfoot=RearfootSettings(use_markers=False))
    pipeline.analyse(run, pipeline.Choices(standing=clip.path, settings=without_dots), followed=trackings)
    assert len(calls) == 1, "remembered under other settings"


def test_nothing_is_made_of_another_clip_or_under_other_settings(tmp_path, pieces, canned, trackings):
    path, seen = tmp_path / "standing-1.mp4", []
    path.write_bytes(pieces)
    trackings.begin(path, lambda: True, PoseSettings(), make=lambda track, _: seen.append(track) or "made")
    clip = clips.open_clip(path)
    assert trackings.made(clip, PoseSettings()) == "made"
    assert trackings.made(clip, PoseSettings(max_side_px=512)) is None
    assert [len(track.times_s) for track in seen] == [FRAMES]
    path.write_bytes((SAMPLES / "treadmill_rear.standing.mp4").read_bytes())
    assert trackings.made(clips.open_clip(path), PoseSettings()) is None
    trackings.forget(path)
    assert trackings.made(clip, PoseSettings()) is None


def test_what_cannot_be_made_costs_only_itself(tmp_path, pieces, canned, trackings):
    def refuse(*_):
        raise GaitError("Nothing can be made of this.", "Try another.", "nothing")

    path = tmp_path / "standing-1.mp4"
    path.write_bytes(pieces)
    trackings.begin(path, lambda: True, PoseSettings(), make=refuse)
    clip = clips.open_clip(path)
    assert trackings.made(clip, PoseSettings()) is None
    kept = trackings.take(path, PoseSettings())
    assert kept.finished(clip, None, None) is not None
    kept.give_up()
