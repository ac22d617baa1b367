"""Each page asks for itself who looks at it. A menu without an entry keeps nobody out."""

from collections.abc import Callable
from functools import wraps

import streamlit as st

from gait.errors import GaitError
from gait.ui import nav, theme
from gait.ui.engine import person
from gait.ui.parts import notes
from gait.words import phrase


def page_for(name: nav.Name) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """The page of that name is shown to those it is for, as `gait.ui.nav.NEEDED` says."""

    def held(show: Callable[[], None]) -> Callable[[], None]:
        @wraps(show)
        def shown() -> None:
            try:
                whoever = person()
            except GaitError as error:
                said = notes.fault(error)
            else:
                if whoever is not None and whoever.may(nav.NEEDED[name]):
                    show()
                    return
                said = notes.problem(phrase("page-not_for_you", role=whoever.role if whoever else "nobody"))
            theme.heading(phrase(f"title-{name}"))
            st.html(said)

        return shown

    return held
