"""The verdict of a run: both feet, what lowers the trust in them, and three shoes to try first."""

import html

import streamlit as st

from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.results.result import Judged, Result
from gait.said import Said
from gait.ui import theme
from gait.ui.parts import coming, notes, words
from gait.ui.parts.foot_card import foot_card
from gait.ui.parts.shoe_card import shoe_card
from gait.words import phrase, say

SHOES = 3
"""Shown to try first; more are a shelf, not a suggestion."""


def feet(folder: ResultFolder, judged: Judged) -> None:
    """Both feet side by side, left on the left, as seen from behind."""
    drawing = coming.pictures(folder)
    cards = "".join(foot_card(folder, judged, side, drawing) for side in Side)
    st.html(f'<div class="g-grid g-grid-2">{cards}</div><div class="g-hint">{words.sign()}</div>')


def warnings(result: Result) -> None:
    """What lowers the trust in this result."""
    warned = "".join(notes.finding(f) for f in result.findings if f.severity == "warn")
    if warned:
        st.html(warned)


def shoes(judged: Judged) -> None:
    """Three shoes to try first."""
    found = judged.recommendation
    if not found.shoes and not found.remarks:
        return
    example = found.shelf == "example"
    theme.heading(
        phrase("page-shoes") if found.shoes else phrase("page-no_shoes"),
        html.escape(" ".join(say(said) for said in (*((Said("shoes_note"),) if found.shoes else ()), *found.remarks))),
    )
    if example:
        st.html(f'<div class="g-note">{phrase("example_shelf")}</div>')
    if not found.shoes:
        return
    cards = "".join(shoe_card(shoe, example) for shoe in found.shoes[:SHOES])
    st.html(f'<div class="g-grid g-grid-3">{cards}</div>')
    if found.evidence:
        st.html(f'<div class="g-hint">{html.escape(say(found.evidence))}</div>')
