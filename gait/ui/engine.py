"""The pages' way to the services: one engine for the whole program, one desk for each session, and the counter."""

import streamlit as st

from gait.services.desk import Desk
from gait.services.engine import Engine
from gait.services.reception import Reception
from gait.services.settings import StoreSettings

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


def reception() -> Reception:
    """The counter: customers, visits, what was bought."""
    return Reception(engine().records)
