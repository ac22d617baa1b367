"""One running program of a store: everything that lives longer than one page or one analysis, and nothing of it in a module.

    with Engine(StoreSettings.read()) as engine:
        job = engine.jobs.start(AnalysisRequest(clip))

Several engines stand side by side, each with results, jobs, recordings and a camera of its own; only the disk is shared.
"""

import logging
import threading
import weakref
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gait import clip as clips
from gait.errors import GaitError
from gait.places import data_folder
from gait.pose import LiveTrackings, StillTracker
from gait.records.values import JobState, Run, Visit
from gait.results.folder import ResultFolder
from gait.results.place import same_file
from gait.results.result import Details
from gait.services import trackers
from gait.services.asked import AnalysisRequest
from gait.services.board import Board
from gait.services.calibrations import Calibrations
from gait.services.cameras import CameraId, Cameras
from gait.services.comfort import Seals
from gait.services.depot import Depot
from gait.services.desk import Desk
from gait.services.exports import Exports
from gait.services.head_start import HeadStart
from gait.services.jobs import AT_WORK, STOP_S, Job
from gait.services.keeper import Keeper
from gait.services.kept_clips import KeptClips, track_of
from gait.services.library import Library, is_name, said_of
from gait.services.memory import few_heaps
from gait.services.object_store import ObjectStore
from gait.services.queue import Queue
from gait.services.recordings import RecordedClip, Recordings
from gait.services.retention import Retention
from gait.services.settings import StoreSettings
from gait.services.shelf_names import ShelfNames
from gait.services.sign_in import SignIn
from gait.services.store_files import StoreFiles
from gait.services.store_records import StoreRecords
from gait.services.studio import Studio
from gait.services.sweep import sweep
from gait.services.things import CLIPS, RESULTS
from gait.services.uploads import Uploads

if TYPE_CHECKING:
    from gait.first_look import Health
    from gait.framing import Guide

log = logging.getLogger(__name__)


class Engine:
    """The services of one program, wired together. Any thread may call it."""

    def __init__(self, store: StoreSettings) -> None:
        """Nothing is read, written or loaded yet."""
        self.store = store
        self.library = Library(store.reports)
        self.records = StoreRecords(data_folder(store.reports), store.reports)
        self.seals = Seals(self.records)
        self.sign_in = SignIn(self.records)
        self.shelf_names = ShelfNames(lambda: store.shelf_now)
        self.cameras = Cameras(store.reports)
        self.calibrations = Calibrations(data_folder(store.reports))
        self.uploads = Uploads(store.reports)
        self.followed = LiveTrackings()
        self.head_start = HeadStart(self.followed)
        self.depot = Depot(
            *(self.records.opened, store.reports, self.records.data, self.uploads.place, ObjectStore.named())
        )
        self.kept = KeptClips(self.records, store.encoder, lambda file: self.depot.bring(f"{CLIPS}/{file}"))
        queue = Queue(self.records, self.uploads, self.library)
        hooks = self._note_result, self._expect_result, self._hand_over, self._tidy, self.kept.keep, self.begin_change
        self.jobs = Board(store, self.library, self.followed, queue, *hooks)
        files = StoreFiles(store.reports, self.records.data, self.depot)
        self.keeper = Keeper(self.records.opened, files, self._stop_work)
        self.exports = Exports(self.uploads.new_folder)
        self.retention = Retention(self.keeper, self._at_work, self.exports.drop_old)
        self.recordings = Recordings(self.uploads.folder, self.head_start, self._guide, self.uploads.alive)
        self._tracker = StillTracker()
        self.studio = Studio(store, self.head_start, self._guide)
        self._desks: weakref.WeakSet[Desk] = weakref.WeakSet()

    def start(self) -> Self:
        """Finish or undo what programs that were killed left behind."""
        few_heaps()
        sweep(self.library, self.uploads, self.recordings, self.jobs.settle)
        self.kept.settle()
        self.library.make_private()
        self.jobs.begin()
        self.retention.start()
        self.depot.start()
        return self

    def warm(self) -> None:
        """Load the networks behind the first page, so that the first clip is looked at as quickly as the next ones."""
        threading.Thread(target=_load, args=(self._tracker,), name="gait-warm", daemon=True).start()

    def close(self) -> None:
        """Stop what is under way and let go of the camera, the tracks and the clips nobody analysed. It may not be used afterwards."""
        self.retention.close()
        self.exports.close()
        self.depot.close()
        self.jobs.close()
        self.studio.shut()
        self.followed.close()
        for desk in list(self._desks):
            desk.clear()
        self.uploads.close()
        self.records.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def desk(self) -> Desk:
        """A place for one session's clips. Clips of pages that were closed long ago go."""
        self.uploads.drop_abandoned()
        for other in list(self._desks):
            if other.abandoned():
                other.clear()
        desk = Desk(self.uploads)
        self._desks.add(desk)
        return desk

    def analyse_recording(
        self,
        folder: Path,
        clips: dict[str, RecordedClip],
        typed: Details = Details(),
        owner: str = "",
        run_id: str = "",
        who: str = "",
    ) -> Job:
        """Analyse a recording's clips. They go once there is a result, and are offered again when there is none.

        `owner`, `run_id` and `who` as in `AnalysisRequest`. Raises GaitError when too many runs wait.
        """
        self.head_start.settle(folder)
        standing = clips["standing"].path if "standing" in clips else None
        camera = self.recordings.camera_of(folder, clips["run"])
        return self.jobs.start(
            AnalysisRequest(
                *(clips["run"].path, standing),
                **asdict(typed),
                recording=folder,
                owner=owner,
                who=who,
                run_id=run_id,
                mirrored=self.cameras.mirrored(camera) if camera else None,
            )
        )

    def glance(self, clip: RecordedClip) -> "Health | None":
        """The first look at a recorded run; None where it cannot be looked at."""
        from gait import first_look  # late: it takes seconds

        try:
            return first_look.check(clip.path)
        except GaitError:
            return None

    def analyse_as_slow_motion(self, job: Job) -> Job:
        """Analyse a clip again that was refused as slow motion: staff say it is. The refusal is deleted.

        Raises GaitError when too many runs wait.
        """
        again = self.jobs.start(replace(job.request, slow_motion=job.slow_factor or 1.0))
        job.slow_factor = None  # the clip is the new job's
        self._forget(job.name)
        return again

    def open_result(self, name: str | None) -> ResultFolder | None:
        """The result of that name, fetched from the object store where it is not here; None when there is none.

        The one way in which pages come to a result. Raises GaitError where there is one and it cannot be fetched now, and
        `comfort_first` while the shoes of its visit are still to be rated.
        """
        if self.depot.on and is_name(name):
            try:
                self.depot.bring(f"{RESULTS}/{name}")
            except GaitError as error:
                if self.library.find(name) is None:
                    raise
                log.warning("a result is shown as this computer has it: %s", error.code)
        found = self.library.find(name)
        return found if found is None else self.seals.opened(found)

    def clip_of(self, name: str) -> Path | None:
        """The run of that result where it is still on this computer: while its film is being drawn, and of the example always.

        Where the customer let the store keep it, its legs (`gait.services.kept_clips`).
        """
        job = self.jobs.get(name)
        return job.request.clip if job is not None and job.request.clip.is_file() else self.kept.of_result(name)

    def measure_again(self, name: str, desk: Desk, owner: str = "", who: str = "") -> Job:
        """Measure a result's run again with the standing clip that lies on the desk; the result that comes takes its place.

        The run is the one on the desk, else what `clip_of` gives. A film still being drawn of it is let go. Raises GaitError when
        there is no run any more, or another one, or too many runs wait. Its tracker follows again, where it is still ready.
        """
        found, standing = self.library.find(name), desk.path("standing")
        run, uploads = desk.path("run") or self.clip_of(name), desk.folder
        if found is None or standing is None or uploads is None or run is None:
            raise GaitError("run_gone")
        result = found.result
        before = self.jobs.get(name)
        kept = run == self.kept.of_result(name)
        try:
            if not kept and clips.sha256_of(run) != result.clip.sha256:
                raise GaitError("other_run")
            if run.parent != uploads and not kept:  # it goes with its film
                run = same_file(run, uploads / f"run{run.suffix}")
        except OSError as error:
            raise GaitError("run_gone") from error
        self.jobs.let_go(name)
        job = self.jobs.start(
            AnalysisRequest(
                run,
                standing,
                **asdict(result.details),
                uploads=uploads,
                slow_motion=result.clip.slow_motion,
                runner_at=before.request.runner_at if before is not None else None,
                mirrored=before.request.mirrored if before is not None else self._mirrored(run),
                clip_name=result.clip.file,
                owner=owner,
                who=who,
                puts_right=name,
                track=track_of(run) if kept else None,
                tracker=trackers.of_result(result.tracking),
            )
        )
        desk.hand_over()
        return job

    def draw_film(self, name: str, owner: str = "", who: str = "") -> Job:
        """Draw the film of a result again that has none, from its kept clip. Raises GaitError when none is kept, or too many runs wait."""
        found, run = self.library.find(name), self.kept.of_result(name)
        if found is None or run is None:
            raise GaitError("no_film_again")
        result = found.result
        return self.jobs.start(
            AnalysisRequest(
                run,
                **asdict(result.details),
                slow_motion=result.clip.slow_motion,
                mirrored=self._mirrored(run),
                clip_name=result.clip.file,
                owner=owner,
                who=who,
                puts_right=name,
                film_alone=True,
                track=track_of(run),
            )
        )

    def _mirrored(self, run: Path) -> bool | None:
        """What staff confirmed of the camera that the clip names. Raises GaitError when it is no clip."""
        clip = clips.open_clip(run)
        return self.cameras.mirrored(CameraId(clip.camera, clip.width_px, clip.height_px))

    def begin_change(self, name: str) -> None:
        """As `Depot.begin_change`, of the result of that name."""
        self.depot.begin_change(f"{RESULTS}/{name}")

    def delete_result(self, name: str) -> None:
        """Delete a result for good; what is still being drawn of it is stopped. Raises GaitError when the disk does not let it go."""
        self.jobs.let_go(name)
        self._forget(name)

    def _forget(self, name: str) -> None:
        self.depot.let_go([f"{RESULTS}/{name}"])
        self.library.delete(name)
        self.records.forget_result(name)
        self.jobs.queue.forget(name)

    def _note_result(self, request: AnalysisRequest, folder: ResultFolder) -> None:
        """The numbers stand: the visit that the run belongs to has them too. Raises GaitError while the records do not answer."""
        self.records.note_result(request.run_id, folder, again=True)
        self.depot.note(f"{RESULTS}/{folder.path.name}")

    def _expect_result(self, request: AnalysisRequest, name: str) -> None:
        """Before anything is written: a program that is killed leaves no result that nobody knows."""
        if not request.puts_right:
            self.records.expect_result(request.run_id, name)

    def _jobs_of(self, run: Run) -> list[Job]:
        jobs = (self.jobs.get(run.result), self.jobs.of_run(run.id))
        return [job for job in jobs if job is not None and job.state in AT_WORK]

    def _at_work(self, visit: Visit) -> bool:
        """Whether a clip of that visit is being analysed, or drawn."""
        return any(self._jobs_of(run) for run in visit.runs)

    def _stop_work(self, run: Run) -> None:
        """All of that run is about to be deleted. Raises GaitError when its analysis does not stop."""
        for job in self._jobs_of(run):
            self.jobs.stop(job)
            if not job.wait(STOP_S):
                raise GaitError("being_written", name=job.name)

    def _guide(self) -> "Guide":
        """A guide for one camera; all of them share the tracker."""
        from gait.framing import Guide  # late: it takes seconds

        return Guide(self._tracker)

    def _hand_over(self, request: AnalysisRequest, name: str) -> None:
        """A recording whose analysis waits is not offered meanwhile."""
        if request.recording is not None:
            self.recordings.hand_over(request.recording, name)

    def _tidy(self, job: Job, state: JobState) -> None:
        """The recording it was made from goes with a result, and is offered again without one."""
        folder = job.request.recording
        if folder is None or state == "waiting":
            return
        try:
            if state == "done" and self.library.find(job.name):
                self.recordings.drop(folder)
            else:
                self.recordings.take_back(folder)
        except (GaitError, OSError):
            log.warning("the recording of %s stays until the next sweep", said_of(job.name))


def _load(tracker: StillTracker) -> None:
    try:
        tracker.warm()
    except GaitError:
        return  # the analysis will say what is missing
