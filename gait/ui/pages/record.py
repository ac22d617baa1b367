"""Record: 3 s standing, a countdown, 20 s running, from this device's camera or one on the store's computer."""

import base64
import html
from contextlib import suppress
from pathlib import Path
from typing import Any

import streamlit as st

from gait.errors import GaitError
from gait.results.result import Details
from gait.services.recordings import LeftBehind, RecordedClip, handed_over, takes
from gait.ui import nav, theme
from gait.ui.engine import engine, signed_in, visitor
from gait.ui.parts import counter, fields, notes, queue, sides, tablet, visiting
from gait.ui.parts.fields import VIDEO_TYPES
from gait.ui.parts.visiting import Going
from gait.ui.person import page_for
from gait.words import chosen, date, phrase, templates

DEVICE, COMPUTER = "device", "computer"
TICKET = "record_ticket"
TYPED = "record_typed"
LOOKED, WAITED = "record_looked", "_waited"
LEFT, HELD = "record_left", "record_left_standing"
FIELDS = ("record_runner", "record_shoe", "record_speed", "record_size")
"""Session keys. With `WAITED` behind it: of the recording that waited, whose form is open beside the page's own."""

_HERE = Path(__file__).parent
_CSS = (_HERE / "record.css").read_text(encoding="utf-8")
_JS = (_HERE / "record.js").read_text(encoding="utf-8")


@page_for("record")
def show() -> None:
    """The page."""
    theme.heading(phrase("page-record_run"), phrase("page-how_to_record"))
    kept, is_tablet = engine().recordings, not signed_in().may("staff")
    try:
        if is_tablet:
            tablet.which()
        ticket, folder = _ticket()
        clips = takes(folder)
        going = visiting.going(kept.run_of(folder) if clips else "", lambda: kept.name_run(folder, ""))
        if going is not None and clips and kept.run_of(folder) != going.run.id:
            st.session_state.pop(TICKET)  # it is another run's, and waits below
            (ticket, folder), clips = _ticket(), {}
    except GaitError as error:
        st.html(notes.fault(error))
        return
    if going is not None or not clips:
        kept.name_run(folder, going.run.id if going else "")
    # Above the camera once there is a run: below it the button lies under a tablet's edge.
    ready = st.empty()
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
                "kept": {part: _shown(clip) for part, clip in clips.items()},
            },
            on_changed_change=lambda: None,
        )
    if clips:
        with ready.container() if "run" in clips else st.container():
            _form(folder, clips, going)
    if is_tablet:
        return
    _left_behind(folder)
    tablet.let_in()


def _ticket() -> tuple[str, Path]:
    """This session's ticket and its folder; a new one once its clips belong to an analysis. Raises GaitError."""
    ticket = st.session_state.get(TICKET)
    folder = engine().recordings.folder_of(ticket) if ticket else None
    if folder is None or handed_over(folder):
        ticket = st.session_state[TICKET] = engine().recordings.new_ticket(visitor())
        folder = engine().recordings.folder_of(ticket)
    assert folder is not None
    return str(ticket), folder


def _shown(clip: RecordedClip) -> dict[str, Any]:
    """What the recorder shows of a clip that is there: whoever comes back sees what would be analysed."""
    packed = base64.b64encode(clip.picture()).decode()
    return {
        "n_frames": clip.n_frames,
        "length_s": clip.length_s,
        "fps_hz": clip.fps_hz,
        "at": phrase("page-recorded_at", moment=date(clip.recorded, pattern="moment_pattern")),
        "picture": f"data:image/jpeg;base64,{packed}" if packed else "",
    }


def _keep_typed(folder: Path) -> None:
    """What was typed for this recording is there again when the page is come back to, and not for another recording."""
    whose, typed = st.session_state.get(TYPED, ("", {}))
    for key in FIELDS:
        if key not in st.session_state and whose == folder.name:
            st.session_state[key] = typed.get(key) or ""


def _form(folder: Path, clips: dict[str, RecordedClip], going: Going | None) -> None:
    """What staff add to the recording, and the one button."""
    _keep_typed(folder)
    with st.container(border=True, key="form"):
        runner = shoe = ""
        typed_row = st.container(key="record-typed")
        if going is None:
            a, e, b, c, d = typed_row.columns([1.3, 1.3, 1.1, 1, 1.2], vertical_alignment="bottom")
            runner = fields.runner_name(a, key="record_runner")
            shoe = fields.shoe_worn(e, key="record_shoe")
        else:
            b, c, d = typed_row.columns([1.1, 1, 1.2], vertical_alignment="bottom")
            for key, value in (("record_speed", going.run.speed_kmh), ("record_size", going.run.size)):
                if key not in st.session_state and value is not None:
                    st.session_state[key] = fields.written(value)
        speed = fields.belt_speed_kmh(b, key="record_speed")
        size = fields.shoe_size(c, key="record_size")
        st.session_state[TYPED] = folder.name, {key: st.session_state.get(key) for key in FIELDS}
        wrong = fields.complaints(speed, size)
        ready = "run" in clips and not wrong
        if (
            d.button(phrase("page-analyse"), type="primary", disabled=not ready, width="stretch", key="record_go")
            and ready
        ):
            typed = going.details(speed.value, size.value) if going else Details(runner, shoe, speed.value, size.value)
            # What is recorded for a run stays its own while the records do not answer.
            _start(folder, clips, typed, going.run.id if going else engine().recordings.run_of(folder))
        if wrong:
            st.html(wrong)
        if "run" in clips:
            _sides(folder, clips["run"])
        if "run" not in clips:
            st.html(f'<div class="g-hint">{phrase("page-run_is_next")}</div>')
        elif "standing" not in clips:
            st.html(f'<div class="g-hint">{phrase("page-no_standing_clip")}</div>')
        if st.button(
            phrase("page-next_runner"), key="record_next", type="tertiary", help=phrase("page-next_runner_help")
        ):
            for key in (TYPED, TICKET, LOOKED, *FIELDS):
                st.session_state.pop(key, None)
            st.rerun()


def _sides(folder: Path, run: RecordedClip, whose: str = "") -> None:
    """Which foot is which, asked once for a camera. `whose` as in `sides.ask`."""
    camera = engine().recordings.camera_of(folder, run)
    if camera is None:
        return
    if engine().cameras.mirrored(camera) is None:
        kept, found = st.session_state.get(LOOKED + whose, (None, None))
        if kept != run.path:
            with st.spinner(phrase("page-looking_clip")):
                found = engine().glance(run)
            st.session_state[LOOKED + whose] = run.path, found
        if found is not None and not found.refused:
            sides.ask(found, camera, whose)
    else:
        sides.confirmed(camera, whose)


def _left_behind(own: Path) -> None:
    """Recordings that were cut short by a closed tab or a lost connection: nothing that reached the disk is lost."""
    found = engine().recordings.left_behind(own)
    for left in found:
        name = left.folder.name
        with st.container(key=f"left-{name}"):
            picture, a, b, c = st.columns([0.7, 3.3, 1, 1], vertical_alignment="center")
            parts = [phrase(f"part-{c.part}", length_s=c.length_s) for c in left.clips.values()]
            clips = phrase("page-both_parts", first=parts[0], second=parts[1]) if len(parts) > 1 else "".join(parts)
            when = phrase("page-left_behind_when", moment=date(left.recorded, pattern="moment_pattern"))
            said = phrase("page-left_behind", clips=clips) if parts else phrase("page-left_unreadable")
            a.html(notes.calm(said, when))
            shown = _shown(left.clips.get("run") or next(iter(left.clips.values())))["picture"] if parts else ""
            if shown:
                picture.html(f'<img class="g-thumb" src="{shown}" alt="{phrase("page-picture_of_clip")}">')
            if b.button(
                phrase("page-analyse_left"), key=f"go-{name}", disabled="run" not in left.clips, width="stretch"
            ):
                st.session_state[LEFT] = name
            if c.button(phrase("page-delete"), key=f"drop-{name}", width="stretch"):
                try:
                    engine().recordings.drop(left.folder)
                except GaitError as error:
                    st.html(notes.fault(error))
                else:
                    st.rerun()
            form = st.empty()  # so that nothing of it stays behind when it is closed
            if st.session_state.get(LEFT) == name and "run" in left.clips:
                with form.container():
                    _left_form(left)
    if found:
        st.html(f'<div class="g-hint">{phrase("page-recordings_kept", days=_kept_days())}</div>')


def _kept_days() -> int:
    """After so many a recording that is of no visit goes; -1: it stays, or the records do not answer."""
    with suppress(GaitError):
        days = engine().retention.rules().days["recording", "not_agreed"]
        return -1 if days is None else days
    return -1


def _left_form(left: LeftBehind) -> None:
    """What staff add to a recording that waited: as for a new one, and a standing clip where it has none or another's."""
    name = left.folder.name
    try:
        going = visiting.of_run(engine().recordings.run_of(left.folder))
    except GaitError as error:
        st.html(notes.fault(error))
        return
    with st.container(border=True, key=f"left-form-{name}"):
        a, b, c, d = st.columns([1.3, 1.3, 1.1, 1])
        if going is None:
            runner, shoe = fields.runner_name(a, f"left-runner-{name}"), fields.shoe_worn(b, f"left-shoe-{name}")
        else:
            runner, shoe = going.visit.customer, going.run.shoe
            a.html(f'<div class="g-who"><b>{html.escape(counter.called(going.visit))}</b></div>')
            b.html(f'<div class="g-who"><b>{html.escape(shoe)}</b></div>')
        speed, size = fields.belt_speed_kmh(c, f"left-speed-{name}"), fields.shoe_size(d, f"left-size-{name}")
        instead = "standing" in left.clips
        upload = st.file_uploader(
            phrase("page-other_standing_clip" if instead else "page-standing_clip"),
            type=VIDEO_TYPES,
            key=f"left-standing-{name}",
            help=phrase("page-standing_clip_help"),
        )
        if wrong := fields.complaints(speed, size):
            st.html(wrong)
        if not instead and upload is None:
            st.html(f'<div class="g-hint">{phrase("page-no_standing_clip")}</div>')
        _sides(left.folder, left.clips["run"], WAITED)
        go, back = st.columns([1, 1])
        asked = go.button(
            phrase("page-analyse"), type="primary", disabled=bool(wrong), key=f"start-{name}", width="stretch"
        )
        if back.button(phrase("page-not_now"), key=f"back-{name}", width="stretch"):
            for key in (LEFT, LOOKED + WAITED):
                st.session_state.pop(key, None)
            st.rerun()
        if not asked or wrong:
            return
        clips = dict(left.clips)
        try:
            if upload is not None:
                clips["standing"] = _own_standing(left.folder, upload)
        except GaitError as error:
            st.html(notes.fault(error))
            return
        _start(left.folder, clips, Details(runner, shoe, speed.value, size.value), going.run.id if going else "")


def _own_standing(folder: Path, upload: Any) -> RecordedClip:  # noqa: ANN401  streamlit's UploadedFile
    """The chosen clip as the recording's standing clip; it stays with the recording whatever becomes of the analysis. Raises GaitError."""
    there = takes(folder).get("standing")
    held = st.session_state.get(HELD)
    if held == upload.file_id and there is not None:
        return there  # an earlier try took it
    place = engine().desk()
    path = place.hold("standing", upload)
    assert path is not None
    try:
        clip = engine().recordings.add(folder, "standing", path)
    finally:
        place.clear()
    st.session_state[HELD] = upload.file_id
    return clip


def _start(folder: Path, clips: dict[str, RecordedClip], typed: Details, run_id: str = "") -> None:
    """Hand the clips to the same board as an uploaded clip."""
    try:
        job = engine().analyse_recording(folder, clips, typed, owner=queue.owner(), who=queue.who(), run_id=run_id)
    except GaitError as error:
        st.html(notes.fault(error))
        return
    for key in (TYPED, LEFT, HELD, LOOKED + WAITED):
        st.session_state.pop(key, None)
    if run_id:
        visiting.leave()
    if not signed_in().may("staff"):
        tablet.sent()
    nav.go("new", **queue.begun(job))
