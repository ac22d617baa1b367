"""The files that belong to a run: its result folder, its kept clips, the recording it came from and the tracks of its clips."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gait import clip as clips
from gait.errors import GaitError
from gait.places import clips_folder
from gait.pose import forget_tracks, tracks_of
from gait.records.held import Held
from gait.records.values import DeletedFile, Run
from gait.results.lock import one_writer
from gait.results.place import FILM, OURS
from gait.services.depot import Depot
from gait.services.kept_clips import track_of
from gait.services.library import WRITER_WAIT_S, Library, clips_of
from gait.services.loose import Loose, loose
from gait.services.recordings import drop_recording, recordings_of
from gait.services.things import CLIPS, RESULTS, sha256_of
from gait.services.uploads import FOLDER


@dataclass(frozen=True)
class RunFiles:
    """What there is of one run: on this disk, and as copies in the object store and on other computers."""

    run_id: str
    result: Path | None = None
    film: Path | None = None
    """In the result folder, or alone where the rest is to stay."""
    clips: tuple[Path, ...] = ()
    recordings: tuple[Path, ...] = ()
    copies: tuple[Held, ...] = ()
    """Of its things (`gait.services.depot`), wherever they lie; where the rest is to stay only those with a film."""
    film_alone: bool = False

    def __bool__(self) -> bool:
        return bool(self.result or self.film or self.clips or self.recordings or self.copies)

    @property
    def things(self) -> list[str]:
        """What the copies are of."""
        return sorted({one.name for one in self.copies})

    @property
    def elsewhere(self) -> dict[str, int]:
        """The bytes of each thing that has a copy and is not on this disk."""
        here = {f"{CLIPS}/{clip.name}" for clip in self.clips} | (
            {f"{RESULTS}/{self.result.name}"} if self.result else set()
        )
        return {one.name: one.bytes for one in self.copies if one.name not in here}

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
                yield _said(inside), file
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
                found.append(DeletedFile(self.run_id, name, file.stat().st_size, sha256_of(file)))
        return found


class StoreFiles:
    """The files of one store."""

    def __init__(self, reports: Path, data: Path, depot: Depot | None = None) -> None:
        """`data` is the folder of the records; `depot` knows the copies in the object store and on other computers."""
        self.reports, self.data, self.depot = reports, data, depot
        self._library = Library(reports)

    def of(self, runs: Sequence[Run], *, video_alone: bool = False) -> list[RunFiles]:
        """What is there of each; runs without a file are left out. `video_alone`: films and clips, not the rest of the results."""
        found = []
        copies = self.depot.copies([name for run in runs for name in things_of(run)]) if self.depot else []
        for run in runs:
            things = things_of(run)
            result = self._folder(run.result)
            film = result / FILM if result and (result / FILM).is_file() else None
            kept = (clips_folder(self.data) / name for name in (run.clip, run.standing) if _plain(name) and name)
            recorded = recordings_of(self.reports / FOLDER, {run.result} if run.result else (), run.id)
            files = RunFiles(
                *(run.id, None if video_alone else result, film),
                tuple(p for p in dict.fromkeys(kept) if p.is_file()),
                tuple(recorded),
                tuple(
                    c
                    for c in copies
                    if c.name in things and (c.film or not video_alone or c.name.startswith(f"{CLIPS}/"))
                ),
                video_alone,
            )
            found += [files] if files else []
        return found

    def of_result(self, name: str) -> RunFiles:
        """What is there of a result that no run names."""
        recorded = recordings_of(self.reports / FOLDER, {name})
        copies = self.depot.copies([f"{RESULTS}/{name}"]) if self.depot else []
        return RunFiles("", self._folder(name), recordings=tuple(recorded), copies=tuple(copies))

    def loose(self, named: Collection[str]) -> list[Loose]:
        """The results that no visit has, here and in the object store; `named` as in `gait.services.loose.loose`. Raises GaitError."""
        stored = self.depot.only_in_store(f"{RESULTS}/") if self.depot else []
        return loose(self.reports, [name.partition("/")[2] for name in stored], named)

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
            self._library.delete_all(files.result.name)
        elif files.film:
            with one_writer(files.film.parent, WRITER_WAIT_S):
                forget_tracks(clips_of(files.film.parent))
                files.film.unlink(missing_ok=True)

    def described_far(self, files: RunFiles) -> list[DeletedFile]:
        """What the object store has of it, as `RunFiles.described`. Raises GaitError when the store does not answer."""
        if self.depot is None:
            return []
        told = []
        for number, name in enumerate(files.things, 1):  # clips come first
            for inside, file in self.depot.listed(name).items():
                if name.startswith(f"{CLIPS}/"):
                    told.append((f"clip/{number}{Path(inside).suffix[:8]}", file))
                elif not files.film_alone or inside == FILM:
                    told.append((_said(Path(inside)), file))
        return [DeletedFile(files.run_id, name, file.bytes, file.sha256) for name, file in told]

    def delete_far(self, files: RunFiles) -> None:
        """All copies in the object store and on other computers. Raises GaitError where one is left: it goes by itself later."""
        if self.depot is None:
            return
        left: GaitError | None = None
        for name in files.things:  # one that stays for now keeps no other
            try:
                if files.film_alone and name.startswith(f"{RESULTS}/"):
                    self.depot.forget_film(name)
                else:
                    self.depot.forget([name])
            except GaitError as error:
                left = error
        if left is not None:
            raise left

    def bring(self, runs: Sequence[Run]) -> None:
        """All that the object store has of these runs is on this disk too. Raises GaitError."""
        if self.depot is not None:
            for name in [name for run in runs for name in things_of(run)]:
                self.depot.bring(name)

    def _folder(self, name: str | None) -> Path | None:
        folder = self.reports / name if name and _plain(name) else None
        return folder if folder and folder.is_dir() else None


def things_of(run: Run) -> list[str]:
    """The things (`gait.services.depot`) that a run may have."""
    results = [f"{RESULTS}/{name}" for name in (run.result, run.expected) if name and _plain(name)]
    return results + [f"{CLIPS}/{name}" for name in dict.fromkeys((run.clip, run.standing)) if name and _plain(name)]


def _said(inside: Path) -> str:
    """What a receipt says of a file of a result: whatever somebody put there themselves is `other`."""
    return f"result/{inside.as_posix()}" if inside.parts[0] in OURS and inside.name.isascii() else "result/other"


def _plain(name: str | None) -> bool:
    """Whether it is the name of something in a folder, and leads nowhere else."""
    return bool(name) and Path(str(name)).name == name and not str(name).startswith(".")


def _files_in(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
