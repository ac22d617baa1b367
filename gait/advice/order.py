"""`advise()`: the shoes of a visit in order. Comfort decides; where two feel alike, stock and then the label do.

No number stands for all three: a score in which a degree of tilt makes up for some comfort would rest on nothing that was ever measured.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

from gait.advice.values import Advice, ComfortLimits, Evidence, Placed, ShoePair, Tried, Untried
from gait.comparison.values import Compared
from gait.landmarks import Side
from gait.model import Suggestion
from gait.said import Said, Value

SHOES = 3
"""So many are named; what was not run in fills up."""

Peaks = Mapping[tuple[str, str], Mapping[Side, Compared]]
"""By the ids of two runs: the peak of each foot, the second's less the first's."""


def advise(
    tried: Sequence[Tried],
    peaks: Peaks,
    suggested: Sequence[Suggestion],
    limits: ComfortLimits,
    known: Mapping[str, Evidence],
) -> Advice:
    """Put the shoes in order and say why.

    Args:
        tried: The shoes that were run in, in the order of the visit.
        peaks: Of every two of them with results, in that order.
        suggested: Shoes of the shelf that could be run in next, best first; none that was run in.
        limits: From which difference on comfort differs.
        known: How well each sentence is known (`gait.advice.tables.evidence`).

    Returns:
        The most comfortable first. All whose comfort cannot be told from that of the best of those left form one group; within it a shoe that
        is in stock comes before the customer's own and that before one that is not, then one with more feet labelled neutral where
        the difference of that foot is real, then the one that was run in first. Shoes that nobody rated come last.
    """
    placed: list[Placed] = []
    groups = _groups(tried, limits)
    for number, group in enumerate(groups):
        arranged = _arranged(group, tried, peaks)
        for place, shoe in enumerate(arranged):
            if place == 0 and (number or len(group) == 1):
                other = groups[number - 1] if number else groups[1] if len(groups) > 1 else []
                key, why = _alone(shoe, other[0] if other else None, limits)
            else:
                key, why = _among(place, arranged, peaks)
            placed.append(Placed(shoe, why, known[key]))
    left = suggested[: max(0, SHOES - len(placed))]
    return Advice(
        placed=tuple(placed),
        untried=tuple(Untried(one, one.why[0] if one.why else Said("why_third"), known["untried"]) for one in left),
        pairs=tuple(_pair(a, b, peaks, limits) for a, b in combinations(tried, 2)),
        remarks=_remarks(tried),
        decides=known["comfort_decides"],
    )


def _groups(tried: Sequence[Tried], limits: ComfortLimits) -> list[list[Tried]]:
    """Shoes that feel alike, the most comfortable first; those that were not rated are the last group."""
    left = sorted((one for one in tried if one.comfort_mm is not None), key=lambda one: -(one.comfort_mm or 0.0))
    groups = []
    while left:
        best = left[0].comfort_mm or 0.0
        alike = [one for one in left if limits.felt(best - (one.comfort_mm or 0.0)) == "alike"]
        groups.append(alike)
        left = left[len(alike) :]
    unrated = [one for one in tried if one.comfort_mm is None]
    return [*groups, unrated] if unrated else groups


def _arranged(group: Sequence[Tried], tried: Sequence[Tried], peaks: Peaks) -> list[Tried]:
    """A group by what is left to tell its shoes apart."""
    return sorted(group, key=lambda one: (_STOCK[one.stock], -_neutral(one, group, peaks), tried.index(one)))


_STOCK = {"here": 0, "own": 1, "not_here": 2}


def _neutral(one: Tried, group: Sequence[Tried], peaks: Peaks) -> int:
    """How many feet are labelled neutral in it that differ, really, from their label in another shoe of the group."""
    return sum(
        one.labels.get(side) == "neutral"
        and any(
            _verdict(one, other, side, peaks) == "real" and other.labels.get(side) in ("over", "under")
            for other in group
        )
        for side in Side
    )


def _verdict(a: Tried, b: Tried, side: Side, peaks: Peaks) -> str:
    found = peaks.get((a.run_id, b.run_id)) or peaks.get((b.run_id, a.run_id)) or {}
    return found[side].verdict if side in found else "cannot_tell"


def _alone(one: Tried, other: Tried | None, limits: ComfortLimits) -> tuple[str, Said]:
    """The key of its evidence, and the sentence of a shoe that begins a group; `other` is the best of the group above it, or below the first."""
    if one.comfort_mm is None:
        return "unrated_order", Said("advice_unrated")
    if other is None or other.comfort_mm is None:
        return "clear", Said("advice_rated_alone", {"comfort_mm": one.comfort_mm})
    by_mm = one.comfort_mm - other.comfort_mm
    felt = limits.felt(by_mm)
    told: dict[str, Value] = {"than": other.name, "by_mm": abs(by_mm), "felt": felt}
    return felt, Said("advice_more_comfortable", told) if by_mm > 0 else Said("advice_less_comfortable", told)


def _among(place: int, group: Sequence[Tried], peaks: Peaks) -> tuple[str, Said]:
    """The same of a shoe beside which others are that feel alike, or were not rated either."""
    one, other = group[place], group[1] if place == 0 else group[place - 1]
    where = "first" if place == 0 else "after"
    reason = _reason(one, other, group, peaks)
    told: dict[str, Value] = {"than": other.name, "reason": reason, "where": where}
    if one.comfort_mm is None or other.comfort_mm is None:
        return f"unrated_{reason}", Said("advice_unrated_of", told)
    return f"alike_{reason}", Said("advice_alike", {**told, "by_mm": abs(one.comfort_mm - other.comfort_mm)})


def _reason(one: Tried, other: Tried, group: Sequence[Tried], peaks: Peaks) -> str:
    """What told the two apart."""
    if _STOCK[one.stock] != _STOCK[other.stock]:
        return "stock"
    return "label" if _neutral(one, group, peaks) != _neutral(other, group, peaks) else "order"


def _pair(a: Tried, b: Tried, peaks: Peaks, limits: ComfortLimits) -> ShoePair:
    by_mm = None if a.comfort_mm is None or b.comfort_mm is None else b.comfort_mm - a.comfort_mm
    return ShoePair(a, b, None if by_mm is None else limits.felt(by_mm), by_mm, peaks.get((a.run_id, b.run_id), {}))


def _remarks(tried: Sequence[Tried]) -> tuple[Said, ...]:
    rated = [one for one in tried if one.comfort_mm is not None]
    if not rated:
        return (Said("advice_not_rated"),)
    best = max(rated, key=lambda one: one.comfort_mm or 0.0)
    return (Said("advice_own_best"),) if best.stock == "own" and len(rated) > 1 else ()
