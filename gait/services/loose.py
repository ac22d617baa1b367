"""Results that belong to no visit: they go by a rule of their own (`gait.services.retention`), where the manager set one.

By itself none goes. A store that works without visits has all its results there, and they would be gone after an upgrade.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gait.records.folders import results_in
from gait.results.place import NUMBERS
from gait.services.library import read_name
from gait.services.unclaimed import AT_WORK


@dataclass(frozen=True)
class Loose:
    """One such result."""

    name: str
    made: datetime

    @property
    def mark(self) -> str:
        """What lists and receipts know it by: its name may hold a person's."""
        return mark_of(self.name)

    def due(self, days: int) -> datetime:
        """When it goes by a rule of so many days; somebody may be at work on it still."""
        return self.made + max(timedelta(days=days), AT_WORK)


def mark_of(name: str) -> str:
    """A checksum of that result's name."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def loose(reports: Path, stored: Collection[str], named: Collection[str]) -> list[Loose]:
    """All of them, the oldest first: here, and of those that the object store alone has (`stored`). `named`: what a visit has, or waits for."""
    here = {path.name: path for path in results_in(reports) if (path / NUMBERS).is_file() and not path.is_symlink()}
    found = []
    for name in {*here, *stored} - {*named}:
        moment = _made(name, here.get(name))
        if moment is not None:
            found.append(Loose(name, moment))
    return sorted(found, key=lambda one: (one.made, one.name))


def _made(name: str, folder: Path | None) -> datetime | None:
    """As its name says (`gait.services.library.Library.new_name`), else its numbers' date; None where nobody knows: it stays."""
    moment, _ = read_name(name)
    if moment is not None:
        return moment.astimezone(UTC)
    try:
        return datetime.fromtimestamp((folder / NUMBERS).stat().st_mtime, UTC) if folder else None
    except OSError:
        return None  # deleted this moment
