"""Tables of text as spreadsheets and programs write them: whatever separates the columns, with decimal points or commas."""

import csv
import io
import math
from pathlib import Path

from gait.pose.files.sightings import Unreadable

_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_text(path: Path) -> str:
    """UTF-8 with or without a mark, or UTF-16 with one. Raises Unreadable, OSError."""
    raw = path.read_bytes()
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8-sig")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("text") from error


def read_cells(path: Path) -> list[list[str]]:
    """The rows that are not empty, each cell without the space round it. Raises Unreadable, OSError."""
    text = read_text(path).lstrip()
    head = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != "\t"))
    except csv.Error as error:
        raise Unreadable("text") from error
    return [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]


def cell_number(text: str) -> float:
    """A number with a decimal point or comma; NaN for an empty cell, or one that says NaN. Raises ValueError for anything else.

    Example:
        >>> cell_number("3,5"), cell_number(" 2e2"), cell_number("nan")
        (3.5, 200.0, nan)
    """
    plain = text.strip().replace(",", ".")
    if plain.lower() in ("", "na", "n/a", "null", "none", "-"):
        return math.nan
    if "_" in plain:  # Python would read 1_000
        raise ValueError(text)
    return float(plain)
