"""The overlay video on the result page, or how far it is drawn: it comes last of all."""

import html
from pathlib import Path

import streamlit as st

from gait.results.folder import ResultFolder
from gait.services import jobs
from gait.ui.parts import coming, words
from gait.ui.parts.polling import polled
from gait.words import phrase, templates

POLL_S = 1.0
_HERE = Path(__file__).parent
_CSS = (_HERE / "film.css").read_text(encoding="utf-8")
_JS = (_HERE / "film.js").read_text(encoding="utf-8")


def show(folder: ResultFolder) -> None:
    """The film; while its job still draws it, how far it is, asked once a second; after that nothing polls."""
    job = coming.job_of(folder)
    if job is not None and job.state == "drawing":
        polled(_drawn_so_far, POLL_S, job)
        return
    if job is not None:
        first = phrase("page-film_next_after")
        st.html(f'<div class="g-drawing"><b>{phrase("page-film_next")}</b><span>{first}</span></div>')
        return
    video = folder.file("overlay.mp4")
    if video:
        st.video(str(video), loop=True, muted=True)
        # Declared at each run, as the contact sheet is.
        bar = st.components.v2.component("film", html='<div class="bar"></div>', css=_CSS, js=_JS)
        bar(key="film-bar", data={"words": templates("film")})
    else:
        st.html(f'<div class="g-empty">{phrase("page-no_film")}</div>')


def _drawn_so_far(job: jobs.Job) -> None:
    if job.state != "drawing":
        st.rerun()
    p = job.progress
    fraction = p.fraction if p else 0.0
    left = phrase("page-film_waits") if job.busy() else words.time_left(p.left_s if p else None)
    st.html(
        f'<div class="g-drawing" role="status"><b>{phrase("page-film_drawn")}</b>'
        f"<span>{phrase('page-stopping') if job.cancelling else html.escape(left)}</span></div>"
    )
    st.progress(fraction)
    if st.button(
        phrase("page-leave_film_out"), key="no-film", width="stretch", type="tertiary", disabled=job.cancelling
    ):
        job.cancel()
        st.rerun(scope="fragment")
