"""Two runs compared, as HTML: the verdict of each foot's peak, and the table of all figures."""

import html

from gait.comparison.shown import amount, likely, name_of
from gait.comparison.values import Compared, ComparedRun, Comparison
from gait.landmarks import Side
from gait.report.words import ABSENT
from gait.ui.parts import words
from gait.words import capital, phrase, say

PEAK = "peak_eversion_deg"


def verdicts(found: Comparison) -> str:
    """Both feet side by side, left on the left, as seen from behind."""
    cards = "".join(_card(found.measure(PEAK, side), side) for side in Side)
    return f'<div class="g-grid g-grid-2">{cards}</div>'


def _card(one: Compared, side: Side) -> str:
    told = say(one.reason)
    if one.difference is not None and one.smallest_real is not None:
        low, high = likely(one.key, one.difference)
        change = amount(one.key, one.difference.value, signed=True)
        told = f"{phrase('page-compare_change', change=change, low=low, high=high)} {told}"
    smallest = one.smallest_real
    basis = "" if smallest is None else phrase("page-compare_smallest", smallest=amount(one.key, smallest))
    return (
        f'<section class="g-foot g-change g-edge-{side.value}" data-side="{side.value}"><div class="g-foot-main">'
        f'<div class="g-side g-ink-{side.value}">{words.foot_of(side)}</div>'
        f'<div class="g-label" data-verdict="{one.verdict}">{capital(phrase(f"verdict-{one.verdict}"))}</div>'
        f'<p class="g-sentence">{html.escape(told)}</p><div class="g-basis">{html.escape(basis)}</div></div></section>'
    )


def table(found: Comparison) -> str:
    """All figures, a group for each foot and one for both."""
    columns = ("compare_a", "compare_b", "compare_change_head", "compare_verdict")
    titles = [phrase(f"page-{name}") for name in columns]
    head = "".join(f"<th scope='col'>{title}</th>" for title in titles)
    groups = []
    for side in (*Side, None):
        name = words.foot_of(side) if side else phrase("page-compare_both")
        ink = f" class='g-ink-{side.value}'" if side else ""
        rows = "".join(_row(one) for one in found.measures if one.side is side)
        groups.append(f"<tbody><tr><th scope='rowgroup' colspan='5'{ink}><b>{name}</b></th></tr>{rows}</tbody>")
    return f'<table class="g-more g-compared"><thead><tr><td></td>{head}</tr></thead>{"".join(groups)}</table>'


def _row(one: Compared) -> str:
    cells = ["" if e is None else amount(one.key, e.value) for e in (one.a, one.b)]
    change = ""
    if one.difference is not None:
        low, high = likely(one.key, one.difference)
        spread = phrase("page-compare_likely", low=low, high=high)
        change = f"<b>{amount(one.key, one.difference.value, signed=True)}</b> <i>{spread}</i>"
    verdict = phrase(f"verdict-{one.verdict}")
    return (
        f"<tr data-key='{one.key}'><th scope='row'>{name_of(one.key)}</th>{_told('a', cells[0])}{_told('b', cells[1])}"
        f"<td>{change}</td>"
        f"<td><b data-verdict='{one.verdict}'>{verdict}</b> <i>{html.escape(say(one.reason))}</i></td></tr>"
    )


def _told(run: str, cell: str) -> str:
    """With the run's letter, for screens that are too narrow for a column of its own."""
    name = phrase("page-compare_a" if run == "a" else "page-compare_b")
    return f"<td data-name='{name}'>{cell or ABSENT}</td>"


def conditions(found: Comparison) -> str:
    """What was not the same."""
    lines = "".join(f"<li>{html.escape(say(said))}</li>" for said in found.conditions)
    return f'<div class="g-note"><b>{phrase("page-compare_apart")}</b><ul>{lines}</ul></div>'


def shoe(run: ComparedRun) -> str:
    """The shoe that was run in, or that nobody said which."""
    return run.shoe_worn or phrase("page-no_shoe_said")
