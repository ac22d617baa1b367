"""The doors of the dashboard, who knocks at them, and what each should hear: `validation.doors` writes the page of it."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from gait.services.keeper import Keeper
from gait.services.reception import Reception
from gait.services.sign_in import NEEDS
from gait.services.store_files import StoreFiles
from gait.ui.access import BY_CODE, SIGN_IN, SIGN_OUT, way
from tests.builders import SAMPLES
from tests.builders.results import result_folder
from validation.connection import page
from validation.running import Running, expire, store, tablet_code

EVIL = "http://evil.example"


@dataclass(frozen=True)
class Door:
    """One address, and what whoever it is for gets there."""

    what: str
    path: str
    own: int
    method: str = "GET"
    foreign: int = 403
    """From another site's page."""
    said: str = ""
    """How the page of it names the address; empty: as it is."""

    def refused(self, status: int) -> int:
        """What a refusal looks like here: a connection that is not begun is always 403."""
        return 403 if self.method == "WEBSOCKET" else status

    @property
    def need(self) -> str:
        """Who it is for; empty: it is not there, or not to be done."""
        found = way(self.path.partition("?")[0])
        return found.need if found is not None and self.method in found.methods else ""

    def wanted(self, role: str) -> int:
        """What somebody gets who is a `tablet`, `staff`, a `manager` or `nobody`."""
        if not self.need or NEEDS.index(role) >= NEEDS.index(self.need):  # type: ignore[arg-type]
            return self.own
        is_page = way(self.path.partition("?")[0]).is_page  # type: ignore[union-attr]
        if role == "nobody":
            return self.refused(303 if is_page else 401)
        return 303 if self.path == "/" else 403


DOORS = (
    Door("page: new analysis", "/", 200),
    Door("the same", "/new", 200),
    Door("page: record", "/record", 200),
    Door("page: a customer rates shoes", "/comfort?visit=0123456789abcdef", 200),
    Door("page: result", "/result?id=2026-01-15-103000-anna", 200),
    Door("page: earlier results", "/earlier", 200),
    Door("page: two results compared", "/compare", 200),
    Door("page: visit", "/visit?id=0123456789abcdef", 200),
    Door("page: advice", "/advice?id=0123456789abcdef", 200),
    Door("page: customers", "/customers?id=0123456789abcdef", 200),
    Door("page: bought and returned", "/returns", 200),
    Door("page: the shelf", "/shelf", 200),
    Door("page: who signs in", "/staff", 200),
    Door("page: who did what", "/log", 200),
    Door("page: a camera is calibrated", "/calibrate", 200),
    Door("page: what is kept how long", "/keeping", 200),
    Door("the pages' connection", "/_stcore/stream", 101, "WEBSOCKET"),
    Door("health", "/_stcore/health", 200),
    Door("settings of the page", "/_stcore/host-config", 200),
    Door("icon", "/favicon.png", 200),
    Door("style and scripts", "/static/js/none.js", 200),
    Door("parts of pages", "/_stcore/bidi-components/none/none.js", 404),
    Door("pictures, films and what is saved", "/media/none.mp4", 404),
    Door("an upload into an unknown session", "/_stcore/upload_file/SESSION/FILE", 403, "PUT"),
    Door("deleting an upload of an unknown session", "/_stcore/upload_file/SESSION/FILE", 403, "DELETE"),
    Door("a piece of an unknown recording", "/api/record/TICKET/run/1?offset=0", 403, "PUT"),
    Door("the end of an unknown recording", "/api/record/TICKET/run/1?size=1", 403, "POST"),
    Door("the next number of an unknown recording", "/api/record/TICKET/run", 403),
    Door("a look at an unknown visit's picture", "/api/record/TICKET/look?width=640&height=480", 403, "POST"),
    Door("cameras of an unknown visit", "/api/record/TICKET/camera/list", 403),
    Door("the live picture of an unknown visit", "/api/record/TICKET/camera/live", 403),
    Door("the state of an unknown visit's camera", "/api/record/TICKET/camera/status", 403),
    Door("what a camera of an unknown visit can do", "/api/record/TICKET/camera/modes", 403, "POST"),
    Door("opening a camera of an unknown visit", "/api/record/TICKET/camera/open", 403, "POST"),
    Door("recording by a camera of an unknown visit", "/api/record/TICKET/camera/begin", 403, "POST"),
    Door("stopping a camera of an unknown visit", "/api/record/TICKET/camera/cancel", 403, "POST"),
    Door("closing a camera of an unknown visit", "/api/record/TICKET/camera/close", 403, "POST"),
    Door("an export that is unknown, or another person's", "/api/export/TICKET", 403),
    Door("the server's counters", "/_stcore/metrics", 404, foreign=404),
    Door("sign-in of the library", "/auth/login", 404, foreign=404),
    Door("components of the library", "/component/x/index.html", 404, foreign=404),
    Door("any other address", "/etc/passwd", 404, foreign=404),
    Door("writing to a page", "/result", 405, "POST", foreign=405),
)
SIGN_IN_DOORS = (
    Door("the way in", SIGN_IN, 200),
    Door("a wrong password", SIGN_IN, 403, "POST"),
    Door("a wrong code", BY_CODE, 403, "POST"),
    Door("the way out", SIGN_OUT, 303, "POST"),
)


RESULT, WHOSE = "2026-01-15-103000-anna", "Anna"
FILES = {
    "mp4": ("the film of a result", "result", f"id={RESULT}"),
    "json": ("the receipt of a deletion", "keeping", ""),
}
"""Of each kind of file, by its ending: what it is, and the page that has it."""


def keep_files(folder: Path) -> None:
    """A result with a film, and a customer who was deleted."""
    film = result_folder(folder / RESULT) / "overlay.mp4"
    shutil.copyfile(SAMPLES / "treadmill_rear.standing.mp4", film)
    with store(folder) as records:
        gone = Reception(records).begin_as(WHOSE).customer_id
        Keeper(records.opened, StoreFiles(folder, records.data)).delete_customer(str(gone))


@contextmanager
def files(running: Running, manager: str) -> Iterator[list[Door]]:
    """Each file that a manager's pages show, for as long as these pages are open."""
    with ExitStack() as pages:
        doors = []
        for ending, (what, name, query) in FILES.items():
            came = pages.enter_context(page(running, manager, name, query))()
            found = re.search(rf"/media/[\w-]+\.{ending}".encode(), came)
            path = found[0].decode() if found else f"/media/not-shown.{ending}"
            doors.append(Door(f"{what}, as its page names it", path, 200, said=f"/media/….{ending}"))
        yield doors


@dataclass(frozen=True)
class Row:
    """What came, beside what should have."""

    door: Door
    got: tuple[int, ...]
    wanted: tuple[int, ...]


ALONE = ("our own page", "foreign Host", "foreign Origin", "Origin: another port here")


def alone(running: Running) -> list[Row]:
    """The table of a program for this computer, where nobody signs in."""
    near = "http://localhost:3000"
    rows = []
    for door in DOORS:
        got = (
            running.ask(door),
            running.ask(door, host=f"evil.example:{running.port}", origin=f"{EVIL}:{running.port}"),
            running.ask(door, origin=EVIL),
            running.ask(door, origin=near),
        )
        rows.append(Row(door, got, (door.own, door.refused(421), door.foreign, door.foreign)))
    return rows


NETWORK = (
    "for",
    "no session",
    "made up",
    "expired",
    "signed out",
    "tablet",
    "staff",
    "manager",
    "manager, foreign Host",
    "manager, foreign Origin",
)


def network(running: Running, folder: Path) -> list[Row]:
    """The table of a program for the network, whose results are in `folder`, asked from the network's side."""
    manager, member, expired, left = (running.enter(name) for name in ("eva", "bob", "bob", "bob"))
    tablet = running.enter_by_code(tablet_code(folder))
    made_up = f"{manager.partition('=')[0]}=AAAA"
    expire(folder, expired)
    running.leave(left)
    cookies = made_up, expired, left, tablet, member, manager
    with files(running, manager) as there:
        return [_row(running, door, cookies) for door in (*DOORS, *there, *SIGN_IN_DOORS)]


def _row(running: Running, door: Door, cookies: tuple[str, ...]) -> Row:
    """One door, knocked at by nobody and by whoever holds these cookies."""
    once = door.path in (SIGN_IN, BY_CODE) and door.method == "POST"  # each wrong guess is counted
    sent, manager = ("", *cookies), cookies[-1]
    roles = ("nobody", "nobody", "nobody", "nobody", "tablet", "staff", "manager")
    asked = [(cookie, door.wanted(role)) for cookie, role in zip(sent, roles, strict=True)]
    if once or door.path == SIGN_OUT:
        asked = asked[:1] * len(roles)
    got = [running.ask(door, cookie) if k == 0 or not once else door.own for k, (cookie, _) in enumerate(asked)]
    got += [
        running.ask(door, manager, host=f"evil.example:{running.port}"),
        running.ask(door, manager, origin=EVIL),
    ]
    wanted = [status for _, status in asked]
    return Row(door, tuple(got), (*wanted, door.refused(421), door.foreign))
