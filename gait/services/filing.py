"""A result that is nobody's, of no visit or of a walk-in, is put into a visit afterwards.

Each call is one transaction, with its line in the audit log. All of them raise GaitError, as the records do.
"""

from datetime import datetime

from gait.errors import GaitError
from gait.records import audit, consents, customers, folders, purchases, visits
from gait.records.database import Transaction
from gait.records.values import Run, Visit
from gait.services.store_records import StoreRecords


class Filing:
    """Puts results into visits, for one member of staff."""

    def __init__(self, records: StoreRecords, who: str = "app", staff_id: str | None = None) -> None:
        """`who` as the audit log names them."""
        self._records, self._who, self._staff_id = records, who, staff_id

    def is_nobodys(self, name: str) -> bool:
        """Whether the result of that name is of no visit, or of a walk-in."""
        with self._records.reading() as at:
            run = visits.run_of_result(at, name)
            return run is None or visits.get(at, run.visit_id).customer_id is None

    def into(self, name: str, visit_id: str) -> Run:
        """It is that visit's from now on. One that is a customer's already stays theirs: GaitError `result_taken`."""
        with self._records.writing() as at:
            return self._put(at, name, visits.get(at, visit_id))

    def to(self, name: str, customer_id: str) -> Run:
        """It is that customer's, in their visit of the day on which it was made. Where there is none it is made, as one of that day."""
        with self._records.writing() as at:
            return self._put(at, name, self._visit_of_its_day(at, name, customers.get(at, customer_id).id))

    def to_new(self, name: str, called: str) -> Run:
        """The same, to a new customer of that name."""
        with self._records.writing() as at:
            made = customers.make(at, called)
            audit.note(at, self._who, "customer_made", "customer", made.id)
            return self._put(at, name, self._visit_of_its_day(at, name, made.id))

    def _put(self, at: Transaction, name: str, visit: Visit) -> Run:
        run = visits.run_of_result(at, name)
        if run is None:
            run = folders.attach(at, visits.add_run(at, visit.id).id, self._records.reports / name)
        elif run.visit_id != visit.id:
            before = visits.get(at, run.visit_id)
            if before.customer_id is not None:
                raise GaitError("result_taken")
            run = visits.move_run(at, run.id, visit.id)
            if len(before.runs) == 1 and not purchases.of_visit(at, before.id):
                # Nobody else is left of the walk-in: what was agreed to on it was agreed to by this person.
                consents.move(at, before.id, visit.id)
                visits.delete_row(at, before.id)
        audit.note(at, self._who, "result_filed", "run", run.id, visit.id)
        return run

    def _visit_of_its_day(self, at: Transaction, name: str, customer_id: str) -> Visit:
        run = visits.run_of_result(at, name)
        made = run.made if run and run.made else folders.read(self._records.reports / name).made
        day = made.astimezone().date()
        there = [one for one in visits.of_customer(at, customer_id) if one.started.astimezone().date() == day]
        if there:
            return next((one for one in there if one.state == "open"), there[0])
        begun = visits.start(at, customer_id, staff_id=self._staff_id, started=made)
        audit.note(at, self._who, "visit_begun", "visit", begun.id)
        if day == datetime.now().astimezone().date():
            return begun
        return visits.finish(at, begun.id, finished=made)
