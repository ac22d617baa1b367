"""Whose an object store is: `store.json` in it holds the id of one shop's records. A store that is another's, or was emptied, is left alone."""

import json
from collections.abc import Callable
from contextlib import suppress

from gait.errors import GaitError
from gait.records import held, settings
from gait.records.database import Records
from gait.records.held import STORE
from gait.records.ids import new_id
from gait.services.object_store import ObjectStore

MARK, FORMAT = "store.json", "gait.files/1"
SETTING = "files_store"
"""The id of the store that is this shop's."""


class StoreMark:
    """The mark of one store, beside the records of one shop."""

    def __init__(self, records: Callable[[], Records], store: ObjectStore) -> None:
        """Nothing is read yet. `records` gives the opened records, or raises GaitError."""
        self._records, self._store = records, store

    def look(self, *, take: bool = True) -> None:
        """Raises GaitError when the store does not answer, or is not this shop's. An empty one becomes this shop's, unless `take` is False."""
        told = self._store.read(MARK)
        if told is None:
            with self._records().reading() as at:
                used = bool(held.at_place(at, STORE))
            if used or self._store.names(""):
                # Another process of this shop may have marked it and put files since this one looked.
                told = self._store.read(MARK)
                if told is None:
                    raise GaitError("files_foreign", place=self._store.shown)
            elif take:
                told = self._take()
            else:
                return
        # Read after the mark: a shop's id is in its records before the mark is in the store.
        if _store_of(told) != self._known():
            raise GaitError("files_foreign", place=self._store.shown)

    def _known(self) -> str | None:
        """The id of this shop's store, as its records say it now."""
        with self._records().reading() as at:
            known: str | None = settings.read(at, SETTING)
        return known

    def _take(self) -> bytes | None:
        """Marks the store as this shop's, and gives the mark that is in it now: that of whoever was first."""
        with self._records().writing() as at:
            known = settings.first(at, SETTING, new_id())
        self._store.put_first(MARK, json.dumps({"format": FORMAT, "store": known}).encode())
        return self._store.read(MARK)

    def adopt(self) -> None:
        """Records that know of no store take this one, which has another's mark: the records were lost, the store was not. Raises GaitError."""
        theirs = _store_of(self._store.read(MARK))
        if theirs:
            with self._records().writing() as at:
                settings.first(at, SETTING, theirs)
        self.look()


def _store_of(mark: bytes | None) -> str | None:
    """The id that a mark holds; None where it is none of ours."""
    with suppress(ValueError, KeyError, TypeError):
        told = json.loads(mark or b"")
        return str(told["store"]) if told["format"] == FORMAT else None
    return None
