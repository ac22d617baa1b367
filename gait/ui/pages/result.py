"""The result: what a customer and staff look at together. Everything comes from the result folder."""

import html

import streamlit as st

from gait.errors import GaitError
from gait.results.folder import ResultFolder
from gait.results.result import Judged, Result
from gait.ui import nav, theme
from gait.ui.engine import engine
from gait.ui.parts import (
    again,
    changing,
    figures,
    how_judged,
    into_visit,
    notes,
    result_head,
    step_sheets,
    verdict,
    visiting,
    watch,
)
from gait.ui.parts import seen as looked
from gait.ui.person import page_for
from gait.words import phrase

SECTIONS = ("tab_watch", "tab_figures", "tab_steps", "tab_how_judged")
"""Below the verdict, in this order; each is called by the entry `page-NAME`."""


@page_for("result")
def show() -> None:
    """The page of the result named in the address, the newest one without a name."""
    name = st.query_params.get("id")
    if not name:
        newest = engine().library.entries()
        if not newest:
            theme.heading(phrase("title-result"))
            st.html(notes.empty(phrase("page-nothing_to_show")))
            return
        name = newest[0].name
        st.query_params["id"] = name
    folder = _opened(name)
    if folder is None:
        return
    result = folder.result
    looked.result(folder.path.name)
    if result.judged is None:
        _refused(folder, result)
    else:
        _judged(folder, result, result.judged)
    changing.note_shown(folder)


def _opened(name: str) -> ResultFolder | None:
    """The result, readable; None once the page says why it cannot be shown."""
    told, sealed = notes.problem(phrase("page-no_such_result"), phrase("page-no_such_result_why")), False
    try:
        folder = engine().open_result(name)
        if folder is not None:
            folder.result  # noqa: B018  read here, where a fault is told
            return folder
    except GaitError as error:
        told, sealed = notes.fault(error), error.code == "comfort_first"
    theme.heading(phrase("title-result"))
    st.html(told)
    if sealed:
        visiting.back(name)
    return None


def _judged(folder: ResultFolder, result: Result, judged: Judged) -> None:
    """The verdict, whole, and what is behind it in sections of which one is seen."""
    result_head.show(folder, result, judged)
    changing.details(folder)
    verdict.feet(folder, judged)
    verdict.warnings(result)
    verdict.shoes(judged)
    with st.container(key="sections"):
        seeing, figure, step, how = st.tabs([phrase(f"page-{name}") for name in SECTIONS], key="section")
    with seeing:
        watch.show(folder, result.clip)
    with figure:
        figures.show(folder, judged)
    with step:
        step_sheets.show(folder, judged)
    with how:
        how_judged.show(result, judged)


def _refused(folder: ResultFolder, result: Result) -> None:
    """Why the clip cannot be judged, and what to do; nothing else."""
    who = result_head.subject(result)
    theme.tab(who)
    theme.heading(phrase("clip-refuse"), html.escape(who))
    visiting.back(folder.path.name)
    into_visit.offer(folder.path.name)
    for found in result.findings:
        if found.severity == "refuse":
            st.html(notes.finding(found))
    asked = again.offer(folder.path.name, engine())
    if st.button(phrase("title-new"), type="secondary" if asked else "primary", key="another"):
        nav.go("new")
    changing.details(folder)
