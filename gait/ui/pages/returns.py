"""Bought and returned: how often shoes, categories and labels came back, and the latest purchases."""

import html
from collections.abc import Callable, Sequence
from datetime import datetime

import streamlit as st

from gait.errors import GaitError
from gait.services.reception import Returned
from gait.ui import theme
from gait.ui.engine import reception
from gait.ui.parts import counter, notes, words
from gait.ui.person import page_for
from gait.words import date as written_date
from gait.words import phrase

MONTHS = (3, 6, 12, 24)
"""So many may be looked back."""
FEW = 10
"""Below so many pairs a share says little."""


@page_for("returns")
def show() -> None:
    """The page."""
    theme.heading(phrase("title-returns"), phrase("page-returns_what"))
    counter.faults()
    months = st.segmented_control(
        phrase("page-looking_back"), MONTHS, default=12, key="months",
        format_func=lambda count: phrase("page-months", months=count),
    )  # fmt: skip
    try:
        found = reception().returns(months or 12)
    except GaitError as error:
        st.html(notes.fault(error))
        return
    if not found.latest:
        st.html(notes.empty(phrase("page-nothing_bought")))
        return
    left, right = st.columns(2, gap="large")
    with left:
        _table("by_shoe", found.by_shoe, str)
        _table("by_month", found.by_month, _month)
    with right:
        _table("by_category", found.by_category, words.category)
        _table("by_label", found.by_label, words.label)
        st.html(f'<div class="g-hint">{phrase("page-labels_twice")}</div>')
    st.html(f'<div class="g-hint">{phrase("page-returns_not_why", few=FEW)}</div>')
    theme.heading(phrase("page-latest_bought"))
    for one, whose in found.latest:
        counter.purchase(one, whose)


def _table(what: str, rows: Sequence[Returned], named: Callable[[str], str]) -> None:
    """Each with the pairs it counts, how many of them were run in here, and how sure the share is."""
    if not rows:
        return
    lines = ""
    for row in rows:
        rate = row.rate
        share = phrase("page-came_back_of", returned=rate.returned, bought=rate.bought, runs=row.runs)
        low, high = row.likely_pct
        likely = phrase("page-share_likely", percent=100 * rate.returned / rate.bought, low=low, high=high)
        lines += f"<tr><th>{html.escape(named(rate.name))}</th><td>{share}<i>{likely}</i></td></tr>"
    st.html(f'<h3>{phrase(f"page-{what}")}</h3><table class="g-more">{lines}</table>')


def _month(name: str) -> str:
    year, month = name.split("-")
    return written_date(datetime(int(year), int(month), 1).astimezone(), pattern="month_pattern")
