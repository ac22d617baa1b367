"""Clips that customers let the store keep: of each run the lower legs alone, with the track that finds them again.

`RUN.mp4` is what a person can watch and a later gait can measure again; `RUN.npz` beside it has the landmarks (`pose.write_track`).
Both are made once the analysis is done, from the original, which goes then. The retention clock, a deletion and a withdrawn consent take both.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gait import clip as clips
from gait import pose
from gait.errors import Cancelled, GaitError
from gait.lower_legs import kept_boxes
from gait.model import Analysis
from gait.places import clips_folder
from gait.records import consents, visits
from gait.records.ids import is_id
from gait.records.values import Run
from gait.services.store_records import StoreRecords

log = logging.getLogger(__name__)


class KeptClips:
    """The kept clips of one store. Any thread may use it."""

    def __init__(
        self, records: StoreRecords, encoder: str = "", bring: Callable[[str], None] = lambda file: None
    ) -> None:
        """Nothing is read or written yet. `encoder` packs them, as `gait.encoders` names it; `bring` fetches one that is kept elsewhere, by its file's name."""
        self._records, self._encoder, self._bring = records, encoder, bring
        self.folder = clips_folder(records.data)

    def keep(
        self, run_id: str, analysis: Analysis, tell: Callable[[int, int], None] = lambda done, total: None
    ) -> None:
        """Keep the run's clip where its customer agreed to that; nothing for a run of no visit. Never raises for disk or records.

        It lies in its place before the records name it, and goes again where the consent was withdrawn meanwhile. What `tell` raises
        is passed on, and nothing is kept.
        """
        if not run_id or analysis.refused or analysis.track is None or analysis.trajectories is None:
            return
        try:
            if not self._agreed(run_id):
                return
            clip, moves = analysis.clip, analysis.trajectories
            self.folder.mkdir(parents=True, exist_ok=True)
            place = self.folder / f"{run_id}.mp4"
            boxes = kept_boxes(moves.points_px, moves.times_s, clip.width_px, clip.height_px)
            written = clips.write_legs(clip, boxes, place, self._encoder, tell)
            pose.write_track(analysis.track, written, analysis.lens_k1, track_of(place))
            self._name(run_id, place)
        except Cancelled:
            self._drop(run_id)
            raise
        except (GaitError, OSError) as error:
            log.warning("a clip was not kept: %s", error.code if isinstance(error, GaitError) else error.strerror)
            self._drop(run_id)

    def of_result(self, name: str) -> Path | None:
        """The kept clip of that result's run, with its track beside it; None where there is none. Never raises."""
        try:
            with self._records.reading() as at:
                run = visits.run_of_result(at, name)
        except GaitError:
            return None
        return self.of_run(run) if run else None

    def of_run(self, run: Run) -> Path | None:
        """The same of a run."""
        place = self.folder / Path(run.clip).name if run.clip else None
        if place and not place.is_file():
            try:
                self._bring(place.name)
            except GaitError as error:
                log.warning("a kept clip cannot be fetched: %s", error.code)
        return place if place and place.is_file() and track_of(place).is_file() else None

    def settle(self) -> None:
        """What a program that was killed left: half-written files, and clips that were whole before the records named them. Never raises."""
        for place in sorted(self.folder.glob("*")) if self.folder.is_dir() else ():
            if place.name.startswith(".") and place.name.endswith(".part"):
                place.unlink(missing_ok=True)
        for place in sorted(self.folder.glob("*.npz")) if self.folder.is_dir() else ():
            clip = place.with_suffix(".mp4")
            if not clip.exists():
                place.unlink(missing_ok=True)
            elif is_id(clip.stem):
                with suppress(GaitError):
                    self._name(clip.stem, clip)

    def _agreed(self, run_id: str) -> bool:
        with self._records.reading() as at:
            return "keep_video" in consents.in_force_at(at, visits.run(at, run_id).visit_id)

    def _name(self, run_id: str, place: Path) -> None:
        """The records name it; a clip that nobody agreed to any more, or whose run is gone, goes. Raises GaitError, OSError."""
        with self._records.writing() as at:
            try:
                run = visits.run(at, run_id)
                if run.clip == place.name:
                    return  # named already: from then on the retention clock has it
                wanted = "keep_video" in consents.in_force_at(at, run.visit_id)
            except GaitError as error:
                if error.code != "no_run":
                    raise
                wanted = False
            if wanted:
                visits.set_clips(at, run_id, place.name, run.standing)
        if not wanted:
            self._drop(run_id)

    def _drop(self, run_id: str) -> None:
        with suppress(OSError):
            for file in (self.folder / f"{run_id}.mp4", self.folder / f"{run_id}.npz"):
                file.unlink(missing_ok=True)


def track_of(clip: Path) -> Path:
    """Where the track of a kept clip lies."""
    return clip.with_suffix(".npz")
