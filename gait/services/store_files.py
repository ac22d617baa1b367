"""The files that belong to a run: its result folder, its kept clips, the recording it came from and the tracks of its clips."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gait import clip as clips
from gait.errors import GaitError
from gait.places import clips_folder
from gait.pose import forget_tracks, tracks_of
from gait.records.values import DeletedFile, Run
from gait.results.lock import PREFIX, beside, held_if_free, one_writer
from gait.results.place import FILM, OURS, remove, settle
from gait.services.kept_clips import track_of
from gait.services.library import WRITER_WAIT_S, Library, clips_of
from gait.services.recordings import drop_recording, recordings_of
from gait.services.uploads import FOLDER


@dataclass(frozen=True)
class RunFiles:
    """What lies on the disk of one run."""

    run_id: str
    result: Path | None = None
    film: Path | None = None
    """In the result folder, or alone where the rest is to stay."""
    clips: tuple[Path, ...] = ()
    recordings: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.result or self.film or self.clips or self.recordings)

    @property
    def tracks(self) -> list[Path]:
        """Kept tracks of its clips."""
        folder = self.result or (self.film.parent if self.film else None)
        marks = clips_of(folder) if folder else []
        for clip in self.clips:
            with suppress(GaitError):
                marks.append(clips.sha256_of(clip))
        return tracks_of(marks)

    def listed(self) -> Iterator[tuple[str, Path]]:
        """Each file with a name of ours: whatever somebody put into a result folder is called `other`."""
        if self.result:
            for file in _files_in(self.result):
                inside = file.relative_to(self.result)
                known = inside.parts[0] in OURS and inside.name.isascii()
                yield f"result/{inside.as_posix()}" if known else "result/other", file
        elif self.film:
            yield f"result/{FILM}", self.film
        for part, clip in enumerate(self.clips, 1):
            yield f"clip/{part}{clip.suffix[:8]}", clip
            if track_of(clip).is_file():
                yield f"clip/{part}.npz", track_of(clip)
        for folder in self.recordings:
            for number, file in enumerate(_files_in(folder), 1):
                yield f"recording/{number}{file.suffix[:8]}", file
        for number, track in enumerate(self.tracks, 1):
            yield f"track/{number}.npz", track

    def described(self) -> list[DeletedFile]:
        """Each file with its size and checksum. One that is deleted this moment is left out. Raises OSError."""
        found = []
        for name, file in self.listed():
            with suppress(FileNotFoundError):
                found.append(DeletedFile(self.run_id, name, file.stat().st_size, _sha256(file)))
        return found


class StoreFiles:
    """The files of one store."""

    def __init__(self, reports: Path, data: Path) -> None:
        """`data` is the folder of the records."""
        self.reports, self.data = reports, data
        self._library = Library(reports)

    def of(self, runs: Sequence[Run], *, video_alone: bool = False) -> list[RunFiles]:
        """What is there of each; runs without a file are left out. `video_alone`: films and clips, not the rest of the results."""
        found = []
        for run in runs:
            result = self._folder(run.result)
            film = result / FILM if result and (result / FILM).is_file() else None
            kept = (clips_folder(self.data) / name for name in (run.clip, run.standing) if _plain(name) and name)
            recorded = recordings_of(self.reports / FOLDER, {run.result} if run.result else (), run.id)
            files = RunFiles(
                *(run.id, None if video_alone else result, film),
                tuple(p for p in dict.fromkeys(kept) if p.is_file()),
                tuple(recorded),
            )
            found += [files] if files else []
        return found

    def delete(self, files: RunFiles) -> None:
        """All of it. What is cut short the next call or the next sweep finishes. Raises GaitError or OSError."""
        for clip in files.clips:
            with suppress(GaitError):  # it is gone already
                forget_tracks([clips.sha256_of(clip)])
            for file in (track_of(clip), clip):
                file.unlink(missing_ok=True)
        for recording in files.recordings:
            drop_recording(recording)
        if files.result:
            self._delete_result(files.result)
        elif files.film:
            with one_writer(files.film.parent, WRITER_WAIT_S):
                forget_tracks(clips_of(files.film.parent))
                files.film.unlink(missing_ok=True)

    def _delete_result(self, folder: Path) -> None:
        with one_writer(folder, WRITER_WAIT_S):
            settle(beside(folder))
        self._library.delete(folder.name)
        if folder.is_dir():  # half a result: without numbers no page shows it
            gone = folder.with_name(f"{PREFIX}{secrets.token_hex(8)}")
            folder.rename(gone)
            with held_if_free(gone):
                remove(gone)

    def _folder(self, name: str | None) -> Path | None:
        folder = self.reports / name if name and _plain(name) else None
        return folder if folder and folder.is_dir() else None


def _plain(name: str | None) -> bool:
    """Whether it is the name of something in a folder, and leads nowhere else."""
    return bool(name) and Path(str(name)).name == name and not str(name).startswith(".")


def _files_in(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
