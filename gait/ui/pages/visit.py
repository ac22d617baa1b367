"""Visit: find the customer or begin without a name; then what was agreed, the shoes that are run in, and what was bought."""

import html

import streamlit as st

from gait.errors import GaitError
from gait.services.reception import AtTheVisit
from gait.ui import nav, theme
from gait.ui.engine import comfort_desk, engine, reception
from gait.ui.parts import counter, notes, visiting
from gait.ui.parts import seen as looked
from gait.ui.parts.agreed import agreed
from gait.ui.parts.bought import bought
from gait.ui.parts.comfort import comfort
from gait.ui.parts.leaving import take_visit_along
from gait.ui.parts.shoes_run_in import shoes_run_in
from gait.ui.person import page_for
from gait.words import phrase


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
        agreed(seen)
        rated = comfort_desk().shoes(visit)
        shoes_run_in(seen, {one.run.id for one in rated})
        comfort(seen, rated)
        bought(seen)
        _ends(seen)
        if any(run.result for run in visit.runs):
            take_visit_along(visit.id)
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
