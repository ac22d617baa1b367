"""In which frames of a fast clip the runner is detected at all: the others lie between."""

from collections.abc import Iterable, Iterator

import numpy as np

from gait.clip import Frame, frames_that_fit
from gait.settings import PoseSettings


def spaced(frames: Iterable[Frame], settings: PoseSettings) -> Iterator[tuple[list[Frame], Frame]]:
    """The frames to detect in, each with those before it that are left out: as many as the settings allow.

    Every frame comes once, in order; the last one is always detected in. Of frames so large that few of them fit in memory fewer
    are left out: each is held until the next one that is detected in is known.
    """
    every = settings.static_image_mode or settings.track_hz == 0
    spacing_s = 0.0 if every else 1 / settings.track_hz
    waiting: list[Frame] = []
    last_s = -np.inf
    for frame in frames:
        fit = max(1, frames_that_fit(*frame.full_size_px) // 4)
        if waiting and (frame.time_s - last_s > spacing_s or len(waiting) >= fit):
            yield waiting[:-1], waiting[-1]
            last_s = waiting[-1].time_s
            waiting = []
        waiting.append(frame)
    if waiting:
        yield waiting[:-1], waiting[-1]
