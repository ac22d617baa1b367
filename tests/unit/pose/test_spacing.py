"""In which frames a tracker detects at all."""

from itertools import pairwise

import numpy as np
import pytest

from gait.pose.spacing import spaced
from gait.settings import PoseSettings
from tests.builders.trackers import FakeFrame

EVERY = PoseSettings(track_hz=0)


def detected_in(frames, settings):
    """Numbers of the frames a tracker detects in; every frame is handed on once, in order."""
    groups = list(spaced(frames, settings))
    assert [f.index for left_out, frame in groups for f in (*left_out, frame)] == [f.index for f in frames]
    return [frame.index for _, frame in groups]


@pytest.mark.parametrize(
    ("rate_hz", "every"), [(24, 1), (25, 1), (30, 1), (50, 1), (59.94, 2), (60, 2), (100, 3), (120, 4), (240, 8)]
)
def test_the_runner_is_detected_evenly_and_29_times_a_second_at_least(rate_hz, every):
    frames = [FakeFrame(i, i / rate_hz) for i in range(81)]
    assert detected_in(frames, PoseSettings()) == list(range(0, 81, every)) + ([80] if 80 % every else [])
    assert detected_in(frames, EVERY) == list(range(81))
    assert detected_in(frames, PoseSettings(static_image_mode=True)) == list(range(81))
    assert detected_in([], PoseSettings()) == []


def test_the_last_frame_is_detected_in_and_no_gap_is_wider_than_allowed():
    times = np.cumsum(np.random.default_rng(5).choice([0.004, 0.017, 0.033, 0.3], 200))
    looked = detected_in([FakeFrame(i, float(t)) for i, t in enumerate(times)], PoseSettings())
    assert looked[0] == 0
    assert looked[-1] == 199
    for a, b in pairwise(looked):
        assert b == a + 1 or times[b] - times[a] <= 1 / 29
