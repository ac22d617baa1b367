"""The rules by which shoes are suggested, as a table that everybody in the store reads: for which feet which kind of shoe, and who says so."""

import html
from itertools import groupby

import streamlit as st

from gait.model import ShelfRule
from gait.services.rules_desk import STORE, RulesDesk
from gait.ui.parts import words
from gait.words import phrase


def rules(desk: RulesDesk) -> None:
    """All of them, by the feet they are for."""
    with st.expander(phrase("page-shelf_rules"), key="shelf-rules"):
        st.html(f'<div class="g-hint">{phrase("page-shelf_rules_what")}</div>')
        found = desk.now()
        own = sum(rule.source == STORE for rule in found.rows)
        st.html(f'<div class="g-hint">{phrase("rules_own", own=own, version=found.version)}</div>')
        heads = "".join(f'<th scope="col">{phrase(f"rule_head-{name}")}</th>' for name in ("place", "shoe"))
        body = ""
        for feet, group in groupby(found.rows, key=lambda rule: rule.feet):
            title = f'<th scope="rowgroup" colspan="2"><b>{phrase("rule_feet", feet=feet)}</b></th>'
            body += f"<tbody><tr>{title}</tr>{''.join(_row(rule) for rule in group)}</tbody>"
        st.html(f'<table class="g-more"><thead><tr>{heads}</tr></thead>{body}</table>')


def cushioning(wanted: tuple[str, ...]) -> str:
    """`soft → medium → firm`, in the language of the page."""
    return " → ".join(phrase("rule_cushioning", cushioning=one) for one in wanted)


def source(rule: ShelfRule) -> str:
    """Who says so, with the note of whoever changed it."""
    who = phrase("rule_source_store") if rule.source == STORE else rule.source
    return f"{who}: {rule.note}" if rule.note else who


def _row(rule: ShelfRule) -> str:
    asked = cushioning(rule.cushioning)
    if rule.drop_mm is not None:
        low, high = rule.drop_mm
        asked += ", " + phrase("rule_drop_wanted", low=low, high=high, same=int(low == high))
    return (
        f'<tr><th scope="row">{rule.place}</th><td>{html.escape(words.category(rule.category))}'
        f'<i>{html.escape(asked)}</i><div class="g-basis">{html.escape(source(rule))}</div></td></tr>'
    )
