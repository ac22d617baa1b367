"""What the customer of a visit agrees to: one tick for each purpose, by the store's own words."""

import html

import streamlit as st

from gait.records.values import PURPOSES
from gait.services.reception import AtTheVisit
from gait.ui.engine import reception
from gait.ui.parts import counter
from gait.words import phrase


def agreed(seen: AtTheVisit) -> None:
    """The ticks; each shows what is kept, whoever made it."""
    with st.container(border=True, key="agreed"):
        st.html(f"<h3>{phrase('page-agrees')}</h3>")
        for row in (PURPOSES[:2], PURPOSES[2:]):
            for place, purpose in zip(st.columns(2), row, strict=True):
                held = seen.agreed.get(purpose)
                text = held.text if held else seen.asked[purpose]
                key = f"tick-{seen.visit.id}-{purpose}"
                st.session_state[key] = held is not None
                version = phrase("page-text_version", version=text.version)
                with place.container(gap=None, key=f"asks-{purpose}"):
                    st.checkbox(
                        phrase(f"purpose-{purpose}"), key=key,
                        on_change=counter.do, args=(reception().tick, seen.visit.id, text, held is None),
                    )  # fmt: skip
                    st.html(f'<div class="g-asked">{html.escape(text.text)} <i>{version}</i></div>')
