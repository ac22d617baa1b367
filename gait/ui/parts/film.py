"""The overlay video on the result page, or how far it is drawn: it comes last of all."""

import html

import streamlit as st

from gait.results.folder import ResultFolder
from gait.services import jobs
from gait.ui.parts import coming, words

POLL_S = 1.0


def show(folder: ResultFolder) -> None:
    """The film; while its job still draws it, how far it is, asked once a second; after that nothing polls."""
    job = coming.job_of(folder)
    if job is not None and job.state == "drawing":
        st.fragment(run_every=POLL_S)(_drawn_so_far)(job)
        return
    if job is not None:
        st.html('<div class="g-drawing"><b>The overlay video comes next</b><span>Pictures and PDF first.</span></div>')
        return
    video = folder.file("overlay.mp4")
    if video:
        st.video(str(video), loop=True, muted=True)
    else:
        st.html(
            '<div class="g-empty"><b>This result has no overlay video.</b> Its figures are whole: '
            "the video is only for looking at.</div>"
        )


def _drawn_so_far(job: jobs.Job) -> None:
    if job.state != "drawing":
        st.rerun()
    p = job.progress
    fraction = p.fraction if p else 0.0
    left = "It goes on when the other run is analysed." if job.busy() else words.time_left(p.left_s if p else None)
    st.html(
        '<div class="g-drawing" role="status"><b>The overlay video is being drawn</b>'
        f"<span>{'Stopping …' if job.cancelling else html.escape(left)}</span></div>"
    )
    st.progress(fraction)
    if st.button("Leave it out", key="no-film", width="stretch", type="tertiary", disabled=job.cancelling):
        job.cancel()
        st.rerun(scope="fragment")
