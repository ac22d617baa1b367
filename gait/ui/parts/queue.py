"""Whose analyses are under way, on the New page: this tab's by name, other stations' by their number only.

Who started an analysis is known by a key that only its page's address has: it outlives a refresh, and nobody else can cancel.
"""

import html
import secrets

import streamlit as st

from gait.errors import GaitError
from gait.services import jobs
from gait.ui.engine import engine, signed_in
from gait.ui.parts import words
from gait.ui.parts.polling import polled
from gait.words import phrase

KEY = "by"
"""In the address, and in the session: what only the one who starts knows."""
SEEN = "seen_jobs"
"""Session key: the names of the jobs whose end this tab has shown."""
POLL_S = 1.0


def owner() -> str:
    """This tab's key."""
    found = st.query_params.get(KEY) or st.session_state.get(KEY) or secrets.token_urlsafe(16)
    st.session_state[KEY] = found
    return str(found)


def who() -> str:
    """Whoever is signed in, for whom the queue has a turn; empty where nobody signs in, or where the records do not answer."""
    try:
        return signed_in().staff_id or ""
    except GaitError:
        return ""


def begun(job: jobs.Job) -> dict[str, str]:
    """This tab started that job: what the address says of it."""
    return {"job": job.name, KEY: owner()}


def leave() -> None:
    """The address leads to the form again; the work goes on."""
    owner()
    st.query_params.clear()


def seen(name: str) -> None:
    """The page has led to what became of that job: it need not be told of any more."""
    st.session_state.setdefault(SEEN, set()).add(name)


def strip() -> None:
    """What is under way, above the form; nothing when there is nothing. What is done or failed of this tab's is told until it is seen."""
    board = engine().jobs
    mine = [job for job in board.of(owner(), who()) if job.name not in st.session_state.get(SEEN, set())]
    others = len([job for job in board.awaited() if job not in mine])
    if not mine and not others:
        return
    with st.container(key="queue"):
        for job in mine:
            if job.state in jobs.AWAITED:
                polled(_at_work, POLL_S, job)
            else:
                _line(job, phrase("page-job_done" if job.state in jobs.OPEN else "page-job_no_result"))
        if others:
            st.html(f'<div class="g-hint" role="status">{phrase("page-others_wait", others=others)}</div>')


def how_far(job: jobs.Job) -> str:
    """Of one whose result is awaited: its place in the queue, or the share that is done."""
    if job.state == "waiting":
        return phrase("page-waiting", before=max(1, job.place))
    return phrase("page-percent", percent=100 * (job.progress.fraction if job.progress else 0.0))


def _at_work(job: jobs.Job) -> None:
    if job.state not in jobs.AWAITED:
        st.rerun(scope="app")
    _line(job, how_far(job))


def _line(job: jobs.Job, how: str) -> None:
    """One of this tab's, and the way to it."""
    said, button = st.columns([4, 1], vertical_alignment="center")
    whose = html.escape(words.runner(job.request.runner)) or phrase("page-unnamed_run")
    said.html(f'<div class="g-who" role="status"><b>{whose}</b><span>{how}</span></div>')
    if button.button(phrase("page-show_job"), key=f"show-{job.name}", width="stretch"):
        st.query_params.from_dict({"job": job.name, KEY: owner()})
        st.rerun(scope="app")
