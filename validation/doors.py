"""Tries every door of the running dashboard and writes reports/validation/doors.md.

    python -m validation.doors [--out FILE] [--clip-mb N]

Two programs are started as a store would: one for this computer alone, one for the network with a PIN. Every address is asked for as our
own page does, under a foreign site's name, and from a foreign site's page; in the network also without the PIN and with a wrong cookie.
Where `strace` is there, every connection the programs try to make is noted.
"""

import argparse
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "reports" / "validation" / "doors.md"
PIN = "471 108 26"
START_S = 120
EVIL = "http://evil.example"


@dataclass(frozen=True)
class Door:
    """One address, and what our own page gets there."""

    what: str
    path: str
    own: int
    method: str = "GET"
    asks_pin: int = 401
    """Without the PIN."""
    foreign: int = 403
    """From another site's page."""

    def refused(self, status: int) -> int:
        """What a refusal looks like here: a connection that is not begun is always 403."""
        return 403 if self.method == "WEBSOCKET" else status


DOORS = (
    Door("page: new analysis", "/", 200, asks_pin=303),
    Door("page: record", "/record", 200, asks_pin=303),
    Door("page: result", "/result?id=2026-01-15-103000-anna", 200, asks_pin=303),
    Door("page: earlier results", "/earlier", 200, asks_pin=303),
    Door("page: visit", "/visit", 200, asks_pin=303),
    Door("page: customers", "/customers", 200, asks_pin=303),
    Door("page: bought and returned", "/returns", 200, asks_pin=303),
    Door("the pages' connection", "/_stcore/stream", 101, "WEBSOCKET"),
    Door("health", "/_stcore/health", 200),
    Door("settings of the page", "/_stcore/host-config", 200),
    Door("style and scripts", "/static/js/none.js", 200),
    Door("pictures and films", "/media/none.mp4", 404),
    Door("an upload into an unknown session", "/_stcore/upload_file/SESSION/FILE", 403, "PUT"),
    Door("deleting an upload of an unknown session", "/_stcore/upload_file/SESSION/FILE", 403, "DELETE"),
    Door("a piece of an unknown recording", "/api/record/TICKET/run/1?offset=0", 403, "PUT"),
    Door("a look at an unknown visit's picture", "/api/record/TICKET/look?width=640&height=480", 403, "POST"),
    Door("cameras of an unknown visit", "/api/record/TICKET/camera/list", 403),
    Door("opening a camera of an unknown visit", "/api/record/TICKET/camera/open", 403, "POST"),
    Door("the server's counters", "/_stcore/metrics", 404, asks_pin=404, foreign=404),
    Door("sign-in of the library", "/auth/login", 404, asks_pin=404, foreign=404),
    Door("components of the library", "/component/x/index.html", 404, asks_pin=404, foreign=404),
    Door("any other address", "/etc/passwd", 404, asks_pin=404, foreign=404),
    Door("writing to a page", "/result", 405, "POST", asks_pin=405, foreign=405),
)
PIN_DOOR = Door("the PIN page", "/pin", 200, asks_pin=200)


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
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}
        finally:
            connection.close()

    def enter(self, pin: str = PIN) -> str:
        """The cookie for the PIN."""
        own = f"{self.host}:{self.port}"
        form = {"Host": own, "Origin": f"http://{own}", "Content-Type": "application/x-www-form-urlencoded"}
        said = self.request("POST", "/pin", form, f"pin={pin.replace(' ', '+')}".encode())[1]
        return said.get("set-cookie", "").partition(";")[0]

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
def dashboard(folder: Path, address: str, host: str, pin: str = "", trace: bool = False) -> Iterator[Running]:
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
    if pin:
        environment["GAIT_PIN"] = pin
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
    """The table of a program for this computer, without a PIN."""
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
    "without the PIN",
    "a wrong cookie",
    "with the PIN",
    "with it, foreign Host",
    "with it, foreign Origin",
    "after locking",
)


def network(running: Running) -> list[Row]:
    """The table of a program for the network, with a PIN, asked from the network's side."""
    cookie, old = running.enter(), running.enter()
    own = f"{running.host}:{running.port}"
    running.request("POST", "/pin/leave", {"Host": own, "Origin": f"http://{own}", "Cookie": old})
    name = cookie.partition("=")[0]
    rows = []
    for door in (*DOORS, PIN_DOOR):
        got = (
            running.ask(door),
            running.ask(door, f"{name}=AAAA"),
            running.ask(door, cookie),
            running.ask(door, cookie, host=f"evil.example:{running.port}"),
            running.ask(door, cookie, origin=EVIL),
            running.ask(door, old),
        )
        asks, host = door.refused(door.asks_pin), door.refused(421)
        rows.append(Row(door, got, (asks, asks, door.own, host, door.foreign, asks)))
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
    lines = [f"| | address | {' | '.join(columns)} |", f"|---|---|{'---|' * len(columns)}"]
    for row in rows:
        cells = [
            str(got) if got == wanted else f"**{got}, not {wanted}**"
            for got, wanted in zip(row.got, row.wanted, strict=True)
        ]
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
        "Written by `python -m validation.doors`. Numbers are HTTP's: 200 answered, 101 connected, 303 sent to the PIN page, 401 asks the PIN,",
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
        lines += ["", "## For this computer alone, no PIN", "", *_table(ALONE, here)]
        address = own_address()
        if address:
            with dashboard(Path(folder) / "b", "0.0.0.0", address, PIN, trace=True) as running:
                beyond = network(running)
                rows += beyond
            notes += _outgoing("`gait app` on 0.0.0.0", running.traced)
            lines += ["", "## For the network, with a PIN, asked from the network's side", "", *_table(NETWORK, beyond)]
        else:
            lines += ["", "This computer is in no network: the table with a PIN was not made."]
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
