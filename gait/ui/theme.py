"""One look for all pages: colours that colour-blind people can tell apart, the style sheet, the header and the footer."""

from pathlib import Path

import streamlit as st

from gait.ui import language
from gait.ui.parts import words
from gait.words import templates

HERE = Path(__file__).parent
MARK = HERE / "mark.svg"
LOGO = HERE / "logo.svg"


_JS = (HERE / "page.js").read_text(encoding="utf-8")


def apply() -> None:
    """The style sheet and the logo; once a run, before the page."""
    st.html(HERE / "style.css")
    st.logo(str(LOGO), size="large")


def tab(title: str) -> None:
    """What the browser's tab is called: the page, or whose result it shows."""
    st.set_page_config(page_title=f"{title} · gait")


def footer() -> None:
    """What the product is not, on every page."""
    st.html(f'<div class="g-footer">{words.footer()}</div>')
    language.switch()
    data = {"words": templates("connection"), **language.told()}
    st.components.v2.component("roles", html="<i></i>", js=_JS)(key="roles", data=data)


def heading(title: str, sub: str = "") -> None:
    """A section heading with one small line under it."""
    line = f"<p>{sub}</p>" if sub else ""
    st.html(f'<div class="g-section"><h2>{title}</h2>{line}</div>')
