"""What other rules of the shelf would have done to the visits of the last days: read from their results, and nothing is changed.

Each result is taken with the labels it has and the shelf it kept, and the shoes are chosen twice: by the rules that hold and by the
others. So whatever differs comes of the rules alone.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from gait.errors import GaitError
from gait.model import Recommendation, ShelfRules
from gait.records import comfort, visits
from gait.records.ids import now
from gait.records.values import Run
from gait.results.folder import ResultFolder
from gait.results.result import Judged
from gait.services.advising import feet_of, suggest_again
from gait.services.store_records import StoreRecords
from gait.shoes.rules import KINDS

DAYS = 30


@dataclass(frozen=True)
class OfFeet:
    """Runs of one kind of feet (`gait.shoes.rules.KINDS`)."""

    feet: str
    runs: int
    other_first: int
    """Of them: another shoe would have been the first to try."""
    other_any: int
    """Of them: any of the three would have been another, or in another place."""


@dataclass(frozen=True)
class OtherFirst:
    """How often one shoe would have been the first to try in place of another; empty is no shoe."""

    before: str
    after: str
    runs: int


@dataclass(frozen=True)
class LeftOut:
    """Runs with a result of which nothing can be said."""

    refused: int = 0
    """Their clip was not judged."""
    unrated: int = 0
    """Their shoes are still to be rated, and nobody is told a label before."""
    not_here: int = 0
    """Their result is not on this computer, or cannot be read."""
    no_shelf: int = 0
    """Of before results kept the shelf."""


@dataclass(frozen=True)
class RulesTried:
    """What the others would have done."""

    days: int
    visits: int
    """That had a run of which something can be said."""
    runs: int
    """Of which something can be said."""
    other_first: int
    other_any: int
    of_feet: tuple[OfFeet, ...]
    """By kind of feet, those that there were, in the order of the table of rules."""
    shoes: tuple[OtherFirst, ...]
    """The most frequent first."""
    left_out: LeftOut


def try_rules(
    records: StoreRecords,
    find: Callable[[str], ResultFolder | None],
    now_rules: ShelfRules,
    others: ShelfRules,
    days: int = DAYS,
) -> RulesTried:
    """Choose the shoes of the last days' visits again, by either.

    Args:
        records: Whose visits.
        find: Gives the result of a name, None where it is not on this computer.
        now_rules: Those that hold.
        others: Those to try.
        days: Visits that began no longer ago.

    Raises:
        GaitError: The records do not answer.
    """
    with records.reading() as at:
        found = visits.since(at, now() - timedelta(days=days))
        sealed = comfort.sealed_results(at)
    left: Counter[str] = Counter()
    kinds: dict[str, list[tuple[bool, bool]]] = {}
    shoes: Counter[tuple[str, str]] = Counter()
    of_visits = set()
    for run in (run for visit in found for run in visit.runs if run.result):
        judged, why_not = _judged(run, find, sealed)
        if judged is None or judged.basis is None or judged.basis.shelf is None:
            left[why_not or "no_shelf"] += 1
            continue
        before, after = (suggest_again(judged, judged.basis.shelf, rules) for rules in (now_rules, others))
        other_first = _skus(before)[:1] != _skus(after)[:1]
        kinds.setdefault(feet_of(judged), []).append((other_first, _skus(before) != _skus(after)))
        shoes[_first(before), _first(after)] += other_first
        of_visits.add(run.visit_id)
    of_feet = tuple(
        OfFeet(feet, len(kinds[feet]), *(sum(one) for one in zip(*kinds[feet], strict=True)))
        for feet in KINDS
        if feet in kinds
    )
    changed = sorted(((count, *pair) for pair, count in shoes.items() if count), key=lambda one: (-one[0], *one[1:]))
    return RulesTried(
        days=days,
        visits=len(of_visits),
        runs=sum(one.runs for one in of_feet),
        other_first=sum(one.other_first for one in of_feet),
        other_any=sum(one.other_any for one in of_feet),
        of_feet=of_feet,
        shoes=tuple(OtherFirst(before, after, count) for count, before, after in changed),
        left_out=LeftOut(**left),
    )


def _judged(
    run: Run, find: Callable[[str], ResultFolder | None], sealed: "set[str] | frozenset[str]"
) -> tuple[Judged | None, str]:
    """What that run's result says, or why it is left out."""
    if run.result in sealed:
        return None, "unrated"
    try:
        folder = find(run.result or "")
        if folder is None:
            return None, "not_here"
        return folder.result.judged, "refused" if folder.result.judged is None else ""
    except GaitError:
        return None, "not_here"


def _skus(found: Recommendation) -> list[str]:
    return [one.shoe.sku for one in found.shoes]


def _first(found: Recommendation) -> str:
    return found.shoes[0].shoe.name if found.shoes else ""
