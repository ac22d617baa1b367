"""Tries every door of the running dashboard and writes reports/validation/doors.md.

    python -m validation.doors [--out FILE] [--clip-mb N]

Two programs are started as a store would: one for this computer alone, one for the network, where people sign in. Every address of
`gait.ui.access` is asked for as our own page does, under a foreign site's name, and from a foreign site's page; in the network by nobody,
with a made-up cookie, with one that has expired and one that signed out, and by a tablet, a member of staff and a manager. Where `strace` is there, every connection the programs try to make is noted.
"""

import argparse
import hashlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from gait.places import data_folder
from gait.records import sessions
from gait.records.ids import now
from gait.services import accounts, passwords
from gait.services.sign_in import NEEDS, STORE, SignIn
from gait.services.store_records import StoreRecords
from gait.ui.access import BY_CODE, SIGN_IN, SIGN_OUT, way

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "reports" / "validation" / "doors.md"
PASSWORD = "correct horse battery"  # noqa: S105  of accounts that are made for this
START_S = 120
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
    Door("page: result", "/result?id=2026-01-15-103000-anna", 200),
    Door("page: earlier results", "/earlier", 200),
    Door("page: visit", "/visit?id=0123456789abcdef", 200),
    Door("page: customers", "/customers?id=0123456789abcdef", 200),
    Door("page: bought and returned", "/returns", 200),
    Door("page: who signs in", "/staff", 200),
    Door("page: who did what", "/log", 200),
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


@dataclass(frozen=True)
class Row:
    """What came, beside what should have."""

    door: Door
    got: tuple[int, ...]
    wanted: tuple[int, ...]


@dataclass
class Running:
    """A dashboard of our own."""

    host: str
    port: int
    pid: int
    said: Path
    traced: Path | None

    def ask(self, door: Door, cookie: str = "", host: str | None = None, origin: str | None = None) -> int:
        """The status of one request."""
        own = f"{self.host}:{self.port}"
        headers = {"Host": host or own, **({"Cookie": cookie} if cookie else {})}
        if origin or door.method != "GET":
            headers["Origin"] = origin or f"http://{own}"
        if door.method == "WEBSOCKET":
            headers |= {
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            }
        return self.request("GET" if door.method == "WEBSOCKET" else door.method, door.path, headers)[0]

    def request(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, dict[str, str]]:
        """Status and headers."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}
        finally:
            connection.close()

    def enter(self, name: str, password: str = PASSWORD, cookie: str = "") -> str:
        """The cookies of somebody who signs in; empty: not let in."""
        return self._sent(SIGN_IN, f"name={name}&password={password.replace(' ', '+')}", cookie)

    def enter_by_code(self, code: str) -> str:
        """The cookies of a tablet."""
        return self._sent(BY_CODE, f"code={code}", "")

    def leave(self, cookie: str) -> None:
        """Sign out."""
        self._sent(SIGN_OUT, "", cookie)

    def _sent(self, path: str, form: str, cookie: str) -> str:
        own = f"{self.host}:{self.port}"
        headers = {"Host": own, "Origin": f"http://{own}", "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        try:
            connection.request("POST", path, form.encode(), headers | ({"Cookie": cookie} if cookie else {}))
            answer = connection.getresponse()
            set_ = [v.partition(";")[0] for k, v in answer.getheaders() if k.lower() == "set-cookie"]
            return "; ".join(set_) if answer.status == 303 else ""
        finally:
            connection.close()

    def resident_mb(self) -> float:
        """Of the server and what it started."""
        return sum(_status_mb(pid, "VmRSS") for pid in _family(self.pid))


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def _status_mb(pid: int, name: str) -> float:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(rf"{name}:\s+(\d+)", text)
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def dashboard(folder: Path, address: str, host: str, trace: bool = False) -> Iterator[Running]:
    """`gait app` at that address, asked for as `host`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "gait.cli", "app", "--headless", "--port", str(port), "--address", address]
    traced = folder / "trace" if trace and shutil.which("strace") else None
    if traced:
        command = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(traced), *command]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GAIT_")} | {"GAIT_REPORTS_DIR": str(folder)}
    said = folder / "server.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        until = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection((host, port), 2).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(said.read_text(errors="replace")) from None
                time.sleep(0.25)
        yield Running(host, port, process.pid, said, traced)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def own_address() -> str | None:
    """This computer's address in its network; None without one. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        found = str(probe.getsockname()[0])
    return None if ip_address(found).is_loopback else found


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


@contextmanager
def store(folder: Path) -> Iterator[StoreRecords]:
    """The records of a program whose results are there."""
    kept = StoreRecords(data_folder(folder), folder)
    try:
        yield kept
    finally:
        kept.close()


def people(folder: Path) -> None:
    """Eva, who manages, and Bob, who works there."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = passwords.hashed(PASSWORD)
    with store(folder) as records, records.writing() as at:
        accounts.add(at, "command", "eva", "manager", kept)
        accounts.add(at, "command", "bob", "staff", kept)


def tablet_code(folder: Path) -> str:
    """As the store's screen shows it."""
    with store(folder) as records:
        return SignIn(records).new_code(STORE)[0]


def expire(folder: Path, cookie: str) -> None:
    """The stay of that cookie is over."""
    token = cookie.partition(";")[0].partition("=")[2]
    with store(folder) as records, records.writing() as at:
        sessions.go_on(at, hashlib.sha256(token.encode()).hexdigest(), now(), now())


def network(running: Running, folder: Path) -> list[Row]:
    """The table of a program for the network, whose results are in `folder`, asked from the network's side."""
    manager, member, expired, left = (running.enter(name) for name in ("eva", "bob", "bob", "bob"))
    tablet = running.enter_by_code(tablet_code(folder))
    made_up = f"{manager.partition('=')[0]}=AAAA"
    expire(folder, expired)
    running.leave(left)
    rows = []
    for door in (*DOORS, *SIGN_IN_DOORS):
        once = door.path in (SIGN_IN, BY_CODE) and door.method == "POST"  # each wrong guess is counted
        out = door.path == SIGN_OUT
        sent = ("", made_up, expired, left, tablet, member, manager)
        roles = ("nobody", "nobody", "nobody", "nobody", "tablet", "staff", "manager")
        asked = [(cookie, door.wanted(role)) for cookie, role in zip(sent, roles, strict=True)]
        if once or out:
            asked = asked[:1] * 7
        got = [running.ask(door, cookie) if k == 0 or not once else door.own for k, (cookie, _) in enumerate(asked)]
        got += [
            running.ask(door, manager, host=f"evil.example:{running.port}"),
            running.ask(door, manager, origin=EVIL),
        ]
        wanted = [status for _, status in asked]
        rows.append(Row(door, tuple(got), (*wanted, door.refused(421), door.foreign)))
    return rows


def outward(traced: Path) -> list[str]:
    """Where a traced program tried to connect or send to, beyond this computer."""
    found = set()
    for line in traced.read_text(errors="replace").splitlines():
        for pattern in (r'inet_addr\("([^"]+)"\)', r'inet_pton\(AF_INET6, "([^"]+)"'):
            for address in re.findall(pattern, line):
                if not ip_address(address).is_loopback and "connect(" in line:
                    found.add(address)
    return sorted(found)


@contextmanager
def page(running: Running, cookie: str, name: str = "", query: str = "") -> Iterator[Callable[[], bytes]]:
    """A page that is open: it can be asked for anew, and gives all that comes, as Streamlit packs it; nothing: it was cut off."""
    own = f"{running.host}:{running.port}"
    with connect(
        f"ws://{own}/_stcore/stream",
        origin=f"http://{own}",
        additional_headers={"Cookie": cookie},
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=None,
        open_timeout=START_S,
    ) as socket_:

        def ask() -> bytes:
            asked, come, ended = BackMsg(), b"", False
            asked.rerun_script.page_name, asked.rerun_script.query_string = name, query
            try:
                socket_.send(asked.SerializeToString())
                while not ended:
                    come += (data := bytes(socket_.recv(timeout=120)))
                    ended = ForwardMsg.FromString(data).WhichOneof("type") == "script_finished"
            except ConnectionClosed:
                return b""
            return come

        yield ask


@contextmanager
def session(running: Running, visit: str = "visitor") -> Iterator[tuple[str, str]]:
    """A page's connection: (session, cookie)."""
    own = f"{running.host}:{running.port}"
    cookie = f"gait_visit_{running.port}={visit}"
    with connect(
        f"ws://{own}/_stcore/stream",
        origin=f"http://{own}",
        additional_headers={"Cookie": cookie},
        subprotocols=["streamlit"],
        max_size=None,
        open_timeout=START_S,
    ) as socket_:
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        socket_.send(asked.SerializeToString())
        found, ended = "", False
        while not ended:
            message = ForwardMsg.FromString(socket_.recv(timeout=120))
            if message.WhichOneof("type") == "new_session":
                found = message.new_session.initialize.session_id
            ended = message.WhichOneof("type") == "script_finished"
        yield found, cookie


def upload(running: Running, session_id: str, cookie: str, size: int | None, more: int = 0) -> tuple[int, float]:
    """Send a clip of `size` bytes of zeros, with its length or (None) `more` bytes without: (status, most MB resident meanwhile)."""
    own = f"{running.host}:{running.port}"
    head = b'--B\r\nContent-Disposition: form-data; name="f"; filename="clip.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
    tail = b"\r\n--B--\r\n"
    connection = http.client.HTTPConnection(running.host, running.port, timeout=120)
    connection.putrequest("PUT", f"/_stcore/upload_file/{session_id}/{time.monotonic_ns()}", skip_host=True)
    for name, value in (
        ("Host", own),
        ("Origin", f"http://{own}"),
        ("Cookie", cookie),
        ("Content-Type", "multipart/form-data; boundary=B"),
        ("Transfer-Encoding", "chunked") if size is None else ("Content-Length", str(len(head) + size + len(tail))),
    ):
        connection.putheader(name, value)
    connection.endheaders()
    most, piece, left = 0.0, bytes(1 << 20), more if size is None else size

    def send(data: bytes) -> None:
        connection.send(data if size is not None else b"%x\r\n%b\r\n" % (len(data), data))

    try:
        send(head)
        while left > 0:
            send(piece[: min(len(piece), left)])
            left -= len(piece)
            if left % (16 << 20) < len(piece):
                most = max(most, running.resident_mb())
        send(tail)
        if size is None:
            connection.send(b"0\r\n\r\n")
    except OSError:
        pass  # cut off
    try:
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        status = 0
    connection.close()
    return status, max(most, running.resident_mb())


def _table(columns: Sequence[str], rows: Sequence[Row]) -> list[str]:
    needs = columns[0] == NETWORK[0]
    lines = [f"| | address | {' | '.join(columns)} |", f"|---|---|{'---|' * len(columns)}"]
    for row in rows:
        cells = [
            str(got) if got == wanted else f"**{got}, not {wanted}**"
            for got, wanted in zip(row.got, row.wanted, strict=True)
        ]
        if needs:
            cells = [row.door.need or "nobody at all" if row.door.need != "nobody" else "everybody", *cells]
        method = "" if row.door.method == "GET" else f"{row.door.method} "
        lines.append(f"| {row.door.what} | `{method}{row.door.path.partition('?')[0]}` | {' | '.join(cells)} |")
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Try, write, and end with 1 when a door was not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--clip-mb", type=int, default=300, help="size of the clip whose upload is measured")
    arguments = parser.parse_args(argv)
    lines = [
        "# Every door of the dashboard",
        "",
        "Written by `python -m validation.doors`. Numbers are HTTP's: 200 answered, 101 connected, 303 sent to the page to sign in, 401 nobody is signed in,",
        "403 refused, 404 not there, 405 not possible, 421 not this computer's name. A number in bold is not what it should be.",
    ]
    rows: list[Row] = []
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        with dashboard(Path(folder) / "a", "127.0.0.1", "127.0.0.1", trace=True) as running:
            here = alone(running)
            rows += here
            policy = running.request("GET", "/", {"Host": f"127.0.0.1:{running.port}"})[1]
        notes += _outgoing("`gait app` on 127.0.0.1", running.traced)
        lines += ["", "## For this computer alone: nobody signs in", "", *_table(ALONE, here)]
        address = own_address()
        if address:
            people(Path(folder) / "b")
            with dashboard(Path(folder) / "b", "0.0.0.0", address, trace=True) as running:
                beyond = network(running, Path(folder) / "b")
                rows += beyond
            notes += _outgoing("`gait app` on 0.0.0.0", running.traced)
            lines += [
                "",
                "## For the network, where people sign in, asked from the network's side",
                "",
                *_table(NETWORK, beyond),
            ]
        else:
            lines += ["", "This computer is in no network: the table for the network was not made."]
        with dashboard(Path(folder) / "c", "127.0.0.1", "127.0.0.1") as running:
            lines += ["", "## Uploads", "", *_uploads(running, arguments.clip_mb)]
    names = (
        "content-security-policy",
        "x-frame-options",
        "x-content-type-options",
        "referrer-policy",
        "permissions-policy",
    )
    lines += ["", "## What every answer says", "", *(f"- `{n}: {policy.get(n, 'missing')}`" for n in names)]
    lines += ["", "## Outward", "", *notes, ""]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text("\n".join(lines), encoding="utf-8")
    wrong = [row for row in rows if row.got != row.wanted]
    for row in wrong:
        print(f"{row.door.method} {row.door.path}: {row.got}, not {row.wanted}")
    print(f"{len(rows)} addresses, {sum(len(r.got) for r in rows)} requests, {len(wrong)} rows not as they should be")
    return 1 if wrong else 0


def _uploads(running: Running, clip_mb: int) -> list[str]:
    with session(running) as (own, cookie):
        time.sleep(3)  # the networks are loaded meanwhile
        before = running.resident_mb()
        status, most = upload(running, own, cookie, clip_mb << 20)
        stranger = upload(running, own, cookie.replace("visitor", "stranger"), 1000)[0]
        too_large = upload(running, own, cookie, 3 << 30)[0]
    return [
        f"- A clip of {clip_mb} MB: {status}; the server held {before:.0f} MB before and {most:.0f} MB at most meanwhile ({most - before:+.0f} MB).",
        f"- A clip sent into a session whose number is known, by another visitor: {stranger}.",
        f"- A clip that says it is 3 GB: {too_large}.",
    ]


def _outgoing(what: str, traced: Path | None) -> list[str]:
    if traced is None:
        return [f"- {what}: not traced, there is no strace here."]
    found = outward(traced)
    return [
        f"- {what}, from its start to its end with all requests above: {', '.join(found) or 'no attempt to connect beyond this computer'}."
    ]


if __name__ == "__main__":
    sys.exit(main())
