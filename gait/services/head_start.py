"""Tracking a clip while it is recorded, from the recording's side: begun with its first bytes, forgotten with the clip.

It saves waiting and nothing else: whatever goes wrong here is logged and costs the head start, never the recording.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from gait.pose import LiveTrackings

QUIET_S = 130.0
"""A browser tries for 120 s to reach the server; after that no more pieces come, and the clip is what has arrived."""

log = logging.getLogger(__name__)


class HeadStart:
    """The head starts of one program's recordings. Any thread may call it."""

    def __init__(self, followed: LiveTrackings) -> None:
        """`followed` takes the tracks, and an analysis takes them from there."""
        self._followed = followed
        self._arriving: dict[Path, _Arrival] = {}
        self._lock = threading.Lock()

    def begin(self, path: Path, written: Callable[[], bool]) -> None:
        """Track the clip while it grows; `written` tells that it is whole. Earlier takes of the same part are forgotten."""
        self.forget_earlier(path)
        try:
            # Imported here: it takes seconds, which a page that only shows something need not wait for.
            from gait import pipeline

            pipeline.track_while_recorded(self._followed, path, written, standing=_part(path) == "standing")
        except Exception:
            log.exception("%s is not tracked while it is recorded", path.name)

    def piece_came(self, path: Path) -> None:
        """Another piece of the clip is on the disk; with the first one tracking begins."""
        with self._lock:
            arrival = self._arriving.get(path)
            if arrival is not None:
                arrival.last_s = time.monotonic()
                return
            arrival = self._arriving[path] = _Arrival()
        self.begin(path, arrival.over)

    def arrived(self, path: Path) -> None:
        """The clip is whole."""
        with self._lock:
            arrival = self._arriving.pop(path, None)
        if arrival is not None:
            arrival.whole.set()

    def settle(self, folder: Path) -> None:
        """The clips of that folder are as whole as they will get: they are about to be analysed."""
        with self._lock:
            paths = [p for p in self._arriving if p.parent == folder]
        for path in paths:
            self.arrived(path)

    def forget_earlier(self, path: Path) -> None:
        """Earlier takes of the same part will not be analysed."""
        for earlier in path.parent.glob(f"{_part(path)}-*"):
            if earlier != path:
                self.forget(earlier)

    def forget(self, path: Path) -> None:
        """The clip will not be analysed: a retake, a deleted recording."""
        self.arrived(path)
        self._followed.forget(path)


class _Arrival:
    """A clip that comes in pieces."""

    def __init__(self) -> None:
        self.whole, self.last_s = threading.Event(), time.monotonic()

    def over(self) -> bool:
        """Nothing more will come."""
        return self.whole.is_set() or time.monotonic() - self.last_s > QUIET_S


def _part(path: Path) -> str:
    """What the clip is of, "standing" or "run": clips of a visit are called PART-NUMBER."""
    return path.stem.rpartition("-")[0]
