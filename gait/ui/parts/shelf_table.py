"""The shelf as a table: read by staff, changed in place by the manager."""

from typing import Any

import pandas as pd
import streamlit as st

from gait.errors import GaitError
from gait.services.shelf_desk import ALL, ARCHIVED, CATEGORIES, CUSHIONING, ShelfDesk
from gait.ui.parts import notes
from gait.words import phrase

VERSION = "shelf_version"
"""Session key: how often this tab has kept the shelf; the table is made anew then."""
KEPT = "shelf_kept"
"""Session key: how many shoes were kept last, said once."""


def table(desk: ShelfDesk, *, may: bool) -> None:
    """Shoes that are not archived, or all of them."""
    rows = desk.table()
    archived = [row for row in rows if desk.is_archived(row)]
    everything = bool(archived) and st.toggle(phrase("page-shelf_archived", count=len(archived)), key="shelf-all")
    shown = rows if everything else [row for row in rows if row not in archived]
    if (count := st.session_state.pop(KEPT, None)) is not None:
        st.html(notes.calm(phrase("page-shelf_is_kept", count=count)))
    if not may:
        st.dataframe(pd.DataFrame(shown, columns=list(ALL)), column_config=_columns(), hide_index=True)
        return
    key = f"shelf-{st.session_state.get(VERSION, 0)}-{everything}"
    edited = st.data_editor(
        pd.DataFrame(shown, columns=list(ALL)), column_config=_columns(), hide_index=True, num_rows="dynamic", key=key
    )
    st.html(f'<div class="g-hint">{phrase("page-shelf_how")}</div>')
    if st.button(phrase("page-shelf_keep"), key="shelf-keep", type="primary"):
        left = [] if everything else archived
        keep(desk, [*_cells(edited), *left])


def keep(desk: ShelfDesk, rows: list[dict[str, str]]) -> None:
    """Keep it and show it anew, or say what is wrong."""
    try:
        count = desk.keep(rows)
    except GaitError as error:
        st.html(notes.fault(error))
        return
    renew(count)


def renew(count: int) -> None:
    """The table is shown as it is kept now."""
    st.session_state[VERSION] = st.session_state.get(VERSION, 0) + 1
    st.session_state[KEPT] = count
    st.rerun()


def _cells(edited: pd.DataFrame) -> list[dict[str, str]]:
    rows = edited.fillna("").astype(str).to_dict("records")
    found = [{str(name): str(cell) for name, cell in row.items()} for row in rows]
    return [row for row in found if any(cell.strip() for cell in row.values())]


def _columns() -> dict[str, Any]:
    """What each column is called, and which take one of a few words."""
    options = {"category": CATEGORIES, "cushioning": CUSHIONING, "in_stock": ("yes", "no"), ARCHIVED: ("", "yes", "no")}
    made: dict[str, Any] = {}
    for name in ALL:
        label, told = phrase(f"shelf_column-{name}"), phrase(f"shelf_column_what-{name}")
        if name in options:
            made[name] = st.column_config.SelectboxColumn(label, help=told, options=list(options[name]))
        else:
            made[name] = st.column_config.TextColumn(label, help=told)
    return made
