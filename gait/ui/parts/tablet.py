"""Tablets that record: the code that lets one in, on the store's screen; what one may choose, and what it is told, on its own."""

import html
from typing import NoReturn

import streamlit as st

from gait.errors import GaitError
from gait.records.values import Run
from gait.ui import nav
from gait.ui.engine import comfort_desk, engine, reception, signed_in
from gait.ui.parts import counter, notes, visiting
from gait.words import date, phrase

CODE, SENT = "tablet_code", "tablet_sent"
"""Session keys: the code that is shown, with its end; that a recording was sent."""


def let_in() -> None:
    """A code for one tablet, for whoever is signed in; nothing where nobody signs in."""
    sign_in, whoever = engine().sign_in, signed_in()
    if not engine().store.sign_in:
        return
    with st.expander(phrase("page-tablet_title"), key="tablet"):
        st.html(f'<div class="g-hint">{phrase("page-tablet_what")}</div>')
        try:
            if st.button(phrase("page-tablet_show"), key="tablet-code"):
                st.session_state[CODE] = sign_in.new_code(whoever)
            code, until = st.session_state.get(CODE, ("", None))
            if until is not None and not sign_in.is_over(until):
                half = len(code) // 2
                told = {"until": date(until.astimezone(), pattern="moment_pattern"), "address": _address()}
                st.html(
                    f'<div class="g-code" role="status">{code[:half]} {code[half:]}</div>'
                    f"<p>{html.escape(phrase('page-tablet_type', **told))}</p>"
                )
            if tablets := sign_in.tablets():
                said, out = st.columns([2, 1], vertical_alignment="center")
                said.html(f'<div class="g-hint">{phrase("page-tablets_in", tablets=tablets)}</div>')
                if out.button(phrase("page-tablets_out"), key="tablets-out", width="stretch"):
                    sign_in.end_tablets(whoever)
                    st.rerun()
        except GaitError as error:
            st.html(notes.fault(error))


def _address() -> str:
    """As this browser reached the program."""
    return str(st.context.headers.get("host") or "") if st.context.headers else ""


def which() -> None:
    """Which shoe of an open visit the next clip is for, on the tablet; whose visit it is stays untold. Raises GaitError."""
    if st.session_state.pop(SENT, False):
        st.html(notes.calm(phrase("page-tablet_sent")))
    if comfort_desk().waiting() and st.button(phrase("page-tablet_rate"), key="to-comfort", width="stretch"):
        nav.go("comfort")
    found = reception().waiting()
    if not found or visiting.chosen():
        return
    st.html(f"<h3>{phrase('page-tablet_for')}</h3>")
    with st.container(key="waiting-hits", gap="small"):
        for run in found:
            if st.button(_called(run), key=f"waiting-{run.id}", width="stretch"):
                visiting.choose(run.id)


def _called(run: Run) -> str:
    shoe = run.shoe or phrase("page-no_shoe_said")
    return counter.plain(
        phrase("page-tablet_run", shoe=shoe, moment=date(run.created.astimezone(), pattern="moment_pattern"))
    )


def sent() -> NoReturn:
    """The clip is the store's: what becomes of it is shown there."""
    st.session_state[SENT] = True
    st.rerun()
