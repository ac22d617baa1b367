"""One writer at a time for a result folder, whatever threads and programs there are: the dashboard and a command line meet here.

The lock is a file `.NAME.lock` beside the folder. It is there only while somebody writes; one that a killed program left holds
nobody up, for the system lets go of the lock with the program.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from gait.errors import GaitError

POLL_S = 0.05


@contextmanager
def one_writer(folder: Path, timeout_s: float = -1.0) -> Iterator[None]:
    """Only one thread of one program is in such a block for `folder`, which need not exist yet; others wait.

    A correction waits in this way until the pictures and the PDF are drawn. Raises GaitError when the folder's place cannot be
    written to, or when `timeout_s` has passed (negative: never). Entering it twice in one thread is a fault, RuntimeError.
    """
    folder = folder.resolve()
    path = folder.with_name(f".{folder.name}.lock")
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout_s, POLL_S)
    except Timeout as error:
        raise GaitError("being_written", name=folder.name) from error
    except OSError as error:
        raise GaitError("cannot_write", folder=str(folder.parent)) from error
    try:
        yield
    finally:
        # While it is held: whoever waits on this very file sees that it has no name any more, and takes a new one.
        with suppress(OSError):  # Windows does not delete an open file; there the library does so once it is closed
            path.unlink(missing_ok=True)
        lock.release()
