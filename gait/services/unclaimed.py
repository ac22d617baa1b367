"""Recordings that nobody analysed and that are for no visit: they go by a rule of their own (`gait.services.retention`).

They show a person, and no visit's rule would ever take them. One that is for a shoe of a visit goes with that visit.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gait.services.recordings import BELONGS, PREFIX, handed_over
from gait.services.uploads import FOLDER

AT_WORK = timedelta(hours=1)
"""Somebody may be recording still: nothing goes sooner after its last piece, whatever the rule says."""


@dataclass(frozen=True)
class Unclaimed:
    """One such recording."""

    folder: Path
    recorded: datetime
    """When its last piece came, by this computer's clock."""

    def due(self, days: int) -> datetime:
        """When it goes by a rule of so many days."""
        return self.recorded + max(timedelta(days=days), AT_WORK)


def unclaimed(reports: Path, has_run: Callable[[str], bool]) -> list[Unclaimed]:
    """All of them, the oldest first. `has_run`: whether there is a run of that id; a shoe that was taken off claims nothing."""
    found = []
    for folder in (reports / FOLDER).glob(f"{PREFIX}*"):
        with suppress(OSError, UnicodeDecodeError):  # deleted this moment
            clips = [file for file in folder.glob("*-*") if file.is_file() and not file.name.startswith(".")]
            mark = folder / BELONGS
            run_id = mark.read_text(encoding="utf-8") if mark.is_file() else ""
            if clips and not handed_over(folder) and not (run_id and has_run(run_id)):
                last = max(file.stat().st_mtime for file in clips)
                found.append(Unclaimed(folder, datetime.fromtimestamp(last, UTC)))
    return sorted(found, key=lambda one: (one.recorded, one.folder.name))


def unclaimed_one(reports: Path, name: str, has_run: Callable[[str], bool]) -> Path | None:
    """The folder of that name where it is one of them; None: it is gone, or somebody has it analysed."""
    return next((one.folder for one in unclaimed(reports, has_run) if one.folder.name == name), None)
