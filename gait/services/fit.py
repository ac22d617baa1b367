"""Whether records and files fit: what `gait records check` names. Nothing is changed."""

from pathlib import Path

from gait.places import clips_folder
from gait.records import folders
from gait.records import jobs as rows
from gait.records.database import Records
from gait.records.folders import Found
from gait.services.alive import Alive
from gait.services.queue import meant
from gait.services.uploads import FOLDER, PLACE, RECORDED


def check(records: Records, reports: Path, data: Path) -> list[Found]:
    """Files without a record, records without a file, half of either. Raises GaitError when the records do not answer."""
    kept = [
        path.name for path in clips_folder(data).glob("[!.]*") if path.suffix != ".npz"
    ]  # a clip's track is no clip
    return folders.check(records, reports, kept) + _waiting(records, reports)


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
