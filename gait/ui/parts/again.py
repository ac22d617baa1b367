"""A clip refused as slow motion: only staff know how it was filmed, so they are asked, and the clip waits for the answer."""

import streamlit as st

from gait.errors import GaitError
from gait.services.engine import Engine
from gait.services.jobs import Job
from gait.ui import nav
from gait.ui.parts import notes
from gait.words import phrase

KEPT = "slow_motion_job"
"""Session key: the job whose clip waits for this session's answer."""


def offer(name: str, engine: Engine) -> bool:
    """On the page of the refused result `name`: a button to say yes, one to delete the clip. False when no clip waits."""
    job = engine.jobs.get(name)
    if job is None or job.slow_factor is None or not job.request.clip.is_file():
        return False
    st.session_state[KEPT] = name
    with st.container(horizontal=True):
        said_yes = st.button(phrase("page-slow_motion_yes", times=job.slow_factor), type="primary", key="slow-yes")
        said_no = st.button(phrase("page-slow_motion_no"), key="slow-no")
    if said_yes:
        _analyse_again(job, engine)
    if said_no:
        job.drop_upload()
        st.rerun()
    st.html(f'<div class="g-hint">{phrase("page-slow_motion_waits")}</div>')
    return True


def leave(engine: Engine) -> None:
    """This session has turned to something else: what waited for its answer is deleted."""
    job = engine.jobs.get(st.session_state.pop(KEPT, None))
    if job is not None:
        job.drop_upload()


def _analyse_again(job: Job, engine: Engine) -> None:
    try:
        again = engine.analyse_as_slow_motion(job)
    except GaitError as error:
        st.html(notes.fault(error))
        return
    st.session_state.pop(KEPT, None)
    nav.go("new", job=again.name)
