"""Calibrate: the manager prints the page, has a clip of it read, and sees what every camera was found to be."""

import html
from typing import Any

import streamlit as st

from gait.bounds import RULER_MM
from gait.errors import GaitError
from gait.services.calibrating import Calibrated, calibrate, page_to_print
from gait.services.calibration_told import figures, notes
from gait.ui import theme
from gait.ui.engine import engine
from gait.ui.parts import counter
from gait.ui.parts import notes as shown_notes
from gait.ui.parts.fields import VIDEO_TYPES
from gait.ui.person import page_for
from gait.words import phrase, say

PAPERS = ("a4", "letter")
READ = "calibrated"
"""Session key: which upload was read last, with what was typed, and what came of it."""


@page_for("calibrate")
def show() -> None:
    """The page."""
    theme.heading(phrase("title-calibrate"), phrase("page-calibrate_what"))
    left, right = st.columns([1, 1.3], gap="large")
    with right:  # first: what is read then stands in the list of cameras
        _read()
    with left:
        _print()
        _cameras()


def _print() -> None:
    theme.heading(phrase("page-calibrate_print"))
    paper = st.radio(
        phrase("page-calibrate_paper"),
        PAPERS,
        key="ruler-paper",
        horizontal=True,
        format_func=lambda one: phrase(f"paper-{one}"),
    )
    # made when it is asked for: setting it takes a second
    st.download_button(
        phrase("page-calibrate_save"), lambda: page_to_print(paper), "gait-calibrate.pdf", "application/pdf",
        key="ruler-pdf", on_click="ignore",
    )  # fmt: skip
    st.html(f'<div class="g-hint">{phrase("page-calibrate_how")}</div>')


def _read() -> None:
    theme.heading(phrase("page-calibrate_read"))
    a, b = st.columns(2)
    camera = a.text_input(
        phrase("page-calibrate_camera"), key="ruler-camera", max_chars=80, placeholder=phrase("page-calibrate_by_clip")
    )
    measured = b.number_input(
        phrase("page-calibrate_ruler"), RULER_MM.least, RULER_MM.most, None, 0.5, key="ruler-mm", format="%.1f",
        placeholder=phrase("page-calibrate_unmeasured"),
    )  # fmt: skip
    anew = st.checkbox(phrase("page-calibrate_anew"), key="ruler-anew")
    upload = st.file_uploader(
        phrase("page-calibrate_clip"), type=[*VIDEO_TYPES, "jpg", "jpeg", "png"], key="ruler-clip"
    )
    if upload is not None and st.button(phrase("page-calibrate_go"), key="ruler-go", type="primary"):
        st.session_state.pop(READ, None)
        with st.spinner(phrase("page-calibrate_reading")):
            try:
                st.session_state[READ] = _calibrated(upload, camera, measured, anew=anew)
            except GaitError as error:
                st.html(shown_notes.fault(error))
    done = st.session_state.get(READ)
    if isinstance(done, Calibrated):
        _told(done)


def _calibrated(upload: Any, camera: str, ruler_mm: float | None, *, anew: bool) -> Calibrated:  # noqa: ANN401  streamlit's UploadedFile
    """What comes of the upload, which stays nowhere. Raises GaitError."""
    place = engine().desk()
    try:
        file = place.hold("ruler", upload)
        assert file is not None
        return calibrate(file, engine().calibrations, camera=camera, ruler_mm=ruler_mm, anew=anew)
    finally:
        place.clear()


def _told(done: Calibrated) -> None:
    name = html.escape(done.camera.name or phrase("unnamed_camera"))
    rows = "".join(f"<li>{html.escape(say(said))}</li>" for said in figures(done.made.read))
    st.html(f'<div role="status"><h3>{name}</h3><ul class="g-reasons">{rows}</ul></div>')
    for said in done.notes:
        st.html(f'<div class="g-note">{html.escape(say(said))}</div>')
    if done.before is not None:
        st.html(f'<div class="g-hint">{phrase("cli-calibrated_against", date=counter.day(done.before.made))}</div>')


def _cameras() -> None:
    theme.heading(phrase("page-calibrate_cameras"))
    known = engine().calibrations.every()
    if not known:
        st.html(f'<div class="g-hint">{phrase("page-calibrate_none")}</div>')
        return
    rows = ""
    for one in reversed(known):
        made = one.latest
        name = html.escape(made.camera or phrase("unnamed_camera"))
        off = phrase("page-calibrate_off", worst_deg=abs(made.read.worst.error.value), roll_deg=made.read.roll.value)
        many = phrase("page-calibrate_notes", notes=len(notes(made.read)))
        rows += f'<tr><th scope="row">{name}<i>{counter.day(made.made)}</i></th><td>{off}<i>{many}</i></td></tr>'
    st.html(f'<table class="g-more">{rows}</table>')
