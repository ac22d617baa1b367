"""The store's own rules of its shelf: seen, changed, and given up for those that come with gait. All of it raises GaitError.

Each change is a file of its own (`rules/3.csv` in the data folder), and the latest holds. A file with no rule in it gives up the store's.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gait.errors import GaitError
from gait.model import ShelfRule, ShelfRules
from gait.places import rules_folder
from gait.records import audit
from gait.results.lock import one_writer
from gait.results.place import put
from gait.services.library import WRITER_WAIT_S
from gait.services.settings import latest_rules
from gait.services.store_records import StoreRecords
from gait.shoes.rules import COLUMNS as COLUMNS
from gait.shoes.rules import GIVEN as GIVEN
from gait.shoes.rules import KINDS as KINDS
from gait.shoes.rules import STORE as STORE
from gait.shoes.rules import cells_of as cells_of
from gait.shoes.rules import check_rules, read_cells, read_rules, written
from gait.shoes.shelf import CATEGORIES as CATEGORIES
from gait.shoes.shelf import CUSHIONING as CUSHIONING

Cells = Mapping[str, str]


def as_given(rules: Iterable[ShelfRule]) -> str:
    """The table as a CSV file of what a person writes of each rule."""
    return written(rules, GIVEN)


class RulesDesk:
    """The rules, for whoever is signed in."""

    def __init__(self, records: StoreRecords, who: str = "app") -> None:
        """`who` as the audit log names them."""
        self._records, self._who = records, who
        self._data = records.data

    def now(self) -> ShelfRules:
        """Those that hold."""
        return read_rules(latest_rules(self._data))

    @property
    def version(self) -> int:
        """Of the latest file, whether or not it can be read; 0 where there is none."""
        latest = latest_rules(self._data)
        return int(latest.stem) if latest else 0

    @staticmethod
    def ours() -> ShelfRules:
        """Those that come with gait."""
        return read_rules()

    @staticmethod
    def from_file(file: Path) -> list[dict[str, str]]:
        """The rows of a table that a person wrote. What it says of reasons and sources is not taken."""
        return [{name: row[name] for name in (*GIVEN, "line")} for row in read_cells(file)]

    def checked(self, table: Sequence[Cells], *, noted: bool = True) -> ShelfRules:
        """What the rows come to, as the next version. All that is wrong in them is said at once: GaitError `bad_rules`.

        `noted`: whether the store's own have to say why. Whoever only tries them need not.
        """
        given = [{name: str(row.get(name) or "") for name in (*GIVEN, "line")} for row in table]
        rules, wrong = check_rules(given, (*self.ours().rows, *self._known()))
        told = [said for found in wrong.values() for said in found if noted or said.code != "rule_note"]
        if told:
            raise GaitError("bad_rules", complaints=tuple(told))
        return ShelfRules(rules, self.version + 1)

    def keep(self, table: Sequence[Cells], seen: int | None = None) -> ShelfRules:
        """These hold from now on. `seen`: the version that they were changed from; somebody else's change since is not lost."""
        rules = self.checked(table)
        self._write(rules.rows, rules.version, seen)
        return rules

    def reset(self, seen: int | None = None) -> ShelfRules:
        """Those that come with gait hold from now on, and their later ones when gait is renewed."""
        version = self.version + 1
        self._write((), version, seen)
        return self.now()

    def _write(self, rows: tuple[ShelfRule, ...], version: int, seen: int | None) -> None:
        folder = rules_folder(self._data)
        before = self._known()
        with one_writer(folder, WRITER_WAIT_S):
            if self.version != version - 1 or seen not in (None, version - 1):
                raise GaitError("rules_changed_since")
            with self._records.writing() as at:  # the file last: a change that the log could not take is not made
                if not rows:
                    audit.note(at, self._who, "shelf_rules_reset", "shelf_rules", "", str(version))
                for rule in (one for one in rows if one not in before):
                    changed = f"{rule.feet}.{rule.place}"
                    audit.note(at, self._who, "shelf_rule_changed", "shelf_rules", changed, str(version))
                try:
                    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                    put(folder / f"{version}.csv", written(rows).encode("utf-8"))
                except OSError as error:
                    raise GaitError("cannot_write", folder=str(folder)) from error

    def _known(self) -> tuple[ShelfRule, ...]:
        """Those that hold; none where they cannot be read: whoever puts them right begins with gait's."""
        try:
            return self.now().rows
        except GaitError:
            return ()
