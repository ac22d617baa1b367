"""What pages send beside Streamlit's own connection: the pieces of a recording, pictures for the guide, the store's camera.

Who may come in at all is `gait.ui.guard`; what is done lies in `gait.services`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from gait import capture, words
from gait.errors import GaitError
from gait.services.engine import Engine
from gait.services.exports import Exports
from gait.services.recordings import PARTS, Recordings, next_take
from gait.services.sign_in import STORE, Person
from gait.services.studio import UNWATCHED_S, Studio
from gait.ui.bodies import TooLargeError, body_of

MAX_PIECE_BYTES = 18 << 20
"""The page sends no more than 16 MB at once; each piece is held in memory."""
MAX_PICTURE_BYTES = 2 << 20


def routes(engine: Engine) -> list[Route]:
    """All of them."""
    recorded = record_routes(engine.recordings), camera_routes(engine.studio, engine.recordings)
    return [*(route for some in recorded for route in some), *export_routes(engine.exports)]


def record_routes(recordings: Recordings) -> list[Route]:
    """What a recording page may send, below `/api/record/TICKET`.

    GET {part}                     the number of the next take; answers {take}
    PUT {part}/{take}?offset=N     a piece; answers {size}
    POST {part}/{take}?size=N&camera=NAME   the end; answers {n_frames, length_s, fps_hz}
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
            status, answer = await run_in_threadpool(recordings.put, folder, part, take, offset, data, follow)
        else:
            size = int(request.query_params["size"])
            if request.query_params.get("camera"):
                await run_in_threadpool(recordings.name_camera, folder, request.query_params["camera"])
            status, answer = await run_in_threadpool(recordings.finish, folder, part, take, size, follow)
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
        status, answer = await run_in_threadpool(recordings.look, ticket, data, (width, height), rate)
        return JSONResponse(answer, status)

    base = "/api/record/{ticket}"
    return [
        Route(f"{base}/look", guarded(recordings, look), methods=["POST"]),
        Route(f"{base}/{{part}}", guarded(recordings, following), methods=["GET"]),
        Route(f"{base}/{{part}}/{{take:int}}", guarded(recordings, piece), methods=["PUT", "POST"]),
    ]


def camera_routes(studio: Studio, recordings: Recordings) -> list[Route]:
    """What the page may ask of the store's camera, below `/api/record/TICKET`.

    GET camera/list          {cameras[]}
    POST camera/modes        {address}: every mode is tried; answers {modes[]}, best first
    POST camera/open         {address, width, height, rate}
    GET camera/status        see `Studio.status`
    GET camera/live          the picture, as an endless row of JPEGs
    POST camera/begin        {part}: countdown, then the clip
    POST camera/cancel, camera/close
    """

    async def ask(request: Request, ticket: str, folder: Path) -> Response:
        what = str(request.path_params["what"])
        asked = await _json(request) if request.method == "POST" else {}
        try:
            if what == "begin":
                await run_in_threadpool(recordings.check_room)
            _check_camera(studio, request.scope.get("gait.person"), str(asked.get("address", "")))
            answer = await run_in_threadpool(_do, studio, what, asked, ticket, folder)
            if what == "open":
                name = await run_in_threadpool(studio.name_of, str(asked["address"]))
                await run_in_threadpool(recordings.name_camera, folder, name)
            return JSONResponse(answer)
        except GaitError as error:
            return JSONResponse({"message": words.whole(error), "code": error.code}, 409)

    async def live(_: Request, ticket: str, __: Path) -> Response:
        async def pictures() -> AsyncIterator[bytes]:
            number, idle_s = 0, 0.0
            while idle_s < UNWATCHED_S:
                try:
                    found = await run_in_threadpool(studio.picture, ticket, number)
                except GaitError:
                    return
                if found is None:
                    idle_s += 0.04
                else:
                    number, packed = found
                    idle_s = 0.0
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(packed)}\r\n\r\n"
                    yield head.encode() + packed + b"\r\n"
                await asyncio.sleep(0.04)

        # "identity": packing an endless answer would hold pictures back.
        headers = {"Cache-Control": "no-store", "Content-Encoding": "identity"}
        return StreamingResponse(pictures(), media_type="multipart/x-mixed-replace; boundary=frame", headers=headers)

    base = "/api/record/{ticket}/camera"
    return [
        Route(f"{base}/live", guarded(recordings, live), methods=["GET"]),
        Route(f"{base}/{{what}}", guarded(recordings, ask), methods=["GET", "POST"]),
    ]


def export_routes(exports: Exports) -> list[Route]:
    """GET /api/export/TICKET: everything on a customer or a visit, from the disk, for whoever had it made."""

    async def export(request: Request) -> Response:
        person: Person = request.scope.get("gait.person") or STORE
        file = await run_in_threadpool(exports.file, str(request.path_params["ticket"]), person.who)
        if file is None:
            return JSONResponse({"message": words.phrase("export_over")}, 403)
        headers = {"Cache-Control": "no-store", "Content-Encoding": "identity"}
        return FileResponse(file, media_type="application/zip", filename=file.name, headers=headers)

    return [Route("/api/export/{ticket}", export, methods=["GET"])]


def _check_camera(studio: Studio, person: Person | None, address: str) -> None:
    """Raises GaitError where a tablet would have this computer connect to whatever it names."""
    if not address or person is None or person.may("staff"):
        return
    if address not in {camera["address"] for camera in studio.cameras()}:
        raise GaitError("camera_not_yours")


def _do(studio: Studio, what: str, asked: dict[str, Any], ticket: str, folder: Path) -> dict[str, Any]:
    if what == "list":
        return {"cameras": studio.cameras()}
    if what == "status":
        return studio.status(ticket)
    if what == "modes":
        studio.close(ticket)
        camera = studio.camera(str(asked["address"]))
        return {
            "modes": [
                {"width": m.width_px, "height": m.height_px, "rate": m.mode.rate_hz, "measured": round(m.rate_hz, 1)}
                for m in capture.modes(camera)
            ]
        }
    if what == "open":
        mode = capture.Mode(int(asked.get("width", 0)), int(asked.get("height", 0)), float(asked.get("rate", 0)))
        studio.open(ticket, folder, str(asked["address"]), mode)
    elif what == "begin":
        part = str(asked["part"])
        if part not in PARTS:
            raise ValueError(part)
        studio.session(ticket).begin(cast(capture.Part, part))
    elif what == "cancel":
        studio.session(ticket).cancel()
    elif what == "close":
        studio.close(ticket)
    else:
        raise ValueError(what)
    return {}


async def _json(request: Request) -> dict[str, Any]:
    found = json.loads(await body_of(request, 10_000) or b"{}")
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def on_this_computer(request: Request) -> bool:
    """Whether the page is open on the computer gait runs on.

    Its browser then encodes the camera's frames on the same cores, and tracking them meanwhile cost 5 % of the frames of a 20 s
    recording at 720 x 1280 (0.7 % without): the recording goes first.
    """
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


Handler = Callable[[Request, str, Path], Awaitable[Response]]


def guarded(recordings: Recordings, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A route that only a known ticket's own page gets through."""

    async def checked(request: Request) -> Response:
        ticket = str(request.path_params["ticket"])
        folder = recordings.folder_of(ticket)
        if folder is None or not recordings.is_of(folder, request.scope.get("gait.visit")):
            return JSONResponse({"message": words.phrase("visit_over")}, 403)
        try:
            return await handler(request, ticket, folder)
        except TooLargeError:
            return JSONResponse({"message": words.phrase("too_large")}, 413)
        except (ValueError, KeyError):
            return JSONResponse({"message": words.phrase("not_understood")}, 400)

    return checked
