"""The rules of the shelf as the manager changes them: in place, tried on the visits of the last days, and only then kept."""

from itertools import permutations
from typing import Any

import pandas as pd
import streamlit as st

from gait.errors import GaitError
from gait.services.rules_desk import CATEGORIES, CUSHIONING, GIVEN, KINDS, RulesDesk, cells_of
from gait.ui.engine import engine
from gait.ui.parts import notes, shelf_rules, words
from gait.ui.parts.rules_tried import tried
from gait.words import phrase

KEPT = "rules_kept"
"""Session key: which version was kept last, said once."""


def change(desk: RulesDesk) -> None:
    """The table, and what can be done with it."""
    with st.expander(phrase("page-rules_change"), key="shelf-rules-change"):
        if (version := st.session_state.pop(KEPT, None)) is not None:
            st.html(notes.calm(phrase("page-rules_are_kept", version=version)))
        st.html(f'<div class="g-hint">{phrase("page-rules_how")}</div>')
        seen = desk.version
        try:
            held = desk.now()
        except GaitError as error:
            st.html(notes.fault(error))
            held = desk.ours()
        table = pd.DataFrame([cells_of(rule) for rule in held.rows], columns=list(GIVEN))
        edited = st.data_editor(table, column_config=_columns(), hide_index=True, key=f"rules-{seen}")
        rows = [{str(name): str(cell) for name, cell in row.items()} for row in edited.fillna("").to_dict("records")]
        done: set[str] = set()
        with st.container(horizontal=True):
            for name, main in (("rules_try", False), ("rules_keep", True), ("rules_reset", False)):
                kind: Any = "primary" if main else "secondary"
                if st.button(phrase(f"page-{name}"), key=name.replace("_", "-"), type=kind):
                    done.add(name)
        try:
            if "rules_try" in done:
                _try(desk, rows)
            if done & {"rules_keep", "rules_reset"}:
                kept = desk.keep(rows, seen) if "rules_keep" in done else desk.reset(seen)
                st.session_state[KEPT] = kept.version
                st.rerun()
        except GaitError as error:
            st.html(notes.fault(error))


def _try(desk: RulesDesk, rows: list[dict[str, str]]) -> None:
    # Imported here: it brings comparison and its tables, which a page that is only read need not wait for.
    from gait.services.rules_tried import try_rules

    others = desk.checked(rows, noted=False)
    with st.spinner(phrase("page-rules_trying")):
        found = try_rules(engine().records, engine().library.find, desk.now(), others)
    tried(found)


def _columns() -> dict[str, Any]:
    """What each column is called, and which take one of a few words."""
    orders = [";".join(one) for one in permutations(CUSHIONING)]
    pick, text = st.column_config.SelectboxColumn, st.column_config.TextColumn
    return {
        "feet": pick(
            phrase("rule_column-feet"),
            options=list(KINDS),
            format_func=lambda feet: phrase("rule_feet", feet=str(feet)),
            disabled=True,
            width="medium",
        ),
        "place": text(phrase("rule_column-place"), disabled=True, width="small"),
        "category": pick(
            phrase("rule_column-category"), options=list(CATEGORIES), format_func=lambda one: words.category(str(one))
        ),
        "cushioning": pick(
            phrase("rule_column-cushioning"),
            options=orders,
            format_func=lambda one: shelf_rules.cushioning(tuple(str(one).split(";"))),
        ),
        "drop_mm": text(phrase("rule_column-drop_mm"), help=phrase("rule_column_what-drop_mm")),
        "note": text(phrase("rule_column-note"), help=phrase("rule_column_what-note"), width="large"),
    }
