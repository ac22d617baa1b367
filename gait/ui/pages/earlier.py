"""Earlier results: open one, or delete it for good."""

import html
from typing import Any

import streamlit as st

from gait.errors import GaitError
from gait.landmarks import Side
from gait.ui import nav, theme
from gait.ui.engine import engine
from gait.ui.parts import words

SHOWN = 30


def show() -> None:
    """The page."""
    theme.heading("Earlier results", "Kept on this computer until you delete them.")
    found = engine().library.entries()
    if not found:
        st.html('<div class="g-empty">No results yet. Analyse a run and it will be listed here.</div>')
        return
    wanted = ""
    if len(found) > 6:
        wanted = st.text_input("Find a runner", key="find", placeholder="Name").strip().lower()
    found = [e for e in found if wanted in e.runner.lower() or wanted in e.file.lower()]
    shown = found if st.session_state.get("all") else found[:SHOWN]
    with st.container(key="rows", gap=None):
        for e in shown:
            with st.container(key=f"row-{e.name}"):
                who, left, right, act, drop = st.columns([2.6, 1.7, 1.7, 0.9, 0.9], vertical_alignment="center")
                speed = f" · {e.speed_kmh:.1f} km/h" if e.speed_kmh else ""
                who.html(
                    f'<div class="g-who"><b>{html.escape(e.runner or e.file or e.name)}</b>'
                    f"<span>{e.made:%d %b %Y, %H:%M}{speed}</span></div>"
                )
                if e.labels is None:
                    left.html('<div class="g-tag">Could not be judged</div>')
                else:
                    for column, side in ((left, Side.LEFT), (right, Side.RIGHT)):
                        said = f"{side.value.title()}: {words.label(e.labels[side])}"
                        column.html(f'<div class="g-tag"><i class="g-dot g-{side.value}"></i>{said}</div>')
                if st.session_state.get("deleting") == e.name:
                    _confirm(e.name, act, drop)
                    continue
                if act.button("Open", key=f"open-{e.name}", width="stretch"):
                    nav.go("result", id=e.name)
                if drop.button("Delete", key=f"delete-{e.name}", width="stretch", type="tertiary"):
                    st.session_state["deleting"] = e.name
                    st.rerun()
    if len(found) > len(shown) and st.button(f"Show all {len(found)}", key="more"):
        st.session_state["all"] = True
        st.rerun()
    if not found:
        st.html('<div class="g-empty">Nobody of that name.</div>')


def _confirm(name: str, yes: Any, no: Any) -> None:  # noqa: ANN401  (streamlit's columns have no public type)
    """Ask once; pictures, video and report go with it."""
    if yes.button("Delete now", key="really", width="stretch", type="primary"):
        del st.session_state["deleting"]
        try:
            engine().delete_result(name)
        except GaitError as error:
            st.error(str(error))
            return
        st.rerun()
    if no.button("Keep", key="keep", width="stretch"):
        del st.session_state["deleting"]
        st.rerun()
