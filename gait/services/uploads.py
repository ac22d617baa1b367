"""Clips that were uploaded: a folder each beside the results, on the same disk. They go with their job, their program or their page."""

import contextlib
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO, Protocol

from gait import clip as clips
from gait.capture.writer import MIN_FREE_BYTES
from gait.errors import GaitError
from gait.pose import forget_tracks
from gait.results.lock import ENDING, CannotLockError, held
from gait.results.place import put, remove
from gait.services.alive import Alive

FOLDER = ".uploads"
GONE = "gone-"
"""How the folder of a recording begins that is being deleted."""
RECORDED = "rec-"
"""How the folders of recordings begin, which are kept until staff decide."""
PLACE, PLACE_WAIT_S = ".place", 5.0
"""The file with the folder's id, and how long to wait for somebody who makes it."""
ABANDONED_S = 3600.0
"""Clips chosen so long ago and never analysed: their page was closed."""

MAX_BYTES = 2 << 30
"""Of one clip; `maxUploadSize` in Streamlit's settings says the same to the page."""
VISITOR_BYTES = 2 * MAX_BYTES + (1 << 30)
"""Of one visitor: a run and a standing clip, and one chosen anew."""
MOST_REFUSED = 100
"""Refusals that are kept for pages to say."""
ALL_BYTES = 24 << 30
"""Of all clips and recordings that wait."""


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


class Arriving:
    """A clip on its way to the disk. Written by one request."""

    def __init__(self, place: "Uploads", visit: str, file_id: str, path: Path, declared: int | None) -> None:
        self.visit, self.file_id, self.path = visit, file_id, path
        self.size, self.name = 0, ""
        self.declared = declared or 0
        """How large it will be, as far as it said so."""
        self.whole = False
        self.began_s = time.monotonic()
        self._place = place
        self._out: BinaryIO | None = path.open("wb", buffering=0)

    def write(self, data: bytes) -> None:
        """The next bytes. Raises GaitError when it grows too large or the disk is full."""
        if self._out is None:
            raise GaitError("cannot_save")
        self._place.check(self, len(data))
        try:
            if self._out.write(data) != len(data):
                raise OSError
        except OSError as error:
            raise GaitError("cannot_save") from error
        self.size += len(data)

    def finish(self, name: str) -> None:
        """All of it is there; `name` is the sender's, of which only the ending counts."""
        if self._out is not None:
            self._out.close()
            self._out = None
        ending = "".join(c for c in Path(name).suffix.lower()[:8] if c.isalnum() or c == ".")
        try:
            self.path = self.path.replace(self.path.with_name(f"clip{ending}"))
        except OSError as error:
            raise GaitError("cannot_save") from error
        self.name, self.whole = name, True

    def close(self) -> None:
        """Let the file go; one that is not whole is deleted."""
        if self._out is not None:
            self._out.close()
            self._out = None
        if not self.whole:
            self._place.forget(self.file_id)


class Uploads:
    """The uploads of one program in one folder of results; their folders bear its token (`gait.services.alive`). Any thread may call it."""

    def __init__(self, reports: Path, alive: Alive | None = None) -> None:
        """`alive` is the program's sign of life in the folder of uploads."""
        self.folder = reports / FOLDER
        self.alive = alive or Alive(self.folder)
        self._arrived: dict[str, Arriving] = {}
        self._refused: dict[str, GaitError] = {}
        self._place = ""
        self._lock = threading.Lock()

    def begin(self, visit: str, file_id: str, declared: int | None) -> Arriving:
        """A clip of `declared` bytes (None: not said) that a page is given comes. Raises GaitError when there is no room for it."""
        folder = self.new_folder()
        try:
            arriving = Arriving(self, visit, file_id, folder / "part", declared)
            with self._lock:
                if file_id in self._arrived:
                    raise GaitError("cannot_save")
                self._arrived[file_id] = arriving
            try:
                self.check(arriving, 0)
            except GaitError:
                arriving.close()
                raise
        except (OSError, GaitError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise (error if isinstance(error, GaitError) else GaitError("cannot_save")) from error
        return arriving

    def check(self, arriving: Arriving, more: int) -> None:
        """Raise GaitError unless `more` bytes may come: of this clip, of this visitor, of all, and of what the disk has left."""
        if max(arriving.declared, arriving.size + more) > MAX_BYTES:
            raise GaitError("clip_too_large", most_gb=MAX_BYTES >> 30)
        with self._lock:
            there = [a for a in self._arrived.values() if a.path.exists()]
        owed = sum(max(0, a.declared - a.size) for a in there if not a.whole)
        own = sum(max(a.size, a.declared) for a in there if a.visit == arriving.visit)
        if own + more > VISITOR_BYTES or (more == 0 and bytes_kept(self.folder) + owed > ALL_BYTES):
            raise GaitError("too_many_clips")
        if shutil.disk_usage(self.folder).free - max(owed, more) < MIN_FREE_BYTES:
            raise GaitError("cannot_save")

    def check_writable(self) -> None:
        """Raise GaitError while nothing can be kept here: the disk is full, or read-only."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder, buffering=0) as probe:
                probe.write(bytes(4096))
            if shutil.disk_usage(self.folder).free < MIN_FREE_BYTES:
                raise OSError
        except OSError as error:
            raise GaitError("job_no_room", folder=str(self.folder.parent)) from error

    def refuse(self, file_id: str, why: GaitError) -> None:
        """There is no room for that clip: whoever wants to take it is told, until the page lets go of it."""
        with self._lock:
            self._refused[file_id] = why
            while len(self._refused) > MOST_REFUSED:
                del self._refused[next(iter(self._refused))]

    def take(self, file_id: str, folder: Path, stem: str) -> Path | None:
        """Move a clip that has arrived to `folder` as `stem` with its own ending. None when nothing of that id ever arrived.

        Raises GaitError when it is there no longer, or was refused.
        """
        with self._lock:
            arrived, refused = self._arrived.get(file_id), self._refused.get(file_id)
        if refused is not None:
            raise refused
        if arrived is None or not arrived.whole:
            return None
        before = arrived.path
        target = folder / f"{stem}{before.suffix}"
        try:
            arrived.path = before.replace(target)
        except OSError as error:
            raise GaitError("clip_gone") from error
        if before.parent != folder:
            shutil.rmtree(before.parent, ignore_errors=True)
        return target

    def forget(self, file_id: str) -> None:
        """Delete a clip that nobody took; one that was taken is its taker's."""
        with self._lock:
            arrived = self._arrived.pop(file_id, None)
            self._refused.pop(file_id, None)
        if (
            arrived is not None
            and arrived.path.parent.parent == self.folder
            and (arrived.path.stem in ("part", "clip"))
        ):
            shutil.rmtree(arrived.path.parent, ignore_errors=True)

    def close(self) -> None:
        """Delete what has arrived and nobody took: the program ends."""
        for file_id in list(self._arrived):
            self.forget(file_id)
        self.alive.end()

    def new_folder(self) -> Path:
        """A new folder for the clips of one job. Raises GaitError when it cannot be made."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(prefix=f"{self.alive.token()}-", dir=self.folder))
        except OSError as error:
            raise GaitError("cannot_save") from error

    def drop_abandoned(self) -> None:
        """Delete clips that were given to a page an hour ago and more and that it never looked at: it was closed."""
        with self._lock:
            old = [i for i, a in self._arrived.items() if a.whole and time.monotonic() - a.began_s > ABANDONED_S]
        for file_id in old:
            self.forget(file_id)

    def place(self) -> str:
        """The id of this folder of results, made when it is first asked for. Raises GaitError when it cannot be written."""
        file = self.folder / PLACE
        try:
            if not self._place:
                with held(file, PLACE_WAIT_S):  # another program may be about to make it
                    if not file.exists():
                        put(file, secrets.token_hex(8).encode())
                    self._place = file.read_text(encoding="utf-8")
        except (OSError, CannotLockError) as error:
            raise GaitError("cannot_save") from error
        return self._place

    def drop_dead(self, keep: Collection[Path] = ()) -> None:
        """Delete the clips of programs that ended: their pages are gone. Recordings stay, and what is to be analysed yet. Raises OSError."""
        for left in self.folder.iterdir() if self.folder.is_dir() else ():
            if left.name.startswith(".") and left.suffix == ENDING:
                self.alive.lives(left.stem.removeprefix("."))  # takes a dead one's sign away
            elif left.name == PLACE or left in keep or left.name.startswith(RECORDED):
                continue
            elif not self.alive.lives(left.name.partition("-")[0]):
                if left.is_dir():
                    drop_clips(left)
                else:
                    left.unlink(missing_ok=True)


def bytes_kept(folder: Path) -> int:
    """What all clips and recordings in that folder take on the disk."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # deleted this moment
                total += os.stat(os.path.join(place, name)).st_size
    return total


def check_room_to_record(folder: Path) -> None:
    """Raise GaitError where what waits in that folder already takes all the room that clips and recordings have."""
    if bytes_kept(folder) >= ALL_BYTES:
        raise GaitError("too_many_clips", "recording")


def drop_clips(folder: Path) -> None:
    """Delete a folder of clips that came to no result, and what was tracked of them. Raises OSError."""
    files = [p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")] if folder.is_dir() else []
    forget_tracks([clips.sha256_of(p) for p in files])
    remove(folder)


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
