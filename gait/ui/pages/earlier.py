"""Earlier results: open one, or delete it for good."""

import html
from typing import Any

import streamlit as st

from gait.errors import GaitError
from gait.landmarks import Side
from gait.services.elsewhere import wherever
from gait.services.library import UNDATED, Entry
from gait.ui import nav, theme
from gait.ui.engine import engine, reception
from gait.ui.parts import notes, words
from gait.ui.person import page_for
from gait.words import date, phrase, whole

SHOWN = 30
FEW = 6
"""So many are seen at once: nothing to search."""
SEARCHED = "earlier_searched"
"""Session key: what was looked for, kept while another page is shown. A widget's own value goes with its page."""


@page_for("earlier")
def show() -> None:
    """The page."""
    theme.heading(phrase("title-earlier"), phrase("page-kept_here"))
    found, sealed = wherever(engine().library, engine().depot, engine().records), engine().seals.results()
    if not found:
        st.html(f'<div class="g-empty">{phrase("page-nothing_to_list")}</div>')
        return
    wanted = ""
    if len(found) > FEW:
        wanted = _wanted()
    found = [e for e in found if e.matches(wanted, _dates(e))]
    shown = found if st.session_state.get("all") else found[:SHOWN]
    with st.container(key="rows", gap=None):
        for e in shown:
            with st.container(key=f"row-{e.name}"):
                who, left, right, act, drop = st.columns([2.6, 1.7, 1.7, 0.9, 0.9], vertical_alignment="center")
                who.html(f'<div class="g-who"><b>{html.escape(_called(e))}</b><span>{_said(e)}</span></div>')
                if not e.known:
                    pass  # nobody has read it here
                elif e.labels is not None and e.name in sealed:
                    left.html(f'<div class="g-tag">{phrase("page-label_waits")}</div>')
                elif e.labels is None:
                    left.html(f'<div class="g-tag">{phrase("page-not_judged")}</div>')
                else:
                    for column, side in ((left, Side.LEFT), (right, Side.RIGHT)):
                        said = phrase("page-side_and_label", side=side.value, label=words.label(e.labels[side]))
                        column.html(f'<div class="g-tag"><i class="g-dot g-{side.value}"></i>{said}</div>')
                if st.session_state.get("deleting") == e.name:
                    _confirm(e, who, act, drop)
                    continue
                if act.button(phrase("page-open"), key=f"open-{e.name}", width="stretch"):
                    nav.go("result", id=e.name)
                if e.here and drop.button(
                    phrase("page-delete"), key=f"delete-{e.name}", width="stretch", type="tertiary"
                ):
                    st.session_state["deleting"] = e.name
                    st.rerun()
    if len(found) > len(shown) and st.button(phrase("page-show_all", results=len(found)), key="more"):
        st.session_state["all"] = True
        st.rerun()
    if not found:
        st.html(f'<div class="g-empty">{phrase("page-nobody")}</div>')


def _said(e: Entry) -> str:
    """When it was made, at which speed, and whether it is to be fetched."""
    told = [date(e.made, pattern="short_day_time_pattern")] if e.made != UNDATED else []
    told += [phrase("speed", kmh=e.speed_kmh)] if e.speed_kmh else []
    told += [] if e.here else [phrase("page-kept_elsewhere")]
    return " · ".join(told)


def _wanted() -> str:
    """What is looked for, in the address too: going back, or a page opened anew, finds the same list."""
    if "find" not in st.session_state:
        st.session_state["find"] = st.query_params.get("find") or st.session_state.get(SEARCHED, "")
    typed = st.text_input(phrase("page-find_runner"), key="find", placeholder=phrase("page-find_name"), max_chars=80)
    wanted = str(typed or "").strip()
    st.session_state[SEARCHED] = wanted
    if wanted:
        st.query_params["find"] = wanted
    elif "find" in st.query_params:
        del st.query_params["find"]
    return wanted


def _dates(e: Entry) -> tuple[str, ...]:
    """The day as this list writes it, and as the result's page does."""
    return tuple(date(e.made, pattern=p) for p in ("short_day_time_pattern", "day_time_pattern"))


def _called(e: Entry) -> str:
    return words.runner(e.runner or e.file or e.name)


def _confirm(e: Entry, place: Any, yes: Any, no: Any) -> None:  # noqa: ANN401  (streamlit's columns have no public type)
    """Ask once, by name; pictures, video and report go with it."""
    place.html(notes.problem(phrase("page-delete_whom", name=_called(e))))
    if yes.button(phrase("page-delete_now"), key="really", width="stretch", type="primary"):
        del st.session_state["deleting"]
        try:
            reception().delete_result(e.name, engine().delete_result)
        except GaitError as error:
            st.error(whole(error))
            return
        st.rerun()
    if no.button(phrase("page-keep"), key="keep", width="stretch"):
        del st.session_state["deleting"]
        st.rerun()
