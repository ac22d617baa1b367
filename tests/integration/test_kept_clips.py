"""A clip that a customer lets the store keep: no face, the legs as they were, the same numbers when it is measured again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gait import clip as clips
from gait import pose
from gait.errors import GaitError
from gait.landmarks import Side
from gait.lower_legs import kept_boxes
from gait.pipeline import Choices, analyse
from gait.services.kept_clips import track_of
from tests.builders import SAMPLES
from tests.builders.seen import N, coloured, drawn_analysis, pictures_of

MOST_DEG = 0.3
"""So far a peak may move by being packed once more: a fifth of the narrowest interval that is shown."""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return drawn_analysis(tmp_path_factory.mktemp("drawn"))


def write(analysis, place: Path) -> Path:
    clip, moves = analysis.clip, analysis.trajectories
    boxes = kept_boxes(moves.points_px, moves.times_s, clip.width_px, clip.height_px)
    frames = clips.write_legs(clip, boxes, place)
    pose.write_track(analysis.track, frames, analysis.lens_k1, track_of(place))
    return place


def test_no_drawn_head_is_in_the_kept_clip_and_every_frame_keeps_its_time(drawn, tmp_path):
    place = write(drawn, tmp_path / "run.mp4")
    shown = pictures_of(place)
    assert len(shown) == N
    assert not any(map(coloured, shown))
    again = clips.open_clip(place)
    assert (again.width_px, again.height_px) == (drawn.clip.width_px, drawn.clip.height_px)
    np.testing.assert_allclose(again.times_s, drawn.clip.times_s, atol=2e-5)


def test_the_kept_track_is_the_one_that_was_measured(drawn, tmp_path):
    place = write(replace(drawn, lens_k1=-0.07), tmp_path / "run.mp4")
    track, k1 = pose.read_track(track_of(place), clips.open_clip(place))
    np.testing.assert_array_equal(track.landmarks_px, drawn.track.landmarks_px)
    assert (k1, track.tracker, list(track.between)) == (-0.07, drawn.track.tracker, list(drawn.track.between))
    other = clips.open_clip(SAMPLES / "treadmill_rear.standing.mp4")
    with pytest.raises(GaitError):
        pose.read_track(track_of(place), other)


@pytest.mark.slow
def test_measured_again_from_the_kept_clip_it_gives_the_same_numbers(tmp_path):
    choices = Choices(standing=SAMPLES / "treadmill_rear.standing.mp4", speed_kmh=9.7)
    first = analyse(SAMPLES / "treadmill_rear.mp4", choices)
    place = write(first, tmp_path / "run.mp4")
    again = analyse(place, replace(choices, track=track_of(place)))
    assert not again.refused
    for side in Side:
        before, after = first.strides.feet[side], again.strides.feet[side]
        assert after.n_strides == before.n_strides
        assert after.peak_eversion_deg.value == pytest.approx(before.peak_eversion_deg.value, abs=MOST_DEG)
        assert again.pronation.feet[side].label == first.pronation.feet[side].label
    assert place.stat().st_size < (SAMPLES / "treadmill_rear.mp4").stat().st_size * 6
