"""Tracking a clip while it is recorded, from the pages' side: begun with its first bytes, forgotten with the clip.

It saves waiting and nothing else: whatever goes wrong here is logged and costs the head start, never the recording.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from gait.pose.live import LiveTrackings

QUIET_S = 130.0
"""A browser tries for 120 s to reach the server; after that no more pieces come, and the clip is what has arrived."""

log = logging.getLogger(__name__)


class _Arrival:
    """A clip that comes in pieces."""

    def __init__(self) -> None:
        self.whole, self.last_s = threading.Event(), time.monotonic()

    def over(self) -> bool:
        """Nothing more will come."""
        return self.whole.is_set() or time.monotonic() - self.last_s > QUIET_S


FOLLOWED = LiveTrackings()
_arriving: dict[Path, _Arrival] = {}
_lock = threading.Lock()


def begin(path: Path, written: Callable[[], bool]) -> None:
    """Track the clip while it grows; `written` tells that it is whole. Earlier takes of the same part are forgotten."""
    forget_earlier(path)
    try:
        # Imported here: it takes seconds, which a page that only shows something need not wait for.
        from gait import pipeline

        pipeline.track_while_recorded(FOLLOWED, path, written, standing=_part(path) == "standing")
    except Exception:
        log.exception("%s is not tracked while it is recorded", path.name)


def piece_came(path: Path) -> None:
    """Another piece of the clip is on the disk; with the first one tracking begins."""
    with _lock:
        arrival = _arriving.get(path)
        if arrival is not None:
            arrival.last_s = time.monotonic()
            return
        arrival = _arriving[path] = _Arrival()
    begin(path, arrival.over)


def arrived(path: Path) -> None:
    """The clip is whole."""
    with _lock:
        arrival = _arriving.pop(path, None)
    if arrival is not None:
        arrival.whole.set()


def settle(folder: Path) -> None:
    """The clips of that folder are as whole as they will get: they are about to be analysed."""
    for path in [p for p in list(_arriving) if p.parent == folder]:
        arrived(path)


def forget_earlier(path: Path) -> None:
    """Earlier takes of the same part will not be analysed."""
    for earlier in path.parent.glob(f"{_part(path)}-*"):
        if earlier != path:
            forget(earlier)


def _part(path: Path) -> str:
    """What the clip is of, "standing" or "run": clips of a visit are called PART-NUMBER."""
    return path.stem.rpartition("-")[0]


def forget(path: Path) -> None:
    """The clip will not be analysed: a retake, a deleted recording."""
    arrived(path)
    FOLLOWED.forget(path)
