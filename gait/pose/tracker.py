"""What a pose tracker is to the rest of gait, and tracking a whole clip with one."""

import os
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Protocol

from gait.clip import Frame
from gait.model import Floats

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


class Tracker(Protocol):
    """Follows one runner. Any model that yields BlazePose's 33 landmarks (NaN for those it has not) fits behind this."""

    name: str
    model: str
    model_sha256: str

    def track(self, frames: Iterable[Frame]) -> Generator[tuple[Frame, Pose | None]]:
        """Each frame with the pose seen in it, None where there is nobody; in the order of the frames."""
        ...


def worker_count(asked: int) -> int:
    """How many trackers side by side: as asked, or one for each core this process may use."""
    if asked:
        return asked
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, 8))  # frames within the lag of one another at 60 per second
