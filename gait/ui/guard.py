"""Who may come in, and what every answer says to the browser: an ASGI layer round pages, media, routes and the connection.

In this order: the name the browser asked for (a foreign site's name can be made to lead to this computer), the address (what
is not in `gait.ui.access` is not there), who asks from where (no other site writes here through a visitor's browser), who is
signed in, and whether it is for them.
"""

import base64
import hashlib
import logging
import os
import re
import secrets
from collections.abc import MutableMapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote

import streamlit
from google.protobuf.message import DecodeError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from gait import words
from gait.errors import GaitError
from gait.said import LANGUAGE_VARIABLE, Said
from gait.services.sign_in import LONGEST_STAY, STORE, Person, SignIn
from gait.ui.access import BY_CODE, HEALTH, RECORD, SIGN_IN, SIGN_OUT, way

SAFE = ("GET", "HEAD")
MESSAGES = ("rerun_script", "app_heartbeat", "stop_script", "file_urls_request", "backend_operation_request")
"""What a page may ask over its connection. Not among them: to throw away what all pages share, which ends everybody's analyses."""
MOST_SESSIONS = 5000

log = logging.getLogger(__name__)

LOCAL = ("localhost", "127.0.0.1", "::1")


class Door:
    """What the guard knows: the names of this computer, who is signed in, and which visitor each session belongs to."""

    def __init__(self, names: tuple[str, ...] = (), sign_in: SignIn | None = None) -> None:
        """`names` are allowed beside those of this computer itself, each `NAME` or, where another port leads here, `NAME:PORT`.

        Without `sign_in` this computer alone comes in, and nobody signs in.
        """
        self.names = {name.lower() for name in names}
        self.sign_in = sign_in
        self._owners: dict[str, str] = {}

    def allows_host(self, host: str, scheme: str, server: tuple[str, int] | None) -> bool:
        """Whether a request may name this host (`NAME`, `NAME:PORT`, `[IPv6]:PORT`). `server` is where it arrived."""
        found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?", host.lower())
        if found is None:
            return False
        name, port = found[1].strip("[]"), int(found[2] or (443 if scheme in ("https", "wss") else 80))
        if f"{name}:{port}" in self.names:
            return True
        if server is None or port != server[1]:
            return False
        # A number cannot be made to lead elsewhere, so the one that was dialled is right.
        return name in LOCAL or name in self.names or (_plain(name) is not None and _plain(name) == _plain(server[0]))

    def note(self, session: str, visit: str) -> None:
        """The session is that visitor's; the first one to say so keeps it."""
        if session not in self._owners:
            if len(self._owners) >= MOST_SESSIONS:
                del self._owners[next(iter(self._owners))]
            self._owners[session] = visit

    def owns(self, session: str, visit: str | None) -> bool:
        """Whether it is that visitor's session."""
        owner = self._owners.get(session)
        return bool(visit) and owner is not None and secrets.compare_digest(owner.encode(), str(visit).encode())


def _plain(address: str) -> str | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return str(getattr(found, "ipv4_mapped", None) or found)


def cookie(kind: str, server: tuple[str, int] | None) -> str:
    """A cookie's name. Browsers do not tell ports apart, and two programs on one computer must not take each other's."""
    return f"gait_{kind}_{server[1] if server else 0}"


def language_cookie(server: tuple[str, int] | None) -> str:
    """The name of the one that says which language was chosen on a page; a script of ours reads and writes it."""
    return cookie("language", server)


def _wanted(headers: Headers) -> tuple[str, ...]:
    return words.accepted(headers.get("accept-language", ""))


def cookies_of(headers: Headers) -> dict[str, str]:
    """The cookies a browser sent."""
    return cookie_parser(headers.get("cookie", ""))


def is_local(client: Any) -> bool:  # noqa: ANN401  ASGI's (host, port) or None
    """Whether the other end is this computer."""
    try:
        return client is None or ip_address(client[0]).is_loopback
    except ValueError:
        return False


class Guard:
    """The layer. Every refusal is a plain sentence; every answer carries the same headers."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._door = app, door
        self._policy = page_policy()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        server = tuple(scope["server"]) if scope.get("server") else None
        found = cookies_of(headers)
        words.speak(
            words.among(
                found.get(language_cookie(server), ""), os.environ.get(LANGUAGE_VARIABLE, ""), *_wanted(headers)
            )
        )
        visit, token = found.get(cookie("visit", server)), found.get(cookie("in", server))
        refusal, person = self._refused_at_once(scope, headers, server), None
        if refusal is None:
            refusal, person = await self._asked(scope, token)
        if scope["type"] == "websocket":
            if refusal is not None:
                await send({"type": "websocket.close", "code": 1008})
                return
            scope = _with_own_session(scope, headers, self._door, visit)
            await self._app(scope, self._while_inside(receive, token), send)
            return
        new = None
        if visit is None and _first_look(scope["path"], headers):
            new = visit_cookie(server, scope["scheme"] == "https")
        marked = _Marked(send, scope, self._policy, new)
        if refusal is not None:
            await refusal(scope, receive, marked)
            return
        scope["gait.visit"], scope["gait.person"] = visit, person
        try:
            await self._app(scope, receive, marked)
        except Exception:
            log.exception("a request failed")
            if not marked.begun:
                await _said(Said("door_fault"), 500)(scope, receive, marked)

    def _refused_at_once(self, scope: Scope, headers: Headers, server: tuple[str, int] | None) -> Response | None:
        """Why it is not let in, whoever asks; None when it may be."""
        path, connects = scope["path"], scope["type"] == "websocket"
        method = "WEBSOCKET" if connects else str(scope["method"])
        host = headers.get("host") or ""
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], str(scope["scheme"]))
        if len(headers.getlist("host")) != 1 or not self._door.allows_host(host, scheme, server):
            return _said(Said("door_host"), 421)
        asked = way(path)
        if asked is None or (path in (SIGN_IN, BY_CODE, SIGN_OUT) and self._door.sign_in is None):
            return _said(Said("door_no_page"), 404)
        if connects != ("WEBSOCKET" in asked.methods):
            return _said(Said("door_no_page"), 404)
        if ("GET" if method == "HEAD" else method) not in asked.methods:
            return _said(Said("door_method"), 405)
        origin = headers.get("origin")
        writes = connects or method not in SAFE
        if (writes or origin is not None) and (origin or "").lower() != f"{scheme}://{host}".lower():
            return _said(Said("door_origin"), 403)
        site, mode = headers.get("sec-fetch-site", "same-origin"), headers.get("sec-fetch-mode")
        if site not in ("same-origin", "none") and mode != "navigate":
            return _said(Said("door_origin"), 403)
        return None

    async def _asked(self, scope: Scope, token: str | None) -> tuple[Response | None, Person | None]:
        """Who asks, and why it is not for them; None when it is."""
        asked = way(scope["path"])
        assert asked is not None
        if self._door.sign_in is None:
            return (None, STORE) if is_local(scope.get("client")) else (_said(Said("door_needs_sign_in"), 403), None)
        try:
            person = await run_in_threadpool(self._door.sign_in.person, token)
        except GaitError as error:
            return PlainTextResponse(words.whole(error), 503), None
        if asked.need == "nobody" or (person is not None and person.may(asked.need)):
            return None, person
        if person is None:
            return (_to_sign_in(scope) if asked.is_page else _said(Said("door_signed_out"), 401)), None
        if asked.is_page and scope["path"] == "/":
            return RedirectResponse(RECORD, 303), person
        return _said(Said("door_not_for_you", {"role": person.role}), 403), person

    def _while_inside(self, receive: Receive, token: str | None) -> Receive:
        """A connection ends with the next message after its visitor signed out or the stay expired."""

        async def checked() -> Message:
            while True:
                message = await receive()
                asked = _asked_for(message.get("bytes")) if message["type"] == "websocket.receive" else None
                if self._door.sign_in is not None:
                    busy = asked is not None and not asked.rerun_script.is_auto_rerun
                    if not await _is_in(self._door.sign_in, token, busy):
                        return {"type": "websocket.disconnect", "code": 1008}
                if message["type"] != "websocket.receive" or asked is not None:
                    return message

        return checked


async def _is_in(sign_in: SignIn, token: str | None, busy: bool) -> bool:
    try:
        return await run_in_threadpool(sign_in.person, token, busy) is not None
    except GaitError:
        return False


def _to_sign_in(scope: Scope) -> Response:
    """And back to where they wanted to go."""
    query = scope.get("query_string", b"").decode("ascii", "ignore")
    return RedirectResponse(f"{SIGN_IN}?to={quote(scope['path'] + (f'?{query}' if query else ''), safe='')}", 303)


class _Marked:
    """A way out that adds what every answer says."""

    def __init__(self, send: Send, scope: Scope, policy: str, new_cookie: str | None) -> None:
        self._send, self._path, self._policy, self._cookie = send, str(scope["path"]), policy, new_cookie
        self._encrypted = scope["scheme"] == "https"
        self.begun = False

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name in [n for n in headers if n.lower().startswith("access-control-")]:
                del headers[name]
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", self._policy)
            asked = way(self._path)
            if (asked is not None and asked.is_page) or self._path.startswith("/api/"):
                headers["Cache-Control"] = "no-store"
            elif self._path.startswith("/media/"):
                headers["Cache-Control"] = (
                    "private, no-cache"  # kept by the browser, and asked for again: who asks then?
                )
            if self._encrypted:  # browsers complain of it elsewhere
                headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
            if self._cookie:
                headers.append("Set-Cookie", self._cookie)
        await self._send(message)


HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), payment=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def page_policy() -> str:
    """What a page may load: from here alone. Streamlit and the charts write styles into the page, hence 'unsafe-inline' for those.

    Scripts are files of this server, the components' own (as blob:), and the one Streamlit's page holds, by its checksum.
    """
    index = Path(streamlit.__file__).parent / "static" / "index.html"
    inline = re.findall(r"<script>(.*?)</script>", index.read_text(encoding="utf-8"), re.DOTALL)
    sums = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline)
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self' blob:", *(f"'sha256-{s}'" for s in sums))),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' blob: data:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def stay_cookie(server: tuple[str, int] | None, token: str, secure: bool, lasts: bool = False) -> str:
    """The header that hands out a stay; an empty token takes it back. It ends with the browser, or `lasts`, as a tablet's."""
    age_s = LONGEST_STAY.total_seconds() if lasts else None
    return _set_cookie(cookie("in", server), token, secure, age_s if token else 0)


def visit_cookie(server: tuple[str, int] | None, secure: bool) -> str:
    """The header that makes a browser another visitor: what an earlier one left open is not this one's."""
    return _set_cookie(cookie("visit", server), secrets.token_urlsafe(24), secure, None)


def _set_cookie(name: str, value: str, secure: bool, age_s: float | None) -> str:
    age = "" if age_s is None else f"; Max-Age={age_s:.0f}"
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Strict{age}{'; Secure' if secure else ''}"


def _first_look(path: str, headers: Headers) -> bool:
    """Whether a visitor is given a cookie now: with a page, or with the first thing a page asks.

    After a link from elsewhere it is the second, for the browser then holds an older cookie back.
    """
    asked = way(path)
    if asked is not None and asked.is_page:
        return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    return path == HEALTH


def _with_own_session(scope: Scope, headers: Headers, door: Door, visit: str | None) -> Scope:
    """The connection without the session it wants to go on with, where that is another visitor's.

    Streamlit's page sends it as the third of its protocols.
    """
    asked = [p.strip() for p in headers.get("sec-websocket-protocol", "").split(",")]
    if len(asked) < 3 or door.owns(asked[2], visit):
        return scope
    kept = [(k, v) for k, v in scope["headers"] if k.lower() != b"sec-websocket-protocol"]
    kept.append((b"sec-websocket-protocol", ", ".join(asked[:2]).encode("latin-1")))
    return {**scope, "headers": kept, "subprotocols": asked[:2]}


def _asked_for(data: bytes | None) -> BackMsg | None:
    """A page's message; None for one that ours do not send."""
    try:
        message = BackMsg.FromString(data or b"")
    except DecodeError:
        return None
    return message if message.WhichOneof("type") in MESSAGES else None


def _said(said: Said, status: int) -> Response:
    return PlainTextResponse(words.say(said), status)
