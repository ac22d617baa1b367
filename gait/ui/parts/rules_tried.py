"""What other rules would have done to the visits of the last days, as HTML."""

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from gait.ui.parts import notes
from gait.words import phrase

if TYPE_CHECKING:
    from gait.services.rules_tried import RulesTried

MOST_LISTED = 50


def tried(found: "RulesTried") -> None:
    """How many runs, of which feet, and which shoe in place of which."""
    left = found.left_out
    rest = phrase(
        "tried_left_out",
        refused=left.refused,
        unrated=left.unrated,
        not_here=left.not_here,
        no_shelf=left.no_shelf,
    )
    out = left.refused + left.unrated + left.not_here + left.no_shelf
    if not found.runs:
        st.html(notes.empty(phrase("tried_nothing", days=found.days) + (f" {rest}" if out else "")))
        return
    told = phrase("tried", runs=found.runs, visits=found.visits, days=found.days, other=found.other_first)
    any_of = phrase("tried_any", other=found.other_any)
    st.html(f'<div role="status"><b>{html.escape(told)}</b> {html.escape(any_of)}</div>')
    _table(
        ("feet", "of_feet"),
        [
            (
                phrase("rule_feet", feet=one.feet),
                phrase("tried_of_feet", runs=one.runs, first=one.other_first, any=one.other_any),
            )
            for one in found.of_feet
        ],
    )
    if found.shoes:
        shown = found.shoes[:MOST_LISTED]
        _table(("before", "after", "runs"), [(_shoe(one.before), _shoe(one.after), str(one.runs)) for one in shown])
    st.html(f'<div class="g-hint">{phrase("tried_how")}{f" {html.escape(rest)}" if out else ""}</div>')


def _shoe(name: str) -> str:
    return name or phrase("tried_no_shoe")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    head = "".join(f'<th scope="col">{phrase(f"tried_head-{name}")}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{html.escape(first)}</th>{"".join(f"<td>{html.escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    st.html(f'<table class="g-more"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
