"""Files that are handed out, whole or not at all: an export, a backup."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gait.errors import GaitError
from gait.results.lock import ENDING, PREFIX, CannotLockError, held, held_if_free
from gait.results.place import PART


@contextmanager
def new_file(out: Path, fault: GaitError) -> Iterator[Path]:
    """An empty file beside `out`, its owner's alone, to be written; it is called `out` once the block has ended well, and gone otherwise.

    What a program that was killed left half-written there goes too. Raises GaitError: `file_there` when `out` is there already,
    `fault` when the disk does not take it.
    """
    if out.exists():
        raise GaitError("file_there", file=str(out))
    if not out.parent.is_dir():
        raise fault
    part = out.with_name(f"{PREFIX}{secrets.token_hex(4)}{PART}")
    try:
        with held(part):
            try:
                _drop_dead(out.parent)
                os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                yield part
                with part.open("r+b") as written:
                    os.fsync(written.fileno())
                if out.exists():
                    raise GaitError("file_there", file=str(out))
                part.rename(out)
            finally:
                part.unlink(missing_ok=True)
    except (OSError, CannotLockError) as error:
        raise fault from error


def _drop_dead(folder: Path) -> None:
    """Half-written files whose program was killed, and its locks. Raises OSError."""
    found = {p.with_name(p.name.removesuffix(ENDING)) for p in folder.glob(f"{PREFIX}*{PART}*")}
    for part in found:
        with held_if_free(part) as free:
            if free:
                part.unlink(missing_ok=True)
