"""Compare: two finished results, the verdict first; then the curves over each other, all figures, and both runs side by side."""

from pathlib import Path

import streamlit as st

from gait.comparison.compare import compare
from gait.comparison.values import Comparison
from gait.drawing import figures
from gait.errors import GaitError
from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.services.elsewhere import wherever
from gait.services.library import Entry
from gait.ui import theme
from gait.ui.engine import engine
from gait.ui.parts import compared, compared_film, compared_pdf, notes, visiting, words
from gait.ui.parts import seen as looked
from gait.ui.parts.charts import plot
from gait.ui.person import page_for
from gait.words import date, phrase


@page_for("compare")
def show() -> None:
    """The page of the two results that the address names; of the newest and the one before it without names."""
    theme.heading(phrase("title-compare"), phrase("page-compare_lead"))
    sealed = engine().seals.results()
    results = wherever(engine().library, engine().depot, engine().records)
    entries = {e.name: e for e in results if not (e.known and e.labels is None) and e.name not in sealed}
    asked = next((name for run in ("a", "b") if (name := st.query_params.get(run, "")) in sealed), "")
    if asked:
        st.html(notes.fault(GaitError("comfort_first")))
        visiting.back(asked)
        return
    if len(entries) < 2:
        st.html(notes.empty(phrase("page-compare_too_few")))
        return
    names = _chosen(entries)
    try:
        folders = [engine().open_result(name) for name in names]
    except GaitError as error:
        st.html(notes.fault(error))
        return
    if folders[0] is None or folders[1] is None:
        st.html(notes.problem(phrase("page-no_such_result"), phrase("page-no_such_result_why")))
        return
    pair = (folders[0], folders[1])
    try:
        found = _compared(*_keys(pair))
    except (GaitError, OSError) as error:
        st.html(notes.fault(error) if isinstance(error, GaitError) else notes.problem(phrase("page-no_such_result")))
        return
    for name in names:
        looked.result(name)
    st.html(compared.verdicts(found))
    if found.conditions:
        st.html(compared.conditions(found))
    compared_pdf.offer(found, pair)
    _curves(found, pair)
    theme.heading(phrase("page-compare_figures"), phrase("cli-compared_many"))
    st.html(compared.table(found))
    compared_film.show(pair, _keys(pair))


def _chosen(entries: dict[str, Entry]) -> tuple[str, str]:
    """Both results' names, chosen here and kept in the address."""
    asked = {run: st.query_params.get(run, "") for run in ("a", "b")}
    newest = list(entries)
    b = asked["b"] if asked["b"] in entries else next(n for n in newest if n != asked["a"])
    others = [n for n in newest if n != b]
    same = [n for n in others if entries[n].runner == entries[b].runner]
    a = asked["a"] if asked["a"] in entries else (same or others)[0]
    names = []
    columns = st.columns(2, gap="medium")
    for column, run, first in zip(columns, ("a", "b"), (a, b), strict=True):
        label = phrase("page-compare_first" if run == "a" else "page-compare_second")
        place = newest.index(first)
        name = column.selectbox(label, newest, place, key=f"compare-{run}", format_func=lambda n: _called(entries[n]))
        names.append(str(name))
        st.query_params[run] = str(name)
    return names[0], names[1]


def _called(e: Entry) -> str:
    told = [words.runner(e.runner or e.file), date(e.made, pattern="short_day_time_pattern")]
    return " · ".join([*told, e.file if e.here else phrase("page-kept_elsewhere")])


def _keys(pair: tuple[ResultFolder, ResultFolder]) -> tuple[str, int, str, int]:
    a, b = pair
    return str(a.path), a.changed_ns, str(b.path), b.changed_ns


@st.cache_resource(max_entries=12, show_spinner=False)
def _compared(a: str, a_changed_ns: int, b: str, b_changed_ns: int) -> Comparison:
    """The times of change are part of the key: a corrected result is compared anew."""
    return compare(ResultFolder(Path(a)), ResultFolder(Path(b)))


def _curves(found: Comparison, pair: tuple[ResultFolder, ResultFolder]) -> None:
    """Of both runs over each other."""
    theme.heading(phrase("page-curves"), phrase("page-compare_curves"))
    # Outside the card, which moves sideways on a narrow screen.
    st.caption(phrase("page-compare_legend", a=compared.shoe(found.a), b=compared.shoe(found.b)))
    with st.container(border=True, key="curves"):
        feet = "".join(f'<b class="g-ink-{side.value}">{words.foot_of(side)}</b>' for side in Side)
        st.html(f'<div class="g-two">{feet}</div>')
        plot(figures.compared_curves(pair[0].curves, pair[1].curves), "compared")
