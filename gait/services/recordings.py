"""Recordings on their way to the disk: one folder per visit, filled piece by piece while the camera is still running.

A visit is known by a ticket that only its own page has; the folder's name is the ticket's checksum, so a ticket outlives the
server and a listing gives none away. Clips lie there under their final names from the first piece on: a closed tab leaves
what had arrived. Routes (all below `/api/record/TICKET`): see `routes`.
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import cv2
import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gait import clip as clips
from gait.errors import GaitError
from gait.services import head_start, jobs, library

if TYPE_CHECKING:
    from gait.framing import Guide

PARTS = ("standing", "run")
MAX_BYTES = 2 << 30
"""As for an uploaded clip."""
MAX_PIECE_BYTES = 64 << 20
MAX_PICTURE_BYTES = 2 << 20
MIN_FREE_BYTES = 300_000_000
KINDS = {b"\x1a\x45\xdf\xa3": ".webm", b"ftyp": ".mp4"}
"""What browsers record, told by the first bytes, never by a name the sender gives: Matroska at 0, MP4 at 4."""
PREFIX = "rec-"
HANDED_OVER = "analysed"
"""An empty file in the folder: the clips belong to an analysis and are no longer offered."""
UNUSED_S = 6 * 3600.0
BUSY_S = 15.0
"""A folder written to so recently may still be filling from another tab."""


@dataclass(frozen=True)
class Clip:
    """One clip of a visit that can be analysed."""

    part: str
    path: Path
    n_frames: int
    length_s: float
    fps_hz: float


def new_ticket() -> str:
    """A new visit: its folder is made. Raises GaitError when the disk does not let it."""
    ticket = secrets.token_urlsafe(24)
    _sweep()
    try:
        _path(ticket).mkdir(parents=True)
    except OSError as error:
        raise GaitError("Nothing can be saved on this computer.", "Free some space, then try again.") from error
    return ticket


def _sweep() -> None:
    """Folders of visits that recorded nothing."""
    parent = library.reports_root() / jobs.UPLOADS
    for path in parent.glob(f"{PREFIX}*") if parent.is_dir() else ():
        if time.time() - path.stat().st_mtime > UNUSED_S:
            with contextlib.suppress(OSError):
                path.rmdir()  # refuses when there is anything in it


def folder_of(ticket: str) -> Path | None:
    """The visit's folder; None for a ticket that was never given out, or whose folder is gone."""
    if not re.fullmatch(r"[\w-]{32}", ticket):
        return None
    path = _path(ticket)
    return path if path.is_dir() else None


def _path(ticket: str) -> Path:
    name = hashlib.sha256(ticket.encode()).hexdigest()[:32]
    return library.reports_root() / jobs.UPLOADS / f"{PREFIX}{name}"


def takes(folder: Path) -> dict[str, Clip]:
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


def opened(part: str, path: Path) -> Clip:
    """Index a clip. Raises ClipError when it is none."""
    known = path.with_name(f".{path.name}.json")
    stamp = [path.stat().st_size, path.stat().st_mtime_ns]
    try:
        kept = json.loads(known.read_text())
        if kept["stamp"] == stamp:
            return Clip(part, path, kept["n_frames"], kept["length_s"], kept["fps_hz"])
    except (OSError, ValueError, KeyError):
        pass
    clip = clips.open_clip(path)
    found = Clip(part, path, clip.n_frames, round(clip.duration_s, 3), round(clip.fps_hz, 3))
    known.write_text(
        json.dumps({"stamp": stamp, "n_frames": found.n_frames, "length_s": found.length_s, "fps_hz": found.fps_hz})
    )
    return found


def next_take(folder: Path, part: str) -> int:
    """A number no clip of that part has."""
    return 1 + max((_number(p) for p in folder.glob(f"{part}-*")), default=0)


def drop_replaced(folder: Path, part: str) -> None:
    """Let go of the takes before the one that `takes` gives."""
    best = takes(folder).get(part)
    for path in folder.glob(f"{part}-*") if best else ():
        if best and _number(path) < _number(best.path):
            head_start.forget(path)
            path.unlink(missing_ok=True)
            path.with_name(f".{path.name}.json").unlink(missing_ok=True)


def _number(path: Path) -> int:
    digits = path.stem.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def left_behind(own: Path | None) -> list[tuple[Path, datetime, dict[str, Clip]]]:
    """Recordings of other visits that were never analysed, newest first: a closed tab, a lost connection."""
    parent = library.reports_root() / jobs.UPLOADS
    found = []
    for folder in parent.glob(f"{PREFIX}*") if parent.is_dir() else ():
        files = [p for p in folder.glob("*-*") if p.is_file()]
        if folder == own or (folder / HANDED_OVER).exists() or not files:
            continue
        changed = max(p.stat().st_mtime for p in files)
        if time.time() - changed > BUSY_S and (clips_there := takes(folder)):
            found.append((folder, datetime.fromtimestamp(changed).astimezone(), clips_there))
    return sorted(found, key=lambda f: f[1], reverse=True)


class Desk:
    """Takes the pieces in. One per server."""

    def __init__(self) -> None:
        self._locks: dict[str, threading.Lock] = {}
        self._guides: dict[str, Guide] = {}
        self._lock = threading.Lock()

    def put(
        self, folder: Path, part: str, take: int, offset: int, data: bytes, follow: bool = True
    ) -> tuple[int, dict[str, Any]]:
        """Add a piece at `offset`. Answers (HTTP status, {size, message}); `size` is what lies on the disk now.

        A piece that is there already is acknowledged again, one that leaves a gap is refused with the size to go on from.
        `follow`: track the clip while it comes, see `on_this_computer`.
        """
        with self._lock_of(folder):
            path = _file(folder, part, take)
            size = path.stat().st_size if path else 0
            if offset > size:
                return 409, {"size": size, "message": "A piece is missing before this one."}
            data = data[size - offset :]
            if not data:
                return 200, {"size": size}
            if path is None:
                ending = next((e for magic, e in KINDS.items() if magic in (data[:4], data[4:8])), None)
                if ending is None:
                    return 415, {"size": 0, "message": "This is no video a browser records."}
                path = folder / f"{part}-{take}{ending}"
            if sum(p.stat().st_size for p in folder.iterdir()) + len(data) > MAX_BYTES:
                return 413, {"size": size, "message": "The recording is larger than 2 GB; what was recorded is kept."}
            try:
                if shutil.disk_usage(folder).free < MIN_FREE_BYTES:
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
                message = "The disk of the store's computer is full; what was recorded is kept."
                return 507, {"size": size, "message": f"{message} Free some space, then record again."}
            if follow:
                head_start.piece_came(path)
            else:
                head_start.forget_earlier(path)
            return 200, {"size": size + len(data)}

    def finish(self, folder: Path, part: str, take: int, size: int, follow: bool = True) -> tuple[int, dict[str, Any]]:
        """All pieces are there: is it a clip? The takes before it go. Answers (HTTP status, what the page shows).

        A run that was not followed while it came is tracked from now on: nothing is recorded after it.
        """
        with self._lock_of(folder):
            path = _file(folder, part, take)
            there = path.stat().st_size if path else 0
            if path is None or there != size:
                return 409, {"size": there, "message": "The recording has not arrived whole."}
            head_start.arrived(path)
            try:
                clip = opened(part, path)
            except GaitError as error:
                return 422, {"size": there, "message": error.message, "advice": error.advice}
            drop_replaced(folder, part)
            if not follow and part == "run":
                head_start.begin(path, lambda: True)
            return 200, {"n_frames": clip.n_frames, "length_s": clip.length_s, "fps_hz": clip.fps_hz, "size": there}

    def look(self, ticket: str, data: bytes, size_px: tuple[int, int], rate_hz: float) -> tuple[int, dict[str, Any]]:
        """What to change, from one small JPEG of the live picture."""
        # Imported here: the server need not load the tracker before somebody looks through a camera.
        from gait.framing import Guide, StillTracker

        packed = np.frombuffer(data, np.uint8)
        picture = cv2.imdecode(packed, cv2.IMREAD_COLOR) if data[:3] == b"\xff\xd8\xff" else None
        if picture is None or min(picture.shape[:2]) < 64 or max(picture.shape[:2]) > 1920:
            return 415, {"message": "This is no small JPEG picture."}
        with self._lock:
            if len(self._guides) > 20:
                self._guides.clear()
            guide = self._guides.setdefault(ticket, Guide(StillTracker()))
        try:
            seen = guide.look(time.monotonic(), cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), size_px, rate_hz)  # type: ignore[arg-type]
        except GaitError as error:
            return 503, {"message": str(error)}
        return 200, told(seen.advice, seen.landmarks)

    def _lock_of(self, folder: Path) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(folder.name, threading.Lock())


def told(advice: tuple[str, ...], landmarks: Any) -> dict[str, Any]:  # noqa: ANN401  an array or None
    """Advice and skeleton as the page reads them."""
    points = None if landmarks is None else [[round(float(x), 4), round(float(y), 4)] for x, y in landmarks]
    return {"advice": list(advice), "landmarks": points}


def _file(folder: Path, part: str, take: int) -> Path | None:
    return next(folder.glob(f"{part}-{take}.*"), None)


def same_origin(request: Request) -> bool:
    """No other web site may send here through the visitor's browser."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def on_this_computer(request: Request) -> bool:
    """Whether the page is open on the computer gait runs on.

    Its browser then encodes the camera's pictures on the same cores, and tracking them meanwhile cost 5 % of the pictures of a 20 s
    recording at 720 x 1280 (0.7 % without): the recording goes first.
    """
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


class TooLargeError(Exception):
    """The body is larger than allowed."""


async def body_of(request: Request, most: int) -> bytes:
    """The request's body, never more than `most` bytes in memory. Raises TooLargeError."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > most:
            raise TooLargeError
    return bytes(found)


Handler = Callable[[Request, str, Path], Awaitable[Response]]


def guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A route that only a known ticket's own page gets through."""

    async def checked(request: Request) -> Response:
        ticket = str(request.path_params["ticket"])
        folder = folder_of(ticket)
        if folder is None or not same_origin(request):
            return JSONResponse({"message": "This visit is over. Load the page again."}, 403)
        try:
            return await handler(request, ticket, folder)
        except TooLargeError:
            return JSONResponse({"message": "Too large."}, 413)
        except (ValueError, KeyError):
            return JSONResponse({"message": "That cannot be understood."}, 400)

    return checked


def routes(desk: Desk) -> list[Route]:
    """What a recording page may send.

    GET {part}                     the number of the next take; answers {take}
    PUT {part}/{take}?offset=N     a piece; answers {size}
    POST {part}/{take}?size=N      the end; answers {n_frames, length_s, fps_hz}
    POST look?width=W&height=H&rate=R   a JPEG of the live picture; answers {advice[], landmarks}.
    """

    async def piece(request: Request, _: str, folder: Path) -> Response:
        part, take = str(request.path_params["part"]), int(request.path_params["take"])
        if part not in PARTS or take > 999:
            raise ValueError(part)
        follow = not on_this_computer(request)
        if request.method == "PUT":
            offset = int(request.query_params["offset"])
            if offset < 0:
                raise ValueError(offset)
            data = await body_of(request, MAX_PIECE_BYTES)
            status, answer = await run_in_threadpool(desk.put, folder, part, take, offset, data, follow)
        else:
            size = int(request.query_params["size"])
            status, answer = await run_in_threadpool(desk.finish, folder, part, take, size, follow)
        return JSONResponse(answer, status)

    async def following(request: Request, _: str, folder: Path) -> Response:
        part = str(request.path_params["part"])
        if part not in PARTS:
            raise ValueError(part)
        return JSONResponse({"take": next_take(folder, part)})

    async def look(request: Request, ticket: str, _: Path) -> Response:
        width, height = (min(max(int(request.query_params[k]), 64), 8192) for k in ("width", "height"))
        rate = min(max(float(request.query_params.get("rate", 0)), 0.0), 1000.0)
        data = await body_of(request, MAX_PICTURE_BYTES)
        status, answer = await run_in_threadpool(desk.look, ticket, data, (width, height), rate)
        return JSONResponse(answer, status)

    base = "/api/record/{ticket}"
    return [
        Route(f"{base}/look", guarded(look), methods=["POST"]),
        Route(f"{base}/{{part}}", guarded(following), methods=["GET"]),
        Route(f"{base}/{{part}}/{{take:int}}", guarded(piece), methods=["PUT", "POST"]),
    ]
