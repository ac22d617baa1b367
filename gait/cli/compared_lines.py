"""A comparison in words for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gait.landmarks import Side

if TYPE_CHECKING:  # they load NumPy: see main
    from gait.comparison.values import Compared, ComparedRun, Comparison


def compared_lines(found: "Comparison") -> Iterator[str]:
    """What is compared, what was not the same, one line a figure, and how many were judged at once."""
    from gait import words
    from gait.comparison.shown import name_of

    yield words.phrase("cli-compared", a=_name(found.a), b=_name(found.b))
    for said in found.conditions:
        yield words.phrase("cli-note", finding=words.say(said))
    width = max(len(name_of(one.key)) for one in found.measures)
    for side in (*Side, None):
        yield words.phrase("cli-compared_foot", side=side.value if side else "both")
        for one in found.measures:
            if one.side is side:
                yield f"  {name_of(one.key):{width}}  {_line(one)}"
    yield words.phrase("cli-compared_many")


def _line(one: "Compared") -> str:
    from gait import words
    from gait.comparison.shown import amount, likely

    verdict = words.phrase(f"verdict-{one.verdict}")
    if one.verdict == "cannot_tell" or one.a is None or one.b is None or one.difference is None:
        return words.phrase("cli-compared_not", verdict=verdict, why=words.say(one.reason))
    low, high = likely(one.key, one.difference)
    values = [f"{amount(one.key, e.value):>8}" for e in (one.a, one.b)]
    change = f"{amount(one.key, one.difference.value, signed=True):>8}"
    told = {"a": values[0], "b": values[1], "change": change, "low": low, "high": high, "verdict": verdict}
    return words.phrase("cli-compared_line", **told).replace("\N{MINUS SIGN}", "-")


def _name(run: "ComparedRun") -> str:
    return f"{run.folder} ({run.shoe_worn})" if run.shoe_worn else run.folder
