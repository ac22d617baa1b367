"""Picks the three shoes to try first from the store's shelf.

The map from label to category is store practice, not proof (`shoes_evidence` in the catalogue): neutral -> neutral; over -> stability; far over
-> motion control where stocked; under -> neutral with cushioning; always a neutral one. Comfort on the run decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import norm

from gait.landmarks import Side
from gait.model import (
    Estimate,
    FootSummary,
    FootVerdict,
    Label,
    Recommendation,
    Shelf,
    ShelfRules,
    Shoe,
    SpeedLimits,
    Suggestion,
)
from gait.said import Said, Value
from gait.shoes.rules import read_rules
from gait.shoes.shelf import CUSHIONING

SHOES = 3

OURS = ShelfRules()
"""The rules that come with gait."""

FAR_OVER_SD = 2.0
"""Far over: beyond mean + 2 SD of runners at the speed. The band is mean ± 1 SD, so its half width is that SD."""
FAR_OVER_PROBABILITY = 0.7
"""As sure as a label has to be (`PronationSettings.min_probability`)."""


@dataclass(frozen=True)
class _Slot:
    """One of the three places: what is looked for, in order, and why."""

    category: str
    cushioning: tuple[str, ...]
    drop_mm: tuple[float, float] | None
    why: Said

    def has_drop(self, shoe: Shoe) -> bool:
        """Whether the shoe's drop is one that is wanted; any is where none is."""
        if self.drop_mm is None:
            return True
        return shoe.drop_mm is not None and self.drop_mm[0] <= shoe.drop_mm <= self.drop_mm[1]


def recommend(
    verdicts: Mapping[Side, FootVerdict],
    summaries: Mapping[Side, FootSummary],
    limits: SpeedLimits,
    shelf: Shelf,
    rules: ShelfRules = OURS,
) -> Recommendation:
    """Three shoes of the shelf to try first by these rules, fewer where it has not got them. Same input, same shoes."""
    peaks = {side: foot.peak_eversion_deg for side, foot in summaries.items()}
    return recommend_for({side: verdict.label for side, verdict in verdicts.items()}, peaks, limits, shelf, rules)


def recommend_for(
    given: Mapping[Side, Label],
    known: Mapping[Side, Estimate | None],
    limits: SpeedLimits,
    shelf: Shelf,
    rules: ShelfRules = OURS,
) -> Recommendation:
    """The same for labels and peaks as a finished result has them."""
    labels = {side: given.get(side, "undetermined") for side in Side}
    peaks = {side: peak for side, peak in known.items() if peak is not None}
    slots, remarks = _plan(labels, kind_of_feet(given, known, limits), peaks, rules)
    picked: list[Shoe] = []
    suggested: list[Suggestion] = []
    for slot in slots:
        shoe = _pick(shelf.shoes, slot, picked)
        if shoe is None:
            continue
        picked.append(shoe)
        suggested.append(_suggestion(shoe, slot, labels))
    remarks += _stock_remarks(slots, shelf, len(suggested))
    return Recommendation(
        shoes=tuple(suggested),
        remarks=tuple(remarks),
        evidence=Said("shoes_evidence"),
        evidence_grade="low",
        shelf=shelf.kind,
        size=shelf.size,
    )


def kind_of_feet(given: Mapping[Side, Label], known: Mapping[Side, Estimate | None], limits: SpeedLimits) -> str:
    """Which feet they are, as the table of rules calls them (`gait.shoes.rules.KINDS`)."""
    found = [given.get(side, "undetermined") for side in Side]
    over = found.count("over")
    if over == 2:
        return "far_over" if any(_far_over(known.get(side), limits) for side in Side) else "over"
    if over == 1:
        return "over_unsure" if "undetermined" in found else "over_one"
    if "under" in found:
        return "under"
    return "neutral" if "neutral" in found else "unjudged"


def _plan(
    labels: Mapping[Side, str], feet: str, peaks: Mapping[Side, Estimate], rules: ShelfRules
) -> tuple[list[_Slot], list[Said]]:
    """The three places and what has to be said about them."""
    found = [labels[side] for side in Side]
    over = [side for side in Side if labels[side] == "over"]
    remarks = []
    if labels[Side.LEFT] != labels[Side.RIGHT] and "undetermined" not in found:
        both = {"left": labels[Side.LEFT], "right": labels[Side.RIGHT]}
        remarks.append(Said("feet_differ_lead", {**both, "lead": over[0].value}) if over else Said("feet_differ", both))
    for side in Side:
        if labels[side] == "undetermined" and labels[side.other] != "undetermined":
            remarks.append(Said("foot_unjudged", {"side": side.value}))
    if found == ["undetermined"] * 2:
        remarks.append(Said("neither_judged"))
    why = _reasons(labels, over, peaks)
    places = [rule for rule in rules.rows or read_rules().rows if rule.feet == feet]
    return [_Slot(rule.category, rule.cushioning, rule.drop_mm, why[rule.why]) for rule in places], remarks


def _reasons(labels: Mapping[Side, str], over: Sequence[Side], peaks: Mapping[Side, Estimate]) -> dict[str, Said]:
    """What each rule's reason says of these feet."""
    neutral = [side for side in Side if labels[side] == "neutral"]
    whose = Said("why_neutral", {"side": neutral[0].value}) if len(neutral) == 1 else Said("why_neutral_both")
    return {
        "neutral": whose,
        "neutral_other_feel": Said("why_neutral_other_feel"),
        "third": Said("why_third"),
        "cushioned": _cushioned(labels),
        "cushioned_end": Said("why_cushioned_end"),
        "less_cushioned": Said("why_less_cushioned"),
        "firmer": _guided(over, peaks, most=False),
        "same_other_feel": Said("why_same_other_feel"),
        "to_compare": Said("why_to_compare"),
        "most": _guided(over, peaks, most=True),
        "to_begin": Said("why_to_begin"),
        "firmer_to_feel": Said("why_firmer_to_feel"),
        "store": Said("why_store"),
    }


def _pick(stocked: Sequence[Shoe], slot: _Slot, picked: Sequence[Shoe]) -> Shoe | None:
    """The best shoe of the slot's category not taken yet: a new feel, then cushioning, drop, a new brand, price, sku."""
    taken = {shoe.sku for shoe in picked}
    feels = {(shoe.category, shoe.cushioning) for shoe in picked}
    brands = {shoe.brand for shoe in picked}
    # The nearest thing: the other guiding category never stands in for neutral, neutral stands in for any.
    nearest = {"motion-control": ("stability", "neutral"), "stability": ("neutral",), "neutral": ()}[slot.category]
    for category in (slot.category, *nearest):
        options = [shoe for shoe in stocked if shoe.category == category and shoe.sku not in taken]
        if options:
            return min(
                options,
                key=lambda shoe: (
                    (shoe.category, shoe.cushioning) in feels,
                    slot.cushioning.index(shoe.cushioning) if shoe.cushioning in CUSHIONING else len(CUSHIONING),
                    not slot.has_drop(shoe),
                    shoe.brand in brands,
                    shoe.price or 0.0,
                    shoe.sku,
                ),
            )
    return None


def _suggestion(shoe: Shoe, slot: _Slot, labels: Mapping[Side, str]) -> Suggestion:
    why = [slot.why if shoe.category == slot.category else Said("why_nearest", {"category": slot.category})]
    if shoe.cushioning in CUSHIONING and shoe.drop_mm is not None:
        build: dict[str, Value] = {"cushioning": shoe.cushioning, "drop_mm": shoe.drop_mm}
        why.append(Said("why_build", build))
    why_not = []
    plain_foot = [side.value for side in Side if labels[side] in ("neutral", "under")]
    if shoe.category == "stability":
        why_not.append(Said("why_not_firm"))
        if len(plain_foot) == 1:
            why_not.append(Said("why_not_other_foot", {"side": plain_foot[0]}))
    if shoe.category == "motion-control":
        why_not.append(Said("why_not_stiff"))
    if shoe.category == "neutral" and "over" in labels.values():
        why_not.append(Said("why_not_unguided"))
    return Suggestion(shoe, tuple(why), tuple(why_not))


def _stock_remarks(slots: Sequence[_Slot], shelf: Shelf, n_shoes: int) -> list[Said]:
    wanted = dict.fromkeys([*(slot.category for slot in slots), "neutral"])
    have = {shoe.category for shoe in shelf.shoes}
    missing = [category for category in wanted if category not in have]
    if shelf.size is None:
        if n_shoes == 0:
            return [Said("none_in_stock")]
        few = [Said("few_in_stock", {"shoes": n_shoes})] if n_shoes < SHOES else []
        return [*(Said("none_of_category", {"category": category}) for category in missing), *few]
    size = shelf.size
    if n_shoes == 0:
        return [Said("none_in_stock_in_size", {"size": size})]
    few = [Said("few_in_stock_in_size", {"shoes": n_shoes, "size": size})] if n_shoes < SHOES else []
    return [*(Said("none_of_category_in_size", {"category": category, "size": size}) for category in missing), *few]


def _far_over(peak: Estimate | None, limits: SpeedLimits) -> bool:
    """Whether the true peak surely lies beyond mean + 2 SD of runners at the speed."""
    if peak is None:
        return False
    sd_runners = (limits.over_deg - limits.under_deg) / 2
    far_deg = limits.over_deg + (FAR_OVER_SD - 1) * sd_runners
    error_sd = max(peak.sd, 1e-9)
    return bool(norm.sf((far_deg - peak.value) / error_sd) >= FAR_OVER_PROBABILITY)


def _guided(over: Sequence[Side], known: Mapping[Side, Estimate], *, most: bool) -> Said:
    """Guidance, or the most of it, for those feet, and how far they tilt where that is known."""
    peaks_deg = {side: known[side].value for side in over if side in known}
    if len(peaks_deg) == 2:
        both: dict[str, Value] = {"left_deg": peaks_deg[Side.LEFT], "right_deg": peaks_deg[Side.RIGHT]}
        return Said("why_most_both" if most else "why_firmer_both", both)
    for side, peak_deg in peaks_deg.items():
        one: dict[str, Value] = {"side": side.value, "peak_deg": peak_deg}
        return Said("why_most_one" if most else "why_firmer_one", one)
    return Said("why_most" if most else "why_firmer")


def _cushioned(labels: Mapping[Side, str]) -> Said:
    sides = [side.value for side in Side if labels[side] == "under"]
    return Said("why_cushioned", {"side": sides[0]}) if len(sides) == 1 else Said("why_cushioned_both")
