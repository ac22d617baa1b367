"""What a pose tracker is to the rest of gait, and tracking a whole clip with one."""

import os
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gait.clip import Frame
from gait.model import AnyFloats, Clip, Floats, PoseTrack

Progress = Callable[[int, int], None]
"""Called with (frames done, frames in the clip); never falls back."""
Cancelled = Callable[[], bool]


@dataclass(frozen=True, eq=False)
class Pose:
    """One runner in one frame."""

    landmarks_px: Floats
    """(33, 2) picture coordinates at the clip's own size; NaN = not seen."""
    visibility: Floats
    """(33,) the tracker's own confidence."""
    world_m: Floats
    """(33, 3) hip-centred, y down; NaN = not seen."""
    between: bool = False
    """Not looked for in this frame: on the way from the pose before to the one after, see `on_the_way`."""


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


class Tracker(Protocol):
    """Follows one runner. Any model that yields BlazePose's 33 landmarks (NaN for those it has not) fits behind this."""

    name: str
    model: str
    model_sha256: str

    def track(self, frames: Iterable[Frame]) -> Generator[tuple[Frame, Pose | None]]:
        """Each frame with the pose seen in it, None where there is nobody; in the order of the frames.

        A tracker that does not look at every frame gives the others a pose `between` their neighbours'.
        """
        ...

    def people(self, frame: Frame) -> Future[Floats]:
        """While `track` is under way: everybody in that frame, as `pose.people` has them."""
        ...


class Poses:
    """Poses by frame index in arrays that are there beforehand; frames without one stay NaN.

    Not a list of small arrays: each of those, kept between the big ones that come and go with every frame, pins a page
    of memory beside it (measured: 0.4 MB a frame). What BlazePose gives in single precision is kept in it.
    """

    def __init__(self, expected: int) -> None:
        """Room for `expected` frames; it grows when there are more."""
        self.n = 0
        self._times_s = np.empty(expected)
        self._landmarks_px = np.full((expected, 33, 2), np.nan)
        self._visibility = np.zeros((expected, 33), np.float32)
        self._world_m = np.full((expected, 33, 3), np.nan, np.float32)
        self._between = np.zeros(expected, bool)

    def add(self, index: int, time_s: float, pose: Pose | None) -> None:
        """Keep the pose of a frame; None where nobody was seen."""
        if index >= len(self._times_s):
            more = Poses(max(index + 1 - len(self._times_s), len(self._times_s)))
            for name in ("_times_s", "_landmarks_px", "_visibility", "_world_m", "_between"):
                setattr(self, name, np.concatenate([getattr(self, name), getattr(more, name)]))
        self._times_s[index] = time_s
        if pose is not None:
            self._landmarks_px[index], self._world_m[index] = pose.landmarks_px, pose.world_m
            self._visibility[index] = np.nan_to_num(pose.visibility)
            self._between[index] = pose.between
        self.n = max(self.n, index + 1)

    @property
    def times_s(self) -> Floats:
        """(n,) of the frames that were added; undefined for those left out."""
        return self._times_s[: self.n]

    def track(self, clip: Clip, tracker: "Tracker") -> PoseTrack:
        """As the next stage takes it: these very arrays, which is half the memory. The clip must not have fewer frames than were added."""
        n = clip.n_frames
        return PoseTrack(
            clip.times_s,
            self._landmarks_px[:n],
            self._visibility[:n],
            self._world_m[:n],
            clip.width_px,
            clip.height_px,
            tracker.name,
            tracker.model,
            tracker.model_sha256,
            np.flatnonzero(self._between[:n]),
        )


def worker_count(asked: int) -> int:
    """How many trackers side by side: as asked, or one for each core this process may use."""
    if asked:
        return asked
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(
        1, min(usable, 8)
    )  # frames within the lag of one another where each of 60 per second is looked at; 4 as the settings are
