"""What the store keeps of a person: counted, exported, and deleted with a receipt.

A deletion is crash-safe. Its receipt is begun first, with the list of the files and their checksums. The files go next, and last
the records, together with the end of the receipt. Whatever cuts it short leaves a receipt that is not finished, and `finish_begun`
goes on from there.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gait.errors import GaitError
from gait.records import audit, consents, customers, held, purchases, receipts, visits
from gait.records.database import Records, Transaction
from gait.records.values import Receipt, ReceiptTarget, Run, Visit
from gait.results.lock import one_writer
from gait.services.personal_zip import Everything, everything, everything_of_visit, write_zip
from gait.services.store_files import RunFiles, StoreFiles, things_of
from gait.services.things import CLIPS, RESULTS
from gait.services.unclaimed import unclaimed_one

WAIT_S = 60.0
"""Somebody who deletes waits so long for another deletion."""
ROUNDS = 5
"""So often is looked again for what came while the rest was deleted."""
ASKED = "asked"
BEYOND = "copies_on_computers_gone"
"""In a receipt: so many copies may still be on computers that somebody said are gone for good."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """How much there is of a customer."""

    visits: int
    results: int
    clips: int
    bytes: int


class Keeper:
    """The deletions and exports of one store. Any thread may use it."""

    def __init__(
        self,
        records: Callable[[], Records],
        files: StoreFiles,
        stop: Callable[[Run], None] = lambda run: None,
    ) -> None:
        """`records` gives the opened records, or raises GaitError; `stop` ends whatever still works on that run."""
        self.records, self.files, self._stop = records, files, stop

    def kept_of(self, customer_id: str) -> Kept:
        """What a deletion would take. Raises GaitError when there is no such customer."""
        with self.records().reading() as at:
            came = visits.of_customer(at, customer_id)
        found = self.files.of([run for visit in came for run in visit.runs])
        paths = [path for one in found for _, path in one.listed()]
        far = {name: size for one in found for name, size in one.elsewhere.items()}
        results = sum(1 for one in found if one.result) + sum(name.startswith(f"{RESULTS}/") for name in far)
        clips = sum(len(one.clips) for one in found) + sum(name.startswith(f"{CLIPS}/") for name in far)
        size = sum(p.stat().st_size for p in paths if p.exists()) + sum(far.values())
        return Kept(len(came), results, clips, size)

    def delete_customer(self, customer_id: str, who: str = "app") -> Receipt:
        """Everything on that person. What was bought stays as a count that names nobody.

        Raises GaitError when there is no such customer, or (`not_all_deleted`) when something cannot go now: it goes by itself later.
        """
        with self.records().reading() as at:
            whose = customers.get(at, customer_id).id
        return self._delete("customer", whose, who, ASKED)

    def delete_visit(self, visit_id: str, who: str = "app") -> Receipt:
        """One visit with all that is of it. Raises GaitError, as `delete_customer`."""
        return self._delete("visit", visit_id, who, ASKED)

    def delete_numbers(self, visit_id: str, who: str, why: str) -> Receipt:
        """Results, clips and runs of a visit; the visit stays with what was agreed to on it. Raises GaitError, as `delete_customer`."""
        return self._delete("numbers", visit_id, who, why)

    def delete_video(self, visit_id: str, who: str, why: str) -> Receipt:
        """Films and clips of a visit; its numbers and the pictures of the heel stay. Raises GaitError, as `delete_customer`."""
        return self._delete("video", visit_id, who, why)

    def delete_due_visit(self, visit_id: str, who: str, why: str) -> Receipt:
        """A visit whose time has come, and its customer where that was the only one. Raises GaitError, as `delete_customer`."""
        return self._delete("visit", visit_id, who, why)

    def delete_recording(self, name: str, who: str, why: str) -> Receipt | None:
        """A recording that is of no visit, by its folder's name; None: it is gone, or somebody has it analysed. Raises GaitError `not_all_deleted`."""
        with self.records().writing() as at:
            if not self._found(at, "recording", name):
                return None
            receipt = receipts.begin(at, who, "recording", name, (), why)
        return self._go_on(receipt)

    def delete_loose_result(self, mark: str, who: str, why: str) -> Receipt | None:
        """A result that is of no visit, by its mark (`gait.services.loose`); None: it is gone, or in a visit by now. Raises GaitError `not_all_deleted`."""
        with self.records().writing() as at:
            if not self._found(at, "result", mark):
                return None
            receipt = receipts.begin(at, who, "result", mark, (), why)
        return self._go_on(receipt)

    def export(self, customer_id: str, out: Path, who: str = "app") -> Path:
        """Everything on that person as one zip, which must not be there yet. Raises GaitError."""
        with self.records().reading() as at:
            whose = customers.get(at, customer_id).id
            told = everything(at, whose)
        self._write(told, out)
        with self.records().writing() as at:
            audit.note(at, who, "customer_exported", "customer", whose)
        return out

    def export_visit(self, visit_id: str, out: Path, who: str = "app") -> Path:
        """Everything of one visit as one zip, with its results in the forms of other programs. Raises GaitError, as `export`."""
        with self.records().reading() as at:
            told = everything_of_visit(at, visit_id)
        self._write(told, out)
        with self.records().writing() as at:
            audit.note(at, who, "visit_exported", "visit", told.visits[0].id)
        return out

    def _write(self, told: Everything, out: Path) -> None:
        self.files.bring(_runs(told.visits))
        write_zip(told, self.files, out)

    def finish_begun(self) -> list[Receipt]:
        """Go on with deletions that were cut short; those that cannot be finished now. Raises GaitError when the records do not answer."""
        with self.records().reading() as at:
            begun = receipts.unfinished(at)
        left = []
        for receipt in begun:
            try:
                self._go_on(receipt)
            except GaitError as error:
                log.warning("the deletion %s is not finished yet: %s", receipt.id, error.code)
                left.append(receipt)
        self.records().overwrite_deleted()  # also of one that was killed just before it would have
        return left

    def receipt(self, receipt_id: str) -> Receipt:
        """The receipt of that id. Raises GaitError when there is none."""
        with self.records().reading() as at:
            return receipts.get(at, receipt_id)

    def receipts(self, limit: int = 50) -> list[Receipt]:
        """The newest, the newest first."""
        with self.records().reading() as at:
            return receipts.latest(at, limit)

    def _delete(self, target: ReceiptTarget, target_id: str, who: str, why: str) -> Receipt:
        with self.records().writing() as at:
            (customers if target == "customer" else visits).get(at, target_id)
            receipt = receipts.begin(at, who, target, target_id, (), why)
        return self._go_on(receipt)

    def _delete_far(self, receipt: Receipt, found: Sequence[RunFiles]) -> None:
        """The copies that are not on this disk. Raises GaitError where one is left; what can go has gone then."""
        left: GaitError | None = None
        for one in found:
            try:
                far = self.files.described_far(one)
                with self.records().writing() as at:
                    receipts.add_files(at, receipt.id, far)
                self.files.delete_far(one)
            except GaitError as error:
                left = error
        if left is not None:
            raise left

    def _go_on(self, receipt: Receipt) -> Receipt:
        """Raises GaitError `not_all_deleted`."""
        records = self.records()
        try:
            with one_writer(self.files.data / "deletions", WAIT_S):
                for _ in range(ROUNDS):
                    with records.reading() as at:
                        runs = _runs(_visits(at, receipt.target, receipt.target_id))
                    for run in runs:
                        self._stop(run)
                    with records.reading() as at:
                        found = self._found(at, receipt.target, receipt.target_id)
                    with records.writing() as at:
                        receipts.add_files(at, receipt.id, [file for one in found for file in one.described()])
                    for one in found:
                        self.files.delete(one)
                    self._delete_far(receipt, [one for one in found if one.copies])
                    with records.writing() as at:
                        # What came meanwhile has a record, and is found here: nobody adds a run while this is written.
                        if not self._found(at, receipt.target, receipt.target_id):
                            done = _finish(at, receipt)
                            break
                else:
                    raise GaitError("not_all_deleted", receipt=receipt.id)
        except OSError as error:
            raise GaitError("not_all_deleted", receipt=receipt.id) from error
        except GaitError as error:
            if error.code.startswith("records_"):
                raise
            raise GaitError("not_all_deleted", receipt=receipt.id) from error
        records.overwrite_deleted()
        return done

    def _found(self, at: Transaction, target: ReceiptTarget, target_id: str) -> list[RunFiles]:
        """The files that are to go and are still there."""
        if target == "recording":
            folder = unclaimed_one(self.files.reports, target_id, lambda run_id: has_run(at, run_id))
            return [RunFiles("", recordings=(folder,))] if folder else []
        if target == "result":
            visited, _ = visits.files_named(at)
            found = [one.name for one in self.files.loose(visited) if one.mark == target_id]
            return [files for files in map(self.files.of_result, found) if files]
        return self.files.of(_runs(_visits(at, target, target_id)), video_alone=target == "video")


def has_run(at: Transaction, run_id: str) -> bool:
    """Whether there is a run of that id."""
    try:
        visits.run(at, run_id)
    except GaitError:
        return False
    return True


def _visits(at: Transaction, target: ReceiptTarget, target_id: str) -> list[Visit]:
    """The visits that are to go, or parts of them, and are still there."""
    try:
        if target == "customer":
            return visits.of_customer(at, target_id)
        return [visits.get(at, target_id)] if target not in ("recording", "result") else []
    except GaitError as error:
        if error.code in ("no_customer", "no_visit"):
            return []
        raise


def _runs(came: Sequence[Visit]) -> list[Run]:
    return [run for visit in came for run in visit.runs]


def _finish(at: Transaction, receipt: Receipt) -> Receipt:
    """The files are gone: the records go, with their line in the audit log, and the receipt is done."""
    now = receipts.get(at, receipt.id)
    if now.finished is not None:  # by another program meanwhile
        return now
    came = _visits(at, receipt.target, receipt.target_id)
    entries: dict[str, int] = {}
    beyond = _let_go_beyond(at, came, film_alone=receipt.target == "video")
    if receipt.target == "customer":
        if came or _is_customer(at, receipt.target_id):
            entries = _counted(at, came) | {"customers": len(customers.entries_of(at, receipt.target_id))}
            customers.delete_rows(at, receipt.target_id)
    elif receipt.target == "visit" and came:
        entries, whose = _counted(at, came), came[0].customer_id
        visits.delete_row(at, receipt.target_id)
        if receipt.why != ASKED and whose is not None and not visits.of_customer(at, whose):
            entries["customers"] = len(customers.entries_of(at, whose))
            customers.delete_rows(at, whose)
    elif receipt.target == "numbers" and came:
        entries = {"runs": len(came[0].runs)}
        for run in came[0].runs:
            visits.delete_run(at, run.id)
        visits.note(at, came[0].id, "")
    elif receipt.target == "video" and came:
        for run in came[0].runs:
            visits.set_clips(at, run.id, None, None)
    audit.note(at, receipt.who, f"{receipt.target}_deleted", receipt.target, receipt.target_id, receipt.id)
    return receipts.finish(at, receipt.id, entries | ({BEYOND: beyond} if beyond else {}))


def _let_go_beyond(at: Transaction, came: Sequence[Visit], *, film_alone: bool) -> int:
    """How many copies are left on computers that are gone for good: nobody can say that they went, but should one come back they go."""
    names = {name for run in _runs(came) for name in things_of(run)}
    films = {name for name in names if film_alone and name.startswith(f"{RESULTS}/")}
    return held.let_go(at, names - films) + held.let_go_film(at, films)


def _counted(at: Transaction, came: Sequence[Visit]) -> dict[str, int]:
    return {
        "visits": len(came),
        "runs": len(_runs(came)),
        "consents": sum(len(consents.of_visit(at, visit.id)) for visit in came),
        "purchases": sum(len(purchases.of_visit(at, visit.id)) for visit in came),
    }


def _is_customer(at: Transaction, customer_id: str) -> bool:
    try:
        customers.get(at, customer_id)
    except GaitError:
        return False
    return True
