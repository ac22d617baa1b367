"""Comfort on the visit's page: which shoe is handed out under which letter, the way to the scales, and what was marked."""

import html
from collections.abc import Sequence

import streamlit as st

from gait.records.values import SCALES, Scale
from gait.services.comfort import ShoeToRate
from gait.services.reception import AtTheVisit
from gait.ui import nav, theme
from gait.ui.engine import comfort_desk
from gait.ui.parts import counter
from gait.words import number, phrase


def comfort(seen: AtTheVisit, rated: Sequence[ShoeToRate]) -> None:
    """The shoes in the order that was drawn; nothing where the visit does not ask."""
    if not rated:
        return
    waits = any(one.rating.settled is None for one in rated)
    theme.heading(phrase("page-comfort_title"), phrase("page-comfort_why" if waits else "page-comfort_done"))
    with st.container(border=True, key="comfort"):
        head = _head() if any(one.rating.scales_mm for one in rated) else ""
        st.html(f'<table class="g-more g-rated">{head}{"".join(_row(one) for one in rated)}</table>')
        if not waits:
            if st.button(phrase("page-to_advice"), key="to-advice", type="primary", width="stretch"):
                nav.go("advice", id=seen.visit.id)
            return
        st.html(f'<div class="g-hint">{phrase("page-comfort_how")}</div>')
        here, none = st.columns(2)
        if here.button(phrase("page-comfort_here"), key="rate-here", type="primary", width="stretch"):
            nav.go("comfort", visit=seen.visit.id)
        with none.popover(phrase("page-comfort_skip"), width="stretch"):
            st.html(f"<p>{phrase('page-comfort_skip_what')}</p>")
            st.button(
                phrase("page-comfort_skip_now"), key="skip-comfort", width="stretch",
                on_click=counter.do, args=(comfort_desk().skip, seen.visit.id),
            )  # fmt: skip


def _head() -> str:
    names = "".join(f'<th scope="col">{name}</th>' for name in (phrase("page-comfort_mean"), *map(_scale, SCALES)))
    return f'<thead><tr><th scope="col">{phrase("page-comfort_shoe")}</th>{names}</tr></thead>'


def _scale(scale: Scale) -> str:
    return phrase(f"scale-{scale}")


def _row(one: ShoeToRate) -> str:
    """A shoe with its marks, or with what it waits for."""
    rating, shoe = one.rating, html.escape(one.run.shoe or phrase("page-no_shoe_said"))
    lead = f'<th scope="row"><b class="g-letter">{rating.code}</b> {shoe}</th>'
    if rating.score_mm is None:
        state = "skipped" if rating.skipped_by else "waits"
        return f'<tr>{lead}<td colspan="{len(SCALES) + 1}">{phrase("page-comfort_state", state=state)}</td></tr>'
    marks = "".join(f"<td>{number(rating.scales_mm[scale], 0)}</td>" for scale in SCALES)
    return f"<tr>{lead}<td><b>{number(rating.score_mm, 0)}</b></td>{marks}</tr>"
