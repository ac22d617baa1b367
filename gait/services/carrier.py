"""Puts and fetches one thing after the other between this computer and the object store, each whole or not at all.

Whoever puts or changes a thing claims it in the records first (`gait.records.held`), so that no other computer is at it. Who asks for it
is `gait.services.depot`, and by itself `gait.services.depot_clock`.
"""

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from gait import clip as clips
from gait.errors import GaitError
from gait.places import clips_folder
from gait.pose import forget_tracks
from gait.records import held
from gait.records.database import Records, Transaction
from gait.records.folders import results_in
from gait.records.held import STORE, Held
from gait.results.lock import one_writer
from gait.results.place import FILM, NUMBERS, PART, next_version, own_work, same_file
from gait.services.kept_clips import track_of
from gait.services.library import WRITER_WAIT_S, Library
from gait.services.object_store import ObjectStore
from gait.services.things import (
    CLIPS,
    RESULTS,
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

WAIT_S = 60.0
"""Whoever deletes waits so long for the same thing's upload."""
TRIES = 3
"""So often is fetched anew what was replaced meanwhile."""

log = logging.getLogger(__name__)


class GoneError(Exception):
    """It was let go meanwhile."""


@dataclass(frozen=True)
class _Snapshot:
    """A thing as it was at one moment."""

    files: Mapping[str, Path]
    stamp: str
    claim: str
    """That this computer is at it, in the records; empty: it may not be."""
    begun: bool
    """Whether this computer was at it already."""


class Carrier:
    """Of one computer. Any thread may use it, and any number of computers that share records and store."""

    def __init__(
        self, records: Callable[[], Records], reports: Path, data: Path, here: Callable[[], str], store: ObjectStore
    ) -> None:
        """Nothing is read or written yet. `records` gives the opened records, `here` this computer's id; both may raise GaitError."""
        self.records, self.here, self.store = records, here, store
        self.data = data
        self._reports, self._clips = reports, clips_folder(data)
        self._library = Library(reports)

    # What is here

    def local(self) -> dict[str, Path]:
        """The things on this computer that are whole enough to be one."""
        found = {f"{RESULTS}/{p.name}": p for p in results_in(self._reports) if (p / NUMBERS).is_file()}
        kept = [p for p in self._clips.glob("[!.]*") if p.suffix != ".npz"] if self._clips.is_dir() else []
        return {n: p for n, p in found.items() if not p.is_symlink()} | {f"{CLIPS}/{p.name}": p for p in kept}

    def path(self, name: str) -> Path:
        """Where that thing lies here. A name that leads elsewhere is a fault of the store: GaitError."""
        kind, _, inside = name.partition("/")
        if kind not in (RESULTS, CLIPS) or Path(inside).name != inside or not inside or inside.startswith("."):
            raise GaitError("files_damaged", name=name)
        return (self._reports if kind == RESULTS else self._clips) / inside

    @contextmanager
    def one(self, name: str, wait_s: float = WAIT_S) -> Iterator[None]:
        """On this computer one at a time puts, fetches or deletes that thing. Raises GaitError."""
        with one_writer(self.data / f"file {name.replace('/', ' ')}", wait_s):
            yield

    def rows(self, at: Transaction) -> tuple[dict[str, Held], dict[str, Held]]:
        """What the records say is here, and in the store."""
        return held.at_place(at, self.here()), held.at_place(at, STORE)

    def waiting(self, rows: tuple[dict[str, Held], dict[str, Held]]) -> list[str]:
        """What is here and not, or not so, in the store."""
        mine, there = rows
        found = []
        for name, path in self.local().items():
            with suppress(OSError):
                own, far = mine.get(name), there.get(name)
                if (own and own.going) or (far and far.going):
                    continue
                if own is None or far is None or not far.digest or far.stamp or own.stamp != stamp_of(path):
                    found.append(name)
        return found

    def wanted(self, name: str) -> Held | None:
        """The store's copy where it is the one to have; None: what is here, or nothing, is right. Raises GaitError."""
        path, here = self.path(name), self.here()
        with self.records().reading() as at:
            own, far = held.get(at, name, here), held.get(at, name, STORE)
        if far is None or far.going or not far.digest or (own and own.going):
            return None
        if not is_there(path):
            return far
        if own is None or own.digest == far.digest:
            return None
        return far if own.digest and own.stamp == stamp_of(path) else None

    # Deleting

    def finish(self, names: Sequence[str] | None = None) -> None:
        """Delete what was let go, here and in the store. Raises GaitError; what could not go is tried again."""
        here = self.here()
        with self.records().reading() as at:
            going = [one for one in held.going(at, (here, STORE)) if names is None or one.name in names]
        for one in going:
            with self.one(one.name):
                if one.place == STORE:
                    with self.records().reading() as at:
                        now = held.get(at, one.name, STORE)
                    if now is None or now.at not in ("", here):
                        continue  # it is gone, or another computer puts it just now: that one deletes it then
                    empty(self.store, one.name)
                else:
                    self.delete_here(one.name)
                with self.records().writing() as at:
                    held.gone(at, one.name, one.place)

    def delete_here(self, name: str) -> None:
        """The copy on this disk goes; the records are the caller's. Raises GaitError."""
        path = self.path(name)
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

    # Putting

    def put(self, name: str) -> None:
        """The store has what is here now, and nothing of the version before. The caller holds `one`. Raises GaitError, OSError."""
        here = self.here()
        with self._snapshot(name) as seen:
            if not seen.claim:
                return
            version = version_of(seen.files, number_of(self.path(name)))
            with self.records().reading() as at:
                own = held.get(at, name, here)
            before = standing(self.store, name)
            known = own.digest if own else ""
            theirs = before is not None and not seen.begun and before.digest not in (known, version.digest)
            if before is not None and theirs and not version.follows(before):
                # Somebody else put a version since that this one does not build on: theirs stands.
                log.warning("the object store has another version of a result that was changed here: it stands")
                with self.records().writing() as at:
                    _, far = self._both(at, name)
                    self._let_loose(at, far, seen.claim, copy_at(name, STORE, before))
                    held.note(at, replace(copy_at(name, here, before), digest=known or "?", stamp=seen.stamp))
                return
            if before is None or before.digest != version.digest:
                upload(self.store, name, version, before, seen.files)
            empty(self.store, name, but=version.folder)
            if not self._settle(name, version, seen):
                empty(self.store, name)
                with self.records().writing() as at:
                    held.gone(at, name, STORE)

    @contextmanager
    def _snapshot(self, name: str) -> Iterator[_Snapshot]:
        """The thing's files as they are this moment, while others may go on. Raises GaitError, OSError."""
        path = self.path(name)
        self._reports.mkdir(parents=True, exist_ok=True)
        with own_work(self._reports) as work:
            with one_writer(path, 0):
                stamp, files = stamp_of(path), {}
                for number, (inside, file) in enumerate(files_of(path).items()):
                    files[inside] = same_file(file, work / str(number))
                # While nobody writes: a correction that begins after this moment claims it anew.
                claim, begun = self._claim(name, files) if files else ("", False)
            yield _Snapshot(files, stamp, claim, begun)

    def _claim(self, name: str, files: Mapping[str, Path]) -> tuple[str, bool]:
        """Before anything is put: it may lie there from now on. Empty where it is to be deleted, or another computer is at it.

        And whether this computer was at it already, in a program that was killed or in a change: nobody else can have put anything since.
        """
        here, film = self.here(), FILM in files
        with self.records().writing() as at:
            own, far = self._both(at, name)
            if any(one and one.going for one in (own, far)) or (far and far.at not in ("", here)):
                return "", False
            claim, size = held.claim(here), sum(file.stat().st_size for file in files.values())
            there = far or Held(name, STORE, bytes=size)
            held.note(at, replace(there, film=there.film or film, stamp=claim))
            if own is None:
                held.note(at, Held(name, here, film=film))
            return claim, far is not None and far.at == here

    def _settle(self, name: str, version: Version, seen: _Snapshot) -> bool:
        """It is there. False where it was let go meanwhile. Who claimed it since, on this computer, is about to change it, and keeps it."""
        with self.records().writing() as at:
            _, far = self._both(at, name)
            if far is None or far.going:
                return False
            self._let_loose(at, far, seen.claim, copy_at(name, STORE, version))
            held.note(at, replace(copy_at(name, self.here(), version), stamp=seen.stamp))
            return True

    @staticmethod
    def _let_loose(at: Transaction, far: Held | None, claim: str, now: Held) -> None:
        """That is in the store now; nobody is at it unless somebody claimed it after that claim. `far` is what was known of it, locked."""
        held.note(
            at, now if far is None or far.stamp == claim else replace(now, stamp=far.stamp, film=now.film or far.film)
        )

    def _both(self, at: Transaction, name: str) -> tuple[Held | None, Held | None]:
        """The copy here and the store's. Nobody else changes either until the end; all lock them in this order, as `held.let_go` does."""
        own = held.get(at, name, self.here(), locked=True)
        return own, held.get(at, name, STORE, locked=True)

    def begin_change(self, name: str) -> bool:
        """As `gait.services.depot.Depot.begin_change`; False where the newest version is not here. Raises GaitError."""
        here, path = self.here(), self.path(name)
        with self.records().writing() as at:
            own, far = self._both(at, name)
            if any(one and one.going for one in (own, far)):
                raise GaitError("changed_meanwhile")
            if far is None:
                return True  # no other computer can have it
            if far.at not in ("", here):
                raise GaitError("changed_elsewhere")
            behind = own is not None and own.digest not in ("", far.digest) and own.stamp == stamp_of(path)
            if not behind:
                held.note(at, replace(far, stamp=held.claim(here)))
            return not behind

    # Fetching

    def bring(self, name: str) -> None:
        """The newest version is here, whole, where the store has one; what was changed here meanwhile stays. Raises GaitError."""
        if self.wanted(name) is not None:
            with self.one(name), suppress(GoneError):
                if self.wanted(name) is not None:
                    self._bring(name)

    def _bring(self, name: str) -> None:
        """Raises GaitError; `GoneError` where there is none any more."""
        here, path = self.here(), self.path(name)
        with self.records().writing() as at:
            own, far = self._both(at, name)
            if far is None or far.going:
                raise GoneError
            if own is None:
                held.note(at, Held(name, here, film=far.film))
            elif far.film and not own.film:
                held.note(at, replace(own, film=True))
        version = self._fetched(name)
        with self.records().writing() as at:
            own = held.get(at, name, here, locked=True)
            wanted = own is not None and not own.going
            if wanted:
                held.note(at, replace(copy_at(name, here, version), stamp=stamp_of(path)))
        if not wanted:
            self.delete_here(name)
            with self.records().writing() as at:
                held.gone(at, name, here)
            raise GoneError

    def _fetched(self, name: str) -> Version:
        """The version that is in its place now; one that was replaced while it came is fetched anew. Raises GaitError."""
        for _ in range(TRIES):
            version = standing(self.store, name)
            if version is None:
                break
            with suppress(ReplacedError):
                self._fetch(name, version)
                return version
        raise GaitError("files_damaged", name=name)

    def _fetch(self, name: str, version: Version) -> None:
        """Put that version in its place, whole or not at all. Raises GaitError, `ReplacedError`."""
        path = self.path(name)
        if name.startswith(f"{RESULTS}/"):
            self._reports.mkdir(parents=True, exist_ok=True)
            with one_writer(path, WRITER_WAIT_S), next_version(path) as new:
                download(self.store, name, version, new)
            return
        try:
            self._clips.mkdir(parents=True, exist_ok=True)
            with own_work(self._reports) as work:
                download(self.store, name, version, work)
                for inside in sorted(version.files, key=lambda one: one == path.name):  # the clip comes last
                    part = self._clips / f".{inside}{PART}"
                    shutil.copyfile(work / inside, part)
                    part.replace(self._clips / inside)
        except OSError as error:
            raise GaitError("cannot_write", folder=str(self._clips)) from error


def copy_at(name: str, place: str, version: Version) -> Held:
    """What the records say of that version there."""
    return Held(name, place, version.digest, bytes=version.bytes, film=FILM in version.files)
