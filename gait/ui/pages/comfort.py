"""Comfort: the customer rates the shoes of a visit, on a tablet in their hand. No name, no shoe and no label stands on this page."""

import streamlit as st

from gait.errors import GaitError
from gait.records.values import SCALES, ComfortRating, Scale
from gait.ui import nav, theme
from gait.ui.engine import comfort_desk, signed_in
from gait.ui.parts import counter, notes
from gait.ui.parts.polling import polled
from gait.ui.person import page_for
from gait.words import phrase

VISIT = "visit"
"""In the address: the visit's id."""
MOVED = "comfort_moved"
"""Session key: which scales of which run the customer has marked. A handle that nobody touched says nothing."""
MIDDLE_MM, LONGEST_MM = 50, 100
POLL_S = 2.0


@page_for("comfort")
def show() -> None:
    """The page: the shoes of the visit that the address names, else which visits wait."""
    theme.heading(phrase("title-comfort"), phrase("page-rate_lead"))
    counter.faults()
    visit_id = st.query_params.get(VISIT, "")
    try:
        if visit_id:
            _rate(visit_id, comfort_desk().of_visit(visit_id))
        else:
            polled(_waiting, POLL_S)
    except GaitError as error:
        st.html(notes.fault(error))


def _waiting() -> None:
    """The visits, by the letters of their shoes; asked anew until somebody takes one."""
    try:
        found = comfort_desk().waiting()
    except GaitError as error:
        st.html(notes.fault(error))
        return
    if not found:
        st.html(notes.empty(phrase("page-nothing_to_rate")))
    for one in found:
        label = phrase("page-rate_shoes", codes=", ".join(one.codes), count=len(one.codes))
        if st.button(label, key=f"rate-{one.visit_id}", type="primary", width="stretch"):
            st.query_params[VISIT] = one.visit_id
            st.rerun(scope="app")


def _rate(visit_id: str, ratings: list[ComfortRating]) -> None:
    """One shoe after the other."""
    left = [one for one in ratings if one.settled is None]
    if not left:
        st.html(notes.calm(phrase("page-rated_all")))
        if st.button(phrase("page-rate_others"), key="others"):
            st.query_params.clear()
            st.rerun()
        if signed_in().may("staff") and st.button(phrase("page-to_the_visit"), key="to-visit", type="primary"):
            nav.go("visit", id=visit_id)
        return
    one, done = left[0], len(ratings) - len(left)
    with st.container(border=True, key="rating"):
        place = phrase("page-rate_place", place=done + 1, count=len(ratings))
        st.html(
            f'<div class="g-rate"><b class="g-letter">{one.code}</b><div><b>{phrase("page-rate_shoe", code=one.code)}</b>'
            f"<span>{place}</span></div></div><p>{phrase('page-rate_how')}</p>"
        )
        for scale in SCALES:
            _scale(one, scale)
        moved = _moved(one.run_id)
        if len(moved) < len(SCALES):
            st.html(
                f'<div class="g-hint" role="status">{phrase("page-rate_left", left=len(SCALES) - len(moved))}</div>'
            )
        st.button(
            phrase("page-rate_done", code=one.code), key="rated", type="primary", width="stretch",
            disabled=len(moved) < len(SCALES), on_click=_keep, args=(one.run_id,),
        )  # fmt: skip
    st.button(
        phrase("page-rate_not"), key="rate-not", type="tertiary", width="stretch",
        on_click=counter.do, args=(comfort_desk().skip, visit_id),
    )  # fmt: skip


def _moved(run_id: str) -> set[Scale]:
    found: dict[str, set[Scale]] = st.session_state.setdefault(MOVED, {})
    return found.setdefault(run_id, set())


def _keep(run_id: str) -> None:
    """As the handles stand when it is tapped."""
    marks: dict[Scale, int] = {scale: int(st.session_state[f"mark-{run_id}-{scale}"]) for scale in SCALES}
    counter.do(comfort_desk().rate, run_id, marks)


def _scale(one: ComfortRating, scale: Scale) -> None:
    """One scale with what its ends mean; millimetres of 100, more is more comfortable."""
    with st.container(key=f"scale-{scale}", gap=None):
        st.slider(
            phrase(f"rate-{scale}"), 0, LONGEST_MM, MIDDLE_MM, key=f"mark-{one.run_id}-{scale}",
            help=phrase(f"rate_what-{scale}"), on_change=lambda: _moved(one.run_id).add(scale),
        )  # fmt: skip
        st.html(f'<div class="g-ends"><span>{phrase("rate-worst")}</span><span>{phrase("rate-best")}</span></div>')
