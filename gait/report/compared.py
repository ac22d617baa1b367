"""What stands on the page of a comparison: two runs as plain data for the typesetting template, every number already in words."""

from typing import Any

from gait.comparison.shown import amount, likely, name_of
from gait.comparison.values import Compared, ComparedRun, Comparison
from gait.landmarks import Side
from gait.report import words
from gait.report.brand import Brand
from gait.report.charts import charts_of_two
from gait.report.content import signed
from gait.results.folder import ResultFolder
from gait.words import date, phrase, say

PEAK = "peak_eversion_deg"
FIXED = (
    "store",
    "curves",
    "stance_axis",
    "not_measured",
    "over_above",
    "under_below",
    "compared_title",
    "compared_head",
)
"""What stands on the page whatever was compared: the catalogue's `pdf-`."""


def compared_content(found: Comparison, folders: tuple[ResultFolder, ResultFolder], brand: Brand) -> dict[str, Any]:
    """Everything the template shows; JSON-ready, no NaN."""
    a, b = found.a, found.b
    return {
        **signed(brand, folders[1].result.store),
        "runner": words.runner(b.runner or a.runner),
        "date": date(b.created.astimezone()) if b.created else "",
        "facts": [_run("a", a), _run("b", b)],
        "words": {name: phrase(f"pdf-{name}") for name in FIXED} | {"yours": phrase("pdf-compared_title")},
        "feet": [_foot(found.measure(PEAK, side), side) for side in Side],
        "apart": phrase("page-compare_apart"),
        "conditions": [words.short(say(said), 200) for said in found.conditions],
        "charts": charts_of_two(*folders),
        "legend": phrase("page-compare_legend", a=_shoe(a), b=_shoe(b)),
        "all": phrase("page-compare_figures"),
        "columns": [
            phrase("pdf-measured"),
            phrase("page-compare_a"),
            phrase("page-compare_b"),
            phrase("page-compare_change_head"),
            phrase("page-compare_verdict"),
        ],
        "groups": [_group(found, side) for side in (*Side, None)],
        "many": phrase("cli-compared_many"),
    }


def _shoe(run: ComparedRun) -> str:
    return words.short(run.shoe_worn, 60) or phrase("page-no_shoe_said")


def _run(letter: str, run: ComparedRun) -> str:
    """`A: Brooks Ghost 15, 10.0 km/h, 3 May 2026`."""
    speed = phrase("speed", kmh=run.speed_kmh) if run.speed_kmh else phrase("speed_not_given")
    made = date(run.created.astimezone()) if run.created else ""
    return f"{letter.upper()}: " + ", ".join(part for part in (_shoe(run), speed, made) if part)


def _foot(one: Compared, side: Side) -> dict[str, str]:
    sentence = say(one.reason)
    if one.difference is not None and one.smallest_real is not None:
        low, high = likely(one.key, one.difference)
        change = amount(one.key, one.difference.value, signed=True)
        sentence = f"{phrase('page-compare_change', change=change, low=low, high=high)} {sentence}"
    smallest = one.smallest_real
    return {
        "side": side.value,
        "name": words.foot_of(side),
        "verdict": one.verdict,
        "verdict_words": _capital(phrase(f"verdict-{one.verdict}")),
        "sentence": sentence,
        "basis": "" if smallest is None else phrase("page-compare_smallest", smallest=amount(one.key, smallest)),
    }


def _group(found: Comparison, side: Side | None) -> dict[str, Any]:
    return {
        "side": side.value if side else None,
        "name": words.foot_of(side) if side else phrase("page-compare_both"),
        "rows": [_row(one) for one in found.measures if one.side is side],
    }


def _row(one: Compared) -> dict[str, str]:
    change = words.ABSENT
    if one.difference is not None:
        low, high = likely(one.key, one.difference)
        spread = phrase("page-compare_likely", low=low, high=high)
        change = f"{amount(one.key, one.difference.value, signed=True)} ({spread})"
    a, b = (words.ABSENT if e is None else amount(one.key, e.value) for e in (one.a, one.b))
    verdict = phrase(f"verdict-{one.verdict}")
    return {
        "name": name_of(one.key),
        "a": a,
        "b": b,
        "change": change,
        "verdict_words": verdict,
        "reason": say(one.reason) if one.verdict == "cannot_tell" else "",
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
