"""Who gets through the layer round the server, and what every answer says to the browser."""

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from gait.services import pin
from gait.services.pin import Entrance
from gait.ui.guard import Door, Guard, cookie

SERVER = ("192.168.1.5", 8501)
LOCAL = ("127.0.0.1", 50000)
KEPT = pin.hashed("483920")


async def inside(scope, receive, send):
    """The application within: says yes to everything."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        seen.append(scope)
        while (message := await receive())["type"] != "websocket.disconnect":
            heard.append(message)
        return
    if scope["path"] == "/api/fault":
        raise RuntimeError
    await send({"type": "http.response.start", "status": 200, "headers": [(b"access-control-allow-origin", b"*")]})
    await send({"type": "http.response.body", "body": b"yes"})


seen, heard = [], []


def ask(
    door,
    path="/",
    method="GET",
    host="localhost:8501",
    client=LOCAL,
    server=SERVER,
    kind="http",
    messages=(),
    **headers,
):
    """(status or None for a refused connection, headers)."""
    seen.clear()
    heard.clear()
    path, _, query = path.partition("?")
    scope = {
        "type": kind,
        "scheme": {"http": "http", "websocket": "ws"}[kind],
        "path": path,
        "query_string": query.encode(),
        "server": server,
        "client": client,
        "headers": [
            (b"host", host.encode()),
            *((k.replace("_", "-").lower().encode(), v.encode()) for k, v in headers.items()),
        ],
    }
    if kind == "http":
        scope["method"] = method
    sent, waiting = [], [*messages, {"type": "websocket.disconnect", "code": 1000}]

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(Guard(inside, door)(scope, receive, send))
    first = sent[0]
    if kind == "websocket":
        return (101 if first["type"] == "websocket.accept" else None), {}
    return first["status"], {k.decode().lower(): v.decode() for k, v in first["headers"]}


@pytest.mark.parametrize(
    "path", ["/", "/result?id=x", "/media/a.mp4", "/api/record/T/camera/live", "/_stcore/health", "/static/js/a.js"]
)
@pytest.mark.parametrize(
    ("host", "good"),
    [
        *((h, True) for h in ("localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:8501", "192.168.1.5:8501", "store-pc:8501", "gait.store:443")),
        *((h, False) for h in ("evil.example:8501", "localhost", "localhost:3000", "localhost.evil.example:8501", "192.168.1.6:8501", "0.0.0.0:8501", "store-pc", "gait.store", "", "localhost:8501@evil.example", "localhost:8501, evil.example", "127.0.0.1:8501.evil.example")),
    ],
)  # fmt: skip
def test_only_names_of_this_computer_are_answered(path, host, good):
    door = Door(("store-pc", "gait.store:443"))
    assert ask(door, path, host=host)[0] == (200 if good else 421)


def test_a_name_named_twice_is_refused():
    assert ask(Door(), **{"Host": "evil.example"})[0] == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:3000", "https://localhost:8501", "http://127.0.0.1:8501", "null", "http://localhost:8501.evil.example", None])  # fmt: skip
def test_no_other_site_writes_or_connects(origin):
    own = {"origin": origin} if origin else {}
    for path, method in (("/api/record/T/run/1", "PUT"), ("/_stcore/upload_file/s/f", "PUT"), ("/_stcore/upload_file/s/f", "DELETE"), ("/pin", "POST")):  # fmt: skip
        assert ask(Door(), path, method, **own)[0] == 403
    assert ask(Door(), "/_stcore/stream", kind="websocket", **own)[0] is None
    if origin:
        assert ask(Door(), "/media/a.mp4", **own)[0] == 403


def test_our_own_page_writes_and_connects():
    own = {"origin": "http://localhost:8501"}
    assert ask(Door(), "/api/record/T/run/1", "PUT", **own)[0] == 200
    assert ask(Door(), "/_stcore/stream", kind="websocket", **own)[0] == 101
    assert ask(Door(), "/_stcore/stream", kind="websocket", host="evil.example:8501", **own)[0] is None


def test_pictures_are_not_lent_to_other_sites():
    assert ask(Door(), "/media/a.mp4", sec_fetch_site="cross-site", sec_fetch_mode="no-cors")[0] == 403
    assert ask(Door(), "/media/a.mp4", sec_fetch_site="same-site", sec_fetch_mode="no-cors")[0] == 403
    assert ask(Door(), "/", sec_fetch_site="cross-site", sec_fetch_mode="navigate")[0] == 200


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/script-health-check", "/component/x/y", "/auth/login", "/oauth2callback", "/app/static/x", "/healthz", "/nothing", "//", "/_stcore/stream", "/_stcore/allowed-message-origins"])  # fmt: skip
def test_what_no_page_needs_is_not_there(path):
    assert ask(Door(), path)[0] == 404


def test_pages_are_only_read():
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert ask(Door(), "/result", method, origin="http://localhost:8501")[0] == 405


@pytest.mark.parametrize("path", ["/", "/media/a.mp4", "/api/x", "/api/fault", "/_stcore/metrics", "/pin"])
def test_every_answer_carries_the_headers(path):
    status, said = ask(Door((), Entrance(KEPT)), path)
    assert status in (200, 303, 401, 404, 500)
    assert "frame-ancestors 'none'" in said["content-security-policy"]
    assert "'unsafe-eval'" not in said["content-security-policy"]
    assert said["x-frame-options"] == "DENY"
    assert said["x-content-type-options"] == "nosniff"
    assert said["referrer-policy"] == "no-referrer"
    assert "camera=(self)" in said["permissions-policy"]
    assert "access-control-allow-origin" not in said


def test_a_fault_within_is_answered_in_a_sentence():
    status, said = ask(Door(), "/api/fault")
    assert status == 500
    assert said["x-frame-options"] == "DENY"


def test_without_a_pin_nobody_but_this_computer_comes_in():
    for path in ("/", "/media/a.mp4", "/api/x"):
        assert ask(Door(), path, host="192.168.1.5:8501", client=("192.168.1.77", 5))[0] == 403
    assert ask(Door(), "/_stcore/stream", kind="websocket", host="192.168.1.5:8501", client=("192.168.1.77", 5), origin="http://192.168.1.5:8501")[0] is None  # fmt: skip


def test_with_a_pin_everybody_is_asked_for_it_everywhere():
    door = Door((), Entrance(KEPT))
    name = cookie("pin", SERVER)
    token = door.entrance.enter("483920", "192.168.1.77")[0]
    for path in ("/", "/result?id=a", "/media/a.mp4", "/api/x", "/_stcore/health", "/static/js/a.js"):
        for wrong in ("", "x", token[:-1], token + "x"):
            status = ask(door, path, cookie=f"{name}={wrong}")[0]
            assert status == (303 if path in ("/", "/result?id=a") else 401)
        assert ask(door, path, cookie=f"{name}={token}")[0] == 200
    assert ask(door, "/result?id=a")[1]["location"] == "/pin?to=%2Fresult%3Fid%3Da"
    own = {"kind": "websocket", "origin": "http://localhost:8501"}
    assert ask(door, "/_stcore/stream", **own)[0] is None
    assert ask(door, "/_stcore/stream", cookie=f"{name}={token}", **own)[0] == 101


def message(kind):
    sent = BackMsg()
    getattr(sent, kind).SetInParent() if not isinstance(getattr(sent, kind), bool) else setattr(sent, kind, True)
    return {"type": "websocket.receive", "bytes": sent.SerializeToString()}


def test_a_connection_ends_when_its_visitor_leaves():
    door = Door((), Entrance(KEPT))
    token = door.entrance.enter("483920", "192.168.1.77")[0]

    class Leaving(dict):
        def __getitem__(self, key):
            door.entrance.leave(token)
            return super().__getitem__(key)

    own = {"kind": "websocket", "origin": "http://localhost:8501", "cookie": f"{cookie('pin', SERVER)}={token}"}
    ask(door, "/_stcore/stream", messages=[message("rerun_script"), Leaving(message("rerun_script"))], **own)
    assert len(heard) == 2
    ask(door, "/_stcore/stream", messages=[message("rerun_script")], **own)
    assert heard == []


def test_no_page_can_throw_away_what_all_pages_share():
    """Streamlit's `clear_cache` would close the engine, and with it everybody's analyses."""
    own = {"kind": "websocket", "origin": "http://localhost:8501"}
    sent = [message(k) for k in ("clear_cache", "rerun_script", "set_run_on_save", "load_git_info", "app_heartbeat")]
    ask(Door(), "/_stcore/stream", messages=[*sent, {"type": "websocket.receive", "bytes": b"\xff\xff"}], **own)
    assert heard == [sent[1], sent[4]]


def test_a_known_session_is_not_another_visitors():
    door = Door()
    door.note("session", "mine")
    door.note("session", "a later visitor's")
    assert door.owns("session", "mine")
    assert not door.owns("session", "a later visitor's")
    assert not door.owns("session", None)
    assert not door.owns("unknown", "mine")
    name = cookie("visit", SERVER)
    own = {"kind": "websocket", "origin": "http://localhost:8501", "sec_websocket_protocol": "streamlit, xsrf, session"}
    ask(door, "/_stcore/stream", cookie=f"{name}=other", **own)
    assert dict(seen[0]["headers"])[b"sec-websocket-protocol"] == b"streamlit, xsrf"
    ask(door, "/_stcore/stream", cookie=f"{name}=mine", **own)
    assert dict(seen[0]["headers"])[b"sec-websocket-protocol"] == b"streamlit, xsrf, session"


def test_a_visitor_gets_one_cookie_that_scripts_and_other_sites_do_not_see():
    given = ask(Door(), "/")[1]["set-cookie"]
    assert given.startswith("gait_visit_8501=")
    assert given.endswith("; Path=/; HttpOnly; SameSite=Strict")
    name = cookie("visit", SERVER)
    assert "set-cookie" not in ask(Door(), "/", cookie=f"{name}=x")[1]
    assert "set-cookie" not in ask(Door(), "/", sec_fetch_site="cross-site", sec_fetch_mode="navigate")[1]
    assert "set-cookie" not in ask(Door(), "/static/js/a.js")[1]
