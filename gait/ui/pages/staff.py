"""Who signs in: accounts are made, closed and opened again, and get another password or role."""

import html

import streamlit as st

from gait.errors import GaitError
from gait.records.values import ROLES, Role, StaffMember
from gait.services import accounts, passwords
from gait.ui import theme
from gait.ui.engine import engine, signed_in
from gait.ui.parts import counter, notes
from gait.ui.person import page_for
from gait.words import phrase

NEW = "staff_new"
"""Session key: how many accounts this tab has made; their fields are empty again for the next."""


@page_for("staff")
def show() -> None:
    """The page."""
    theme.heading(phrase("title-staff"), phrase("page-staff_what"))
    counter.faults()
    try:
        with engine().records.reading() as at:
            found = accounts.listed(at)
    except GaitError as error:
        st.html(notes.fault(error))
        return
    left, right = st.columns([1.55, 1], gap="large")
    with left:
        if not found:
            st.html(notes.empty(phrase("page-no_staff")))
        for one in found:
            with st.container(border=True, key=f"staff-{one.id}"):
                _one(one)
    with right:
        _new()


def _one(one: StaffMember) -> None:
    """An account, and what can be done about it."""
    said, act = st.columns([2.2, 1], vertical_alignment="center")
    state = phrase("page-staff_closed", day=counter.day(one.disabled)) if one.disabled else phrase(f"role-{one.role}")
    who = f"<b>{html.escape(one.name or one.username)}</b><span>{html.escape(one.username)} · {state}</span>"
    said.html(f'<div class="g-who">{who}</div>')
    if one.disabled:
        act.button(
            phrase("page-staff_open"), key=f"open-{one.id}", width="stretch", on_click=counter.do, args=(_open, one.id)
        )
        return
    with act.popover(phrase("page-staff_change"), width="stretch", key=f"change-{one.id}"):
        word = f"word-{one.id}"
        st.text_input(phrase("page-new_password"), type="password", key=word, autocomplete="new-password")
        st.html(f'<div class="g-hint">{phrase("page-password_hint", least=passwords.SHORTEST)}</div>')
        st.button(
            phrase("page-set_password"), key=f"set-{one.id}", type="primary", width="stretch",
            on_click=lambda: counter.do(_set_password, one, str(st.session_state.get(word) or "")),
        )  # fmt: skip
        other: Role = "staff" if one.role == "manager" else "manager"
        st.button(
            phrase("page-make_role", role=other), key=f"role-{one.id}", width="stretch",
            on_click=counter.do, args=(_set_role, one.id, other),
        )  # fmt: skip
        st.button(
            phrase("page-staff_close"), key=f"close-{one.id}", width="stretch", on_click=counter.do,
            args=(_close, one.id),
        )  # fmt: skip


def _new() -> None:
    """One more account."""
    n = st.session_state.setdefault(NEW, 0)
    with st.container(border=True, key="staff-new"), st.form("new-staff", border=False):
        st.html(f"<h3>{phrase('page-new_staff')}</h3>")
        username = st.text_input(
            phrase("sign_in_name"), key=f"new-username-{n}", max_chars=60, autocomplete="off",
            help=phrase("page-staff_name_help"),
        )  # fmt: skip
        name = st.text_input(phrase("page-shown_name"), key=f"new-name-{n}", max_chars=60, autocomplete="off")
        role = st.segmented_control(
            phrase("page-role"), ROLES, default="staff", key=f"new-role-{n}", format_func=lambda r: phrase(f"role-{r}")
        )
        word = st.text_input(
            phrase("sign_in_password"), type="password", key=f"new-word-{n}", autocomplete="new-password"
        )
        st.html(f'<div class="g-hint">{phrase("page-password_hint", least=passwords.SHORTEST)}</div>')
        if st.form_submit_button(phrase("page-make_account"), type="primary", key="make-account"):
            if counter.did(_add, str(username or ""), str(name or ""), role or "staff", str(word or "")):
                st.session_state[NEW] += 1
            st.rerun()


def _add(username: str, name: str, role: Role, word: str) -> None:
    kept = passwords.hashed(word, username)
    with engine().records.writing() as at:
        accounts.add(at, _manager(), username, role, kept, name)


def _set_password(one: StaffMember, word: str) -> None:
    kept = passwords.hashed(word, one.username)
    with engine().records.writing() as at:
        accounts.set_password(at, _manager(), one.id, kept)


def _set_role(staff_id: str, role: Role) -> None:
    with engine().records.writing() as at:
        accounts.set_role(at, _manager(), staff_id, role)


def _close(staff_id: str) -> None:
    with engine().records.writing() as at:
        accounts.disable(at, _manager(), staff_id)


def _open(staff_id: str) -> None:
    with engine().records.writing() as at:
        accounts.enable(at, _manager(), staff_id)


def _manager() -> str:
    """Who does it: looked at again when it is done, for a button is tapped after its page was shown. Raises GaitError."""
    whoever = signed_in()
    if not whoever.may("manager"):
        raise GaitError("signed_out")
    return whoever.who
