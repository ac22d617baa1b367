"""Results that the object store has and this computer has not, as the list of earlier results shows them without fetching any."""

import logging
from typing import cast

from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Label
from gait.records import visits
from gait.records.values import Run
from gait.services.depot import Depot
from gait.services.library import UNDATED, Entry, Library, read_name
from gait.services.store_records import StoreRecords
from gait.services.things import RESULTS

log = logging.getLogger(__name__)


def elsewhere(depot: Depot, records: StoreRecords) -> list[Entry]:
    """What is known of each by the records, and of one that is of no visit by its name. Raises GaitError when they do not answer."""
    names = [name.partition("/")[2] for name in depot.only_in_store(f"{RESULTS}/")]
    if not names:
        return []
    with records.reading() as at:
        runs, called = visits.runs_of_results(at, names), visits.customers_of_results(at, names)
    return [_entry(name, runs.get(name), called.get(name, "")) for name in names]


def wherever(library: Library, depot: Depot, records: StoreRecords) -> list[Entry]:
    """Every result that can be opened, the newest first: of this computer and elsewhere.

    Where the records do not answer, those of this computer alone.
    """
    try:
        far = elsewhere(depot, records)
    except GaitError as error:
        log.warning("results elsewhere are not listed: %s", error.code)
        far = []
    return sorted([*library.entries(), *far], key=lambda one: one.made, reverse=True)


def _entry(name: str, run: Run | None, customer: str) -> Entry:
    summary = run.summary if run else None
    moment, said = read_name(name)
    return Entry(
        name=name,
        runner=customer or said,
        made=(run.made.astimezone() if run and run.made else None) or moment or UNDATED,
        labels={Side(side): cast(Label, label) for side, label in summary.labels.items()}
        if summary and not summary.refused
        else None,
        speed_kmh=run.speed_kmh if run else None,
        file="",
        here=False,
        known=summary is not None,
    )
