"""Visits and their runs: started, left and taken up again on any device, finished, and walk-ins that go in the evening."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import joinedload, selectinload

from gait.errors import GaitError
from gait.records import customers, texts
from gait.records.database import Transaction
from gait.records.ids import is_id, new_id, now
from gait.records.tables import CustomerRow, PurchaseRow, RunRow, VisitRow
from gait.records.values import LabelSummary, Run, Visit

COMFORT = (0, 10)
LONGEST_NOTE = 2000
LONGEST_SHOE = 200
"""Of a shoe's name, and of a device's."""
_AT_ONCE = 1000
"""A question takes so many names; SQLite would not take all of a large store's."""
_SIDES = ("left", "right")


def start(
    at: Transaction,
    customer_id: str | None = None,
    *,
    device: str = "",
    staff_id: str | None = None,
    started: datetime | None = None,
) -> Visit:
    """A new visit, of a customer or (None) of a walk-in. Raises GaitError when there is no such customer."""
    whose = customers.get(at, customer_id).id if customer_id is not None else None
    begun = started or now()
    row = VisitRow(
        id=new_id(),
        customer_id=whose,
        state="open",
        started=begun,
        device=texts.line(device, LONGEST_SHOE),
        staff_id=staff_id,
    )
    at.add(row)
    at.flush()
    return get(at, row.id)


def get(at: Transaction, visit_id: str) -> Visit:
    """The visit with its runs. Raises GaitError when there is none."""
    found = _values(at, select(VisitRow).where(VisitRow.id == visit_id)) if is_id(visit_id) else []
    if not found:
        raise GaitError("no_visit")
    return found[0]


def unfinished(at: Transaction, limit: int = 50) -> list[Visit]:
    """Visits that somebody left open, the newest first: any device of the store takes them up again by `get`."""
    return _values(at, select(VisitRow).where(VisitRow.state == "open").order_by(VisitRow.started.desc()).limit(limit))


def latest(at: Transaction, limit: int = 50, before: datetime | None = None) -> list[Visit]:
    """The newest visits, or those that began before a moment, the newest first."""
    asked = select(VisitRow).order_by(VisitRow.started.desc()).limit(limit)
    return _values(at, asked.where(VisitRow.started < before) if before else asked)


def since(at: Transaction, when: datetime) -> list[Visit]:
    """All visits that began at that moment or later, the newest first."""
    return _values(at, select(VisitRow).where(VisitRow.started >= when).order_by(VisitRow.started.desc()))


def of_customer(at: Transaction, customer_id: str) -> list[Visit]:
    """All visits of a customer, the newest first. Raises GaitError when there is no such customer."""
    whose = customers.get(at, customer_id).id
    return _values(at, select(VisitRow).where(VisitRow.customer_id == whose).order_by(VisitRow.started.desc()))


def finish(at: Transaction, visit_id: str, *, finished: datetime | None = None) -> Visit:
    """The customer has left. A finished visit stays as it is. Raises GaitError."""
    row = _row(at, visit_id)
    if row.state != "finished":
        row.state, row.finished = "finished", finished or now()
    at.flush()
    return get(at, visit_id)


def reopen(at: Transaction, visit_id: str) -> Visit:
    """It was finished too soon. Raises GaitError."""
    row = _row(at, visit_id)
    row.state, row.finished = "open", None
    at.flush()
    return get(at, visit_id)


def give_name(at: Transaction, visit_id: str, customer_id: str) -> Visit:
    """The walk-in is this customer, or the visit was begun for another one. Raises GaitError."""
    row = _row(at, visit_id)
    row.customer_id = customers.get(at, customer_id).id
    at.flush()
    at.expire(row)
    return get(at, visit_id)


def keep(at: Transaction, visit_id: str, kept: bool = True) -> Visit:
    """A walk-in's visit is not deleted in the evening, or (False) is after all. Raises GaitError."""
    _row(at, visit_id).kept = kept
    at.flush()
    return get(at, visit_id)


def note(at: Transaction, visit_id: str, text: str) -> Visit:
    """What staff write down. Raises GaitError."""
    _row(at, visit_id).note = texts.paragraphs(text, LONGEST_NOTE)
    at.flush()
    return get(at, visit_id)


def walk_ins_due(at: Transaction, evening: datetime) -> list[Visit]:
    """Walk-ins that began before that moment and that nobody keeps; the caller deletes their files, then calls `delete_row`.

    A visit that was made again from result folders is not among them: whether somebody kept it is not known.
    """
    due = select(VisitRow).where(VisitRow.customer_id.is_(None), VisitRow.started < evening)
    return _values(at, due.where(VisitRow.kept.is_(False), VisitRow.rebuilt.is_(False)).order_by(VisitRow.started))


def delete_row(at: Transaction, visit_id: str) -> None:
    """The visit with its runs and consents; nothing when there is none. The files are the caller's."""
    customers.loosen_purchases(at, [visit_id])
    at.execute(delete(VisitRow).where(VisitRow.id == visit_id))
    at.expire_all()


def add_run(
    at: Transaction,
    visit_id: str,
    *,
    shoe: str = "",
    sku: str = "",
    category: str = "",
    size: float | None = None,
    speed_kmh: float | None = None,
    clip: str | None = None,
    standing: str | None = None,
    created: datetime | None = None,
) -> Run:
    """One more run of the visit, without a result yet. Raises GaitError when there is no such visit."""
    visit = _row(at, visit_id)
    last = at.scalar(select(func.max(RunRow.position)).where(RunRow.visit_id == visit.id)) or 0
    row = RunRow(id=new_id(), visit_id=visit.id, position=last + 1, created=created or now(), clip=clip)
    row.shoe, row.size = texts.line(shoe, LONGEST_SHOE), size
    row.sku, row.category = texts.line(sku, LONGEST_SHOE), texts.line(category, LONGEST_SHOE)
    row.speed_kmh, row.standing = speed_kmh, standing
    at.add(row)
    at.flush()
    return run_value(row)


def run(at: Transaction, run_id: str) -> Run:
    """The run of that id. Raises GaitError when there is none."""
    return run_value(_run(at, run_id))


def run_of_result(at: Transaction, result: str) -> Run | None:
    """The run whose result folder has that name, or is to have it."""
    row = at.scalar(select(RunRow).where(RunRow.result == result))
    return run_value(row) if row else None


def files_named(at: Transaction) -> tuple[set[str], set[str]]:
    """The names of all results, also of those that are to come, and of all kept clips."""
    clips = (*at.scalars(select(RunRow.clip)), *at.scalars(select(RunRow.standing)))
    results = at.scalars(select(RunRow.result).where(RunRow.result.is_not(None)))
    return {name for name in results if name}, {name for name in clips if name}


def runs_of_results(at: Transaction, results: Sequence[str]) -> dict[str, Run]:
    """By the result folder's name: the runs of those that have one."""
    found: dict[str, Run] = {}
    for first in range(0, len(results), _AT_ONCE):
        rows = at.scalars(select(RunRow).where(RunRow.result.in_(results[first : first + _AT_ONCE])))
        found |= {row.result: run_value(row) for row in rows if row.result}
    return found


def customers_of_results(at: Transaction, results: Sequence[str]) -> dict[str, str]:
    """By the result folder's name: the customer's, of those that belong to a customer's visit."""
    found: dict[str, str] = {}
    asked = select(RunRow.result, CustomerRow.name).join(VisitRow, RunRow.visit_id == VisitRow.id)
    asked = asked.join(CustomerRow, VisitRow.customer_id == CustomerRow.id)
    for first in range(0, len(results), _AT_ONCE):
        rows = at.execute(asked.where(RunRow.result.in_(results[first : first + _AT_ONCE])))
        found |= {result: name for result, name in rows if result}
    return found


def set_shoe(
    at: Transaction, run_id: str, shoe: str, *, sku: str = "", category: str = "", size: float | None = None
) -> Run:
    """Which shoe was worn. Raises GaitError."""
    row = _run(at, run_id)
    row.shoe, row.size = texts.line(shoe, LONGEST_SHOE), size
    row.sku, row.category = texts.line(sku, LONGEST_SHOE), texts.line(category, LONGEST_SHOE)
    at.flush()
    return run_value(row)


def set_comfort(at: Transaction, run_id: str, comfort: int | None) -> Run:
    """How the runner liked it, 0 to 10; None: not asked. Raises GaitError."""
    if comfort is not None and not COMFORT[0] <= comfort <= COMFORT[1]:
        raise GaitError("bad_comfort", least=COMFORT[0], most=COMFORT[1])
    row = _run(at, run_id)
    row.comfort = comfort
    at.flush()
    return run_value(row)


def set_clips(at: Transaction, run_id: str, clip: str | None, standing: str | None) -> Run:
    """The names of the kept clips; None: it is kept no more. Raises GaitError."""
    row = _run(at, run_id)
    row.clip, row.standing = clip, standing
    at.flush()
    return run_value(row)


def expect(at: Transaction, run_id: str, result: str) -> Run:
    """A result of that name is to come: said before it is written, so that it has a record from its first moment.

    Whoever is killed before `attach` leaves a run that `gait.records.folders.settle` finishes or offers again. Raises GaitError.
    """
    row = _run(at, run_id)
    _no_other(at, row, result)
    row.result, row.version = result, 0
    at.flush()
    return run_value(row)


def awaited(at: Transaction) -> list[Run]:
    """Runs whose result is to come."""
    return [run_value(r) for r in at.scalars(select(RunRow).where(RunRow.result.is_not(None), RunRow.version == 0))]


def attach(
    at: Transaction,
    run_id: str,
    result: str,
    summary: LabelSummary,
    *,
    made: datetime,
    method: str,
    version: int,
    speed_kmh: float | None = None,
    shoe: str = "",
    size: float | None = None,
) -> Run:
    """The run has that result, or its result was corrected: lists show this summary. Raises GaitError.

    What the result does not say of speed, shoe and size stays as it was.

    `gait.records.folders.attach` reads all of it from the folder.
    """
    row = _run(at, run_id)
    _no_other(at, row, result)
    row.result, row.made, row.method, row.version, row.refused = result, made, method, version, summary.refused
    row.left_label, row.right_label = (summary.labels.get(side) for side in _SIDES)
    row.left_peak_deg, row.right_peak_deg = (summary.peaks_deg.get(side) for side in _SIDES)
    row.speed_kmh = speed_kmh if speed_kmh is not None else row.speed_kmh
    row.shoe, row.size = texts.line(shoe, LONGEST_SHOE) or row.shoe, size if size is not None else row.size
    at.flush()
    return run_value(row)


def _no_other(at: Transaction, row: RunRow, result: str) -> None:
    if at.scalar(select(RunRow.id).where(RunRow.result == result, RunRow.id != row.id)) is not None:
        raise GaitError("result_taken")


def detach(at: Transaction, results: Iterable[str]) -> None:
    """These results are gone; their runs stay, and say that there was one by when and how it was made."""
    for row in at.scalars(select(RunRow).where(RunRow.result.in_(list(results)))):
        row.result, row.version, row.refused = None, 0, False
        row.left_label = row.right_label = row.left_peak_deg = row.right_peak_deg = None
    at.flush()


def move_run(at: Transaction, run_id: str, visit_id: str) -> Run:
    """The run is that visit's, as its last one, and what was bought after it is too. Raises GaitError."""
    row, visit = _run(at, run_id), _row(at, visit_id)
    last = at.scalar(select(func.max(RunRow.position)).where(RunRow.visit_id == visit.id)) or 0
    row.visit_id, row.position = visit.id, last + 1
    at.execute(update(PurchaseRow).where(PurchaseRow.run_id == row.id).values(visit_id=visit.id))
    at.flush()
    moved = run_value(row)
    at.expire_all()  # both visits have other runs now
    return moved


def delete_run(at: Transaction, run_id: str) -> None:
    """The run's row; nothing when there is none. What was bought after it is known without it. The files are the caller's."""
    at.execute(delete(RunRow).where(RunRow.id == run_id))
    at.expire_all()


def run_value(row: RunRow) -> Run:
    """The row as a value."""
    labels = dict(zip(_SIDES, (row.left_label, row.right_label), strict=True))
    peaks = dict(zip(_SIDES, (row.left_peak_deg, row.right_peak_deg), strict=True))
    summary = LabelSummary(
        row.refused,
        {side: label for side, label in labels.items() if label is not None},
        {side: peak for side, peak in peaks.items() if peak is not None},
    )
    stands = row.version > 0
    return Run(
        **{name: getattr(row, name) for name in _COPIED},
        result=row.result if stands else None,
        expected=None if stands else row.result,
        summary=summary if stands else None,
    )


_COPIED = (
    *("id", "visit_id", "position", "created", "shoe", "sku", "category", "size", "comfort", "speed_kmh"),
    *("clip", "standing", "made", "method", "version"),
)


def _row(at: Transaction, visit_id: str) -> VisitRow:
    found = at.get(VisitRow, visit_id) if is_id(visit_id) else None
    if found is None:
        raise GaitError("no_visit")
    return found


def _run(at: Transaction, run_id: str) -> RunRow:
    found = at.get(RunRow, run_id) if is_id(run_id) else None
    if found is None:
        raise GaitError("no_run")
    return found


def _values(at: Transaction, asked: Select[VisitRow]) -> list[Visit]:
    whole = asked.options(joinedload(VisitRow.customer), selectinload(VisitRow.runs))
    rows = at.scalars(whole.execution_options(populate_existing=True))
    return [
        Visit(
            id=row.id,
            customer_id=row.customer_id,
            state="open" if row.state == "open" else "finished",
            started=row.started,
            finished=row.finished,
            device=row.device,
            staff_id=row.staff_id,
            kept=row.kept,
            rebuilt=row.rebuilt,
            note=row.note,
            customer=row.customer.name if row.customer else "",
            runs=tuple(run_value(r) for r in row.runs),
        )
        for row in rows
    ]
