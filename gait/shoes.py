"""Reads the store's shelf and picks the three shoes to try first.

The map from label to category is store practice, not proof (`shoes_evidence` in the catalogue): neutral -> neutral; over -> stability; far over
-> motion control where stocked; under -> neutral with cushioning; always a neutral one. Comfort on the run decides.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from scipy.stats import norm

from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import (
    Estimate,
    FootSummary,
    FootVerdict,
    Label,
    Recommendation,
    Shelf,
    Shoe,
    SpeedLimits,
    Suggestion,
)
from gait.said import Said, Value

COLUMNS = ("sku", "brand", "model", "category", "cushioning", "drop_mm", "widths", "sizes", "price", "in_stock")
CURRENCY = "currency"
"""A column that may be left out: what the prices are in, as three letters (EUR) or a sign."""
LONGEST_CURRENCY = 8
CATEGORIES = ("neutral", "stability", "motion-control")
CUSHIONING = ("soft", "medium", "firm")
YES, NO = {"yes", "true", "1", "y"}, {"no", "false", "0", "n"}
MAX_SIZES = 100
"""More sizes than any shoe is made in: a slip in a range such as 3-450."""
SHOES = 3

FAR_OVER_SD = 2.0
"""Far over: beyond mean + 2 SD of runners at the speed. The band is mean ± 1 SD, so its half width is that SD."""
FAR_OVER_PROBABILITY = 0.7
"""As sure as a label has to be (`PronationSettings.min_probability`)."""


@dataclass(frozen=True)
class _Slot:
    """One of the three places: what is looked for, in order, and why."""

    category: str
    cushioning: tuple[str, ...]
    why: Said


def read_shelf(path: Path | None) -> pd.DataFrame:
    """The shelf as a table with `COLUMNS`; `widths` and `sizes` are tuples, `in_stock` is bool. None: the example shelf.

    `CURRENCY` is a column too, empty where the shelf has none.
    Sizes and widths in one cell are separated by ";", sizes may be a range in half sizes ("38-46"). Which size system is the
    store's own choice. `attrs["shelf"]` is "example" or "store". Raises GaitError with all complaints at once.
    """
    source = files("gait.data") / "shelf_example.csv" if path is None else path
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GaitError("bad_shelf", "unreadable", path=str(path)) from error
    lines = text.splitlines()
    header = lines[0] if lines else ""
    reader = csv.DictReader(lines, delimiter=";" if header.count(";") > header.count(",") else ",")
    missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
    if missing:
        raise GaitError("bad_shelf", "columns", missing=", ".join(missing), columns=", ".join(COLUMNS))
    rows: list[dict[str, Any]] = []
    complaints: list[Said] = []
    seen: set[str] = set()
    for raw in reader:
        cells = {c: (raw.get(c) or "").strip() for c in (*COLUMNS, CURRENCY)}
        row = _row(cells, reader.line_num, complaints)
        if cells["sku"] in seen:
            complaints.append(Said("shelf_twice", {"line": reader.line_num, "sku": cells["sku"]}))
        seen.add(cells["sku"])
        rows.append(row)
    if not rows:
        complaints.append(Said("shelf_no_shoe"))
    if complaints:
        raise GaitError("bad_shelf", complaints=tuple(complaints))
    table = pd.DataFrame(rows, columns=[*COLUMNS, CURRENCY])
    table.attrs["shelf"] = "example" if path is None else "store"
    return table


def recommend(
    verdicts: Mapping[Side, FootVerdict],
    summaries: Mapping[Side, FootSummary],
    limits: SpeedLimits,
    shelf: Shelf,
) -> Recommendation:
    """Three shoes of the shelf to try first, fewer where it has not got them. Same input, same shoes."""
    peaks = {side: foot.peak_eversion_deg for side, foot in summaries.items()}
    return recommend_for({side: verdict.label for side, verdict in verdicts.items()}, peaks, limits, shelf)


def recommend_for(
    given: Mapping[Side, Label], known: Mapping[Side, Estimate | None], limits: SpeedLimits, shelf: Shelf
) -> Recommendation:
    """The same for labels and peaks as a finished result has them."""
    labels = {side: given.get(side, "undetermined") for side in Side}
    peaks = {side: peak for side, peak in known.items() if peak is not None}
    far = {side: labels[side] == "over" and _far_over(peaks.get(side), limits) for side in Side}
    slots, remarks = _plan(labels, far, peaks)
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


def _plan(
    labels: Mapping[Side, str], far: Mapping[Side, bool], peaks: Mapping[Side, Estimate]
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
        return [
            _Slot("neutral", ("medium", "soft", "firm"), Said("why_to_begin")),
            _Slot("neutral", ("soft", "firm", "medium"), Said("why_neutral_other_feel")),
            _Slot("stability", ("medium", "soft", "firm"), Said("why_firmer_to_feel")),
        ], remarks
    if over:
        guide = _Slot("stability", ("medium", "soft", "firm"), _firmer(over, peaks))
        other = _Slot("stability", ("soft", "firm", "medium"), Said("why_same_other_feel"))
        plain = _Slot("neutral", ("medium", "firm", "soft"), Said("why_to_compare"))
        if "undetermined" in found:
            return [plain, guide, other], remarks
        if len(over) == 2 and any(far.values()):
            return [_Slot("motion-control", ("firm", "medium", "soft"), _most(over, peaks)), guide, plain], remarks
        if len(over) == 1:
            return [guide, plain, other], remarks
        return [guide, other, plain], remarks
    if "under" in found:
        return [
            _Slot("neutral", ("soft", "medium", "firm"), _cushioned(labels)),
            _Slot("neutral", ("soft", "medium", "firm"), Said("why_cushioned_end")),
            _Slot("neutral", ("medium", "firm", "soft"), Said("why_less_cushioned")),
        ], remarks
    judged = [side for side in Side if labels[side] == "neutral"]
    whose = Said("why_neutral_both") if len(judged) == 2 else Said("why_neutral", {"side": judged[0].value})
    return [
        _Slot("neutral", ("medium", "soft", "firm"), whose),
        _Slot("neutral", ("soft", "firm", "medium"), Said("why_neutral_other_feel")),
        _Slot("neutral", ("firm", "soft", "medium"), Said("why_third")),
    ], remarks


def _pick(stocked: Sequence[Shoe], slot: _Slot, picked: Sequence[Shoe]) -> Shoe | None:
    """The best shoe of the slot's category not taken yet: cushioning, then a new feel, then a new brand, price, sku."""
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


def in_stock(table: pd.DataFrame, size: float | None = None) -> Shelf:
    """What of the shelf's table is in stock, by sku; to be offered are those in that size of the shelf's own system when one is given."""
    keep = table["in_stock"].astype(bool)
    shoes = tuple(
        Shoe(
            sku=str(row["sku"]),
            brand=str(row["brand"]),
            model=str(row["model"]),
            category=str(row["category"]),
            cushioning=str(row["cushioning"]),
            drop_mm=float(row["drop_mm"]),
            widths=tuple(row["widths"]),
            price=float(row["price"]),
            currency=str(row[CURRENCY]),
            sizes=tuple(row["sizes"]),
        )
        for row in table[keep].to_dict("records")
    )
    return Shelf("example" if table.attrs.get("shelf") == "example" else "store", shoes).in_size(size)


def _far_over(peak: Estimate | None, limits: SpeedLimits) -> bool:
    """Whether the true peak surely lies beyond mean + 2 SD of runners at the speed."""
    if peak is None:
        return False
    sd_runners = (limits.over_deg - limits.under_deg) / 2
    far_deg = limits.over_deg + (FAR_OVER_SD - 1) * sd_runners
    error_sd = max(peak.sd, 1e-9)
    return bool(norm.sf((far_deg - peak.value) / error_sd) >= FAR_OVER_PROBABILITY)


def _degrees(over: Sequence[Side], peaks: Mapping[Side, Estimate]) -> dict[Side, float]:
    """How far those of the feet tilt whose peak is known, degrees."""
    return {side: peaks[side].value for side in over if side in peaks}


def _firmer(over: Sequence[Side], known: Mapping[Side, Estimate]) -> Said:
    peaks = _degrees(over, known)
    if len(peaks) == 2:
        return Said("why_firmer_both", {"left_deg": peaks[Side.LEFT], "right_deg": peaks[Side.RIGHT]})
    for side, peak in peaks.items():
        return Said("why_firmer_one", {"side": side.value, "peak_deg": peak})
    return Said("why_firmer")


def _most(over: Sequence[Side], known: Mapping[Side, Estimate]) -> Said:
    peaks = _degrees(over, known)
    if len(peaks) == 2:
        return Said("why_most_both", {"left_deg": peaks[Side.LEFT], "right_deg": peaks[Side.RIGHT]})
    for side, peak in peaks.items():
        return Said("why_most_one", {"side": side.value, "peak_deg": peak})
    return Said("why_most")


def _cushioned(labels: Mapping[Side, str]) -> Said:
    sides = [side.value for side in Side if labels[side] == "under"]
    return Said("why_cushioned_both") if len(sides) == 2 else Said("why_cushioned", {"side": sides[0]})


def _row(cells: Mapping[str, str], line: int, complaints: list[Said]) -> dict[str, Any]:
    """One shoe; what is wrong with it is added to `complaints`."""
    row: dict[str, Any] = dict(cells)
    for name in ("sku", "brand", "model"):
        if not cells[name]:
            complaints.append(Said("shelf_empty", {"line": line, "column": name}))
    row["category"] = cells["category"].lower().replace(" ", "-").replace("_", "-")
    if row["category"] not in CATEGORIES:
        told: dict[str, Value] = {"line": line, "allowed": ", ".join(CATEGORIES), "got": cells["category"]}
        complaints.append(Said("shelf_category", told))
    row["cushioning"] = cells["cushioning"].lower()
    if row["cushioning"] not in CUSHIONING:
        allowed: dict[str, Value] = {"line": line, "allowed": ", ".join(CUSHIONING), "got": cells["cushioning"]}
        complaints.append(Said("shelf_cushioning", allowed))
    for name, high in (("drop_mm", 30.0), ("price", 1e6)):
        value = _number(cells[name])
        if value is None or not 0 <= value <= high:
            wrong: dict[str, Value] = {"line": line, "column": name, "most": high, "got": cells[name]}
            complaints.append(Said("shelf_number", wrong))
        row[name] = value
    if len(cells[CURRENCY]) > LONGEST_CURRENCY:
        complaints.append(Said("shelf_currency", {"line": line, "got": cells[CURRENCY]}))
    row["widths"] = tuple(w.strip() for w in cells["widths"].replace("|", ";").split(";") if w.strip())
    sizes = _sizes(cells["sizes"])
    if not sizes:
        complaints.append(Said("shelf_sizes", {"line": line, "got": cells["sizes"]}))
    row["sizes"] = sizes
    stock = cells["in_stock"].lower()
    if stock not in YES | NO:
        complaints.append(Said("shelf_in_stock", {"line": line, "got": cells["in_stock"]}))
    row["in_stock"] = stock in YES
    return row


def _sizes(text: str) -> tuple[float, ...]:
    """Sizes such as "40;41;42.5" or "38-46" (in half sizes); empty when anything in it is no size."""
    sizes: set[float] = set()
    for part in text.replace("|", ";").split(";"):
        ends = [_number(end) for end in part.split("-")]
        if not part.strip() or len(ends) > 2 or any(end is None or not 0 < end < 400 for end in ends):
            return ()
        low, high = float(ends[0] or 0), float(ends[-1] or 0)
        n = round((high - low) * 2)
        if not 0 <= n <= MAX_SIZES:
            return ()
        sizes |= {low + 0.5 * i for i in range(n + 1)}
    return tuple(sorted(sizes))


def _number(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
