"""Another table of shoes taken over: chosen, its columns named once, every bad row shown, and only then kept."""

import html
from typing import Any

import streamlit as st

from gait.errors import GaitError
from gait.services.shelf_desk import ALL, How, ShelfDesk
from gait.services.shelf_files import MAY_BE_LEFT_OUT, Foreign, Preview, guess, missing, preview, read_foreign
from gait.ui import theme
from gait.ui.engine import engine
from gait.ui.parts import notes
from gait.ui.parts.shelf_table import renew
from gait.words import phrase, say

READ = "shelf_read"
"""Session key: which upload was read last, and what is in it."""
MOST_LISTED = 200


def take_over(desk: ShelfDesk) -> None:
    """The field, and what comes of a file."""
    with st.expander(phrase("page-shelf_import"), key="shelf-import"):
        st.html(f'<div class="g-hint">{phrase("page-shelf_import_what")}</div>')
        upload = st.file_uploader(phrase("page-shelf_choose"), type=["csv", "xlsx", "xlsm"], key="shelf-file")
        if upload is None:
            st.session_state.pop(READ, None)
            return
        try:
            foreign = _read(upload)
            mapping = _mapping(foreign, guess(foreign.columns, desk.mapped()))
            if lacks := missing(mapping):
                names = ", ".join(phrase(f"shelf_column-{name}") for name in lacks)
                st.html(notes.problem(phrase("page-shelf_lacks", columns=names)))
                return
            found = preview(foreign, mapping)
            _shown(found)
            _take(desk, found, mapping)
        except GaitError as error:
            st.html(notes.fault(error))


def _read(upload: Any) -> Foreign:  # noqa: ANN401  streamlit's UploadedFile
    """The file of that upload, read once; it stays nowhere. Raises GaitError."""
    known, foreign = st.session_state.get(READ, ("", None))
    if known != upload.file_id or not isinstance(foreign, Foreign):
        place = engine().desk()
        try:
            path = place.hold("shelf", upload)
            assert path is not None
            foreign = read_foreign(path)
        finally:
            place.clear()
        st.session_state[READ] = upload.file_id, foreign
    return foreign


def _mapping(foreign: Foreign, guessed: dict[str, str]) -> dict[str, str]:
    """Which of the file's columns each of the shelf's is."""
    st.html(f"<h3>{phrase('page-shelf_columns')}</h3>")
    chosen = {}
    for first in range(0, len(ALL), 3):
        for place, name in zip(st.columns(3), ALL[first : first + 3], strict=False):
            at = foreign.columns.index(guessed[name]) if name in guessed else None
            label = phrase(f"shelf_column-{name}")
            told = phrase("page-shelf_optional", name=label) if name in MAY_BE_LEFT_OUT else label
            choice = place.selectbox(
                told, foreign.columns, at, key=f"shelf-map-{name}", placeholder=phrase("page-shelf_no_column")
            )
            if choice:
                chosen[name] = str(choice)
    return chosen


def _shown(found: Preview) -> None:
    """How many can be taken over, and every other row with what is wrong in it."""
    good, bad = len(found.rows), len(found.wrong)
    st.html(f'<div role="status"><b>{phrase("page-shelf_found", good=good, bad=bad)}</b></div>')
    rows = "".join(
        f"<li>{html.escape('; '.join(say(said) for said in told))}</li>"
        for _, told in sorted(found.wrong.items())[:MOST_LISTED]
    )
    if rows:
        st.html(f'<ul class="g-reasons g-bad-rows">{rows}</ul>')
    if bad > MOST_LISTED:
        st.html(f'<div class="g-hint">{phrase("page-shelf_more_bad", more=bad - MOST_LISTED)}</div>')


def _take(desk: ShelfDesk, found: Preview, mapping: dict[str, str]) -> None:
    ways: tuple[How, ...] = ("add", "replace")
    how: How = st.radio(
        phrase("page-shelf_take_how"), ways, key="shelf-how", horizontal=True,
        format_func=lambda way: phrase(f"shelf_how-{way}"),
    )  # fmt: skip
    label = phrase("page-shelf_take", count=len(found.rows))
    if st.button(label, key="shelf-take", type="primary", disabled=not found.rows):
        count = desk.take_over(found.rows, how, mapping)
        st.session_state.pop(READ, None)
        theme.tab(phrase("title-shelf"))
        renew(count)
