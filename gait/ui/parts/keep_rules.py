"""How long things are kept: the manager's rules as they are, and the form that changes them."""

import streamlit as st

from gait.records.retention import GROUNDS, MOST_DAYS, Ground, Rules
from gait.records.values import RuleKind
from gait.ui import theme
from gait.ui.engine import engine, signed_in
from gait.ui.parts import counter
from gait.words import phrase

KINDS: tuple[RuleKind, ...] = ("video", "numbers")
"""Of a visit, by what its customer agreed to."""
OF_NO_VISIT: tuple[RuleKind, ...] = ("recording", "result")


def keep_rules(rules: Rules) -> None:
    """The table, and the form below it."""
    theme.heading(phrase("page-keep_rules"))
    rows = ""
    for ground in GROUNDS:
        films, results = (phrase("page-rule_for", days=_days(rules.days[kind, ground])) for kind in KINDS)
        said = phrase("page-rule_ground", ground=ground)
        rows += f'<tr><th scope="row">{said}</th><td>{films}</td><td>{results}</td></tr>'
    head = f"<tr><td></td><th>{phrase('page-rule_films')}</th><th>{phrase('page-rule_results')}</th></tr>"
    st.html(f'<table class="g-more">{head}{rows}</table>')
    walk_ins = phrase("page-rule_walk_ins", evening=rules.evening.strftime("%H:%M"))
    kept, stay = (_days(rules.days[kind, "not_agreed"]) for kind in OF_NO_VISIT)
    loose = f"{phrase('page-rule_recordings', days=kept)} {phrase('page-rule_loose', days=stay)}"
    st.html(f'<div class="g-hint">{walk_ins} {loose}</div>')
    with st.expander(phrase("page-change_rules"), key="rules"), st.form("rules-form", border=False):
        st.html(f'<div class="g-hint">{phrase("page-rule_at_once")}</div>')
        typed: dict[tuple[RuleKind, Ground], int | None] = {}
        for ground in GROUNDS:
            for kind, place in zip(KINDS, st.columns(2), strict=True):
                days = rules.days[kind, ground]
                # The key names what is set: a field shows it anew when somebody changed it elsewhere.
                typed[kind, ground] = place.number_input(
                    phrase("page-rule_days", kind=kind, ground=ground), 0, MOST_DAYS, days, 1,
                    placeholder=phrase("page-rule_never"), key=f"rule-{kind}-{ground}-{_days(days)}",
                )  # fmt: skip
        for kind, days in zip(OF_NO_VISIT, (kept, stay), strict=True):
            typed[kind, "not_agreed"] = st.number_input(
                phrase("page-rule_no_visit_days", kind=kind), 0, MOST_DAYS, rules.days[kind, "not_agreed"], 1,
                placeholder=phrase("page-rule_never"), key=f"rule-{kind}-{days}",
            )  # fmt: skip
        at = rules.evening
        evening = st.time_input(phrase("page-rule_evening"), at, key=f"rule-evening-{at:%H%M}")
        if st.form_submit_button(phrase("page-keep_rules_now"), type="primary", key="keep-rules"):
            who = signed_in()
            for (kind, ground), days in typed.items():
                if days != rules.days[kind, ground]:
                    counter.do(engine().retention.set_rule, kind, ground, days, who.who, who.staff_id)
            if evening is not None and evening != rules.evening:
                counter.do(engine().retention.set_evening, evening, who.who, who.staff_id)
            st.rerun()


def _days(days: int | None) -> int:
    return -1 if days is None else days
