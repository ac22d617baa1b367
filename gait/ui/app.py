"""The dashboard's entry: `streamlit run` of this file, or of the checkout's `app.py`. Page set-up and navigation only.

Run by the server, once for each view, it is the page; imported by it, it is the application with the routes of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.routing import Route

from gait.ui import nav, theme
from gait.ui.engine import engine
from gait.ui.routes import routes as routes_of


def show() -> None:
    """One view."""
    # Imported here: the server itself shows no page, and streamlit's caches want to be made where pages are run.
    from gait.ui.pages import earlier, new, record, result

    shows = {"new": new.show, "record": record.show, "result": result.show, "earlier": earlier.show}
    st.set_page_config(page_title="gait", page_icon=str(theme.MARK), layout="wide", menu_items={})
    theme.apply()
    st.navigation([nav.page(name, shows[name]) for name in nav.TITLES], position="top").run()
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


if __name__ == "__main__":
    show()
elif __name__ == Path(__file__).stem:  # imported by the server, which knows no packages
    app = st.App(__file__, routes=routes(), lifespan=life)
