"""One writer at a time for a result folder, whatever threads and programs there are: the dashboard and a command line meet here.

The lock is a file beside the folder, `.gait-HASH.lock`: the hash is of the folder's name, so that a lock which a killed program left
names nobody. It is there only while somebody writes; one that was left holds nobody up, for the system lets go of the lock
with the program, and a sweep takes it away.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from gait.errors import GaitError

POLL_S = 0.05
PREFIX = ".gait-"
"""Of everything that stands beside results and is none."""
ENDING = ".lock"


def beside(folder: Path) -> Path:
    """Where this folder's next version is built. The name says nothing of the folder's own, which may be a person's."""
    folder = folder.resolve()
    return folder.with_name(PREFIX + hashlib.sha256(os.path.normcase(folder.name).encode()).hexdigest()[:16])


@contextmanager
def one_writer(folder: Path, timeout_s: float = -1.0) -> Iterator[None]:
    """Only one thread of one program is in such a block for `folder`, which need not exist yet; others wait.

    A correction waits in this way until the pictures and the PDF are drawn. Raises GaitError when the folder's place cannot be
    written to, or when `timeout_s` has passed (negative: never). Entering it twice in one thread is a fault, RuntimeError.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(held(beside(folder), timeout_s))
        except Timeout as error:
            raise GaitError("being_written", name=folder.resolve().name) from error
        except CannotLockError as error:
            raise GaitError("cannot_write", folder=str(folder.resolve().parent)) from error
        yield


class CannotLockError(Exception):
    """The place cannot be written to."""


@contextmanager
def held(work: Path, timeout_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of that working folder, `WORK.lock`; it need not exist. Raises Timeout when somebody else does, or CannotLockError."""
    path = work.with_name(work.name + ENDING)
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout_s, POLL_S)
    except Timeout:
        raise
    except OSError as error:
        raise CannotLockError from error
    try:
        yield
    finally:
        # While it is held: whoever waits on this very file sees that it has no name any more, and takes a new one.
        try:
            with suppress(OSError):  # Windows does not delete an open file; there the library does so once it is closed
                path.unlink(missing_ok=True)
        finally:
            lock.release()


@contextmanager
def held_if_free(work: Path) -> Iterator[bool]:
    """Hold the lock of that working folder if nobody else does; whether it is held."""
    with ExitStack() as stack:
        try:
            stack.enter_context(held(work))
            free = True
        except (Timeout, CannotLockError):
            free = False
        yield free
