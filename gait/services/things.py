"""A thing that the object store keeps: a result folder (`results/NAME`), or a kept clip with its track (`clips/RUN.mp4`).

In the store it looks as on the disk, one folder further down, because a version is put there whole beside the one before and takes its
place in one step, as on the disk:

    results/NAME/current.json          which version stands: its folder, and each file with size and SHA-256
    results/NAME/3f2a…/analysis.json   the version's files, in the form of any result folder; analysis.json is put last
    clips/RUN.mp4/91bc…/RUN.mp4

What was half put is named by no `current.json` and is nothing. When what is put and fetched, `gait.services.depot` says.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gait.errors import GaitError
from gait.results.folder import ResultFolder
from gait.results.place import NUMBERS, PART
from gait.services.kept_clips import track_of
from gait.services.object_store import ObjectStore

RESULTS, CLIPS = "results", "clips"
CURRENT, FORMAT = "current.json", "gait.thing/1"


@dataclass(frozen=True)
class File:
    """What a version says of one of its files."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Version:
    """One version of a thing, as its `current.json` says."""

    digest: str
    files: Mapping[str, File]
    number: int = 0
    """A result's own version."""

    @property
    def folder(self) -> str:
        """Where its files lie, below the thing."""
        return self.digest[:16]

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files.values())

    def follows(self, other: "Version") -> bool:
        """Whether it is a later one, or the same with more files."""
        same = self.number == other.number and set(self.files.items()) >= set(other.files.items())
        return self.number > other.number or same


class ReplacedError(Exception):
    """Another version took its place meanwhile."""


def files_of(path: Path) -> dict[str, Path]:
    """A thing's files by their names inside it; what is half-written is none. analysis.json comes last."""
    if not path.is_dir():
        return {one.name: one for one in (path, track_of(path)) if one.is_file()}
    inside = (p for p in path.rglob("*") if p.is_file() and not p.is_symlink() and not p.name.endswith(PART))
    found = {p.relative_to(path).as_posix(): p for p in inside}
    return dict(sorted(found.items(), key=lambda one: (one[0] == NUMBERS, one[0])))


def is_there(path: Path) -> bool:
    """Whether it is on this computer, whole enough to be one."""
    return (path / NUMBERS).is_file() if path.is_dir() else path.is_file()


def stamp_of(path: Path) -> str:
    """What changes with any file of ours: each takes its place by a move, which dates its folder. Raises OSError."""
    seen = (path, path / NUMBERS, path / "steps") if path.is_dir() else (path, track_of(path))
    states = [one.stat() if one.exists() else None for one in seen]
    return " ".join(f"{s.st_mtime_ns}-{s.st_size}-{s.st_ino}" if s else "-" for s in states)


def number_of(path: Path) -> int:
    """A result's version; 0 of a clip, and of a result that cannot be read."""
    with suppress(GaitError):
        return ResultFolder(path).result.version if path.is_dir() else 0
    return 0


def version_of(files: Mapping[str, Path], number: int) -> Version:
    """What these files are as a version. Raises OSError."""
    told = {inside: File(file.stat().st_size, sha256_of(file)) for inside, file in files.items()}
    return Version(digest_of(told), told, number)


def digest_of(files: Mapping[str, File]) -> str:
    """Of all files, by their names inside the thing."""
    lines = (f"{inside}\n{file.bytes}\n{file.sha256}\n" for inside, file in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def sha256_of(file: Path) -> str:
    """Of a file. Raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def upload(store: ObjectStore, name: str, version: Version, before: Version | None, files: Mapping[str, Path]) -> None:
    """Put it beside the version that stands, then let it take its place. What is the same there already the store copies itself."""
    for inside, file in version.files.items():
        to = f"{name}/{version.folder}/{inside}"
        same = before is not None and before.files.get(inside) == file
        if not (same and before and store.copy(f"{name}/{before.folder}/{inside}", to)):
            store.put(to, files[inside])
    told = {inside: vars(file) for inside, file in version.files.items()}
    head = {"format": FORMAT, "version": version.number, "folder": version.folder, "files": told}
    store.put(f"{name}/{CURRENT}", json.dumps(head, indent=1, ensure_ascii=False).encode())


def empty(store: ObjectStore, name: str, but: str = "") -> None:
    """Delete what the store has of that thing, besides the version that stands; from the first moment on there is none."""
    keys = store.keys(name)
    current = f"{name}/{CURRENT}"
    kept = {current} | {key for key in keys if key.startswith(f"{name}/{but}/")} if but else set()
    if current in keys and not but:
        store.delete([current])
    store.delete([key for key in keys if key not in kept and key != current])


def download(store: ObjectStore, name: str, version: Version, into: Path) -> None:
    """All files of that version, compared with what it says of them. Raises GaitError, OSError, `ReplacedError`."""
    for inside, file in version.files.items():
        to = into / inside
        if not store.get(f"{name}/{version.folder}/{inside}", to):
            raise ReplacedError
        if File(to.stat().st_size, sha256_of(to)) != file:
            raise GaitError("files_damaged", name=name)


def _plain(inside: str) -> bool:
    """Whether it is the name of a file in a thing, and leads nowhere else."""
    parts = PurePosixPath(inside).parts
    fine = bool(parts) and "/".join(parts) == inside and parts[0] != "/"
    return fine and not any(p in ("..", ".") or "\\" in p or ":" in p for p in parts)


def standing(store: ObjectStore, name: str) -> Version | None:
    """The one that stands; None where none is whole. Raises GaitError."""
    told = store.read(f"{name}/{CURRENT}")
    if told is None:
        return None
    try:
        found = json.loads(told)
        files = {str(inside): File(int(one["bytes"]), str(one["sha256"])) for inside, one in found["files"].items()}
        version = Version(digest_of(files), files, int(found["version"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GaitError("files_damaged", name=name) from error
    if found.get("format") != FORMAT or not all(_plain(inside) for inside in files):
        raise GaitError("files_damaged", name=name)
    return version
