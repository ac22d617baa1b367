"""Tracking while the clip is being recorded: when the runner steps off the belt, most of the work is done.

`LiveTrackings.begin` when a recording starts. When the finished clip is analysed, `track_clip` takes over what was tracked, provided
that its frames are the file's, one by one; otherwise the clip is tracked as if nothing had been. A few of the frames are kept
with everybody in them, so that the first look at the clip (`seen`) costs no decoding and no network either.
"""

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gait import clip as clips
from gait.errors import Cancelled, GaitError
from gait.model import Clip, Floats, LegPictures, Picture, PoseTrack
from gait.people import MIN_FRAMES
from gait.pose.base import Tracker
from gait.pose.glance import Glance, glance_back
from gait.pose.poses import Poses
from gait.pose.registry import identify, open_tracker
from gait.progress import Cancel, Tell
from gait.settings import PoseSettings

MAX_AT_ONCE = 2
"""A standing and a run clip. Older ones nobody asked for are dropped."""
KEPT = 20
"""Frames for the first look: 14 MB."""
FIRST_SPACING_S = 0.5
"""Between them; twice as far whenever there are too many. A 20 s clip keeps 15 and detects people in 30: 4 % of a core."""
SHIFT = 0.618
"""Golden section: the distances vary by half, so that no cadence is met in the same moment of its stride every time."""
Note = Callable[[Picture], Any]
Make = Callable[[PoseTrack, LegPictures], Any]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Sample:
    index: int
    time_s: float
    picture: Picture
    people: Future[Floats]
    note: Any


class Samples:
    """A few frames spread over a clip of any length, chosen while it comes in."""

    def __init__(self) -> None:
        """None yet."""
        self._kept: list[_Sample] = []
        self._spacing_s = FIRST_SPACING_S

    def due(self, time_s: float) -> bool:
        """Whether the frame of that time is to be one of them."""
        k = len(self._kept)
        return time_s >= self._spacing_s * (k + (k * SHIFT % 1) / 2)

    def add(self, frame: clips.Frame, people: Future[Floats], note: Any = None) -> None:  # noqa: ANN401  the caller's own
        """Keep it; every other one goes when there are too many."""
        self._kept.append(_Sample(frame.index, frame.time_s, frame.image, people, note))
        if len(self._kept) == KEPT:
            del self._kept[1::2]
            self._spacing_s *= 2

    def chosen(self, n: int) -> list[_Sample]:
        """`n` of those in which people were detected, evenly; all when there are fewer."""
        known = [s for s in self._kept if s.people.done() and not s.people.cancelled() and not s.people.exception()]
        at = np.unique(np.linspace(0, len(known) - 1, n).astype(int)) if known else []
        return [known[i] for i in at]


@dataclass(frozen=True)
class EarlyGlance:
    """What the first look at a clip needs, known before the clip was whole."""

    samples: list[tuple[float, Picture]]
    """(time_s, picture of at most the tracker's size)."""
    glance: Glance
    notes: list[Any]
    """What the `note` given to `begin` made of each of them; none without one."""


class LiveTracking:
    """One clip being followed by a thread of its own, behind the recording in every sense: it must never cost a frame."""

    def __init__(
        self, path: Path, written: Callable[[], bool], settings: PoseSettings, note: Note | None, make: Make | None
    ) -> None:
        """`written` tells that the recording has ended and the file is whole; for `note` and `make` see `begin`."""
        self.settings = settings
        self.made: Any = None
        self._note, self._make = note, make
        self.poses = Poses(2000)
        self.samples = Samples()
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
            tracker = open_tracker(self.settings)
            frames = clips.follow(
                self._path, self._written, self._given_up.is_set, max_side_px=self.settings.max_side_px
            )
            with closing(frames), closing(tracker.track(frames)) as found:
                for frame, pose in found:
                    self.poses.add(frame.index, frame.time_s, pose)
                    if self.samples.due(frame.time_s) and not (pose is not None and pose.between):
                        people = tracker.people(frame)
                        self.samples.add(frame, people, self._note(frame.image) if self._note else None)
                    if pose is not None:
                        self.legs.add(frame, pose.landmarks_px)
            if self._make is not None and not self._given_up.is_set():
                self._finish(tracker, self._make)
        except (GaitError, OSError) as error:
            _log.info("tracking while recording ended early: %s", error)
            self._failed = True

    def _finish(self, tracker: Tracker, make: Make) -> None:
        """What is to be made of the whole clip. A fault costs only this."""
        try:
            self.legs.clip = clip = clips.open_clip(self._path)
            if np.array_equal(self.poses.times_s, clip.times_s):
                self.made = make(self.poses.track(clip, tracker.identity), self.legs)
        except (GaitError, OSError) as error:
            _log.info("nothing was made of %s: %s", self._path.name, error)

    def finished(
        self, clip: Clip, tell: Tell | None, cancelled: Cancel | None
    ) -> tuple[Poses, clips.StoredLegPictures] | None:
        """The poses of the clip and its leg pictures, when the rest is done; None when they are not its frames.

        Raises Cancelled.
        """
        if not self.fits(clip, tell, cancelled):
            _log.warning(
                "%s is tracked again: %d frames were seen while it was recorded, the file has %d",
                *(clip.path.name, self.poses.n, clip.n_frames),
            )
            self.give_up()
            return None
        _log.info("%s was tracked while it was recorded: %d frames", clip.path.name, clip.n_frames)
        self.legs.clip = clip
        return self.poses, self.legs

    def fits(self, clip: Clip, tell: Tell | None, cancelled: Cancel | None) -> bool:
        """Wait for the rest; whether what was tracked are this clip's frames, one by one. Raises Cancelled, having given up."""
        while self._thread.is_alive():
            self._thread.join(0.05)
            if cancelled is not None and cancelled():
                self.give_up()
                raise Cancelled
            if tell is not None and self._thread.is_alive():
                tell(min(self.poses.n, clip.n_frames), clip.n_frames)
        return not self._failed and np.array_equal(self.poses.times_s, clip.times_s)

    @property
    def notes(self) -> bool:
        """Whether each picture kept was asked for a note."""
        return self._note is not None

    def join(self) -> None:
        """Wait until the recording has ended and all of it is tracked."""
        self._thread.join()

    def give_up(self) -> None:
        """Stop, forget, delete the pictures."""
        self._given_up.set()
        self._thread.join()
        self.legs.close()


class LiveTrackings:
    """The clips that are being tracked while they are recorded, at most `MAX_AT_ONCE`. Any thread may call it."""

    def __init__(self) -> None:
        """None yet."""
        self._running: dict[Path, LiveTracking] = {}
        self._lock = threading.Lock()

    def begin(
        self,
        path: Path,
        written: Callable[[], bool],
        settings: PoseSettings,
        note: Note | None = None,
        make: Make | None = None,
    ) -> None:
        """Track the clip at `path` while it is written. The first bytes must be on the disk.

        `note` is asked of each picture kept (see `EarlyGlance`), `make` of the whole track and its leg pictures once they are there
        (see `made`). Returns at once.
        """
        path = path.resolve()
        with self._lock:
            old = [self._running.pop(path)] if path in self._running else []
            while len(self._running) >= MAX_AT_ONCE:
                old.append(self._running.pop(next(iter(self._running))))
            self._running[path] = LiveTracking(path, written, settings, note, make)
        for tracking in old:
            tracking.give_up()

    def forget(self, path: Path) -> None:
        """The clip will not be analysed (a retake, a deleted file)."""
        with self._lock:
            tracking = self._running.pop(path.resolve(), None)
        if tracking is not None:
            tracking.give_up()

    def close(self) -> None:
        """Forget all; returns when no thread of theirs is left."""
        with self._lock:
            paths = list(self._running)
        for path in paths:
            self.forget(path)

    def knows(self, path: Path) -> bool:
        """Whether this clip is being or was tracked while it was recorded, and has not been taken."""
        with self._lock:
            return path.resolve() in self._running

    def take(self, path: Path, settings: PoseSettings) -> LiveTracking | None:
        """What is being or was tracked of this clip, once; None when there is nothing or it was done under other settings."""
        with self._lock:
            tracking = self._running.pop(path.resolve(), None)
        if tracking is not None and tracking.settings != settings:
            tracking.give_up()
            return None
        return tracking

    def seen(
        self, clip: Clip, settings: PoseSettings, n: int, tell: Tell | None = None, cancelled: Cancel | None = None
    ) -> EarlyGlance | None:
        """About `n` frames of a clip that was tracked while it was recorded, with who is in them; waits for the rest of it.

        None when nothing, too little, or something else was tracked. Raises Cancelled.
        """
        tracking = self._awaited(clip, settings, tell, cancelled)
        chosen = tracking.samples.chosen(n) if tracking else []
        if tracking is None or len(chosen) < MIN_FRAMES:
            return None
        at = np.array([s.index for s in chosen])
        track = tracking.poses.track(clip, identify(settings)).only(at)
        samples = [(s.time_s, s.picture) for s in chosen]
        glance = glance_back(samples, tuple((s.time_s, s.people.result()) for s in chosen), track)
        return EarlyGlance(samples, glance, [s.note for s in chosen if tracking.notes])

    def made(
        self, clip: Clip, settings: PoseSettings, tell: Tell | None = None, cancelled: Cancel | None = None
    ) -> Any:  # noqa: ANN401  the caller's own
        """What the `make` given to `begin` made of a clip that was tracked while it was recorded; waits for the rest of it.

        To be asked before the track is taken. None when nothing was made, or of something else. Raises Cancelled.
        """
        tracking = self._awaited(clip, settings, tell, cancelled)
        return tracking.made if tracking else None

    def _awaited(
        self, clip: Clip, settings: PoseSettings, tell: Tell | None, cancelled: Cancel | None
    ) -> LiveTracking | None:
        """The tracking of this clip, under these settings, of these very frames, when it is done; it stays to be taken."""
        with self._lock:
            tracking = self._running.get(clip.path.resolve())
        if tracking is None or tracking.settings != settings:
            return None
        try:
            return tracking if tracking.fits(clip, tell, cancelled) else None
        except Cancelled:
            self.forget(clip.path)
            raise
