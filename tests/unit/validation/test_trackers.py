"""Measuring a tracker against a clip's truth: distances that can be derived."""

import json
import shutil

import numpy as np
import pytest

from gait.landmarks import Landmark, Side
from gait.pose.base import Pose
from gait.pose.frame_by_frame import FrameByFrame
from gait.validation.trackers import JOINTS, measure
from tests.builders import SAMPLES
from tests.builders.trackers import TOY_IDENTITY, kind_of, registered

N = 8
OFF_PX = {"knee": 6.0, "ankle": 10.0}
PLACES = {
    s: {j: np.array([300.0 + 100 * (s is Side.RIGHT), 600.0 + 150 * k]) for k, j in enumerate(JOINTS)} for s in Side
}


def see(_picture, exchange=False):
    """Knees and ankles so far to the right of the truth, no heels; pictures are half the clip's size."""
    points = np.full((33, 2), np.nan)
    points[[11, 12, 23, 24]] = [(150, 100), (200, 100), (150, 200), (200, 200)]
    for side in Side:
        for joint, off in OFF_PX.items():
            whose = (Side.LEFT if side is Side.RIGHT else Side.RIGHT) if exchange and joint == "ankle" else side
            points[Landmark.of(side, joint)] = (PLACES[whose][joint] + (off, 0)) / 2
    return [Pose(points, np.isfinite(points[:, 0]) * 0.9, np.full((33, 3), np.nan))]


RIGHT = kind_of(TOY_IDENTITY, lambda settings: FrameByFrame(TOY_IDENTITY, see, settings))
WRONG = kind_of(TOY_IDENTITY, lambda settings: FrameByFrame(TOY_IDENTITY, lambda p: see(p, exchange=True), settings))


@pytest.fixture
def clip(tmp_path):
    """The sample run with a truth in which nobody moves."""
    path = tmp_path / "clip.mp4"
    shutil.copy(SAMPLES / "treadmill_rear.mp4", path)
    frames = {s.value: {f"{j}_px": [PLACES[s][j].tolist()] * N for j in JOINTS} for s in Side}
    path.with_suffix(".truth.json").write_text(json.dumps({"frames": frames}))
    return path


def test_distances_from_the_truth_are_those_that_were_made(clip, monkeypatch):
    registered(monkeypatch, "toy", "tests.unit.validation.test_trackers:RIGHT")
    found = measure("toy", clip, N)
    assert found.detected == 5  # every other frame of 60 in a second, and the last
    assert found.seen_share == 1
    assert found.exchanged_share == 0
    assert found.off_px == {j: pytest.approx((off, off)) for j, off in OFF_PX.items()}
    assert found.wall_ms > 0


def test_exchanged_ankles_are_counted(clip, monkeypatch):
    registered(monkeypatch, "toy", "tests.unit.validation.test_trackers:WRONG")
    found = measure("toy", clip, N)
    assert found.exchanged_share == 1
    assert found.off_px["knee"] == pytest.approx((6, 6))
    assert found.off_px["ankle"][0] > 80
