"""One look for all pages: colours that colour-blind people can tell apart, the style sheet, the header and the footer."""

from pathlib import Path

import streamlit as st

from gait.ui.parts import words

HERE = Path(__file__).parent
MARK = HERE / "mark.svg"
LOGO = HERE / "logo.svg"


_ROLES = """
const mend = () => {
  document.querySelector('[data-testid="stMain"]')?.setAttribute("role", "main");
  const menu = document.querySelector('[data-testid="stSidebar"]'); // the pages' menu on a phone
  menu?.setAttribute("role", "navigation");
  menu?.removeAttribute("aria-expanded");
  // On a phone these are moved sideways, which keys must be able to do too.
  for (const chart of document.querySelectorAll(".st-key-curves, .st-key-rhythm, .st-key-times")) chart.tabIndex = 0;
  for (const zone of document.querySelectorAll('[data-testid="stFileUploaderDropzone"]')) {
    zone.setAttribute("role", "group");
    zone.querySelector('input[type="file"]')?.setAttribute("aria-label", zone.getAttribute("aria-label") || "");
  }
};
export default () => {
  mend();
  const watch = new MutationObserver(mend);
  watch.observe(document.body, { childList: true, subtree: true });
  return () => watch.disconnect();
};
"""
"""What Streamlit leaves unsaid to those who hear a page: where its body is, and what a field for a file is called."""


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
    st.components.v2.component("roles", html="<i></i>", js=_ROLES)(key="roles")


def heading(title: str, sub: str = "") -> None:
    """A section heading with one small line under it."""
    line = f"<p>{sub}</p>" if sub else ""
    st.html(f'<div class="g-section"><h2>{title}</h2>{line}</div>')
