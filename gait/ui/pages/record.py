"""Record: 3 s standing, a countdown, 20 s running, from this device's camera or one on the store's computer."""

from pathlib import Path

import streamlit as st

from gait.errors import GaitError
from gait.services.recordings import RecordedClip, handed_over, takes
from gait.ui import nav, theme
from gait.ui.engine import engine
from gait.ui.parts import fields, notes

DEVICE, COMPUTER = "This device's camera", "A camera on the store's computer"

_HERE = Path(__file__).parent
_CSS = (_HERE / "record.css").read_text(encoding="utf-8")
_JS = (_HERE / "record.js").read_text(encoding="utf-8")


def show() -> None:
    """The page."""
    theme.heading(
        "Record a run", "Camera straight behind the belt at ankle height: first standing still, then 20 s of running."
    )
    try:
        ticket = _ticket()
    except GaitError as error:
        st.html(notes.fault(error))
        return
    folder = engine().recordings.folder_of(ticket)
    assert folder is not None
    with st.container(border=True, key="recorder"):
        source = st.segmented_control(
            "Camera", [DEVICE, COMPUTER], default=DEVICE, key="record_source", label_visibility="collapsed"
        )
        # Declared at each run, as the contact sheet is.
        recorder = st.components.v2.component("recorder", html='<div class="rec"></div>', css=_CSS, js=_JS)
        recorder(
            key="recorder_component",
            data={
                "api": f"api/record/{ticket}",
                "source": "computer" if source == COMPUTER else "device",
                "seconds": dict(engine().store.record_s),
                "countdown": engine().store.countdown_s,
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
        if d.button("Analyse the run", type="primary", disabled="run" not in clips, width="stretch", key="record_go"):
            _start(folder, clips, speed, runner, size)
        if "run" not in clips:
            st.html('<div class="g-hint">Now record the run.</div>')
        elif "standing" not in clips:
            st.html(
                '<div class="g-hint">Without a standing clip the label is less certain, '
                "and often <b>cannot tell</b>.</div>"
            )


def _left_behind(own: Path) -> None:
    """Recordings that were cut short by a closed tab or a lost connection: nothing that reached the disk is lost."""
    for left in engine().recordings.left_behind(own):
        name = left.folder.name
        with st.container(key=f"left-{name}"):
            a, b, c = st.columns([4, 1, 1], vertical_alignment="center")
            parts = " and ".join(
                f"{c.length_s:.1f} s {'running' if c.part == 'run' else 'standing'}" for c in left.clips.values()
            )
            a.html(notes.calm(f"Not analysed yet: {parts}", f", recorded {left.recorded:%d %b, %H:%M}."))
            if b.button("Analyse", key=f"go-{name}", disabled="run" not in left.clips, width="stretch"):
                _start(left.folder, left.clips, None, "", None)
            if c.button("Delete", key=f"drop-{name}", width="stretch"):
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
