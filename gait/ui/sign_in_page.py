"""The page where staff sign in, a tablet is let in, and either goes out: plain HTML, no script, nothing loaded from anywhere."""

import base64
import hashlib
import html
import math
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from gait.errors import GaitError
from gait.said import Said
from gait.services.sign_in import CODE_DIGITS, Entered, Person
from gait.ui.access import BY_CODE, RECORD, SIGN_IN, SIGN_OUT, way
from gait.ui.bodies import TooLargeError, body_of
from gait.ui.guard import Door, cookie, cookies_of, is_local, stay_cookie, visit_cookie
from gait.words import chosen, say, whole

_HERE = Path(__file__).parent
MOST_BYTES = 4096


def sign_in_routes(door: Door) -> list[Route]:
    """Who asks is shown the form or, being in, the way out; a name and a password, or a tablet's code, let in."""
    if door.sign_in is None:
        return []
    sign_in = door.sign_in

    async def ask(request: Request) -> Response:
        person = request.scope["gait.person"]
        return _shown(request, _inside(person) if person else _forms(_page(request.query_params.get("to", "/"))))

    async def by_password(request: Request) -> Response:
        sent = await _sent(request)
        name, password, to = (sent.get(key, "") for key in ("name", "password", "to"))
        return await _answer(request, "name", _page(to or "/"), sign_in.enter, name, password, _address(request))

    async def by_code(request: Request) -> Response:
        sent = await _sent(request)
        device = request.headers.get("user-agent", "")
        return await _answer(
            request, "code", RECORD, sign_in.enter_by_code, sent.get("code", ""), _address(request), device
        )

    async def _answer(request: Request, form: str, to: str, enter: Callable[..., Entered], *typed: str) -> Response:
        try:
            entered = await run_in_threadpool(enter, *typed)
            if entered.token:
                # Whoever was in before in this browser is out, and nothing that was known before is worth anything now.
                await run_in_threadpool(sign_in.leave, _token(request))
        except GaitError as error:
            return _shown(request, _forms(to, form, whole(error)), 503)
        if entered.wait_s:
            said = say(Said("sign_in_wait", {"wait_s": math.ceil(entered.wait_s)}))
            response = _shown(request, _forms(to, form, said), 429)
            response.headers["Retry-After"] = str(math.ceil(entered.wait_s))
            return response
        if not entered.token:
            return _shown(request, _forms(to, form, say(Said("sign_in_wrong", {"form": form}))), 403)
        return _on(request, to, entered.token, lasts=form == "code")

    async def leave(request: Request) -> Response:
        try:
            await run_in_threadpool(sign_in.leave, _token(request))
        except GaitError as error:
            return _shown(request, _forms("/", "name", whole(error)), 503)
        return _on(request, SIGN_IN, "")

    return [
        Route(SIGN_IN, ask, methods=["GET"]),
        Route(SIGN_IN, by_password, methods=["POST"]),
        Route(BY_CODE, by_code, methods=["POST"]),
        Route(SIGN_OUT, leave, methods=["POST"]),
    ]


async def _sent(request: Request) -> dict[str, str]:
    """What the form says; nothing where it is none."""
    try:
        told = parse_qs((await body_of(request, MOST_BYTES)).decode(), max_num_fields=4)
    except (TooLargeError, ValueError):
        return {}
    return {name: values[0] for name, values in told.items()}


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _token(request: Request) -> str | None:
    return cookies_of(Headers(scope=request.scope)).get(cookie("in", request.scope.get("server")))


def _on(request: Request, to: str, token: str, lasts: bool = False) -> Response:
    response = RedirectResponse(to, 303)
    server, secure = request.scope.get("server"), request.url.scheme == "https"
    response.headers.append("Set-Cookie", stay_cookie(server, token, secure, lasts))
    response.headers.append("Set-Cookie", visit_cookie(server, secure))
    return response


def _page(to: str) -> str:
    """Where somebody wanted to go, if that is a page of ours; else the first one."""
    try:
        wanted = urlsplit(to)
    except ValueError:
        return "/"
    asked = way(wanted.path)
    if wanted.scheme or wanted.netloc or asked is None or not asked.is_page or not to.isascii() or not to.isprintable():
        return "/"
    return f"{wanted.path}?{wanted.query}" if wanted.query else wanted.path


def _forms(to: str, form: str = "", wrong: str = "") -> str:
    """Both forms, with what was wrong in the one that was sent."""
    name = (
        f'<form method="post" action="{SIGN_IN}"><input type="hidden" name="to" value="{html.escape(to)}">'
        f'<label for="name">{_word(Said("sign_in_name"))}</label>'
        f'<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="60" required'
        f"{'' if form == 'code' else ' autofocus'}>"
        f'<label for="password">{_word(Said("sign_in_password"))}</label>'
        f'<input id="password" name="password" type="password" autocomplete="current-password" maxlength="128" required'
        f"{_described(form == 'name')}>{_wrong(form == 'name', wrong)}"
        f'<button type="submit">{_word(Said("sign_in_enter"))}</button></form>'
    )
    code = (
        f"<details{' open' if form == 'code' else ''}><summary>{_word(Said('sign_in_tablet'))}</summary>"
        f'<p>{_word(Said("sign_in_tablet_how"))}</p><form method="post" action="{BY_CODE}">'
        f'<label for="code">{_word(Said("sign_in_code"))}</label>'
        f'<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="{CODE_DIGITS + 4}" required'
        f"{_described(form == 'code')}{' autofocus' if form == 'code' else ''}>{_wrong(form == 'code', wrong)}"
        f'<button type="submit">{_word(Said("sign_in_tablet_enter"))}</button></form></details>'
    )
    return f"<h1>{_word(Said('sign_in_title'))}</h1><p>{_word(Said('sign_in_ask'))}</p>{name}{code}"


def _wrong(here: bool, wrong: str) -> str:
    return f'<p class="wrong" id="wrong" role="alert">{html.escape(wrong)}</p>' if here and wrong else ""


def _described(here: bool) -> str:
    return ' aria-describedby="wrong" aria-invalid="true"' if here else ""


def _inside(person: Person) -> str:
    told = Said("sign_in_inside_note", {"role": person.role, "name": person.name})
    return (
        f"<h1>{_word(Said('sign_in_inside'))}</h1><p>{_word(told)}</p>"
        f'<form method="post" action="{SIGN_OUT}"><button type="submit">{_word(Said("sign_out"))}</button></form>'
        f'<a href="{RECORD if person.role == "tablet" else "/"}">{_word(Said("sign_in_back"))}</a>'
    )


def _shown(request: Request, inside: str, status: int = 200) -> HTMLResponse:
    css = (_HERE / "sign_in.css").read_text(encoding="utf-8")
    logo = base64.b64encode((_HERE / "mark.svg").read_bytes()).decode()
    others = request.url.scheme != "https" and not is_local(request.client)
    plain = f'<div class="plain">{_word(Said("sign_in_plain"))}</div>' if others else ""
    page = (
        f'<!DOCTYPE html><html lang="{chosen()}"><head><meta charset="utf-8"><title>{_word(Said("sign_in_title"))} · gait</title>'
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
