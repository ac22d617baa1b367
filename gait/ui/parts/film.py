"""The overlay video on the result page with its controls, or how far it is drawn: it comes last of all."""

import html

import streamlit as st

from gait.errors import GaitError
from gait.results.folder import ResultFolder
from gait.results.place import FILM
from gait.services import jobs
from gait.ui.engine import engine, signed_in, visitor
from gait.ui.parts import coming, notes, player, words
from gait.ui.parts.polling import polled
from gait.words import phrase

POLL_S = 1.0


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
    video = folder.file(FILM)
    if video:
        player.film(str(video), player.of_run(folder))
    else:
        _none(folder)


def _none(folder: ResultFolder) -> None:
    """There is no film: it is drawn again from the kept clip, where there is one."""
    name = folder.path.name
    job = engine().jobs.get(name)
    if job is not None and job.request.film_alone and job.state in jobs.AT_WORK:
        polled(_drawn_again, POLL_S, job)
        return
    kept = engine().kept.of_result(name)
    st.html(
        f'<div class="g-empty">{phrase("page-no_film")} {phrase("page-film_again" if kept else "page-film_no_clip")}</div>'
    )
    if job is not None and job.request.film_alone and job.state == "failed" and job.fault is not None:
        st.html(notes.fault(job.fault))
    if kept and st.button(phrase("page-film_again_now"), key="film-again", width="stretch"):
        try:
            engine().draw_film(name, visitor(), signed_in().who)
        except GaitError as error:
            st.html(notes.fault(error))
            return
        st.rerun()


def _drawn_again(job: jobs.Job) -> None:
    """How far the film is that is drawn again: its run is followed first."""
    if job.state not in jobs.AT_WORK:
        st.rerun()
    if job.state == "waiting":
        st.html(f'<div class="g-drawing" role="status"><b>{phrase("page-film_waits_turn", place=job.place)}</b></div>')
    else:
        _progress(job, words.time_left(job.progress.left_s if job.progress else None))


def _drawn_so_far(job: jobs.Job) -> None:
    if job.state != "drawing":
        st.rerun()
    p = job.progress
    _progress(job, phrase("page-film_waits") if job.busy() else words.time_left(p.left_s if p else None))


def _progress(job: jobs.Job, left: str) -> None:
    """The bar, what is left, and the button that leaves the film out."""
    st.html(
        f'<div class="g-drawing" role="status"><b>{phrase("page-film_drawn")}</b>'
        f"<span>{phrase('page-stopping') if job.cancelling else html.escape(left)}</span></div>"
    )
    st.progress(job.progress.fraction if job.progress else 0.0)
    if st.button(
        phrase("page-leave_film_out"), key="no-film", width="stretch", type="tertiary", disabled=job.cancelling
    ):
        job.cancel()
        st.rerun(scope="fragment")
