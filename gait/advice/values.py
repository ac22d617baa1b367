"""What advice is made of, and what it comes to, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gait.comparison.values import Compared
from gait.landmarks import Side
from gait.model import Label, Shoe, Suggestion
from gait.said import Said

Stock = Literal["here", "not_here", "own"]
"""In stock in the customer's size; not; or no shoe of the shelf: the customer's own."""
Grade = Literal["moderate", "low", "known", "none"]
"""How far studies bear a sentence out; `known`: it is a fact of this shop, and no study is asked."""
Felt = Literal["alike", "small", "clear"]
"""Two ratings of comfort: no difference that can be told from chance, one that is small, one that matters."""


@dataclass(frozen=True)
class Tried:
    """A shoe that was run in on the visit."""

    run_id: str
    name: str
    comfort_mm: float | None
    """The mean of the four scales, 0 to 100, more is more comfortable; None: not rated."""
    labels: Mapping[Side, Label]
    """As its result says; empty where there is none."""
    peaks_deg: Mapping[Side, float] = field(default_factory=dict)
    """Peak eversion from standing, positive for both feet; a foot whose peak is not known is absent."""
    stock: Stock = "own"
    shoe: Shoe | None = None
    """Of the shelf as it is now; None for any other."""


@dataclass(frozen=True)
class ComfortLimits:
    """From which difference on two ratings differ, and from which on that matters. Millimetres of a scale of 100."""

    detectable_mm: float
    important_mm: float

    def felt(self, by_mm: float) -> Felt:
        """What a difference means, whichever way it goes.

        Example:
            >>> limits = ComfortLimits(6.5, 9.9)
            >>> [limits.felt(mm) for mm in (6.4, -6.5, 9.9)]
            ['alike', 'small', 'clear']
        """
        by_mm = abs(by_mm) + 1e-9  # two decimals of a mean of four do not fall below a limit by how they are added
        return "alike" if by_mm < self.detectable_mm else "small" if by_mm < self.important_mm else "clear"


@dataclass(frozen=True)
class Evidence:
    """How well a sentence is known, and by whom."""

    grade: Grade
    source: str


@dataclass(frozen=True)
class ShoePair:
    """Two shoes against each other."""

    a: Tried
    b: Tried
    felt: Felt | None
    """None: one of them was not rated."""
    comfort_mm: float | None
    """b - a."""
    peaks: Mapping[Side, Compared]
    """The peak of each foot, b - a, with its verdict; empty where one has no result."""


@dataclass(frozen=True)
class Placed:
    """A shoe in its place, with the one sentence that says why it has it."""

    shoe: Tried
    why: Said
    evidence: Evidence


@dataclass(frozen=True)
class Untried:
    """A shoe of the shelf that takes a place nobody has run for yet."""

    suggestion: Suggestion
    why: Said
    evidence: Evidence


@dataclass(frozen=True)
class Advice:
    """The shoes of a visit in order."""

    placed: tuple[Placed, ...]
    untried: tuple[Untried, ...]
    pairs: tuple[ShoePair, ...]
    """Every two shoes that were run in."""
    remarks: tuple[Said, ...]
    decides: Evidence
    """Of the rule that comfort decides."""
