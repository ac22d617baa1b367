"""A page's own connection to a running dashboard, and what is sent into its session."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from validation.running import START_S, Running


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
