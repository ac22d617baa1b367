"""The visit that a clip is for: what Analyse and Record show of it, and the way back to it from a result."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from gait.errors import GaitError
from gait.records.values import Run, Visit
from gait.results.result import Details
from gait.services import jobs
from gait.ui import nav
from gait.ui.engine import engine, reception, signed_in
from gait.ui.parts import counter, notes
from gait.words import phrase

RUN = "run"
"""In the address: the run's id."""
KEPT = "visit_run"
"""Session key: the same, for when the menu leads to another page."""


@dataclass(frozen=True)
class Going:
    """A clip is wanted for that run."""

    visit: Visit
    run: Run

    def details(self, speed_kmh: float | None, shoe_size: float | None) -> Details:
        """What is known of the run already, with what staff typed."""
        return Details(self.visit.customer, self.run.shoe, speed_kmh, shoe_size)


def going(else_for: str = "", left: Callable[[], None] = lambda: None) -> Going | None:
    """The run that the next clip is for, with the way back and a way out of it; None: the clip is nobody's.

    `else_for` is the run of a clip that is there already, where neither address nor session names one. `left` is called when
    staff say that the clip is not for it.
    """
    run_id = st.query_params.get(RUN) or st.session_state.get(KEPT) or else_for
    if not run_id:
        return None
    try:
        visit, run = reception().run_of(run_id)
    except GaitError as error:
        if error.code == "no_run":
            leave()
        st.html(notes.fault(error))
        return None
    told = signed_in().may("staff")  # a tablet that records sees no customer
    job = engine().jobs.of_run(run.id)
    if run.result is not None or (job is not None and job.state in jobs.AT_WORK):
        leave()  # it has its clip
        return None
    st.session_state[KEPT] = run.id
    with st.container(key="going"):
        said, back, out = st.columns([3, 1.2, 1.2], vertical_alignment="center")
        shoe = html.escape(run.shoe or phrase("page-no_shoe_said"))
        said.html(
            f'<div class="g-who" role="status"><b>{html.escape(counter.called(visit) if told else phrase("page-a_visit"))}</b>'
            f"<span>{phrase('page-for_this_visit', shoe=shoe)}</span></div>"
        )
        if told and back.button(phrase("page-to_the_visit"), key="to-visit", width="stretch"):
            nav.go("visit", id=visit.id)
        if out.button(phrase("page-not_this_visit"), key="not-visit", width="stretch", type="tertiary"):
            leave()
            left()
            st.rerun()
    return Going(visit, run)


def of_run(run_id: str) -> Going | None:
    """A recording that waits is for that run; None: it is nobody's. Raises GaitError."""
    return Going(*reception().run_of(run_id)) if run_id else None


def chosen() -> bool:
    """Whether the next clip is for a run."""
    return bool(st.query_params.get(RUN) or st.session_state.get(KEPT))


def choose(run_id: str) -> NoReturn:
    """The next clip is for that run."""
    st.session_state[KEPT] = run_id
    st.rerun()


def leave() -> None:
    """The next clip is nobody's."""
    st.session_state.pop(KEPT, None)
    if RUN in st.query_params:
        del st.query_params[RUN]


def back(name: str) -> None:
    """From a result, or an analysis under way, to its visit; nothing where there is none, or where the records do not answer."""
    job = engine().jobs.get(name)
    try:
        if job is not None and job.request.run_id:
            visit: Visit | None = reception().run_of(job.request.run_id)[0]
        else:
            visit = reception().visit_of_result(name)
    except GaitError:
        return
    if visit is not None and st.button(
        phrase("page-to_visit_of", name=counter.plain(counter.called(visit))), key="back-to-visit"
    ):
        nav.go("visit", id=visit.id)
