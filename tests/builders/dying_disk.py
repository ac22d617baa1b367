"""A program killed, or a disk full, at the n-th change of a file: every change is counted, whatever library makes it.

Python tells an audit hook of each one before it is made (`sys.addaudithook`; a hook cannot be taken out again, so that there is one,
which does nothing unless a `DyingDisk` is at work). A change that is refused with `Killed`, and every later one with it, is what a kill
leaves: what was done before stays, no clean-up reaches the disk.
"""

import errno
import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

How = Literal["killed", "torn", "full"]
"""`torn`: killed with the file that was just opened still empty; `full`: nothing new can be written, what is there can be moved."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PATHS = {"os.rename": 2, "os.remove": 1, "os.rmdir": 1, "os.mkdir": 1, "os.link": 2, "os.symlink": 2, "os.truncate": 1}
OURS = ("gait.exchange", "gait.writing")
"""Two folders change their places; a transaction of the records begins."""
GROW = {"open", "os.mkdir", "os.link", "os.symlink"}
_at_work: list["DyingDisk"] = []
_installed: list[bool] = []


class Killed(BaseException):
    """Nothing that this program does reaches the disk any more."""


class DyingDisk:
    """While it is entered, the changes below `root` are counted, and the `at`-th (from 1) and all after it refused."""

    def __init__(self, root: Path, at: int | None = None, how: How = "killed") -> None:
        """`at` None only counts."""
        self.root, self.at, self.how = str(root.resolve()), at, how
        self.count = 0
        self.said: list[str] = []
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        if not _installed:
            _installed.append(True)
            sys.addaudithook(_hook)
        _at_work.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> bool:
        _at_work.remove(self)
        return kind is Killed

    @property
    def reached(self) -> bool:
        """Whether anything was refused."""
        return self.at is not None and self.count >= self.at

    def told(self, event: str, given: tuple[object, ...]) -> None:
        """Of a change that is about to be made."""
        if not self._mine(event, given):
            return
        with self._lock:
            if self.how == "full" and event not in GROW:
                return
            self.count += 1
            self.said.append(f"{event} {given[0]}")
            if self.at is None or self.count < self.at:
                return
            if self.how == "full":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self.how == "torn" and self.count == self.at and event == "open":
                self._tear(given)
            raise Killed(event)

    def _tear(self, given: tuple[object, ...]) -> None:
        _at_work.remove(self)
        try:
            os.close(os.open(str(given[0]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
        finally:
            _at_work.append(self)

    def _mine(self, event: str, given: tuple[object, ...]) -> bool:
        if event == "open":
            path, mode, flags = given
            writes = any(c in str(mode or "") for c in "wax+") or bool(int(str(flags or 0)) & WRITES)
            return writes and self._below(path)
        if event in OURS:
            return self._below(given[0])
        if event in PATHS:
            # Relative to an open folder: `shutil.rmtree` works so. Only what is under test does at that moment.
            relative = any(isinstance(one, int) and one >= 0 for one in given[PATHS[event] :]) and event in (
                "os.remove",
                "os.rmdir",
            )
            return relative or any(self._below(path) for path in given[: PATHS[event]])
        return False

    def _below(self, path: object) -> bool:
        return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(self.root)


def _hook(event: str, given: tuple[object, ...]) -> None:
    if _at_work and (event in PATHS or event in ("open", *OURS)):
        for disk in list(_at_work):
            disk.told(event, given)
