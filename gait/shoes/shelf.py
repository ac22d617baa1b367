"""The store's shelf as a CSV table: read and checked row by row, and written again.

Beside the columns it must have it may say what the prices are in, how many pairs there are of each size and width, and what is archived.
"""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from gait.errors import GaitError
from gait.model import Shelf, Shoe
from gait.said import Said, Value

COLUMNS = ("sku", "brand", "model", "category", "cushioning", "drop_mm", "widths", "sizes", "price", "in_stock")
CURRENCY = "currency"
"""A column that may be left out: what the prices are in, as three letters (EUR) or a sign."""
STOCK = "stock"
"""A column that may be left out: pairs of each size, and of each width where a shoe has several: "42=2; 42 wide=1; 43=0"."""
ARCHIVED = "archived"
"""A column that may be left out: yes for a shoe that is not sold any more. It is offered to nobody, and its name stays known."""
ALL = (*COLUMNS, CURRENCY, STOCK, ARCHIVED)
LONGEST_CURRENCY = 8
CATEGORIES = ("neutral", "stability", "motion-control")
CUSHIONING = ("soft", "medium", "firm")
YES, NO = {"yes", "true", "1", "y"}, {"no", "false", "0", "n"}
LARGEST_SIZE = 400
"""In millimetres of the foot, the largest numbers that sizes are written in."""
MAX_SIZES = 100
"""More sizes than any shoe is made in: a slip in a range such as 3-450."""


def read_shelf(path: Path | None) -> pd.DataFrame:
    """The shelf as a table with `COLUMNS`; `widths` and `sizes` are tuples, `in_stock` is bool. None: the example shelf.

    `CURRENCY`, `STOCK` and `ARCHIVED` are columns too, empty where the shelf has none. Where a shoe says its stock, its sizes and
    widths are those of which there is a pair.
    Sizes and widths in one cell are separated by ";", sizes may be a range in half sizes ("38-46"). Which size system is the
    store's own choice. `attrs["shelf"]` is "example" or "store". Raises GaitError with all complaints at once.
    """
    rows, complaints = check_cells(read_cells(path))
    if complaints:
        raise GaitError("bad_shelf", complaints=tuple(said for found in complaints.values() for said in found))
    table = pd.DataFrame(rows, columns=list(ALL))
    table.attrs["shelf"] = "example" if path is None else "store"
    return table


def read_cells(path: Path | None) -> list[dict[str, str]]:
    """The cells of the table as they are written, of `ALL` columns; `line` is where each row stands. None: the example shelf.

    Raises GaitError when it cannot be read, or lacks a column.
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
    return [{c: (raw.get(c) or "").strip() for c in ALL} | {"line": str(reader.line_num)} for raw in reader]


def check_cells(table: Sequence[Mapping[str, str]]) -> tuple[list[dict[str, Any]], dict[int, list[Said]]]:
    """Each row as `read_shelf` has it, and what is wrong, by line. A table without a shoe is wrong in line 0."""
    rows: list[dict[str, Any]] = []
    wrong: dict[int, list[Said]] = {}
    seen: set[str] = set()
    for number, given in enumerate(table, 2):
        cells = {c: given.get(c, "") for c in ALL}
        line = int(given.get("line") or number)
        complaints: list[Said] = []
        rows.append(_row(cells, line, complaints))
        if cells["sku"] in seen:
            complaints.append(Said("shelf_twice", {"line": line, "sku": cells["sku"]}))
        seen.add(cells["sku"])
        if complaints:
            wrong[line] = complaints
    return rows, wrong if rows else {0: [Said("shelf_no_shoe")]}


def written(table: Sequence[Mapping[str, str]]) -> str:
    """The table as a CSV file that a person and a spreadsheet read."""
    text = io.StringIO()
    writer = csv.DictWriter(text, ALL, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()


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
    for name in ("in_stock", ARCHIVED):
        said = cells[name].lower() or ("no" if name == ARCHIVED else "")
        if said not in YES | NO:
            complaints.append(Said("shelf_yes_no", {"line": line, "column": name, "got": cells[name]}))
        row[name] = said in YES
    if cells[STOCK]:
        counted = read_stock(cells[STOCK])
        if counted is None:
            complaints.append(Said("shelf_stock", {"line": line, "got": cells[STOCK]}))
        pairs = [place for place, count in (counted or {}).items() if count > 0]
        row["sizes"] = tuple(sorted({size for size, _ in pairs}))
        row["widths"] = tuple(dict.fromkeys(width for _, width in pairs if width)) or row["widths"]
        row["in_stock"] = row["in_stock"] and bool(pairs)
    row["in_stock"] = row["in_stock"] and not row[ARCHIVED]
    return row


def read_stock(text: str) -> dict[tuple[float, str], int] | None:
    """Pairs by size and width, the width empty where none is said; None when it cannot be read.

    Example:
        >>> read_stock("42=2; 42,5 wide=1")
        {(42.0, ''): 2, (42.5, 'wide'): 1}
        >>> read_stock("42") is None
        True
    """
    found: dict[tuple[float, str], int] = {}
    for part in (one for one in text.split(";") if one.strip()):
        place, _, count = part.partition("=")
        size, _, width = place.strip().partition(" ")
        number = _number(size)
        if number is None or not 0 < number < LARGEST_SIZE or not count.strip().isdecimal():
            return None
        found[number, width.strip()] = int(count)
    return found


def write_stock(pairs: Mapping[tuple[float, str], int]) -> str:
    """The same as a cell.

    Example:
        >>> write_stock({(42.5, "wide"): 1, (42.0, ""): 2})
        '42=2; 42.5 wide=1'
    """
    return "; ".join(
        f"{size:g}{f' {width}' if width else ''}={count}" for (size, width), count in sorted(pairs.items())
    )


def _sizes(text: str) -> tuple[float, ...]:
    """Sizes such as "40;41;42.5" or "38-46" (in half sizes); empty when anything in it is no size."""
    sizes: set[float] = set()
    for part in text.replace("|", ";").split(";"):
        ends = [_number(end) for end in part.split("-")]
        if not part.strip() or len(ends) > 2 or any(end is None or not 0 < end < LARGEST_SIZE for end in ends):
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
