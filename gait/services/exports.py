"""What somebody asked to take along of a customer or a visit: one zip on the disk, for whoever had it made, gone within the hour.

It lies beside the uploads and not in the temporary folder: it holds everything on a person, and what a program that was killed leaves there
is swept away by the next. It is in no backup.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from gait.results.place import remove

LASTS_S = 3600.0
Export: TypeAlias = Callable[[str, Path, str], Path]
"""Packs everything on what has that id into a file, for that person: `gait.services.keeper.Keeper.export`, `export_visit`."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Made:
    """One of them."""

    file: Path
    of: str
    who: str
    made_s: float


class Exports:
    """Those of one program. Any thread may call it."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        """`new_folder` makes a folder of this program's own, or raises GaitError."""
        self._new_folder = new_folder
        self._made: dict[str, _Made] = {}
        self._lock = threading.Lock()

    def make(self, of: str, who: str, export: Export, name: str) -> str:
        """Everything on the customer or visit of that id for that person; the ticket it is fetched with. An earlier one of theirs goes.

        Raises GaitError.
        """
        self.drop_old()
        self._drop(lambda one: one.of == of and one.who == who)
        folder = self._new_folder()
        try:
            file = export(of, folder / name, who)
        except BaseException:
            _delete(folder)
            raise
        ticket = secrets.token_urlsafe(24)
        with self._lock:
            self._made[ticket] = _Made(file, of, who, time.monotonic())
        return ticket

    def file(self, ticket: str, who: str) -> Path | None:
        """The zip, for whoever had it made; None for anybody else, and once it is gone."""
        self.drop_old()
        with self._lock:
            one = self._made.get(ticket)
        return one.file if one is not None and one.who == who and one.file.is_file() else None

    def forget(self, of: Collection[str]) -> None:
        """Those of a customer who is deleted, and of their visits, go at once."""
        self._drop(lambda one: one.of in of)

    def drop_old(self) -> None:
        """Those of an hour ago go."""
        self._drop(lambda one: time.monotonic() - one.made_s > LASTS_S)

    def close(self) -> None:
        """All go: the program ends."""
        self._drop(lambda one: True)

    def _drop(self, those: Callable[[_Made], bool]) -> None:
        with self._lock:
            gone = [ticket for ticket, one in self._made.items() if those(one)]
            found = [self._made.pop(ticket) for ticket in gone]
        for one in found:
            _delete(one.file.parent)


def _delete(folder: Path) -> None:
    try:
        remove(folder)
    except OSError as error:
        log.warning("an export stays until the next sweep: %s", error.strerror)
