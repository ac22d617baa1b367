"""Records and result folders: a run takes its summary from its folder, records are made again from the folders, and both are compared.

The folder is the contract; what stands here of a result is a copy for lists.
"""

import logging
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Integer, cast, func, or_, select, text

from gait.errors import GaitError
from gait.records import customers, finding, settings, visits
from gait.records.database import FILE, Records, Transaction
from gait.records.letters import plain_letters
from gait.records.tables import CustomerKeyRow, CustomerRow, RunRow, VisitRow
from gait.records.values import LabelSummary, Run
from gait.results.place import NUMBERS, OURS

log = logging.getLogger(__name__)

Trouble = Literal[
    "result_without_run",
    "run_without_result",
    "half_result",
    "other_numbers",
    "clip_without_run",
    "run_without_clip",
    "job_without_clip",
    "clip_without_job",
    "half_record",
    "not_found_by_name",
    "broken_database",
    "stored_without_run",
    "not_in_store",
    "store_not_compared",
]
SETTLED = "settled"
"""The setting that says when `settle` was last done, in seconds since 1970."""
SLACK_S = 120.0
"""A disk may keep a folder's time by another clock, and to the second."""
LOST = (
    *("contacts", "consents", "purchases", "shelf_shoes", "comfort", "ratings", "kept_clips", "merged", "renamed"),
    *("notes", "staff", "settings", "audit", "receipts"),
)
"""What only the database knew: no result folder says it."""


@dataclass(frozen=True)
class Reading:
    """What a result folder says that the records keep a copy of."""

    name: str
    """The folder's."""
    runner: str
    made: datetime
    method: str
    version: int
    speed_kmh: float | None
    shoe: str
    """As staff wrote it; empty where nobody said."""
    size: float | None
    summary: LabelSummary


@dataclass(frozen=True)
class Found:
    """One thing that does not fit."""

    trouble: Trouble
    name: str
    """A result folder's or a clip's name, or an id."""


@dataclass(frozen=True)
class Rebuilt:
    """What was made of result folders."""

    customers: int
    visits: int
    runs: int
    refreshed: int
    """Runs whose folder had been corrected since."""
    unreadable: tuple[str, ...] = ()
    """Folders whose result cannot be read: nothing was made of them."""
    lost: tuple[str, ...] = field(default=())
    """What only the database knew, by its code (`LOST`); empty where nothing was made."""


def read(folder: Path) -> Reading:
    """What that folder says. Raises GaitError when there is no readable result in it."""
    from gait.results.folder import ResultFolder  # late: a list of names needs no table

    result = ResultFolder(folder).result
    made = result.created or datetime.fromtimestamp((folder / NUMBERS).stat().st_mtime, tz=UTC)
    feet = result.judged.feet if result.judged else {}
    peaks = {side.value: foot.peak_eversion_deg for side, foot in feet.items()}
    return Reading(
        name=folder.name,
        runner=result.runner,
        made=made if made.tzinfo else made.replace(tzinfo=UTC),
        method=result.versions.gait,
        version=result.version,
        speed_kmh=result.judged.reference.speed_kmh if result.judged else None,
        shoe=result.shoe_worn,
        size=result.judged.choices.shoe_size if result.judged else None,
        summary=LabelSummary(
            result.refused,
            {side.value: str(foot.label) for side, foot in feet.items()},
            {side: peak.value for side, peak in peaks.items() if peak is not None},
        ),
    )


def attach(at: Transaction, run_id: str, folder: Path) -> Run:
    """The run has the result in that folder, or the result was corrected. Raises GaitError."""
    return _attach(at, run_id, read(folder))


def settle(at: Transaction, reports: Path) -> list[Run]:
    """After a program was killed: runs whose result was to come and is whole have it now. Gives those whose result is not there.

    Results that were corrected since the last time are read again too: whoever was killed right after a correction could not say
    so. Folders are looked at after their own sweep (`gait.services.sweep`), which finishes or undoes what was half-written.
    """
    left = []
    for run in visits.awaited(at):
        try:
            attach(at, run.id, reports / str(run.expected))
        except (GaitError, OSError):
            left.append(run)
    last = float(settings.read(at, SETTLED, 0.0))
    begun = time.time()
    changed = [folder.name for folder in results_in(reports) if folder.stat().st_mtime > last - SLACK_S]
    for name, run in visits.runs_of_results(at, changed).items():
        with suppress(GaitError, OSError):  # one that cannot be read now: `check` names it
            reading = read(reports / name)
            if run.result is not None and _differs(run, reading):
                _attach(at, run.id, reading)
    settings.write(at, SETTLED, begun)
    return left


def results_in(reports: Path) -> Iterator[Path]:
    """The folders that are results, or half of one, by name."""
    for path in sorted(reports.iterdir()) if reports.is_dir() else ():
        if not path.name.startswith(".") and path.is_dir() and any((path / name).exists() for name in OURS):
            yield path


def rebuild(at: Transaction, reports: Path) -> Rebuilt:
    """A record for every result folder that has none: a customer for each runner's name, a visit for each of their days.

    Runs whose folder was corrected since take its summary again. What is there already stays, so that doing it again changes
    nothing. A runner without a name becomes a walk-in that stays. Two people of one name become one entry.
    """
    made, unreadable = [], []
    refreshed = 0
    known = {
        r.result or r.expected: r
        for r in map(visits.run_value, at.scalars(select(RunRow).where(RunRow.result.is_not(None))))
    }
    for folder in results_in(reports):
        try:
            reading = read(folder)
        except (GaitError, OSError):
            unreadable.append(folder.name)
            continue
        run = known.get(reading.name)
        if run is None:
            made.append(reading)
        elif _differs(run, reading):
            _attach(at, run.id, reading)
            refreshed += 1
    before = _counts(at)
    for reading in sorted(made, key=lambda r: (r.made, r.name)):
        _adopt(at, reading)
    after = _counts(at)
    new_customers, new_visits, new_runs = (now - then for now, then in zip(after, before, strict=True))
    return Rebuilt(
        customers=new_customers,
        visits=new_visits,
        runs=new_runs,
        refreshed=refreshed,
        unreadable=tuple(unreadable),
        lost=LOST if made else (),
    )


def check(
    records: Records, reports: Path, clips: Collection[str] | None = None, elsewhere: Collection[str] = ()
) -> list[Found]:
    """What does not fit: files without a record, records without a file, half of either. Nothing is changed.

    `clips` are the names of the kept clips; None: not compared. `elsewhere` are the names of results and clips of which there is a
    copy that is not here. Raises GaitError when the records do not answer.
    """
    found: list[Found] = []
    with records.reading() as at:
        runs = [visits.run_value(row) for row in at.scalars(select(RunRow))]
        found += [Found("half_record", name) for name in _half_records(at)]
        found += [Found("not_found_by_name", name) for name in _not_found(at)]
        if records.kind == "sqlite":
            said = [str(row[0]) for row in at.execute(text("PRAGMA quick_check"))]
            broken = at.execute(text("PRAGMA foreign_key_check")).fetchall()
            found += [Found("broken_database", records.shown)] if said != ["ok"] or broken else []
    by_result = {name: run for run in runs if (name := run.result or run.expected) is not None}
    to_come = {run.expected for run in runs}
    seen = set()
    for folder in results_in(reports):
        seen.add(folder.name)
        try:
            reading = read(folder)
        except (GaitError, OSError):
            found.append(Found("half_result", folder.name))
            continue
        run = by_result.get(folder.name)
        if run is None:
            found.append(Found("result_without_run", folder.name))
        elif _differs(run, reading):
            found.append(Found("other_numbers", folder.name))
    found += [Found("run_without_result", name) for name in sorted(set(by_result) - seen - to_come - set(elsewhere))]
    if clips is not None:
        wanted = {name for run in runs for name in (run.clip, run.standing) if name}
        found += [Found("clip_without_run", name) for name in sorted(set(clips) - wanted)]
        found += [Found("run_without_clip", name) for name in sorted(wanted - set(clips) - set(elsewhere))]
    return found


def set_aside(data: Path, when: datetime) -> Path | None:
    """Move SQLite's file away, with what lies beside it, so that it can be looked at later; its new name, None where there is none."""
    file = data / FILE
    if not file.exists():
        return None
    kept = file.with_name(f"{FILE}.{when:%Y%m%d-%H%M%S}")
    for ending in ("-wal", "-shm", ""):
        beside = file.with_name(file.name + ending)
        if beside.exists():
            shutil.move(beside, kept.with_name(kept.name + ending))
    return kept


def _attach(at: Transaction, run_id: str, reading: Reading) -> Run:
    return visits.attach(
        *(at, run_id, reading.name, reading.summary),
        made=reading.made,
        method=reading.method,
        version=reading.version,
        speed_kmh=reading.speed_kmh,
        shoe=reading.shoe,
        size=reading.size,
    )


def _differs(run: Run, reading: Reading) -> bool:
    said = (reading.version, reading.method, reading.made, reading.summary)
    return (run.version, run.method, run.made, run.summary) != said or reading.shoe not in ("", run.shoe)


def _adopt(at: Transaction, reading: Reading) -> None:
    """A run for that folder, in the visit of its runner and day."""
    whose = _customer_called(at, reading)
    day = reading.made.astimezone().date()
    visit = None
    if whose is not None:
        earlier = select(VisitRow).where(VisitRow.customer_id == whose, VisitRow.rebuilt.is_(True))
        visit = next((v for v in at.scalars(earlier) if v.started.astimezone().date() == day), None)
    if visit is None:
        begun = visits.start(at, whose, started=reading.made)
        visit = at.get_one(VisitRow, begun.id)
        visit.rebuilt = True
    visit.state, visit.finished = "finished", reading.made
    at.flush()
    run = visits.add_run(at, visit.id, created=reading.made)
    _attach(at, run.id, reading)


def _customer_called(at: Transaction, reading: Reading) -> str | None:
    if not finding.words_of(reading.runner):
        return None
    folded = plain_letters(" ".join(reading.runner.split())[: customers.LONGEST_NAME])
    named = select(CustomerRow.id).where(CustomerRow.folded == folded, CustomerRow.merged_into.is_(None))
    found = at.scalar(named.order_by(CustomerRow.created).limit(1))
    return found or customers.make(at, reading.runner, created=reading.made).id


def _counts(at: Transaction) -> Sequence[int]:
    return [at.scalar(select(func.count()).select_from(table)) or 0 for table in (CustomerRow, VisitRow, RunRow)]


def _half_records(at: Transaction) -> list[str]:
    """Visits and runs of which a part is missing."""
    ended = cast(VisitRow.finished.is_not(None), Integer) != cast(VisitRow.state == "finished", Integer)
    halves = or_(
        RunRow.result.is_not(None) & (RunRow.version > 0) & (RunRow.made.is_(None) | (RunRow.method == "")),
        RunRow.result.is_(None) & (RunRow.version > 0),
    )
    return [*at.scalars(select(VisitRow.id).where(ended)), *at.scalars(select(RunRow.id).where(halves))]


def _not_found(at: Transaction) -> list[str]:
    """Customers whose name leads to nobody, and merged ones that are found all the same."""
    keys = select(CustomerKeyRow.customer_id).where(CustomerKeyRow.customer_id == CustomerRow.id).exists()
    lost = CustomerRow.merged_into.is_(None) & ~keys
    return list(at.scalars(select(CustomerRow.id).where(lost | (CustomerRow.merged_into.is_not(None) & keys))))
