"""Customers: the list with a search; one customer's visits, what they agreed to, and putting an entry right."""

import html
import tempfile
from pathlib import Path

import streamlit as st

from gait.errors import GaitError
from gait.records import receipts
from gait.records.values import PURPOSES, Receipt, Run, Visit
from gait.services.reception import OneCustomer
from gait.ui import nav, theme
from gait.ui.engine import engine, reception, signed_in
from gait.ui.parts import counter, notes
from gait.ui.parts import seen as looked
from gait.ui.parts.fields import LONGEST
from gait.ui.person import page_for
from gait.words import phrase

PAGES, RECEIPT = "customers_pages", "customers_receipt"
"""Session keys: how many pages of the list are shown, and the receipt of what was deleted last."""


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
    _receipt()
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
        _agreed(seen)
        _put_right(seen)
        _merge(seen)
        _take_along(seen)
        _delete(seen)


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


def _agreed(seen: OneCustomer) -> None:
    """What holds, by when and which text; a purpose is withdrawn as a whole."""
    with st.container(border=True, key="agreed"):
        st.html(f"<h3>{phrase('page-agreed_to')}</h3>")
        if not seen.agreed:
            st.html(f'<div class="g-hint">{phrase("page-agreed_to_nothing")}</div>')
        for purpose in PURPOSES:
            ticks = seen.agreed.get(purpose, ())
            if not ticks:
                continue
            said, button = st.columns([1.3, 1], vertical_alignment="center")
            last = ticks[-1]
            since = phrase("page-agreed_on", day=counter.day(last.given), version=last.text.version)
            said.html(f'<div class="g-who"><b>{phrase(f"purpose-{purpose}")}</b><span>{since}</span></div>')
            button.button(
                phrase("page-withdraw"), key=f"withdraw-{purpose}", width="stretch",
                on_click=counter.do, args=(reception().withdraw, seen.customer.id, purpose),
            )  # fmt: skip


def _put_right(seen: OneCustomer) -> None:
    one = seen.customer
    with st.expander(phrase("page-rename"), key="rename"), st.form(f"rename-{one.id}", border=False):
        name = st.text_input(phrase("page-customer_name"), one.name, key=f"name-{one.id}-{one.name}", max_chars=LONGEST)
        contact = st.text_input(
            phrase("page-contact"), one.contact, key=f"contact-{one.id}-{one.contact}", max_chars=LONGEST
        )
        if st.form_submit_button(phrase("page-put_right_now"), type="primary", key="rename-now"):
            counter.do(reception().rename, one.id, str(name), str(contact))
            st.rerun()


def _merge(seen: OneCustomer) -> None:
    """Another entry of the same person is found, named once more, and taken in."""
    one = seen.customer
    with st.expander(phrase("page-merge"), key="merge"):
        st.html(f'<div class="g-hint">{phrase("page-merge_how", name=html.escape(one.name))}</div>')
        chosen = f"merging-{one.id}"
        other = st.session_state.get(chosen)
        if other is None:
            somebody = counter.find("merge-with", without=(one.id,), makes=False)
            if somebody is not None:
                st.session_state[chosen] = somebody.customer_id
                st.rerun()
            return
        named = reception().customer(other).customer
        st.html(notes.problem(phrase("page-merge_whom", name=one.name, other=named.name, visits=named.visits)))
        yes, no = st.columns(2)
        if yes.button(phrase("page-merge_now"), key="merge-now", type="primary", width="stretch"):
            del st.session_state[chosen]
            counter.do(reception().merge, one.id, other)
            st.rerun()
        if no.button(phrase("page-not_now"), key="merge-not", width="stretch"):
            del st.session_state[chosen]
            st.rerun()


def _take_along(seen: OneCustomer) -> None:
    """Everything on the customer as one file. It is made when it is asked for: films take a while."""
    one = seen.customer
    with st.expander(phrase("page-export_all"), key="export"):
        st.html(f'<div class="g-hint">{phrase("page-export_all_what")}</div>')
        made = f"exported-{one.id}"
        if st.button(phrase("page-export_make"), key="export-make", width="stretch"):
            with st.spinner(phrase("page-export_making")), tempfile.TemporaryDirectory() as folder:
                try:
                    st.session_state[made] = _packed(one.id, Path(folder))
                except GaitError as error:
                    st.html(notes.fault(error))
        if made in st.session_state:
            st.download_button(
                phrase("page-export_save"), st.session_state.pop(made), f"customer-{one.id}.zip", "application/zip",
                key="export-save", type="primary", width="stretch", on_click="ignore",
            )  # fmt: skip


def _packed(customer_id: str, folder: Path) -> bytes:
    """Raises GaitError."""
    return engine().keeper.export(customer_id, folder / "customer.zip", signed_in().who).read_bytes()


def _delete(seen: OneCustomer) -> None:
    """Everything on the customer for good: what that is, is said first."""
    one, asked = seen.customer, f"deleting-{seen.customer.id}"
    with st.expander(phrase("page-delete_all"), key="delete"):
        if not st.session_state.get(asked):
            st.html(f'<div class="g-hint">{phrase("page-delete_all_what")}</div>')
            if st.button(phrase("page-delete_all"), key="delete-all", width="stretch"):
                st.session_state[asked] = True
                st.rerun()
            return
        kept = engine().keeper.kept_of(one.id)
        st.html(notes.problem(phrase("page-delete_all_whom", name=one.name, visits=kept.visits, results=kept.results)))
        yes, no = st.columns(2)
        if yes.button(phrase("page-delete_now"), key="delete-now", type="primary", width="stretch"):
            del st.session_state[asked]
            try:
                with st.spinner(phrase("page-deleting")):
                    st.session_state[RECEIPT] = engine().keeper.delete_customer(one.id, signed_in().who)
            except GaitError as error:
                st.html(notes.fault(error))
                return
            nav.go("customers")
        if no.button(phrase("page-keep"), key="delete-not", width="stretch"):
            del st.session_state[asked]
            st.rerun()


def _receipt() -> None:
    """Of the deletion that this session has just made: it names nobody, and is for the customer to take along."""
    receipt: Receipt | None = st.session_state.get(RECEIPT)
    if receipt is None:
        return
    said, save, done = st.columns([2.4, 1, 1], vertical_alignment="center")
    told = phrase("page-deleted", receipt=receipt.id, files=len(receipt.files))
    said.html(f'<div class="g-note" role="status">{told}</div>')
    save.download_button(
        phrase("page-save_receipt"), receipts.document(receipt), f"receipt-{receipt.id}.json", "application/json",
        key="save-receipt", width="stretch", on_click="ignore",
    )  # fmt: skip
    if done.button(phrase("page-receipt_done"), key="receipt-done", width="stretch", type="tertiary"):
        del st.session_state[RECEIPT]
        st.rerun()
