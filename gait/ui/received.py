"""Clips that a page is given: they go to the disk piece by piece, past Streamlit's own route, which holds them in memory twice.

The page's file field sends to the address Streamlit gave it; the record Streamlit keeps is empty, and the desk finds the clip on
the disk by its id.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import python_multipart
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from gait import words
from gait.errors import GaitError
from gait.said import Said
from gait.services.uploads import MAX_BYTES, Arriving, Uploads
from gait.ui.access import UPLOAD
from gait.ui.guard import Door

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

OVERHEAD_BYTES = 10_000
"""What a form adds to its file."""
WRITE_BYTES = 1 << 20


class Received:
    """The layer that takes PUT and DELETE of uploads; inside the guard."""

    def __init__(self, app: ASGIApp, door: Door, uploads: Callable[[], Uploads]) -> None:
        """`uploads` gives the place of the running program's clips."""
        self._app, self._door, self._uploads = app, door, uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["path"].startswith(UPLOAD) and scope["method"] not in ("GET", "HEAD"):
            await (await self._answer(Request(scope, receive)))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        session, _, file_id = request.scope["path"].removeprefix(UPLOAD).partition("/")
        visit = request.scope.get("gait.visit")
        if not file_id or "/" in file_id or len(file_id) > 64 or not self._door.owns(session, visit):
            return _refused(Said("door_not_yours"), 403)
        if not runtime.exists() or not runtime.get_instance().is_active_session(session):
            return _refused(Said("door_not_yours"), 403)
        keeper = runtime.get_instance().uploaded_file_mgr
        if request.method == "DELETE":
            self._uploads().forget(file_id)
            keeper.remove_file(session_id=session, file_id=file_id)  # type: ignore[attr-defined]
            return Response(status_code=204)
        if request.method != "PUT":
            return _refused(Said("door_method"), 405)
        try:
            name, kind = await self._take(request, str(visit), file_id)
        except GaitError as error:
            return JSONResponse({"message": words.whole(error)}, 413)
        except (ValueError, ClientDisconnect):
            return JSONResponse({"message": words.phrase("not_understood")}, 400)
        record = UploadedFileRec(file_id=file_id, name=name, type=kind, data=b"")
        keeper.add_file(session_id=session, file=record)  # type: ignore[attr-defined]
        return Response(status_code=204)

    async def _take(self, request: Request, visit: str, file_id: str) -> tuple[str, str]:
        """The form's one file to the disk: its name and kind.

        For one that there is no room for, the page's file field would show its own library's error. So it is told that the
        file has come, and the page says why it has not: see `Uploads.refuse`. Raises GaitError for a clip that is too large, which
        the field itself says beforehand, ValueError for no such form, or ClientDisconnect.
        """
        length = request.headers.get("content-length")
        declared = max(0, int(length) - OVERHEAD_BYTES) if length is not None else None
        form, uploads = _Form(request.headers.get("content-type", "")), self._uploads()
        arriving, come = None, 0
        try:
            arriving = await run_in_threadpool(uploads.begin, visit, file_id, declared)
        except GaitError as error:
            _refuse(uploads, file_id, error)
        try:
            async for piece in request.stream():
                form.feed(piece)
                come += len(piece)
                if come > MAX_BYTES + OVERHEAD_BYTES:
                    raise GaitError("clip_too_large", most_gb=MAX_BYTES >> 30)
                if len(form.data) >= WRITE_BYTES:
                    arriving = await self._kept(arriving, file_id, form.to)
                    form.data.clear()
            arriving = await self._kept(arriving, file_id, form.to)
            form.check()
            arriving = await self._kept(arriving, file_id, lambda clip: clip.finish(form.name))
        finally:
            if arriving is not None:
                await run_in_threadpool(arriving.close)
        return form.name, form.kind

    async def _kept(self, arriving: Arriving | None, file_id: str, step: Callable[[Arriving], None]) -> Arriving | None:
        """The clip after the next step to the disk; None, and let go of, where there is no room for it (any more)."""
        if arriving is not None:
            try:
                await run_in_threadpool(step, arriving)
            except GaitError as error:
                await run_in_threadpool(arriving.close)
                _refuse(self._uploads(), file_id, error)
                return None
        return arriving


def _refuse(uploads: Uploads, file_id: str, error: GaitError) -> None:
    if error.code == "clip_too_large":
        raise error
    uploads.refuse(file_id, error)


class _Form:
    """A form of one file as it comes. `data` is what has come and was not taken yet."""

    def __init__(self, content_type: str) -> None:
        kind, options = python_multipart.multipart.parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise ValueError("no form")
        self.data = bytearray()
        self.name = self.kind = ""
        self._files, self._ended = 0, False
        self._field, self._value = bytearray(), bytearray()
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._field.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header,
            "on_part_data": lambda data, start, end: self.data.extend(data[start:end]),
            "on_end": self._end,
        }
        self._parser = python_multipart.MultipartParser(options[b"boundary"], callbacks)

    def feed(self, data: bytes) -> None:
        """The next bytes. Raises ValueError when they are no form."""
        if data:
            self._parser.write(data)

    def to(self, clip: Arriving) -> None:
        """What has come, to the disk. Raises GaitError as `Arriving.write` does."""
        clip.write(bytes(self.data))

    def check(self) -> None:
        """Raise ValueError unless one whole file has come."""
        if self._files != 1 or not self._ended:
            raise ValueError("not one file")

    def _begin(self) -> None:
        self._files += 1
        if self._files > 1:
            raise ValueError("more than one part")

    def _header(self) -> None:
        field, value = bytes(self._field).lower(), bytes(self._value)
        self._field.clear()
        self._value.clear()
        if field == b"content-disposition":
            _, options = python_multipart.multipart.parse_options_header(value)
            name = options.get(b"filename", b"").decode("utf-8", "replace")
            self.name = name.replace("%22", '"').replace("%0A", "").replace("%0D", "")[:255]
        elif field == b"content-type":
            self.kind = value.decode("latin-1")[:100]

    def _end(self) -> None:
        self._ended = True


def _refused(said: Said, status: int) -> Response:
    return JSONResponse({"message": words.say(said)}, status)
