"""The pages' addresses.

`/` is a new analysis, `/record` the camera, `/result?id=...` a finished one, `/earlier` their list. `/visit` begins a visit,
`/visit?id=...` is one. `/customers` lists them, `/customers?id=...` is one. `/returns` says what was bought and came back.

Pages lead to each other by name, so that none needs to know another; `gait.ui.app` says which function shows which.
"""

from collections.abc import Callable
from typing import Any, Literal, NoReturn, get_args

import streamlit as st

from gait.words import phrase

Name = Literal["new", "record", "visit", "customers", "result", "earlier", "returns"]

NAMES: tuple[Name, ...] = get_args(Name)
"""In the order of the menu."""


def page(name: Name, show: Callable[[], None]) -> Any:  # noqa: ANN401  streamlit's page has no public type
    """That page, shown by that function."""
    return st.Page(show, title=phrase(f"title-{name}"), url_path=name, default=name == "new")


def go(name: Name, **query: str) -> NoReturn:
    """Leave for that page."""
    # Streamlit tells pages apart by their address alone.
    st.switch_page(page(name, _elsewhere), query_params=query)


def _elsewhere() -> None:
    raise AssertionError("the page that was registered under this address is shown")
