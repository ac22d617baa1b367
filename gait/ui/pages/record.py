"""Record: 3 s standing, a countdown, 20 s running, from this device's camera or one on the store's computer."""

from pathlib import Path

import streamlit as st

from gait.errors import GaitError
from gait.services.recordings import RecordedClip, handed_over, takes
from gait.ui import nav, theme
from gait.ui.engine import engine
from gait.ui.parts import fields, notes
from gait.words import chosen, date, phrase, templates

DEVICE, COMPUTER = "device", "computer"

_HERE = Path(__file__).parent
_CSS = (_HERE / "record.css").read_text(encoding="utf-8")
_JS = (_HERE / "record.js").read_text(encoding="utf-8")


def show() -> None:
    """The page."""
    theme.heading(phrase("page-record_run"), phrase("page-how_to_record"))
    try:
        ticket = _ticket()
    except GaitError as error:
        st.html(notes.fault(error))
        return
    folder = engine().recordings.folder_of(ticket)
    assert folder is not None
    with st.container(border=True, key="recorder"):
        source = st.segmented_control(
            phrase("page-camera"),
            [DEVICE, COMPUTER],
            format_func=lambda code: phrase(f"source-{code}"),
            default=DEVICE,
            key="record_source",
            label_visibility="collapsed",
        )
        # Declared at each run, as the contact sheet is.
        recorder = st.components.v2.component("recorder", html='<div class="rec"></div>', css=_CSS, js=_JS)
        recorder(
            key="recorder_component",
            data={
                "api": f"api/record/{ticket}",
                "source": source or DEVICE,
                "seconds": dict(engine().store.record_s),
                "countdown": engine().store.countdown_s,
                "words": templates("recorder"),
                "language": chosen(),
            },
            on_changed_change=lambda: None,
        )
    clips = takes(folder)
    if clips:
        _form(folder, clips)
    _left_behind(folder)


def _ticket() -> str:
    """This session's ticket; a new one once its clips belong to an analysis."""
    ticket = st.session_state.get("record_ticket")
    folder = engine().recordings.folder_of(ticket) if ticket else None
    if folder is None or handed_over(folder):
        ticket = st.session_state["record_ticket"] = engine().recordings.new_ticket()
    return str(ticket)


def _form(folder: Path, clips: dict[str, RecordedClip]) -> None:
    """What staff add to the recording, and the one button."""
    with st.container(border=True, key="form"):
        a, b, c, d = st.columns([1.6, 1, 1, 1.3], vertical_alignment="bottom")
        runner = fields.runner_name(a, key="record_runner")
        speed = fields.belt_speed_kmh(b, key="record_speed")
        size = fields.shoe_size(c, key="record_size")
        if d.button(
            phrase("page-analyse"), type="primary", disabled="run" not in clips, width="stretch", key="record_go"
        ):
            _start(folder, clips, speed, runner, size)
        if "run" not in clips:
            st.html(f'<div class="g-hint">{phrase("page-run_is_next")}</div>')
        elif "standing" not in clips:
            st.html(f'<div class="g-hint">{phrase("page-no_standing_clip")}</div>')


def _left_behind(own: Path) -> None:
    """Recordings that were cut short by a closed tab or a lost connection: nothing that reached the disk is lost."""
    for left in engine().recordings.left_behind(own):
        name = left.folder.name
        with st.container(key=f"left-{name}"):
            a, b, c = st.columns([4, 1, 1], vertical_alignment="center")
            parts = [phrase(f"part-{c.part}", length_s=c.length_s) for c in left.clips.values()]
            clips = phrase("page-both_parts", first=parts[0], second=parts[1]) if len(parts) > 1 else parts[0]
            when = phrase("page-left_behind_when", moment=date(left.recorded, pattern="moment_pattern"))
            a.html(notes.calm(phrase("page-left_behind", clips=clips), when))
            if b.button(
                phrase("page-analyse_left"), key=f"go-{name}", disabled="run" not in left.clips, width="stretch"
            ):
                _start(left.folder, left.clips, None, "", None)
            if c.button(phrase("page-delete"), key=f"drop-{name}", width="stretch"):
                engine().recordings.drop(left.folder)
                st.rerun()


def _start(folder: Path, clips: dict[str, RecordedClip], speed: float | None, runner: str, size: float | None) -> None:
    """Hand the clips to the same board as an uploaded clip."""
    try:
        job = engine().analyse_recording(folder, clips, speed, runner, size)
    except GaitError as error:
        st.html(notes.fault(error))
        return
    nav.go("new", job=job.name)
