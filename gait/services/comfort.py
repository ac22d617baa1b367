"""Comfort at the counter: the runner rates the shoes of a visit on a tablet, and nobody is told a label before that or before it is skipped.

Being told that a shoe was matched to one's gait raised the comfort of the very same shoe by 17 mm of 100 in a trial with 21 runners,
which is more than the smallest difference that matters: hence the order. `Seals` keeps it, `ComfortDesk` is what the pages ask.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gait.errors import GaitError
from gait.records import audit, comfort, settings, visits
from gait.records.database import Transaction
from gait.records.values import ComfortRating, Run, Scale, Visit
from gait.results.folder import ResultFolder
from gait.services.store_records import StoreRecords
from gait.words import phrase

ASKED = "comfort_first"
"""The setting: whether a visit with two shoes asks for comfort. A shop may turn it off."""

log = logging.getLogger(__name__)


class Seals:
    """Which results nobody is shown yet. Any thread may call it."""

    def __init__(self, records: StoreRecords) -> None:
        self._records = records
        self._last: frozenset[str] = frozenset()

    def results(self) -> frozenset[str]:
        """The names of those results. While the records do not answer, those that they named last. Never raises."""
        if not self._records.there:
            return frozenset()
        try:
            with self._records.reading() as at:
                self._last = frozenset(comfort.sealed_results(at))
        except GaitError as error:
            log.warning("which results wait for comfort is as it was known last: %s", error.code)
        return self._last

    def opened(self, folder: ResultFolder) -> ResultFolder:
        """The result, where it may be shown: one that was refused has no label to wait for. Raises GaitError `comfort_first`."""
        if folder.path.name in self.results() and not folder.result.refused:
            raise GaitError("comfort_first")
        return folder


@dataclass(frozen=True)
class ShoeToRate:
    """A shoe that is or was asked for, as the store's screen shows it. A tablet is told the rating alone."""

    rating: ComfortRating
    run: Run


@dataclass(frozen=True)
class Waiting:
    """A visit whose shoes wait to be rated. Whose it is is not in it."""

    visit_id: str
    codes: Sequence[str]
    """In the order that was drawn, of those still to be rated."""


class ComfortDesk:
    """Comfort, for whoever is signed in: a member of staff, or the tablet in the customer's hand. All of it raises GaitError."""

    def __init__(self, records: StoreRecords, who: str = "app", staff_id: str | None = None) -> None:
        """`who` as the audit log names them."""
        self._records, self._who, self._staff_id = records, who, staff_id

    def waiting(self) -> list[Waiting]:
        """The visits on which a shoe is to be rated, that of the latest shoe first."""
        with self._records.reading() as at:
            found = [visits.get(at, visit_id) for visit_id in comfort.sealed(at)]
            found.sort(key=lambda one: max(run.created for run in one.runs), reverse=True)
            return [Waiting(one.id, [r.code for r in comfort.of_visit(at, one.id) if not r.settled]) for one in found]

    def of_visit(self, visit_id: str) -> list[ComfortRating]:
        """All that is or was asked for, in the order that was drawn."""
        with self._records.reading() as at:
            return comfort.of_visit(at, visits.get(at, visit_id).id)

    def shoes(self, visit: Visit) -> list[ShoeToRate]:
        """The same with the shoes, for whoever hands them out."""
        runs = {run.id: run for run in visit.runs}
        return [ShoeToRate(one, runs[one.run_id]) for one in self.of_visit(visit.id) if one.run_id in runs]

    def rate(self, run_id: str, scales_mm: Mapping[Scale, int]) -> ComfortRating:
        """The runner is done with that shoe."""
        with self._records.writing() as at:
            rated = comfort.rate(at, run_id, scales_mm)
            audit.note(at, self._who, "comfort_rated", "run", run_id)
            return rated

    def skip(self, visit_id: str) -> None:
        """What is left is not rated; the labels may be seen."""
        with self._records.writing() as at:
            skip(at, visit_id, self._who)

    def asked(self) -> bool:
        """Whether visits ask for comfort."""
        with self._records.reading() as at:
            return is_asked(at)

    def set_asked(self, asked: bool) -> None:
        """Whether visits ask for it from now on. What is asked for already stays."""
        with self._records.writing() as at:
            settings.write(at, ASKED, None if asked else False, staff_id=self._staff_id)
            audit.note(at, self._who, "comfort_set", "setting", ASKED, "on" if asked else "off")


def is_asked(at: Transaction) -> bool:
    """Whether visits ask for comfort before a label is shown: they do until the manager says otherwise."""
    return bool(settings.read(at, ASKED, True))


def shoe_added(at: Transaction, visit_id: str) -> None:
    """The visit has one more shoe: comfort is asked for, where there are two and the store asks."""
    if is_asked(at):
        comfort.ask(at, visit_id, without=(phrase("page-barefoot"),))


def skip(at: Transaction, visit_id: str, who: str) -> None:
    """Nothing more is rated on that visit; it is written down who said so."""
    if comfort.skip(at, visit_id, who):
        audit.note(at, who, "comfort_skipped", "visit", visit_id)


def shown(at: Transaction, found: Visit) -> Visit:
    """The visit as pages may have it: without labels and peaks while comfort is still to be rated."""
    return sealed_off(found) if found.id in comfort.sealed(at) else found


def sealed_off(found: Visit) -> Visit:
    """Without labels and peaks. That a clip was refused is told: it is recorded again."""
    return replace(found, runs=tuple(hidden(run) for run in found.runs))


def hidden(run: Run) -> Run:
    """The run without its labels and peaks."""
    return run if run.summary is None or run.summary.refused else replace(run, summary=None, sealed=True)
