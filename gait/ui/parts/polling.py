"""What a page asks again by itself."""

from collections.abc import Callable
from functools import wraps

import streamlit as st

from gait.ui import language


def polled(show: Callable[..., None], every_s: float, *given: object) -> None:
    """`show(*given)` in a place of its own, again every so many seconds, until the page is run anew."""

    @wraps(show)  # Streamlit tells the places apart by name as well
    def again() -> None:
        language.speak()
        show(*given)

    st.fragment(run_every=every_s)(again)()
