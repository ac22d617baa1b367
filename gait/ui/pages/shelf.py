"""Shelf: the store's shoes. Staff read it; the manager changes it and its rules in place, counts pairs, and takes over other tables."""

import streamlit as st

from gait.errors import GaitError
from gait.ui import theme
from gait.ui.engine import engine, rules_desk, shelf_desk, signed_in
from gait.ui.parts import counter, notes
from gait.ui.parts.rules_editor import change
from gait.ui.parts.shelf_import import take_over
from gait.ui.parts.shelf_rules import rules
from gait.ui.parts.shelf_stock import stock
from gait.ui.parts.shelf_table import table
from gait.ui.person import page_for
from gait.words import phrase


@page_for("shelf")
def show() -> None:
    """The page."""
    theme.heading(phrase("title-shelf"), phrase("page-shelf_what"))
    counter.faults()
    may = signed_in().may("manager")
    try:
        desk = shelf_desk()
        if desk.is_example:
            st.html(f'<div class="g-note">{phrase("example_shelf")}</div>')
        elif may:
            st.html(f'<div class="g-hint">{phrase("page-shelf_file", file=str(engine().store.shelf_kept))}</div>')
        table(desk, may=may)
        _rules(may=may)
        if may:
            take_over(desk)
            stock(desk)
    except GaitError as error:
        st.html(notes.fault(error))


def _rules(*, may: bool) -> None:
    desk = rules_desk()
    try:
        rules(desk)
    except GaitError as error:
        st.html(notes.fault(error))
    if may:
        change(desk)
