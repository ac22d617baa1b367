"""One file with everything a store keeps: its records, results and kept clips, each with its checksum; and back into an empty place.

It is a zip: `manifest.json` says what is in it, `records.jsonl` has the rows (`gait.records.dump`), `results/` and `clips/` the
files of this computer, `store/` the shelf that the manager keeps, and its rules. What only the object store has stays there; the manifest says how much that is. The program may run meanwhile: rows are of one moment, each result is of one version. What waits to be analysed and
kept tracks are not in it.
"""

import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from gait import __version__
from gait.errors import GaitError
from gait.places import clips_folder, rules_folder, shelf_file
from gait.records import dump, folders, settings
from gait.records.database import Records
from gait.records.ids import now
from gait.results.lock import one_writer
from gait.results.place import PART
from gait.services.handed_out import new_file
from gait.services.library import WRITER_WAIT_S
from gait.services.store_files import StoreFiles

FORMAT = "gait.backup/1"
MANIFEST, ROWS = "manifest.json", "records.jsonl"
LAST, LIMIT_DAYS = "backup_last", "backup_days"
"""Settings: when the last one was made, and how old the manager lets it become."""
USUAL_DAYS, LONGEST_DAYS = 7, 366
STORED = {".mp4", ".webm", ".jpg", ".png", ".npz", ".pdf"}
"""Packed already."""
PIECE = 1 << 20


@dataclass(frozen=True)
class Backup:
    """What is in one."""

    made: datetime
    gait: str
    results: int
    clips: int
    rows: int
    bytes: int
    only_in_store: int = 0
    """Results and clips that the object store alone had: the records in it speak of them, and they are not in it."""


@dataclass(frozen=True)
class LastBackup:
    """When there was one, and how old the manager lets it become."""

    made: datetime | None
    days: int

    @property
    def old(self) -> bool:
        """Whether another is wanted."""
        return self.made is None or now() - self.made > timedelta(days=self.days)


def last_backup(records: Records) -> LastBackup:
    """As the records say it. Raises GaitError when they do not answer."""
    with records.reading() as at:
        made, days = settings.read(at, LAST), int(settings.read(at, LIMIT_DAYS, USUAL_DAYS))
    return LastBackup(datetime.fromisoformat(made) if made else None, days)


def back_up(records: Records, files: StoreFiles, out: Path, every_days: int | None = None) -> Backup:
    """Write everything into `out`, which must not be there yet, and read it again. Raises GaitError.

    `every_days`: how old the manager lets the last one become from now on; None: as it was set.
    """
    if every_days is not None and not 1 <= every_days <= LONGEST_DAYS:
        raise GaitError("bad_backup_days", most=LONGEST_DAYS)
    told: dict[str, dict[str, object]] = {}
    with new_file(out, GaitError("not_backed_up", folder=str(out.absolute().parent))) as part:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as into:
            rows = -1  # the first line is the schema's
            with into.open(ROWS, "w", force_zip64=True) as to:
                digest, size = hashlib.sha256(), 0
                for line in dump.lines(records):
                    to.write(line.encode())
                    digest.update(line.encode())
                    size, rows = size + len(line.encode()), rows + 1
            told[ROWS] = {"bytes": size, "sha256": digest.hexdigest()}
            for folder in list(folders.results_in(files.reports)):
                with one_writer(folder, WRITER_WAIT_S):
                    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(PART)):
                        name = f"results/{folder.name}/{path.relative_to(folder).as_posix()}"
                        told[name] = _add(into, path, name)
            kept = clips_folder(files.data)
            for path in sorted(p for p in kept.iterdir() if p.is_file() and p.name[0] != ".") if kept.is_dir() else []:
                told[f"clips/{path.name}"] = _add(into, path, f"clips/{path.name}")
            for path in [shelf_file(files.data), *sorted(rules_folder(files.data).glob("*.csv"))]:
                if path.is_file():
                    name = f"store/{path.relative_to(files.data).as_posix()}"
                    told[name] = _add(into, path, name)
            made = now()
            far = files.depot.only_there() if files.depot else 0
            head = {"format": FORMAT, "made": made.isoformat(), "gait": __version__, "rows": rows, "files": told}
            head["only_in_store"] = far
            into.writestr(MANIFEST, json.dumps(head, indent=1, ensure_ascii=False))
        done = look(part)
    with records.writing() as at:
        settings.write(at, LAST, made.isoformat())
        if every_days is not None:
            settings.write(at, LIMIT_DAYS, every_days)
    return done


def look(file: Path) -> Backup:
    """What is in the backup, after all of it was compared with its checksums. Raises GaitError when it is no backup or damaged."""
    with _opened(file) as (whole, head):
        return _looked(whole, head)


def restore(records: Records, files: StoreFiles, file: Path) -> Backup:
    """Put the backup into records and folders that are empty; what a restore that was cut short put there already is taken.

    The file is compared with its checksums before anything is written. The records come last. Raises GaitError.
    """
    with _opened(file) as (whole, head):
        done = _looked(whole, head)
        if records.schema() is not None and not dump.is_empty(records):
            raise GaitError("restore_not_empty", place=records.shown)
        known = {name.split("/")[1] for name in head["files"] if name.startswith("results/")}
        strange = [path for path in folders.results_in(files.reports) if path.name not in known]
        if strange:
            raise GaitError("restore_not_empty", place=str(files.reports))
        try:
            for name in sorted(head["files"]):
                kind, _, inside = name.partition("/")
                if kind == "results":
                    _put(whole, name, files.reports / inside)
                elif kind == "clips":
                    _put(whole, name, clips_folder(files.data) / inside)
                elif kind == "store":
                    _put(whole, name, files.data / inside)
        except OSError as error:
            raise GaitError("not_restored", folder=str(files.reports)) from error
        with whole.open(ROWS) as rows:
            dump.fill(records, (line.decode() for line in rows))
    return done


@contextmanager
def _opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    """The zip and its manifest. Raises GaitError when it is no backup of ours."""
    if not file.is_file():
        raise GaitError("no_file", path=str(file))
    try:
        with zipfile.ZipFile(file) as whole:
            head = json.loads(whole.read(MANIFEST))
            if head["format"] != FORMAT:
                raise GaitError("backup_newer")
            yield whole, head
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise GaitError("backup_damaged") from error


def _looked(whole: zipfile.ZipFile, head: dict[str, Any]) -> Backup:
    """Raises GaitError when a file is missing, strange, or not as it was written."""
    told = head["files"]
    if sorted([*told, MANIFEST]) != sorted(whole.namelist()) or not all(_plain(name) for name in told):
        raise GaitError("backup_damaged")
    for name, said in told.items():
        digest, size = hashlib.sha256(), 0
        with whole.open(name) as opened:
            while piece := opened.read(PIECE):
                digest.update(piece)
                size += len(piece)
        if said != {"bytes": size, "sha256": digest.hexdigest()}:
            raise GaitError("backup_damaged")
    results = {name.split("/")[1] for name in told if name.startswith("results/")}
    clips = sum(1 for name in told if name.startswith("clips/") and not name.endswith(".npz"))
    size = sum(said["bytes"] for said in told.values())
    made, far = datetime.fromisoformat(head["made"]), int(head.get("only_in_store", 0))
    return Backup(made, head["gait"], len(results), clips, head["rows"], size, far)


def _plain(name: str) -> bool:
    """Whether it is a name as `back_up` writes them, and leads nowhere else."""
    parts = PurePosixPath(name).parts
    if name == ROWS:
        return True
    inside = parts[0] in ("results", "clips", "store") and len(parts) >= (3 if parts[0] == "results" else 2)
    return inside and "/".join(parts) == name and not any(p in ("..", ".") or "\\" in p or ":" in p for p in parts)


def _add(into: zipfile.ZipFile, path: Path, name: str) -> dict[str, object]:
    """The file's size and checksum, of the very bytes that were written."""
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type = zipfile.ZIP_STORED if path.suffix.lower() in STORED else zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as opened, into.open(info, "w", force_zip64=True) as to:
        while piece := opened.read(PIECE):
            to.write(piece)
            digest.update(piece)
            size += len(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _put(whole: zipfile.ZipFile, name: str, place: Path) -> None:
    """Write the file beside its place and move it there: what is there already is the same, of a restore that was cut short."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}{PART}")
    try:
        with whole.open(name) as opened, part.open("wb") as to:
            shutil.copyfileobj(opened, to, PIECE)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
