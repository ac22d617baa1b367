"""What is made of a whole clip as soon as it is there: the heels of a standing clip, while it is still being recorded."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from gait import clip as clips
from gait import pipeline, pose, rearfoot
from gait.errors import GaitError
from gait.pose import live
from gait.settings import PoseSettings, RearfootSettings, Settings
from tests.builders import SAMPLES
from tests.builders.recorder import recorded

FRAMES = 40


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
    path = recorded(
        SAMPLES / "treadmill_rear_shoe_b.standing.mp4", tmp_path_factory.mktemp("still") / "standing-1.mp4", 60
    )
    trackings = live.LiveTrackings()
    pipeline.track_while_recorded(trackings, path, lambda: True, standing=True)
    clip = clips.open_clip(path)
    yield clip, trackings.made(clip, PoseSettings()), trackings
    trackings.close()


@pytest.mark.slow
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
        raise GaitError("no_frames", file="clip.mp4")

    path = tmp_path / "standing-1.mp4"
    path.write_bytes(pieces)
    trackings.begin(path, lambda: True, PoseSettings(), make=refuse)
    clip = clips.open_clip(path)
    assert trackings.made(clip, PoseSettings()) is None
    kept = trackings.take(path, PoseSettings())
    assert kept.finished(clip, None, None) is not None
    kept.give_up()
