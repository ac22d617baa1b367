"""Recordings on their way to the disk: one folder per visit, filled piece by piece while the camera is still running.

A visit is known by a ticket that only its own page has; the folder's name is the ticket's checksum, so a ticket outlives the
server and a listing gives none away. Clips lie there under their final names from the first piece on: a closed tab leaves
what had arrived. They are kept until they are analysed, until staff delete them, or until the retention clock does (`gait.services.unclaimed`).
"""

import contextlib
import hashlib
import io
import json
import os
import re
import secrets
import shutil
import threading
import time
import weakref
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image

from gait import clip as clips
from gait import words
from gait.capture.writer import MIN_FREE_BYTES
from gait.errors import GaitError
from gait.results.place import put
from gait.said import Said
from gait.services.alive import Alive
from gait.services.cameras import CameraId
from gait.services.head_start import HeadStart
from gait.services.uploads import GONE, RECORDED, check_room_to_record, drop_clips

if TYPE_CHECKING:
    from gait.framing import Guide
    from gait.model import Finding

PARTS = ("standing", "run")
MAX_BYTES = 2 << 30
"""As for an uploaded clip."""
KINDS = {b"\x1a\x45\xdf\xa3": ".webm", b"ftyp": ".mp4"}
"""What browsers record, told by the first bytes, never by a name the sender gives: Matroska at 0, MP4 at 4."""
PREFIX = RECORDED
HANDED_OVER = "analysed"
"""A file in the folder: the clips belong to an analysis and are not offered meanwhile. It says to which, of which program."""
CAMERA = "camera"
"""A file in the folder: what the camera is called that filmed it."""
MAX_CAMERA_NAME = 80
OWNER = "owner"
"""In a visit's folder: the checksum of what the browser that began it is known by."""
BELONGS = "belongs"
"""A file in the folder: the id of the run of a visit that the recording is for."""
UNUSED_S = 6 * 3600.0
BUSY_S = 15.0
"""A folder written to so recently may still be filling from another tab."""
SCAN, MOST_SCANS = b"\xff\xda", 3
"""A JPEG's marker, which its packed pixels cannot hold, and how many one has that is not sent in layers: one, or one a colour."""
PICTURE_PX = 240
"""Longer side of the picture that stands for a clip."""


@dataclass(frozen=True)
class RecordedClip:
    """One clip of a visit that can be analysed."""

    part: str
    path: Path
    n_frames: int
    length_s: float
    fps_hz: float

    @property
    def recorded(self) -> datetime:
        """When its last piece came, in local time, by this computer's clock. For people to read; nothing is decided by it."""
        return datetime.fromtimestamp(self.path.stat().st_mtime).astimezone()

    def picture(self) -> bytes:
        """A frame from its middle as a small JPEG; empty when none can be read. Kept beside the clip, and goes with it."""
        kept = self.path.with_name(f".{self.path.name}.jpg")
        with contextlib.suppress(OSError):
            return kept.read_bytes()
        try:
            clip = clips.open_clip(self.path)
            frame = next(clips.stills(clip, np.array([clip.n_frames // 2]), max_side_px=PICTURE_PX), None)
        except GaitError:
            return b""
        if frame is None:
            return b""
        good, packed = cv2.imencode(".jpg", cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR))
        data = packed.tobytes() if good else b""
        with contextlib.suppress(OSError):
            put(kept, data)
        return data


@dataclass(frozen=True)
class LeftBehind:
    """A visit whose clips were never analysed."""

    folder: Path
    recorded: datetime
    """Of its latest clip, in local time."""
    clips: dict[str, RecordedClip]
    """Empty where nothing of it can be read: it can only be deleted."""


def takes(folder: Path) -> dict[str, RecordedClip]:
    """The clip of each part to analyse: the latest, unless it was cut off to less than half of one before it."""
    found = {}
    for part in PARTS:
        readable = []
        for path in sorted(folder.glob(f"{part}-*"), key=_number):
            with contextlib.suppress(GaitError, OSError):
                readable.append(opened(part, path))
        if readable:
            longest = max(c.length_s for c in readable)
            found[part] = next(c for c in reversed(readable) if c.length_s >= longest / 2)
    return found


def opened(part: str, path: Path) -> RecordedClip:
    """Index a clip. Raises ClipError when it is none."""
    known = path.with_name(f".{path.name}.json")
    stamp = [path.stat().st_size, path.stat().st_mtime_ns]
    try:
        kept = json.loads(known.read_text())
        if kept["stamp"] == stamp:
            return RecordedClip(part, path, kept["n_frames"], kept["length_s"], kept["fps_hz"])
    except (OSError, ValueError, KeyError):
        pass
    clip = clips.open_clip(path)
    found = RecordedClip(part, path, clip.n_frames, round(clip.duration_s, 3), round(clip.fps_hz, 3))
    told = {"stamp": stamp, "n_frames": found.n_frames, "length_s": found.length_s, "fps_hz": found.fps_hz}
    with contextlib.suppress(OSError):  # it would be indexed again
        put(known, json.dumps(told).encode())
    return found


def next_take(folder: Path, part: str) -> int:
    """A number no clip of that part has."""
    return 1 + max((_number(p) for p in folder.glob(f"{part}-*")), default=0)


def _number(path: Path) -> int:
    digits = path.stem.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def handed_over(folder: Path) -> bool:
    """Whether the visit's clips belong to an analysis."""
    return (folder / HANDED_OVER).exists()


def recordings_of(folder: Path, results: Collection[str], run_id: str = "") -> list[Path]:
    """Recordings below the folder of uploads that were handed to the analysis of one of these results, or that wait for that run."""
    handed = [mark.parent for mark in folder.glob(f"{PREFIX}*/{HANDED_OVER}") if _handed_to(mark)[1] in results]
    waiting = [mark.parent for mark in folder.glob(f"{PREFIX}*/{BELONGS}") if run_id and _belongs_to(mark) == run_id]
    return sorted({*handed, *waiting})


def drop_recording(folder: Path) -> None:
    """Delete a recording and what was tracked of it; nothing when there is none. Raises GaitError when the disk does not let it go."""
    gone = folder.with_name(f"{GONE}{secrets.token_hex(8)}")
    try:
        folder.rename(gone)  # all at once: a rest would be shown by no page
        drop_clips(gone)
    except FileNotFoundError:
        return
    except OSError as error:
        raise GaitError("not_deleted", "recording") from error


def _checksum(visitor: str) -> str:
    return hashlib.sha256(visitor.encode()).hexdigest()


def _handed_to(mark: Path) -> tuple[str, str]:
    """The program and the result a recording was handed to; empty where that is not said, as by an older version. Raises OSError."""
    try:
        told = json.loads(mark.read_text(encoding="utf-8"))
        return str(told["program"]), str(told["result"])
    except (ValueError, KeyError, TypeError):
        return "", ""


def _belongs_to(mark: Path) -> str:
    """The run a recording is for; empty where it cannot be read."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return mark.read_text(encoding="utf-8")
    return ""


class Recordings:
    """The visits of one program: it takes the pieces in. Any thread may call it."""

    def __init__(
        self, folder: Path, head_start: HeadStart, new_guide: "Callable[[], Guide]", alive: Alive | None = None
    ) -> None:
        """`folder` holds a folder a visit; `new_guide` makes a guide for one more page's camera; `alive`: see `hand_over`."""
        self._alive = alive or Alive(folder)
        self._folder, self._head_start, self._new_guide = folder, head_start, new_guide
        self._locks: weakref.WeakValueDictionary[str, threading.Lock] = weakref.WeakValueDictionary()
        self._guides: dict[str, Guide] = {}
        self._lock = threading.Lock()

    def new_ticket(self, visitor: str = "") -> str:
        """A new visit of that browser: its folder is made. Raises GaitError when the disk does not let it."""
        ticket = secrets.token_urlsafe(24)
        self._sweep()
        try:
            self._path(ticket).mkdir(parents=True)
            if visitor:
                put(self._path(ticket) / OWNER, _checksum(visitor).encode())
        except OSError as error:
            raise GaitError("cannot_save", "visit") from error
        return ticket

    def check_room(self) -> None:
        """Raise GaitError where recordings and clips that wait leave no room for another. To be asked before one begins."""
        check_room_to_record(self._folder)

    def folder_of(self, ticket: str) -> Path | None:
        """The visit's folder; None for a ticket that was never given out, or whose folder is gone."""
        if not re.fullmatch(r"[\w-]{32}", ticket):
            return None
        path = self._path(ticket)
        return path if path.is_dir() else None

    def is_of(self, folder: Path, visitor: str | None) -> bool:
        """Whether that browser began the visit: whoever only knows its ticket puts nothing in. One that nobody began is anybody's."""
        try:
            kept = (folder / OWNER).read_text(encoding="ascii")
        except FileNotFoundError:
            return True
        except (OSError, UnicodeDecodeError):
            return False
        return secrets.compare_digest(kept, _checksum(visitor or ""))

    def left_behind(self, own: Path | None) -> list[LeftBehind]:
        """Recordings of other visits that were never analysed, newest first: a closed tab, a lost connection."""
        found = []
        for folder in self._folder.glob(f"{PREFIX}*") if self._folder.is_dir() else ():
            files = [p for p in folder.glob("*-*") if p.is_file()]
            if folder == own or handed_over(folder) or not files:
                continue
            clips_there = [p for p in files if not p.name.startswith(".")]  # what is kept beside them is younger
            changed = max(p.stat().st_mtime for p in clips_there or files)
            if abs(time.time() - changed) > BUSY_S:  # a clock that was put back hides nothing
                found.append(LeftBehind(folder, datetime.fromtimestamp(changed).astimezone(), takes(folder)))
        return sorted(found, key=lambda f: f.recorded, reverse=True)

    def drop(self, folder: Path) -> None:
        """Delete a visit's clips: nobody wants them. Raises GaitError when the disk does not let them go."""
        for path in folder.glob("*-*"):
            self._head_start.forget(path)
        drop_recording(folder)

    def name_camera(self, folder: Path, name: str) -> None:
        """Keep what the visit's camera is called, so that what staff confirmed of it is found; it is asked again where that fails."""
        with contextlib.suppress(OSError, GaitError):
            put(folder / CAMERA, " ".join(name.split())[:MAX_CAMERA_NAME].encode())

    def camera_of(self, folder: Path, clip: RecordedClip) -> CameraId | None:
        """What filmed the visit's clip; None where the clip cannot be read any more."""
        name = ""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            name = (folder / CAMERA).read_text(encoding="utf-8")
        try:
            opened = clips.open_clip(clip.path)
        except GaitError:
            return None
        return CameraId(name or opened.camera, opened.width_px, opened.height_px)

    def name_run(self, folder: Path, run_id: str) -> None:
        """Keep which run of a visit the recording is for; empty: of none. One that waits goes on for it, from any device."""
        if run_id == self.run_of(folder):
            return
        with contextlib.suppress(OSError, GaitError):
            put(folder / BELONGS, run_id.encode())

    def run_of(self, folder: Path) -> str:
        """The id of the run that the recording is for; empty where it is nobody's."""
        return _belongs_to(folder / BELONGS)

    def add(self, folder: Path, part: str, path: Path) -> RecordedClip:
        """Take a clip that came another way into the visit, in place of what was recorded of that part. It is moved.

        Raises GaitError, and leaves the visit as it was, when it is no clip or the disk does not let it.
        """
        opened(part, path)
        with self._lock_of(folder):
            before = list(folder.glob(f"{part}-*"))
            target = folder / f"{part}-{next_take(folder, part)}{path.suffix}"
            try:
                path.replace(target)
            except OSError as error:
                raise GaitError("cannot_save") from error
            for earlier in before:
                self._forget_take(earlier)
        return opened(part, target)

    def hand_over(self, folder: Path, result: str = "") -> None:
        """The visit's clips belong to the analysis of that result from now on and are not offered while this program lives."""
        with contextlib.suppress(OSError, GaitError):  # only the mark is missing: the clips would be offered once more
            put(folder / HANDED_OVER, json.dumps({"program": self._alive.token(), "result": result}).encode())

    def take_back(self, folder: Path) -> None:
        """The analysis came to nothing: the clips are offered again, for they cannot be recorded twice."""
        (folder / HANDED_OVER).unlink(missing_ok=True)

    def settle(self, is_whole: Callable[[str], bool], keep: Collection[Path] = ()) -> None:
        """What analyses of programs that ended left: clips whose result is whole go, the others are offered again. Raises OSError.

        Those to `keep` belong to an analysis that is still to come.
        """
        for mark in self._folder.glob(f"{PREFIX}*/{HANDED_OVER}"):
            program, result = _handed_to(mark)
            if mark.parent in keep or (program and self._alive.lives(program)):
                continue
            if result and is_whole(result):
                with contextlib.suppress(GaitError):
                    self.drop(mark.parent)
            else:
                self.take_back(mark.parent)

    def drop_replaced(self, folder: Path, part: str) -> None:
        """Let go of the takes before the one that `takes` gives."""
        best = takes(folder).get(part)
        for path in folder.glob(f"{part}-*") if best else ():
            if best and _number(path) < _number(best.path):
                self._forget_take(path)

    def _forget_take(self, path: Path) -> None:
        self._head_start.forget(path)
        path.unlink(missing_ok=True)
        for kept in (".json", ".jpg"):
            path.with_name(f".{path.name}{kept}").unlink(missing_ok=True)

    def put(
        self, folder: Path, part: str, take: int, offset: int, data: bytes, follow: bool = True
    ) -> tuple[int, dict[str, Any]]:
        """Add a piece at `offset`. Answers (HTTP status, {size, message}); `size` is what lies on the disk now.

        A piece that is there already is acknowledged again, one that leaves a gap is refused with the size to go on from.
        `follow`: track the clip while it comes, which takes a core of this computer.
        """
        with self._lock_of(folder):
            path = _file(folder, part, take)
            size = path.stat().st_size if path else 0
            if offset > size:
                return 409, {"size": size, **_answer(Said("piece_missing"))}
            data = data[size - offset :]
            if not data:
                return 200, {"size": size}
            if path is None:
                ending = next((e for magic, e in KINDS.items() if magic in (data[:4], data[4:8])), None)
                if ending is None:
                    return 415, {"size": 0, **_answer(Said("no_browser_video"))}
                try:
                    self.check_room()
                except GaitError as error:
                    return 507, {"size": 0, "message": words.whole(error)}
                path = folder / f"{part}-{take}{ending}"
            if sum(p.stat().st_size for p in folder.iterdir()) + len(data) > MAX_BYTES:
                return 413, {"size": size, **_answer(Said("recording_too_large"))}
            try:
                if shutil.disk_usage(folder).free - len(data) < MIN_FREE_BYTES:
                    raise OSError
                with path.open("ab", buffering=0) as out:
                    if out.write(data) != len(data):
                        raise OSError
                    os.fsync(out.fileno())
            except OSError:
                if path.exists():
                    os.truncate(path, size)
                    if not size:
                        path.unlink()
                return 507, {"size": size, **_answer(Said("store_disk_full"))}
            if follow:
                self._head_start.piece_came(path)
            else:
                self._head_start.forget_earlier(path)
            return 200, {"size": size + len(data)}

    def finish(self, folder: Path, part: str, take: int, size: int, follow: bool = True) -> tuple[int, dict[str, Any]]:
        """All pieces are there: is it a clip? The takes before it go. Answers (HTTP status, what the page shows).

        A run that was not followed while it came is tracked from now on: nothing is recorded after it.
        """
        with self._lock_of(folder):
            path = _file(folder, part, take)
            there = path.stat().st_size if path else 0
            if path is None or there != size:
                return 409, {"size": there, **_answer(Said("recording_incomplete"))}
            self._head_start.arrived(path)
            try:
                clip = opened(part, path)
            except GaitError as error:
                return 422, {"size": there, "message": words.message(error), "advice": words.advice(error)}
            self.drop_replaced(folder, part)
            if not follow and part == "run":
                self._head_start.begin(path, lambda: True)
            return 200, {"n_frames": clip.n_frames, "length_s": clip.length_s, "fps_hz": clip.fps_hz, "size": there}

    def look(self, ticket: str, data: bytes, size_px: tuple[int, int], rate_hz: float) -> tuple[int, dict[str, Any]]:
        """What to change, from one small JPEG of the live picture."""
        shape = jpeg_size_px(data)
        if shape is None or min(shape) < 64 or max(shape) > 1920:
            return 415, _answer(Said("no_small_jpeg"))
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            return 415, _answer(Said("no_small_jpeg"))
        with self._lock:
            if len(self._guides) > 20:
                self._guides.clear()
            guide = self._guides.get(ticket) or self._guides.setdefault(ticket, self._new_guide())
        try:
            seen = guide.look(time.monotonic(), cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), size_px, rate_hz)  # type: ignore[arg-type]
        except GaitError as error:
            return 503, {"message": words.whole(error)}
        return 200, told(seen.advice, seen.landmarks)

    def _sweep(self) -> None:
        """Folders of visits that recorded nothing."""
        for path in self._folder.glob(f"{PREFIX}*") if self._folder.is_dir() else ():
            if time.time() - path.stat().st_mtime > UNUSED_S:
                with contextlib.suppress(OSError):
                    if [kept.name for kept in path.iterdir()] == [OWNER]:
                        (path / OWNER).unlink()
                    path.rmdir()  # refuses when there is anything in it

    def _path(self, ticket: str) -> Path:
        return self._folder / f"{PREFIX}{hashlib.sha256(ticket.encode()).hexdigest()[:32]}"

    def _lock_of(self, folder: Path) -> threading.Lock:
        """One for as long as anybody holds or awaits it."""
        with self._lock:
            lock = self._locks.get(folder.name)
            if lock is None:
                lock = self._locks[folder.name] = threading.Lock()
            return lock


def jpeg_size_px(data: bytes) -> tuple[int, int] | None:
    """(width, height) of a JPEG by its header, which costs nothing: a megabyte of JPEG can hold a gigabyte of pixels. None for others.

    None too for one that is sent in more scans than a page's picture is: each goes over the whole picture again, and 2 MB hold 100,000.
    """
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
            in_layers = picture.info.get("progressive") or data.count(SCAN) > MOST_SCANS
            return None if in_layers else picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _answer(said: Said) -> dict[str, Any]:
    """What the page shows of a piece that was not taken."""
    return {"message": words.say(said)}


def told(advice: "tuple[Said | Finding, ...]", landmarks: Any) -> dict[str, Any]:  # noqa: ANN401  an array or None
    """Advice and skeleton as the page reads them."""
    points = None if landmarks is None else [[round(float(x), 4), round(float(y), 4)] for x, y in landmarks]
    return {"advice": [words.sentence(one) for one in advice], "landmarks": points}


def _file(folder: Path, part: str, take: int) -> Path | None:
    return next(folder.glob(f"{part}-{take}.*"), None)
