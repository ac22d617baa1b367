"""The results on this computer: one folder each in the folder of all results, named by date, time and runner."""

import contextlib
import json
import logging
import os
import re
import secrets
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Label
from gait.places import make_private
from gait.pose import forget_tracks
from gait.records.letters import plain_letters
from gait.results.folder import ResultFolder
from gait.results.lock import PREFIX, beside, held_if_free, one_writer
from gait.results.place import NUMBERS, remove, settle

LONGEST_NAME = 255
LONGEST_SHOWN = 200
"""Of a runner's or a file's name in the list."""
LARGEST_BYTES = 64 << 20
"""Of an analysis.json that is read: a hundred times one of 20 minutes."""
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""Of a result of which nobody knows when it was made."""
WRITER_WAIT_S = 10.0
"""Somebody who deletes waits so long for one who corrects at the same moment."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One line of the list of earlier results."""

    name: str
    runner: str
    made: datetime
    labels: Mapping[Side, Label] | None
    """None: the clip was refused."""
    speed_kmh: float | None
    file: str
    here: bool = True
    """Whether it is on this computer; else the object store has it (`gait.services.elsewhere`)."""
    known: bool = True
    """Whether `labels` says it; of one that is elsewhere and of no visit nobody knows before it is fetched."""

    def matches(self, wanted: str, dates: Sequence[str] = ()) -> bool:
        """Whether each word of what was typed is in the runner's name, the file's, or one of the `dates`, accents and case aside."""
        held = plain_letters(" ".join((self.runner, self.file, f"{self.made:%Y-%m-%d}", *dates)))
        return all(word in held for word in plain_letters(wanted).split())


class Library:
    """The results of one folder."""

    def __init__(self, reports: Path) -> None:
        self.reports = reports
        self._listed: dict[Path, tuple[tuple[int, int], Entry]] = {}
        """What `entries` read last, by the file's change and size: reading a result takes milliseconds, more with a large shelf."""

    def new_name(self, runner: str, now: datetime | None = None) -> str:
        """A folder name nobody has yet: `2026-01-15-103000-anna`."""
        moment = now or datetime.now().astimezone()
        base = _name_of(moment, runner)
        name, again = base, 1
        while (self.reports / name).exists():
            again += 1
            name = f"{base}-{again}"
        return name

    def find(self, name: str | None) -> ResultFolder | None:
        """The result of that name; None when there is none. A name that is more than a folder's name finds nothing."""
        if not is_name(name):
            return None
        path = self.reports / str(name)
        # Unlike Path's own, this never raises: a name of many bytes, a folder nobody may look into.
        return ResultFolder(path) if os.path.isfile(path / "analysis.json") else None

    def entries(self) -> list[Entry]:
        """All results, newest first. A folder whose result cannot be read is left out."""
        listed = {}
        for path in self.reports.iterdir() if self.reports.is_dir() else ():
            if path.name.startswith("."):
                continue
            try:
                state = (path / "analysis.json").stat()
                if not stat.S_ISREG(state.st_mode) or state.st_size > LARGEST_BYTES:
                    continue  # a pipe would be waited for, for ever
                stamp = (state.st_mtime_ns, state.st_size)
                before, known = self._listed.get(path, (None, None))
                listed[path] = (stamp, known if known and before == stamp else entry(ResultFolder(path)))
            except OSError:
                continue  # no result, or one that is just being deleted
            except GaitError:
                log.warning("left out of the list: %s", said_of(path.name))
            except Exception as error:  # noqa: BLE001  whatever lies in one folder, the other results are shown
                log.warning("left out of the list: %s (%s)", said_of(path.name), type(error).__name__)
        self._listed = listed
        return sorted((one for _, one in listed.values()), key=lambda e: e.made, reverse=True)

    def delete(self, name: str) -> None:
        """Remove a result with everything in it, and the tracks of its clips. From the first moment on no page shows it.

        Raises GaitError when somebody writes it or the disk does not let it go.
        """
        folder = self.find(name)
        if folder is None:
            return
        if folder.path.is_symlink():
            raise GaitError("not_deleted")
        gone = self.reports / f"{PREFIX}{secrets.token_hex(8)}"  # names nobody
        try:
            with one_writer(folder.path, WRITER_WAIT_S):
                settle(beside(folder.path))
                folder.path.rename(gone)
            with held_if_free(gone):
                self.forget_tracks(gone)
                remove(gone)  # what is cut short here the next sweep finishes
        except OSError as error:
            raise GaitError("not_deleted") from error

    def delete_all(self, name: str) -> None:
        """The same, also of half a result: without numbers no page shows it. Raises GaitError or OSError."""
        folder = self.reports / name
        with one_writer(folder, WRITER_WAIT_S):
            settle(beside(folder))
        self.delete(name)
        if folder.is_dir():
            gone = self.reports / f"{PREFIX}{secrets.token_hex(8)}"
            folder.rename(gone)
            with held_if_free(gone):
                remove(gone)

    def is_whole(self, name: str) -> bool:
        """Whether there is a result of that name with all that a person takes along: refused, or with its PDF."""
        folder = self.find(name)
        try:
            return folder is not None and (folder.result.refused or folder.file("report.pdf") is not None)
        except GaitError:
            return False

    def forget_tracks(self, folder: Path) -> None:
        """Delete what is kept of the clips of that result besides it; nothing when it is none. Raises OSError."""
        forget_tracks(clips_of(folder))

    def make_private(self) -> None:
        """What an earlier version left readable by other users of this computer becomes its own user's."""
        for path in self.reports.iterdir() if self.reports.is_dir() else ():
            if path.name.startswith(".") or os.path.isfile(path / "analysis.json"):
                make_private(path)


def is_name(name: str | None) -> bool:
    """Whether a result may be called that: a folder's name, and no more than that."""
    return bool(name and len(name) <= LONGEST_NAME and re.fullmatch(r"[\w.-]+", name) and not name.startswith("."))


def to_take_along(folder: ResultFolder) -> str:
    """What a file of that result is called that a customer takes along: as the folder, unless its name was put right since. Raises GaitError."""
    first, now = folder.result.given_first, folder.result.runner
    return folder.path.name if first is None or first.runner == now else _name_of(made(folder), now)


def read_name(name: str) -> tuple[datetime | None, str]:
    """When that result was made and of whom, as a name that `Library.new_name` gave says; None and the name itself of any other."""
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2}-\d{6})-(.*?)(?:-\d+)?", name)
    try:
        return (datetime.strptime(found[1], "%Y-%m-%d-%H%M%S").astimezone(), found[2]) if found else (None, name)
    except (ValueError, OverflowError):
        return None, name


def _name_of(moment: datetime, runner: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", runner.lower()).strip("-")[:40].strip("-") or "run"
    return f"{moment:%Y-%m-%d-%H%M%S}-{slug}"


def clips_of(folder: Path) -> list[str]:
    """The SHA-256 of the clips that a result was made of; nothing when it is none. Raises OSError."""
    try:
        document = json.loads((folder / NUMBERS).read_text(encoding="utf-8"))
        clips = [document.get(part) or {} for part in ("clip", "standing")]
        return [str(clip["sha256"]) for clip in clips if "sha256" in clip]
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError, AttributeError, TypeError):
        return []


def said_of(name: str) -> str:
    """A result's name without the runner's in it, for the log: `2026-01-15-103000`."""
    found = re.match(r"\d{4}-\d{2}-\d{2}-\d{6}(?!\d)", name)
    return found[0] if found else "a result"


def entry(folder: ResultFolder) -> Entry:
    """What the list says about one result. Raises GaitError when analysis.json cannot be read."""
    result = folder.result
    judged = result.judged
    return Entry(
        name=folder.path.name,
        runner=result.runner[:LONGEST_SHOWN],
        made=made(folder),
        labels={side: foot.label for side, foot in judged.feet.items()} if judged else None,
        speed_kmh=judged.reference.speed_kmh if judged else None,
        file=result.clip.file[:LONGEST_SHOWN],
    )


def made(folder: ResultFolder) -> datetime:
    """When the result was made, in local time: as it says itself, else the file's own date."""
    with contextlib.suppress(OverflowError):  # the year 1 or 9999, in another zone
        if folder.result.created:
            return folder.result.created.astimezone()
    return datetime.fromtimestamp((folder.path / "analysis.json").stat().st_mtime, tz=UTC).astimezone()
