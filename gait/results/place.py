"""How a version of a result takes its place: built whole beside it, then put there in one step.

Beside the folder `NAME` there is `.gait-HASH/` while somebody writes:

    new/      the next version; what it shares with the present one is linked, not copied
    taking    from then on `new` is whole and is moved file by file (below); says the folder's name and the files

Where nothing stands yet, `new` is renamed. Where a result stands, the two folders exchange their places, which Linux and macOS do
in one step. Where the system cannot (Windows, some network disks), or where the folder is also a person's own (files of theirs in it, or
a program's working folder), the files are moved one after the other, analysis.json leaving first and coming last: to everybody a
folder without it is no result. `settle` finishes that after a kill, or undoes what was not whole.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from gait.errors import GaitError
from gait.results.lock import PREFIX, CannotLockError, beside, held
from gait.results.swap import exchange

NUMBERS, FILM = "analysis.json", "overlay.mp4"
OURS = (
    *(NUMBERS, "strides.csv", "rearfoot.csv", "curves.csv", "pose.npz", "trajectories.npz", "steps"),
    *("peak_left.png", "peak_right.png", FILM, "report.pdf"),
)
"""What a result folder may hold of ours; a person's own files in it are left alone."""
NEW, TAKING = "new", "taking"
PART = ".part"
NOBODYS = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What systems put into any folder that is looked at; it goes with the version it was put in."""


@contextmanager
def working(folder: Path) -> Iterator[Path]:
    """An empty folder beside `folder`, on the same disk, gone when the block ends. The caller is the folder's one writer.

    Raises GaitError when it cannot be made.
    """
    work = beside(folder)
    try:
        settle(work)
        work.mkdir(parents=True)
    except OSError as error:
        raise GaitError("cannot_write", folder=str(work.parent)) from error
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def next_version(out: Path, *, of_present: bool = False) -> Iterator[Path]:
    """A folder that takes `out`'s place when the block ends well and vanishes when it does not. The caller is the one writer.

    It is empty, or begins with the files of the present version; these are links: replace them (`put`), never write into
    them. Raises GaitError when the disk does not let it; the present version then stays as it is.
    """
    out = out.resolve()
    with working(out) as work:
        new = work / NEW
        try:
            new.mkdir()
            if of_present:
                _link(out, new)
            yield new
            _to_disk(new)
            _take_place(new, out)
        except OSError as error:
            raise GaitError("not_written", folder=str(out)) from error
        except GaitError as error:
            if error.code == "cannot_write":  # which names the folder it was built in
                raise GaitError("not_written", folder=str(out)) from error
            raise


@contextmanager
def own_work(parent: Path) -> Iterator[Path]:
    """An empty folder in `parent` for work that takes long and holds nobody up, gone when the block ends.

    Its lock tells a sweep that somebody lives. Raises GaitError when it cannot be made.
    """
    work = parent / f"{PREFIX}{secrets.token_hex(8)}"
    with ExitStack() as stack:
        try:
            stack.enter_context(held(work))
            work.mkdir()
        except (OSError, CannotLockError) as error:
            raise GaitError("cannot_write", folder=str(parent)) from error
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def settle(work: Path) -> None:
    """Finish or undo what a killed program left in its working folder; nothing when there is none. Again is the same. Raises OSError.

    The caller holds the folder's lock.
    """
    taking = work / TAKING
    with suppress(FileNotFoundError, NotADirectoryError, ValueError):
        told = json.loads(taking.read_text(encoding="utf-8"))
        _move(work / NEW, work.with_name(told["name"]), told["files"])
        taking.unlink()  # first: what follows may be cut short, and later versions must not be undone by it
    remove(work)


def remove(folder: Path) -> None:
    """Delete a folder with all in it; nothing when there is none, or when somebody else just does the same. Raises OSError."""

    def failed(_: object, path: str, fault: tuple[type[BaseException], BaseException, object]) -> None:
        if not isinstance(fault[1], FileNotFoundError):
            raise fault[1]

    shutil.rmtree(folder, onerror=failed)


def put(path: Path, data: bytes) -> None:
    """Write a file beside its place and move it there: whoever reads it sees all of it, or what was there before. Raises OSError."""
    part = path.with_name(f".{path.name}{PART}")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _link(present: Path, new: Path) -> None:
    """The present version's files in `new` too, taking no room where the disk can link."""
    for name in OURS:
        source = present / name
        if source.is_dir():
            (new / name).mkdir()
            for file in (f for f in source.iterdir() if f.is_file()):
                same_file(file, new / name / file.name)
        elif source.is_file():
            same_file(source, new / name)


def same_file(file: Path, other: Path) -> Path:
    """`other`, a second name of `file`: a link where the disk has links, else a copy. Raises OSError."""
    try:
        os.link(file, other)
    except OSError:  # a disk without links, or with too many
        shutil.copy2(file, other)
    return other


def _to_disk(new: Path) -> None:
    """What was written anew is on the disk before it takes its place: the plug may be pulled right after."""
    for file in new.iterdir():
        if file.is_file() and file.stat().st_nlink == 1:
            handle = os.open(file, os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _take_place(new: Path, out: Path) -> None:
    if not out.exists():
        new.rename(out)
    elif not (_all_ours(out) and exchange(new, out)):
        files = sorted(p.name for p in new.iterdir())
        put(new.parent / TAKING, json.dumps({"name": out.name, "files": files}).encode())
        settle(new.parent)


def _all_ours(out: Path) -> bool:
    """Whether the folder is nothing but a result: no file of a person's, and no program works in it."""
    return all(_ours(p.name) or p.name in NOBODYS for p in out.iterdir()) and not Path.cwd().is_relative_to(out)


def _ours(name: str) -> bool:
    """A file of a result, or one half-written."""
    return name in OURS or (name.endswith(PART) and name.removeprefix(".").removesuffix(PART) in OURS)


def _move(new: Path, out: Path, files: list[str]) -> None:
    """Move `files` from `new` to `out` in the place of all that is ours there, going on where it was cut short. Raises OSError."""
    out.mkdir(parents=True, exist_ok=True)
    if (new / NUMBERS).exists():  # else it is there already
        (out / NUMBERS).unlink(missing_ok=True)
    for part in [p for p in out.glob(f".*{PART}") if _ours(p.name)]:
        away(part)
    for name in OURS[::-1]:  # analysis.json comes last
        if (new / name).exists() or name not in files:
            away(out / name)
        if (new / name).exists():
            (new / name).replace(out / name)


def away(path: Path) -> None:
    """Delete a file or a folder; nothing when there is none. Raises OSError."""
    if path.is_dir():
        remove(path)
    else:
        path.unlink(missing_ok=True)
