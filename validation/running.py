"""A running dashboard of one's own, the people who sign in to it, and requests to it without a browser."""

import hashlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from gait.places import data_folder
from gait.records import sessions
from gait.records.ids import now
from gait.services import accounts, passwords
from gait.services.sign_in import STORE, SignIn
from gait.services.store_records import StoreRecords
from gait.ui.access import BY_CODE, SIGN_IN, SIGN_OUT

if TYPE_CHECKING:
    from validation.knocking import Door

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "correct horse battery"  # noqa: S105  of accounts that are made for this
START_S = 300
"""A machine with other work takes its time."""


@dataclass
class Running:
    """A dashboard of our own."""

    host: str
    port: int
    pid: int
    said: Path
    traced: Path | None

    def ask(self, door: "Door", cookie: str = "", host: str | None = None, origin: str | None = None) -> int:
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
def dashboard(
    folder: Path, address: str, host: str, trace: bool = False, sign_in: bool = False, **own: str
) -> Iterator[Running]:
    """`gait app` at that address, asked for as `host`; `own` is its own environment beside what is not gait's of this one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "gait.cli", "app", "--headless", "--port", str(port), "--address", address]
    command += ["--sign-in"] if sign_in else []
    traced = folder / "trace" if trace and shutil.which("strace") else None
    if traced:
        command = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(traced), *command]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GAIT_")}
    environment |= {"GAIT_REPORTS_DIR": str(folder)} | own
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


def outward(traced: Path) -> list[str]:
    """Where a traced program tried to connect or send to, beyond this computer."""
    found = set()
    for line in traced.read_text(errors="replace").splitlines():
        for pattern in (r'inet_addr\("([^"]+)"\)', r'inet_pton\(AF_INET6, "([^"]+)"'):
            for address in re.findall(pattern, line):
                if not ip_address(address).is_loopback and "connect(" in line:
                    found.add(address)
    return sorted(found)
