"""New analysis: choose clips, press one button, watch the work, land on the result."""

import html
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from gait.errors import GaitError
from gait.places import SAMPLE_SPEED_KMH, sample_run, sample_standing
from gait.results.result import Details
from gait.services import jobs, trackers
from gait.services.cameras import CameraId
from gait.ui import nav, theme
from gait.ui.engine import clear_desk, desk, engine
from gait.ui.parts import again, fields, look, notes, pictures, queue, sides, visiting, words
from gait.ui.parts.fields import VIDEO_TYPES
from gait.ui.parts.polling import polled
from gait.ui.person import page_for
from gait.words import phrase, whole
from gait.words import stage as stage_words

OWN, EXAMPLE = "own", "example"


@page_for("new")
def show() -> None:
    """The page: the job that the address names, else the form: what others have analysed takes nothing from this page."""
    named = st.query_params.get("job")
    board = engine().jobs
    job = board.get(named)
    if job is None and named and engine().library.find(named):
        nav.go("result", id=named)
    if job is None:
        again.leave(engine())
        if named:
            st.warning(phrase("page-job_gone"))
        _form()
    elif job.state in jobs.AWAITED:
        _watch(job)
    elif job.state in jobs.OPEN:
        queue.seen(job.name)
        nav.go("result", id=job.name)
    else:
        queue.seen(job.name)
        _ended(job)


def _form() -> None:
    theme.heading(phrase("title-new"), phrase("page-how_to_film"))
    queue.strip()
    going = visiting.going()
    left, right = st.columns([1.55, 1], gap="large")
    with left, st.container(border=True, key="form"):
        has_sample = sample_run().is_file() and going is None
        source = st.segmented_control(
            phrase("page-clip"),
            [OWN, EXAMPLE] if has_sample else [OWN],
            format_func=lambda code: phrase(f"source-{code}"),
            default=OWN,
            key="source",
            label_visibility="collapsed",
        )
        example = source == EXAMPLE
        run = standing = None
        first = _FirstLook()
        # In a container of their own, so that the fields below keep their place, and what is typed in them, on a change.
        clips = st.container()
        if example:
            clips.html(f'<div class="g-note">{phrase("page-example_is", kmh=SAMPLE_SPEED_KMH)}</div>')
        else:
            a, b = clips.columns(2)
            run = a.file_uploader(
                phrase("page-running_clip"), type=VIDEO_TYPES, key="run", help=phrase("page-running_clip_help")
            )
            standing = b.file_uploader(
                phrase("page-standing_clip"),
                type=VIDEO_TYPES,
                key="standing",
                help=phrase("page-standing_clip_help"),
            )
            clips.html(f'<div class="g-hint">{phrase("page-video_types")}</div>')
        runner = shoe = ""
        if going is None:
            a, b = st.columns(2)
            runner = fields.runner_name(a, key="runner")
            shoe = fields.shoe_worn(b, key="shoe")
        b, c = st.columns(2)
        known = going.run.id if going else "example" if example else "own"
        speed = fields.belt_speed_kmh(
            b, key=f"speed_{known}", value=going.run.speed_kmh if going else SAMPLE_SPEED_KMH if example else None
        )
        size = fields.shoe_size(c, key=f"size_{known}" if going else "size", value=going.run.size if going else None)
        tracker = fields.tracker(st.expander(phrase("page-more_settings")), key="tracker")
        if not example:
            with right:
                first = _look(run, standing, tracker)
        wrong = fields.complaints(speed, size)
        if wrong:
            st.html(wrong)
        ready = (example or first.ready) and not wrong
        if st.button(phrase("page-analyse"), type="primary", disabled=not ready, width="stretch", key="go") and ready:
            try:
                typed = Details(runner, shoe, speed.value, size.value)
                if going is not None:
                    typed = going.details(speed.value, size.value)
                _start(example, first, typed, going.run.id if going else "", tracker)
            except GaitError as error:
                st.html(notes.fault(error))
        if first.reason:
            st.html(notes.problem(first.reason))
        elif not ready and not wrong:
            st.html(f'<div class="g-hint">{phrase("page-choose_clip")}</div>')
    with right:
        if first.shown:
            return
        st.html(f'<div class="g-guide">{pictures.filming_guide()}</div>')


@dataclass(frozen=True)
class _FirstLook:
    """What came of looking at the chosen clips."""

    shown: bool = False
    ready: bool = False
    reason: str = ""
    """Why the clip cannot be analysed; empty when it can, or when none is chosen."""
    run: Path | None = None
    standing: Path | None = None
    runner_at: tuple[float, float] | None = None
    clip_name: str = ""
    """What the run's file is called where it came from."""
    mirrored: bool | None = None
    """Whether its camera mirrors; None: nobody has said."""


def _look(run: Any, standing: Any, tracker: str) -> _FirstLook:  # noqa: ANN401  streamlit's UploadedFile
    """Put the clips on the disk, look at them and show what was found; let staff say who the runner is."""
    mine = desk()
    try:
        run_path, standing_path = mine.hold("run", run), mine.hold("standing", standing)
        if run_path is None:
            return _FirstLook()
        with st.spinner(phrase("page-looking_clip")):
            trackers.check(tracker)
            found, camera, mirrored = mine.look(tracker=tracker), None, None
            if not found.refused:
                camera = CameraId(found.clip.camera, found.clip.width_px, found.clip.height_px)
                mirrored = engine().cameras.mirrored(camera)
                found = mine.look(mirrored=True, tracker=tracker) if mirrored else found
    except GaitError as error:
        said, ours = whole(error), mine.name("run")
        return _FirstLook(reason=said.replace(ours, run.name) if ours else said)
    with st.container(border=True, key="look"):
        place, who, runner_at = st.empty(), None, None
        if len(found.hips) > 1:
            names = [str(k + 1) for k in range(len(found.hips))]
            picked = st.segmented_control(phrase("page-which_runner"), names, key=f"who-{run.file_id}")
            if picked:
                who = int(picked) - 1
                runner_at = (float(found.hips[who, 0]), float(found.hips[who, 1]))
                with st.spinner(phrase("page-looking_runner")):
                    found = mine.look(runner_at, bool(mirrored), tracker)
        with st.spinner(phrase("page-looking_standing")):
            line = mine.standing_line(found, runner_at, tracker)
        checks = found.checks if found.refused and standing_path is None else (*found.checks, line)
        place.html(look.head(found, checks, who))
        if camera is not None and not (found.refused or line.mark == "refuse"):
            sides.confirmed(camera) if mirrored is not None else sides.ask(found, camera)
        st.html(look.rows(checks))
    reason = whole(found.reason) if found.reason else ""
    if not reason and line.mark == "refuse":
        reason = phrase("page-standing_first")
    undecided = len(found.hips) > 1 and runner_at is None
    if undecided and not reason:
        reason = phrase("page-several_people")
    return _FirstLook(True, not reason, reason, run_path, standing_path, runner_at, str(run.name), mirrored)


def _start(example: bool, first: _FirstLook, typed: Details, run_id: str, tracker: str) -> None:
    """Hand the clips to a job, begin, and show the progress. Raises GaitError when the tracker is not ready."""
    trackers.check(tracker)
    if example:
        whose = replace(typed, runner=typed.runner or phrase("source-example"))
        request = jobs.AnalysisRequest(
            *(sample_run(), sample_standing()), **asdict(whose), owner=queue.owner(), who=queue.who(), tracker=tracker
        )
        job = engine().jobs.start(request)
    else:
        assert first.run is not None
        request = jobs.AnalysisRequest(
            *(first.run, first.standing),
            **asdict(typed),
            uploads=desk().folder,
            runner_at=first.runner_at,
            clip_name=first.clip_name,
            mirrored=first.mirrored,
            owner=queue.owner(),
            who=queue.who(),
            run_id=run_id,
            tracker=tracker,
        )
        job = engine().jobs.start(request)
        visiting.leave()
        desk().hand_over()
        clear_desk()
    for key in ("run", "standing"):
        st.session_state.pop(key, None)
    st.query_params.from_dict(queue.begun(job))
    st.rerun()


def _watch(job: jobs.Job) -> None:
    """Progress, twice a second, for as long as it runs; nothing polls afterwards."""
    name, began_as = html.escape(words.runner(job.request.runner)), job.state
    if began_as == "waiting":
        title = phrase("page-waiting_whom", runner=name) if name else phrase("page-in_queue")
    else:
        title = phrase("page-analysing_whom", runner=name) if name else phrase("page-analysing")
    theme.heading(title, phrase("page-may_close"))

    mine = job.belongs_to(queue.owner(), queue.who())

    def poll() -> None:
        state = job.state
        if state != began_as:
            st.rerun()
        with st.container(border=True, key="progress"):
            p = job.progress
            fraction = p.fraction if p else 0.0
            if job.cancelling:
                st.html(f'<div class="g-stage">{phrase("page-stopping")}</div>')
                st.progress(fraction)
                return
            if state == "waiting":
                st.html(f'<div class="g-stage">{queue.how_far(job)}</div>')
                if (held_up := engine().jobs.held_up) is not None:
                    st.html(notes.fault(held_up))
                counts, left = phrase("page-begins_by_itself"), ""
            else:
                stage = html.escape(stage_words(p.stage)) if p else phrase("page-getting_ready")
                counts = phrase("page-frames_done", done=p.done, total=p.total) if p and p.total else ""
                percent = phrase("page-percent", percent=100 * fraction) if p and p.total else ""
                st.html(f'<div class="g-stage">{stage}<span>{percent}</span></div>')
                left = words.time_left(p.left_s if p else None)
            st.progress(fraction)
            a, b = st.columns([4, 1], vertical_alignment="center")
            a.html(f'<div class="g-counts"><b>{counts}</b><span>{left}</span></div>')
            if mine and b.button(phrase("page-cancel"), key="cancel", width="stretch"):
                engine().jobs.cancel(job.name, queue.owner(), queue.who())
                st.rerun(scope="fragment")

    polled(poll, 0.5)
    if not mine:
        st.html(f'<div class="g-hint">{phrase("page-others_run")}</div>')
    visiting.back(job.name)
    if st.button(phrase("page-prepare_next"), key="next"):
        queue.leave()
        st.rerun()


def _ended(job: jobs.Job) -> None:
    """Cancelled or failed: say why and what to do, and offer the form again."""
    theme.heading(phrase("page-cancelled" if job.state == "cancelled" else "page-not_analysed"))
    if job.state == "cancelled":
        if job.request.recording is not None:
            st.html(notes.calm(phrase("page-no_result_kept"), f" {phrase('page-recording_kept')}"))
        else:
            deleted = f" {phrase('page-clips_deleted')}" if job.request.uploads else ""
            st.html(notes.calm(phrase("page-nothing_kept"), deleted))
    elif job.fault is not None:
        st.html(notes.fault(job.fault))
    visiting.back(job.name)
    if job.request.puts_right and st.button(phrase("page-back_to_result"), type="primary", key="back"):
        nav.go("result", id=job.request.puts_right)
    if st.button(phrase("page-start_again"), type="secondary" if job.request.puts_right else "primary", key="again"):
        if job.request.recording is not None:
            nav.go("record")
        queue.leave()
        st.rerun()
