"""The first look at what was tracked while it was recorded finds what the look at the file finds."""

from concurrent.futures import Future
from types import SimpleNamespace

import numpy as np
import pytest

from gait import clip as clips
from gait import first_look, quality
from gait.errors import Cancelled
from gait.pose import live
from gait.settings import PoseSettings
from tests.builders import SAMPLES, SHARED, needs_shared
from tests.builders.recorder import recorded


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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_standing_clip_in_the_runs_place_is_refused_as_such_either_way(tmp_path, trackings):
    file, during, _ = look_both_ways(trackings, SAMPLES / "treadmill_rear.standing.mp4", tmp_path)
    assert codes(during) == codes(file)
    assert ("not_running", "refuse") in codes(during)[0]


@pytest.mark.slow
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
