"""The queue of one folder of results, kept in the store's records: it outlives the programs, and several may work on it.

    reports/.uploads/.place     the id of this folder: its clips lie here, so programs elsewhere leave its jobs alone

A clip that waits stays where it was uploaded or recorded to until its job has ended, whatever program that was.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gait.errors import GaitError
from gait.records import jobs as rows
from gait.records.ids import now
from gait.records.values import JobState, QueuedJob
from gait.services.asked import AnalysisRequest
from gait.services.library import Library
from gait.services.store_records import StoreRecords
from gait.services.uploads import Uploads

MOST_WAITING = 20
"""Half an hour of customers; beyond it somebody presses a button again and again."""
MOST_ATTEMPTS = 3
"""So often a program may die of a clip, or with it, before it is left alone."""
KEPT_DAYS = 1
"""So long a page can say what became of an analysis."""


class Queue:
    """The queue as one program sees it. Any thread may call it; each call raises GaitError when the records do not answer."""

    def __init__(self, records: StoreRecords, uploads: Uploads, library: Library) -> None:
        """Nothing is read or written yet."""
        self._records, self._uploads, self._library = records, uploads, library

    @property
    def begun(self) -> bool:
        """Whether anything was ever asked for: else there are no records to be read."""
        return self._records.there

    def enter(self, request: AnalysisRequest) -> QueuedJob:
        """Stand at the end. Raises GaitError, also when too many wait."""
        asked = told(request, self._library.reports)
        with self._records.writing() as at:
            rows.forget_ended(at, now() - timedelta(days=KEPT_DAYS))
            name = base = request.puts_right or self._library.new_name(request.runner)
            again = 1
            while not request.puts_right and (rows.get(at, name) or (self._library.reports / name).exists()):
                again += 1
                name = f"{base}-{again}"
            return rows.ask(
                *(at, name),
                place=self._uploads.place(),
                request=asked,
                owner=request.owner,
                turn_key=request.who or request.owner,
                run_id=request.run_id,
                most=MOST_WAITING,
            )

    def take(self) -> QueuedJob | None:
        """The one whose turn it is, from now on this program's; None when none waits. Raises GaitError also while the disk takes nothing."""
        place, worker = self._uploads.place(), self._uploads.alive.token()
        with self._records.reading() as at:
            if not any(job.state == "waiting" for job in rows.unfinished(at, place)):
                return None
        self._uploads.check_writable()
        with self._records.writing() as at:
            return rows.claim(at, place, worker)

    def beat(self, seen: Mapping[str, datetime]) -> set[str]:
        """When each of this program's jobs moved last; those that are to stop."""
        if not seen:
            return set()
        with self._records.writing() as at:
            return rows.beat(at, self._uploads.alive.token(), seen)

    def numbers_stand(self, name: str, state: JobState) -> None:
        """The turn is over: pictures and film are still drawn."""
        with self._records.writing() as at:
            rows.note_state(at, name, self._uploads.alive.token(), state)

    def end(self, job: QueuedJob | str, state: JobState, fault: GaitError | None, request: AnalysisRequest) -> bool:
        """It has ended so, a job of this program's or (a row) of that row's; whether it was still theirs. No name is kept with it."""
        name, worker = (job, self._uploads.alive.token()) if isinstance(job, str) else (job.id, job.worker)
        asked = told(replace(request, runner="", clip_name=""), self._library.reports)
        with self._records.writing() as at:
            return rows.end(at, name, worker, state, fault_told(fault), asked)

    def put_back(self, job: QueuedJob | str, *, counted: bool) -> bool:
        """It waits again where it stood, a job of this program's or (a row) of that row's; whether it was still theirs."""
        name, worker = (job, self._uploads.alive.token()) if isinstance(job, str) else (job.id, job.worker)
        with self._records.writing() as at:
            return rows.wait_again(at, name, worker or "", counted=counted)

    def cancel(self, name: str) -> QueuedJob | None:
        """Whoever has it is to stop. The row when nobody has it: the caller ends it."""
        with self._records.writing() as at:
            return rows.get(at, name) if rows.cancel(at, name) else None

    def all(self) -> list[QueuedJob]:
        """What is known of this folder, in the order it was asked for."""
        if not self.begun:
            return []
        with self._records.reading() as at:
            return rows.of_place(at, self._uploads.place())

    def dead(self) -> list[QueuedJob]:
        """Those whose program ended without a word."""
        at_work = [job for job in self.all() if job.state in rows.AT_WORK]
        return [job for job in at_work if job.worker and not self._uploads.alive.lives(job.worker)]

    def waiting(self) -> dict[str, AnalysisRequest]:
        """By its name, each that is still to come."""
        jobs = [job for job in self.all() if job.state in rows.UNFINISHED]
        return {job.id: meant(job.request, self._library.reports) for job in jobs}

    def forget(self, name: str) -> None:
        """Its result was deleted. Never raises: what stays is forgotten the next day."""
        with suppress(GaitError):
            if self.begun:
                with self._records.writing() as at:
                    rows.forget(at, [name])


def places(jobs: list[QueuedJob]) -> dict[str, int]:
    """How many come before each that waits, those at work on their numbers among them."""
    before = sum(job.state == "running" for job in jobs)
    return {job.id: before + number for number, job in enumerate(rows.in_turn(jobs))}


def told(request: AnalysisRequest, reports: Path) -> dict[str, Any]:
    """The request as JSON has it; paths below the results are kept from there, so that their folder may be moved."""

    def said(value: object) -> object:
        if isinstance(value, Path):
            inside = value.absolute().is_relative_to(reports.absolute())
            return str(value.absolute().relative_to(reports.absolute()) if inside else value)
        return list(value) if isinstance(value, tuple) else value

    return {f.name: said(getattr(request, f.name)) for f in fields(request)}


def meant(told: Mapping[str, Any], reports: Path) -> AnalysisRequest:
    """The request that `told` gave. What another version of gait did not say is as usual, what it alone knew is left out."""
    known = {f.name: told[f.name] for f in fields(AnalysisRequest) if f.name in told}
    for name in ("clip", "standing", "uploads", "recording", "track"):
        known[name] = reports / known[name] if known.get(name) else None
    if known.get("runner_at"):
        known["runner_at"] = tuple(known["runner_at"])
    return AnalysisRequest(**known)


def fault_told(fault: GaitError | None) -> dict[str, Any]:
    """What went wrong as JSON has it: code, case and those values that are plain."""
    if fault is None:
        return {}
    plain = {name: value for name, value in fault.values.items() if isinstance(value, str | int | float)}
    return {"code": fault.code, "case": fault.case, "values": plain}


def fault_meant(told: Mapping[str, Any]) -> GaitError | None:
    """The fault that `fault_told` gave."""
    return GaitError.read_back(told["code"], told["case"], told["values"]) if told else None
