"""The pages' addresses.

`/` is a new analysis, `/record` the camera, `/comfort` where a customer rates shoes, `/result?id=...` a finished one, `/earlier` their list, `/compare?a=...&b=...` two of them. `/visit` begins a visit,
`/visit?id=...` is one, and `/advice?id=...` the order of its shoes. `/customers` lists them, `/customers?id=...` is one. `/returns` says what was bought and came back. `/shelf` has the shoes. `/calibrate` holds a camera against the printed page.
`/keeping` says how long things are kept, `/staff` has who signs in, `/log` who did what.

Pages lead to each other by name, so that none needs to know another; `gait.ui.app` says which function shows which.
"""

from collections.abc import Callable
from typing import Any, Literal, NoReturn, get_args

import streamlit as st

from gait.services.sign_in import Need
from gait.words import phrase

Name = Literal[
    "new",
    "record",
    "comfort",
    "visit",
    "advice",
    "customers",
    "result",
    "earlier",
    "compare",
    "returns",
    "shelf",
    "calibrate",
    "keeping",
    "staff",
    "log",
]

NAMES: tuple[Name, ...] = get_args(Name)
"""In the order of the menu."""

NEEDED: dict[Name, Need] = {
    "new": "staff",
    "record": "tablet",
    "comfort": "tablet",
    "visit": "staff",
    "advice": "staff",
    "customers": "staff",
    "result": "staff",
    "earlier": "staff",
    "compare": "staff",
    "returns": "staff",
    "shelf": "staff",
    "calibrate": "manager",
    "keeping": "manager",
    "staff": "manager",
    "log": "manager",
}
"""Who each page is for: see `gait.ui.access`."""

ASIDE: tuple[Name, ...] = ("advice",)
"""Pages that another one leads to, and that are not in the menu: alone they have nothing to show."""


def page(name: Name, show: Callable[[], None], listed: bool = True) -> Any:  # noqa: ANN401  streamlit's page has no public type
    """That page, shown by that function; `listed`: in the menu."""
    title = phrase(f"title-{name}")
    return st.Page(
        show, title=title, url_path=name, default=name == "new", visibility="visible" if listed else "hidden"
    )


def go(name: Name, **query: str) -> NoReturn:
    """Leave for that page."""
    # Streamlit tells pages apart by their address alone.
    st.switch_page(page(name, _elsewhere), query_params=query)


def _elsewhere() -> None:
    raise AssertionError("the page that was registered under this address is shown")
