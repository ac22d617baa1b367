"""Which kind of shoe is looked for, by the labels of both feet: `gait/data/shelf_rules.csv`, or the store's own table of the same kind.

neutral       both neutral, or one neutral and the other unjudged
under         one or both under-pronating, none over-pronating
over, over_one, over_unsure   both over; one, and the other is judged otherwise; one, and the other could not be judged
far_over      both over, and one far above most
unjudged      neither could be judged

A table has each of the three places for each of these feet once, and for all of them a neutral shoe in one place.
"""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from gait.errors import GaitError
from gait.model import ShelfRule, ShelfRules
from gait.said import Said, Value
from gait.shoes.shelf import CATEGORIES, CUSHIONING

KINDS = ("neutral", "under", "over", "over_one", "over_unsure", "far_over", "unjudged")
PLACES = (1, 2, 3)
GIVEN = ("feet", "place", "category", "cushioning", "drop_mm", "note")
"""What a person writes of a rule. Its reason and its source follow from that: see `check_rules`."""
COLUMNS = (*GIVEN, "why", "source")
STORE = "store"
"""The reason and the source of a store's own rule."""
REASONS = (
    *("neutral", "neutral_other_feel", "third", "cushioned", "cushioned_end", "less_cushioned", "firmer", "same_other_feel"),
    *("to_compare", "most", "to_begin", "firmer_to_feel", STORE),
)  # fmt: skip
"""Which reasons there are: `gait.shoes.choice` says what each says of the feet."""
LARGEST_DROP_MM = 30.0
LONGEST_NOTE = 300

Cells = Mapping[str, str]
Key = tuple[str, int]
"""Feet and place."""


def read_rules(path: Path | None = None) -> ShelfRules:
    """The rules of a file, named by its version (`3.csv`); None: those that come with gait. A file with no rule in it means those too.

    Raises GaitError `bad_rules` with all complaints at once.
    """
    rules, complaints = check_rules(read_cells(path) or read_cells(None), ())
    if complaints:
        raise GaitError("bad_rules", complaints=tuple(said for found in complaints.values() for said in found))
    return ShelfRules(rules, int(path.stem) if path is not None and path.stem.isdecimal() else 0)


def read_cells(path: Path | None) -> list[dict[str, str]]:
    """The cells of the table as they are written, of `COLUMNS`, one that is absent empty; `line` is where each row stands.

    Raises GaitError when it cannot be read, or lacks one of `GIVEN`.
    """
    reader = _reader(path)
    missing = [name for name in GIVEN if name not in (reader.fieldnames or ())]
    if missing:
        raise GaitError("bad_rules", "columns", missing=", ".join(missing), columns=", ".join(GIVEN))
    return [{c: (raw.get(c) or "").strip() for c in COLUMNS} | {"line": str(reader.line_num)} for raw in reader]


def check_rules(
    table: Sequence[Cells], known: Iterable[ShelfRule]
) -> tuple[tuple[ShelfRule, ...], dict[int, list[Said]]]:
    """The rules of the table in the order of `KINDS`, and what is wrong, by line; what misses is wrong in line 0.

    A row without a reason and a source is a person's: where it asks for what a rule of that place among `known` asks for, it has
    those of the first such rule; any other is the store's own, and has to say in its note why.
    """
    before = {(rule.feet, rule.place, *_asked(rule)): rule for rule in reversed(list(known))}
    found: dict[Key, ShelfRule] = {}
    wrong: dict[int, list[Said]] = {}
    for number, cells in enumerate(table, 2):
        line = int(cells.get("line") or number)
        complaints: list[Said] = []
        key = _key(cells, line, complaints)
        if key in found:
            complaints.append(Said("rule_twice", {"line": line, "where": _where(*key)}))
        elif key:
            found[key] = _rule(key, cells, before, complaints)
        if complaints:
            wrong[line] = complaints
    if table and all(said.code == "rule_note" for told in wrong.values() for said in told):
        places = [(feet, place) for feet in KINDS for place in PLACES]
        whole = [Said("rule_missing", {"where": _where(*key)}) for key in places if key not in found]
        for feet in KINDS:
            if not whole and all(found[feet, place].category != "neutral" for place in PLACES):
                whole.append(Said("rule_no_neutral", {"feet": feet}))
        if whole:
            wrong[0] = whole
    order = sorted(found, key=lambda key: (KINDS.index(key[0]), key[1]))
    return tuple(found[key] for key in order), wrong if table else {0: [Said("rule_none")]}


def cells_of(rule: ShelfRule) -> dict[str, str]:
    """The rule as cells of `COLUMNS`."""
    drop = "" if rule.drop_mm is None else f"{rule.drop_mm[0]:g}-{rule.drop_mm[1]:g}"
    told = (
        rule.feet,
        str(rule.place),
        rule.category,
        ";".join(rule.cushioning),
        drop,
        rule.note,
        rule.why,
        rule.source,
    )
    return dict(zip(COLUMNS, told, strict=True))


def written(rules: Iterable[ShelfRule], columns: Sequence[str] = COLUMNS) -> str:
    """The table as a CSV file that a person and a spreadsheet read; with no rule its head alone."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells_of(rule) for rule in rules)
    return text.getvalue()


def _reader(path: Path | None) -> "csv.DictReader[str]":
    source = files("gait.data") / "shelf_rules.csv" if path is None else path
    try:
        lines = source.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GaitError("bad_rules", "unreadable", path=str(path)) from error
    # A cell with several kinds of cushioning has ";" in it, so only the head says what stands between columns.
    comma = not lines or lines[0].count(",") >= lines[0].count(";")
    return csv.DictReader(lines, delimiter="," if comma else ";")


def _key(cells: Cells, line: int, complaints: list[Said]) -> Key | None:
    feet, place = cells.get("feet", "").strip().lower(), cells.get("place", "").strip()
    if feet not in KINDS:
        told: dict[str, Value] = {"line": line, "allowed": ", ".join(KINDS), "got": feet}
        complaints.append(Said("rule_feet_unknown", told))
    if place not in map(str, PLACES):
        complaints.append(Said("rule_place", {"line": line, "got": place}))
    return None if complaints else (feet, int(place))


def _where(feet: str, place: int) -> Said:
    return Said("rule_where", {"feet": feet, "place": place})


def _asked(rule: ShelfRule) -> tuple[object, ...]:
    """What a shoe is looked for by."""
    return rule.category, rule.cushioning, rule.drop_mm


def _rule(key: Key, cells: Cells, before: Mapping[tuple[object, ...], ShelfRule], complaints: list[Said]) -> ShelfRule:
    """One rule; what is wrong with it is added to `complaints`."""
    where = _where(*key)
    category = cells.get("category", "").strip().lower().replace(" ", "-").replace("_", "-")
    if category not in CATEGORIES:
        told: dict[str, Value] = {"where": where, "allowed": ", ".join(CATEGORIES), "got": cells.get("category", "")}
        complaints.append(Said("rule_category", told))
    named = [one.strip() for one in cells.get("cushioning", "").lower().split(";") if one.strip()]
    if any(one not in CUSHIONING for one in named) or len(set(named)) < len(named):
        told = {"where": where, "allowed": ";".join(CUSHIONING), "got": cells.get("cushioning", "")}
        complaints.append(Said("rule_cushioning_order", told))
    cushioning = (*named, *(one for one in CUSHIONING if one not in named))
    drop_mm = _drop(cells.get("drop_mm", ""))
    if drop_mm is None and cells.get("drop_mm", "").strip():
        too_far: dict[str, Value] = {"where": where, "most": LARGEST_DROP_MM, "got": cells["drop_mm"]}
        complaints.append(Said("rule_drop", too_far))
    note = " ".join(cells.get("note", "").split())
    why, source = cells.get("why", ""), cells.get("source", "")
    if not why and not source:
        same = before.get((*key, category, cushioning, drop_mm))
        why, source = (same.why, same.source) if same else (STORE, STORE)
    if why not in REASONS or not source:
        complaints.append(Said("rule_reason", {"where": where, "got": why}))
    if source == STORE and not note and not complaints:
        complaints.append(Said("rule_note", {"where": where}))
    if len(note) > LONGEST_NOTE:
        complaints.append(Said("rule_note_long", {"where": where, "most": LONGEST_NOTE}))
    return ShelfRule(*key, category, cushioning, why, source, drop_mm, note)


def _drop(text: str) -> tuple[float, float] | None:
    """Millimetres such as 8 or 4-8; None when it says nothing, or nothing that can be a drop."""
    try:
        ends = [float(end.strip().replace(",", ".")) for end in text.replace("–", "-").split("-")]
    except ValueError:
        return None
    low, high = ends[0], ends[-1]
    sane = len(ends) <= 2 and all(math.isfinite(end) for end in ends) and 0 <= low <= high <= LARGEST_DROP_MM
    return (low, high) if sane else None
