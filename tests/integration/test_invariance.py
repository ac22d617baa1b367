"""A mirror exchanges the feet and nothing else: on the sample clip, with the tracker's points mirrored too."""

import numpy as np
import pytest

from gait.landmarks import Landmark, Side
from gait.model import PoseTrack
from tests.builders import SAMPLES
from validation import invariance

pytestmark = pytest.mark.slow


def test_our_own_code_reads_a_mirrored_clip_as_the_clip(sample_run):
    """`sample_run` keeps the track; with left and right treated unlike, one foot moved by 0.34 degrees."""
    assert sample_run[0].returncode == 0
    as_is, mirrored = invariance.replayed(SAMPLES / "treadmill_rear.mp4", SAMPLES / "treadmill_rear.standing.mp4")
    assert set(as_is) == set(mirrored) == set(Side)
    for side in Side:
        assert mirrored[side.other] == pytest.approx(as_is[side], abs=0.1)
    assert abs(as_is[Side.LEFT] - as_is[Side.RIGHT]) > 3  # or an exchange would not show


def test_a_mirrored_track_names_the_other_side():
    points = np.zeros((1, 33, 2))
    points[0, Landmark.LEFT_HEEL] = 100.0, 7.0
    points[0, Landmark.MOUTH_LEFT] = 90.0, 5.0
    points[0, Landmark.NOSE] = 300.0, 1.0
    track = PoseTrack(np.zeros(1), points, np.ones((1, 33)), np.zeros((1, 33, 3)), 720, 1280, "none", "none", "")
    mirrored = invariance.mirrored_track(track).landmarks_px[0]
    assert mirrored[Landmark.RIGHT_HEEL].tolist() == [620.0, 7.0]
    assert mirrored[Landmark.MOUTH_RIGHT].tolist() == [630.0, 5.0]
    assert mirrored[Landmark.NOSE].tolist() == [420.0, 1.0]
