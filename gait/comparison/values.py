"""A comparison of two finished results as a value. Differences are the second run's less the first's: b - a."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from gait.landmarks import Side
from gait.model import Estimate
from gait.said import Said

Verdict = Literal["real", "noise", "cannot_tell"]
RUNS = ("a", "b")


@dataclass(frozen=True)
class ComparedRun:
    """Which result it was."""

    folder: str
    """Its name, without the folders above it."""
    file: str
    sha256: str
    """Of the running clip."""
    standing_sha256: str | None
    version: int
    gait: str
    """The program that made it."""
    runner: str = ""
    shoe_worn: str = ""
    speed_kmh: float | None = None
    created: datetime | None = None


@dataclass(frozen=True)
class Compared:
    """One figure of one foot, or of both feet together."""

    key: str
    """As in analysis.json; its unit is in its name."""
    side: Side | None
    """None: of both feet together."""
    a: Estimate | None
    b: Estimate | None
    difference: Estimate | None
    """b - a between these two runs, with the errors of measuring alone. None where either is."""
    smallest_real: float | None
    """How large the difference must be to be called real, run-to-run noise and the number of figures taken in. None where there is none."""
    verdict: Verdict
    reason: Said


@dataclass(frozen=True)
class Comparison:
    """Two runs, figure by figure."""

    a: ComparedRun
    b: ComparedRun
    measures: tuple[Compared, ...]
    conditions: tuple[Said, ...] = ()
    """What was not the same when the two were filmed or measured, and matters."""

    def measure(self, key: str, side: Side | None = None) -> Compared:
        """One of the figures. Raises KeyError for one that is not compared."""
        for one in self.measures:
            if (one.key, one.side) == (key, side):
                return one
        raise KeyError(key)

    def of_verdict(self, verdict: Verdict) -> Iterator[Compared]:
        """The figures with this verdict, in order."""
        return (one for one in self.measures if one.verdict == verdict)
