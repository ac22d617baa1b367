"""The dashboard as a whole: what every view has round it, the server with its layers and routes, and how long the engine lives."""

import html
import os
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
from gait.services.log import keep_names_out
from gait.services.pin import Entrance
from gait.services.settings import EVERYWHERE, PIN_HASH_VARIABLE, beyond_this_computer
from gait.ui import nav, theme
from gait.ui.engine import engine
from gait.ui.guard import PIN_PAGE, Door, Guard, cookie
from gait.ui.pin_page import pin_routes
from gait.ui.received import Received
from gait.ui.routes import routes
from gait.words import say

SCRIPT = Path(__file__).parent / "entry" / "app.py"
"""What Streamlit runs for each view."""


def show() -> None:
    """One view."""
    # Imported here: the server itself shows no page, and streamlit's caches want to be made where pages are run.
    from gait.ui.pages import customers, earlier, new, record, result, returns, visit

    asks_pin = _note_visit()
    shows = {"new": new.show, "record": record.show, "result": result.show, "earlier": earlier.show}
    shows |= {"visit": visit.show, "customers": customers.show, "returns": returns.show}
    st.set_page_config(page_icon=str(theme.MARK), layout="wide", menu_items={})
    theme.apply()
    shown = st.navigation([nav.page(name, shows[name]) for name in nav.NAMES], position="top")
    theme.tab(shown.title)
    shown.run()
    theme.footer()
    if asks_pin:
        st.html(
            f'<div class="g-footer"><a href="{PIN_PAGE}" target="_self">{html.escape(say(Said("pin_lock")))}</a></div>'
        )


def _note_visit() -> bool:
    """Whose session this is: what is sent into it later must come from the same browser. Tells whether a PIN was asked for."""
    context = get_script_run_ctx()
    port = int(st.get_option("server.port"))
    visit = st.context.cookies.get(cookie("visit", ("", port)))
    if context is None or not visit:
        return False
    door().note(context.session_id, visit)
    return door().entrance is not None


@cache  # not Streamlit's: whatever is in that one, a visitor's page can ask to be thrown away
def door() -> Door:
    """Who may come in to this server. Raises GaitError when others could reach it and there is no PIN."""
    store = engine().store
    # It is here for the server alone; what the server starts need not know it.
    kept = os.environ.pop(PIN_HASH_VARIABLE, "")
    address = st.get_option("server.address") or "0.0.0.0"  # noqa: S104  what Streamlit takes none for; then a PIN is asked
    if not kept and beyond_this_computer(address):
        raise GaitError("no_pin", address=address)
    names = (*store.host_names, *(() if address in EVERYWHERE else (address,)))
    return Door(names, Entrance(kept) if kept else None)


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
        "routes": [*routes(engine()), *pin_routes(here)],
        "middleware": [
            Middleware(Guard, door=here),
            Middleware(Received, door=here, uploads=lambda: engine().uploads),
        ],
        "lifespan": life,
    }
