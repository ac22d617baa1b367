"""The head of a result: who ran, when and how fast, and the report to take along."""

import html
from functools import partial
from pathlib import Path

import streamlit as st

from gait.errors import GaitError
from gait.results.folder import ResultFolder
from gait.results.result import Judged, Result
from gait.services import library
from gait.services.engine import Engine
from gait.services.reception import Reception
from gait.ui import nav, theme
from gait.ui.engine import engine, reception
from gait.ui.parts import coming, into_visit, visiting, words
from gait.ui.parts import seen as looked
from gait.words import chosen, date, phrase, whole


def show(folder: ResultFolder, result: Result, judged: Judged) -> None:
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
    theme.tab(subject(result))
    title, button = st.columns([4, 1], vertical_alignment="center")
    with title:
        theme.heading(html.escape(subject(result)), html.escape(" · ".join(fact for fact in facts if fact)))
    with button:
        _export(folder)
        visiting.back(folder.path.name)
        into_visit.offer(folder.path.name)
        if st.button(phrase("page-compare_with"), key="to-compare", width="stretch", type="tertiary"):
            nav.go("compare", b=folder.path.name)


def subject(result: Result) -> str:
    """Whose run it is; the clip's name where nobody said."""
    return words.runner(result.runner or result.clip.file)


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
        data=partial(taken_along, reception(), engine(), report, chosen()),
        file_name=f"{library.to_take_along(folder)}.pdf",
        mime="application/pdf",
        key="pdf",
        type="primary",
        width="stretch",
        on_click="ignore",
    )


def taken_along(counter: Reception, engine: Engine, report: Path, language: str) -> bytes:
    """The PDF in the page's language, when somebody takes it: that is written down. It happens outside the page, and maybe long after it was shown.

    Raises GaitError.
    """
    from gait.services.publish import report_in  # late: it brings the whole pipeline

    engine.open_result(report.parent.name)
    looked.done("report_saved", report.parent.name, counter)
    return report_in(report.parent, language)


def _pdf_comes() -> None:
    st.button(phrase("page-pdf_comes"), key="pdf-comes", width="stretch", disabled=True)
