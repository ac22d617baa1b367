"""A clip refused as slow motion: only staff know how it was filmed, so they are asked, and the clip waits for the answer."""

import html
from dataclasses import replace

import streamlit as st

from gait.errors import GaitError
from gait.services import jobs, library
from gait.ui import nav

_YES = "It was filmed in slow motion ({:g}x): analyse again"
KEPT = "slow_motion_job"
"""Session key: the job whose clip waits for this session's answer."""


def offer(name: str, board: jobs.Board) -> bool:
    """On the page of the refused result `name`: a button to say yes, one to delete the clip. False when no clip waits."""
    job = board.get(name)
    if job is None or job.slow_factor is None or not job.request.clip.is_file():
        return False
    st.session_state[KEPT] = name
    with st.container(horizontal=True):
        said_yes = st.button(_YES.format(job.slow_factor), type="primary", key="slow-yes")
        said_no = st.button("It was not: delete the clip", key="slow-no")
    if said_yes:
        _analyse_again(job, board)
    if said_no:
        job.drop_upload()
        st.rerun()
    st.html('<div class="g-hint">The clip is kept until you choose, and deleted when you begin something else.</div>')
    return True


def leave(board: jobs.Board) -> None:
    """This session has turned to something else: what waited for its answer is deleted."""
    job = board.get(st.session_state.pop(KEPT, None))
    if job is not None:
        job.drop_upload()


def _analyse_again(job: jobs.Job, board: jobs.Board) -> None:
    try:
        again = board.start(replace(job.request, slow_motion=job.slow_factor or 1.0))
        library.delete(job.name)  # the refusal that was just answered
    except GaitError as error:
        st.html(
            f'<div class="g-problem" role="alert"><b>{html.escape(error.message)}</b> '
            f"<span>{html.escape(error.advice)}</span></div>"
        )
        return
    job.slow_factor = None  # the clip is the new job's
    st.session_state.pop(KEPT, None)
    nav.go("new", job=again.name)
