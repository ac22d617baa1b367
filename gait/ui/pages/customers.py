"""Customers: the list with a search; one customer's visits, what they agreed to, and putting an entry right."""

import html

import streamlit as st

from gait.errors import GaitError
from gait.records.values import PURPOSES, Run, Visit
from gait.services.reception import OneCustomer
from gait.ui import nav, theme
from gait.ui.engine import engine, reception, signed_in
from gait.ui.parts import counter, entry, leaving, notes
from gait.ui.parts import seen as looked
from gait.ui.parts.comfort_first import comfort_first
from gait.ui.person import page_for
from gait.words import phrase

PAGES = "customers_pages"
"""Session key: how many pages of the list are shown."""


@page_for("customers")
def show() -> None:
    """The page: the customer that the address names, else all of them."""
    customer_id = st.query_params.get("id")
    try:
        if customer_id:
            found = reception().customer(customer_id)
            looked.customer(found.customer.id)
            _one(found)
        else:
            _all()
    except GaitError as error:
        theme.heading(phrase("title-customers"))
        st.html(notes.fault(error))
        if customer_id and st.button(phrase("page-to_customers"), key="all"):
            nav.go("customers")


def _all() -> None:
    """By the alphabet; a search finds those whose name is like what was typed."""
    count = reception().count()
    theme.heading(phrase("title-customers"), phrase("page-customers_count", customers=count))
    counter.faults()
    leaving.receipt()
    left, right = st.columns([1.55, 1], gap="large")
    with left:
        somebody = counter.find("find-customer", makes=False) if count else None
        if somebody is not None:
            nav.go("customers", id=somebody.customer_id)
        if not count:
            st.html(notes.empty(phrase("page-no_customers")))
        elif not st.session_state.get("find-customer"):
            _list()
    with right:
        if signed_in().may("manager"):
            _texts()
            comfort_first()


def _list() -> None:
    """All of them, page by page."""
    st.html(f"<h3>{phrase('page-all_customers')}</h3>")
    after = ""
    for k in range(st.session_state.get(PAGES, 1)):
        found, after = reception().listed(after)
        with st.container(key=f"all-{k}-hits", gap="small"):
            for one in found:
                if st.button(counter.customer_label(one), key=f"customer-{one.id}", width="stretch"):
                    nav.go("customers", id=one.id)
        if not after:
            return
    if st.button(phrase("page-more_customers"), key="more"):
        st.session_state[PAGES] = st.session_state.get(PAGES, 1) + 1
        st.rerun()


def _texts() -> None:
    """What customers are asked, in the store's words."""
    asked = reception().asked()
    with st.expander(phrase("page-what_is_asked"), key="asked"), st.form("asked-form", border=False):
        st.html(f'<div class="g-hint">{phrase("page-words_kept")}</div>')
        for purpose in PURPOSES:
            st.text_area(
                phrase(f"purpose-{purpose}"), asked[purpose].text, key=f"ask-{purpose}-{asked[purpose].version}"
            )
        if st.form_submit_button(phrase("page-keep_words"), type="primary", key="keep-words"):
            typed = {p: str(st.session_state[f"ask-{p}-{asked[p].version}"]) for p in PURPOSES}
            counter.do(reception().ask, {p: text for p, text in typed.items() if text.strip() != asked[p].text})
            st.rerun()


def _one(seen: OneCustomer) -> None:
    one = seen.customer
    theme.tab(one.name)
    head, begin = st.columns([3, 1.2], vertical_alignment="center")
    with head:
        more = " · ".join(html.escape(part) for part in (counter.seen(one), one.contact) if part)
        theme.heading(html.escape(one.name), more)
    open_one = any(visit.state == "open" for visit in seen.visits)
    if begin.button(
        phrase("page-go_on_visit" if open_one else "page-begin_visit"), key="begin", type="primary", width="stretch"
    ):
        nav.go("visit", id=reception().begin(one.id).id)
    counter.faults()
    left, right = st.columns([1.55, 1], gap="large")
    with left:
        theme.heading(phrase("page-visits"))
        if not seen.visits:
            st.html(notes.empty(phrase("page-no_visits")))
        for visit in seen.visits:
            with st.container(border=True, key=f"visit-{visit.id}"):
                _visit(seen, visit)
    with right:
        entry.agreed(seen)
        entry.put_right(seen)
        entry.merge(seen)
        leaving.take_along(seen)
        leaving.delete(seen)


def _visit(seen: OneCustomer, visit: Visit) -> None:
    """One visit: its runs as their results were made, and what was bought."""
    when, button = st.columns([3, 1.2], vertical_alignment="center")
    state = "" if visit.state == "finished" else f" · {phrase('page-still_open')}"
    when.html(f"<b>{counter.day_time(visit.started)}{state}</b>")
    if button.button(phrase("page-to_the_visit"), key=f"to-{visit.id}", width="stretch"):
        nav.go("visit", id=visit.id)
    for run in visit.runs:
        _run(run)
    for bought in seen.bought.get(visit.id, ()):
        counter.purchase(bought)


def _run(run: Run) -> None:
    """With the version of gait that made the result."""
    said, button = st.columns([3, 1.2], vertical_alignment="center")
    made = f'<div class="g-basis">{phrase("page-made_by", method=html.escape(run.method))}</div>' if run.method else ""
    said.html(counter.run_line(run) + made)
    if run.result and button.button(phrase("page-open"), key=f"open-{run.id}", width="stretch"):
        nav.go("result", id=run.result)
    kept = engine().kept.of_run(run)
    if kept is not None and st.toggle(phrase("page-kept_clip"), key=f"kept-{run.id}"):
        st.video(str(kept), loop=True, muted=True)
