"""Trackers without networks, and choosing them as a person would: by a name in the registry."""

import random
import time
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from gait.landmarks import Landmark
from gait.pose import COCO_17, Identity, Pose, TrackerKind, registry
from gait.pose.frame_by_frame import FrameByFrame
from gait.pose.trackers.blazepose_networks import Tracked
from gait.said import Said

NOBODY = np.empty((0, 5))


def registered(monkeypatch, name, where):
    """Add a tracker as a line of the registry would: `where` is "module:NAME"."""
    monkeypatch.setattr(registry, "TRACKERS", {**registry.TRACKERS, name: where})


# -- one that sees nobody ----------------------------------------------------------------------------------------------


class Canned:
    """A tracker that sees nobody, at once."""

    identity = Identity("canned", "none", "0", "canned 1")
    calls = 0

    def __init__(self, _settings):
        type(self).calls += 1

    def track(self, frames):
        """Nobody in any frame."""
        yield from ((f, None) for f in frames)

    def people(self, _frame):
        """Nobody."""
        found = Future()
        found.set_result(NOBODY)
        return found

    def detector(self):
        """Sees nobody either."""
        return nullcontext(self)


def kind_of(identity, open_, joints=frozenset(Landmark)):
    """A `TrackerKind` for tests."""
    return TrackerKind(
        identity.tracker, joints, False, False, "MIT", Said("needs_nothing"), (), lambda: identity, open_
    )


CANNED = kind_of(Canned.identity, Canned)


def use_canned(monkeypatch):
    """No networks: the default tracker sees nobody."""
    Canned.calls = 0
    registered(monkeypatch, "blazepose", "tests.builders.trackers:CANNED")


# -- one made up, with COCO's 17 points only ----------------------------------------------------------------------------

STICK = np.array(
    [
        *([0.0, -0.85], [-0.02, -0.88], [0.02, -0.88], [-0.05, -0.86], [0.05, -0.86], [-0.18, -0.65], [0.18, -0.65]),
        *([-0.22, -0.4], [0.22, -0.4], [-0.22, -0.15], [0.22, -0.15], [-0.1, 0.0], [0.1, 0.0], [-0.1, 0.4], [0.1, 0.4]),
        *([-0.1, 0.8], [0.1, 0.8]),
    ]
)
"""(17, 2) COCO's points of somebody seen from behind, hips at the origin, y down, in heights of 1.7."""
HEIGHT_PX = 100.0
GREY = 60


def picture_of(*hips_px, size_px=(320, 400)):
    """A dark picture with a bright square at each person's hips: the brighter, the better the person is seen."""
    picture = np.full((size_px[1], size_px[0], 3), GREY, np.uint8)
    for k, (x, y) in enumerate(hips_px):
        picture[y - 2 : y + 3, x - 2 : x + 3] = 255 - 20 * k
    return picture


def toy_see(picture):
    """Everybody in a picture of `picture_of`, as COCO-17."""
    found, left = [], picture[..., 0].astype(int)
    while left.max() > GREY + 40:
        score = left.max() / 255
        rows, columns = np.nonzero(left > left.max() - 10)
        y, x = int(rows[0]) + 2, int(columns[0]) + 2
        left[max(0, y - 4) : y + 5, max(0, x - 4) : x + 5] = 0
        points = np.array([x, y]) + HEIGHT_PX * STICK
        seen = np.full((17, 1), score)
        found.append(Pose(COCO_17.spread(points), COCO_17.spread(seen, 0.0)[:, 0], np.full((33, 3), np.nan)))
    return found


TOY_IDENTITY = Identity("toy", "squares", "", "toy 1")
TOY = kind_of(TOY_IDENTITY, lambda settings: FrameByFrame(TOY_IDENTITY, toy_see, settings), COCO_17.joints)


# -- BlazePose's rule without its networks ------------------------------------------------------------------------------

REGION = np.array([0.5, 0.5, 0.8, 0.4, 0.0])


@dataclass(frozen=True)
class FakeFrame:
    """What the rule knows of a frame."""

    index: int
    time_s: float
    full_size_px: tuple[int, int] = (720, 1280)


class FakeWorker:
    """Looks at nothing, takes its time, and says where it looked: any dependence on order would show in the numbers."""

    def __init__(self, _model, _settings):
        self.busy = False

    def track(self, frame, region, near=None):
        """Somewhere near where it was told to look; nobody for a while in the middle."""
        assert not self.busy
        self.busy = True
        time.sleep(random.random() * 0.004)
        where = REGION if region is None else region
        moved = where + np.array([0.01 * np.sin(frame.index), 0.003 * np.cos(frame.index * 1.7), 0, 0, 0.001])
        self.busy = False
        if 40 <= frame.index < 60:
            return Tracked(frame.time_s, None, None)
        return Tracked(frame.time_s, Pose(np.full((33, 2), moved[0]), np.full(33, moved[1]), np.zeros((33, 3))), moved)

    def close(self):
        """Nothing to free."""
