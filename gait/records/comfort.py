"""How the shoes of a visit felt, by the four scales of RUN-CAT, asked for before anybody is told a label.

A shoe has a code and a place in a random order from the moment it is asked for. While one of a visit is asked for, the visit is *sealed*.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from gait.errors import GaitError
from gait.records import visits
from gait.records.database import Transaction
from gait.records.ids import now
from gait.records.letters import plain_letters
from gait.records.tables import ComfortRow, RunRow
from gait.records.values import SCALES, ComfortRating, Run, Scale

CODES = "KLMNPRSTVXZ"
"""No A, B or 1, which sound like a first and a second; no letters that are taken for one another."""
LONGEST_MM = 100
"""Of a scale. RUN-CAT's are 100 mm long."""
FEWEST = 2
"""One shoe has none to be compared with."""


def ask(
    at: Transaction, visit_id: str, without: Collection[str] = (), draw: random.Random | None = None
) -> list[ComfortRating]:
    """Ask for each shoe of the visit that has not been asked for, where there are two or more; what is asked for, in order.

    The order of all that are not settled is drawn anew, by `draw` or one that nobody can guess. Nothing is asked where one of the visit
    was skipped. A shoe that was run in twice counts once; those called as one of `without` are not rated, such as bare feet.
    Raises GaitError.
    """
    draw = draw or random.SystemRandom()
    runs = visits.get(at, visit_id).runs
    rows = _rows(at, visit_id)
    if any(row.skipped_by for row in rows):
        return of_visit(at, visit_id)
    shoes = _shoes(runs, {row.run_id for row in rows}, {plain_letters(name) for name in without})
    if len(shoes) < FEWEST:
        return of_visit(at, visit_id)
    known, taken = {row.run_id for row in rows}, {row.code for row in rows}
    for run in (one for one in shoes if one.id not in known):
        pairs = [first + second for first in CODES for second in CODES]
        left = [code for code in CODES if code not in taken] or [code for code in pairs if code not in taken]
        at.add(ComfortRow(run_id=run.id, code=draw.choice(left), position=0))
        at.flush()
        taken = {row.code for row in _rows(at, visit_id)}
    _draw(at, [run.id for run in runs], visit_id, draw)
    return of_visit(at, visit_id)


def _draw(at: Transaction, runs: Sequence[str], visit_id: str, draw: random.Random) -> None:
    """A new order for those that are not settled, after those that are."""
    rows = _rows(at, visit_id)
    first = max((row.position for row in rows if row.settled), default=0) + 1
    left = sorted((row for row in rows if row.settled is None), key=lambda row: runs.index(row.run_id))
    draw.shuffle(left)
    for place, row in enumerate(left, first):
        row.position = place
    at.flush()


def _shoes(runs: Collection[Run], asked: Collection[str], without: Collection[str]) -> list[Run]:
    """One run of each shoe: the one that is asked for, else the first. A run of which no shoe was said is a shoe of its own."""
    found: dict[str, Run] = {}
    for run in runs:
        name = plain_letters(run.shoe)
        if name in without and name:
            continue
        key = name or run.id
        if key not in found or run.id in asked:
            found[key] = run
    return list(found.values())


def of_visit(at: Transaction, visit_id: str) -> list[ComfortRating]:
    """All that is or was asked for, in the order that was drawn."""
    return sorted((_value(row) for row in _rows(at, visit_id)), key=lambda one: one.position)


def rate(at: Transaction, run_id: str, scales_mm: Mapping[Scale, int], when: datetime | None = None) -> ComfortRating:
    """The runner rated that shoe on all four scales. Raises GaitError when it is not asked for, or a mark lies off its scale."""
    if set(scales_mm) != set(SCALES) or not all(0 <= mark <= LONGEST_MM for mark in scales_mm.values()):
        raise GaitError("bad_rating", most=LONGEST_MM)
    row = at.get(ComfortRow, run_id)
    if row is None or row.settled is not None:
        raise GaitError("not_asked")
    for scale in SCALES:
        setattr(row, f"{scale}_mm", int(scales_mm[scale]))
    row.settled = when or now()
    at.flush()
    return _value(row)


def skip(at: Transaction, visit_id: str, who: str, when: datetime | None = None) -> bool:
    """What is still asked for on that visit is not rated; who said so is kept. Whether anything was asked for."""
    left = [row for row in _rows(at, visit_id) if row.settled is None]
    for row in left:
        row.settled, row.skipped_by = when or now(), who
    at.flush()
    return bool(left)


def forget_single(at: Transaction, visit_id: str) -> None:
    """A shoe was taken off the visit: one that is left alone is not asked for any more."""
    rows = _rows(at, visit_id)
    if len(rows) < FEWEST:
        for row in rows:
            if row.settled is None:
                at.delete(row)
    at.flush()


def sealed(at: Transaction) -> set[str]:
    """The visits on which a shoe is still to be rated."""
    asked = select(RunRow.visit_id).join(ComfortRow, ComfortRow.run_id == RunRow.id)
    return set(at.scalars(asked.where(ComfortRow.settled.is_(None))))


def sealed_results(at: Transaction) -> set[str]:
    """The names of all results of those visits, also of those that are to come."""
    found = at.scalars(select(RunRow.result).where(RunRow.visit_id.in_(sealed(at)), RunRow.result.is_not(None)))
    return {name for name in found if name}


def _rows(at: Transaction, visit_id: str) -> list[ComfortRow]:
    asked = select(ComfortRow).join(RunRow, RunRow.id == ComfortRow.run_id).where(RunRow.visit_id == visit_id)
    return list(at.scalars(asked))


def _value(row: ComfortRow) -> ComfortRating:
    marks = {scale: getattr(row, f"{scale}_mm") for scale in SCALES}
    rated = {} if None in marks.values() else marks
    return ComfortRating(row.run_id, row.code, row.position, rated, row.settled, row.skipped_by)
