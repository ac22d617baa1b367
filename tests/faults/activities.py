"""What is killed: each does one thing again and again in a folder of its own, and tells what it has finished."""

import random
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

from gait.landmarks import Landmark
from gait.records import audit, consents, customers, folders, purchases, visits
from gait.records.database import FILE, Records
from gait.results.codec import encode
from gait.results.lock import one_writer
from gait.results.place import next_version, put
from gait.services import backup as backups
from gait.services.asked import AnalysisRequest
from gait.services.board import Board
from gait.services.depot import Depot
from gait.services.engine import Engine
from gait.services.head_start import HeadStart
from gait.services.keeper import Keeper
from gait.services.retention import Retention
from gait.services.settings import StoreSettings
from gait.services.store_files import StoreFiles
from tests.builders import drawn
from tests.builders.results import example_result
from tests.integration.recording.sent import browser_clip

DAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
"""When walk-ins of that day are long due."""
RESULT = example_result()
RUN_S = 8.0
"""Of the run that is analysed, as key points: its result has all tables and the PDF after a fifth of a second's work."""
MOST_QUEUED = 12

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

    @contextmanager
    def program(self) -> Iterator[Engine]:
        """A program whose threads do nothing by themselves: what is done is done by the one that is killed."""
        named = {"GAIT_DATA": str(self.data), "GAIT_DATABASE_URL": self.url or f"sqlite:///{self.data / FILE}"}
        with patch.dict("os.environ", named), patch.object(Board, "begin"), patch.object(Retention, "start"):
            engine = Engine(StoreSettings(self.reports)).start()
            engine.records.opened()
            engine.keeper.finish_begun()
            yield engine
            engine.close()


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


def record(store: Store, dice: random.Random, tell: Tell) -> None:
    """A tablet sends its clips piece by piece."""
    with store.program() as engine:
        clip = clip_bytes()
        while True:
            ticket = engine.recordings.new_ticket()
            folder = engine.recordings.folder_of(ticket)
            assert folder is not None
            size = 0
            while size < len(clip):
                piece = clip[size : size + dice.randrange(1, 1 + len(clip) // 4)]
                status, said = engine.recordings.put(folder, "run", 1, size, piece, follow=False)
                assert status == 200
                size = int(said["size"])
                tell("piece", folder.name, size)
            with patch.object(HeadStart, "begin"):
                assert engine.recordings.finish(folder, "run", 1, size, follow=False)[0] == 200
            tell("recorded", folder.name)


def upload(store: Store, dice: random.Random, tell: Tell) -> None:
    """Clips come through a page and wait in the queue; some are cancelled."""
    with store.program() as engine:
        clip, number, jobs = clip_bytes(), 0, []
        while True:
            number += 1
            arriving = engine.uploads.begin("a browser", f"file {number}", len(clip))
            for first in range(0, len(clip), 1 + len(clip) // 5):
                arriving.write(clip[first : first + 1 + len(clip) // 5])
            arriving.finish("IMG_0042.webm")
            arriving.close()
            desk = engine.desk()
            path = desk.hold("run", Chosen(f"file {number}"))
            assert path is not None
            jobs.append(engine.jobs.start(AnalysisRequest(path, uploads=desk.folder, owner="tab", runner="Anna")))
            desk.hand_over()
            tell("asked", jobs[-1].name)
            if len(jobs) > MOST_QUEUED or dice.random() < 0.3:
                job = jobs.pop(dice.randrange(len(jobs)))
                tell("cancelling", job.name)
                engine.jobs.cancel(job.name, "tab")
                tell("cancelled", job.name)


@dataclass
class Chosen:
    """What Streamlit hands over of a clip that lies on the disk already."""

    file_id: str
    name: str = "IMG_0042.webm"

    def read(self, size: int = -1, /) -> bytes:
        """It is not asked."""
        raise NotImplementedError

    def seek(self, offset: int, /) -> int:
        """It is not asked."""
        raise NotImplementedError


def analyse(store: Store, dice: random.Random, tell: Tell) -> None:
    """Runs of visits are asked for and analysed, the whole way from the queue to the PDF."""
    with store.program() as engine:
        while True:
            with engine.records.writing() as at:
                run = visits.add_run(at, visits.start(at).id)
            folder = engine.uploads.new_folder()
            shutil.copyfile(points_file(), folder / "run.csv")
            asked = AnalysisRequest(folder / "run.csv", uploads=folder, run_id=run.id, runner=f"R {dice.randrange(99)}")
            job = engine.jobs.start(asked)
            tell("analysis", job.name)
            engine.jobs.work_off()
            assert job.state == "done"
            tell("analysed", job.name)


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
    if store.url is not None:  # a new database for each would take a second
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
            with records.writing() as at:
                one = customers.make(at, "Anna")
            result = finished(store, records, dice, one.id)
            tell("asked to go", one.id, result)
            receipt = keeper.delete_customer(one.id)
            tell("deleted", one.id, result, receipt.id)


def retain(store: Store, dice: random.Random, tell: Tell) -> None:
    """Walk-ins of a day are deleted by the retention clock; a customer who agreed stays."""
    with store.open() as records:
        clock = Retention(keeper_of(store, records))
        clock.set_evening(time(21, 0))
        while True:
            gone = [finished(store, records, dice, None) for _ in range(dice.randrange(1, 4))]
            with records.writing() as at:
                one = customers.make(at, "Berta")
                begun = visits.start(at, one.id, started=DAY)
                consents.give(at, begun.id, consents.set_text(at, "keep_numbers", "yes"))
                visits.finish(at, begun.id)
            tell("finished without runs", begun.id)
            clock.run(LATER)
            tell("due", *gone)


def back_up(store: Store, dice: random.Random, tell: Tell) -> None:
    """Everything goes into one file, while the next visit comes."""
    with store.open() as records:
        for number in range(10**6):
            result = finished(store, records, dice, None)
            tell("result", result, 1)
            file = store.data / f"backup-{number}.zip"
            backups.back_up(records, files_of(store, records), file)
            tell("backup", file.name, result)


ACTIVITIES = {
    "visit": visit,
    "record": record,
    "upload": upload,
    "analyse": analyse,
    "save": save,
    "edit": edit,
    "migrate": migrate,
    "take over": take_over,
    "retention": retain,
    "backup": back_up,
    "delete": delete,
}


def finished(store: Store, records: Records, dice: random.Random, customer: str | None) -> str:
    """A visit with a result; the result's name."""
    result = f"2026-03-02-120000-{dice.randrange(10**9)}"
    with records.writing() as at:
        begun = visits.start(at, customer, started=DAY)
        run = visits.expect(at, visits.add_run(at, begun.id).id, result)
    write(store.reports / result, version=1)
    with records.writing() as at:
        folders.attach(at, run.id, store.reports / result)
        visits.finish(at, begun.id)
    return result


def files_of(store: Store, records: Records) -> StoreFiles:
    """The files, in the object store too where the environment names one."""
    return StoreFiles(store.reports, store.data, Depot.of(records, store.reports, store.data))


def keeper_of(store: Store, records: Records) -> Keeper:
    """What deletes."""
    return Keeper(lambda: records, files_of(store, records))


def write(folder: Path, version: int, runner: str = "Anna") -> None:
    """A result's version takes its place, as `gait.services.publish` does it."""
    document = encode(replace(RESULT, created=DAY, version=version, runner=runner))
    with one_writer(folder), next_version(folder) as new:
        put(new / "analysis.json", dumps(document).encode())
        put(new / "strides.csv", b"side,stance\n" * 2000)


@cache
def clip_bytes() -> bytes:
    """What a browser sends. Made before anything is forked, and so only once."""
    with TemporaryDirectory() as folder:
        return browser_clip(Path(folder) / "run.webm", ".webm", 1.0)


_made: list[TemporaryDirectory[str]] = []


@cache
def points_file() -> Path:
    """A made-up run as key points. Made before anything is forked, and so only once."""
    _made.append(TemporaryDirectory())
    file = Path(_made[0].name) / "run.csv"
    track = drawn.runs(RUN_S)
    with file.open("w") as out:
        out.write("time_s,landmark,x_px,y_px,visibility,width_px,height_px\n")
        for number, moment in enumerate(track.times_s):
            for mark in Landmark:
                x, y = track.landmarks_px[number, mark]
                if np.isfinite(x):
                    out.write(
                        f"{moment:.4f},{mark.name.lower()},{x:.2f},{y:.2f},0.9,{track.width_px},{track.height_px}\n"
                    )
    return file
