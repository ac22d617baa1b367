"""The dashboard as a whole: what every view has round it, the server's own routes, and how long the engine lives."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.routing import Route

from gait.ui import nav, theme
from gait.ui.engine import engine
from gait.ui.routes import routes as routes_of

SCRIPT = Path(__file__).parent / "entry" / "app.py"
"""What Streamlit runs for each view."""


def show() -> None:
    """One view."""
    # Imported here: the server itself shows no page, and streamlit's caches want to be made where pages are run.
    from gait.ui.pages import earlier, new, record, result

    shows = {"new": new.show, "record": record.show, "result": result.show, "earlier": earlier.show}
    st.set_page_config(page_title="gait", page_icon=str(theme.MARK), layout="wide", menu_items={})
    theme.apply()
    st.navigation([nav.page(name, shows[name]) for name in nav.NAMES], position="top").run()
    theme.footer()


def routes() -> list[Route]:
    """What the server answers beside Streamlit's own addresses."""
    return routes_of(engine())


@asynccontextmanager
async def life(_: st.App) -> AsyncIterator[None]:
    """The engine lives as long as the server."""
    engine().warm()
    try:
        yield
    finally:
        engine.clear()  # closes it
