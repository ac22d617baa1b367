"""The computers that share an object store: when each was last seen, what it still owes, and which is gone for good.

A computer is known by the id of its folder of results. A deletion waits for the copies on all of them. One that is gone for good
keeps it waiting until somebody says so: then its rows in `gait.records.held` are hidden, and what it had promised to do is nobody's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from gait.errors import GaitError
from gait.records import held
from gait.records.database import Transaction
from gait.records.ids import now
from gait.records.tables import ComputerRow, HeldRow, JobRow

AT_WORK = timedelta(hours=1)
"""One that was seen so lately is not gone: whoever says so has another one in mind."""
SELDOM = timedelta(minutes=5)
"""So long a computer that is seen again is not written down again."""


@dataclass(frozen=True)
class Computer:
    """One of them."""

    id: str
    called: str
    """Its own name, as its system says it."""
    seen: datetime | None
    """None: since this version is in use it has not been."""
    gone: datetime | None
    to_delete: int
    """Copies there that are still to go; what is known of one that is gone too."""
    only_there: int
    """Results and clips that are nowhere else."""
    waiting: int
    """Analyses that were asked for there and have not ended."""


def saw(at: Transaction, place: str, called: str) -> None:
    """It is at work now."""
    row = at.get(ComputerRow, place) or ComputerRow(place=place)
    row.called, row.seen = called, now()
    at.add(row)
    at.flush()


def is_new(at: Transaction, place: str) -> bool:
    """Whether it is to be written down that it was seen."""
    row = at.get(ComputerRow, place)
    return row is None or now() - row.seen > SELDOM


def is_gone(at: Transaction, place: str) -> bool:
    """Whether somebody said that it is gone for good."""
    row = at.get(ComputerRow, place)
    return row is not None and row.gone is not None


def listed(at: Transaction) -> list[Computer]:
    """All that are known, the one that was seen last first."""
    rows = {row.place: row for row in at.scalars(select(ComputerRow))}
    places = {*rows, *at.scalars(select(HeldRow.place).where(HeldRow.place != held.STORE).distinct())}
    stored = {name for name, one in held.at_place(at, held.STORE).items() if one.digest}
    found = [_value(at, place, rows.get(place), stored) for place in places]
    return sorted(found, key=lambda one: (one.seen is None, -one.seen.timestamp() if one.seen else 0.0, one.id))


def get(at: Transaction, place: str) -> Computer:
    """The one of that id. Raises GaitError when there is none."""
    for one in listed(at):
        if one.id == place:
            return one
    raise GaitError("no_computer")


def at_work_in_store(at: Transaction, place: str) -> list[str]:
    """What that computer had begun to put into the object store."""
    return [name for name, one in held.at_place(at, held.STORE).items() if one.at == place]


def give_up(at: Transaction, place: str) -> Computer:
    """It is gone for good: nothing waits for it any more. How it stood. Raises GaitError.

    What it put into the store at that moment is for the caller to look at (`at_work_in_store`). One that was seen within the hour is at work.
    """
    one = get(at, place)
    if one.seen is not None and now() - one.seen < AT_WORK:
        raise GaitError("computer_at_work")
    row = at.get(ComputerRow, place) or ComputerRow(place=place, seen=now())
    row.gone = row.gone or now()
    at.add(row)
    held.hide(at, place)
    at.execute(delete(JobRow).where(JobRow.place == place))
    at.flush()
    return one


def back(at: Transaction, place: str) -> None:
    """It was not gone after all, and has done what it owed."""
    at.execute(update(ComputerRow).where(ComputerRow.place == place).values(gone=None))
    for name in held.of_hidden(at, place):
        held.gone(at, name, place)


def _value(at: Transaction, place: str, row: ComputerRow | None, stored: set[str]) -> Computer:
    names, hidden = held.at_place(at, place), held.of_hidden(at, place)
    going = sum(one.going for one in names.values())
    # Those of a hidden row are among `names` as well.
    alone = sum(not one.going and name not in stored and name not in hidden for name, one in names.items())
    jobs = select(func.count()).select_from(JobRow).where(JobRow.place == place, JobRow.ended.is_(None))
    return Computer(
        id=place,
        called=row.called if row else "",
        seen=row.seen if row else None,
        gone=row.gone if row else None,
        to_delete=going,
        only_there=alone,
        waiting=at.scalar(jobs) or 0,
    )
