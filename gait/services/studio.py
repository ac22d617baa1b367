"""The camera on the store's computer, worked from the page: opened, watched, recorded with, and let go when nobody watches.

One camera at a time. Routes below `/api/record/TICKET/camera`: see `routes`.
"""

import asyncio
import json
import logging
import math
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import cv2
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from gait import capture
from gait.errors import GaitError
from gait.services import head_start, recordings

if TYPE_CHECKING:
    from gait.framing import Framing

VIRTUAL = "GAIT_VIRTUAL_CAMERA"
"""Names a clip that stands in for a camera, to try the page without one."""
UNWATCHED_S = 10.0
"""The page asks twice a second; after this long without, its tab is gone and the camera is let go."""
LOOK_EVERY_S = 1.0
JPEG_QUALITY = 75

log = logging.getLogger(__name__)


class Studio:
    """The open camera, if any, and who has it."""

    def __init__(self, seconds: dict[str, float], countdown_s: float) -> None:
        self.seconds, self.countdown_s = seconds, countdown_s
        self._lock = threading.Lock()
        self._ticket = ""
        self._live: capture.Live | None = None
        self._session: capture.Session | None = None
        self._framing: Framing | None = None
        self._asked_s = 0.0

    def cameras(self) -> list[dict[str, str]]:
        """Addresses and names."""
        found = [{"address": c.address, "name": c.name} for c in capture.cameras()]
        virtual = os.environ.get(VIRTUAL)
        return [*found, {"address": f"file:{virtual}", "name": "Clip in place of a camera"}] if virtual else found

    def open(self, ticket: str, folder: Path, address: str, mode: capture.Mode) -> None:
        """Switch to that camera. Raises GaitError when it does not answer or somebody else is recording."""
        if address.startswith("file:") and address not in {c["address"] for c in self.cameras()}:
            raise GaitError("That is no camera.", "Choose one from the list.", "camera_missing")
        with self._lock:
            if self._session is not None and self._session.phase != "ready":
                raise GaitError("The camera is recording.", "Wait until it is done.")
            self._let_go()
            live = capture.Live(address, mode)
            session = capture.Session(
                live, folder, cast(Any, self.seconds), self.countdown_s, head_start.begin, head_start.forget
            )
            self._ticket, self._live, self._session = ticket, live, session
            self._framing, self._asked_s = None, time.monotonic()
        threading.Thread(target=self._watch, args=(live, session), name="gait-guide", daemon=True).start()

    def close(self, ticket: str) -> None:
        """Let the camera go, if it is this ticket's and not recording."""
        with self._lock:
            if ticket == self._ticket and (self._session is None or self._session.phase == "ready"):
                self._let_go()

    def session(self, ticket: str) -> capture.Session:
        """This ticket's. Raises GaitError when it has no open camera."""
        if ticket != self._ticket or self._session is None:
            raise GaitError("The camera is not open.", "Choose the camera again.", "camera_missing")
        return self._session

    def status(self, ticket: str) -> dict[str, Any]:
        """What the page shows, twice a second."""
        session = self.session(ticket)
        self._asked_s = time.monotonic()
        fault = session.fault or session.live.fault
        rate = session.live.rate_hz
        width, height = session.live.size_px
        return {
            "phase": session.phase,
            "part": session.part,
            "left_s": round(session.left_s, 2),
            "width": width,
            "height": height,
            "rate_hz": None if math.isnan(rate) else round(rate, 1),
            "fault": str(fault) if fault else None,
            "lost": session.live.fault is not None,
            "takes": {
                part: {"n_frames": t.n_frames, "length_s": round(t.length_s, 2)} for part, t in session.takes.items()
            },
            **(recordings.told(self._framing.advice, self._framing.landmarks) if self._framing else {}),
        }

    def picture(self, ticket: str, after: int) -> tuple[int, bytes] | None:
        """The latest picture as JPEG with its number; None when there is none newer than `after`."""
        seen = self.session(ticket).live.picture
        if seen is None or seen[0] == after:
            return None
        good, packed = cv2.imencode(
            ".jpg", cv2.cvtColor(seen[2], cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
        )
        return (seen[0], packed.tobytes()) if good else None

    def _watch(self, live: capture.Live, session: capture.Session) -> None:
        """Look at the picture once a second while nothing is recorded; let go of a camera nobody watches."""
        from gait.framing import Guide, StillTracker  # late: loading the tracker takes seconds

        guide, last = Guide(StillTracker()), 0
        while self._live is live:
            time.sleep(LOOK_EVERY_S)
            if session.phase != "ready":
                continue
            if time.monotonic() - self._asked_s > UNWATCHED_S:
                with self._lock:
                    if self._live is live and session.phase == "ready":
                        self._let_go()
                return
            seen = live.picture
            if seen is None or seen[0] == last:
                continue
            last = seen[0]
            try:
                rate = live.rate_hz
                self._framing = guide.look(seen[1], seen[2], live.size_px, 0.0 if math.isnan(rate) else rate)
            except GaitError as error:
                log.warning("no framing guide: %s", error)
                return

    def _let_go(self) -> None:
        if self._live is not None:
            self._live.close()
        self._live = self._session = self._framing = None
        self._ticket = ""


def routes(studio: Studio) -> list[Route]:
    """What the page may ask of the camera.

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
            return JSONResponse(await run_in_threadpool(_do, studio, what, asked, ticket, folder))
        except GaitError as error:
            return JSONResponse({"message": str(error), "code": error.code}, 409)

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
        Route(f"{base}/live", recordings.guarded(live), methods=["GET"]),
        Route(f"{base}/{{what}}", recordings.guarded(ask), methods=["GET", "POST"]),
    ]


def _do(studio: Studio, what: str, asked: dict[str, Any], ticket: str, folder: Path) -> dict[str, Any]:
    if what == "list":
        return {"cameras": studio.cameras()}
    if what == "status":
        return studio.status(ticket)
    if what == "modes":
        studio.close(ticket)
        address = str(asked["address"])
        if address.startswith("file:") and address not in {c["address"] for c in studio.cameras()}:
            raise GaitError("That is no camera.", "Choose one from the list.", "camera_missing")
        return {
            "modes": [
                {"width": m.width_px, "height": m.height_px, "rate": m.mode.rate_hz, "measured": round(m.rate_hz, 1)}
                for m in capture.modes(address)
            ]
        }
    if what == "open":
        mode = capture.Mode(int(asked.get("width", 0)), int(asked.get("height", 0)), float(asked.get("rate", 0)))
        studio.open(ticket, folder, str(asked["address"]), mode)
    elif what == "begin":
        part = str(asked["part"])
        if part not in recordings.PARTS:
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
    found = json.loads(await recordings.body_of(request, 10_000) or b"{}")
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found
