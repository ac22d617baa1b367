"""Kills a program with SIGKILL at random moments and looks at what is left: no finished visit lost, no half record, no half file.

usage: python -m tests.faults.kill [--moments 500] [--seed 1] [--only ACTIVITY] [--url URL] [--out reports/reliability]

Each moment forks a process that does one activity again and again in a folder of its own, tells each thing it has finished through
a pipe, and is killed between 2 ms and 2 s after it began, or after it told the first one, by chance evenly over the powers.
Then the records are opened again as the next program
would, which settles what was cut short, and everything that was told must be there, whole, and nothing else half. `--url` names a
PostgreSQL database with nothing in it; without it SQLite is used.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from gait.places import keep_private
from gait.records import audit, consents, customers, folders, migrations, purchases, visits
from gait.records.database import FILE, Records
from gait.results.codec import encode
from gait.results.lock import PREFIX, one_writer
from gait.results.place import next_version, put
from gait.services.keeper import Keeper
from gait.services.library import Library
from gait.services.recordings import Recordings
from gait.services.store_files import StoreFiles
from gait.services.sweep import sweep
from gait.services.uploads import Uploads
from tests.builders import postgres
from tests.builders.results import example_result

ROOT = Path(__file__).resolve().parents[2]
SOONEST_S, LATEST_S = 0.002, 2.0
WARM = 0.7
"""So often the clock starts only when the first thing is finished: most of the others are killed before."""
DAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RESULT = example_result()

Tell = Callable[..., None]


@dataclass(frozen=True)
class Store:
    """Where one activity works."""

    data: Path
    url: str | None = None

    @property
    def reports(self) -> Path:
        """The folder of results."""
        return self.data / "reports"

    def open(self) -> Records:
        """Its records."""
        return Records.open(self.data, self.url or f"sqlite:///{self.data / FILE}")


def visit(store: Store, dice: random.Random, tell: Tell) -> None:
    """Customers come, are ticked for, run in two shoes, buy one and leave."""
    with store.open() as records:
        while True:
            with records.writing() as at:
                name = f"Runner {dice.randrange(10**6)}"
                begun = visits.start(at, customers.make(at, name).id)
                audit.note(at, "app", "visit_started", "visit", begun.id)
            with records.writing() as at:
                consents.give(at, begun.id, consents.set_text(at, "analyse", dice.choice(("yes", "indeed"))))
                runs = [visits.add_run(at, begun.id, shoe=f"shoe {n}") for n in range(2)]
            with records.writing() as at:
                bought = purchases.buy(at, begun.id, "", date(2026, 3, 2), run_id=runs[0].id)
                purchases.bring_back(at, bought.id, date(2026, 3, 9))
                visits.finish(at, begun.id)
            tell("finished", begun.id)


def save(store: Store, dice: random.Random, tell: Tell) -> None:
    """Results are written and attached to runs, as an analysis does."""
    with store.open() as records:
        while True:
            result = f"2026-03-02-120000-{dice.randrange(10**9)}"
            with records.writing() as at:
                begun = visits.start(at)
                run = visits.expect(at, visits.add_run(at, begun.id).id, result)
            write(store.reports / result, version=1)
            with records.writing() as at:
                folders.attach(at, run.id, store.reports / result)
                visits.finish(at, begun.id)
            tell("finished", begun.id)
            tell("result", result, 1)


def edit(store: Store, dice: random.Random, tell: Tell) -> None:
    """One result is corrected over and over; customers are renamed and merged."""
    with store.open() as records:
        with records.writing() as at:
            run = visits.expect(at, visits.add_run(at, visits.start(at).id).id, "corrected")
            one = customers.make(at, "Anna")
        for version in range(1, 10**6):
            write(store.reports / "corrected", version=version)
            tell("result", "corrected", version)
            with records.writing() as at:
                folders.attach(at, run.id, store.reports / "corrected")
            name = f"Anna {dice.randrange(10**6)}"
            with records.writing() as at:
                other = customers.make(at, f"Double {version}")
                visits.finish(at, visits.start(at, other.id).id)
                customers.rename(at, one.id, name)
                customers.merge(at, one.id, other.id)
            tell("named", one.id, name, version)


def migrate(store: Store, dice: random.Random, tell: Tell) -> None:
    """A database of the first schema, with people in it, is brought to today's."""
    if store.url is not None:
        store.open().close()
        tell("upgraded", "")
        signal.pause()
    for number in range(10**6):
        copy = store.data / f"old{number}" / FILE
        copy.parent.mkdir()
        part = copy.with_name("part")
        shutil.copy(store.data / "old.db", part)
        part.rename(copy)
        Records.open(copy.parent, f"sqlite:///{copy}").close()
        tell("upgraded", copy.parent.name)


def take_over(store: Store, dice: random.Random, tell: Tell) -> None:
    """Results of an earlier gait get their records."""
    for number in range(10**6):
        write(store.reports / f"old-{number}", version=1, runner=f"Runner {number % 3}")
        with store.open() as records, records.writing() as at:
            folders.rebuild(at, store.reports)
        tell("result", f"old-{number}", 1)


def delete(store: Store, dice: random.Random, tell: Tell) -> None:
    """Customers with a result each are deleted, with a receipt."""
    with store.open() as records:
        keeper = keeper_of(store, records)
        while True:
            result = f"2026-03-02-120000-{dice.randrange(10**9)}"
            with records.writing() as at:
                one = customers.make(at, "Anna")
                begun = visits.start(at, one.id)
                run = visits.expect(at, visits.add_run(at, begun.id).id, result)
            write(store.reports / result, version=1)
            with records.writing() as at:
                folders.attach(at, run.id, store.reports / result)
                visits.finish(at, begun.id)
            tell("asked", one.id, result)
            receipt = keeper.delete_customer(one.id)
            tell("deleted", one.id, result, receipt.id)


def keeper_of(store: Store, records: Records) -> Keeper:
    """What deletes."""
    return Keeper(lambda: records, StoreFiles(store.reports, store.data))


ACTIVITIES = {"visit": visit, "save": save, "edit": edit, "migrate": migrate, "take over": take_over, "delete": delete}


def write(folder: Path, version: int, runner: str = "Anna") -> None:
    """A result's version takes its place, as `gait.services.publish` does it."""
    document = encode(replace(RESULT, created=DAY, version=version, runner=runner))
    with one_writer(folder), next_version(folder) as new:
        put(new / "analysis.json", json.dumps(document).encode())
        put(new / "strides.csv", b"side,stance\n" * 2000)


def restart(store: Store) -> Records:
    """What the next program does first."""
    library, uploads = Library(store.reports), Uploads(store.reports)
    recordings = Recordings(uploads.folder, None, None, uploads.alive)  # type: ignore[arg-type]  nothing is recorded
    sweep(library, uploads, recordings)
    records = store.open()
    with records.writing() as at:
        folders.settle(at, store.reports)
    keeper_of(store, records).finish_begun()
    return records


def faults_of(store: Store, activity: str, told: list[list[object]]) -> list[str]:
    """What is not as it must be after the next program has started."""
    wrong = []
    with restart(store) as records:
        found = folders.check(records, store.reports)
        if activity == "take over":  # what was written and not yet taken over is what the command is for
            with records.writing() as at:
                folders.rebuild(at, store.reports)
            found = folders.check(records, store.reports)
        wrong += [f"{f.trouble} {f.name}" for f in found]
        with records.reading() as at:
            for kind, name, *more in told:
                wrong += _missing(at, store, str(kind), str(name), more)
        if activity == "migrate":
            wrong += _lost_in_migration(store)
    left = [p.name for p in store.reports.rglob(f"{PREFIX}*")] + [p.name for p in store.reports.rglob("*.part")]
    return wrong + [f"left behind {name}" for name in left]


def _missing(at: object, store: Store, kind: str, name: str, more: list[object]) -> list[str]:
    if kind == "finished":
        seen = visits.get(at, name)  # type: ignore[arg-type]
        return [] if seen.state == "finished" and seen.runs else [f"visit {name} is {seen.state}"]
    if kind == "result":
        run = visits.run_of_result(at, name)  # type: ignore[arg-type]
        whole = folders.read(store.reports / name).version >= int(str(more[0]))
        return [] if whole and run is not None and run.summary is not None else [f"result {name} is lost"]
    if kind == "deleted":
        there = [c.id for c in customers.listed(at)]  # type: ignore[arg-type]
        left = (store.reports / str(more[0])).exists() or name in there
        return [f"customer {name} is there still"] if left else []
    if kind == "named":
        one = customers.get(at, name)  # type: ignore[arg-type]
        return [] if one.visits >= int(str(more[1])) else [f"customer {name} lost visits"]
    return []


def _lost_in_migration(store: Store) -> list[str]:
    wrong = []
    for copy in sorted(store.data.glob(f"old*/{FILE}")):
        with Records(f"sqlite:///{copy}") as records:
            stood = records.schema()
            if stood not in ("0001", migrations.newest()):
                wrong.append(f"{copy.parent.name} is half-way, {stood}")
            records.upgrade()
            with records.reading() as at:
                if [c.name for c in customers.find(at, "old fri")] != ["Old Friend"]:
                    wrong.append(f"{copy.parent.name} lost its customer")
    return wrong


@contextmanager
def emptied(url: str | None) -> Iterator[Store]:
    """A folder of its own for one moment, and a database with nothing in it."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), url)
        store.reports.mkdir()
        if url is not None and Records(url).schema() is not None:
            postgres.empty(url)
        if url is None:
            with Records(f"sqlite:///{store.data / 'old.db'}") as old:
                old.upgrade("0001")
                engine = create_engine(old.address)
                with engine.begin() as at:
                    row = {"id": "0" * 16, "name": "Old Friend", "folded": "old friend", "contact": "", "created": DAY}
                    at.execute(text("INSERT INTO customer VALUES (:id, :name, :folded, :contact, :created, NULL)"), row)
                    at.execute(text("INSERT INTO customer_key VALUES ('^old', :id), ('^friend', :id)"), row)
                engine.dispose()  # the file is copied: what is beside it goes into it
        yield store


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
            out.write(json.dumps(["begun", ""]) + "\n")
            ACTIVITIES[activity](store, dice, lambda *what: out.write(json.dumps(what) + "\n"))
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
    moments: int, seed: int, url: str | None = None, only: str | None = None
) -> tuple[Counter[str], Counter[str], list[str]]:
    """By activity: how often it was killed, and how many things it had finished; and every fault with its seed."""
    keep_private()
    times, done = Counter[str](), Counter[str]()
    wrong = []
    names = [only] if only else list(ACTIVITIES)
    for number in range(moments):
        activity = names[number % len(names)]
        with emptied(url) as store:
            told = killed(activity, store, seed + number)
            times[activity] += 1
            done[activity] += len(told) - 1
            wrong += [f"{activity}, seed {seed + number}: {fault}" for fault in faults_of(store, activity, told)]
        if number % 20 == 19:
            sys.stderr.write(f"{number + 1} moments, {len(wrong)} faults\n")
    return times, done, wrong


def main() -> int:
    """Write the table; 1 when there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=sorted(ACTIVITIES), help="one activity alone")
    parser.add_argument("--url", help="a PostgreSQL database with nothing in it")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "reliability")
    asked = parser.parse_args()
    times, done, wrong = run(asked.moments, asked.seed, asked.url, asked.only)
    kind = "PostgreSQL" if asked.url else "SQLite"
    lines = [
        f"# Killed at {asked.moments} moments, {kind}",
        "",
        f"`python -m tests.faults.kill --moments {asked.moments} --seed {asked.seed}`: SIGKILL {SOONEST_S * 1000:.0f} to "
        f"{LATEST_S * 1000:.0f} ms after the activity began, or after the first thing was finished; then the next program starts, and everything that had been told as "
        "finished must be there, with nothing half.",
        "",
        "| Killed during | times | finished before | faults after |",
        "|---|---|---|---|",
        *(f"| {a} | {times[a]} | {done[a]} | {sum(w.startswith(f'{a},') for w in wrong)} |" for a in times),
        "",
        *(f"- {fault}" for fault in wrong),
    ]
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / f"kill_{kind.lower()}.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
