"""Everything the store has on one person, or of one visit, as one zip: readable JSON and CSV, and the files.

A recording that waits to be analysed shows faces, so it is not among them; the zip says so.
"""

import csv
import io
import json
import logging
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gait import words
from gait.errors import GaitError
from gait.export.cells import cell
from gait.records import audit, comfort, consents, customers, purchases, visits
from gait.records.database import Transaction
from gait.records.values import SCALES, AuditEntry, ComfortRating, Consent, Customer, Purchase, Visit, plain
from gait.results.lock import one_writer
from gait.results.place import own_work
from gait.services.handed_out import new_file
from gait.services.kept_clips import track_of
from gait.services.library import WRITER_WAIT_S
from gait.services.store_files import RunFiles, StoreFiles

FORMS = ("csv", "parquet", "trc", "mot", "c3d")
"""What a visit's zip has of each result beside its folder, where its pictures and its PDF are."""
LINES = 10_000
"""Of the audit log, at most."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Everything:
    """All records on one person, or of one visit."""

    customer: Customer | None
    """None: of a visit without a name."""
    entries: Sequence[str]
    """The ids that lead to this customer."""
    visits: Sequence[Visit]
    ratings: Sequence[ComfortRating]
    consents: Sequence[Consent]
    purchases: Sequence[Purchase]
    audit: Sequence[AuditEntry]
    """What was done with this customer's entries and visits, and when."""
    of: Literal["customer", "visit"] = "customer"


def everything(at: Transaction, customer_id: str) -> Everything:
    """The records of one moment. Raises GaitError when there is no such customer, and `comfort_first` while one of their shoes is to be rated."""
    whose = customers.get(at, customer_id)
    entries, came = customers.entries_of(at, whose.id), visits.of_customer(at, whose.id)
    if comfort.sealed(at) & {visit.id for visit in came}:
        raise GaitError("comfort_first", "export")
    rated = [one for visit in came for one in comfort.of_visit(at, visit.id)]
    named = [("customer", one) for one in entries] + [("visit", visit.id) for visit in came]
    lines = [line for kind, one in named for line in audit.latest(at, LINES, target=kind, target_id=one)]
    told = consents.of_customer(at, whose.id), purchases.of_customer(at, whose.id)
    return Everything(whose, entries, came, rated, *told, sorted(lines, key=lambda line: line.id))


def everything_of_visit(at: Transaction, visit_id: str) -> Everything:
    """The records of one moment. Raises GaitError when there is no such visit, and `comfort_first` while its shoes are to be rated."""
    came = visits.get(at, visit_id)
    if came.id in comfort.sealed(at):
        raise GaitError("comfort_first", "export")
    return Everything(
        customers.get(at, came.customer_id) if came.customer_id else None,
        (),
        (came,),
        comfort.of_visit(at, came.id),
        consents.of_visit(at, came.id),
        purchases.of_visit(at, came.id),
        sorted(audit.latest(at, LINES, target="visit", target_id=came.id), key=lambda line: line.id),
        "visit",
    )


def write_zip(told: Everything, files: StoreFiles, out: Path) -> None:
    """Write it beside its place and move it there whole. Raises GaitError when `out` is there already or cannot be written."""
    runs = [run for visit in told.visits for run in visit.runs]
    fault = GaitError("not_exported", folder=str(out.absolute().parent))
    with new_file(out, fault) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as into:
        for name, text in documents(told).items():
            into.writestr(name, text)
        there = files.of(runs)
        if any(one.recordings for one in there):
            into.writestr("NOT_IN_HERE.txt", words.phrase("export-not_in_here") + "\n")
        for one in there:
            _add(into, one)
        if told.of == "visit":
            _add_forms(into, [one.result for one in there if one.result], out.parent)


def documents(told: Everything) -> dict[str, str]:
    """The records as files, by name."""
    runs = [(visit, run) for visit in told.visits for run in visit.runs]
    return {
        "README.txt": words.phrase("export-readme" if told.of == "customer" else "export-readme_visit") + "\n",
        f"{told.of}.json": json.dumps(plain(told), ensure_ascii=False, indent=2) + "\n",
        "visits.csv": _table(
            ("visit", "started", "finished", "state", "kept", "note"),
            ((v.id, v.started, v.finished, v.state, v.kept, v.note) for v in told.visits),
        ),
        "runs.csv": _table(
            (
                *("run", "visit", "position", "made", "shoe", "size", "comfort", "speed_kmh", "result", "gait_version"),
                *("left_label", "right_label", "left_peak_deg", "right_peak_deg"),
            ),
            (
                (
                    *(r.id, v.id, r.position, r.made, r.shoe, r.size, r.comfort, r.speed_kmh, r.result, r.method),
                    *((r.summary.labels.get(side) if r.summary else None) for side in ("left", "right")),
                    *((r.summary.peaks_deg.get(side) if r.summary else None) for side in ("left", "right")),
                )
                for v, r in runs
            ),
        ),
        "comfort.csv": _table(
            ("run", "code", "place", *(f"{scale}_mm" for scale in SCALES), "settled", "skipped"),
            (
                (c.run_id, c.code, c.position, *(c.scales_mm.get(s) for s in SCALES), c.settled, bool(c.skipped_by))
                for c in told.ratings
            ),
        ),
        "agreements.csv": _table(
            ("visit", "purpose", "given", "withdrawn", "text_version", "text"),
            ((c.visit_id, c.purpose, c.given, c.withdrawn, c.text.version, c.text.text) for c in told.consents),
        ),
        "purchases.csv": _table(
            ("visit", "shoe", "size", "bought", "returned", "reason"),
            ((p.visit_id, p.shoe, p.size, p.bought, p.returned, p.reason) for p in told.purchases),
        ),
    }


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()  # spreadsheets read it as UTF-8 by this sign


def _add(into: zipfile.ZipFile, files: RunFiles) -> None:
    with ExitStack() as stack:
        if files.result:
            # One version of the result: no correction comes between its files.
            stack.enter_context(one_writer(files.result, WRITER_WAIT_S))
            for path in sorted(p for p in files.result.rglob("*") if p.is_file()):
                into.write(path, f"results/{files.result.name}/{path.relative_to(files.result).as_posix()}")
        for clip in files.clips:
            if f"clips/{clip.name}" not in into.NameToInfo:
                into.write(clip, f"clips/{clip.name}")
                if (track := track_of(clip)).is_file():
                    into.write(track, f"clips/{track.name}")


def _add_forms(into: zipfile.ZipFile, results: Sequence[Path], parent: Path) -> None:
    """Each result in the forms of other programs, and the first and the last one compared. What cannot be made is left out.

    They are made in `parent`, beside the zip: what a program that was killed leaves there is swept away with its zip.
    """
    from gait.services.comparing import compare_folders, write_page  # late: they bring the typesetter
    from gait.services.exporting import export_result

    with own_work(parent) as place:
        for result in results:
            try:
                done = export_result(result, FORMS, place / result.name).files
            except GaitError as error:
                log.warning("a visit's zip lacks the exports of a result: %s", error.code)
                continue
            for file in done:
                into.write(file, f"exports/{result.name}/{file.name}")
        if len(results) > 1:
            try:
                compared = compare_folders(results[0], results[-1], place / "comparison")
                for file in (compared.file, write_page(compared)):
                    into.write(file, f"comparison/{file.name}")
            except GaitError as error:  # one of them was refused
                log.info("a visit's zip has no comparison: %s", error.code)
