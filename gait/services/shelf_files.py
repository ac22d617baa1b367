"""Tables of shoes as other programs write them: CSV or Excel, with columns of any name."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gait.errors import GaitError
from gait.records.letters import plain_letters
from gait.said import Said
from gait.shoes.shelf import ALL, ARCHIVED, COLUMNS, CURRENCY, STOCK, check_cells

LARGEST_BYTES = 20 << 20
MOST_ROWS = 20_000
"""More shoes than any shop has: another table was chosen by mistake."""
EXCEL = (".xlsx", ".xlsm")
ENCODINGS = ("utf-8-sig", "cp1252")
"""The second is what a spreadsheet of an older Windows writes; every byte means something in it."""
MAY_BE_LEFT_OUT = (CURRENCY, STOCK, ARCHIVED)


@dataclass(frozen=True)
class Foreign:
    """A table as it was chosen."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    """By the file's own columns, cells as text."""
    first_line: int = 2
    """Where the first row stands in the file, counted as a spreadsheet does."""


@dataclass(frozen=True)
class Preview:
    """What would come of it."""

    rows: tuple[Mapping[str, str], ...]
    """By the shelf's columns, those that can be taken over."""
    wrong: Mapping[int, Sequence[Said]]
    """By the line in the file: what keeps a row from being taken over."""


def read_foreign(path: Path) -> Foreign:
    """Read it, by its ending. Raises GaitError `bad_shelf_file` when it is no such table."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise GaitError("bad_shelf_file", "large", most=LARGEST_BYTES >> 20)
        table = _excel(path) if path.suffix.lower() in EXCEL else _csv(path)
    except GaitError:
        raise
    except Exception as error:  # whatever a broken or foreign file makes the reader do
        raise GaitError("bad_shelf_file") from error
    table = table.fillna("").astype(str).map(lambda cell: str(cell).strip())
    columns = tuple(str(name).strip() for name in table.columns)
    if len(table) > MOST_ROWS:
        raise GaitError("bad_shelf_file", "rows", most=MOST_ROWS)
    if not len(table) or len(columns) < 2 or len(set(columns)) < len(columns):
        raise GaitError("bad_shelf_file")
    rows = tuple(dict(zip(columns, row, strict=True)) for row in table.itertuples(index=False))
    return Foreign(columns, rows)


def _excel(path: Path) -> pd.DataFrame:
    table = pd.read_excel(path, dtype=object, engine="openpyxl")
    return table.map(_cell)


def _cell(value: object) -> str:
    """As a person reads it in the spreadsheet: 42 and not 42.0."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _csv(path: Path) -> pd.DataFrame:
    data = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        head = text.partition("\n")[0]
        delimiter = max(",;\t", key=head.count)
        rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
        width = len(rows[0]) if rows else 0
        filled = [(row + [""] * width)[:width] for row in rows[1:]]
        return pd.DataFrame(filled, columns=rows[0] if rows else [], dtype=str)
    raise GaitError("bad_shelf_file")


def guess(columns: Sequence[str], kept: Mapping[str, str]) -> dict[str, str]:
    """For each of the shelf's columns the foreign one that it is: as it was said before (`kept`), else the one of the same name. Absent: none."""
    found = {}
    for name in ALL:
        known = kept.get(name, "")
        same = next((one for one in columns if _plain(one) == _plain(name)), "")
        if choice := known if known in columns else same:
            found[name] = choice
    return found


def _plain(name: str) -> str:
    return "".join(letter for letter in plain_letters(name) if letter.isalnum())


def missing(mapping: Mapping[str, str]) -> list[str]:
    """Columns the shelf must have and that no foreign one is."""
    return [name for name in COLUMNS if not mapping.get(name)]


def preview(foreign: Foreign, mapping: Mapping[str, str]) -> Preview:
    """The rows that can be taken over, and every other one with what is wrong in it.

    `mapping` names the foreign column of each of the shelf's; a row whose cells are all empty is no shoe, and left out.
    """
    table = [
        {name: row.get(mapping.get(name, ""), "") for name in ALL} | {"line": str(line)}
        for line, row in enumerate(foreign.rows, foreign.first_line)
    ]
    table = [cells for cells in table if any(cells[name] for name in ALL)]
    _, wrong = check_cells(table)
    good = tuple(cells for cells in table if int(cells["line"]) not in wrong)
    return Preview(good, wrong)
