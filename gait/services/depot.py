"""The durable home of finished files: an object store, beside the folder where the work is done and which pages read.

What such a *thing* is, and how it looks there, is in `gait.services.things`; `store.json` in the store says whose it is. Which copy of what lies where is in the records (`gait.records.held`),
before it lies there. A clock puts what is new or changed, fetches what another computer changed, and deletes what was let go. What
cannot be done now it does the next time; nothing is kept in memory, so that it goes on after any end of the program.

Without a store (GAIT_FILES_URL) everything here does nothing.
"""

import json
import logging
import platform
import shutil
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from gait import clip as clips
from gait.errors import GaitError
from gait.places import clips_folder
from gait.pose import forget_tracks
from gait.records import audit, computers, held, settings
from gait.records.computers import Computer
from gait.records.database import Records, Transaction
from gait.records.folders import results_in
from gait.records.held import STORE, Held
from gait.records.ids import new_id
from gait.results.lock import one_writer
from gait.results.place import FILM, NUMBERS, PART, next_version, own_work, same_file
from gait.services.kept_clips import track_of
from gait.services.library import WRITER_WAIT_S, Library
from gait.services.object_store import ObjectStore
from gait.services.things import (
    CLIPS,
    RESULTS,
    File,
    ReplacedError,
    Version,
    download,
    empty,
    files_of,
    is_there,
    number_of,
    stamp_of,
    standing,
    upload,
    version_of,
)
from gait.services.uploads import Uploads

MARK, FORMAT = "store.json", "gait.files/1"
SETTING = "files_store"
"""The id of the store that is this shop's."""
CLOCK = "files"
"""Who it was, in the audit log, where nobody asked for it."""
EVERY_S = 30.0
STOP_S = 5.0
WAIT_S = 60.0
"""Whoever deletes waits so long for the same thing's upload."""
TRIES = 3
"""So often is fetched anew what was replaced meanwhile."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Behind:
    """What is still to be done."""

    to_put: int
    to_delete: int
    """Copies, wherever they lie: on other computers too."""


@dataclass(frozen=True)
class _Snapshot:
    """A thing as it was at one moment."""

    files: Mapping[str, Path]
    stamp: str
    claim: str
    """That this computer is at it, in the records; empty: it may not be."""


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
        self._reports, self._clips, self._data = reports, clips_folder(data), data
        self._library = Library(reports)
        self._learned = False
        self._ends, self._wake = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

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
        if self.store is None or self._wanted(name) is None:
            return
        with self._one(name), suppress(_GoneError):
            there = self._wanted(name)
            if there is not None:
                self._bring(self.store, name)

    def put(self, name: str) -> None:
        """The store has what is here now, and nothing of the version before. Raises GaitError."""
        if self.store is not None:
            with self._one(name):
                self._put(self.store, name)

    def begin_change(self, name: str) -> None:
        """That result is about to be changed here: until its new version is in the store no other computer of the store changes it.

        To be called while nobody else writes it. Raises GaitError where another computer is at it, where the newest version is not here
        (it is fetched), and when the records do not answer. A program that ends before it changed anything is no harm: the clock puts
        what is there and lets it loose.
        """
        if self.store is None:
            return
        here, path = self._place(), self._path(name)
        with self._records().writing() as at:
            own, far = held.get(at, name, here, locked=True), held.get(at, name, STORE, locked=True)
            if any(one and one.going for one in (own, far)):
                raise GaitError("changed_meanwhile")
            if far is None:
                return  # no other computer can have it
            if far.at not in ("", here):
                raise GaitError("changed_elsewhere")
            behind = own is not None and own.digest not in ("", far.digest) and own.stamp == stamp_of(path)
            if not behind:
                held.note(at, replace(far, stamp=held.claim(here)))
        if behind:
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
        if self.store is None or not names:
            return
        self.look()
        self.let_go(names)
        self._finish(self.store, names)
        if self.copies(names):
            raise GaitError("files_elsewhere")

    def forget_film(self, name: str) -> None:
        """No copy of that result has a film any more. Raises GaitError as `forget`."""
        if self.store is None:
            return
        self.look()
        self.bring(name)
        path = self._path(name)
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
        if not self.on:
            return Behind(0, 0)
        with self._records().reading() as at:
            return Behind(len(self._waiting(self._rows(at))), held.how_many_go(at))

    def only_there(self, kind: str = "") -> int:
        """How many things (of that kind) the store has and this computer has not. Raises GaitError when the records do not answer."""
        if not self.on:
            return 0
        with self._records().reading() as at:
            there = [one for one in held.at_place(at, STORE).values() if one.digest and not one.going]
        return len([one for one in there if one.name.startswith(kind) and not is_there(self._path(one.name))])

    def look(self, *, take: bool = True) -> None:
        """Raises GaitError when the store does not answer, or is not this shop's. An empty one becomes this shop's, unless `take` is False."""
        if self.store is None:
            return
        with self._records().reading() as at:
            known = settings.read(at, SETTING)
            used = bool(held.at_place(at, STORE))
        told = self.store.read(MARK)
        if told is None:
            if used or self.store.names(""):
                raise GaitError("files_foreign", place=self.store.shown)
            if not take:
                return
            if known is None:
                with self._records().writing() as at:
                    known = settings.read(at, SETTING) or new_id()
                    settings.write(at, SETTING, known)
            mark = json.dumps({"format": FORMAT, "store": known})
            self.store.put_first(MARK, mark.encode())
            told = self.store.read(MARK)
        if _store_of(told) != known:
            raise GaitError("files_foreign", place=self.store.shown)

    def adopt(self) -> None:
        """Records that know of no store take this one, which has another's mark: the records were lost, the store was not. Raises GaitError."""
        if self.store is None:
            return
        theirs = _store_of(self.store.read(MARK))
        if theirs:
            with self._records().writing() as at:
                if settings.read(at, SETTING) is None:
                    settings.write(at, SETTING, theirs)
        self.look()
        self._learn(self.store)

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
                if error.code in _AWAY:
                    raise
                left.append(name.partition("/")[2])
        return left

    def in_store(self) -> set[str]:
        """What the store itself says it has, whole or not. Raises GaitError when it does not answer, or is not this shop's."""
        if self.store is None:
            return set()
        self.look()
        return {f"{kind}/{one}" for kind in (RESULTS, CLIPS) for one in self.store.names(kind)}

    # The clock

    def tick(self) -> None:
        """What the clock does each time. Never raises."""
        if self.store is None:
            return
        try:
            probe = Records.at(self._data)
            if probe.file is not None and not probe.file.exists() and not self._local():
                return  # nobody has been here yet
            self._here()
            self.look()
            if not self._learned:
                self._learn(self.store)
                self._learned = True
            self._finish(self.store)
            self._put_waiting(self.store)
            self._renew()
        except GaitError as error:
            log.warning("files wait to be put into the object store: %s", error.code)
        except Exception:
            log.exception("files wait to be put into the object store")

    def start(self) -> None:
        """Run by itself from now on."""
        if not self.on:
            return
        self._ends.clear()
        # The thread holds no depot: one that nobody closed ends with whoever had it.
        ends = weakref.finalize(self, self._stop)
        ends.atexit = False
        run = (weakref.ref(self), self._ends, self._wake)
        self._thread = threading.Thread(target=_loop, args=run, name="gait-files", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to be done."""
        self._wake.set()

    def close(self) -> None:
        """Nothing more is begun. What is under way is waited for a moment; what is cut short is done by the next start."""
        self._stop()
        if self._thread is not None:
            self._thread.join(STOP_S)
            self._thread = None

    @property
    def _stop(self) -> Callable[[], None]:
        ends, wake = self._ends, self._wake

        def stop() -> None:
            ends.set()
            wake.set()

        return stop

    # What is here

    def _local(self) -> dict[str, Path]:
        """The things on this computer that are whole enough to be one."""
        found = {f"{RESULTS}/{p.name}": p for p in results_in(self._reports) if (p / NUMBERS).is_file()}
        kept = [p for p in self._clips.glob("[!.]*") if p.suffix != ".npz"] if self._clips.is_dir() else []
        return {n: p for n, p in found.items() if not p.is_symlink()} | {f"{CLIPS}/{p.name}": p for p in kept}

    def _path(self, name: str) -> Path:
        """Where that thing lies here. A name that leads elsewhere is a fault of the store: GaitError."""
        kind, _, inside = name.partition("/")
        if kind not in (RESULTS, CLIPS) or Path(inside).name != inside or not inside or inside.startswith("."):
            raise GaitError("files_damaged", name=name)
        return (self._reports if kind == RESULTS else self._clips) / inside

    @contextmanager
    def _one(self, name: str, wait_s: float = WAIT_S) -> Iterator[None]:
        """On this computer one at a time puts, fetches or deletes that thing. Raises GaitError."""
        with one_writer(self._data / f"file {name.replace('/', ' ')}", wait_s):
            yield

    @contextmanager
    def _snapshot(self, name: str) -> Iterator[_Snapshot]:
        """The thing's files as they are this moment, while others may go on. Raises GaitError, OSError."""
        path = self._path(name)
        self._reports.mkdir(parents=True, exist_ok=True)
        with own_work(self._reports) as work:
            with one_writer(path, 0):
                stamp, files = stamp_of(path), {}
                for number, (inside, file) in enumerate(files_of(path).items()):
                    files[inside] = same_file(file, work / str(number))
                # While nobody writes: a correction that begins after this moment claims it anew.
                claim = self._claim(name, files) if files else ""
            yield _Snapshot(files, stamp, claim)

    def _rows(self, at: Transaction) -> tuple[dict[str, Held], dict[str, Held]]:
        """What the records say is here, and in the store."""
        return held.at_place(at, self._place()), held.at_place(at, STORE)

    def _waiting(self, rows: tuple[dict[str, Held], dict[str, Held]]) -> list[str]:
        """What is here and not, or not so, in the store."""
        mine, there = rows
        found = []
        for name, path in self._local().items():
            with suppress(OSError):
                own, far = mine.get(name), there.get(name)
                if (own and own.going) or (far and far.going):
                    continue
                if own is None or far is None or not far.digest or far.stamp or own.stamp != stamp_of(path):
                    found.append(name)
        return found

    def _wanted(self, name: str) -> Held | None:
        """The store's copy where it is the one to have; None: what is here, or nothing, is right. Raises GaitError."""
        path, here = self._path(name), self._place()
        with self._records().reading() as at:
            own, far = held.get(at, name, here), held.get(at, name, STORE)
        if far is None or far.going or not far.digest or (own and own.going):
            return None
        if not is_there(path):
            return far
        if own is None or own.digest == far.digest:
            return None
        return far if own.digest and own.stamp == stamp_of(path) else None

    # What the clock does

    def _here(self) -> None:
        """The others see that this computer is at work. One that was said to be gone for good makes good first what went meanwhile."""
        here = self._place()
        with self._records().reading() as at:
            new, gone = computers.is_new(at, here), computers.is_gone(at, here)
        if gone:
            self._come_back(here)
        if new:
            with self._records().writing() as at:
                computers.saw(at, here, platform.node())

    def _come_back(self, here: str) -> None:
        """What was to go goes; of what the store has, its version stands. Nothing is put before that. Raises GaitError."""
        with self._records().reading() as at:
            owed, there = held.of_hidden(at, here), held.at_place(at, STORE)
        for name, path in self._local().items():
            one = owed.get(held.hidden(name))
            if one is None:
                continue
            with self._one(name):
                if one.going:
                    self._delete_here(name)
                    continue
                if one.stamp == held.NO_FILM:
                    with one_writer(path, WRITER_WAIT_S):
                        (path / FILM).unlink(missing_ok=True)
                stored = name in there and bool(there[name].digest)
                with self._records().writing() as at:
                    mine = Held(name, here, film=one.film)
                    held.note(at, replace(mine, digest="?", stamp=stamp_of(path)) if stored else mine)
        with self._records().writing() as at:
            computers.back(at, here)
            audit.note(at, CLOCK, "computer_back", "computer", here)

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
                    held.note(at, _copy(name, STORE, version) if version else Held(name, STORE))
                    if version is None:
                        held.let_go(at, [name])
            audit.note(at, who, "computer_gone", "computer", place)
        self.wake()
        return one

    def _finish(self, store: ObjectStore, names: Sequence[str] | None = None) -> None:
        """Delete what was let go, here and in the store. Raises GaitError; what could not go is tried again."""
        here = self._place()
        with self._records().reading() as at:
            going = [one for one in held.going(at, (here, STORE)) if names is None or one.name in names]
        for one in going:
            with self._one(one.name):
                if one.place == STORE:
                    with self._records().reading() as at:
                        now = held.get(at, one.name, STORE)
                    if now is None or now.at not in ("", here):
                        continue  # it is gone, or another computer puts it just now: that one deletes it then
                    empty(store, one.name)
                else:
                    self._delete_here(one.name)
                with self._records().writing() as at:
                    held.gone(at, one.name, one.place)

    def _delete_here(self, name: str) -> None:
        path = self._path(name)
        try:
            if name.startswith(f"{RESULTS}/"):
                self._library.delete_all(path.name)
                return
            with suppress(GaitError):  # it is gone already
                forget_tracks([clips.sha256_of(path)])
            for file in (track_of(path), path):
                file.unlink(missing_ok=True)
        except OSError as error:
            raise GaitError("not_deleted") from error

    def _put_waiting(self, store: ObjectStore) -> None:
        here, local = self._place(), self._local()
        with self._records().reading() as at:
            rows = self._rows(at)
        new = [name for name in local if name not in rows[0]]
        lost = [name for name in rows[0] if name not in local]
        if new or lost:
            with self._records().writing() as at:
                for name in new:
                    if held.get(at, name, here) is None:
                        held.note(at, Held(name, here))
        for name in lost:
            with suppress(GaitError), self._one(name, 0):
                if not is_there(self._path(name)):
                    with self._records().writing() as at:
                        held.gone(at, name, here)
        for name in self._waiting(rows):
            if self._ends.is_set():
                return
            try:
                with self._one(name, 0):
                    self._put(store, name)
            except GaitError as error:
                if error.code in _AWAY or error.code.startswith("records_"):
                    raise
                log.info("a file waits to be put into the object store: %s", error.code)
            except OSError as error:
                log.warning("a file waits to be put into the object store: %s", error.strerror)

    def _renew(self) -> None:
        """What another computer changed is changed here too."""
        with self._records().reading() as at:
            mine, there = self._rows(at)
        for name, own in mine.items():
            if name in there and own.digest and there[name].digest not in ("", own.digest):
                self.bring(name)

    def _learn(self, store: ObjectStore) -> None:
        """What the store has and the records do not know, after they were lost or brought back; what was never whole goes."""
        with self._records().reading() as at:
            known = held.at_place(at, STORE)
        for kind in (RESULTS, CLIPS):
            for one in store.names(kind):
                name = f"{kind}/{one}"
                if name in known:
                    continue
                version = standing(store, name)
                with self._records().writing() as at:
                    if held.get(at, name, STORE, locked=True) is not None:
                        continue
                    if version is not None:
                        held.note(at, _copy(name, STORE, version))
                    else:
                        held.note(at, Held(name, STORE, going=True))

    # Putting and fetching

    def _put(self, store: ObjectStore, name: str) -> None:
        here = self._place()
        with self._snapshot(name) as seen:
            if not seen.claim:
                return
            version = version_of(seen.files, number_of(self._path(name)))
            with self._records().reading() as at:
                own = held.get(at, name, here)
            before = standing(store, name)
            known = own.digest if own else ""
            if before is not None and before.digest not in (known, version.digest) and not version.follows(before):
                # Somebody else put a version since that this one does not build on: theirs stands.
                log.warning("the object store has another version of a result that was changed here: it stands")
                with self._records().writing() as at:
                    self._let_loose(at, name, seen.claim, _copy(name, STORE, before))
                    held.note(at, replace(_copy(name, here, before), digest=known or "?", stamp=seen.stamp))
                return
            if before is None or before.digest != version.digest:
                upload(store, name, version, before, seen.files)
            empty(store, name, but=version.folder)
            if not self._settle(name, version, seen):
                empty(store, name)
                with self._records().writing() as at:
                    held.gone(at, name, STORE)

    def _claim(self, name: str, files: Mapping[str, Path]) -> str:
        """Before anything is put: it may lie there from now on. Empty where it is to be deleted, or another computer is at it."""
        here, film = self._place(), FILM in files
        with self._records().writing() as at:
            own, far = held.get(at, name, here, locked=True), held.get(at, name, STORE, locked=True)
            if any(one and one.going for one in (own, far)) or (far and far.at not in ("", here)):
                return ""
            claim, size = held.claim(here), sum(file.stat().st_size for file in files.values())
            there = far or Held(name, STORE, bytes=size)
            held.note(at, replace(there, film=there.film or film, stamp=claim))
            if own is None:
                held.note(at, Held(name, here, film=film))
            return claim

    def _settle(self, name: str, version: Version, seen: _Snapshot) -> bool:
        """It is there. False where it was let go meanwhile. Who claimed it since, on this computer, is about to change it, and keeps it."""
        with self._records().writing() as at:
            far = held.get(at, name, STORE, locked=True)
            if far is None or far.going:
                return False
            self._let_loose(at, name, seen.claim, _copy(name, STORE, version))
            held.note(at, replace(_copy(name, self._place(), version), stamp=seen.stamp))
            return True

    @staticmethod
    def _let_loose(at: Transaction, name: str, claim: str, now: Held) -> None:
        """That is in the store now; nobody is at it unless somebody claimed it after that claim."""
        far = held.get(at, name, STORE, locked=True)
        held.note(
            at, now if far is None or far.stamp == claim else replace(now, stamp=far.stamp, film=now.film or far.film)
        )

    def _bring(self, store: ObjectStore, name: str) -> None:
        """Raises GaitError; `_GoneError` where there is none any more."""
        here, path = self._place(), self._path(name)
        with self._records().writing() as at:
            own, far = held.get(at, name, here, locked=True), held.get(at, name, STORE, locked=True)
            if far is None or far.going:
                raise _GoneError
            if own is None:
                held.note(at, Held(name, here, film=far.film))
            elif far.film and not own.film:
                held.note(at, replace(own, film=True))
        version = self._fetched(store, name)
        with self._records().writing() as at:
            own = held.get(at, name, here, locked=True)
            wanted = own is not None and not own.going
            if wanted:
                held.note(at, replace(_copy(name, here, version), stamp=stamp_of(path)))
        if not wanted:
            self._delete_here(name)
            with self._records().writing() as at:
                held.gone(at, name, here)
            raise _GoneError

    def _fetched(self, store: ObjectStore, name: str) -> Version:
        """The version that is in its place now; one that was replaced while it came is fetched anew. Raises GaitError."""
        for _ in range(TRIES):
            version = standing(store, name)
            if version is None:
                break
            with suppress(ReplacedError):
                self._fetch(store, name, version)
                return version
        raise GaitError("files_damaged", name=name)

    def _fetch(self, store: ObjectStore, name: str, version: Version) -> None:
        """Put that version in its place, whole or not at all. Raises GaitError, `ReplacedError`."""
        path = self._path(name)
        if name.startswith(f"{RESULTS}/"):
            self._reports.mkdir(parents=True, exist_ok=True)
            with one_writer(path, WRITER_WAIT_S), next_version(path) as new:
                download(store, name, version, new)
            return
        try:
            self._clips.mkdir(parents=True, exist_ok=True)
            with own_work(self._reports) as work:
                download(store, name, version, work)
                for inside in sorted(version.files, key=lambda one: one == path.name):  # the clip comes last
                    part = self._clips / f".{inside}{PART}"
                    shutil.copyfile(work / inside, part)
                    part.replace(self._clips / inside)
        except OSError as error:
            raise GaitError("cannot_write", folder=str(self._clips)) from error


class _GoneError(Exception):
    """It was let go meanwhile."""


_AWAY = ("files_away", "files_refused", "files_no_bucket", "files_foreign")
"""Of the whole store, not of one thing."""


def _loop(depot: "weakref.ref[Depot]", ends: threading.Event, wake: threading.Event) -> None:
    while (there := depot()) is not None and not ends.is_set():
        wake.clear()
        there.tick()
        del there
        wake.wait(EVERY_S)


def _store_of(mark: bytes | None) -> str | None:
    """The id that a mark holds; None where it is none of ours."""
    with suppress(ValueError, KeyError, TypeError):
        told = json.loads(mark or b"")
        return str(told["store"]) if told["format"] == FORMAT else None
    return None


def _copy(name: str, place: str, version: Version) -> Held:
    return Held(name, place, version.digest, bytes=version.bytes, film=FILM in version.files)
