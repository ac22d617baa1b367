"""Takes the disk, the database or the object store away for a while, while the program works, and looks at what is said, what is lost, and whether it goes on.

usage: python -m tests.faults.away [--rounds 10] [--seed 1] [--only FAULT] [--out FOLDER]

Each round is a program at work on a folder of its own: visits come and go, runs are uploaded and analysed the whole way to the PDF.
At a moment of the seed something is taken away and given back some seconds later. Meanwhile everything that cannot be done must say
so by a code that has a sentence. Afterwards it must go on by itself: one more visit, one more analysis, everything that was asked for
done, everything that was told as finished there, and `gait records check` must find nothing.

    full        nothing more fits on the disk (a small one in memory; needs a mount, so root)
    read-only   no folder of the store can be written
    locked      somebody else writes the records all the time
    away        the database server is stopped, as by a crash (PostgreSQL)
    store       the way to the object store is cut, in the middle of whatever is on it; a visit is deleted meanwhile
"""

import argparse
import importlib
import logging
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from unittest.mock import patch

import psycopg

from gait.errors import GaitError
from gait.records import customers, receipts, visits
from gait.records.database import FILE
from gait.services import fit
from gait.services.asked import AnalysisRequest
from gait.services.depot import Behind
from gait.services.engine import Engine
from gait.services.settings import StoreSettings
from gait.services.things import RESULTS
from gait.words import message
from tests.builders import buckets, postgres
from tests.faults.activities import points_file

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
DISK_MB = 64
FREE_BYTES = 4 << 20
"""In place of the gigabyte that a real store keeps free."""
SOON = {"depot_clock.EVERY_S": 0.5, "retention.EVERY_S": 1.0, "object_store.AGAIN_S": 0.2}
"""So often the clocks look that put files into the object store and finish deletions, in place of 30 s and ten minutes."""
LOCK_S = 0.5
"""So long a writer waits for another one, in place of ten seconds."""
WITHIN_S = 120.0
"""By then it must go on."""


class Work:
    """What the program does, and what was said of what it could not do."""

    def __init__(self, engine: Engine, dice: random.Random) -> None:
        self.engine, self.dice = engine, dice
        self.finished: list[str] = []
        self.asked: list[str] = []
        self.said, self.wrong = Counter[str](), []
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._loop)
        self._thread.start()

    def stop(self) -> None:
        """No more is begun."""
        self._ends.set()
        self._thread.join()

    def _loop(self) -> None:
        while not self._ends.wait(self.dice.random() * 0.2):
            self._try(self._visit)
            if len(self.asked) < 4 or self._all_done():
                self._try(self._upload)

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except GaitError as error:
            self.said[error.code] += 1
            if not message(error):
                self.wrong.append(f"{error.code} has no sentence")
        except Exception as error:  # noqa: BLE001  whatever a person would be shown as a fault of the program
            self.wrong.append(f"{type(error).__name__}: {error}")

    def _visit(self) -> None:
        with self.engine.records.writing() as at:
            begun = visits.start(at, customers.make(at, f"Runner {self.dice.randrange(10**6)}").id)
        with self.engine.records.writing() as at:
            visits.finish(at, begun.id)
        self.finished.append(begun.id)

    def _upload(self) -> None:
        folder = self.engine.uploads.new_folder()
        try:
            shutil.copyfile(points_file(), folder / "run.csv")
            with self.engine.records.writing() as at:
                run = visits.add_run(at, visits.start(at).id)
            asked = AnalysisRequest(folder / "run.csv", uploads=folder, owner="tab", run_id=run.id)
            self.asked.append(self.engine.jobs.start(asked).name)
        except OSError:
            self.said["(the clip did not arrive)"] += (
                1  # a real upload says so itself: tests/unit/services/test_uploads.py
            )
            shutil.rmtree(folder, ignore_errors=True)
        except GaitError:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _all_done(self) -> bool:
        return all(self._state(name) == "done" for name in self.asked)

    def _state(self, name: str) -> str:
        job = self.engine.jobs.get(name)
        return job.state if job is not None else "lost"

    def missing(self) -> list[str]:
        """What was finished or asked for and is not there."""
        with self.engine.records.opened().reading() as at:
            lost = [f"visit {v} is {s}" for v in self.finished if (s := visits.get(at, v).state) != "finished"]
        states = {name: self._state(name) for name in self.asked}
        lost += [f"the analysis {name} is {state}" for name, state in states.items() if state != "done"]
        return lost + [f"result {name} is not whole" for name in self.asked if not self.engine.library.is_whole(name)]


@contextmanager
def full(store: Path, url: str | None) -> Iterator[None]:
    """Nothing more fits."""
    ballast = store / "ballast"
    with ballast.open("wb", buffering=0) as out, suppress(OSError):
        while out.write(bytes(1 << 16)):
            pass
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def read_only(store: Path, url: str | None) -> Iterator[None]:
    """No folder can be written, files that are open can."""
    closed = [store, store / "reports", store / "reports" / ".uploads"]
    for folder in closed:
        folder.chmod(0o500)
    try:
        yield
    finally:
        for folder in closed:
            folder.chmod(0o700)


@contextmanager
def locked(store: Path, url: str | None) -> Iterator[None]:
    """Somebody else writes."""
    if url is None:
        other = sqlite3.connect(store / FILE, isolation_level=None, timeout=60)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()
    else:
        with psycopg.connect(url) as server:
            server.execute("LOCK TABLE job, visit, customer IN ACCESS EXCLUSIVE MODE")
            yield


@contextmanager
def on_small_disk(folder: Path) -> Iterator[None]:
    """That folder is a small disk of its own, in memory."""
    subprocess.run([_found("mount"), "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run([_found("umount"), "-l", str(folder)], check=True)


def _found(program: str) -> str:
    return shutil.which(program) or f"/bin/{program}"


def may_mount() -> bool:
    """Whether this process may have a small disk."""
    try:
        with tempfile.TemporaryDirectory() as folder, on_small_disk(Path(folder)):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """A folder's mode says nothing to root, who is nobody meanwhile."""
    root = os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


class Store:
    """The object store of one round: a bucket of its own, and the way to it, which can be cut."""

    def __init__(self, server: buckets.Server) -> None:
        self.line = buckets.Line(server)
        self.url = self.line.url(server.bucket())

    def deleted_meanwhile(self, work: Work) -> list[str]:
        """A visit whose result is in the store is deleted while nobody can tell the store; what is wrong with the answer."""
        done = [name for name in list(work.asked) if work.engine.library.is_whole(name)]
        name = work.dice.choice(done)
        with work.engine.records.reading() as at:
            run = visits.run_of_result(at, name)
        work.asked.remove(name)
        try:
            work.engine.keeper.delete_visit(run.visit_id if run else "")
        except GaitError as error:
            work.said[error.code] += 1
            return [] if error.code == "not_all_deleted" else [f"a deletion said {error.code}"]
        return ["a deletion was told as finished that the store had not heard of"]

    def missing(self, work: Work) -> list[str]:
        """What the store does not have, or has and should not."""
        depot = work.engine.depot
        found = [] if depot.behind() == Behind(0, 0) else [f"the store is behind: {depot.behind()}"]
        with work.engine.records.reading() as at:
            found += [f"the deletion {one.id} is not finished" for one in receipts.unfinished(at)]
        there = {name.partition("/")[2] for name in depot.in_store() if name.startswith(f"{RESULTS}/")}
        return found + [f"{name} is in one place alone" for name in sorted(there ^ set(work.asked))]


def one_round(
    fault: str, seed: int, server: postgres.Postgres | None = None, s3: buckets.Server | None = None
) -> tuple[Counter[str], list[str]]:
    """What was said meanwhile, and what is wrong; with a server the records are in PostgreSQL, with `s3` the files in a bucket too."""
    dice = random.Random(seed)
    url = server.url() if server else None
    _warm()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        home.chmod(0o755)
        store = home / "store"
        store.mkdir()
        if fault == "full":
            stack.enter_context(on_small_disk(store))
        if fault == "read-only":
            stack.enter_context(as_nobody(store))
        named = {"GAIT_DATA": str(store), "GAIT_DATABASE_URL": url or f"sqlite:///{store / FILE}"}
        bucket = Store(s3) if s3 else None
        if bucket:
            named |= {"GAIT_FILES_URL": bucket.url, **buckets.KEYS}
            stack.callback(bucket.line.cut)
            for name, seconds in SOON.items():
                stack.enter_context(patch(f"gait.services.{name}", seconds))
        stack.enter_context(patch.dict("os.environ", named | {"GAIT_CACHE_DIR": str(store / "cache")}))
        stack.enter_context(patch("gait.services.uploads.MIN_FREE_BYTES", FREE_BYTES))
        stack.enter_context(patch("gait.records.database.BUSY_S", LOCK_S))
        stack.enter_context(patch("gait.services.store_records.AGAIN_S", LOCK_S))
        engine = stack.enter_context(Engine(StoreSettings(store / "reports")))
        work = Work(engine, dice)
        try:
            wrong = _until(lambda: len(work.finished) > 1 and len(work.asked) > 0, "it did not begin")
            if bucket:
                wrong += _until(lambda: any(map(engine.library.is_whole, list(work.asked))), "no result came")
            time.sleep(dice.random() * 2)
            with taken(fault, store, url, server, bucket):
                wrong += bucket.deleted_meanwhile(work) if bucket else []
                time.sleep(1 + dice.random() * 4)
            visits_, runs = len(work.finished), len(work.asked)
            wrong += _until(lambda: len(work.finished) > visits_, "no visit came afterwards")
            wrong += _until(lambda: len(work.asked) > runs, "no run came afterwards")
        finally:
            work.stop()
        wrong += _until(lambda: not work.missing(), "")
        if bucket:
            _until(lambda: not bucket.missing(work), "")
            wrong += bucket.missing(work)
        wrong += work.missing() + work.wrong
        records, reports = engine.records.opened(), store / "reports"
        wrong += [f"{f.trouble} {f.name}" for f in fit.check(records, reports, store, engine.depot)]
    return work.said, wrong


@cache
def _warm() -> None:
    """All that is loaded late is loaded now: nobody may be let into the folders where Python lies."""
    points_file().parent.chmod(0o755)
    points_file().chmod(0o644)
    with tempfile.TemporaryDirectory() as folder:
        importlib.import_module("gait.services.publish").analyse_to_folder(points_file(), Path(folder) / "run")


def taken(
    fault: str, store: Path, url: str | None, server: postgres.Postgres | None, bucket: Store | None
) -> "Iterator[None]":
    """What is taken away for as long as the block."""
    if fault == "store":
        assert bucket is not None
        return cut(bucket)
    if fault == "away":
        assert server is not None
        return stopped(server)
    return {"full": full, "read-only": read_only, "locked": locked}[fault](store, url)


@contextmanager
def cut(bucket: Store) -> Iterator[None]:
    """The way to the object store is cut, and mended again."""
    bucket.line.cut()
    try:
        yield
    finally:
        bucket.line.mend()


@contextmanager
def stopped(server: postgres.Postgres) -> Iterator[None]:
    """The server crashes, and is started again."""
    server.stop("immediate")
    try:
        yield
    finally:
        server.start()


def _until(true: Callable[[], bool], otherwise: str) -> list[str]:
    end_s = time.monotonic() + WITHIN_S
    while time.monotonic() < end_s:
        with suppress(GaitError):
            if true():
                return []
        time.sleep(0.05)
    return [otherwise] if otherwise else []


FAULTS = (
    *(("full", False), ("read-only", False), ("locked", False), ("locked", True), ("away", True)),
    *(("store", False), ("store", True)),
)
"""Each with whether the records are in PostgreSQL."""


def main() -> int:
    """Write the table; 1 when something was lost or stood still."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9, help="no round is begun after so long")
    parser.add_argument("--only", choices=sorted({fault for fault, _ in FAULTS}))
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "reliability")
    asked = parser.parse_args()
    logging.disable()
    end_s, said, times, wrong = time.monotonic() + 60 * asked.minutes, {}, Counter[tuple[str, bool]](), []
    kinds = [k for k in FAULTS if asked.only in (None, k[0])]
    with postgres.running() as server, buckets.running() as s3:
        for number in range(asked.rounds):
            kind = kinds[number % len(kinds)]
            if time.monotonic() > end_s:
                break
            heard, faults = one_round(
                *(kind[0], asked.seed + number, server if kind[1] else None), s3 if kind[0] == "store" else None
            )
            times[kind] += 1
            said[kind] = said.get(kind, Counter()) + heard
            wrong += [f"{kind[0]}, seed {asked.seed + number}: {fault}" for fault in faults]
            sys.stderr.write(
                "".join(f"{kind[0]}: {fault}\n" for fault in faults) + f"{number + 1} rounds, {len(wrong)} faults\n"
            )
    only = f" --only {asked.only}" if asked.only else ""
    lines = [
        f"# Disk, database and object store taken away, {times.total()} rounds",
        "",
        f"`python -m tests.faults.away --rounds {times.total()} --seed {asked.seed}{only}`: while visits come and runs are analysed the whole way",
        "from the queue to the PDF (of key points), something is taken away for one to five seconds. Every refusal must have its sentence;",
        "afterwards everything goes on by itself, everything asked for is done, and `gait records check` finds nothing. While the object store",
        "is away a visit is deleted: no receipt may say so before the store has heard of it. Afterwards the store has each result and no more.",
        "",
        "| Taken away | records in | rounds | refusals meanwhile, by code |",
        "|---|---|---|---|",
        *(
            f"| {fault} | {'PostgreSQL' if pg else 'SQLite'} | {times[fault, pg]} | "
            f"{', '.join(f'{code} {n}' for code, n in sorted(said[fault, pg].items()))} |"
            for fault, pg in times
        ),
        "",
        *([f"- {fault}" for fault in wrong] or ["Nothing was lost, and nothing stood still."]),
    ]
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / (f"away_{asked.only}.md" if asked.only else "away.md")).write_text(
        "\n".join(lines) + "\n", encoding="utf-8"
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
