"""Advice for a visit, from what is kept of it: how its shoes were rated, their results compared, and the shelf as it is now."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from gait.advice.order import advise
from gait.advice.tables import comfort_limits, evidence
from gait.advice.values import Advice, Stock, Tried
from gait.comparison.compare import compare
from gait.comparison.values import Compared
from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Estimate, Label, Recommendation, Shelf, ShelfRules, Shoe, SpeedLimits, Suggestion
from gait.records.letters import plain_letters
from gait.records.values import ComfortRating, Run, Visit
from gait.results.folder import ResultFolder
from gait.results.result import Judged
from gait.shoes import in_stock, kind_of_feet, read_rules, read_shelf, recommend_for

PEAK = "peak_eversion_deg"


def advise_visit(
    visit: Visit,
    ratings: Sequence[ComfortRating],
    opened: Callable[[str], ResultFolder | None],
    shelf: Path | None,
    rules: Path | None = None,
) -> Advice:
    """The shoes of that visit in order.

    Args:
        visit: With its runs. A shoe that was run in twice counts once, by its latest result.
        ratings: How they felt.
        opened: Gives the result of a name, and raises GaitError for one that may not be shown.
        shelf: The store's; None for the example.
        rules: The store's own; None for those that come with gait.

    Raises:
        GaitError: A result may not be shown yet, or the shelf or its rules cannot be used.
    """
    table = read_shelf(shelf)
    size = next((run.size for run in reversed(visit.runs) if run.size is not None), None)
    stocked = in_stock(table, size)
    felt = {one.run_id: one.score_mm for one in ratings}
    tried, found = [], {}
    for runs in _shoes(visit.runs):
        last = next((run for run in reversed(runs) if run.result), runs[-1])
        folder = opened(last.result) if last.result else None
        judged = folder.result.judged if folder is not None else None
        if folder is not None and judged is not None:
            found[last.id] = folder, judged
        score = next((mark for run in runs if (mark := felt.get(run.id)) is not None), None)
        tried.append(_tried(last, score, judged, stocked))
    peaks = {
        (a.run_id, b.run_id): _peaks(found[a.run_id][0], found[b.run_id][0])
        for a, b in combinations(tried, 2)
        if a.run_id in found and b.run_id in found
    }
    return advise(tried, peaks, _suggested(tried, found, stocked, read_rules(rules)), comfort_limits(), evidence())


def _shoes(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs of each shoe, in the order of the visit."""
    by_name: dict[str, list[Run]] = {}
    for run in runs:
        by_name.setdefault(plain_letters(run.shoe) or run.id, []).append(run)
    return list(by_name.values())


def _tried(run: Run, score_mm: float | None, judged: Judged | None, shelf: Shelf) -> Tried:
    here = next((one for one in shelf.shoes if run.sku and one.sku == run.sku), None)
    stock: Stock = "own" if not run.sku else "here" if here is not None else "not_here"
    feet = judged.feet if judged is not None else {}
    return Tried(
        run_id=run.id,
        name=run.shoe,
        comfort_mm=score_mm,
        labels={side: foot.label for side, foot in feet.items()},
        peaks_deg={side: foot.peak_eversion_deg.value for side, foot in feet.items() if foot.peak_eversion_deg},
        stock=stock,
        shoe=here or _elsewhere(run.sku, shelf),
    )


def _elsewhere(sku: str, shelf: Shelf) -> Shoe | None:
    return next((one for one in shelf.others if sku and one.sku == sku), None)


def _peaks(a: ResultFolder, b: ResultFolder) -> dict[Side, Compared]:
    try:
        found = compare(a, b)
    except GaitError:
        return {}
    return {side: found.measure(PEAK, side) for side in Side}


def _suggested(
    tried: Sequence[Tried], found: dict[str, tuple[ResultFolder, Judged]], shelf: Shelf, rules: ShelfRules
) -> list[Suggestion]:
    """What the labels in the most comfortable shoe lead to on the shelf and by the rules as they are now."""
    ranked = sorted(tried, key=lambda one: -(one.comfort_mm or 0.0))
    judged = next((found[one.run_id][1] for one in ranked if one.run_id in found), None)
    if judged is None:
        return []
    have = {one.shoe.sku for one in tried if one.shoe is not None}
    left = replace(shelf, shoes=tuple(one for one in shelf.shoes if one.sku not in have))
    return list(suggest_again(judged, left, rules).shoes)


def suggest_again(judged: Judged, shelf: Shelf, rules: ShelfRules) -> Recommendation:
    """What a finished result's labels lead to on another shelf, or by other rules."""
    return recommend_for(*_feet(judged), shelf, rules)


def feet_of(judged: Judged) -> str:
    """Which feet they are, as the table of rules calls them."""
    return kind_of_feet(*_feet(judged))


def _feet(judged: Judged) -> tuple[dict[Side, Label], dict[Side, Estimate | None], SpeedLimits]:
    """Labels, peaks and the band they were held against."""
    labels = {side: foot.label for side, foot in judged.feet.items()}
    peaks = {side: foot.peak_eversion_deg for side, foot in judged.feet.items()}
    printed = judged.reference.limits
    speed_kmh = judged.reference.limits_speed_kmh or judged.reference.speed_kmh or 0.0
    return labels, peaks, SpeedLimits(speed_kmh, printed.under_deg, printed.over_deg, judged.reference.source)
