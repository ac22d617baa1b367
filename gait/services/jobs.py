"""One analysis: asked for, waiting, at work in the background, found again after a refresh, a closed tab or another start of the program.

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

from gait.errors import Cancelled, GaitError
from gait.model import Analysis
from gait.places import data_folder
from gait.pose import LiveTrackings
from gait.progress import Progress, Tell
from gait.records.values import JobState
from gait.results.folder import ResultFolder
from gait.results.place import remove
from gait.services.asked import AnalysisRequest as AnalysisRequest
from gait.services.calibrations import Calibrations
from gait.services.library import said_of
from gait.services.memory import give_back
from gait.services.settings import StoreSettings
from gait.services.uploads import drop_clips
from gait.settings import PoseSettings, Settings
from gait.words import speak

AT_WORK: tuple[JobState, ...] = ("waiting", "running", "picturing", "drawing")
"""`waiting`: for its turn; `picturing`: the result can be opened, its step pictures and PDF are being drawn; `drawing`: so is its overlay video."""
AWAITED: tuple[JobState, ...] = ("waiting", "running")
"""Its result is still to come."""
OPEN: tuple[JobState, ...] = ("picturing", "drawing", "done")
"""The result can be opened."""
STOP_S = 10.0
"""How long a program that ends waits for a job to notice."""
DISK = ("cannot_write", "not_written", "cannot_save")
"""What ends an analysis for a reason that is no fault of its clip: it is done again once the disk lets it."""
WAIT_S = 0.2
"""How often a film that waits looks whether it may go on, and somebody who waits for another program's job whether it has ended."""

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Job:
    """One analysis as this program knows it. Written by its own thread, or as the records tell it; read by any page."""

    name: str
    request: AnalysisRequest
    store: StoreSettings
    followed: LiveTrackings | None = None
    """Clips among those were tracked while they were recorded."""
    state: JobState = "waiting"
    progress: Progress | None = None
    fault: GaitError | None = None
    """Why it ended without a result, or without all of its pictures."""
    slow_factor: float | None = None
    """Set when the clip was refused as slow motion, by this factor: its upload waits for staff to say whether it is."""
    here: bool = False
    """Whether this program has it, or had it to its end: what it knows itself is newer than what the records say."""
    busy: Callable[[], bool] = lambda: False
    """Whether somebody else needs the machine more than this job's film."""
    noted: bool = False
    """Whether the records know that the numbers stand."""
    tell_ahead: Callable[[AnalysisRequest, str], None] = lambda request, name: None
    """Who is to know, before anything is written, that a result of that name is to come."""
    begin_change: Callable[[str], None] = lambda name: None
    """Who is asked before the result of that name, which stands, is put right; it may refuse (GaitError)."""
    keeps: Callable[[str, Analysis, Tell], None] = lambda run_id, analysis, tell: None
    """Who keeps the clip of that run, where its customer agreed to it."""
    on_state: Callable[["Job", JobState], None] = lambda job, state: None
    """Called when it comes into that state; with its last one before anybody who waits for it is told."""
    look: Callable[["Job"], None] = lambda job: None
    """Brings a job of another program up to date."""
    order: Callable[[str], int] = lambda name: 0
    """How many come before the job of that name."""
    last_try: bool = True
    """Whether it fails where the disk does not let it write; else it waits, and is begun anew once the disk does."""
    asked_s: float = field(default_factory=time.monotonic)
    seen_s: float = field(default_factory=time.monotonic)
    """When it last moved, by the clock of `time.monotonic`."""
    _cancel: threading.Event = field(default_factory=threading.Event)
    _leave: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask it to stop; it does so at the next frame. A result that stands stays, without what is not drawn yet."""
        self._cancel.set()

    def leave(self) -> None:
        """The program ends: it stops at the next frame, and waits for the next program to begin it anew."""
        self._leave.set()

    def belongs_to(self, owner: str, who: str = "") -> bool:
        """Whether it is theirs to cancel: the tab's that asked, or the signed-in person's."""
        if not self.request.owner or (who and who == self.request.who):
            return True
        return secrets.compare_digest(self.request.owner.encode(), owner.encode())

    @property
    def place(self) -> int:
        """How many come before it."""
        return self.order(self.name) if self.state == "waiting" else 0

    @property
    def cancelling(self) -> bool:
        """Asked to stop, not stopped yet."""
        return self.state in AT_WORK and self._cancel.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Block until all of it has ended, the film too; False when it has not by then."""
        end_s = time.monotonic() + timeout_s
        while not self.ended.wait(max(0.0, min(WAIT_S, end_s - time.monotonic()))):
            if not self.here:
                self.look(self)
            if time.monotonic() >= end_s:
                break
        return self.state not in AT_WORK

    def run(self) -> None:
        """Do the work; every way out leaves a state, and no uploaded clip behind unless it is to be done again."""
        self.here, self.state, self.seen_s = True, "running", time.monotonic()
        speak(self.request.language)
        state: JobState = "failed"
        try:
            if self._stop():
                raise Cancelled
            # Imported here: loading the tracker takes seconds, which the first page need not wait for.
            from gait import pipeline
            from gait.services import publish
            from gait.services.film_again import draw_film_again

            asked = self.request
            if asked.clip.parent in (asked.uploads, asked.recording) and not asked.clip.is_file():
                raise GaitError("job_clip_gone")
            choices = pipeline.Choices(
                standing=asked.standing,
                speed_kmh=asked.speed_kmh,
                runner=asked.runner,
                shoe_worn=asked.shoe_worn,
                clip_name=asked.clip_name,
                shoe_size=asked.shoe_size,
                shelf=self.store.shelf_now,
                rules=self.store.rules_now,
                limits=self.store.limits,
                slow_motion=asked.slow_motion,
                runner_at=asked.runner_at,
                mirrored=asked.mirrored,
                track=asked.track,
                encoder=self.store.encoder,
                settings=Settings(pose=PoseSettings(tracker=asked.tracker or self.store.tracker)),
            )
            out = self.store.reports / self.name
            if asked.film_alone:
                draw_film_again(out, asked.clip, choices, self._note, self._stop)
                state = "done"
                return
            self.tell_ahead(asked, self.name)
            analyse = publish.analyse_to_folder
            if asked.run_id:
                analyse = partial(analyse, keep=partial(self.keeps, asked.run_id))
            if asked.puts_right:
                before = ResultFolder(out).result
                analyse = partial(analyse, instead_of=before, first=partial(self.begin_change, self.name))
                choices = replace(choices, judged_by=before.judged.basis if before.judged else None)
            analyse(
                *(asked.clip, out, choices, self._note, self._stop, self._published, self._pictured),
                followed=self.followed,
                calibrated=Calibrations(data_folder(out.parent)).of_clip,
            )
            state = "done"
        except Cancelled as error:
            self.fault, state = error, "cancelled"
        except GaitError as error:
            self.fault = error
            if self._unpictured() and error.code in DISK and not self.last_try:
                state = "waiting"
            elif self.state not in AWAITED:
                log.warning("result %s is not drawn to its end: %s", said_of(self.name), error.code)
        except MemoryError:
            self.fault = GaitError("out_of_memory")
        except Exception:
            log.exception("analysis %s failed", said_of(self.name))
            self.fault = GaitError("program_fault")
        finally:
            if state == "cancelled" and self._leave.is_set() and not self._cancel.is_set() and self._unpictured():
                state, self.fault = "waiting", None  # the program ends, not the job
            elif self.state not in AWAITED and state != "waiting":
                state = "done"  # the result stands, whatever became of its pictures and film
            give_back()
            if state == "waiting" and not self._leave.is_set():  # let go of before anybody may take it
                self.finish(state)
                self.on_state(self, state)
            else:
                self.on_state(self, state)
                self.finish(state)

    def finish(self, state: JobState) -> None:
        """It has come to that state, its last one in this program, and the records know it."""
        if state != "waiting" and self.slow_factor is None:
            self.drop_upload(with_tracks=state != "done")
        self.state = state
        if state == "waiting" and not self._leave.is_set():
            self.here = False  # whoever takes it next begins it anew
        else:
            self.ended.set()

    def drop_upload(self, *, with_tracks: bool = False) -> None:
        """Delete the uploaded clips, and what was tracked of them where no result needs it; nothing when there are none (any more)."""
        if not self.request.uploads:
            return
        try:
            (drop_clips if with_tracks else remove)(self.request.uploads)
        except OSError as error:
            log.warning("clips of %s stay until the next sweep: %s", said_of(self.name), error.strerror)

    def _unpictured(self) -> bool:
        """Whether its step pictures and PDF are still to come. A result that is put right has them from its first moment."""
        return self.state == "running" or (self.state == "picturing" and not self.request.puts_right)

    def _note(self, progress: Progress) -> None:
        self.progress, self.seen_s = progress, time.monotonic()

    def _published(self, result: ResultFolder) -> None:
        """The numbers stand: the result can be opened."""
        self.slow_factor = _slow_factor(result)
        self.state = "picturing"
        self.on_state(self, "picturing")

    def _pictured(self, _: ResultFolder) -> None:
        """The film that follows is drawn behind whatever else the computer does."""
        self.state = "drawing"
        self.on_state(self, "drawing")
        if threading.current_thread() is threading.main_thread():
            return  # it has more to do after this job, and could not be lifted again
        # On Linux a thread has its own niceness, and the coder's threads inherit it.
        with contextlib.suppress(AttributeError, OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)

    def _stop(self) -> bool:
        """Asked at every frame. A film waits here while somebody else needs the machine."""
        self.seen_s = time.monotonic()
        while self.state == "drawing" and not self._ends() and self.busy():
            time.sleep(WAIT_S)
            self.seen_s = time.monotonic()
        return self._ends()

    def _ends(self) -> bool:
        return self._cancel.is_set() or self._leave.is_set()


def _slow_factor(result: ResultFolder) -> float | None:
    """The factor a refused clip seems to be slowed by; None for any other result."""
    found = (f for f in result.result.findings if f.code == "slow_motion" and f.severity == "refuse")
    return next((float(f.value) for f in found if f.value is not None), None)
