"""The pages' way to the services: one engine for the whole program, one desk for each session, and the counter."""

import streamlit as st

from gait.errors import GaitError
from gait.services.comfort import ComfortDesk
from gait.services.desk import Desk
from gait.services.engine import Engine
from gait.services.filing import Filing
from gait.services.reception import Reception
from gait.services.rules_desk import RulesDesk
from gait.services.settings import StoreSettings
from gait.services.shelf_desk import ShelfDesk
from gait.services.sign_in import STORE, Person
from gait.ui.guard import cookie

DESK = "desk"
"""Session key."""


@st.cache_resource(show_spinner=False, on_release=Engine.close)
def engine() -> Engine:
    """The one engine of this server, as the environment sets it up; made by whoever asks first."""
    return Engine(StoreSettings.read()).start()


def desk() -> Desk:
    """This session's."""
    if DESK not in st.session_state:
        st.session_state[DESK] = engine().desk()
    found: Desk = st.session_state[DESK]
    return found


def clear_desk() -> None:
    """The session's clips were handed over; the next ones get a new desk."""
    st.session_state.pop(DESK, None)


def person() -> Person | None:
    """Whoever is signed in in this browser, asked anew; None when nobody is any more. Raises GaitError when the records do not answer."""
    if not engine().store.sign_in:
        return STORE
    token = st.context.cookies.get(cookie("in", ("", int(st.get_option("server.port")))))
    return engine().sign_in.person(token, busy=False)


def signed_in() -> Person:
    """The same. Raises GaitError when nobody is."""
    found = person()
    if found is None:
        raise GaitError("signed_out")
    return found


def visitor() -> str:
    """This browser, as `gait.ui.guard` tells browsers apart; empty where it has not been given its cookie."""
    return str(st.context.cookies.get(cookie("visit", ("", int(st.get_option("server.port"))))) or "")


def reception() -> Reception:
    """The counter: customers, visits, what was bought, for whoever is signed in. Raises GaitError when nobody is."""
    whoever = signed_in()
    return Reception(engine().records, whoever.who, whoever.staff_id)


def filing() -> Filing:
    """What puts a result into a visit, for whoever is signed in. Raises GaitError when nobody is."""
    whoever = signed_in()
    return Filing(engine().records, whoever.who, whoever.staff_id)


def comfort_desk() -> ComfortDesk:
    """Where shoes are rated, for whoever is signed in, a tablet too. Raises GaitError when nobody is."""
    whoever = signed_in()
    return ComfortDesk(engine().records, whoever.who, whoever.staff_id)


def shelf_desk() -> ShelfDesk:
    """The shelf, for whoever is signed in. Raises GaitError when nobody is."""
    whoever = signed_in()
    return ShelfDesk(engine().store, engine().records, whoever.who, whoever.staff_id)


def rules_desk() -> RulesDesk:
    """The rules of the shelf, for whoever is signed in. Raises GaitError when nobody is."""
    return RulesDesk(engine().records, signed_in().who)
