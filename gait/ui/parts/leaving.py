"""Everything on a customer to take along, or deleted for good, with its receipt."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from gait.errors import GaitError
from gait.records import receipts
from gait.records.values import Receipt
from gait.services.reception import OneCustomer
from gait.ui import nav
from gait.ui.engine import engine, signed_in
from gait.ui.parts import notes
from gait.words import phrase

RECEIPT = "customers_receipt"
"""Session key: the receipt of what was deleted last."""


def take_along(seen: OneCustomer) -> None:
    """Everything on the customer as one file."""
    _as_one_zip(
        seen.customer.id, phrase("page-export_all_what"), f"customer-{seen.customer.id}.zip", engine().keeper.export
    )


def take_visit_along(visit_id: str) -> None:
    """Everything of the visit as one file."""
    _as_one_zip(visit_id, phrase("page-export_visit_what"), f"visit-{visit_id}.zip", engine().keeper.export_visit)


def _as_one_zip(of: str, what: str, name: str, export: Callable[[str, Path, str], Path]) -> None:
    """It is made when it is asked for: films take a while."""
    with st.expander(phrase("page-export_all"), key="export"):
        st.html(f'<div class="g-hint">{what}</div>')
        made, who = f"exported-{of}", signed_in().who
        if st.button(phrase("page-export_make"), key="export-make", width="stretch"):
            with st.spinner(phrase("page-export_making")):
                try:
                    st.session_state[made] = engine().exports.make(of, who, export, name)
                except GaitError as error:
                    st.html(notes.fault(error))
        ticket = st.session_state.get(made, "")
        if engine().exports.file(ticket, who) is not None:
            # Not the library's own button: that one holds the whole file in memory, with all its films.
            st.link_button(phrase("page-export_save"), f"api/export/{ticket}", type="primary", width="stretch")


def delete(seen: OneCustomer) -> None:
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
                engine().exports.forget([one.id, *(visit.id for visit in seen.visits)])
                with st.spinner(phrase("page-deleting")):
                    st.session_state[RECEIPT] = engine().keeper.delete_customer(one.id, signed_in().who)
            except GaitError as error:
                st.html(notes.fault(error))
                return
            nav.go("customers")
        if no.button(phrase("page-keep"), key="delete-not", width="stretch"):
            del st.session_state[asked]
            st.rerun()


def receipt() -> None:
    """Of the deletion that this session has just made: it names nobody, and is for the customer to take along."""
    last: Receipt | None = st.session_state.get(RECEIPT)
    if last is None:
        return
    said, save, done = st.columns([2.4, 1, 1], vertical_alignment="center")
    told = phrase("page-deleted", receipt=last.id, files=len(last.files))
    said.html(f'<div class="g-note" role="status">{told}</div>')
    save.download_button(
        phrase("page-save_receipt"), receipts.document(last), f"receipt-{last.id}.json", "application/json",
        key="save-receipt", width="stretch", on_click="ignore",
    )  # fmt: skip
    if done.button(phrase("page-receipt_done"), key="receipt-done", width="stretch", type="tertiary"):
        del st.session_state[RECEIPT]
        st.rerun()
