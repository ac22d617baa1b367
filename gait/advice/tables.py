"""The two tables behind advice: which difference in comfort counts, and how well each sentence is known. Each row has its source."""

import csv
from importlib.resources import files
from typing import cast

from gait.advice.values import ComfortLimits, Evidence, Grade


def comfort_limits() -> ComfortLimits:
    """`comfort_limits.csv` of the package.

    Example:
        >>> comfort_limits()
        ComfortLimits(detectable_mm=6.5, important_mm=9.9)
    """
    found = {row["name"]: float(row["value_mm"]) for row in _rows("comfort_limits.csv")}
    return ComfortLimits(found["detectable"], found["important"])


def evidence() -> dict[str, Evidence]:
    """`evidence.csv` of the package, by the sentence it speaks of."""
    return {row["sentence"]: Evidence(cast(Grade, row["grade"]), row["source"]) for row in _rows("evidence.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((files("gait.data") / name).read_text(encoding="utf-8").splitlines()))
