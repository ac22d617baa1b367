"""Advice: the shoes of a visit in order. Comfort decides; mechanics and the shelf stand beside it, and what is noise is called noise."""

import html

import streamlit as st

from gait.errors import GaitError
from gait.services.reception import AtTheVisit
from gait.ui import nav, theme
from gait.ui.engine import comfort_desk, engine, reception
from gait.ui.parts import advice_card, counter, notes
from gait.ui.parts import seen as looked
from gait.ui.person import page_for
from gait.words import phrase, say


@page_for("advice")
def show() -> None:
    """The page of the visit that the address names."""
    visit_id = st.query_params.get("id", "")
    try:
        seen = reception().visit(visit_id)
        looked.visit(seen.visit.id)
        _advice(seen)
    except GaitError as error:
        theme.heading(phrase("title-advice"))
        st.html(notes.fault(error))
        if error.code == "no_visit":
            return
    if st.button(phrase("page-to_the_visit"), key="to-visit"):
        nav.go("visit", id=visit_id)


def _advice(seen: AtTheVisit) -> None:
    # Imported here: it brings the shelf's tables, which take a second.
    from gait.services.advising import advise_visit

    visit = seen.visit
    store = engine().store
    ratings = comfort_desk().of_visit(visit.id)
    found = advise_visit(visit, ratings, engine().open_result, store.shelf_now, store.rules_now)
    theme.tab(counter.called(visit))
    theme.heading(html.escape(counter.called(visit)), phrase("page-advice_lead"))
    st.html(advice_card.grade(found.decides))
    for said in found.remarks:
        st.html(f'<div class="g-note">{html.escape(say(said))}</div>')
    cards = [advice_card.placed(place, one) for place, one in enumerate(found.placed, 1)]
    cards += [advice_card.untried(place, one) for place, one in enumerate(found.untried, len(cards) + 1)]
    st.html(f'<div class="g-grid g-grid-3">{"".join(cards)}</div>')
    if store.shelf_now is None and found.untried:
        st.html(f'<div class="g-note">{phrase("example_shelf")}</div>')
    if found.pairs:
        theme.heading(phrase("page-advice_pairs"), phrase("page-advice_pairs_what"))
        st.html(advice_card.pairs(found))
    st.html(f'<div class="g-hint">{phrase("shoes_evidence")}</div>')
