"""Clips that were uploaded: a folder each beside the results, on the same disk, deleted when their job ends or nobody comes back."""

import contextlib
import shutil
import tempfile
import time
from pathlib import Path
from typing import Protocol

from gait.errors import GaitError

FOLDER = ".uploads"
CHOSEN = ".chosen"
"""A file in the folder of clips that no job has yet."""
ABANDONED_S = 3600
"""Clips chosen so long ago and never analysed: their page was closed."""
STALE_S = 24 * 3600
"""An upload older than this was left by a program that was killed; no analysis takes a day."""


class Upload(Protocol):
    """A file that a page was given."""

    name: str
    """As the sender calls it."""
    file_id: str

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        ...

    def seek(self, offset: int, /) -> int:
        """Go to that byte."""
        ...


class Uploads:
    """The uploads of one folder of results."""

    def __init__(self, reports: Path) -> None:
        self.folder = reports / FOLDER

    def new_folder(self) -> Path:
        """A new folder for the clips of one job. Raises GaitError when it cannot be made."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(dir=self.folder))
        except OSError as error:
            raise GaitError("cannot_save") from error

    def drop_abandoned(self) -> None:
        """Delete clips that were chosen an hour ago and more and never analysed."""
        for mark in self.folder.glob(f"*/{CHOSEN}"):
            with contextlib.suppress(OSError):  # another session's, deleted this moment
                if time.time() - mark.stat().st_mtime > ABANDONED_S:
                    shutil.rmtree(mark.parent, ignore_errors=True)

    def drop_stale(self) -> None:
        """Delete what programs that were killed left behind."""
        for left in self.folder.iterdir() if self.folder.is_dir() else ():
            with contextlib.suppress(OSError):  # another job's, deleted this moment
                if time.time() - left.stat().st_mtime > STALE_S:
                    shutil.rmtree(left, ignore_errors=True)


def save(upload: Upload, folder: Path, stem: str) -> Path:
    """Copy an upload to disk piece by piece, under our own name and only the ending of the sender's."""
    target = folder / f"{stem}{Path(upload.name).suffix.lower()[:8]}"
    try:
        upload.seek(0)
        with target.open("wb") as out:
            shutil.copyfileobj(upload, out, 1 << 20)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise GaitError("cannot_save") from error
    return target
