"""The poses of a clip while it is being tracked, and how many trackers work side by side."""

import os

import numpy as np

from gait.model import Clip, Floats, PoseTrack
from gait.pose.base import Identity, Pose


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

    def track(self, clip: Clip, by: Identity) -> PoseTrack:
        """As the next stage takes it: these very arrays, which is half the memory. The clip must not have fewer frames than were added."""
        n = clip.n_frames
        return PoseTrack(
            clip.times_s,
            self._landmarks_px[:n],
            self._visibility[:n],
            self._world_m[:n],
            clip.width_px,
            clip.height_px,
            by.tracker,
            by.model,
            by.model_sha256,
            np.flatnonzero(self._between[:n]),
            by.version,
        )


def worker_count(asked: int) -> int:
    """How many trackers side by side: as asked, or one for each core this process may use."""
    if asked:
        return asked
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # 8 frames lie within the lag of one another where each of 60 per second is detected; 4 as the settings are.
    return max(1, min(usable, 8))
