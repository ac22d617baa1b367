"""Who gets through the layer round the server, and what every answer says to the browser."""

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from gait.errors import GaitError
from gait.services.sign_in import STORE, Person
from gait.ui.access import WAYS, way
from gait.ui.guard import Door, Guard, cookie
from gait.ui.nav import NAMES

SERVER = ("192.168.1.5", 8501)
LOCAL = ("127.0.0.1", 50000)
PEOPLE = {
    "a-tablet": Person("tablet", "tablet"),
    "a-member": Person("00000000000000aa", "staff", "Bob", "00000000000000aa"),
    "a-manager": Person("00000000000000bb", "manager", "Eva", "00000000000000bb"),
}


class Book:
    """Who is signed in, by token."""

    def __init__(self):
        self.people, self.asked = dict(PEOPLE), []

    def person(self, token, busy=True):
        """As `SignIn.person`."""
        self.asked.append((token, busy))
        return self.people.get(token)


async def inside(scope, receive, send):
    """The application within: says yes to everything."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        seen.append(scope)
        while (message := await receive())["type"] != "websocket.disconnect":
            heard.append(message)
        return
    people.append(scope["gait.person"])
    if scope["path"] == "/api/record/fault":
        raise RuntimeError
    await send({"type": "http.response.start", "status": 200, "headers": [(b"access-control-allow-origin", b"*")]})
    await send({"type": "http.response.body", "body": b"yes"})


seen, heard, people, bodies = [], [], [], []


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
    people.clear()
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
    bodies[:] = [one["body"].decode() for one in sent if one["type"] == "http.response.body"]
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
    for path, method in (("/api/record/T/run/1", "PUT"), ("/_stcore/upload_file/s/f", "PUT"), ("/_stcore/upload_file/s/f", "DELETE"), ("/sign-in", "POST"), ("/sign-out", "POST")):  # fmt: skip
        assert ask(Door((), Book()), path, method, **own)[0] == 403
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


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/script-health-check", "/component/x/y", "/auth/login", "/oauth2callback", "/sign-in", "/sign-in/tablet", "/sign-out", "/pin", "/api/other", "/recorder", "/app/static/x", "/healthz", "/nothing", "//", "/_stcore/stream", "/_stcore/allowed-message-origins"])  # fmt: skip
def test_what_no_page_needs_is_not_there(path):
    assert ask(Door(), path)[0] == 404


def test_pages_are_only_read():
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert ask(Door(), "/result", method, origin="http://localhost:8501")[0] == 405


@pytest.mark.parametrize(
    "path", ["/", "/media/a.mp4", "/api/record/x", "/api/record/fault", "/_stcore/metrics", "/sign-in"]
)
def test_every_answer_carries_the_headers(path):
    status, said = ask(Door((), Book()), path, cookie=IN["a-manager"] if path != "/" else "")
    assert status in (200, 303, 404, 500)
    assert "frame-ancestors 'none'" in said["content-security-policy"]
    assert "'unsafe-eval'" not in said["content-security-policy"]
    assert said["x-frame-options"] == "DENY"
    assert said["x-content-type-options"] == "nosniff"
    assert said["referrer-policy"] == "no-referrer"
    assert "camera=(self)" in said["permissions-policy"]
    assert "access-control-allow-origin" not in said


def test_a_fault_within_is_answered_in_a_sentence():
    status, said = ask(Door(), "/api/record/fault")
    assert status == 500
    assert said["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "There is no such page."),
        ({"accept_language": "de-DE,de;q=0.9"}, "Diese Seite gibt es nicht."),
        ({"accept_language": "xx"}, "There is no such page."),
        ({"accept_language": "de", "cookie": "gait_language_8501=en"}, "There is no such page."),
        ({"cookie": "gait_language_8501=de"}, "Diese Seite gibt es nicht."),
        ({"cookie": "gait_language_8501=../de"}, "There is no such page."),
    ],
)
def test_a_refusal_is_in_the_browsers_language(headers, said):
    assert ask(Door(), "/none", **headers)[0] == 404
    assert bodies[0] == said


def test_the_stores_language_goes_before_the_browsers(monkeypatch):
    monkeypatch.setenv("GAIT_LANGUAGE", "en")
    ask(Door(), "/none", accept_language="de")
    assert bodies[0] == "There is no such page."


def test_where_nobody_signs_in_nobody_but_this_computer_comes_in():
    for path in ("/", "/media/a.mp4", "/api/record/x"):
        assert ask(Door(), path)[0] == 200
        assert ask(Door(), path, host="192.168.1.5:8501", client=("192.168.1.77", 5))[0] == 403
    assert ask(Door(), "/_stcore/stream", kind="websocket", host="192.168.1.5:8501", client=("192.168.1.77", 5), origin="http://192.168.1.5:8501")[0] is None  # fmt: skip


IN = {token: f"{cookie('in', SERVER)}={token}" for token in PEOPLE}
EVERYBODY = {"": None, f"{cookie('in', SERVER)}=made-up": None} | {
    IN[token]: person for token, person in PEOPLE.items()
}


@pytest.mark.parametrize("asked", WAYS, ids=lambda asked: asked.path)
@pytest.mark.parametrize("sent", EVERYBODY)
def test_everybody_gets_what_is_for_them_and_nothing_else(asked, sent):
    """Derived from the list of addresses by hand: whoever may, may; a page leads to the way in, and all else is refused."""
    rank = {"nobody": 0, "tablet": 1, "staff": 2, "manager": 3}
    whoever = EVERYBODY[sent]
    path = asked.example or asked.path
    for method in asked.methods:
        own = {"origin": "http://localhost:8501"} if method != "GET" else {}
        kind = "websocket" if method == "WEBSOCKET" else "http"
        got = ask(Door((), Book()), path, method, kind=kind, cookie=sent, **own)[0]
        if rank[whoever.role if whoever else "nobody"] >= rank[asked.need]:
            assert got == (101 if kind == "websocket" else 200)
        elif kind == "websocket":
            assert got is None
        elif whoever is None:
            assert got == (303 if asked.is_page else 401)
        else:
            assert got == (303 if path == "/" else 403)


def test_what_is_allowed_is_what_was_decided():
    """The list itself: what a tablet, staff and nobody can reach."""
    assert {one.path for one in WAYS if one.need == "nobody"} == {"/sign-in", "/sign-in/tablet", "/sign-out"}
    assert {one.path for one in WAYS if one.is_page and one.need == "tablet"} == {"/record", "/comfort"}
    assert way("/media/x").need == "staff"
    assert {"/" if name == "new" else f"/{name}" for name in NAMES} <= {one.path for one in WAYS}
    assert all(way(one.example or one.path) is one for one in WAYS)


def test_a_page_leads_to_the_way_in_and_back():
    assert ask(Door((), Book()), "/result?id=a")[1]["location"] == "/sign-in?to=%2Fresult%3Fid%3Da"
    assert ask(Door((), Book()), "/", cookie=IN["a-tablet"])[1]["location"] == "/record"


def test_records_that_do_not_answer_let_nobody_in():
    class Away(Book):
        def person(self, token, busy=True):
            raise GaitError("records_away", place="db")

    for path in ("/", "/media/a.mp4", "/api/record/x", "/sign-in"):
        assert ask(Door((), Away()), path, cookie=IN["a-manager"])[0] == 503
    own = {"kind": "websocket", "origin": "http://localhost:8501", "cookie": IN["a-manager"]}
    assert ask(Door((), Away()), "/_stcore/stream", **own)[0] is None


def test_the_person_is_told_to_what_lies_within():
    ask(Door((), Book()), "/record", cookie=IN["a-tablet"])
    assert people == [PEOPLE["a-tablet"]]
    ask(Door(), "/record")
    assert people == [STORE]


def message(kind):
    sent = BackMsg()
    getattr(sent, kind).SetInParent() if not isinstance(getattr(sent, kind), bool) else setattr(sent, kind, True)
    return {"type": "websocket.receive", "bytes": sent.SerializeToString()}


def test_a_connection_ends_when_its_visitor_signs_out():
    book = Book()
    door = Door((), book)

    class Leaving(dict):
        def __getitem__(self, key):
            book.people.pop("a-member", None)
            return super().__getitem__(key)

    own = {"kind": "websocket", "origin": "http://localhost:8501", "cookie": IN["a-member"]}
    ask(door, "/_stcore/stream", messages=[message("rerun_script"), Leaving(message("rerun_script"))], **own)
    assert len(heard) == 1
    ask(door, "/_stcore/stream", messages=[message("rerun_script")], **own)
    assert heard == []


def test_a_page_that_asks_by_itself_is_not_somebody_at_it():
    book, itself = Book(), BackMsg()
    itself.rerun_script.is_auto_rerun = True
    own = {"kind": "websocket", "origin": "http://localhost:8501", "cookie": IN["a-member"]}
    sent = [message("rerun_script"), {"type": "websocket.receive", "bytes": itself.SerializeToString()}]
    ask(Door((), book), "/_stcore/stream", messages=sent, **own)
    assert [busy for _, busy in book.asked] == [True, True, False, False], "the connection, two messages, its end"


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
