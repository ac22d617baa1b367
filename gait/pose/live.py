"""Tracking while the clip is being recorded: when the runner steps off the belt, most of the work is done.

`begin` when a recording starts. When the finished clip is analysed, `track_clip` takes over what was tracked, provided that
its frames are the file's, one by one; otherwise the clip is tracked as if nothing had been.
"""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from gait import clip as clips
from gait.errors import Cancelled, GaitError
from gait.model import Clip
from gait.pose.blazepose import BlazePose
from gait.pose.tracker import Cancelled as CancelledAsk
from gait.pose.tracker import Poses, Progress
from gait.settings import PoseSettings

MAX_AT_ONCE = 2
"""A standing and a run clip. Older ones nobody asked for are dropped."""
_log = logging.getLogger(__name__)
_running: dict[Path, "LiveTracking"] = {}
_lock = threading.Lock()


class LiveTracking:
    """One clip being followed by a thread of its own, behind the recording in every sense: it must never cost a frame."""

    def __init__(self, path: Path, written: Callable[[], bool], settings: PoseSettings) -> None:
        """`written` tells that the recording has ended and the file is whole."""
        self.settings = settings
        self.poses = Poses(2000)
        self.legs = clips.StoredLegPictures()
        self._path, self._written = path, written
        self._given_up, self._failed = threading.Event(), False
        self._thread = threading.Thread(target=self._follow, name="gait-live", daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        # A third of the share of the thread that records. On Linux a thread has its own niceness and the networks' threads, started here, inherit it.
        with suppress(AttributeError, OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
        try:
            tracker = BlazePose(self.settings)
            frames = clips.follow(
                self._path, self._written, self._given_up.is_set, max_side_px=self.settings.max_side_px
            )
            with closing(frames), closing(tracker.track(frames)) as found:
                for frame, pose in found:
                    self.poses.add(frame.index, frame.time_s, pose)
                    if pose is not None:
                        self.legs.add(frame, pose.landmarks_px)
        except (GaitError, OSError) as error:
            _log.info("tracking while recording ended early: %s", error)
            self._failed = True

    def finished(
        self, clip: Clip, progress: Progress | None, cancelled: CancelledAsk | None
    ) -> tuple[Poses, clips.StoredLegPictures] | None:
        """The poses of the clip and its leg pictures, when the rest is done; None when they are not its frames.

        Raises Cancelled.
        """
        while self._thread.is_alive():
            self._thread.join(0.05)
            if cancelled is not None and cancelled():
                self.give_up()
                raise Cancelled
            if progress is not None and self._thread.is_alive():
                progress(min(self.poses.n, clip.n_frames), clip.n_frames)
        if self._failed or not np.array_equal(self.poses.times_s, clip.times_s):
            _log.warning(
                "%s is tracked again: %d frames were seen while it was recorded, the file has %d",
                *(clip.path.name, self.poses.n, clip.n_frames),
            )
            self.give_up()
            return None
        _log.info("%s was tracked while it was recorded: %d frames", clip.path.name, clip.n_frames)
        self.legs.clip = clip
        return self.poses, self.legs

    def give_up(self) -> None:
        """Stop, forget, delete the pictures."""
        self._given_up.set()
        self._thread.join()
        self.legs.close()


def begin(path: Path, written: Callable[[], bool], settings: PoseSettings) -> None:
    """Track the clip at `path` while it is written. The first bytes must be on the disk."""
    path = path.resolve()
    with _lock:
        old = [_running.pop(path)] if path in _running else []
        while len(_running) >= MAX_AT_ONCE:
            old.append(_running.pop(next(iter(_running))))
        _running[path] = LiveTracking(path, written, settings)
    for tracking in old:
        tracking.give_up()


def forget(path: Path) -> None:
    """The clip will not be analysed (a retake, a deleted file)."""
    with _lock:
        tracking = _running.pop(path.resolve(), None)
    if tracking is not None:
        tracking.give_up()


def knows(path: Path) -> bool:
    """Whether this clip is being or was tracked while it was recorded, and has not been taken."""
    with _lock:
        return path.resolve() in _running


def take(path: Path, settings: PoseSettings) -> LiveTracking | None:
    """What is being or was tracked of this clip, once; None when there is nothing or it was done under other settings."""
    with _lock:
        tracking = _running.pop(path.resolve(), None)
    if tracking is not None and tracking.settings != settings:
        tracking.give_up()
        return None
    return tracking
