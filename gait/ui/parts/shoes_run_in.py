"""The shoes that are run in on a visit: each with its result or the way to one, how it felt, and one more."""

import html
from collections.abc import Collection

import streamlit as st

from gait.records.values import Run
from gait.services import jobs
from gait.services.reception import AtTheVisit
from gait.ui import nav, theme
from gait.ui.engine import engine, reception
from gait.ui.parts import counter, notes, queue, visiting
from gait.ui.parts.polling import polled
from gait.words import phrase

COMFORT = tuple(range(11))
POLL_S = 1.0


def shoes_run_in(seen: AtTheVisit, rated: Collection[str] = ()) -> None:
    """All of them, and one more while the visit is open. `rated` are the ids of runs whose shoe is rated by the runner."""
    visit = seen.visit
    theme.heading(phrase("page-shoes_run_in"))
    for run in visit.runs:
        with st.container(border=True, key=f"shoe-{run.id}"):
            _run(seen, run, run.id in rated)
    results = [run.result for run in visit.runs if run.result and not run.sealed]
    if len(results) > 1 and st.button(phrase("page-compare_these"), key="compare-runs"):
        nav.go("compare", a=results[0], b=results[-1])
    if visit.state == "finished":
        return
    may = "analyse" in seen.agreed
    with st.container(border=True, key="next-shoe"):
        worn = counter.shoe(f"shoe-of-{visit.id}-{len(visit.runs)}", counter.shoes_of((visit, *seen.earlier)))
        record, choose = st.columns(2)
        to = ""
        if record.button(phrase("page-record_now"), key="record", type="primary", disabled=not may, width="stretch"):
            to = "record"
        if choose.button(phrase("page-choose_clips"), key="choose", disabled=not may, width="stretch"):
            to = "new"
        if not may:
            st.html(f'<div class="g-hint">{phrase("page-ask_first")}</div>')
        if to and may:
            _go(to, reception().add_run(visit.id, worn, engine().shelf_names.names().get(worn)))


def _go(to: str, run: Run) -> None:
    st.session_state[visiting.KEPT] = run.id
    nav.go("record" if to == "record" else "new", run=run.id)


def _run(seen: AtTheVisit, run: Run, rated: bool) -> None:
    """One shoe: its result, or the way to one."""
    lead = f"{run.position} · "
    job = engine().jobs.of_run(run.id)
    if run.result is None and job is not None and job.state in jobs.OPEN:
        made = engine().library.find(job.name)
        if made is not None:  # the records did not answer when the numbers came
            engine().records.note_result(run.id, made)
    if run.result is not None:
        said, button = st.columns([3, 1.2], vertical_alignment="center")
        said.html(counter.run_line(run, lead, comfort=False))
        if not run.sealed and button.button(phrase("page-open"), key=f"open-{run.id}", width="stretch"):
            nav.go("result", id=run.result)
        if not rated:
            _comfort(run)
        if not any(one.run_id == run.id for one in seen.bought) and run.shoe:
            st.button(
                phrase("page-bought_this"), key=f"buy-{run.id}",
                on_click=counter.do, args=(reception().buy, seen.visit.id, run.shoe, None, run.id),
            )  # fmt: skip
    elif job is not None and job.state in jobs.AWAITED:
        polled(_at_work, POLL_S, job, run, lead)
    else:
        st.html(counter.run_line(run, lead))
        if job is not None and job.fault is not None:
            st.html(notes.fault(job.fault))
        if seen.visit.state == "open":
            may = "analyse" in seen.agreed
            record, choose, drop = st.columns(3)
            if record.button(phrase("page-record_now"), key=f"record-{run.id}", disabled=not may, width="stretch"):
                _go("record", run)
            if choose.button(phrase("page-choose_clips"), key=f"choose-{run.id}", disabled=not may, width="stretch"):
                _go("new", run)
            drop.button(
                phrase("page-not_run"), key=f"drop-{run.id}", width="stretch", type="tertiary",
                on_click=counter.do, args=(reception().drop_run, run.id),
            )  # fmt: skip


def _at_work(job: jobs.Job, run: Run, lead: str) -> None:
    if job.state not in jobs.AWAITED:
        st.rerun(scope="app")
    said, button = st.columns([3, 1.2], vertical_alignment="center")
    shoe = html.escape(run.shoe or phrase("page-no_shoe_said"))
    said.html(f'<div class="g-who" role="status"><b>{lead}{shoe}</b><span>{queue.how_far(job)}</span></div>')
    if button.button(phrase("page-show_job"), key=f"show-{job.name}", width="stretch"):
        nav.go("new", job=job.name)


def _comfort(run: Run) -> None:
    key = f"comfort-{run.id}"
    st.session_state[key] = run.comfort

    def keep() -> None:
        counter.do(reception().comfort, run.id, st.session_state[key])

    st.pills(phrase("page-comfort"), COMFORT, key=key, on_change=keep)
