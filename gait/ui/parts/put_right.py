"""What can be put right on the result's page: what staff typed beside the clip, and the standing clip."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from gait.errors import GaitError
from gait.results.folder import ResultFolder
from gait.results.result import Details, Judged
from gait.ui import nav
from gait.ui.engine import engine
from gait.ui.parts import fields, notes, queue, words
from gait.ui.parts.fields import VIDEO_TYPES
from gait.words import phrase

FILLED = "put_right_filled"
"""Session key: of which result and version the fields show what was typed, and that. Another tab's version does not change what
somebody is typing here; only what was typed here is put right."""
DESK = "put_right_desk"
"""Session key: of which result the chosen clips are, and the desk they lie on."""


@dataclass(frozen=True)
class Wish:
    """What a person asked for."""

    details: Details
    take_back: bool = False


def show(folder: ResultFolder) -> Wish | None:
    """What was put right, with a way back, and the fields. None while nobody asks for anything."""
    result = folder.result
    if said := words.put_right(result):
        told, undo = st.columns([4, 1], vertical_alignment="center")
        told.html(f'<div class="g-note" role="status">{phrase("page-put_right_is", what=said)}</div>')
        if undo.button(phrase("page-put_right_undo"), key="put-right-undo", width="stretch"):
            return Wish(result.details, take_back=True)
    with st.expander(phrase("page-put_right"), key="put-right"):
        wish = _fields(folder.path.name, result.version, result.details, judged=not result.refused)
        if result.judged is not None and result.clip.width_px:
            _standing(folder.path.name, result.judged)
        return wish


def done() -> None:
    """The fields show anew what stands."""
    st.session_state.pop(FILLED, None)


def _fields(name: str, version: int, now: Details, *, judged: bool) -> Wish | None:
    """`judged`: a clip that was refused has no speed or size to put right."""
    filled_name, at, filled = st.session_state.get(FILLED, ("", 0, now))
    if filled_name != name:
        at, filled = version, now
        st.session_state[FILLED] = name, at, filled
    key = f"right-{name}-{at}"
    with st.form(f"put-right-form-{name}-{at}", border=False):
        a, b, c, d = st.columns([1.6, 1, 1, 1.6])
        runner = fields.runner_name(a, f"{key}-runner", filled.runner)
        speed, size = fields.Given(filled.speed_kmh), fields.Given(filled.shoe_size)
        if judged:
            speed = fields.belt_speed_kmh(b, f"{key}-speed", filled.speed_kmh)
            size = fields.shoe_size(c, f"{key}-size", filled.shoe_size)
        shoe = fields.shoe_worn(d, f"{key}-shoe", filled.shoe_worn)
        asked = st.form_submit_button(phrase("page-put_right_now"), type="primary", key=f"{key}-go")
    if not asked:
        return None
    if wrong := fields.complaints(speed, size):
        st.html(wrong)
        return None
    typed: dict[str, Any] = {"runner": runner, "shoe_worn": shoe, "speed_kmh": speed.value, "shoe_size": size.value}
    changed = {field: value for field, value in typed.items() if not _same(value, getattr(filled, field))}
    if not changed:
        st.html(notes.calm(phrase("page-put_right_same")))
        return None
    return Wish(replace(now, **changed))


def _standing(name: str, judged: Judged) -> None:
    """Another standing clip: the run is measured again with it, which takes as long as at first; staff watch it on its page."""
    kept = engine().clip_of(name) is not None
    a, b = st.columns(2)
    standing = a.file_uploader(
        phrase("page-put_right_standing"),
        type=VIDEO_TYPES,
        key=f"right-standing-{name}",
        help=phrase("page-put_right_standing_help"),
    )
    run = None
    if not kept:
        run = b.file_uploader(phrase("page-put_right_run"), type=VIDEO_TYPES, key=f"right-run-{name}")
        st.html(f'<div class="g-hint">{phrase("page-put_right_run_gone")}</div>')
    if judged.edits:
        st.html(f'<div class="g-note">{phrase("page-put_right_steps_again", steps=len(judged.edits))}</div>')
    ready = standing is not None and (kept or run is not None)
    if not st.button(phrase("page-put_right_measure"), key="measure-again", disabled=not ready) or not ready:
        return
    owner, desk = st.session_state.get(DESK, ("", None))
    if owner != name:  # a try that failed keeps its clips for the next one
        desk = engine().desk()
        st.session_state[DESK] = name, desk
    try:
        for part, upload in (("standing", standing), ("run", run)):
            desk.hold(part, upload)
        job = engine().measure_again(name, desk, queue.owner(), queue.who())
    except GaitError as error:
        st.html(notes.fault(error))
        return
    st.session_state.pop(DESK, None)
    nav.go("new", **queue.begun(job))


def _same(typed: str | float | None, before: str | float | None) -> bool:
    """Whether the field still shows what it was filled with: a number of the command line may have more decimals than are shown."""
    if isinstance(typed, float) and isinstance(before, float | int):
        return fields.written(typed) == fields.written(before)
    return typed == (before.strip() if isinstance(before, str) else before)
