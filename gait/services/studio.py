"""The camera on the store's computer, worked from the page: opened, watched, recorded with, and let go when nobody watches.

One camera at a time.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import cv2

from gait import capture, words
from gait.errors import GaitError
from gait.said import Said
from gait.services.head_start import HeadStart
from gait.services.recordings import told
from gait.services.settings import StoreSettings

if TYPE_CHECKING:
    from gait.framing import Framing, Guide

UNWATCHED_S = 10.0
"""The page asks twice a second; after this long without, its tab is gone and the camera is let go."""
LOOK_EVERY_S = 1.0
JPEG_QUALITY = 75

log = logging.getLogger(__name__)


class Studio:
    """The open camera, if any, and who has it."""

    def __init__(self, store: StoreSettings, head_start: HeadStart, new_guide: "Callable[[], Guide]") -> None:
        """`new_guide` makes a guide for the camera that is opened."""
        self._store, self._head_start, self._new_guide = store, head_start, new_guide
        self._lock = threading.Lock()
        self._ticket = ""
        self._live: capture.Live | None = None
        self._session: capture.Session | None = None
        self._framing: Framing | None = None
        self._asked_s = 0.0

    def cameras(self) -> list[dict[str, str]]:
        """Addresses and names. The cameras the manager set up go by a number: their addresses may hold a password."""
        found = [{"address": c.address, "name": c.name} for c in capture.cameras()]
        return [*found, *({"address": key, "name": name} for key, (name, _) in self._set_up().items())]

    def camera(self, address: str) -> capture.Camera:
        """The camera meant by an address of `cameras`, or by what somebody typed. Raises GaitError when that is none."""
        listed = self._set_up().get(address)
        return listed[1] if listed else capture.typed(address)

    def name_of(self, address: str) -> str:
        """What the camera of that address is called, never with a password. Raises GaitError when there is none."""
        listed = next((c.name for c in capture.cameras() if c.address == address), "")
        return listed or self.camera(address).shown

    def _set_up(self) -> dict[str, tuple[str, capture.Camera]]:
        """What the manager named when gait was started: key, name, camera."""
        named = [capture.set_up(address) for address in self._store.cameras]
        found = {f"store:{n}": (camera.shown, camera) for n, camera in enumerate(named, 1)}
        if self._store.virtual_camera:
            found["stand-in"] = words.say(Said("virtual_camera")), capture.stand_in(self._store.virtual_camera)
        return found

    def open(self, ticket: str, folder: Path, address: str, mode: capture.Mode) -> None:
        """Switch to that camera. Raises GaitError when it does not answer or somebody else is recording."""
        camera = self.camera(address)
        with self._lock:
            if self._session is not None and self._session.phase != "ready":
                raise GaitError("camera_recording")
            self._let_go()
            live = capture.Live(camera, mode, self._store.encoder)
            session = capture.Session(
                live,
                folder,
                cast(Any, self._store.record_s),
                self._store.countdown_s,
                self._head_start.begin,
                self._head_start.forget,
            )
            self._ticket, self._live, self._session = ticket, live, session
            self._framing, self._asked_s = None, time.monotonic()
        threading.Thread(target=self._watch, args=(live, session), name="gait-guide", daemon=True).start()

    def close(self, ticket: str) -> None:
        """Let the camera go, if it is this ticket's and not recording."""
        with self._lock:
            if ticket == self._ticket and (self._session is None or self._session.phase == "ready"):
                self._let_go()

    def shut(self) -> None:
        """Let the camera go whatever it does: the program ends. A clip that is being recorded is stopped and kept."""
        with self._lock:
            session = self._session
        if session is not None:
            session.cancel()
            session.wait(5.0)
        with self._lock:
            self._let_go()

    def session(self, ticket: str) -> capture.Session:
        """This ticket's. Raises GaitError when it has no open camera."""
        if ticket != self._ticket or self._session is None:
            raise GaitError("camera_missing", "closed")
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
            "fault": words.whole(fault) if fault else None,
            "lost": session.live.fault is not None,
            "takes": {
                part: {"n_frames": t.n_frames, "length_s": round(t.length_s, 2)} for part, t in session.takes.items()
            },
            **(told(self._framing.advice, self._framing.landmarks) if self._framing else {}),
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
        guide, last = self._new_guide(), 0
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
