"""What a tracker is to the rest of gait: the values that pass through the door, and the two protocols behind it.

A *tracker* follows one runner through the frames of a clip. A *detector* answers for single pictures, which need not have anything
to do with each other. Both speak of BlazePose's 33 landmarks; those a tracker does not have are NaN (see `keypoints`).
"""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gait.clip import Frame
from gait.landmarks import Landmark
from gait.model import AnyFloats, Floats, Picture
from gait.pose.own_files import OwnFile
from gait.said import Said
from gait.settings import PoseSettings


@dataclass(frozen=True, eq=False)
class Pose:
    """One runner in one frame."""

    landmarks_px: Floats
    """(33, 2) picture coordinates at the clip's own size; NaN = not seen."""
    visibility: Floats
    """(33,) the tracker's own confidence, 0-1; 0 for landmarks it does not have."""
    world_m: Floats
    """(33, 3) hip-centred, y down; NaN = not seen, all NaN from a tracker without 3D."""
    between: bool = False
    """Not detected in this frame: on the way from the pose before to the one after, see `on_the_way`."""


def on_the_way(before: Pose, after: Pose, share: float) -> Pose:
    """The pose at that share of the way in a straight line: 0 is `before`, 1 is `after`."""

    def mixed(a: AnyFloats, b: AnyFloats) -> Floats:
        return np.asarray(a + share * (b - a), dtype=np.float64)

    return Pose(
        mixed(before.landmarks_px, after.landmarks_px),
        mixed(before.visibility, after.visibility),
        mixed(before.world_m, after.world_m),
        between=True,
    )


@dataclass(frozen=True)
class Identity:
    """What exactly tracked: two tracks of the same frames and settings are equal when these are."""

    tracker: str
    """As `PoseTrack.tracker` and analysis.json have it. Points of one tracker err alike: the step tables go by this name."""
    model: str
    """As `PoseTrack.model` has it: which of the tracker's networks."""
    model_sha256: str
    """Of the network's file; empty when there is none."""
    version: str
    """Of what runs it, "mediapipe 0.10.21"; for code of our own anything that is raised when its numbers change."""
    file_name: str = ""
    """Of the network's file, for people."""


class Detector(Protocol):
    """People and poses in single RGB pictures. Not for two threads at once.

    A picture may be shrunk: positions are given in pixels of a picture of `width_px` x `height_px`.
    """

    def people(self, picture: Picture, width_px: int, height_px: int) -> Floats:
        """Everybody in the picture, (k, 5), best first: rows as in `gait.people.People`."""
        ...

    def pose(self, picture: Picture, person: Floats, width_px: int, height_px: int) -> Pose | None:
        """The pose of that (5,) person; None when there turns out to be none."""
        ...

    def best(self, picture: Picture, width_px: int, height_px: int) -> Pose | None:
        """The pose of whoever is seen best; None when nobody is."""
        ...


class Tracker(Protocol):
    """Follows one runner. Made for one clip, by `TrackerKind.open`."""

    @property
    def identity(self) -> Identity:
        """What exactly tracks."""
        ...

    def track(self, frames: Iterable[Frame]) -> Generator[tuple[Frame, Pose | None]]:
        """Each frame with the pose tracked in it, None where there is nobody; in the order of the frames.

        A tracker that does not detect in every frame gives the others a pose `between` their neighbours'.
        """
        ...

    def people(self, frame: Frame) -> Future[Floats]:
        """While `track` is under way: everybody in that frame, as `Detector.people`. Cancelled when `track` ends first."""
        ...

    def detector(self) -> AbstractContextManager[Detector]:
        """For single pictures, by the same networks. Raises GaitError when they cannot be loaded."""
        ...


@dataclass(frozen=True)
class TrackerKind:
    """A tracker that can be chosen: what it can do and how it is opened. Making one loads nothing."""

    title: str
    """For people: "BlazePose full"."""
    joints: frozenset[Landmark]
    """The landmarks it yields; the others are NaN in all its poses."""
    world: bool
    """Whether it guesses 3D positions (`Pose.world_m`)."""
    visibility: bool
    """Whether its visibility says anything: else it is 1 for landmarks that were seen, 0 for others."""
    licence: str
    """Of the network, as its makers give it."""
    needs: Said
    """What must be present."""
    distributions: tuple[str, ...]
    """The installed packages it needs beyond gait's own."""
    identify: Callable[[], Identity]
    """What would track now. Raises GaitError when something it needs is missing. Loads no network."""
    open: Callable[[PoseSettings], Tracker]
    """A tracker for one clip. Raises GaitError when something it needs is missing."""
    forbids: Said | None = None
    """What its licence does not let a store do."""
    file: OwnFile | None = None
    """Of its network, where that does not come with gait and may be fetched when somebody asks for it."""
