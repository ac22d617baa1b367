"""Who saw, changed, exported and deleted what. Codes and ids: whom it is about is seen on their own page, while there is one."""

import html

import streamlit as st

from gait.errors import GaitError
from gait.records.values import AuditEntry
from gait.services import accounts
from gait.ui import theme
from gait.ui.engine import engine
from gait.ui.parts import counter, notes
from gait.ui.person import page_for
from gait.words import phrase

LINES = 100
"""On one page."""
PAGES = "log_pages"
"""Session key: how many pages are shown."""
COLUMNS = ("log_when", "log_who", "log_did", "log_about")
NOBODYS = ("app", "command", "retention", "files", "tablet", "nobody")
"""What acts and is no member of staff."""


@page_for("log")
def show() -> None:
    """The page."""
    theme.heading(phrase("title-log"), phrase("page-log_what"))
    most = LINES * st.session_state.get(PAGES, 1)
    try:
        with engine().records.reading() as at:
            called = {one.id: one.name or one.username for one in accounts.listed(at)}
            found = accounts.done(at, most + 1)
    except GaitError as error:
        st.html(notes.fault(error))
        return
    if not found:
        st.html(notes.empty(phrase("page-log_empty")))
        return
    heads = "".join(f"<th scope='col'>{phrase(f'page-{head}')}</th>" for head in COLUMNS)
    lines = "".join(_line(one, called) for one in found[:most])
    st.html(f'<table class="g-log"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>')
    if len(found) > most and st.button(phrase("page-log_more"), key="more"):
        st.session_state[PAGES] = st.session_state.get(PAGES, 1) + 1
        st.rerun()


def _line(one: AuditEntry, called: dict[str, str]) -> str:
    who = phrase(f"log_who-{one.who}") if one.who in NOBODYS else called.get(one.who, one.who)
    did = phrase("log_did", what=one.what, detail=_detail(one))
    about = phrase("log_about", target=one.target, id=_shown(one, called)) if one.target else ""
    cells = (counter.day_time(one.at), who, did, about)
    return f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"


def _detail(one: AuditEntry) -> str:
    """As a person reads it; most are codes that the sentence knows."""
    if one.what not in ("consent_given", "consent_withdrawn"):
        return one.detail
    purpose, _, version = one.detail.partition("-")
    return phrase("log_consent", purpose=phrase(f"purpose-{purpose}"), version=version)


def _shown(one: AuditEntry, called: dict[str, str]) -> str:
    return called.get(one.target_id, one.target_id) if one.target == "staff" else one.target_id
