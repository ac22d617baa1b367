"""The retention clock's rules, what they make due, and the log of its runs. What is due is deleted by `gait.services.retention`.

Of each visit: the *video* is its films and clips, the *numbers* its results and runs. Each is kept by the consent of its own name for as
long as the manager's rule for it says, and for another time where nobody agreed. A withdrawn consent makes it due at once, and so does
a withdrawn consent to analyse. Nothing is due before the visit has ended: a visit that was left open ends in the evening.
A *recording* and a *result* that are of no visit have rules of their own, by when they were made; no record names them, so `due` does
not know of them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Select, func, or_, select

from gait.errors import GaitError
from gait.records import settings
from gait.records.database import Transaction
from gait.records.ids import now
from gait.records.tables import ConsentRow, ReceiptRow, RetentionLogRow, RetentionRuleRow, RunRow, VisitRow
from gait.records.values import Due, RetentionRun, RuleKind

Ground = Literal["agreed", "not_agreed", "unknown"]
"""Why something is kept: somebody agreed, nobody did, or nobody knows (a visit made again from result folders)."""
GROUNDS: tuple[Ground, ...] = ("agreed", "not_agreed", "unknown")
DEFAULTS: Mapping[tuple[RuleKind, Ground], int | None] = {
    ("video", "agreed"): 90,  # a film is looked at again within a season
    ("video", "not_agreed"): 1,
    ("video", "unknown"): None,
    ("numbers", "agreed"): 731,  # two years: a customer who comes back in a year is compared with last time
    ("numbers", "not_agreed"): 30,  # the time for trying on, buying and bringing back
    ("numbers", "unknown"): None,
    ("result", "not_agreed"): None,  # a store that works without visits has all its results there
    ("recording", "not_agreed"): 1,  # staff are asked for it again the next morning, and it shows a person
}
"""Days, until the manager sets others; None: until somebody deletes it."""
EVENING = time(22)
MOST_DAYS = 36_525
_EVENING = "retention_evening"
_CONSENT = {"video": "keep_video", "numbers": "keep_numbers"}
_NOT_AGREED, _UNKNOWN = "", "unknown"


@dataclass(frozen=True)
class Rules:
    """How long things are kept."""

    days: Mapping[tuple[RuleKind, Ground], int | None]
    """None: until somebody deletes it."""
    evening: time
    """When walk-ins go, by this computer's clock."""


def rules(at: Transaction) -> Rules:
    """The manager's, and ours where none is set."""
    days = dict(DEFAULTS)
    for row in at.scalars(select(RetentionRuleRow)):
        for kind, ground in DEFAULTS:
            if (row.kind, row.purpose) == (kind, _purpose(kind, ground)):
                days[kind, ground] = row.days
    return Rules(days, time.fromisoformat(settings.read(at, _EVENING, EVENING.isoformat())))


def set_rule(
    at: Transaction, kind: RuleKind, ground: Ground, days: int | None, *, staff_id: str | None = None
) -> Rules:
    """Keep it so many days from the visit's end; 0: until it ends; None: until somebody deletes it. Raises GaitError."""
    if (kind, ground) not in DEFAULTS or (days is not None and not 0 <= days <= MOST_DAYS):
        raise GaitError("bad_rule", most=MOST_DAYS)
    purpose = _purpose(kind, ground)
    row = at.get(RetentionRuleRow, (kind, purpose)) or RetentionRuleRow(kind=kind, purpose=purpose)
    row.days, row.changed, row.staff_id = days, now(), staff_id
    at.add(row)
    at.flush()
    return rules(at)


def set_evening(at: Transaction, evening: time, *, staff_id: str | None = None) -> Rules:
    """When walk-ins go, by this computer's clock."""
    settings.write(at, _EVENING, evening.isoformat("minutes"), staff_id=staff_id)
    return rules(at)


def evening_after(moment: datetime, evening: time) -> datetime:
    """The first evening after that moment, by this computer's clock."""
    day = moment.astimezone().date()
    first = datetime.combine(day, evening).astimezone()
    return (first if first > moment else datetime.combine(day + timedelta(days=1), evening).astimezone()).astimezone(
        UTC
    )


def due(at: Transaction, until: datetime) -> list[Due]:
    """All that is due by then and still there, the soonest first. What goes with its visit is not named twice."""
    by = rules(at)
    found = [
        Due("walk_in", row.id, None, evening_after(row.started, by.evening), "walk_in")
        for row in at.scalars(_walk_ins().where(VisitRow.started <= until))
    ]
    for kind in ("numbers", "video"):
        found += _due(at, kind, by, until)
    found = [one for one in found if one.due <= until]
    whole = {one.visit_id: one.due for one in found if one.kind != "video"}
    return sorted(
        (
            one
            for one in found
            if one.kind != "video" or one.due < whole.get(one.visit_id, datetime.max.replace(tzinfo=UTC))
        ),
        key=lambda one: (one.due, one.visit_id, one.kind),
    )


def begin_run(at: Transaction, started: datetime) -> int:
    """A run of the clock begins; the number of its line in the log."""
    row = RetentionLogRow(started=started)
    at.add(row)
    at.flush()
    return row.id


def note_deleted(at: Transaction, run_id: int, one: Due, receipt_id: str) -> None:
    """That went."""
    row = at.get_one(RetentionLogRow, run_id)
    told = {"kind": one.kind, "visit": one.visit_id, "why": one.why, "receipt": receipt_id}
    row.deleted = json.dumps([*json.loads(row.deleted), told])
    at.flush()


def finish_run(at: Transaction, run_id: int, fault: str = "") -> RetentionRun:
    """It came to its end; `fault` is the code of what could not go."""
    row = at.get_one(RetentionLogRow, run_id)
    row.finished, row.fault = now(), fault
    at.flush()
    return _run(row)


def log(at: Transaction, limit: int = 50) -> list[RetentionRun]:
    """The newest runs, the newest first."""
    return [_run(row) for row in at.scalars(select(RetentionLogRow).order_by(RetentionLogRow.id.desc()).limit(limit))]


def _purpose(kind: RuleKind, ground: Ground) -> str:
    """As the table of rules says it."""
    return _CONSENT[kind] if ground == "agreed" else _NOT_AGREED if ground == "not_agreed" else _UNKNOWN


def _walk_ins() -> Select[VisitRow]:
    # One that was made again from result folders stays: whether somebody kept it is not known.
    mine = select(VisitRow).where(VisitRow.customer_id.is_(None))
    return mine.where(VisitRow.kept.is_(False), VisitRow.rebuilt.is_(False))


def _tick(*those: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is such a consent of the visit."""
    return select(ConsentRow.id).where(ConsentRow.visit_id == VisitRow.id, *those).exists()


def _due(at: Transaction, kind: RuleKind, by: Rules, until: datetime) -> list[Due]:
    purpose, holds, ended = ConsentRow.purpose, ConsentRow.withdrawn.is_(None), ConsentRow.withdrawn.is_not(None)
    agreed = _tick(purpose == _CONSENT[kind], holds)
    taken_back = (_tick(purpose == _CONSENT[kind], ended) & ~agreed) | (
        _tick(purpose == "analyse", ended) & ~_tick(purpose == "analyse", holds)
    )
    unknown = VisitRow.rebuilt & ~_tick()
    last = select(func.max(ConsentRow.withdrawn)).where(ConsentRow.visit_id == VisitRow.id).scalar_subquery()
    there = _numbers_there() if kind == "numbers" else _video_there()
    not_walk_in = VisitRow.customer_id.is_not(None) | VisitRow.kept | VisitRow.rebuilt
    found: list[Due] = []
    for ground, those, why in (
        ("agreed", agreed & ~taken_back, "rule"),
        ("not_agreed", ~agreed & ~taken_back & ~unknown, "no_consent"),
        ("unknown", unknown, "unknown_consent"),
    ):
        days = by.days[kind, ground]  # type: ignore[index]
        if days is not None:
            kept = timedelta(days=days)
            rows = at.scalars(select(VisitRow).where(there, not_walk_in, those, VisitRow.started <= until - kept))
            found += [Due(kind, v.id, v.customer_id, _end(v, by) + kept, why) for v in rows]
    asked = select(VisitRow, last).where(there, not_walk_in, taken_back)
    for visit, moment in at.execute(asked):
        end = _end(visit, by)
        found.append(Due(kind, visit.id, visit.customer_id, max(end, moment or end), "withdrawn"))
    return found


def _numbers_there() -> ColumnElement[bool]:
    """A visit that stays for its consent to be contacted has no run any more."""
    contact = _tick(ConsentRow.purpose == "contact", ConsentRow.withdrawn.is_(None))
    return or_(select(RunRow.id).where(RunRow.visit_id == VisitRow.id).exists(), ~contact)


def _video_there() -> ColumnElement[bool]:
    """Something was filmed, and no receipt says that it is gone; films are not in the database."""
    filmed = RunRow.clip.is_not(None) | RunRow.standing.is_not(None) | RunRow.result.is_not(None)
    runs = select(RunRow.id).where(RunRow.visit_id == VisitRow.id)
    since = select(RunRow.id).where(RunRow.visit_id == ReceiptRow.target_id, RunRow.made > ReceiptRow.made)
    gone = select(ReceiptRow.id).where(
        ReceiptRow.target == "video",
        ReceiptRow.target_id == VisitRow.id,
        ReceiptRow.finished.is_not(None),
        ~since.correlate(ReceiptRow).exists(),
    )
    return runs.where(filmed).exists() & ~gone.exists()


def _end(visit: VisitRow, by: Rules) -> datetime:
    """When the visit ended: one that nobody finished ends in the evening."""
    return visit.finished or evening_after(visit.started, by.evening)


def _run(row: RetentionLogRow) -> RetentionRun:
    return RetentionRun(row.id, row.started, row.finished, tuple(json.loads(row.deleted)), row.fault)
