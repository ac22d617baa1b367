"""The results on this computer: one folder each in the folder of all results, named by date, time and runner."""

import logging
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gait import places
from gait.errors import GaitError
from gait.results.folder import ResultFolder

SAMPLE_RUN, SAMPLE_STANDING = places.sample_run(), places.sample_standing()
SAMPLE_SPEED_KMH = places.SAMPLE_SPEED_KMH

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One line of the list of earlier results."""

    name: str
    runner: str
    made: datetime
    status: str
    labels: dict[str, str]
    speed_kmh: float | None
    file: str


def reports_root() -> Path:
    """Where results go."""
    return places.reports_root()


def new_name(runner: str, now: datetime | None = None) -> str:
    """A folder name nobody has yet: `2026-01-15-103000-anna`."""
    moment = now or datetime.now().astimezone()
    slug = re.sub(r"[^a-z0-9]+", "-", runner.lower()).strip("-")[:40].strip("-") or "run"
    base = f"{moment:%Y-%m-%d-%H%M%S}-{slug}"
    name, again = base, 1
    while (reports_root() / name).exists():
        again += 1
        name = f"{base}-{again}"
    return name


def find(name: str | None) -> ResultFolder | None:
    """The result of that name; None when there is none. A name that is more than a folder's name finds nothing."""
    if not name or not re.fullmatch(r"[\w.-]+", name) or name.startswith("."):
        return None
    path = reports_root() / name
    return ResultFolder(path) if (path / "analysis.json").is_file() else None


def entries() -> list[Entry]:
    """All results, newest first. A folder whose result cannot be read is left out."""
    root = reports_root()
    found = []
    for path in root.iterdir() if root.is_dir() else ():
        if path.name.startswith(".") or not (path / "analysis.json").is_file():
            continue
        try:
            found.append(entry(ResultFolder(path)))
        except GaitError as error:
            log.warning("left out of the list: %s", error)
    return sorted(found, key=lambda e: e.made, reverse=True)


def entry(folder: ResultFolder) -> Entry:
    """What the list says about one result. Raises GaitError when analysis.json cannot be read."""
    doc: dict[str, Any] = folder.analysis
    feet = doc.get("feet") or {}
    return Entry(
        name=folder.path.name,
        runner=str(doc.get("runner") or ""),
        made=made(folder),
        status=str(doc.get("status", "ok")),
        labels={side: str(foot.get("label")) for side, foot in feet.items() if foot},
        speed_kmh=(doc.get("reference") or {}).get("speed_kmh"),
        file=str((doc.get("clip") or {}).get("file") or ""),
    )


def made(folder: ResultFolder) -> datetime:
    """When the result was made, in local time: as it says itself, else the file's own date."""
    try:
        moment = datetime.fromisoformat(str(folder.analysis.get("created")))
    except ValueError:
        moment = datetime.fromtimestamp((folder.path / "analysis.json").stat().st_mtime, tz=UTC)
    return moment.astimezone()


def delete(name: str) -> None:
    """Remove a result with everything in it. Raises GaitError when the disk does not let it go."""
    folder = find(name)
    if folder is None:
        return
    try:
        shutil.rmtree(folder.path)
    except OSError as error:
        raise GaitError(
            "The result could not be deleted.", "Close the programs that have its files open, then try again."
        ) from error


def store_table(variable: str) -> Path | None:
    """The store's own CSV named by an environment variable (`gait app --shelf`, `--limits` set them); None for ours."""
    named = os.environ.get(variable)
    return Path(named) if named else None
