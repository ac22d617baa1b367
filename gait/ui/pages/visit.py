"""Visit: find the customer or begin without a name; then what was agreed, the shoes that are run in, and what was bought."""

import html

import streamlit as st

from gait.errors import GaitError
from gait.records.values import PURPOSES, Run
from gait.services import jobs
from gait.services.reception import AtTheVisit
from gait.ui import nav, theme
from gait.ui.engine import engine, reception
from gait.ui.parts import counter, notes, queue, visiting
from gait.ui.parts import seen as looked
from gait.ui.person import page_for
from gait.words import phrase

COMFORT = tuple(range(11))
POLL_S = 1.0


@page_for("visit")
def show() -> None:
    """The page: the visit that the address names, else how one is begun."""
    visit_id = st.query_params.get("id")
    try:
        if visit_id:
            found = reception().visit(visit_id)
            looked.visit(found.visit.id)
            _one(found)
        else:
            _begin()
    except GaitError as error:
        theme.heading(phrase("title-visit"))
        st.html(notes.fault(error))
        if visit_id and st.button(phrase("page-begin_visit"), key="other"):
            nav.go("visit")


def _begin() -> None:
    """A few letters and a tap; what was left open is taken up again."""
    left_open = reception().unfinished()
    theme.heading(phrase("title-visit"), phrase("page-whose_visit"))
    counter.faults()
    left, right = st.columns([1.55, 1], gap="large")
    with left:
        somebody = counter.find("whose", latest=True, beside=_without_a_name)
        if somebody is not None:
            begun = reception().begin_as(somebody.name) if somebody.name else reception().begin(somebody.customer_id)
            nav.go("visit", id=begun.id)
    with right:
        if left_open:
            st.html(f"<h3>{phrase('page-left_open')}</h3>")
        with st.container(key="open-hits", gap="small"):
            for one in left_open:
                shoes = ", ".join(run.shoe for run in one.runs if run.shoe)
                more = " · ".join(part for part in (counter.day_time(one.started), shoes) if part)
                label = f"**{counter.plain(counter.called(one))}** · {counter.plain(more)}"
                if st.button(label, key=f"open-{one.id}", width="stretch"):
                    nav.go("visit", id=one.id)


def _without_a_name() -> None:
    if st.button(phrase("page-walk_in"), key="walk-in", width="stretch", help=phrase("page-walk_in_help")):
        nav.go("visit", id=reception().begin().id)


def _one(seen: AtTheVisit) -> None:
    visit = seen.visit
    theme.tab(counter.called(visit))
    begun = phrase("page-visit_begun", moment=counter.day_time(visit.started))
    ended = phrase("page-visit_ended", moment=counter.day_time(visit.finished)) if visit.finished else ""
    theme.heading(html.escape(counter.called(visit)), " · ".join(part for part in (begun, ended) if part))
    counter.faults()
    if visit.customer_id is None:
        _walk_in(seen)
    left, right = st.columns([1.55, 1], gap="large")
    with left:
        _agreed(seen)
        _shoes(seen)
        _bought(seen)
        _ends(seen)
    with right:
        _earlier(seen)


def _walk_in(seen: AtTheVisit) -> None:
    """It goes in the evening, unless somebody keeps it or gives it a name."""
    visit = seen.visit
    said, keep, name = st.columns([2.4, 1, 1], vertical_alignment="center")
    said.html(f'<div class="g-note">{phrase("page-walk_in_kept" if visit.kept else "page-walk_in_goes")}</div>')
    keep.button(
        phrase("page-do_not_keep" if visit.kept else "page-keep_visit"), key="keep", width="stretch",
        on_click=counter.do, args=(reception().keep, visit.id, not visit.kept),
    )  # fmt: skip
    with name.popover(phrase("page-give_name"), width="stretch"):
        somebody = counter.find("name")
    if somebody is not None:
        if somebody.name:
            counter.do(reception().name_visit_as, visit.id, somebody.name)
        else:
            counter.do(reception().name_visit, visit.id, somebody.customer_id)
        st.rerun()


def _agreed(seen: AtTheVisit) -> None:
    """One tick for each purpose, by the store's own words; a tick shows what is kept, whoever made it."""
    with st.container(border=True, key="agreed"):
        st.html(f"<h3>{phrase('page-agrees')}</h3>")
        for row in (PURPOSES[:2], PURPOSES[2:]):
            for place, purpose in zip(st.columns(2), row, strict=True):
                held = seen.agreed.get(purpose)
                text = held.text if held else seen.asked[purpose]
                key = f"tick-{seen.visit.id}-{purpose}"
                st.session_state[key] = held is not None
                version = phrase("page-text_version", version=text.version)
                with place.container(gap=None, key=f"asks-{purpose}"):
                    st.checkbox(
                        phrase(f"purpose-{purpose}"), key=key,
                        on_change=counter.do, args=(reception().tick, seen.visit.id, text, held is None),
                    )  # fmt: skip
                    st.html(f'<div class="g-asked">{html.escape(text.text)} <i>{version}</i></div>')


def _shoes(seen: AtTheVisit) -> None:
    """The shoes that are run in, and one more."""
    visit = seen.visit
    theme.heading(phrase("page-shoes_run_in"))
    for run in visit.runs:
        with st.container(border=True, key=f"shoe-{run.id}"):
            _run(seen, run)
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


def _run(seen: AtTheVisit, run: Run) -> None:
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
        if button.button(phrase("page-open"), key=f"open-{run.id}", width="stretch"):
            nav.go("result", id=run.result)
        _comfort(run)
        if not any(one.run_id == run.id for one in seen.bought) and run.shoe:
            st.button(
                phrase("page-bought_this"), key=f"buy-{run.id}",
                on_click=counter.do, args=(reception().buy, seen.visit.id, run.shoe, None, run.id),
            )  # fmt: skip
    elif job is not None and job.state in jobs.AWAITED:
        st.fragment(run_every=POLL_S)(_at_work)(job, run, lead)
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


def _bought(seen: AtTheVisit) -> None:
    theme.heading(phrase("page-bought"))
    for one in seen.bought:
        counter.purchase(one)
    with st.container(key="buy-other"):
        a, b = st.columns([2, 1], vertical_alignment="bottom")
        with a:
            name = counter.shoe(f"bought-{seen.visit.id}-{len(seen.bought)}", counter.shoes_of((seen.visit,)))
        b.button(
            phrase("page-note_bought"), key="buy", disabled=not name, width="stretch",
            on_click=counter.do,
            args=(reception().buy, seen.visit.id, name, engine().shelf_names.names().get(name)),
        )  # fmt: skip


def _ends(seen: AtTheVisit) -> None:
    """The customer leaves, or nobody was there."""
    visit = seen.visit
    st.html("<hr>")
    finish, drop = st.columns(2)
    if visit.state == "finished":
        finish.button(
            phrase("page-reopen"), key="reopen", width="stretch", on_click=counter.do,
            args=(reception().reopen, visit.id),
        )  # fmt: skip
    elif finish.button(phrase("page-finish"), key="finish", width="stretch", type="primary"):
        if counter.did(reception().finish, visit.id):
            visiting.leave()
            nav.go("visit")
        st.rerun()
    empty = not seen.bought and not any(run.result or engine().jobs.of_run(run.id) for run in visit.runs)
    if empty and drop.button(phrase("page-begun_by_mistake"), key="drop", width="stretch", type="tertiary"):
        if counter.did(reception().drop, visit.id):
            visiting.leave()
            nav.go("visit")
        st.rerun()


def _earlier(seen: AtTheVisit) -> None:
    """What was before, at a glance."""
    if seen.visit.customer_id is None:
        return
    st.html(f"<h3>{phrase('page-earlier_visits')}</h3>")
    if not seen.earlier:
        st.html(f'<div class="g-hint">{phrase("page-first_visit")}</div>')
    for one in seen.earlier:
        lines = "".join(counter.run_line(run) for run in one.runs)
        st.html(f'<div class="g-visit"><i>{counter.day(one.started)}</i>{lines}</div>')
    if st.button(phrase("page-to_customer"), key="customer", width="stretch"):
        nav.go("customers", id=seen.visit.customer_id)
