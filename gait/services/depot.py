"""The durable home of finished files, as pages and commands ask for it: an object store, beside the folder where the work is done.

What such a *thing* is, and how it looks there, is in `gait.services.things`. Which copy of what lies where is in the records
(`gait.records.held`), before it lies there. One thing after the other is put and fetched by `gait.services.carrier`; what is done by
itself is in `gait.services.depot_clock`, and whose the store is in `gait.services.store_mark`.

Without a store (GAIT_FILES_URL) everything here does nothing.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gait.errors import GaitError
from gait.records import audit, computers, held
from gait.records.computers import Computer
from gait.records.database import Records
from gait.records.held import STORE, Held
from gait.results.lock import one_writer
from gait.results.place import FILM
from gait.services.carrier import Carrier, copy_at
from gait.services.depot_clock import AWAY, DepotClock
from gait.services.library import WRITER_WAIT_S
from gait.services.object_store import ObjectStore
from gait.services.store_mark import StoreMark
from gait.services.things import CLIPS, RESULTS, File, is_there, standing
from gait.services.uploads import Uploads

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Behind:
    """What is still to be done."""

    to_put: int
    to_delete: int
    """Copies, wherever they lie: on other computers too."""


class Depot:
    """The way to the store from one computer. Any thread may use it, and any number of computers that share records and store."""

    def __init__(
        self,
        records: Callable[[], Records],
        reports: Path,
        data: Path,
        place: Callable[[], str],
        store: ObjectStore | None,
    ) -> None:
        """Nothing is read or written yet. `records` gives the opened records, `place` this computer's id; both may raise GaitError."""
        self._records, self._place, self.store = records, place, store
        self._carrier = Carrier(records, reports, data, place, store) if store else None
        self._mark = StoreMark(records, store) if store else None
        self._clock = DepotClock(self._carrier, self._mark) if self._carrier and self._mark else None

    @classmethod
    def of(cls, records: Records, reports: Path, data: Path) -> "Depot":
        """The way to the store that the environment names, for a command. Raises GaitError for an address that is none."""
        return cls(lambda: records, reports, data, Uploads(reports).place, ObjectStore.named())

    @property
    def on(self) -> bool:
        """Whether there is a store."""
        return self.store is not None

    # What pages and commands ask for

    def bring(self, name: str) -> None:
        """The newest version of that thing is on this computer, whole, where the store has one; what was changed here meanwhile stays.

        Raises GaitError when it cannot be fetched now; what was here is still here.
        """
        if self._carrier is not None:
            self._carrier.bring(name)

    def put(self, name: str) -> None:
        """The store has what is here now, and nothing of the version before. Raises GaitError."""
        if self._carrier is not None:
            with self._carrier.one(name):
                self._carrier.put(name)

    def begin_change(self, name: str) -> None:
        """That result is about to be changed here: until its new version is in the store no other computer of the store changes it.

        To be called while nobody else writes it. Raises GaitError where another computer is at it, where the newest version is not here
        (it is fetched), and when the records do not answer. A program that ends before it changed anything is no harm: the clock puts
        what is there and lets it loose.
        """
        if self._carrier is not None and not self._carrier.begin_change(name):
            self.wake()
            raise GaitError("changed_meanwhile")

    def note(self, name: str) -> None:
        """That thing is here now; the clock puts it. Raises GaitError when the records do not answer."""
        if self.on:
            here = self._place()
            with self._records().writing() as at:
                if held.get(at, name, here) is None:
                    held.note(at, Held(name, here))
            self.wake()

    def let_go(self, names: Sequence[str]) -> None:
        """They are to be deleted wherever they lie: remembered from now on, and done by the clocks. Raises GaitError."""
        if self.on and names:
            with self._records().writing() as at:
                held.let_go(at, names)
            self.wake()

    def forget(self, names: Sequence[str]) -> None:
        """No copy is left anywhere. Raises GaitError where one is, or may be: it goes by itself later."""
        if self._carrier is None or not names:
            return
        self.look()
        self.let_go(names)
        self._carrier.finish(names)
        if self.copies(names):
            raise GaitError("files_elsewhere")

    def forget_film(self, name: str) -> None:
        """No copy of that result has a film any more. Raises GaitError as `forget`."""
        if self._carrier is None:
            return
        self.look()
        self.bring(name)
        path = self._carrier.path(name)
        if path.is_dir():
            with one_writer(path, WRITER_WAIT_S):
                (path / FILM).unlink(missing_ok=True)
            self.put(name)
        if any(one.film for one in self.copies([name])):
            raise GaitError("files_elsewhere")

    def copies(self, names: Sequence[str]) -> list[Held]:
        """All copies that there are, or may be, of these things. Raises GaitError when the records do not answer."""
        if not self.on or not names:
            return []
        with self._records().reading() as at:
            return held.of(at, names)

    def listed(self, name: str) -> Mapping[str, File]:
        """The files that the store has of that thing. Raises GaitError when it does not answer."""
        if self.store is None:
            return {}
        version = standing(self.store, name)
        return version.files if version else {}

    def behind(self) -> Behind:
        """What waits to be done. Raises GaitError when the records do not answer."""
        if self._carrier is None:
            return Behind(0, 0)
        with self._records().reading() as at:
            return Behind(len(self._carrier.waiting(self._carrier.rows(at))), held.how_many_go(at))

    def only_there(self, kind: str = "") -> int:
        """How many things (of that kind) the store has and this computer has not. Raises GaitError when the records do not answer."""
        return len(self.only_in_store(kind))

    def only_in_store(self, kind: str = "") -> list[str]:
        """The names of those."""
        if self._carrier is None:
            return []
        with self._records().reading() as at:
            there = [one.name for one in held.at_place(at, STORE).values() if one.digest and not one.going]
        path = self._carrier.path
        return sorted(name for name in there if name.startswith(kind) and not is_there(path(name)))

    def look(self, *, take: bool = True) -> None:
        """Raises GaitError when the store does not answer, or is not this shop's. An empty one becomes this shop's, unless `take` is False."""
        if self._mark is not None:
            self._mark.look(take=take)

    def adopt(self) -> None:
        """Records that know of no store take this one, which has another's mark: the records were lost, the store was not. Raises GaitError."""
        if self._mark is not None and self._clock is not None:
            self._mark.adopt()
            self._clock.learn()

    def bring_all_results(self) -> list[str]:
        """Every result that only the store has is here too; the names of those that could not be fetched. Raises GaitError."""
        if self.store is None:
            return []
        left = []
        with self._records().reading() as at:
            there = [name for name in held.at_place(at, STORE) if name.startswith(f"{RESULTS}/")]
        for name in sorted(there):
            try:
                self.bring(name)
            except GaitError as error:
                if error.code in AWAY:
                    raise
                left.append(name.partition("/")[2])
        return left

    def in_store(self) -> set[str]:
        """What the store itself says it has, whole or not. Raises GaitError when it does not answer, or is not this shop's."""
        if self.store is None:
            return set()
        self.look()
        return {f"{kind}/{one}" for kind in (RESULTS, CLIPS) for one in self.store.names(kind)}

    def give_up(self, place: str, who: str) -> Computer:
        """That computer is gone for good: deletions do not wait for it any more. How it stood. Raises GaitError.

        Should it come back, it deletes what was to go before it does anything else.
        """
        if place == self._place():
            raise GaitError("computer_here")
        with self._records().reading() as at:
            computers.get(at, place)
            begun = computers.at_work_in_store(at, place)
        if begun and self.store is not None:
            self.look()
        versions = {name: standing(self.store, name) for name in begun} if self.store is not None else {}
        with self._records().writing() as at:
            one = computers.give_up(at, place)
            for name, version in versions.items():  # what it was putting just then is whole, or goes
                far = held.get(at, name, STORE, locked=True)
                if far is not None and far.at == place:
                    held.note(at, copy_at(name, STORE, version) if version else Held(name, STORE))
                    if version is None:
                        held.let_go(at, [name])
            audit.note(at, who, "computer_gone", "computer", place)
        self.wake()
        return one

    # The clock

    def tick(self) -> None:
        """What the clock does each time. Never raises."""
        if self._clock is not None:
            self._clock.tick()

    def start(self) -> None:
        """Run by itself from now on."""
        if self._clock is not None:
            self._clock.start()

    def wake(self) -> None:
        """There is something to be done."""
        if self._clock is not None:
            self._clock.wake()

    def close(self) -> None:
        """Nothing more is begun. What is under way is waited for a moment; what is cut short is done by the next start."""
        if self._clock is not None:
            self._clock.close()
