"""What is done by itself with the object store: new and changed things are put, what another computer changed is fetched, what was let go is deleted.

What cannot be done now is done the next time. Nothing is kept in memory, so that it goes on after any end of the program.
"""

import logging
import platform
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from gait.errors import GaitError
from gait.records import audit, computers, held
from gait.records.database import Records
from gait.records.held import STORE, Held
from gait.results.lock import one_writer
from gait.results.place import FILM
from gait.services.carrier import Carrier, copy_at
from gait.services.library import WRITER_WAIT_S
from gait.services.store_mark import StoreMark
from gait.services.things import CLIPS, RESULTS, is_there, stamp_of, standing

WHO = "files"
"""Who it was, in the audit log."""
EVERY_S = 30.0
STOP_S = 5.0
AWAY = ("files_away", "files_refused", "files_no_bucket", "files_foreign")
"""Of the whole store, not of one thing."""

log = logging.getLogger(__name__)


class DepotClock:
    """The clock of one computer; only its owner holds it."""

    def __init__(self, carrier: Carrier, mark: StoreMark) -> None:
        """It does nothing yet."""
        self._carrier, self._mark = carrier, mark
        self._learned = False
        self._ends, self._wake = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def tick(self) -> None:
        """What the clock does each time. Never raises."""
        try:
            probe = Records.at(self._carrier.data)
            if probe.file is not None and not probe.file.exists() and not self._carrier.local():
                return  # nobody has been here yet
            self._here()
            self._mark.look()
            if not self._learned:
                self.learn()
                self._learned = True
            self._carrier.finish()
            self._put_waiting()
            self._renew()
        except GaitError as error:
            log.warning("files wait to be put into the object store: %s", error.code)
        except Exception:
            log.exception("files wait to be put into the object store")

    def start(self) -> None:
        """Run by itself from now on."""
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

    def learn(self) -> None:
        """What the store has and the records do not know, after they were lost or brought back; what was never whole goes."""
        with self._carrier.records().reading() as at:
            known = held.at_place(at, STORE)
        for kind in (RESULTS, CLIPS):
            for one in self._carrier.store.names(kind):
                name = f"{kind}/{one}"
                if name in known:
                    continue
                version = standing(self._carrier.store, name)
                with self._carrier.records().writing() as at:
                    if held.get(at, name, STORE, locked=True) is not None:
                        continue
                    if version is not None:
                        held.note(at, copy_at(name, STORE, version))
                    else:
                        held.note(at, Held(name, STORE, going=True))

    def _here(self) -> None:
        """The others see that this computer is at work. One that was said to be gone for good makes good first what went meanwhile."""
        here = self._carrier.here()
        with self._carrier.records().reading() as at:
            new, gone = computers.is_new(at, here), computers.is_gone(at, here)
        if gone:
            self._come_back(here)
        if new:
            with self._carrier.records().writing() as at:
                computers.saw(at, here, platform.node())

    def _come_back(self, here: str) -> None:
        """What was to go goes; of what the store has, its version stands. Nothing is put before that. Raises GaitError."""
        with self._carrier.records().reading() as at:
            owed, there = held.of_hidden(at, here), held.at_place(at, STORE)
        for name, path in self._carrier.local().items():
            one = owed.get(held.hidden(name))
            if one is None:
                continue
            with self._carrier.one(name):
                if one.going:
                    self._carrier.delete_here(name)
                    continue
                if one.stamp == held.NO_FILM:
                    with one_writer(path, WRITER_WAIT_S):
                        (path / FILM).unlink(missing_ok=True)
                stored = name in there and bool(there[name].digest)
                with self._carrier.records().writing() as at:
                    mine = Held(name, here, film=one.film)
                    held.note(at, replace(mine, digest="?", stamp=stamp_of(path)) if stored else mine)
        with self._carrier.records().writing() as at:
            computers.back(at, here)
            audit.note(at, WHO, "computer_back", "computer", here)

    def _put_waiting(self) -> None:
        here, local = self._carrier.here(), self._carrier.local()
        with self._carrier.records().reading() as at:
            rows = self._carrier.rows(at)
        new = [name for name in local if name not in rows[0]]
        lost = [name for name in rows[0] if name not in local]
        if new or lost:
            with self._carrier.records().writing() as at:
                for name in new:
                    if held.get(at, name, here) is None:
                        held.note(at, Held(name, here))
        for name in lost:
            with suppress(GaitError), self._carrier.one(name, 0):
                if not is_there(self._carrier.path(name)):
                    with self._carrier.records().writing() as at:
                        held.gone(at, name, here)
        for name in self._carrier.waiting(rows):
            if self._ends.is_set():
                return
            try:
                with self._carrier.one(name, 0):
                    self._carrier.put(name)
            except GaitError as error:
                if error.code in AWAY or error.code.startswith("records_"):
                    raise
                log.info("a file waits to be put into the object store: %s", error.code)
            except OSError as error:
                log.warning("a file waits to be put into the object store: %s", error.strerror)

    def _renew(self) -> None:
        """What another computer changed is changed here too."""
        with self._carrier.records().reading() as at:
            mine, there = self._carrier.rows(at)
        for name, own in mine.items():
            if name in there and own.digest and there[name].digest not in ("", own.digest):
                self._carrier.bring(name)


def _loop(clock: "weakref.ref[DepotClock]", ends: threading.Event, wake: threading.Event) -> None:
    while (there := clock()) is not None and not ends.is_set():
        wake.clear()
        there.tick()
        del there
        wake.wait(EVERY_S)
