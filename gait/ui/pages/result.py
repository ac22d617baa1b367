"""The result: what a customer and staff look at together. Everything comes from the result folder."""

import html
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from gait.errors import GaitError
from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.results.result import ClipInfo, Judged, Result
from gait.said import Said
from gait.services import library
from gait.services.engine import Engine
from gait.services.reception import Reception
from gait.ui import nav, theme
from gait.ui.engine import engine, reception
from gait.ui.parts import again, coming, film, into_visit, more, notes, put_right, steps, visiting, words
from gait.ui.parts import seen as looked
from gait.ui.parts.charts import charts, keep_scrolling, plot
from gait.ui.parts.foot_card import foot_card
from gait.ui.parts.shoe_card import shoe_card
from gait.ui.person import page_for
from gait.words import chosen, date, phrase, say, whole

SHOES = 3
"""Shown to try first; more are a shelf, not a suggestion."""

SHOWN, MADE = "shown_version", "made_versions"
"""Session keys: the result and its version as this tab shows it; which version of a result became which by this tab's hand."""

log = logging.getLogger(__name__)


@page_for("result")
def show() -> None:
    """The page of the result named in the address, the newest one without a name."""
    name = st.query_params.get("id")
    if not name:
        newest = engine().library.entries()
        if not newest:
            theme.heading(phrase("title-result"))
            st.html(notes.empty(phrase("page-nothing_to_show")))
            return
        name = newest[0].name
        st.query_params["id"] = name
    try:
        folder = engine().open_result(name)
    except GaitError as error:
        theme.heading(phrase("title-result"))
        st.html(notes.fault(error))
        if error.code == "comfort_first":
            visiting.back(name)
        return
    if folder is None:
        theme.heading(phrase("title-result"))
        st.html(notes.problem(phrase("page-no_such_result"), phrase("page-no_such_result_why")))
        return
    try:
        result = folder.result
    except GaitError as error:
        theme.heading(phrase("title-result"))
        st.html(notes.fault(error))
        return
    looked.result(folder.path.name)
    if result.judged is None:
        _refused(folder, result)
        st.session_state[SHOWN] = name, result.version
        return
    _head(folder, result, result.judged)
    _details(folder)
    _feet(folder, result.judged)
    _warnings(result)
    _curves(folder, result.judged)
    _shoes(result.judged)
    _rhythm(folder, result.judged)
    _motion(folder, result.clip)
    _steps(folder, result.judged)
    _small_print(result, result.judged)
    st.session_state[SHOWN] = name, result.version


def _refused(folder: ResultFolder, result: Result) -> None:
    """Why the clip cannot be judged, and what to do; nothing else."""
    theme.tab(_subject(result))
    theme.heading(phrase("clip-refuse"), html.escape(_subject(result)))
    visiting.back(folder.path.name)
    into_visit.offer(folder.path.name)
    for found in result.findings:
        if found.severity == "refuse":
            st.html(notes.finding(found))
    asked = again.offer(folder.path.name, engine())
    if st.button(phrase("title-new"), type="secondary" if asked else "primary", key="another"):
        nav.go("new")
    _details(folder)


def _subject(result: Result) -> str:
    return words.runner(result.runner or result.clip.file)


def _head(folder: ResultFolder, result: Result, judged: Judged) -> None:
    """Who, when, how fast, and the report to take along."""
    clip, reference = result.clip, judged.reference
    facts = [
        date(library.made(folder), pattern="day_time_pattern"),
        phrase("speed", kmh=reference.speed_kmh) if reference.speed_kmh else phrase("speed_not_given"),
        phrase("clip_length_and_rate", length_s=clip.duration_s, fps=clip.fps_hz or 0),
        words.shoe_worn(result),
        phrase("page-compared" if reference.zero == "standing" else "page-not_compared"),
    ]
    if said := words.slow_motion(clip):
        facts.append(said)
    theme.tab(_subject(result))
    title, button = st.columns([4, 1], vertical_alignment="center")
    with title:
        theme.heading(html.escape(_subject(result)), html.escape(" · ".join(fact for fact in facts if fact)))
    with button:
        _export(folder)
        visiting.back(folder.path.name)
        into_visit.offer(folder.path.name)
        if st.button(phrase("page-compare_with"), key="to-compare", width="stretch", type="tertiary"):
            nav.go("compare", b=folder.path.name)


def _export(folder: ResultFolder) -> None:
    """The PDF; while it is still to come, a button that says so; made on demand if the analysis left it out."""
    if coming.pictures(folder):
        coming.watched(folder, _pdf_comes)
        return
    report = folder.file("report.pdf")
    if report is None:
        if st.button(phrase("page-make_pdf"), key="make-pdf", width="stretch", type="primary"):
            try:
                from gait.services.publish import make_report  # late: it brings the whole pipeline

                make_report(folder.path)
            except GaitError as error:
                st.error(whole(error))
                return
            st.rerun()
        return
    st.download_button(
        phrase("page-export_pdf"),
        data=partial(_taken_along, reception(), engine(), report, chosen()),
        file_name=f"{library.to_take_along(folder)}.pdf",
        mime="application/pdf",
        key="pdf",
        type="primary",
        width="stretch",
        on_click="ignore",
    )


def _taken_along(counter: Reception, engine: Engine, report: Path, language: str) -> bytes:
    """The PDF in the page's language, when somebody takes it: that is written down. It happens outside the page, and maybe long after it was shown.

    Raises GaitError.
    """
    from gait.services.publish import report_in  # late: it brings the whole pipeline

    engine.open_result(report.parent.name)
    looked.done("report_saved", report.parent.name, counter)
    return report_in(report.parent, language)


def _pdf_comes() -> None:
    st.button(phrase("page-pdf_comes"), key="pdf-comes", width="stretch", disabled=True)


def _feet(folder: ResultFolder, judged: Judged) -> None:
    """Both feet side by side, left on the left, as seen from behind."""
    drawing = coming.pictures(folder)
    cards = "".join(foot_card(folder, judged, side, drawing) for side in Side)
    st.html(f'<div class="g-grid g-grid-2">{cards}</div><div class="g-hint">{words.sign()}</div>')


def _warnings(result: Result) -> None:
    """What lowers the trust in this result."""
    warned = "".join(notes.finding(f) for f in result.findings if f.severity == "warn")
    if warned:
        st.html(warned)


def _curves(folder: ResultFolder, judged: Judged) -> None:
    """The heel's tilt over ground contact."""
    from_standing = judged.reference.zero == "standing"
    theme.heading(phrase("page-curves"), phrase("page-curves_standing" if from_standing else "page-curves_upright"))
    with st.container(border=True, key="curves"):
        feet = "".join(f'<b class="g-ink-{side.value}">{words.foot_of(side)}</b>' for side in Side)
        st.html(f'<div class="g-two">{feet}</div>')
        plot(charts(folder)["curves"], "curves")


def _rhythm(folder: ResultFolder, judged: Judged) -> None:
    """Cadence, and left against right on the ground and in the air."""
    theme.heading(phrase("page-rhythm"))
    drawn, cadence = charts(folder), judged.cadence_spm
    a, b = st.columns([1.15, 1], gap="medium")
    with a, st.container(border=True, key="rhythm"):
        st.html(
            f'<div class="g-stat"><span>{phrase("page-steps_a_minute")}</span>'
            f'<b data-value="cadence">{words.number(cadence)}</b>'
            f"<i>{words.likely(cadence, '')}</i></div>"
        )
        plot(drawn["pattern"], "pattern")
        st.html(f'<div class="g-caption">{phrase("page-pattern")}</div>')
    with b, st.container(border=True, key="times"):
        plot(drawn["times"], "times")
        st.html(f'<div class="g-caption">{phrase("page-times")}</div>')


def _shoes(judged: Judged) -> None:
    """Three shoes to try first."""
    found = judged.recommendation
    if not found.shoes and not found.remarks:
        return
    example = found.shelf == "example"
    theme.heading(
        phrase("page-shoes") if found.shoes else phrase("page-no_shoes"),
        html.escape(" ".join(say(said) for said in (*((Said("shoes_note"),) if found.shoes else ()), *found.remarks))),
    )
    if example:
        st.html(f'<div class="g-note">{phrase("example_shelf")}</div>')
    if not found.shoes:
        return
    cards = "".join(shoe_card(shoe, example) for shoe in found.shoes[:SHOES])
    st.html(f'<div class="g-grid g-grid-3">{cards}</div>')
    if found.evidence:
        st.html(f'<div class="g-hint">{html.escape(say(found.evidence))}</div>')


def _motion(folder: ResultFolder, clip: ClipInfo) -> None:
    """The film with the lines drawn in, and the runner turning in 3D: below it where the film is wide, or its heels would be small."""
    turning = charts(folder).get("skeleton")
    with st.container(key="motion"):
        theme.heading(phrase("page-run_again"), phrase("page-skeleton"))
        wide = (clip.width_px or 0) > (clip.height_px or 0)
        a, b = (st.container(), st.container()) if wide else st.columns([1.6, 1], gap="medium")
        with a, st.container(border=True, key="film"):
            film.show(folder)
        if turning:
            with b, st.container(border=True, key="skeleton"):
                plot(turning, "skeleton")
                keep_scrolling()


def _steps(folder: ResultFolder, judged: Judged) -> None:
    """Every step that was measured; staff may leave one out or put a line right, and everything is judged again."""
    drawing = coming.pictures(folder)
    if not len(folder.steps) and not drawing and not len(folder.rearfoot):
        return
    theme.heading(phrase("page-steps"), phrase("page-steps_how") if len(folder.steps) or drawing else "")
    if not len(folder.steps):
        why = phrase("page-steps_drawn" if drawing else "page-no_steps")
        st.html(notes.empty(phrase("page-steps_drawn_then" if drawing else "page-no_steps_then"), why))
        return
    at_work = st.container()
    answered: tuple[Side, dict[str, Any]] | None = None
    for column, side in zip(st.columns(2, gap="medium"), Side, strict=True):
        with column, st.container(border=True, key=f"steps-{side.value}"):
            table = folder.strides
            mine = table[table["side"] == side.value] if len(table) else table
            out = int((~mine["used"].astype(bool)).sum()) if len(mine) else 0
            note = phrase("page-steps_found_but" if out else "page-steps_found", steps=len(mine), out=out)
            st.html(f'<div class="g-two"><b class="g-ink-{side.value}">{words.foot_of(side)}</b><i>{note}</i></div>')
            answer = steps.show(folder, side)
            answered = (side, answer) if answer else answered
    if judged.edits:
        told, undo = st.columns([4, 1], vertical_alignment="center")
        told.html(f'<div class="g-note">{phrase("page-by_hand", steps=len(judged.edits))}</div>')
        if undo.button(phrase("page-undo"), key="undo", width="stretch"):
            with at_work:
                _judge_again(folder, None)
    if answered:
        with at_work:
            _judge_again(folder, answered)


def _details(folder: ResultFolder) -> None:
    """What staff typed beside the clip; what they put right is judged again at once."""
    wish = put_right.show(folder)
    if wish is None:
        return
    from gait.services import details  # late, as below

    seen = _seen(folder, _shown(folder))
    if wish.take_back:
        _publish(folder, seen, lambda: details.take_back(folder.path, seen, _first(folder)))
    else:
        _publish(folder, seen, lambda: details.put_right(folder.path, wish.details, seen, _first(folder)))


def _judge_again(folder: ResultFolder, answered: tuple[Side, dict[str, Any]] | None) -> None:
    """Rewrite the result with what a person just did on a sheet, or with every change taken back, and show it."""
    # Imported here: it brings the whole pipeline, which a page that only shows a result need not load.
    from gait.services import edits

    if answered is None:
        seen = _seen(folder, _shown(folder))
        _publish(folder, seen, lambda: edits.apply(folder.path, [], seen, _first(folder)))
        return
    seen = _seen(folder, answered[1].get("version"))
    try:
        edit = steps.edit(folder, *answered)
    except ValueError:
        log.exception("an edit could not be understood")
        return
    _publish(folder, seen, lambda: edits.change_step(folder.path, edit, seen, _first(folder)))


def _publish(folder: ResultFolder, seen: int | None, change: Callable[[], ResultFolder]) -> None:
    """Make the change to the version that was `seen` and show what came of it, or say why it could not be made."""
    with st.spinner(phrase("page-judging")):
        try:
            changed = change()
            version = changed.result.version
            engine().depot.wake()  # the other computers of the store may change it as soon as they have it
            engine().records.note_result("", changed)
            looked.done("result_changed", folder.path.name)
        except GaitError as error:
            st.error(whole(error))
            return
    if seen is not None and version != seen:
        st.session_state.setdefault(MADE, {})[folder.path.name, seen] = version
    put_right.done()
    st.rerun()


def _first(folder: ResultFolder) -> Callable[[], None]:
    """What has to be done before the result is changed."""
    return partial(engine().begin_change, folder.path.name)


def _shown(folder: ResultFolder) -> int | None:
    """The version of it that this tab shows; None where it shows none."""
    name, version = st.session_state.get(SHOWN, ("", None))
    return version if name == folder.path.name else None


def _seen(folder: ResultFolder, version: int | None) -> int | None:
    """The version this tab has in mind: what it showed, and every correction that was its own since. None where nobody said."""
    made: dict[tuple[str, int], int] = st.session_state.get(MADE, {})
    while version is not None and (folder.path.name, version) in made:
        version = made[folder.path.name, version]
    return version


def _small_print(result: Result, judged: Judged) -> None:
    """Checks that passed, and where the limits come from."""
    clip, limits = result.clip, judged.reference.limits
    with st.expander(phrase("page-small_print"), key="small-print"):
        st.html(more.table(judged))
        source = html.escape(judged.reference.source)
        said = phrase("page-limits", under_deg=limits.under_deg, over_deg=limits.over_deg, source=source)
        st.html(f"<p>{said}</p>")
        for found in result.findings:
            if found.severity == "info":
                st.html(notes.finding(found))
        st.html(
            f"<p class='g-basis'>{html.escape(clip.file)} · {clip.width_px}×{clip.height_px} "
            f"· gait {html.escape(result.versions.gait)}</p>"
        )
