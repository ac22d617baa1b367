"""Analyses in the background: one at a time, the others in a queue, found again after a refresh or a closed tab.

A job's id is the name of the result folder it will fill, so one address leads from the first frame to the result. Once the
numbers stand the result can be opened; its step pictures and PDF follow within a second or two, then its overlay video, which
hinders nobody: it waits while a later run is analysed.
"""

import contextlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal

from gait.errors import Cancelled, GaitError
from gait.model import Analysis
from gait.pose import LiveTrackings
from gait.progress import Progress, Tell
from gait.results.folder import ResultFolder
from gait.results.place import remove
from gait.services.library import Library, said_of
from gait.services.memory import give_back
from gait.services.queue import Queue
from gait.services.settings import StoreSettings
from gait.services.uploads import ABANDONED_S, drop_clips

State = Literal["waiting", "running", "picturing", "drawing", "done", "failed", "cancelled"]
"""`waiting`: for its turn; `picturing`: the result can be opened, its step pictures and PDF are being drawn; `drawing`: so is its overlay video."""
AT_WORK: tuple[State, ...] = ("waiting", "running", "picturing", "drawing")
AWAITED: tuple[State, ...] = ("waiting", "running")
"""Its result is still to come."""
OPEN: tuple[State, ...] = ("picturing", "drawing", "done")
"""The result can be opened."""
STOP_S = 10.0
"""How long a program that ends waits for a job to notice."""
WAIT_S = 0.2
"""How often a film that waits looks whether it may go on."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AnalysisRequest:
    """What staff asked for."""

    clip: Path
    standing: Path | None = None
    speed_kmh: float | None = None
    runner: str = ""
    shoe_size: float | None = None
    uploads: Path | None = None
    """The folder the uploaded clips were put in; deleted when the job ends. None for clips that stay (the example)."""
    slow_motion: float = 1.0
    """How many times slower than life staff say the running clip plays."""
    runner_at: tuple[float, float] | None = None
    """Which of several people staff say the runner is (see `PoseSettings.runner_at`)."""
    recording: Path | None = None
    """The folder of the recording that the clips belong to; it is kept when there is no result."""
    mirrored: bool | None = False
    """Whether its camera mirrors, as staff confirmed; None: nobody has said (see `Choices.mirrored`)."""
    clip_name: str = ""
    """What the clip was called where it was uploaded from; a run without a name is known by it."""
    owner: str = ""
    """What only the one who asks knows. The analysis is theirs to cancel, and anybody's where it is empty."""
    shoe_worn: str = ""
    """The shoe that is run in, as staff call it."""
    puts_right: str = ""
    """The name of the result whose standing clip is put right: the new one takes its place. Empty for a new run."""
    run_id: str = ""
    """The run of a visit that this is the clip of; empty for one without a visit."""
    track: Path | None = None
    """Of a kept clip, which is measured again: its track (`gait.services.kept_clips`)."""


@dataclass
class Job:
    """One analysis. Written by its own thread, read by any page."""

    name: str
    request: AnalysisRequest
    store: StoreSettings
    followed: LiveTrackings | None = None
    """Clips among those were tracked while they were recorded."""
    state: State = "waiting"
    progress: Progress | None = None
    fault: GaitError | None = None
    """Why it ended without a result, or without all of its pictures."""
    slow_factor: float | None = None
    """Set when the clip was refused as slow motion, by this factor: its upload waits for staff to say whether it is."""
    busy: Callable[[], bool] = lambda: False
    """Whether somebody else needs the machine more than this job's film."""
    told: Callable[[AnalysisRequest, ResultFolder], None] = lambda request, folder: None
    """Who else is to know that the numbers stand."""
    tell_ahead: Callable[[AnalysisRequest, str], None] = lambda request, name: None
    """Who is to know, before anything is written, that a result of that name is to come."""
    keeps: Callable[[str, Analysis, Tell], None] = lambda run_id, analysis, tell: None
    """Who keeps the clip of that run, where its customer agreed to it."""
    turn: Queue = field(default_factory=Queue)
    """Where it waits; a job on its own waits for nobody."""
    asked_s: float = field(default_factory=time.monotonic)
    _cancel: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def cancel(self) -> None:
        """Ask it to stop; it does so at the next frame. A result that stands stays, without what is not drawn yet."""
        self._cancel.set()

    def belongs_to(self, owner: str) -> bool:
        """Whether it is theirs to cancel."""
        return not self.request.owner or secrets.compare_digest(self.request.owner.encode(), owner.encode())

    @property
    def place(self) -> int:
        """How many come before it."""
        return self.turn.place(self.name) or 0

    @property
    def cancelling(self) -> bool:
        """Asked to stop, not stopped yet."""
        return self.state in AT_WORK and self._cancel.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Block until all of it has ended, the film too; False when it has not by then."""
        if self._thread:
            self._thread.join(timeout_s)
        return self.state not in AT_WORK

    def run(self) -> None:
        """Do the work; every way out leaves a state and no uploaded clip behind."""
        state: State = "failed"
        try:
            self._await_turn()
            # Imported here: loading the tracker takes seconds, which the first page need not wait for.
            from gait import pipeline
            from gait.services import publish

            asked = self.request
            choices = pipeline.Choices(
                standing=asked.standing,
                speed_kmh=asked.speed_kmh,
                runner=asked.runner,
                shoe_worn=asked.shoe_worn,
                clip_name=asked.clip_name,
                shoe_size=asked.shoe_size,
                shelf=self.store.shelf,
                limits=self.store.limits,
                slow_motion=asked.slow_motion,
                runner_at=asked.runner_at,
                mirrored=asked.mirrored,
                track=asked.track,
                encoder=self.store.encoder,
            )
            out = self.store.reports / self.name
            self.tell_ahead(asked, self.name)
            analyse = publish.analyse_to_folder
            if asked.run_id:
                analyse = partial(analyse, keep=partial(self.keeps, asked.run_id))
            if asked.puts_right:
                before = ResultFolder(out).result
                analyse = partial(analyse, instead_of=before)
                choices = replace(choices, judged_by=before.judged.basis if before.judged else None)
            analyse(
                *(asked.clip, out, choices, self._note, self._stop, self._published, self._pictured),
                followed=self.followed,
            )
            state = "done"
        except Cancelled as error:
            self.fault, state = error, "cancelled"
        except GaitError as error:
            self.fault = error
            if self.state not in AWAITED:
                log.warning("result %s is not drawn to its end: %s", said_of(self.name), error.code)
        except MemoryError:
            self.fault = GaitError("out_of_memory")
        except Exception:
            log.exception("analysis %s failed", said_of(self.name))
            self.fault = GaitError("program_fault")
        finally:
            if self.state not in AWAITED:  # the result stands, whatever became of its pictures and film
                state = "done"
            if self.slow_factor is None:
                self.drop_upload(with_tracks=state != "done")
            give_back()
            self.turn.leave(self.name)
            self.state = state

    def drop_upload(self, *, with_tracks: bool = False) -> None:
        """Delete the uploaded clips, and what was tracked of them where no result needs it; nothing when there are none (any more)."""
        if not self.request.uploads:
            return
        try:
            (drop_clips if with_tracks else remove)(self.request.uploads)
        except OSError as error:
            log.warning("clips of %s stay until the next sweep: %s", said_of(self.name), error.strerror)

    def _await_turn(self) -> None:
        """Raises Cancelled."""
        if self.turn.place(self.name) is None:
            self.turn.enter(self.name)
        while not self.turn.await_turn(self.name, WAIT_S):
            if self._cancel.is_set():
                raise Cancelled
        self.state = "running"

    def _note(self, progress: Progress) -> None:
        self.progress = progress

    def _published(self, result: ResultFolder) -> None:
        """The numbers stand: the result can be opened."""
        self.slow_factor = _slow_factor(result)
        self.told(self.request, result)
        self.state = "picturing"
        self.turn.leave(self.name)

    def _pictured(self, _: ResultFolder) -> None:
        """The film that follows is drawn behind whatever else the computer does."""
        self.state = "drawing"
        # On Linux a thread has its own niceness, and the coder's threads inherit it.
        with contextlib.suppress(AttributeError, OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)

    def _stop(self) -> bool:
        """Asked at every frame. A film waits here while somebody else needs the machine."""
        while self.state == "drawing" and not self._cancel.is_set() and self.busy():
            time.sleep(WAIT_S)
        return self._cancel.is_set()


class Board:
    """All jobs since the program started."""

    def __init__(
        self,
        store: StoreSettings,
        library: Library,
        followed: LiveTrackings,
        told: Callable[[AnalysisRequest, ResultFolder], None] = lambda request, folder: None,
        tell_ahead: Callable[[AnalysisRequest, str], None] = lambda request, name: None,
        keeps: Callable[[str, Analysis, Tell], None] = lambda run_id, analysis, tell: None,
    ) -> None:
        """Nothing has been asked for yet. `told`, `tell_ahead` and `keeps` as in `Job`."""
        self._told, self._tell_ahead, self._keeps = told, tell_ahead, keeps
        self._store, self._library, self._followed = store, library, followed
        self.queue = Queue()
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Ask all of them to stop and wait until they have; one that does not answer is left to end with the program."""
        for job in list(self._jobs.values()):
            job.cancel()
        for job in list(self._jobs.values()):
            job.wait(STOP_S)

    def start(self, request: AnalysisRequest) -> Job:
        """Begin, or wait in the queue: two at once would each take more than twice as long. Raises GaitError when too many wait.

        A film still being drawn for an earlier result gives way until this one's is done.
        """
        with self._lock:
            name = request.puts_right or self._new_name(request.runner)
            if name in self._jobs and self._jobs[name].state in AT_WORK:
                raise GaitError("being_written", name=name)
            job = Job(
                *(name, request, self._store, self._followed),
                told=self._told,
                tell_ahead=self._tell_ahead,
                keeps=self._keeps,
                turn=self.queue,
            )
            self.queue.enter(job.name)
            self._jobs.pop(name, None)  # the new one comes last
            self._let_undecided_go(request)
            job.busy = lambda: self._later_at_work(job)
            self._jobs[job.name] = job
            job._thread = threading.Thread(target=job.run, name=f"analysis {said_of(job.name)}", daemon=True)
            job._thread.start()
        return job

    def _new_name(self, runner: str) -> str:
        """A name that no result has and no job."""
        name = base = self._library.new_name(runner)
        again = 1
        while name in self._jobs or (self._store.reports / name).exists():
            again += 1
            name = f"{base}-{again}"
        return name

    def _let_undecided_go(self, request: AnalysisRequest) -> None:
        """Clips refused as slow motion that wait for an answer: whoever asked for them turns to the next customer, or is long gone."""
        for earlier in self._jobs.values():
            if earlier.slow_factor is None or earlier.request.uploads == request.uploads:
                continue
            if earlier.request.owner == request.owner or time.monotonic() - earlier.asked_s > ABANDONED_S:
                earlier.drop_upload()

    def get(self, name: str | None) -> Job | None:
        """The job of that id, None when this server never had it."""
        return self._jobs.get(name or "")

    def running(self) -> Job | None:
        """The one at work on its numbers, if any."""
        return next((j for j in list(self._jobs.values()) if j.state == "running"), None)

    def of(self, owner: str) -> list[Job]:
        """Those that this owner asked for, in that order."""
        return [j for j in list(self._jobs.values()) if j.request.owner and j.belongs_to(owner)]

    def of_run(self, run_id: str) -> Job | None:
        """The last one for that run of a visit; None when this server had none."""
        return next((j for j in reversed(list(self._jobs.values())) if run_id and j.request.run_id == run_id), None)

    def awaited(self) -> list[Job]:
        """Those whose result is still to come, in the order of their turn."""
        return sorted((j for j in list(self._jobs.values()) if j.state in AWAITED), key=lambda j: j.place)

    def cancel(self, name: str, owner: str) -> None:
        """Ask a job to stop. Raises GaitError when it is somebody else's."""
        job = self.get(name)
        if job is not None and not job.belongs_to(owner):
            raise GaitError("not_yours")
        if job is not None:
            job.cancel()

    def let_go(self, name: str) -> None:
        """Have that result's pictures and film stopped, if they are still being drawn: it is about to be deleted."""
        job = self.get(name)
        if job is not None and job.state in ("picturing", "drawing"):
            job.cancel()
            job.wait(5.0)

    def _later_at_work(self, job: Job) -> bool:
        with self._lock:
            jobs = list(self._jobs.values())
        return any(j.state in AT_WORK for j in jobs[jobs.index(job) + 1 :])


def _slow_factor(result: ResultFolder) -> float | None:
    """The factor a refused clip seems to be slowed by; None for any other result."""
    found = (f for f in result.result.findings if f.code == "slow_motion" and f.severity == "refuse")
    return next((float(f.value) for f in found if f.value is not None), None)
