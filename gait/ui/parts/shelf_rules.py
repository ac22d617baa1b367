"""The rules by which shoes are suggested, as a table that everybody in the store reads: for which feet which kind of shoe, and who says so."""

import html
from itertools import groupby

import streamlit as st

from gait.services.shelf_desk import ShelfDesk
from gait.ui.parts import words
from gait.words import phrase


def rules(desk: ShelfDesk) -> None:
    """All of them, by the feet they are for."""
    with st.expander(phrase("page-shelf_rules"), key="shelf-rules"):
        st.html(f'<div class="g-hint">{phrase("page-shelf_rules_what")}</div>')
        heads = "".join(f'<th scope="col">{phrase(f"rule_head-{name}")}</th>' for name in ("place", "shoe"))
        body = ""
        for feet, group in groupby(desk.rules(), key=lambda rule: rule.feet):
            title = f'<th scope="rowgroup" colspan="2"><b>{phrase("rule_feet", feet=feet)}</b></th>'
            rows = "".join(
                f'<tr><th scope="row">{rule.place}</th><td>{html.escape(words.category(rule.category))}'
                f"<i>{html.escape(_cushioning(rule.cushioning))}</i>"
                f'<div class="g-basis">{html.escape(rule.source)}</div></td></tr>'
                for rule in group
            )
            body += f"<tbody><tr>{title}</tr>{rows}</tbody>"
        st.html(f'<table class="g-more"><thead><tr>{heads}</tr></thead>{body}</table>')


def _cushioning(wanted: tuple[str, ...]) -> str:
    return " → ".join(phrase("rule_cushioning", cushioning=one) for one in wanted)
