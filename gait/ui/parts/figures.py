"""*Figures* of a run: the heel's tilt over ground contact, the rhythm, and every figure of both feet."""

import streamlit as st

from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.results.result import Judged
from gait.ui import theme
from gait.ui.parts import more, words
from gait.ui.parts.charts import charts, plot
from gait.words import phrase


def show(folder: ResultFolder, judged: Judged) -> None:
    """Both charts and the table."""
    _curves(folder, judged)
    _rhythm(folder, judged)
    theme.heading(phrase("page-all_figures"))
    st.html(more.table(judged))


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
