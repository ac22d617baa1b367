"""Which language a view speaks: the one chosen on the page, else the store's, else the browser's, else English."""

import os
from typing import Any

import streamlit as st

from gait import words
from gait.said import LANGUAGE_VARIABLE
from gait.ui.guard import language_cookie

CHOSEN = "language"
"""Session key: what was chosen in this tab."""


def speak() -> None:
    """From here on this run of the script, or of a part of it, speaks the view's language. Streamlit runs each in a thread of its own."""
    words.speak(of_view())


def of_view() -> str:
    """What was chosen, in this tab or another of this browser, for as long as the browser is open; else what store or browser want."""
    asked = (
        st.session_state.get(CHOSEN),
        st.context.cookies.get(_cookie()),
        os.environ.get(LANGUAGE_VARIABLE),
        st.context.locale,
    )
    return words.among(*(str(one) for one in asked if one)) or words.ENGLISH


def switch() -> None:
    """A button for each other language, in its own words."""
    with st.container(key="languages", horizontal=True, horizontal_alignment="center"):
        for other in words.languages():
            if other != words.chosen():
                st.button(words.name_of(other), key=f"speak-{other}", type="tertiary", on_click=_choose, args=(other,))


def told() -> dict[str, Any]:
    """What the page's script is told: the language, for those who hear the page, and the cookie that keeps what was chosen."""
    chosen = st.session_state.get(CHOSEN)
    return {"language": words.chosen(), "cookie": f"{_cookie()}={chosen}" if chosen else ""}


def _choose(language: str) -> None:
    st.session_state[CHOSEN] = language


def _cookie() -> str:
    return language_cookie(("", int(st.get_option("server.port"))))
