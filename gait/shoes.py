"""The store's shelf and the three shoes to try first.

The map from label to category is store practice, not proof (see `EVIDENCE`): neutral -> neutral; over -> stability; far over
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
from gait.model import FootSummary, FootVerdict, Recommendation, Shelf, Shoe, SpeedLimits, Suggestion

COLUMNS = ("sku", "brand", "model", "category", "cushioning", "drop_mm", "widths", "sizes", "price", "in_stock")
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

NOTE = "This picks shoes to try first. Comfort on the run decides."
EVIDENCE = (
    "Evidence for matching shoes to feet: low. A Cochrane review (Relph 2022) found that shoes chosen by foot posture probably "
    "make little or no difference to injury; for stability and motion control against neutral shoes it is uncertain. "
    "So the label only sets the order of trying."
)

_CATEGORY_WORDS = {"neutral": "neutral", "stability": "stability", "motion-control": "motion-control"}


@dataclass(frozen=True)
class _Slot:
    """One of the three places: what is looked for, in order, and why."""

    category: str
    cushioning: tuple[str, ...]
    why: str


def read_shelf(path: Path | None) -> pd.DataFrame:
    """The shelf as a table with `COLUMNS`; `widths` and `sizes` are tuples, `in_stock` is bool. None: the example shelf.

    Sizes and widths in one cell are separated by ";", sizes may be a range in half sizes ("38-46"). Which size system is the
    store's own choice. `attrs["shelf"]` is "example" or "store". Raises GaitError with all complaints at once.
    """
    source = files("gait.data") / "shelf_example.csv" if path is None else path
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GaitError(
            f"The shelf {path} cannot be read.", "Save it as a CSV file in UTF-8 and choose it again.", "bad_shelf"
        ) from error
    lines = text.splitlines()
    header = lines[0] if lines else ""
    reader = csv.DictReader(lines, delimiter=";" if header.count(";") > header.count(",") else ",")
    missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
    if missing:
        raise GaitError(
            f"The shelf has no column {', '.join(missing)}.", f"Its columns must be {', '.join(COLUMNS)}.", "bad_shelf"
        )
    rows: list[dict[str, Any]] = []
    complaints: list[str] = []
    seen: set[str] = set()
    for raw in reader:
        cells = {c: (raw[c] or "").strip() for c in COLUMNS}
        where = f"line {reader.line_num}"
        row = _row(cells, where, complaints)
        if cells["sku"] in seen:
            complaints.append(f"{where}: sku {cells['sku']} is there twice")
        seen.add(cells["sku"])
        rows.append(row)
    if not rows:
        complaints.append("there is no shoe")
    if complaints:
        raise GaitError(f"The shelf cannot be used: {'; '.join(complaints)}.", "Edit these lines.", "bad_shelf")
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table.attrs["shelf"] = "example" if path is None else "store"
    return table


def recommend(
    verdicts: Mapping[Side, FootVerdict],
    summaries: Mapping[Side, FootSummary],
    limits: SpeedLimits,
    shelf: Shelf,
) -> Recommendation:
    """Three shoes of the shelf to try first, fewer where it has not got them. Same input, same shoes."""
    labels = {side: verdicts[side].label if side in verdicts else "undetermined" for side in Side}
    far = {side: labels[side] == "over" and _far_over(summaries.get(side), limits) for side in Side}
    slots, remarks = _plan(labels, far, summaries)
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
        note=" ".join([NOTE, *remarks]),
        remarks=tuple(remarks),
        evidence=EVIDENCE,
        evidence_grade="low",
        shelf=shelf.kind,
        size=shelf.size,
    )


def _plan(
    labels: Mapping[Side, str], far: Mapping[Side, bool], summaries: Mapping[Side, FootSummary]
) -> tuple[list[_Slot], list[str]]:
    """The three places and what has to be said about them."""
    found = [labels[side] for side in Side]
    over = [side for side in Side if labels[side] == "over"]
    remarks = []
    if labels[Side.LEFT] != labels[Side.RIGHT] and "undetermined" not in found:
        said = f"Your feet differ: left {_label_words(found[0])}, right {_label_words(found[1])}."
        lead = f" The {over[0].value} foot, which tilts in more, sets the order." if over else ""
        remarks.append(said + lead)
    for side in Side:
        if labels[side] == "undetermined" and labels[side.other] != "undetermined":
            remarks.append(f"The {side.value} foot could not be judged, so a neutral shoe comes first.")
    compare = "A neutral shoe without guiding parts, to compare with: if it feels best on the run, take it."
    if found == ["undetermined"] * 2:
        remarks.append(
            "Neither foot could be judged, so these three simply differ from each other: let comfort decide."
        )
        return [
            _Slot("neutral", ("medium", "soft", "firm"), "A middle-of-the-road neutral shoe to begin with."),
            _Slot("neutral", ("soft", "firm", "medium"), "Neutral too, with a different feel underfoot."),
            _Slot("stability", ("medium", "soft", "firm"), "A firmer inner side, to feel the difference."),
        ], remarks
    if over:
        tilt = _tilt_words(over, summaries)
        guide = _Slot(
            "stability", ("medium", "soft", "firm"), f"A firmer inner side guides a heel that tilts in; {tilt}."
        )
        other = _Slot("stability", ("soft", "firm", "medium"), "The same idea with a different feel underfoot.")
        plain = _Slot("neutral", ("medium", "firm", "soft"), compare)
        if "undetermined" in found:
            return [plain, guide, other], remarks
        if len(over) == 2 and any(far.values()):
            most = _Slot(
                "motion-control", ("firm", "medium", "soft"), f"The most guidance on the shelf; {tilt}, far above most."
            )
            return [most, guide, plain], remarks
        if len(over) == 1:
            return [guide, plain, other], remarks
        return [guide, other, plain], remarks
    if "under" in found:
        why = f"Cushioned and neutral: nothing on the inner side pushes against {_under_words(labels)}."
        return [
            _Slot("neutral", ("soft", "medium", "firm"), why),
            _Slot("neutral", ("soft", "medium", "firm"), "Neutral too, from the cushioned end of the shelf."),
            _Slot("neutral", ("medium", "firm", "soft"), "A neutral shoe with less cushioning, to compare with."),
        ], remarks
    judged = [side for side in Side if labels[side] == "neutral"]
    whose = "both heels move" if len(judged) == 2 else f"your {judged[0].value} heel moves"
    return [
        _Slot("neutral", ("medium", "soft", "firm"), f"Neutral, as {whose} within the middle range of runners."),
        _Slot("neutral", ("soft", "firm", "medium"), "Neutral too, with a different feel underfoot."),
        _Slot("neutral", ("firm", "soft", "medium"), "Neutral too, so that you have three to compare."),
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
    why = [slot.why if shoe.category == slot.category else f"The nearest in stock to a {slot.category} shoe."]
    if shoe.cushioning and shoe.drop_mm is not None:
        why.append(f"{shoe.cushioning.capitalize()} cushioning, {shoe.drop_mm:g} mm drop.")
    why_not = []
    plain_foot = [side.value for side in Side if labels[side] in ("neutral", "under")]
    if shoe.category == "stability":
        why_not.append("Some runners notice the firmer inner side and do not like it.")
        if len(plain_foot) == 1:
            why_not.append(
                f"Your {plain_foot[0]} heel tilts no further than most; the firm side is there for the other one."
            )
    if shoe.category == "motion-control":
        why_not.append("Usually the stiffest kind. In one small trial (Ryan 2011, 81 runners) it brought more pain.")
    if shoe.category == "neutral" and "over" in labels.values():
        why_not.append("It leaves your heel to tilt as it does now, which may be just what feels best.")
    return Suggestion(shoe, tuple(why), tuple(why_not))


def _stock_remarks(slots: Sequence[_Slot], shelf: Shelf, n_shoes: int) -> list[str]:
    in_size = f" in size {shelf.size:g}" if shelf.size is not None else ""
    wanted = dict.fromkeys([*(slot.category for slot in slots), "neutral"])
    have = {shoe.category for shoe in shelf.shoes}
    remarks = [f"No {_CATEGORY_WORDS[c]} shoe is in stock{in_size}." for c in wanted if c not in have]
    if n_shoes == 0:
        return [f"No shoe on the shelf is in stock{in_size}."]
    if n_shoes < SHOES:
        remarks.append(f"Only {n_shoes} suitable shoe{'s are' if n_shoes > 1 else ' is'} in stock{in_size}.")
    return remarks


def in_stock(table: pd.DataFrame, size: float | None = None) -> Shelf:
    """What of the shelf's table could be offered: in stock, and in that size of the shelf's own system when one is given."""
    keep = table["in_stock"].astype(bool)
    if size is not None:
        keep &= table["sizes"].map(lambda sizes: any(abs(s - size) < 0.01 for s in sizes)).astype(bool)
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
        )
        for row in table[keep].to_dict("records")
    )
    return Shelf("example" if table.attrs.get("shelf") == "example" else "store", shoes, size)


def _far_over(foot: FootSummary | None, limits: SpeedLimits) -> bool:
    """Whether the true peak surely lies beyond mean + 2 SD of runners at the speed."""
    if foot is None or foot.peak_eversion_deg is None:
        return False
    peak = foot.peak_eversion_deg
    sd_runners = (limits.over_deg - limits.under_deg) / 2
    far_deg = limits.over_deg + (FAR_OVER_SD - 1) * sd_runners
    error_sd = max(peak.sd, 1e-9)
    return bool(norm.sf((far_deg - peak.value) / error_sd) >= FAR_OVER_PROBABILITY)


def _tilt_words(over: Sequence[Side], summaries: Mapping[Side, FootSummary]) -> str:
    parts = []
    for side in over:
        foot = summaries.get(side)
        if foot is not None and foot.peak_eversion_deg is not None:
            parts.append(f"your {side.value} one by about {foot.peak_eversion_deg.value:.0f}°")
    return " and ".join(parts) or "yours do more than most"


def _label_words(label: str) -> str:
    return {"neutral": "neutral", "over": "over-pronating", "under": "under-pronating"}.get(label, "not judged")


def _under_words(labels: Mapping[Side, str]) -> str:
    sides = [side.value for side in Side if labels[side] == "under"]
    return "heels that tilt in little" if len(sides) == 2 else f"your {sides[0]} heel, which tilts in little"


def _row(cells: Mapping[str, str], where: str, complaints: list[str]) -> dict[str, Any]:
    """One shoe; what is wrong with it is added to `complaints`."""
    row: dict[str, Any] = dict(cells)
    for name in ("sku", "brand", "model"):
        if not cells[name]:
            complaints.append(f"{where}: {name} is empty")
    row["category"] = cells["category"].lower().replace(" ", "-").replace("_", "-")
    if row["category"] not in CATEGORIES:
        complaints.append(f"{where}: category must be one of {', '.join(CATEGORIES)}. Got {cells['category']!r}")
    row["cushioning"] = cells["cushioning"].lower()
    if row["cushioning"] not in CUSHIONING:
        complaints.append(f"{where}: cushioning must be one of {', '.join(CUSHIONING)}. Got {cells['cushioning']!r}")
    for name, high in (("drop_mm", 30.0), ("price", 1e6)):
        value = _number(cells[name])
        if value is None or not 0 <= value <= high:
            complaints.append(f"{where}: {name} must be a number from 0 to {high:g}. Got {cells[name]!r}")
        row[name] = value
    row["widths"] = tuple(w.strip() for w in cells["widths"].replace("|", ";").split(";") if w.strip())
    sizes = _sizes(cells["sizes"])
    if not sizes:
        complaints.append(f"{where}: sizes must be numbers such as 40;41;42.5 or 38-46. Got {cells['sizes']!r}")
    row["sizes"] = sizes
    stock = cells["in_stock"].lower()
    if stock not in YES | NO:
        complaints.append(f"{where}: in_stock must be yes or no. Got {cells['in_stock']!r}")
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
