"""One shoe of the advice, as HTML: its place, comfort, each foot, the shelf, and the one sentence that says why it stands there."""

import html
from collections.abc import Mapping

from gait.advice.values import Advice, Evidence, Placed, Tried, Untried
from gait.comparison.shown import amount
from gait.comparison.values import Compared
from gait.landmarks import Side
from gait.report.words import ABSENT
from gait.ui.parts import pictures, words
from gait.words import number, phrase, say

PEAK = "peak_eversion_deg"


def placed(place: int, one: Placed) -> str:
    """A shoe that was run in."""
    shoe = one.shoe
    felt = phrase("page-advice_comfort", mark=number(shoe.comfort_mm, 0)) if shoe.comfort_mm is not None else ""
    rows = (
        ("comfort", felt or phrase("page-advice_not_rated")),
        ("feet", _feet(shoe)),
        ("shelf", _shelf(shoe)),
    )
    said = "".join(f"<dt>{phrase(f'advice_head-{name}')}</dt><dd>{told}</dd>" for name, told in rows)
    name = html.escape(shoe.name or phrase("page-no_shoe_said"))
    return _card(place, name, say(one.why), one.evidence, f"<dl>{said}</dl>")


def untried(place: int, one: Untried) -> str:
    """A shoe of the shelf that could be run in next."""
    shoe = one.suggestion.shoe
    picture = pictures.shoe(shoe.category)
    told = f'{picture}<div class="g-cat">{html.escape(words.category(shoe.category))} · {html.escape(words.price(shoe))}</div>'
    why = f"{phrase('page-advice_untried')} {say(one.why)}"
    return _card(place, html.escape(shoe.name), why, one.evidence, told)


def _card(place: int, name: str, why: str, known: Evidence, body: str) -> str:
    return (
        f'<section class="g-shoe-card g-placed"><div class="g-shoe-name"><b>{place} · {name}</b></div>'
        f'<p class="g-sentence">{html.escape(why)}</p>{grade(known)}{body}</section>'
    )


def grade(known: Evidence) -> str:
    """How well it is known, with the source behind it."""
    said = phrase("page-advice_grade", grade=known.grade)
    return f'<details class="g-grade"><summary>{said}</summary>{html.escape(known.source)}</details>'


def _feet(shoe: Tried) -> str:
    if not shoe.labels:
        return ABSENT
    told = ""
    for side in Side:
        label = words.label(shoe.labels.get(side, "undetermined"))
        peak = shoe.peaks_deg.get(side)
        deg = f" <i>{amount(PEAK, peak)}</i>" if peak is not None else ""
        said = phrase("page-side_and_label", side=side.value, label=label)
        told += f'<span class="g-tag"><i class="g-dot g-{side.value}"></i>{said}{deg}</span> '
    return told


def _shelf(shoe: Tried) -> str:
    said = phrase("page-advice_stock", stock=shoe.stock)
    cost = f" · {html.escape(words.price(shoe.shoe))}" if shoe.shoe is not None else ""
    return said + cost


def pairs(found: Advice) -> str:
    """Every two shoes against each other: what is a real difference, and what is noise."""
    rows = ""
    for one in found.pairs:
        names = " – ".join(html.escape(shoe.name or phrase("page-no_shoe_said")) for shoe in (one.a, one.b))
        felt = phrase("page-advice_felt", felt=one.felt or "none", by=number(abs(one.comfort_mm or 0.0), 0))
        feet = "".join(f"<td>{_verdict(one.peaks, side)}</td>" for side in Side)
        rows += f'<tr><th scope="row">{names}</th><td>{felt}</td>{feet}</tr>'
    heads = (phrase("advice_head-comfort"), *(words.foot_of(side) for side in Side))
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return f'<table class="g-more"><thead><tr><td></td>{head}</tr></thead>{rows}</table>'


def _verdict(peaks: Mapping[Side, Compared], side: Side) -> str:
    one = peaks.get(side)
    if one is None or one.difference is None:
        return phrase("verdict-cannot_tell")
    return f"{phrase(f'verdict-{one.verdict}')} <i>{amount(one.key, one.difference.value, signed=True)}</i>"
