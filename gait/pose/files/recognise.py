"""Which kind of file of key points this is: by what it holds, never by its name. A kind of JSON is one line of `JSON_KINDS`."""

from collections.abc import Callable
from pathlib import Path

from gait.errors import GaitError
from gait.pose.files import alphapose, coco, deeplabcut, hdf5, mediapipe, mmpose, openpose, posenet, tidy, trc, wide
from gait.pose.files.cells import read_cells
from gait.pose.files.deeplabcut import Names
from gait.pose.files.documents import Documents, read_documents
from gait.pose.files.sightings import Sightings, Unreadable

JSON_KINDS: tuple[Callable[[Documents], Sightings | None], ...] = (
    *(openpose.read, alphapose.read, coco.read, mmpose.read, posenet.read, mediapipe.read),
)
"""Each reads its own kind and gives None for another's; the first that does not is taken."""
_TABLES = {".csv", ".tsv", ".txt"}
_HEAD_BYTES = 4096


def holds_points(path: Path) -> bool:
    """Whether the file can only be one of key points: a folder, a table, or JSON, TRC or HDF5 by its first letters."""
    if path.is_dir() or path.suffix.lower() in _TABLES:
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return head.startswith(hdf5.MAGIC) or _is_trc(head) or _is_json(head)


def recognise(path: Path, names: Names) -> Sightings:
    """What the file says. Raises GaitError with one sentence when it is of no kind that is known, or broken."""
    if not path.exists():
        raise GaitError("no_file", path=str(path))
    try:
        return _read(path, names)
    except Unreadable as error:
        at = error.args[0]
        if at == "points":
            raise GaitError("bad_points", "skeleton", file=path.name) from error
        if at == "folder":
            raise GaitError("bad_points", "folder", file=path.name) from error
        if at == "hips":
            raise GaitError("bad_points", "no_hips", file=path.name) from error
        if at == "names":
            raise GaitError("bad_points", "names", file=path.name, names=error.args[1]) from error
        if at == "twice":
            raise GaitError("bad_points", "frame_twice", file=path.name) from error
        raise GaitError("bad_points", file=path.name) from error
    except OSError as error:
        raise GaitError("bad_points", file=path.name) from error


def _read(path: Path, names: Names) -> Sightings:
    if path.is_dir():
        return _json(path)
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(hdf5.MAGIC):
        return hdf5.read(path, names)
    if _is_trc(head):
        return trc.read(path)
    if _is_json(head):
        return _json(path)
    cells = read_cells(path)
    if not cells:
        raise Unreadable("empty")
    if cells[0][0].lower() == "scorer":
        return deeplabcut.read(cells, names)
    if wide.is_wide(cells[0]) and not tidy.is_tidy(cells[0]):
        return wide.read(cells)
    return tidy.read(cells, path.name)


def _json(path: Path) -> Sightings:
    documents = read_documents(path)
    for read in JSON_KINDS:
        found = read(documents)
        if found is not None:
            return found
    raise Unreadable("kind")


def _is_trc(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:12].lower() == b"pathfiletype"


def _is_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
