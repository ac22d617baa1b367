"""Analyses that were asked for, and whose turn it is.

The queue goes round between those who ask: whoever had a turn stands behind everybody who waits already. It is made of the rows
themselves, so it outlives the programs. A program takes a job by a row lock (PostgreSQL, `FOR UPDATE SKIP LOCKED`) or inside a
transaction that nobody else writes in (SQLite, `BEGIN IMMEDIATE`): two never have one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import CursorResult

from gait.errors import GaitError
from gait.records.database import Transaction
from gait.records.ids import now
from gait.records.tables import JobRow, RunRow
from gait.records.values import JobState, QueuedJob

AT_WORK: tuple[JobState, ...] = ("running", "picturing", "drawing")
UNFINISHED: tuple[JobState, ...] = ("waiting", *AT_WORK)
_FIRST = datetime.min.replace(tzinfo=UTC)


def ask(
    at: Transaction,
    job_id: str,
    *,
    place: str,
    request: Mapping[str, Any],
    owner: str = "",
    turn_key: str = "",
    run_id: str = "",
    most: int,
) -> QueuedJob:
    """It stands at the end of the queue of that place. An earlier job of its id that has ended gives way.

    Raises GaitError when its id is waiting or at work already, when more than `most` would wait, or when there is no such run.
    """
    before = at.get(JobRow, job_id)
    if before is not None and before.state in UNFINISHED:
        raise GaitError("being_written", name=job_id)
    if len(unfinished(at, place)) > most:
        raise GaitError("busy", waiting=most)
    if run_id and at.get(RunRow, run_id) is None:
        raise GaitError("no_run")
    if before is not None:
        at.delete(before)
        at.flush()
    row = JobRow(id=job_id, place=place, run_id=run_id or None, state="waiting", owner=owner, turn_key=turn_key)
    row.asked, row.request = now(), json.dumps(request)
    at.add(row)
    at.flush()
    return _value(row)


def claim(at: Transaction, place: str, worker: str) -> QueuedJob | None:
    """The job whose turn it is belongs to that program from now on; None when none waits."""
    for job in in_turn(of_place(at, place)):
        free = select(JobRow).where(JobRow.id == job.id, JobRow.state == "waiting")
        row = at.scalar(free.with_for_update(skip_locked=True))  # SQLite has no row locks, and needs none here
        if row is not None:
            row.state, row.worker, row.attempts = "running", worker, row.attempts + 1
            row.started = row.heartbeat = now()
            at.flush()
            return _value(row)
    return None


def in_turn(jobs: Iterable[QueuedJob]) -> list[QueuedJob]:
    """Those that wait, in the order of their turns, given all that the place knows of.

    The next turn is that of whoever stands there longest: since they asked, or since their last turn was over. Of two jobs of one
    person the one that was asked for first comes first.

    Example: A asked three times before B and C asked once each, and A's first is at work. Then B, C, A, A.
    """
    known = sorted(jobs, key=lambda job: (job.asked, job.id))
    rows: dict[str, list[QueuedJob]] = {}
    served: dict[str, datetime] = {}
    at_work = set()
    for job in known:
        if job.state == "waiting":
            rows.setdefault(job.turn_key, []).append(job)
        elif job.state == "running":
            at_work.add(job.turn_key)
        elif job.over is not None:
            served[job.turn_key] = max(job.over, served.get(job.turn_key, _FIRST))
    since = {key: max(waiting[0].asked, served.get(key, _FIRST)) for key, waiting in rows.items()}
    row = sorted(rows, key=lambda key: (key in at_work, since[key], rows[key][0].id))
    order = []
    while row:
        key = row.pop(0)
        order.append(rows[key].pop(0))
        if rows[key]:
            row.append(key)
    return order


def get(at: Transaction, job_id: str) -> QueuedJob | None:
    """The job of that id; None when it is not known (any more)."""
    row = at.get(JobRow, job_id)
    return _value(row) if row else None


def of_place(at: Transaction, place: str) -> list[QueuedJob]:
    """All that is known of that place, in the order they were asked for."""
    return [
        _value(r) for r in at.scalars(select(JobRow).where(JobRow.place == place).order_by(JobRow.asked, JobRow.id))
    ]


def unfinished(at: Transaction, place: str | None = None) -> list[QueuedJob]:
    """Those that wait or are at work, of one place or (None) of all, in the order they were asked for."""
    asked = select(JobRow).where(JobRow.state.in_(UNFINISHED)).order_by(JobRow.asked, JobRow.id)
    return [_value(r) for r in at.scalars(asked if place is None else asked.where(JobRow.place == place))]


def note_state(at: Transaction, job_id: str, worker: str, state: JobState) -> None:
    """The numbers stand, and the program that has it draws from them; nothing when it has it no more."""
    moment = now()
    over = func.coalesce(JobRow.over, moment)
    at.execute(_theirs(job_id, worker).values(state=state, heartbeat=moment, over=over))


def beat(at: Transaction, worker: str, seen: Mapping[str, datetime]) -> set[str]:
    """When that program saw each of its jobs move; those of them that are to stop: somebody cancelled them, or deleted their run."""
    stop = set()
    for job_id, moment in seen.items():
        at.execute(_theirs(job_id, worker).values(heartbeat=moment))
        row = at.get(JobRow, job_id)
        if row is None or row.stop:
            stop.add(job_id)
    return stop


def end(
    at: Transaction,
    job_id: str,
    worker: str | None,
    state: JobState,
    fault: Mapping[str, Any],
    request: Mapping[str, Any],
) -> bool:
    """It has ended so, while that program had it; whether it had. What is kept of the request from now on is this."""
    values: dict[str, Any] = {"state": state, "worker": None, "ended": now(), "request": json.dumps(request)}
    if worker is not None:
        values["over"] = func.coalesce(JobRow.over, values["ended"])
    done = at.execute(_theirs(job_id, worker).values(**values, fault=json.dumps(fault) if fault else ""))
    return isinstance(done, CursorResult) and done.rowcount == 1


def wait_again(at: Transaction, job_id: str, worker: str, *, counted: bool) -> bool:
    """That program let go of it: it waits where it stood. `counted`: the program died of it, perhaps. Whether it had it."""
    values: dict[str, Any] = {"state": "waiting", "worker": None, "heartbeat": None, "started": None, "over": None}
    if not counted:
        values["attempts"] = JobRow.attempts - 1
    done = at.execute(_theirs(job_id, worker).values(**values))
    return isinstance(done, CursorResult) and done.rowcount == 1


def cancel(at: Transaction, job_id: str) -> bool:
    """Whoever has it is to stop. True: nobody has it, and it is cancelled at once by `end`."""
    row = at.scalar(select(JobRow).where(JobRow.id == job_id).with_for_update())
    if row is None or row.state not in UNFINISHED:
        return False
    row.stop = True
    at.flush()
    return row.state == "waiting"


def forget(at: Transaction, job_ids: Sequence[str]) -> None:
    """They are known no more: their results were deleted."""
    at.execute(delete(JobRow).where(JobRow.id.in_(list(job_ids)), JobRow.state.not_in(UNFINISHED)))


def forget_ended(at: Transaction, before: datetime) -> None:
    """Those that had ended by then are known no more: an id has a name in it."""
    at.execute(delete(JobRow).where(JobRow.ended < before, JobRow.state.not_in(UNFINISHED)))


def _theirs(job_id: str, worker: str | None) -> Any:  # noqa: ANN401  SQLAlchemy's Update
    has = JobRow.worker.is_(None) if worker is None else JobRow.worker == worker
    return update(JobRow).where(JobRow.id == job_id, has, JobRow.state.in_(UNFINISHED))


def _value(row: JobRow) -> QueuedJob:
    return QueuedJob(
        id=row.id,
        place=row.place,
        run_id=row.run_id or "",
        state=row.state,  # type: ignore[arg-type]
        owner=row.owner,
        turn_key=row.turn_key,
        asked=row.asked,
        started=row.started,
        over=row.over,
        ended=row.ended,
        attempts=row.attempts,
        worker=row.worker,
        heartbeat=row.heartbeat,
        stop=row.stop,
        request=json.loads(row.request),
        fault=json.loads(row.fault or "{}"),
    )
