"""The retention clock: what is due is deleted by itself, some minutes after it is, and once when a program starts."""

import logging
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from gait.errors import GaitError
from gait.records import audit, consents, retention, visits
from gait.records.database import Records, Transaction
from gait.records.ids import now
from gait.records.retention import Ground, Rules
from gait.records.values import Due, Receipt, RetentionRun, RuleKind, Visit
from gait.results.lock import one_writer
from gait.services.keeper import Keeper, has_run
from gait.services.library import read_name
from gait.services.unclaimed import unclaimed

EVERY_S = 600.0
"""How often the clock looks."""
WHO = "retention"
WAIT_S = 5.0
STOP_S = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NextDeletion:
    """What goes, and of whom."""

    due: Due
    customer: str
    """The name; empty of a walk-in and of a recording that is of no visit. Of a result of no visit, as its folder is called."""
    visited: datetime
    """When the visit began, or the recording or result was made."""


class Retention:
    """The clock of one store. Any thread may use it, and any number of programs: one deletes at a time."""

    def __init__(
        self,
        keeper: Keeper,
        busy: Callable[[Visit], bool] = lambda visit: False,
        each_time: Callable[[], None] = lambda: None,
    ) -> None:
        """`busy`: somebody is at work on that visit; it is left for the next time. `each_time`: what else the clock does, first. Nothing is done yet."""
        self._keeper, self._busy, self._each_time = keeper, busy, each_time
        self._ends = threading.Event()
        self._thread: threading.Thread | None = None

    def rules(self) -> Rules:
        """How long things are kept. Raises GaitError, as everything here, when the records do not answer."""
        with self._keeper.records().reading() as at:
            return retention.rules(at)

    def set_rule(
        self, kind: RuleKind, ground: Ground, days: int | None, who: str = "app", staff_id: str | None = None
    ) -> Rules:
        """As `gait.records.retention.set_rule`, with its line in the audit log."""
        with self._keeper.records().writing() as at:
            changed = retention.set_rule(at, kind, ground, days, staff_id=staff_id)
            audit.note(at, who, "rule_set", "rule", f"{kind}-{ground}", "never" if days is None else str(days))
            return changed

    def set_evening(self, evening: time, who: str = "app", staff_id: str | None = None) -> Rules:
        """When walk-ins go, with its line in the audit log."""
        with self._keeper.records().writing() as at:
            changed = retention.set_evening(at, evening, staff_id=staff_id)
            audit.note(at, who, "rule_set", "rule", "evening", evening.isoformat("minutes"))
            return changed

    def upcoming(self, until: datetime) -> list[Due]:
        """What will be deleted by then, the soonest first; what is overdue too."""
        with self._keeper.records().reading() as at:
            return self._due(at, until)

    def listed(self, until: datetime, most: int) -> tuple[list[NextDeletion], int]:
        """The same for a person to read: those that come first, and how many there are in all."""
        with self._keeper.records().reading() as at:
            found = self._due(at, until)
            return [self._named(at, one) for one in found[:most]], len(found)

    def log(self, limit: int = 50) -> list[RetentionRun]:
        """The newest runs, the newest first."""
        with self._keeper.records().reading() as at:
            return retention.log(at, limit)

    def run(self, moment: datetime | None = None) -> RetentionRun:
        """Delete all that is due at that moment (now), each with its receipt, and write the log.

        What cannot go now is left for the next time; the log names the fault. Raises GaitError when the records do not answer.
        """
        keeper, started = self._keeper, now()
        with one_writer(keeper.files.data / "retention", WAIT_S):
            fault = "not_all_deleted" if keeper.finish_begun() else ""
            with keeper.records().writing() as at:
                run_id = retention.begin_run(at, started)
            for one in self.upcoming(moment or started):
                try:
                    receipt = self._delete(one)
                except GaitError as error:
                    if error.code.startswith("records_"):
                        raise
                    fault = error.code
                    log.warning("%s %s is due and stays for now: %s", one.kind, one.visit_id, error.code)
                    continue
                if receipt is not None:
                    with keeper.records().writing() as at:
                        retention.note_deleted(at, run_id, one, receipt.id)
            with keeper.records().writing() as at:
                return retention.finish_run(at, run_id, fault)

    def tick(self) -> None:
        """What the clock does each time: it runs when something is due, was cut short or went wrong, and once a day. Never raises."""
        try:
            self._each_time()
            probe = Records.at(self._keeper.files.data)
            if probe.file is not None and not probe.file.exists() and not self._due_without_records():
                return  # nobody has been here yet
            self._keeper.finish_begun()
            moment = now()
            last = next(iter(self.log(1)), None)
            same_day = last is not None and last.started.astimezone().date() == moment.astimezone().date()
            if last is None or not same_day or last.finished is None or self.upcoming(moment):
                self.run()
        except GaitError as error:
            log.warning("the retention clock did not run: %s", error.code)
        except Exception:
            log.exception("the retention clock did not run")

    def start(self) -> None:
        """Run by itself from now on."""
        self._ends.clear()
        # The thread holds no clock: one that nobody closed ends with whoever had it.
        ends = weakref.finalize(self, self._ends.set)
        ends.atexit = False
        self._thread = threading.Thread(
            target=_loop, args=(weakref.ref(self), self._ends), name="gait-retention", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """No further run begins. One that is at work is waited for a moment; what is cut short is finished by the next start."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join(STOP_S)
            self._thread = None

    def _due_without_records(self) -> bool:
        """Whether a recording is due where no records are yet: no rule of the manager's, no run, only a camera that was tried."""
        days = retention.DEFAULTS["recording", "not_agreed"]
        left = unclaimed(self._keeper.files.reports, lambda run_id: False)
        return days is not None and any(one.due(days) <= now() for one in left)

    def _due(self, at: Transaction, until: datetime) -> list[Due]:
        """By the records, and the recordings that no record names; the soonest first."""
        found, days = retention.due(at, until), retention.rules(at).days["recording", "not_agreed"]
        if days is not None:
            left = unclaimed(self._keeper.files.reports, lambda run_id: has_run(at, run_id))
            all_of = [Due("recording", one.folder.name, None, one.due(days), "no_visit") for one in left]
            found += [one for one in all_of if one.due <= until]
        if (days := retention.rules(at).days["result", "not_agreed"]) is not None:
            results = self._keeper.files.loose(visits.files_named(at)[0])
            all_of = [Due("result", one.mark, None, one.due(days), "result_of_no_visit") for one in results]
            found += [one for one in all_of if one.due <= until]
        return sorted(found, key=lambda one: one.due)

    def _named(self, at: Transaction, one: Due) -> NextDeletion:
        if one.kind == "recording":
            days = retention.rules(at).days["recording", "not_agreed"] or 0
            return NextDeletion(one, "", one.due - timedelta(days=days))
        if one.kind == "result":
            results = self._keeper.files.loose(visits.files_named(at)[0])
            whose = next((found for found in results if found.mark == one.visit_id), None)
            return NextDeletion(one, read_name(whose.name)[1] if whose else "", whose.made if whose else one.due)
        visit = visits.get(at, one.visit_id)
        return NextDeletion(one, visit.customer or "", visit.started)

    def _delete(self, one: Due) -> Receipt | None:
        """None: somebody is at work on it, or it is gone already."""
        keeper = self._keeper
        if one.kind == "recording":
            return keeper.delete_recording(one.visit_id, WHO, one.why)
        if one.kind == "result":
            return keeper.delete_loose_result(one.visit_id, WHO, one.why)
        try:
            with keeper.records().reading() as at:
                visit = visits.get(at, one.visit_id)
                contact = "contact" in consents.in_force_at(at, visit.id)
        except GaitError as error:
            if error.code == "no_visit":
                return None
            raise
        if self._busy(visit):
            return None
        if one.kind == "video":
            return keeper.delete_video(visit.id, WHO, one.why)
        if one.kind == "numbers" and contact:
            return keeper.delete_numbers(visit.id, WHO, one.why)
        return keeper.delete_due_visit(visit.id, WHO, one.why)


def _loop(clock: "weakref.ref[Retention]", ends: threading.Event) -> None:
    while (there := clock()) is not None:
        there.tick()
        del there
        if ends.wait(EVERY_S):
            return
