"""The shelf as the manager keeps it: seen, changed, taken over from another table. All of it raises GaitError."""

from collections.abc import Mapping, Sequence
from typing import Literal

from gait.errors import GaitError
from gait.records import audit, settings
from gait.results.place import put
from gait.services.settings import StoreSettings
from gait.services.store_records import StoreRecords
from gait.shoes.shelf import ALL as ALL
from gait.shoes.shelf import ARCHIVED as ARCHIVED
from gait.shoes.shelf import CATEGORIES as CATEGORIES
from gait.shoes.shelf import CUSHIONING as CUSHIONING
from gait.shoes.shelf import STOCK, YES, check_cells, read_cells, read_stock, write_stock, written

MAPPED = "shelf_columns"
"""The setting: for each of the shelf's columns the name it had in the table that was taken over last."""
How = Literal["replace", "add"]
"""Whether a table takes the shelf's place, or adds its shoes and brings those up to date that are there, by sku."""
Cells = Mapping[str, str]


class ShelfDesk:
    """The shelf, for whoever is signed in."""

    def __init__(
        self, store: StoreSettings, records: StoreRecords, who: str = "app", staff_id: str | None = None
    ) -> None:
        """`who` as the audit log names them."""
        self._store, self._records, self._who, self._staff_id = store, records, who, staff_id

    @property
    def is_example(self) -> bool:
        """Whether the store has no shelf of its own yet."""
        return self._store.shelf_now is None

    def table(self) -> list[dict[str, str]]:
        """The cells of every shoe as they are kept; those of the example where the store has none."""
        return [{name: row[name] for name in ALL} for row in read_cells(self._store.shelf_now)]

    @staticmethod
    def is_archived(row: Cells) -> bool:
        """Whether that shoe is sold no more."""
        return row.get(ARCHIVED, "").lower() in YES

    def keep(self, table: Sequence[Cells]) -> int:
        """This is the shelf from now on; how many shoes. What is wrong in it is said all at once, and nothing is kept: GaitError `bad_shelf`."""
        rows = [{name: str(row.get(name) or "").strip() for name in ALL} for row in table]
        _, wrong = check_cells(rows)
        if wrong:
            raise GaitError("bad_shelf", complaints=tuple(said for found in wrong.values() for said in found))
        file = self._store.shelf_kept
        with self._records.writing() as at:  # the file last: a change that the log could not take is not made
            audit.note(at, self._who, "shelf_changed", "shelf", "", str(len(rows)))
            try:
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                put(file, written(rows).encode("utf-8"))
            except OSError as error:
                raise GaitError("cannot_write", folder=str(file.parent)) from error
        return len(rows)

    def take_over(self, rows: Sequence[Cells], how: How, mapping: Mapping[str, str]) -> int:
        """Rows of a foreign table, checked already; how many shoes the shelf has then. Its names of columns are kept for the next time."""
        if how == "add" and not self.is_example:
            by_sku = {row["sku"]: row for row in self.table()} | {row["sku"]: dict(row) for row in rows}
            rows = list(by_sku.values())
        count = self.keep(rows)
        with self._records.writing() as at:
            settings.write(at, MAPPED, dict(mapping), staff_id=self._staff_id)
        return count

    def mapped(self) -> dict[str, str]:
        """What the columns were called the last time."""
        with self._records.reading() as at:
            return dict(settings.read(at, MAPPED, {}))

    def pairs(self, sku: str) -> dict[tuple[float, str], int]:
        """Pairs of that shoe by size and width; of every size and width it is made in, 0 where nothing is said."""
        cells = self._shoe(sku)
        (row,), _ = check_cells([cells | {STOCK: "", "in_stock": "yes"}])
        places = {(size, width): 0 for size in row["sizes"] for width in row["widths"] or ("",)}
        return places | (read_stock(cells[STOCK]) or {})

    def count(self, sku: str, pairs: Mapping[tuple[float, str], int]) -> None:
        """So many pairs of that shoe there are."""
        self._shoe(sku)
        there = {place: count for place, count in pairs.items() if count > 0}
        said = {STOCK: write_stock(there), "in_stock": "yes" if there else "no"}
        self.keep([row | said if row["sku"] == sku else row for row in self.table()])

    def _shoe(self, sku: str) -> dict[str, str]:
        found = next((row for row in self.table() if row["sku"] == sku), None)
        if found is None:
            raise GaitError("no_such_shoe", sku=sku)
        return found
