"""The pages and their addresses: `/` a new analysis, `/record` the camera, `/result?id=...` a finished one, `/earlier` the list."""

from typing import Any, Literal, NoReturn

import streamlit as st

Name = Literal["new", "record", "result", "earlier"]


def pages() -> dict[Name, Any]:
    """All pages in the order of the menu."""
    # Imported here: the pages in turn lead to each other through this module.
    from gait.ui.pages import earlier, new, record, result

    return {
        "new": st.Page(new.show, title="New analysis", url_path="new", default=True),
        "record": st.Page(record.show, title="Record", url_path="record"),
        "result": st.Page(result.show, title="Result", url_path="result"),
        "earlier": st.Page(earlier.show, title="Earlier results", url_path="earlier"),
    }


def go(name: Name, **query: str) -> NoReturn:
    """Leave for that page."""
    st.switch_page(pages()[name], query_params=query)
