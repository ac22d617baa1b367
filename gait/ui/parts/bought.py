"""What was bought on a visit, after a run in it or without."""

import streamlit as st

from gait.services.reception import AtTheVisit
from gait.ui import theme
from gait.ui.engine import engine, reception
from gait.ui.parts import counter
from gait.words import phrase


def bought(seen: AtTheVisit) -> None:
    """The purchases, and a field for one more."""
    theme.heading(phrase("page-bought"))
    for one in seen.bought:
        counter.purchase(one)
    with st.container(key="buy-other"):
        a, b = st.columns([2, 1], vertical_alignment="bottom")
        with a:
            name = counter.shoe(f"bought-{seen.visit.id}-{len(seen.bought)}", counter.shoes_of((seen.visit,)))
        b.button(
            phrase("page-note_bought"), key="buy", disabled=not name, width="stretch",
            on_click=counter.do,
            args=(reception().buy, seen.visit.id, name, engine().shelf_names.names().get(name)),
        )  # fmt: skip
