"""Kills a program with SIGKILL at random moments and looks at what is left: no finished visit lost, no half record, no half file.

usage: python -m tests.faults.kill [--moments 500] [--minutes 30] [--seed 1] [--only ACTIVITY] [--url URL] [--files] [--out FOLDER]

Each moment forks a process that does one activity again and again in a folder of its own, tells each thing it has finished through
a pipe, and is killed between 2 ms and 2 s after it began, or after it told the first one, by chance evenly over the powers.
Then the records are opened again as the next program
would, which settles what was cut short, and everything that was told must be there, whole, and nothing else half. `--url` names a
PostgreSQL database with nothing in it; without it SQLite is used. With `--files` there is an object store, empty each time: its clock puts
and deletes all the while, every twentieth of a second, and afterwards the store must have each result and clip, and no more.
"""

import argparse
import importlib
import json
import logging
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import create_engine, text

from gait.errors import GaitError
from gait.places import keep_private
from gait.records import customers, folders, migrations, visits
from gait.records.database import FILE, Records
from gait.results.lock import PREFIX
from gait.services import backup, depot_clock, fit, recordings
from gait.services.depot import Behind, Depot
from gait.services.engine import Engine
from gait.services.object_store import FILES_VARIABLE
from tests.builders import buckets, postgres
from tests.faults.activities import ACTIVITIES, DAY, LATER, Store, clip_bytes, files_of, points_file

TICKS = 100
"""So often the next program's clock may run until the object store has heard of everything."""
ROOT = Path(__file__).resolve().parents[2]
SOONEST_S, LATEST_S = 0.002, 2.0
WARM = 0.7
"""So often the clock starts only when the first thing is finished: most of the others are killed before."""


def faults_of(store: Store, activity: str, told: list[list[object]]) -> list[str]:
    """What is not as it must be after the next program has started."""
    wrong = []
    with store.program() as engine:
        records = engine.records.opened()
        if activity == "take over":  # what was written and not yet taken over is what the command is for
            with records.writing() as at:
                folders.rebuild(at, store.reports)
        elif activity == "analyse":
            _work_off(engine)
        elif activity == "retention":
            engine.retention.run(LATER)
        elif activity == "backup":
            backup.back_up(records, files_of(store, records), store.data / "after.zip")
        if engine.depot.on:
            wrong += _caught_up(engine)
        wrong += [f"{f.trouble} {f.name}" for f in fit.check(records, store.reports, store.data, engine.depot)]
        for kind, name, *more in told:
            wrong += _missing(engine, store, str(kind), str(name), more, told)
        if activity == "migrate":
            wrong += _lost_in_migration(store)
        # A lock in the data folder holds nobody up and names nobody: the next deletion or run of the clock takes it away.
        left = [p.name for p in store.reports.rglob(f"{PREFIX}*")] + [p.name for p in store.data.rglob("*.part")]
    return wrong + [f"left behind {name}" for name in left]


def _missing(
    engine: Engine, store: Store, kind: str, name: str, more: list[object], told: list[list[object]]
) -> list[str]:
    """What was told of that thing and is not so."""
    with engine.records.opened().reading() as at:
        if kind == "finished" or kind == "finished without runs":
            seen = visits.get(at, name)
            whole = seen.state == "finished" and (seen.runs or kind != "finished")
            return [] if whole else [f"visit {name} is {seen.state}"]
        if kind in ("result", "analysed"):
            run = visits.run_of_result(at, name)
            least = int(str(more[0])) if more else 1
            whole = folders.read(store.reports / name).version >= least and run is not None and run.summary is not None
            return [] if whole else [f"result {name} is lost"]
        if kind == "deleted":
            there = [c.id for c in customers.listed(at)]
            left = (store.reports / str(more[0])).exists() or name in there
            return [f"customer {name} is there still"] if left else []
        if kind == "due":
            late = [one for one in (name, *map(str, more)) if visits.run_of_result(at, one) is not None]
            late += [str(one) for one in (name, *more) if (store.reports / str(one)).exists()]
            return [f"{one} was due and is there still" for one in late]
        if kind == "named":
            one = customers.get(at, name)
            return [] if one.visits >= int(str(more[1])) else [f"customer {name} lost visits"]
    if kind == "piece":
        file = store.reports / ".uploads" / name / "run-1.webm"
        kept, size = file.read_bytes() if file.exists() else b"", int(str(more[0]))
        return [] if kept == clip_bytes()[: len(kept)] and len(kept) >= size else [f"recording {name} lost a piece"]
    if kind == "recorded":
        with patch.object(recordings, "BUSY_S", -1.0):
            offered = {left.folder.name: left.clips for left in engine.recordings.left_behind(None)}
        return [] if "run" in offered.get(name, {}) else [f"recording {name} is not offered"]
    if kind in ("asked", "cancelled"):
        return _unlike_asked(engine, name, {str(k) for k, n, *_ in told if n == name})
    if kind == "analysis":
        job = engine.jobs.get(name)
        fine = job is not None and job.state == "done" and engine.library.is_whole(name)
        return [] if fine else [f"analysis {name} is {job.state if job else 'lost'}"]
    if kind == "backup":
        try:
            return [] if backup.look(store.data / name).results else [f"backup {name} is empty"]
        except GaitError as error:
            return [f"backup {name}: {error.code}"]
    return []


def _work_off(engine: Engine) -> None:
    """Until nothing waits, as a program's clock does: for a moment PostgreSQL may hold locked what the dead program had."""
    for _ in range(TICKS):
        engine.jobs.work_off()
        if not engine.jobs.queue.waiting():
            return
        time.sleep(0.05)


def _caught_up(engine: Engine) -> list[str]:
    """What the object store has not heard of after the next program's clock has run."""
    for _ in range(TICKS):
        engine.depot.tick()
        engine.keeper.finish_begun()
        if engine.depot.behind() == Behind(0, 0):
            return []
        time.sleep(0.05)
    return [f"the object store is behind: {engine.depot.behind()}"]


def _unlike_asked(engine: Engine, name: str, kinds: set[str]) -> list[str]:
    """An upload that waits has its clip whole; one that was cancelled has none. In between both may be."""
    job = engine.jobs.get(name)
    if job is None:
        return [f"the analysis {name} is lost"]
    waits = job.state == "waiting" and job.request.clip.is_file() and job.request.clip.read_bytes() == clip_bytes()
    over = job.state == "cancelled" and not job.request.clip.exists()
    if waits and "cancelled" not in kinds:
        return []
    return [] if over and "cancelling" in kinds else [f"the analysis {name} is {job.state}, {sorted(kinds)}"]


def _lost_in_migration(store: Store) -> list[str]:
    wrong = []
    copies = [store.url] if store.url else [f"sqlite:///{copy}" for copy in sorted(store.data.glob(f"old*/{FILE}"))]
    for number, address in enumerate(copies):
        with Records(address) as records:
            stood = records.schema()
            if stood not in ("0001", migrations.newest()):
                wrong.append(f"copy {number} is half-way, {stood}")
            records.upgrade()
            with records.reading() as at:
                if [c.name for c in customers.find(at, "old fri")] != ["Old Friend"]:
                    wrong.append(f"copy {number} lost its customer")
    return wrong


@contextmanager
def emptied(url: str | None, activity: str = "") -> Iterator[Store]:
    """A folder of its own for one moment, and a database with nothing in it."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), url)
        store.reports.mkdir()
        if url is not None and activity == "migrate":
            with create_engine(Records(url).address, isolation_level="AUTOCOMMIT").connect() as at:
                at.execute(text("DROP SCHEMA public CASCADE"))
                at.execute(text("CREATE SCHEMA public"))
        elif url is not None and Records(url).schema() is not None:
            postgres.empty(url)
        if activity == "migrate":
            _old_friend(url or f"sqlite:///{store.data / 'old.db'}")
        yield store


def _old_friend(address: str) -> None:
    """A database of the first schema with somebody in it."""
    with Records(address) as old:
        old.upgrade("0001")
        engine = create_engine(old.address)
        with engine.begin() as at:
            row = {"id": "0" * 16, "name": "Old Friend", "folded": "old friend", "contact": "", "created": DAY}
            at.execute(text("INSERT INTO customer VALUES (:id, :name, :folded, :contact, :created, NULL)"), row)
            at.execute(text("INSERT INTO customer_key VALUES ('^old', :id), ('^friend', :id)"), row)
        engine.dispose()  # the file is copied: what is beside it goes into it


def depot_of(store: Store) -> Depot:
    """The object store's clock in the process that is killed; without an object store it does nothing."""
    records = Records(store.url or f"sqlite:///{store.data / FILE}")
    return Depot.of(records, store.reports, store.data)


def apart(ask: Callable[[], list[str]]) -> list[str]:
    """What it gives, asked in a process of its own: the object store's library does not live through a fork."""
    listen, speak = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(listen)
            with os.fdopen(speak, "w") as out:
                json.dump(ask(), out)
            os._exit(0)
        except BaseException:  # noqa: BLE001  said, and the moment is none
            traceback.print_exc()
            os._exit(1)
    os.close(speak)
    with os.fdopen(listen) as told:
        said = told.read()
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("the look at what is left ended")
    found: list[str] = json.loads(said)
    return found


def killed(activity: str, store: Store, seed: int) -> list[list[object]]:
    """Do it in a process of its own, kill that at a moment of the seed, and give what it told."""
    dice = random.Random(seed)
    listen, speak = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(listen)
            out = os.fdopen(speak, "w", buffering=1)
            logging.disable()
            clock = depot_of(store)
            clock.start()
            out.write(json.dumps(["begun", ""]) + "\n")
            ACTIVITIES[activity](store, dice, lambda *what: out.write(json.dumps(what) + "\n"))
        except BaseException:  # noqa: BLE001  said, and the moment is none
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(speak)
    with os.fdopen(listen) as told:
        first = told.readline()
        if dice.random() < WARM:
            first += told.readline()
        time.sleep(SOONEST_S * (LATEST_S / SOONEST_S) ** dice.random())
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        lines = [*first.splitlines(), *told.read().splitlines()]
    if not os.WIFSIGNALED(status):
        raise RuntimeError(f"{activity} ended by itself, seed {seed}")
    return [json.loads(line) for line in lines if line.strip()]


def run(
    moments: int,
    seed: int,
    url: str | None = None,
    only: str | None = None,
    minutes: float = 1e9,
    s3: buckets.Server | None = None,
) -> tuple[Counter[str], Counter[str], list[str]]:
    """By activity: how often it was killed, and how many things it had finished; and every fault with its seed.

    After so many minutes no more are begun.
    """
    keep_private()
    end_s = time.monotonic() + 60 * minutes
    clip_bytes(), points_file()  # once, for all that are forked
    importlib.import_module("gait.services.publish")
    times, done = Counter[str](), Counter[str]()
    wrong = []
    names = [only] if only else list(ACTIVITIES)
    for number in range(moments):
        activity = names[number % len(names)]
        if time.monotonic() > end_s:
            break
        named = {FILES_VARIABLE: s3.bucket(), **buckets.KEYS} if s3 else {}
        with emptied(url, activity) as store, patch.dict("os.environ", named):
            told = killed(activity, store, seed + number)
            times[activity] += 1
            done[activity] += len(told) - 1
            look = partial(faults_of, store, activity, told)
            wrong += [f"{activity}, seed {seed + number}: {fault}" for fault in (apart(look) if s3 else look())]
        if number % 20 == 19:
            sys.stderr.write(f"{number + 1} moments, {len(wrong)} faults\n")
    return times, done, wrong


def main() -> int:
    """Write the table; 1 when there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9, help="no moment is begun after so long")
    parser.add_argument("--only", choices=sorted(ACTIVITIES), help="one activity alone")
    parser.add_argument("--url", help="a PostgreSQL database with nothing in it")
    parser.add_argument("--files", action="store_true", help="with an object store")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "reliability")
    asked = parser.parse_args()
    logging.disable()
    with buckets.running() if asked.files else nullcontext() as s3, patch.object(depot_clock, "EVERY_S", 0.05):
        times, done, wrong = run(asked.moments, asked.seed, asked.url, asked.only, asked.minutes, s3)
    kind = "PostgreSQL" if asked.url else "SQLite"
    said, file = (
        (f"{kind} and an object store", f"kill_store_{kind.lower()}") if asked.files else (kind, f"kill_{kind.lower()}")
    )
    more = " --files" if asked.files else ""
    lines = [
        f"# Killed at {times.total()} moments, {said}",
        "",
        f"`python -m tests.faults.kill --moments {times.total()} --seed {asked.seed}{more}`: SIGKILL {SOONEST_S * 1000:.0f} to "
        f"{LATEST_S * 1000:.0f} ms after the activity began, or (seven times in ten) after the first thing was finished. Then the",
        "next program starts. Everything that had been told as finished must be there, what was asked for must be done or wait with its",
        "clip, nothing may be half, and `gait records check` must find nothing. *analyse* is the real way from the queue to the PDF, of key",
        "points: no pixel is read, which takes no second.",
        "",
        "| Killed during | times | finished before | faults after |",
        "|---|---|---|---|",
        *(f"| {a} | {times[a]} | {done[a]} | {sum(w.startswith(f'{a},') for w in wrong)} |" for a in times),
        "",
        *(f"- {fault}" for fault in wrong),
    ]
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / f"{file}.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
