"""What a person does to what is kept, killed at every change of a file: after a sweep nothing is lost, nothing contradicts, nothing stays.

Each deed is done once undisturbed, to know what is right afterwards, and then once for each change it makes.
"""

import gc
import hashlib
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np

from gait.errors import GaitError
from gait.landmarks import Side
from gait.records.database import FILE, Records
from gait.results import place, tables
from gait.results.folder import ResultFolder
from gait.results.result import Details, StepEdit
from gait.services import details, edits, publish, recordings
from gait.services.asked import AnalysisRequest
from gait.services.board import Board
from gait.services.engine import Engine
from gait.services.library import Library
from gait.services.retention import Retention
from gait.services.settings import StoreSettings
from tests.builders.dying_disk import DyingDisk, How, Killed
from tests.builders.results import example_result, result_folder

NAME = "2026-01-15-103000-anna-secret"
Files = dict[str, bytes]
SWEEPS_KILLED = 7
"""The sweep after point k is itself killed first, at its own point k modulo this, and then done whole."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    deed: str
    how: How
    place: str
    points: int
    wrong: tuple[str, ...]
    """What does not agree, and where."""


@dataclass(frozen=True)
class Deed:
    """Something a person does, and what may stand afterwards."""

    name: str
    prepare: Callable[[Path, Path], None]
    """Given the template result and the empty root."""
    act: Callable[[Path, Path], None]
    right: Callable[[Files, Files, Files, Path], str]
    """Given the files before, after an undisturbed deed, and now, and the root; what is wrong, or nothing."""
    full: bool = False
    """Whether it is also done on a full disk, which must leave all as before, or whole, and say so in words."""


RECORDS = ".data/"
"""Where the store's records lie in a folder of results. What a kill does to them is tried in `tests.faults`."""
OURS = (RECORDS, ".uploads/.place")
"""These stay, and name nobody."""


def files(root: Path) -> Files:
    """All there is, by name, but the records and the folder's id."""
    names = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file()}
    return {name: p.read_bytes() for name, p in names.items() if not name.startswith(OURS)}


def digest_pdf(folder: Path) -> bytes:
    """In place of a PDF: a checksum of what it is made of."""
    made_of = [folder / n for n in ("analysis.json", "strides.csv", "peak_left.png", "peak_right.png")]
    return hashlib.sha256(b"|".join(p.read_bytes() if p.is_file() else b"" for p in made_of)).hexdigest().encode()


def _write_digest(folder: Path) -> None:
    try:
        with place.working(folder) as work:
            (work / "report.pdf").write_bytes(digest_pdf(folder))
            (work / "report.pdf").replace(folder / "report.pdf")
    except OSError as error:
        raise GaitError("cannot_write", "pdf", folder=str(folder)) from error


@contextmanager
def pretended(template: Path) -> Iterator[None]:
    """An analysis takes no time and finds what the template says; the PDF is a checksum of what it is made of."""
    analysis = SimpleNamespace(refused=False, clip=SimpleNamespace(codec="h264"))
    found = replace(example_result(), runner="Anna Secret")

    def write_tables(folder: Path, _: Any, result: Any) -> None:
        tables.write_result(folder, result)
        for name in ("strides.csv", "rearfoot.csv", "curves.csv", "pose.npz"):
            place.put(folder / name, (template / name).read_bytes())

    def write_pictures(folder: Path, *_: Any) -> None:
        with place.working(folder) as work:
            (work / "steps").mkdir()
            for picture in sorted((template / "steps").iterdir()):
                (work / "steps" / picture.name).write_bytes(picture.read_bytes())
            (work / "steps").replace(folder / "steps")
        for name in ("peak_left.png", "peak_right.png"):
            place.put(folder / name, (template / name).read_bytes())

    def write_overlay(folder: Path, *_: Any) -> None:
        try:
            (folder / "overlay.mp4").write_bytes(b"film of the run")
        except OSError as error:
            raise GaitError("cannot_write", "overlay", folder=str(folder)) from error

    stand_ins = {
        "measure": lambda *_: (analysis, object()),
        "result_of": lambda *_, **__: found,
        "write_tables": write_tables,
        "write_pictures": write_pictures,
        "write_report": _write_digest,
        "_peak": lambda result, rows, frames, side, foot: np.full((4, 4, 3), foot.n_strides, np.uint8),
        "write_overlay": write_overlay,
    }
    with patch.multiple(publish, **stand_ins):
        yield


def template_of(path: Path) -> Path:
    """A result to copy, with its PDF and a film."""
    result_folder(path, replace(example_result(), runner="Anna Secret", created=None))
    steps = ResultFolder(path).steps
    for file in steps["file"][3:]:
        (path / "steps" / file).unlink()
    steps[:3].to_csv(path / "steps" / "steps.csv", index=False)
    (path / "overlay.mp4").write_bytes(b"film")
    tables.write_result(path, ResultFolder(path).result)
    (path / "report.pdf").write_bytes(digest_pdf(path))
    Records.at(path.parent, f"sqlite:///{path.parent / FILE}").upgrade()
    return path


def _copied(template: Path, root: Path) -> None:
    shutil.copytree(template, root / NAME)


def _tracks(root: Path) -> None:
    tracks = root / "cache" / "tracks"
    tracks.mkdir(parents=True)
    for digit in "01":  # the checksums of the example's clips
        (tracks / f"{digit * 24}-{'a' * 64}.npz").write_bytes(b"track")


def _one_of(*which: str) -> Callable[[Files, Files, Files, Path], str]:
    def right(before: Files, after: Files, now: Files, _: Path) -> str:
        allowed = {"before": before, "after": after}
        if any(now == allowed[one] for one in which):
            return ""
        nearest = after if f"{NAME}/analysis.json" in now else before
        names = sorted(n for n in {*now, *nearest} if now.get(n) != nearest.get(n))
        return f"neither {' nor '.join(which)}: {', '.join(names[:4])}"

    return right


def _growing(_: Files, after: Files, now: Files, root: Path) -> str:
    """A new run: nothing, or its numbers whole, then more and more of what is drawn from them."""
    if not now:
        return ""
    strange = [n for n, data in now.items() if after.get(n) != data]
    if strange:
        return f"not of the result: {', '.join(sorted(strange)[:4])}"
    numbers = {n for n in after if n.endswith((".json", ".csv", ".npz")) and "/steps/" not in n}
    if not numbers <= set(now):
        return "numbers in part"
    steps = {n for n in after if "/steps/" in n}
    if steps & set(now) and not steps <= set(now):
        return "step pictures in part"
    _ = ResultFolder(root / NAME).result
    return ""


def _republished(before: Files, after: Files, now: Files, root: Path) -> str:
    without_film = {n: d for n, d in after.items() if not n.endswith("overlay.mp4")}
    return "" if now == without_film else _one_of("before", "after")(before, after, now, root)


def _records(template: Path, root: Path) -> None:
    """To make them anew each time would take a while."""
    (root / RECORDS).mkdir(parents=True)
    shutil.copy(template.parent / FILE, root / RECORDS / FILE)


def _visit(root: Path) -> Path:
    return root / ".uploads" / f"rec-{'0' * 32}"


def _recorded(template: Path, root: Path) -> None:
    _records(template, root)
    _visit(root).mkdir(parents=True)
    for clip in template.parent.glob("clips/*"):
        shutil.copy(clip, _visit(root) / clip.name)


def _clips(now: Files) -> Files:
    return {n: d for n, d in now.items() if "rec-" in n and not Path(n).name.startswith(".")}


def _offered(before: Files, _: Files, now: Files, root: Path) -> str:
    """The recording is there and offered, every byte of it, or its analysis went on and a result with its PDF is there."""
    kept = {n: d for n, d in now.items() if not n.startswith(".uploads")}
    engine = Engine(StoreSettings(root))
    names = {Path(n).parts[0] for n in kept if not n.startswith("cache")}
    whole = any(engine.library.is_whole(name) for name in names)
    if _clips(now):
        if _clips(now) != _clips(before):
            return "the recording in part"
        with patch.object(recordings, "BUSY_S", -1.0):
            if not engine.recordings.left_behind(None):
                return "the recording is hidden"
    elif not whole:
        return "recording and result are lost"
    strange = [n for n in now if n not in kept and n not in _clips(now) and "rec-" not in n]
    hidden = [n for n in kept if n.startswith(".")]
    return f"left: {', '.join([*strange, *hidden][:4])}" if strange or hidden else ""


def _deleted_visit(before: Files, after: Files, now: Files, root: Path) -> str:
    return "" if not now or _clips(now) == _clips(before) == now else f"left: {', '.join(sorted(now)[:4])}"


def _uploaded(template: Path, root: Path) -> None:
    _records(template, root)
    root.joinpath("start.mp4").write_bytes(b"a clip")


def _run_recording(_: Path, root: Path) -> None:
    with _program(root) as engine:
        engine.analyse_recording(_visit(root), recordings.takes(_visit(root)), Details("Anna Secret", speed_kmh=9.7))
        engine.jobs.work_off()


def _run_upload(_: Path, root: Path) -> None:
    with _program(root) as engine:
        folder = engine.uploads.new_folder()
        (root / "start.mp4").replace(folder / "run.mp4")
        engine.jobs.start(AnalysisRequest(folder / "run.mp4", uploads=folder))
        engine.jobs.work_off()


@contextmanager
def _program(root: Path) -> Iterator[Engine]:
    """A program whose threads do nothing by themselves; a kill ends it all, the program's sign of life too."""
    engine = Engine(StoreSettings(root))
    with (
        patch.object(Board, "begin"),
        patch.object(Retention, "start"),  # its thread would still write the records of a folder that is gone
        patch.object(Library, "new_name", lambda *_: NAME),
    ):
        try:
            yield engine
        finally:
            engine.records.close()
            engine.uploads.alive.end()


def _no_upload_left(before: Files, after: Files, now: Files, root: Path) -> str:
    """What was asked for is done in the end, whole; what was not yet leaves nothing. Begun anew it may be a later version."""
    now = {n: d for n, d in now.items() if n != "start.mp4" or before.get(n) != d}
    if not now:
        return ""
    folder = ResultFolder(root / NAME)
    film = f"{NAME}/{place.FILM}"
    now.setdefault(film, after[film])  # a result with its PDF is not begun anew for its film
    if set(now) != set(after):
        return f"not gone on with: {', '.join(sorted(set(now) ^ set(after))[:4])}"
    told = {f"{NAME}/analysis.json", f"{NAME}/report.pdf"} if folder.result.version > 1 else set()
    strange = sorted(n for n in now if now[n] != after[n] and n not in told)
    if strange or now[f"{NAME}/report.pdf"] != digest_pdf(root / NAME):
        return f"not of the result: {', '.join(strange)}"
    return ""


EDIT = StepEdit(Side.LEFT, 4, rejected=True)

DEEDS = (
    Deed(
        "edit",
        _copied,
        lambda _, root: _do(edits.change_step, root / NAME, EDIT),
        _one_of("before", "after"),
        full=True,
    ),
    Deed(
        "put right",
        _copied,
        lambda _, root: _do(details.put_right, root / NAME, Details("Anna Secret", "Guide 3", 12.0, None)),
        _one_of("before", "after"),
        full=True,
    ),
    Deed(
        "delete a result",
        lambda template, root: (_copied(template, root), _tracks(root))[0],
        lambda _, root: Engine(StoreSettings(root)).library.delete(NAME),
        _one_of("before", "after"),
    ),
    Deed(
        "publish", lambda *_: None, lambda _, root: _do(publish.analyse_to_folder, Path("a.mp4"), root / NAME), _growing
    ),
    Deed(
        "publish over an older result",
        _copied,
        lambda _, root: _do(publish.analyse_to_folder, Path("a.mp4"), root / NAME),
        _republished,
        full=True,
    ),
    Deed("analyse a recording", _recorded, _run_recording, _offered),
    Deed("analyse an upload", _uploaded, _run_upload, _no_upload_left),
    Deed(
        "delete a recording",
        _recorded,
        lambda _, root: Engine(StoreSettings(root)).recordings.drop(_visit(root)),
        _deleted_visit,
    ),
)


def _do(deed: Callable[..., object], *given: object) -> None:
    deed(*given)


def try_all(deed: Deed, template: Path, scratch: Path, how: How = "killed", *, swap: bool = True) -> Row:
    """The deed, killed at each of its points. `swap` False: as where folders cannot exchange their places."""
    with ExitStack() as stack:
        stack.enter_context(pretended(template))
        stack.enter_context(patch.dict("os.environ", GAIT_CACHE_DIR=str(scratch / "root" / "cache")))
        stack.enter_context(patch.object(threading, "excepthook", lambda *_: None))
        stack.enter_context(patch.object(sys, "unraisablehook", lambda *_: None))  # of what a kill left without its end
        if not swap:
            stack.enter_context(patch.object(place, "exchange", lambda *_: False))
        stack.callback(gc.unfreeze)
        gc.collect()
        gc.freeze()  # what there is already need not be looked through at each point
        root = scratch / "root"
        before = _fresh(deed, template, root)
        with DyingDisk(root) as counted:
            deed.act(template, root)
        after = _settled(root)
        grown = counted.count
        wrong: list[str] = []
        points = 0
        while True:
            points += 1
            _fresh(deed, template, root)
            with DyingDisk(root, points, how) as disk:
                said = _told(deed, template, root) if how == "full" else _killed(deed, template, root)
            if not disk.reached:
                points -= 1
                break
            if how != "full":
                with DyingDisk(root, 1 + points % SWEEPS_KILLED):
                    _sweep(root)
                gc.collect()
            now = _settled(root)
            again = _settled(root)
            complaint = (
                said or deed.right(before, after, now, root) or ("" if now == again else "a second sweep differs")
            )
            if complaint:
                wrong.append(f"{points} ({disk.said[points - 1].replace(str(root), '')}): {complaint}")
            assert points <= 3 * grown + 50
        shutil.rmtree(scratch / "root")
    return Row(deed.name, how, "exchange" if swap else "file by file", points, tuple(wrong))


def _fresh(deed: Deed, template: Path, root: Path) -> Files:
    gc.collect()
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    deed.prepare(template, root)
    return files(root)


def _killed(deed: Deed, template: Path, root: Path) -> str:
    try:
        deed.act(template, root)
    except Killed:
        pass
    except GaitError:  # what was refused first was taken for a fault; nothing after it reached the disk
        pass
    gc.collect()
    return ""


def _told(deed: Deed, template: Path, root: Path) -> str:
    try:
        deed.act(template, root)
    except GaitError:
        return ""
    except OSError as error:
        return f"a raw error: {error}"
    return ""


def _sweep(root: Path) -> None:
    with _program(root) as engine:
        engine.start()
        engine.jobs.work_off() if engine.jobs.queue.begun else None


def _settled(root: Path) -> Files:
    _sweep(root)
    return files(root)
