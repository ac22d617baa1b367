"""Whether the store asks for comfort before a label is shown: the manager's switch."""

import streamlit as st

from gait.ui.engine import comfort_desk
from gait.ui.parts import counter
from gait.words import phrase

KEY = "comfort-first"


def comfort_first() -> None:
    """The switch; it shows what is kept, whoever set it."""
    asked = comfort_desk().asked()
    st.session_state[KEY] = asked
    st.toggle(
        phrase("page-comfort_setting"), key=KEY, help=phrase("page-comfort_setting_what"),
        on_change=counter.do, args=(comfort_desk().set_asked, not asked),
    )  # fmt: skip
