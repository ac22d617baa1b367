"""The guide's own example is a tracker: docs/add_a_tracker.md, word by word."""

import re
import sys

import numpy as np
import pytest

from gait import pose
from gait.landmarks import Landmark
from gait.pose import COCO_17
from gait.settings import PoseSettings
from tests.builders import ROOT
from tests.builders.trackers import HEIGHT_PX, STICK, FakeFrame, registered

GUIDE = (ROOT / "docs" / "add_a_tracker.md").read_text(encoding="utf-8")
CODE, LINE = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)[:2]


@pytest.fixture
def example(monkeypatch, tmp_path):
    """The guide's module in a file, its network in place, its line in the registry."""
    name, where = re.fullmatch(r'"(\w+)": "([\w.:]+)",\n', LINE).groups()
    module = where.partition(":")[0].rpartition(".")[2]
    (tmp_path / f"{module}.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, module, raising=False)
    registered(monkeypatch, name, where.replace("gait.pose.trackers.", ""))
    points = np.array([[100.0, 150.0]]) + HEIGHT_PX * STICK
    loaded = sys.modules.setdefault(module, __import__(module))
    monkeypatch.setattr(
        loaded, "run_your_network", lambda _: (points[None], np.full((1, 17), 0.75, np.float32)), raising=False
    )
    yield name
    sys.modules.pop(module, None)


def test_the_example_tracks(example):
    settings = PoseSettings(tracker=example)
    assert pose.tracker_kind(example).joints == COCO_17.joints
    frame = FakeFrame(0, 0.0, (640, 800))
    object.__setattr__(frame, "image", np.zeros((400, 320, 3), np.uint8))
    ((_, found),) = pose.open_tracker(settings).track([frame])
    np.testing.assert_allclose(found.landmarks_px[Landmark.NOSE], 2 * (np.array([100, 150]) + HEIGHT_PX * STICK[0]))
    assert found.visibility[Landmark.NOSE] == 0.75
    assert found.visibility[Landmark.LEFT_HEEL] == 0


def test_the_example_is_short():
    assert len(CODE.splitlines()) < 60
