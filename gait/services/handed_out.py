"""Files that are handed out, whole or not at all: an export, a backup."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gait.errors import GaitError
from gait.results.place import PART


@contextmanager
def new_file(out: Path, fault: GaitError) -> Iterator[Path]:
    """An empty file beside `out`, its owner's alone, to be written; it is called `out` once the block has ended well, and gone otherwise.

    Raises GaitError: `file_there` when `out` is there already, `fault` when the disk does not take it.
    """
    if out.exists():
        raise GaitError("file_there", file=str(out))
    part = out.with_name(f".{secrets.token_hex(4)}{PART}")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        with part.open("r+b") as written:
            os.fsync(written.fileno())
        if out.exists():
            raise GaitError("file_there", file=str(out))
        part.rename(out)
    except OSError as error:
        raise fault from error
    finally:
        part.unlink(missing_ok=True)
