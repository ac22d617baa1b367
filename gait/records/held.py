"""Where the files of a person lie: which computer, and whether the object store, has a copy of what.

A *thing* is a result folder or a kept clip: `results/NAME` or `clips/FILE`. **Whatever may lie somewhere has a row before it lies there**,
so that a deletion misses no copy: the row goes after the copy is gone. Who puts and fetches is `gait.services.depot`.

Of a computer that is gone for good (`gait.records.computers`) nobody can say so. Its rows then name nothing any more: in place of each
name they have its checksum, so that a deletion does not wait for them, holds no name of a person, and is made good should it come back.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import CursorResult

from gait.records.database import Transaction
from gait.records.ids import new_id
from gait.records.tables import HeldRow

STORE = "store"
"""The place that is no computer: the object store."""
NO_FILM = "no film"
"""The stamp of a hidden row whose film was to go."""
_HIDDEN = "sha256:"
_AT_ONCE = 500


@dataclass(frozen=True)
class Held:
    """A copy of one thing at one place."""

    name: str
    place: str
    digest: str = ""
    """Of all its files; empty: it is not known to be whole there."""
    stamp: str = ""
    """At a computer: how the disk dated what has that digest. At the store: `claim` of the computer that is putting or changing it."""
    bytes: int = 0
    film: bool = False
    """Whether a film is among its files."""
    going: bool = False
    """It is to be deleted there."""

    @property
    def at(self) -> str:
        """At the store: the computer that is putting or changing it; empty: none."""
        return self.stamp.partition(" ")[0]


def claim(place: str) -> str:
    """That computer is at it from now on, and knows by this whether it claimed it again since."""
    return f"{place} {new_id()}"


def note(at: Transaction, one: Held) -> None:
    """That copy is there, or is about to be; what was known of it before is no more. A deletion that was asked for stays."""
    row = at.get(HeldRow, (one.name, one.place)) or HeldRow(name=one.name, place=one.place, going=one.going)
    row.digest, row.stamp, row.bytes, row.film = one.digest, one.stamp, one.bytes, one.film
    at.add(row)
    at.flush()


def get(at: Transaction, name: str, place: str, *, locked: bool = False) -> Held | None:
    """The copy at that place; `locked`: nobody else changes its row until the end of the transaction."""
    row = at.get(HeldRow, (name, place), with_for_update=locked or None, populate_existing=True)
    return _value(row) if row else None


def of(at: Transaction, names: Collection[str]) -> list[Held]:
    """All copies of these things."""
    found: list[Held] = []
    listed = sorted(set(names))
    for first in range(0, len(listed), _AT_ONCE):
        rows = at.scalars(select(HeldRow).where(HeldRow.name.in_(listed[first : first + _AT_ONCE])))
        found += [_value(row) for row in rows]
    return found


def at_place(at: Transaction, place: str) -> dict[str, Held]:
    """All copies there, by name."""
    return {row.name: _value(row) for row in at.scalars(select(HeldRow).where(HeldRow.place == place))}


def anywhere(at: Transaction) -> set[str]:
    """The names of all things that have a copy somewhere."""
    return set(at.scalars(select(HeldRow.name).distinct()))


def going(at: Transaction, places: Sequence[str]) -> list[Held]:
    """What is to be deleted at those places."""
    return [_value(r) for r in at.scalars(select(HeldRow).where(HeldRow.place.in_(places), HeldRow.going.is_(True)))]


def how_many_go(at: Transaction) -> int:
    """How many copies are to be deleted, wherever they are."""
    counted = select(func.count()).select_from(HeldRow).where(HeldRow.going.is_(True))
    return at.scalar(counted.where(HeldRow.name.not_like(f"{_HIDDEN}%"))) or 0


def let_go(at: Transaction, names: Iterable[str]) -> int:
    """All copies of these things are to be deleted, wherever they are; how many of them are at computers that are gone."""
    beyond = 0
    for name in sorted(set(names)):
        # One after another, a computer's before the store's, as a clock locks them: two that lock in different orders wait for each other for ever.
        for row in at.scalars(
            select(HeldRow)
            .where(HeldRow.name == name)
            .order_by(HeldRow.place == STORE, HeldRow.place)
            .with_for_update()
            .execution_options(populate_existing=True)
        ):
            row.going = True
        at.flush()
        beyond += _hidden(at, name, going=True)
    at.flush()
    return beyond


def let_go_film(at: Transaction, names: Iterable[str]) -> int:
    """The films of these results are to be deleted at computers that are gone; how many there may be."""
    return sum(_hidden(at, name, stamp=NO_FILM) for name in names)


def hide(at: Transaction, place: str) -> None:
    """The copies at that computer are named no more."""
    for row in at.scalars(select(HeldRow).where(HeldRow.place == place, HeldRow.name.not_like(f"{_HIDDEN}%"))).all():
        there = at.get(HeldRow, (hidden(row.name), place)) or HeldRow(name=hidden(row.name), place=place)
        there.film, there.going, there.stamp = row.film, row.going or bool(there.going), there.stamp or ""
        at.add(there)
        at.delete(row)
    at.flush()


def hidden(name: str) -> str:
    """What stands in place of that name."""
    return _HIDDEN + hashlib.sha256(name.encode()).hexdigest()


def of_hidden(at: Transaction, place: str) -> dict[str, Held]:
    """The copies at a computer that is gone, by what stands in place of their names."""
    rows = at.scalars(select(HeldRow).where(HeldRow.place == place, HeldRow.name.like(f"{_HIDDEN}%")))
    return {row.name: _value(row) for row in rows}


def gone(at: Transaction, name: str, place: str) -> None:
    """There is no copy there any more."""
    at.execute(delete(HeldRow).where(HeldRow.name == name, HeldRow.place == place))
    at.flush()


def _hidden(at: Transaction, name: str, **values: object) -> int:
    done = at.execute(update(HeldRow).where(HeldRow.name == hidden(name)).values(**values))
    return done.rowcount if isinstance(done, CursorResult) else 0


def _value(row: HeldRow) -> Held:
    return Held(row.name, row.place, row.digest, row.stamp, row.bytes, row.film, row.going)
