"""*Steps* of a run: every one that was measured; staff may leave one out or put a line right, and everything is judged again."""

import logging
from typing import Any

import streamlit as st

from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.results.result import Judged
from gait.ui import theme
from gait.ui.parts import changing, coming, notes, steps, words
from gait.words import phrase

log = logging.getLogger(__name__)


def show(folder: ResultFolder, judged: Judged) -> None:
    """The sheet of each foot; a result without steps says why there are none."""
    drawing = coming.pictures(folder)
    if not len(folder.steps) and not drawing and not len(folder.rearfoot):
        return
    theme.heading(phrase("page-steps"), phrase("page-steps_how") if len(folder.steps) or drawing else "")
    if not len(folder.steps):
        why = phrase("page-steps_drawn" if drawing else "page-no_steps")
        st.html(notes.empty(phrase("page-steps_drawn_then" if drawing else "page-no_steps_then"), why))
        return
    at_work = st.container()
    answered: tuple[Side, dict[str, Any]] | None = None
    for column, side in zip(st.columns(2, gap="medium"), Side, strict=True):
        with column, st.container(border=True, key=f"steps-{side.value}"):
            table = folder.strides
            mine = table[table["side"] == side.value] if len(table) else table
            out = int((~mine["used"].astype(bool)).sum()) if len(mine) else 0
            note = phrase("page-steps_found_but" if out else "page-steps_found", steps=len(mine), out=out)
            st.html(f'<div class="g-two"><b class="g-ink-{side.value}">{words.foot_of(side)}</b><i>{note}</i></div>')
            answer = steps.show(folder, side)
            answered = (side, answer) if answer else answered
    if judged.edits:
        told, undo = st.columns([4, 1], vertical_alignment="center")
        told.html(f'<div class="g-note">{phrase("page-by_hand", steps=len(judged.edits))}</div>')
        if undo.button(phrase("page-undo"), key="undo", width="stretch"):
            with at_work:
                _judge_again(folder, None)
    if answered:
        with at_work:
            _judge_again(folder, answered)


def _judge_again(folder: ResultFolder, answered: tuple[Side, dict[str, Any]] | None) -> None:
    """Rewrite the result with what a person just did on a sheet, or with every change taken back, and show it."""
    # Imported here: it brings the whole pipeline, which a page that only shows a result need not load.
    from gait.services import edits

    if answered is None:
        in_mind = changing.seen(folder, changing.shown(folder))
        changing.publish(folder, in_mind, lambda: edits.apply(folder.path, [], in_mind, changing.first(folder)))
        return
    in_mind = changing.seen(folder, answered[1].get("version"))
    try:
        edit = steps.edit(folder, *answered)
    except ValueError:
        log.exception("an edit could not be understood")
        return
    changing.publish(folder, in_mind, lambda: edits.change_step(folder.path, edit, in_mind, changing.first(folder)))
