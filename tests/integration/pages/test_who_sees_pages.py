"""A page looks for itself who asks, whatever menu or address led there."""

from types import SimpleNamespace

import pytest
import streamlit as st

from gait.errors import GaitError
from gait.services import accounts, passwords
from gait.services.sign_in import Person
from gait.ui import nav
from gait.ui.engine import engine
from gait.ui.guard import cookie
from gait.words import message, phrase
from tests.integration.pages.show import page, text

PEOPLE = {
    None: 0,
    Person("tablet", "tablet"): 1,
    Person("00000000000000aa", "staff", "Bob", "00000000000000aa"): 2,
    Person("00000000000000bb", "manager", "Eva", "00000000000000bb"): 3,
}
RANK = {"nobody": 0, "tablet": 1, "staff": 2, "manager": 3}


@pytest.mark.parametrize("name", nav.NAMES)
@pytest.mark.parametrize("whoever", PEOPLE, ids=lambda whoever: whoever.role if whoever else "nobody")
def test_a_page_is_shown_to_those_it_is_for(name, whoever, monkeypatch):
    monkeypatch.setattr("gait.ui.person.person", lambda: whoever)
    monkeypatch.setattr("gait.ui.engine.person", lambda: whoever)
    said = text(page(name))
    refused = phrase("page-not_for_you", role=whoever.role if whoever else "nobody") in said
    assert refused == (PEOPLE[whoever] < RANK[nav.NEEDED[name]])


def test_every_page_is_for_somebody():
    assert set(nav.NEEDED) == set(nav.NAMES)
    assert "nobody" not in nav.NEEDED.values()


@pytest.fixture
def cookies(monkeypatch):
    """What the browser of a page sends, where people sign in."""
    sent = {}
    monkeypatch.setenv("GAIT_SIGN_IN", "1")
    monkeypatch.setattr("streamlit.context", SimpleNamespace(cookies=sent))
    return sent


def test_where_people_sign_in_a_page_is_shown_to_a_session_that_holds(cookies):
    refused = phrase("page-not_for_you", role="nobody")
    assert refused in text(page("customers"))
    with engine().records.writing() as at:
        accounts.add(at, "command", "bob", "staff", passwords.hashed("correct horse battery"))
    token = engine().sign_in.enter("bob", "correct horse battery", "").token
    name = cookie("in", ("", int(st.get_option("server.port"))))
    cookies[name] = token + "x"
    assert refused in text(page("customers"))
    cookies[name] = token
    assert refused not in text(page("customers"))
    engine().sign_in.leave(token)
    assert refused in text(page("customers"))


def test_records_that_do_not_answer_show_nothing(cookies, monkeypatch):
    def away(*_, **__):
        raise GaitError("records_away", place="db")

    monkeypatch.setattr(engine().sign_in, "person", away)
    assert message(GaitError("records_away", place="db")) in text(page("customers"))
