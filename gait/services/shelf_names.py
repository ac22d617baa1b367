"""The names of the store's shoes, to choose from at the counter."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gait.errors import GaitError


@dataclass(frozen=True)
class Known:
    """A shoe of the shelf."""

    sku: str
    category: str


class ShelfNames:
    """The shelf's shoes by name, read again when the file changes."""

    def __init__(self, shelf: Callable[[], Path | None]) -> None:
        """Nothing is read yet. `shelf` gives the table that holds now; None: the example shelf."""
        self._shelf = shelf
        self._read: tuple[tuple[str, int, int], dict[str, Known]] | None = None

    def names(self) -> dict[str, Known]:
        """All of them, sold out or not: a customer may wear one. Empty while the shelf cannot be read; the analysis says why."""
        from gait.shoes import read_shelf  # late: it takes a second

        try:
            shelf = self._shelf()
            state = os.stat(shelf) if shelf else None
            stamp = (str(shelf), state.st_mtime_ns, state.st_size) if state else ("", 0, 0)
            if self._read is None or self._read[0] != stamp:
                table = read_shelf(shelf)
                rows = zip(table["brand"], table["model"], table["sku"], table["category"], strict=True)
                named = {f"{brand} {model}".strip(): Known(sku, category) for brand, model, sku, category in rows}
                self._read = stamp, named
        except (GaitError, OSError):
            return {}
        return self._read[1]
