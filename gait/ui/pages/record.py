"""Record: 3 s standing, a countdown, 20 s running, from this device's camera or one on the store's computer."""

import html
import os
import shutil
import threading
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.routing import Route

from gait.errors import GaitError
from gait.services import head_start, jobs, library, recordings, studio
from gait.ui import nav, theme
from gait.ui.parts import fields

SECONDS_VARIABLE = "GAIT_RECORD_SECONDS"
"""`STANDING,RUN`: shorter clips, for trying the page."""
SECONDS = (3.0, 20.0)
"""Standing: enough frames for a mean heel line. Running: 25 steps of each foot at 150 steps a minute."""
COUNTDOWN_S = 3
DEVICE, COMPUTER = "This device's camera", "A camera on the store's computer"

_HERE = Path(__file__).parent
_CSS = (_HERE / "record.css").read_text(encoding="utf-8")
_JS = (_HERE / "record.js").read_text(encoding="utf-8")


def seconds() -> dict[str, float]:
    """How long each part lasts."""
    try:
        standing, run = (float(v) for v in os.environ[SECONDS_VARIABLE].split(","))
    except (KeyError, ValueError):
        standing, run = SECONDS
    return {"standing": standing, "run": run}


@cache
def the_studio() -> studio.Studio:
    """The server's one."""
    return studio.Studio(seconds(), COUNTDOWN_S)


def routes() -> list[Route]:
    """Everything a recording page sends to beside Streamlit's own connection."""
    return [*recordings.routes(recordings.Desk()), *studio.routes(the_studio())]


def show() -> None:
    """The page."""
    theme.heading(
        "Record a run", "Camera straight behind the belt at ankle height: first standing still, then 20 s of running."
    )
    try:
        ticket = _ticket()
    except GaitError as error:
        _problem(error)
        return
    folder = recordings.folder_of(ticket)
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
                "seconds": seconds(),
                "countdown": COUNTDOWN_S,
            },
            on_changed_change=lambda: None,
        )
    clips = recordings.takes(folder)
    if clips:
        _form(folder, clips)
    _left_behind(folder)


def _ticket() -> str:
    """This session's ticket; a new one once its clips belong to an analysis."""
    ticket = st.session_state.get("record_ticket")
    folder = recordings.folder_of(ticket) if ticket else None
    if folder is None or (folder / recordings.HANDED_OVER).exists():
        ticket = st.session_state["record_ticket"] = recordings.new_ticket()
    return str(ticket)


def _form(folder: Path, clips: dict[str, recordings.Clip]) -> None:
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
    for folder, moment, clips in recordings.left_behind(own):
        with st.container(key=f"left-{folder.name}"):
            a, b, c = st.columns([4, 1, 1], vertical_alignment="center")
            parts = " and ".join(
                f"{c.length_s:.1f} s {'running' if c.part == 'run' else 'standing'}" for c in clips.values()
            )
            a.html(
                f'<div class="g-problem g-calm"><b>Not analysed yet: {parts}</b>, recorded {moment:%d %b, %H:%M}.</div>'
            )
            if b.button("Analyse", key=f"go-{folder.name}", disabled="run" not in clips, width="stretch"):
                _start(folder, clips, None, "", None)
            if c.button("Delete", key=f"drop-{folder.name}", width="stretch"):
                for clip in clips.values():
                    head_start.forget(clip.path)
                shutil.rmtree(folder, ignore_errors=True)
                st.rerun()


def _start(
    folder: Path, clips: dict[str, recordings.Clip], speed: float | None, runner: str, size: float | None
) -> None:
    """Hand the clips to the same board as an uploaded clip."""
    from gait.ui.pages import new

    head_start.settle(folder)
    standing = clips.get("standing")
    request = jobs.Request(clips["run"].path, standing.path if standing else None, speed, runner, size)
    try:
        job = new.board().start(request)
        (folder / recordings.HANDED_OVER).touch()
    except GaitError as error:
        _problem(error)
        return
    except OSError:
        pass  # only the mark is missing: the clips would be offered once more
    threading.Thread(target=_tidy, args=(job, folder), name="gait-tidy", daemon=True).start()
    nav.go("new", job=job.name)


def _tidy(job: Any, folder: Path) -> None:  # noqa: ANN401  a jobs.Job
    """Clips go once there is a result; after a failure they are offered again, for they cannot be recorded twice."""
    while not job.wait(3600):
        pass
    if job.state == "done" and library.find(job.name):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        (folder / recordings.HANDED_OVER).unlink(missing_ok=True)


def _problem(error: GaitError) -> None:
    st.html(
        f'<div class="g-problem" role="alert"><b>{html.escape(error.message)}</b> '
        f"<span>{html.escape(error.advice)}</span></div>"
    )
