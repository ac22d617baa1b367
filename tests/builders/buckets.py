"""An S3 server of the tests' own: moto's, a process that speaks S3 over HTTP and forgets everything when it ends."""

import importlib.util
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

REQUIRED = "GAIT_REQUIRE_OBJECT_STORE"
WITHIN_S = 120.0
KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-tests"}


def needed() -> None:
    """Without the server the test is skipped, or fails with GAIT_REQUIRE_OBJECT_STORE=1."""
    if importlib.util.find_spec("moto") is None:
        if os.environ.get(REQUIRED) == "1":
            pytest.fail("there is no S3 server (moto), and GAIT_REQUIRE_OBJECT_STORE is set")
        pytest.skip("needs moto's S3 server")


class Server:
    """A running server: `bucket()` is the address of a new, empty bucket each time."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.place, self._made = f"http://127.0.0.1:{self.port}", 0
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end_s = time.monotonic() + WITHIN_S
        while True:
            with suppress(OSError):
                urllib.request.urlopen(f"{self.place}/moto-api/", timeout=5).close()
                return
            assert self._process.poll() is None, "the S3 server ended"
            assert time.monotonic() < end_s, "the S3 server did not start"
            time.sleep(0.1)

    def bucket(self) -> str:
        """The address of a new, empty bucket, and a folder in it."""
        self._made += 1
        request = urllib.request.Request(f"{self.place}/shop{self._made}", method="PUT")
        urllib.request.urlopen(request, timeout=10).close()
        return f"{self.place}/shop{self._made}/gait"

    def close(self) -> None:
        """It ends."""
        self._process.terminate()
        self._process.wait()


class Line:
    """The way to the server, which can be cut: a port of its own that passes everything on while it is whole."""

    def __init__(self, server: Server) -> None:
        self._server, self._relay = server, None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.mend()

    def url(self, bucket: str) -> str:
        """The bucket's address over this line."""
        return bucket.replace(f":{self._server.port}/", f":{self.port}/")

    def mend(self) -> None:
        """It is whole."""
        if self._relay is None:
            self._relay = _Relay(self.port, self._server.port)

    def cut(self) -> None:
        """Nobody answers, and whatever was on its way is torn off in the middle."""
        if self._relay is not None:
            self._relay.close()
            self._relay = None


class _Relay:
    """Passes bytes on, both ways, until it is closed."""

    def __init__(self, port: int, to: int) -> None:
        self._to, self._open, self._lock = to, set[socket.socket](), threading.Lock()
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind(("127.0.0.1", port))
        self._listening.listen(64)
        self._begin = lambda do, *given: threading.Thread(target=do, args=given, daemon=True).start()
        self._begin(self._accept)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self._to), 5)
                except OSError:
                    near.close()
                    continue
                with self._lock:
                    self._open |= {near, far}
                self._begin(self._pass, near, far)
                self._begin(self._pass, far, near)

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 16):
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        with self._lock:
            self._open -= {one, other}

    def close(self) -> None:
        """Everything is torn off."""
        for end in (self._listening, *list(self._open)):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def running() -> Iterator[Server]:
    """A server for as long as the block."""
    needed()
    server = Server()
    try:
        yield server
    finally:
        server.close()
