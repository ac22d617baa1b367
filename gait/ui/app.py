"""The dashboard as a whole: what every view has round it, the server with its layers and routes, and how long the engine lives."""

import html
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TypedDict

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gait.errors import GaitError
from gait.places import keep_private
from gait.said import Said
from gait.services import accounts
from gait.services.log import keep_names_out
from gait.services.settings import EVERYWHERE, beyond_this_computer
from gait.services.sign_in import Person
from gait.ui import language, nav, theme
from gait.ui.access import SIGN_IN
from gait.ui.engine import engine, person
from gait.ui.guard import Door, Guard, cookie
from gait.ui.received import Received
from gait.ui.routes import routes
from gait.ui.sign_in_page import sign_in_routes
from gait.words import say

SCRIPT = Path(__file__).parent / "entry" / "app.py"
"""What Streamlit runs for each view."""


def show() -> None:
    """One view."""
    # Imported here: the server itself shows no page, and streamlit's caches want to be made where pages are run.
    from gait.ui.pages import (
        advice,
        calibrate,
        comfort,
        compare,
        customers,
        earlier,
        keeping,
        log,
        new,
        record,
        result,
        returns,
        shelf,
        staff,
        visit,
    )

    _note_visit()
    language.speak()
    shows = {"new": new.show, "record": record.show, "result": result.show, "earlier": earlier.show}
    shows |= {
        "advice": advice.show,
        "comfort": comfort.show,
        "compare": compare.show,
        "visit": visit.show,
        "customers": customers.show,
        "returns": returns.show,
        "shelf": shelf.show,
        "calibrate": calibrate.show,
        "keeping": keeping.show,
        "staff": staff.show,
        "log": log.show,
    }
    st.set_page_config(page_icon=str(theme.MARK), layout="wide", menu_items={})
    theme.apply()
    whoever = _whoever()
    listed = [name for name in nav.NAMES if name not in nav.ASIDE and whoever and whoever.may(nav.NEEDED[name])]
    pages = [nav.page(name, shows[name], name in listed) for name in nav.NAMES]
    shown = st.navigation(pages, position="top")
    theme.tab(shown.title)
    shown.run()
    theme.footer()
    if whoever is not None and whoever.name:
        told = html.escape(say(Said("signed_in_as", {"role": whoever.role, "name": whoever.name})))
        st.html(f'<div class="g-signed"><a href="{SIGN_IN}" target="_self">{told}</a></div>')


def _whoever() -> Person | None:
    """Who looks; None where the records do not answer: the page itself says so."""
    try:
        return person()
    except GaitError:
        return None


def _note_visit() -> None:
    """Whose session this is: what is sent into it later must come from the same browser."""
    context = get_script_run_ctx()
    port = int(st.get_option("server.port"))
    visit = st.context.cookies.get(cookie("visit", ("", port)))
    if context is not None and visit:
        door().note(context.session_id, visit)


@cache  # not Streamlit's: whatever is in that one, a visitor's page can ask to be thrown away
def door() -> Door:
    """Who may come in to this server. Raises GaitError when others could reach it and nobody would have to sign in, or nobody could."""
    store = engine().store
    address = st.get_option("server.address") or "0.0.0.0"  # noqa: S104  what Streamlit takes none for
    if not store.sign_in and beyond_this_computer(address):
        raise GaitError("no_sign_in", address=address)
    if store.sign_in:
        with engine().records.reading() as at:
            if not accounts.managers(at):
                raise GaitError("no_manager")
    names = (*store.host_names, *(() if address in EVERYWHERE else (address,)))
    return Door(names, engine().sign_in if store.sign_in else None)


@asynccontextmanager
async def life(_: st.App) -> AsyncIterator[None]:
    """The engine lives as long as the server."""
    engine().warm()
    try:
        yield
    finally:
        engine.clear()  # closes it


class Server(TypedDict):
    """What `st.App` is given beside its script."""

    routes: Sequence[BaseRoute]
    middleware: Sequence[Middleware]
    lifespan: Callable[[st.App], AbstractAsyncContextManager[None]]


def server() -> Server:
    """The server's layers and routes. The script itself must say `app = st.App(...)`: Streamlit reads it to find that out."""
    keep_private()
    keep_names_out()
    here = door()
    return {
        "routes": [*routes(engine()), *sign_in_routes(here)],
        "middleware": [
            Middleware(Guard, door=here),
            Middleware(Received, door=here, uploads=lambda: engine().uploads),
        ],
        "lifespan": life,
    }
