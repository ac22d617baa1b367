"""Whether records and files fit: what `gait records check` names. Nothing is changed."""

from pathlib import Path

from gait.errors import GaitError
from gait.places import clips_folder
from gait.records import folders, held, visits
from gait.records import jobs as rows
from gait.records.database import Records
from gait.records.folders import Found
from gait.services.alive import Alive
from gait.services.depot import Depot
from gait.services.queue import meant
from gait.services.things import CLIPS, RESULTS
from gait.services.uploads import FOLDER, PLACE, RECORDED


def check(records: Records, reports: Path, data: Path, depot: Depot | None = None) -> list[Found]:
    """Files without a record, records without a file, half of either. Raises GaitError when the records do not answer.

    With a `depot` what the object store has is compared too; where it does not answer, that is among what is found.
    """
    # A clip's track is no clip.
    kept = [path.name for path in clips_folder(data).glob("[!.]*") if path.suffix != ".npz"]
    with records.reading() as at:
        elsewhere = {name.partition("/")[2] for name in held.anywhere(at)}
    stored = _stored(records, depot) if depot is not None and depot.on else []
    return folders.check(records, reports, kept, elsewhere) + _waiting(records, reports) + stored


def _stored(records: Records, depot: Depot) -> list[Found]:
    """Of the object store: what has no record, and what it should have and has not."""
    with records.reading() as at:
        rows_there = held.at_place(at, held.STORE).values()
        told = {one.name: one for one in rows_there if not one.going}
        going = {one.name for one in rows_there if one.going}
        results, clips = visits.files_named(at)
    try:
        there = depot.in_store()
    except GaitError:
        return [Found("store_not_compared", depot.store.shown if depot.store else "")]
    named = {f"{RESULTS}/{name}" for name in results} | {f"{CLIPS}/{name}" for name in clips}
    found = [Found("stored_without_run", name) for name in sorted(there - named - going)]
    return found + [
        Found("not_in_store", name) for name, one in sorted(told.items()) if one.digest and name not in there
    ]


def _waiting(records: Records, reports: Path) -> list[Found]:
    """Of the analyses that are still to come: those whose clip is gone, and clips of programs that ended which none of them is about."""
    uploads = reports / FOLDER
    place, alive = uploads / PLACE, Alive(uploads)
    if not uploads.is_dir():
        return []
    with records.reading() as at:
        jobs = rows.unfinished(at, place.read_text(encoding="utf-8")) if place.is_file() else []
    asked = {job.id: meant(job.request, reports) for job in jobs}
    found = [Found("job_without_clip", name) for name, one in sorted(asked.items()) if not one.clip.is_file()]
    named = {one.uploads for one in asked.values()}
    for folder in sorted(p for p in uploads.iterdir() if p.is_dir() and not p.name.startswith((".", RECORDED))):
        if folder not in named and not alive.lives(folder.name.partition("-")[0]):
            found.append(Found("clip_without_job", folder.name))
    return found
