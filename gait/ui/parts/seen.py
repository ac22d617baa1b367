"""What is written down of looking: once for each thing and tab, not each time a page renews itself."""

import logging

import streamlit as st

from gait.errors import GaitError
from gait.services.reception import Reception
from gait.ui.engine import reception

SEEN = "noted_as_seen"
"""Session key."""

log = logging.getLogger(__name__)


def customer(customer_id: str) -> None:
    """This customer's page is looked at. Raises GaitError where that cannot be written down: then it is not shown."""
    if _first("customer", customer_id):
        reception().saw("customer", customer_id)


def visit(visit_id: str) -> None:
    """As `customer`."""
    if _first("visit", visit_id):
        reception().saw("visit", visit_id)


def result(name: str) -> None:
    """This result is looked at. One that the records know nothing of is shown all the same: a result needs no records."""
    if _first("result", name):
        done("result_seen", name)


def done(what: str, name: str, by: Reception | None = None) -> None:
    """That was done with a result; `by` where it happens outside a page."""
    try:
        (by or reception()).of_result(what, name)
    except GaitError as error:
        log.warning("the audit log lacks a line: %s", error.code)


def _first(target: str, target_id: str) -> bool:
    noted: set[tuple[str, str]] = st.session_state.setdefault(SEEN, set())
    if (target, target_id) in noted:
        return False
    noted.add((target, target_id))
    return True
