"""The store's records as the program holds them: opened once by whoever needs them first, and never in the way of the rest."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gait.errors import GaitError
from gait.records import folders, visits
from gait.records.database import Records, Transaction
from gait.results.folder import ResultFolder

AGAIN_S = 5.0
"""Records that did not answer are left alone for so long: a page that could do without them does not wait for them each time."""

log = logging.getLogger(__name__)


class StoreRecords:
    """The records of one data folder. Any thread may use it."""

    def __init__(self, data: Path, reports: Path) -> None:
        """Nothing is opened yet. `reports` is where the results are that they speak of."""
        self.data, self.reports = data, reports
        self._records: Records | None = None
        self._failed: tuple[float, GaitError] | None = None
        self._lock = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """As `Records.reading`. Raises GaitError when they cannot be opened, and tries again later."""
        with self._watched(), self.opened().reading() as at:
            yield at

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """As `Records.writing`. Raises GaitError when they cannot be opened, and tries again later."""
        with self._watched(), self.opened().writing() as at:
            yield at

    def opened(self) -> Records:
        """The records, brought to today's schema. Raises GaitError."""
        with self._lock:
            if self._failed and time.monotonic() - self._failed[0] < AGAIN_S:
                raise self._failed[1]
            if self._records is None:
                try:
                    self._records = Records.open(self.data)
                    with self._records.writing() as at:
                        folders.settle(at, self.reports)
                except GaitError as error:
                    self._failed = time.monotonic(), error
                    raise
            return self._records

    @property
    def there(self) -> bool:
        """Whether there are records at all: nobody makes them by looking."""
        if self._records is not None:
            return True
        with suppress(GaitError):
            file = Records.at(self.data).file
            return file is None or file.exists()
        return False

    def expect_result(self, run_id: str, name: str) -> None:
        """The run of a visit is to have a result of that name; nothing for a run of no visit (an empty id). Never raises."""
        if not run_id:
            return
        try:
            with self.writing() as at:
                visits.expect(at, run_id, name)
        except GaitError as error:
            log.warning("the records do not know what is to come: %s", error.code)

    def note_result(self, run_id: str, folder: ResultFolder, *, again: bool = False) -> None:
        """The run of a visit has that result, or (an empty id) the run that has it already shows what was corrected in it.

        Never raises: the result stands whether or not the records know it, and `gait records check` finds what they do not. Only who
        would try `again` is told by GaitError that they do not answer.
        """
        try:
            with self.writing() as at:
                known = None if run_id else visits.run_of_result(at, folder.path.name)
                whose = run_id or (known.id if known else "")
                if whose:
                    folders.attach(at, whose, folder.path)
        except GaitError as error:
            if again and error.code.startswith("records_"):
                raise
            log.warning("the records do not know a result: %s", error.code)

    def forget_result(self, name: str) -> None:
        """That result was deleted. Never raises, as `note_result`."""
        try:
            with self.writing() as at:
                visits.detach(at, [name])
        except GaitError as error:
            log.warning("the records still name a deleted result: %s", error.code)

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._records is not None:
                self._records.close()
            self._records = None

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except GaitError as error:
            known = self._failed is not None and error is self._failed[1]  # said again, not failed again
            if error.code == "records_away" and not known:
                self._failed = time.monotonic(), error
            raise
