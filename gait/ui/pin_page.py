"""The page that asks for the store's PIN, and lets go of it: plain HTML, no script, nothing loaded from anywhere."""

import base64
import hashlib
import html
import math
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from gait.said import Said
from gait.ui.bodies import TooLargeError, body_of
from gait.ui.guard import PAGES, PIN_PAGE, Door, cookie, cookies_of, is_local, stay_cookie
from gait.words import chosen, say

_HERE = Path(__file__).parent
MOST_BYTES = 4096


def pin_routes(door: Door) -> list[Route]:
    """GET asks, POST lets in, POST {page}/leave ends the stay."""
    if door.entrance is None:
        return []
    entrance = door.entrance

    async def ask(request: Request) -> Response:
        to = _page(request.query_params.get("to", "/"))
        if entrance.inside(_token(request)):
            return _shown(request, _inside())
        return _shown(request, _form(to))

    async def answer(request: Request) -> Response:
        try:
            sent = parse_qs((await body_of(request, MOST_BYTES)).decode(), max_num_fields=4)
        except (TooLargeError, ValueError):
            sent = {}
        to = _page(sent.get("to", ["/"])[0])
        address = request.client.host if request.client else ""
        token, wait_s = await run_in_threadpool(entrance.enter, sent.get("pin", [""])[0], address)
        if wait_s:
            said = say(Said("pin_wait", {"wait_s": math.ceil(wait_s)}))
            response = _shown(request, _form(to, said), 429)
            response.headers["Retry-After"] = str(math.ceil(wait_s))
            return response
        if not token:
            return _shown(request, _form(to, say(Said("pin_wrong"))), 403)
        entrance.leave(_token(request))
        return _on(request, to, token)

    async def leave(request: Request) -> Response:
        entrance.leave(_token(request))
        return _on(request, PIN_PAGE, "")

    return [
        Route(PIN_PAGE, ask, methods=["GET"]),
        Route(PIN_PAGE, answer, methods=["POST"]),
        Route(f"{PIN_PAGE}/leave", leave, methods=["POST"]),
    ]


def _token(request: Request) -> str | None:
    return cookies_of(Headers(scope=request.scope)).get(cookie("pin", request.scope.get("server")))


def _on(request: Request, to: str, token: str) -> Response:
    response = RedirectResponse(to, 303)
    response.headers.append(
        "Set-Cookie", stay_cookie(request.scope.get("server"), token, request.url.scheme == "https")
    )
    return response


def _page(to: str) -> str:
    """Where somebody wanted to go, if that is a page of ours; else the first one."""
    try:
        wanted = urlsplit(to)
    except ValueError:
        return "/"
    if wanted.scheme or wanted.netloc or wanted.path not in PAGES or not to.isascii() or not to.isprintable():
        return "/"
    return f"{wanted.path}?{wanted.query}" if wanted.query else wanted.path


def _form(to: str, wrong: str = "") -> str:
    told = f'<p class="wrong" id="wrong" role="alert">{html.escape(wrong)}</p>' if wrong else ""
    describes = ' aria-describedby="wrong" aria-invalid="true"' if wrong else ""
    return (
        f"<h1>{_word(Said('pin_title'))}</h1><p>{_word(Said('pin_ask'))}</p>"
        f'<form method="post" action="{PIN_PAGE}"><input type="hidden" name="to" value="{html.escape(to)}">'
        f'<label for="pin">{_word(Said("pin_label"))}</label>'
        f'<input id="pin" name="pin" type="password" autocomplete="current-password" maxlength="64" required autofocus{describes}>'
        f'{told}<button type="submit">{_word(Said("pin_enter"))}</button></form>'
    )


def _inside() -> str:
    return (
        f"<h1>{_word(Said('pin_inside'))}</h1><p>{_word(Said('pin_inside_note'))}</p>"
        f'<form method="post" action="{PIN_PAGE}/leave"><button type="submit">{_word(Said("pin_leave"))}</button></form>'
        f'<a href="/">{_word(Said("pin_back"))}</a>'
    )


def _shown(request: Request, inside: str, status: int = 200) -> HTMLResponse:
    css = (_HERE / "pin.css").read_text(encoding="utf-8")
    logo = base64.b64encode((_HERE / "mark.svg").read_bytes()).decode()
    others = request.url.scheme != "https" and not is_local(request.client)
    plain = f'<div class="plain">{_word(Said("pin_plain"))}</div>' if others else ""
    page = (
        f'<!DOCTYPE html><html lang="{chosen()}"><head><meta charset="utf-8"><title>{_word(Said("pin_title"))} · gait</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<style>{css}</style></head><body><main>"
        f'<img src="data:image/svg+xml;base64,{logo}" alt="gait">{inside}{plain}</main></body></html>'
    )
    checksum = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    headers = {
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{checksum}'; img-src data:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        # A form's own origin is sent as "null" without any referrer at all; to other sites still nothing goes.
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(page, status, headers)


def _word(said: Said) -> str:
    return html.escape(say(said))
