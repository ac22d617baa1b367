"""All analyses of one folder of results, and the work on them: one at a time in this program, the film of the one before behind it.

What was asked for lies in the records (`gait.services.queue`). One thread takes what comes next, says every few seconds that this
program's jobs live, and takes up what a program that died has left. While the records do not answer, what is at work goes on, and
what could not be written is written once they do.
"""

import logging
import threading
import time
import weakref
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from gait.errors import GaitError
from gait.model import Analysis
from gait.pose import LiveTrackings
from gait.progress import Tell
from gait.records.ids import now
from gait.records.values import JobState, QueuedJob
from gait.results.folder import ResultFolder
from gait.services.asked import AnalysisRequest
from gait.services.jobs import AT_WORK, AWAITED, OPEN, STOP_S, Job
from gait.services.library import Library, said_of
from gait.services.queue import MOST_ATTEMPTS, Queue, fault_meant, meant, places
from gait.services.settings import StoreSettings
from gait.services.uploads import ABANDONED_S

POLL_S = 2.0
"""How often is looked for what another program left or asked for; what this one asks for begins at once."""
BEAT_S = 5.0

log = logging.getLogger(__name__)


class Board:
    """The jobs of one program, and what the records know of others'. Any thread may call it."""

    def __init__(
        self,
        store: StoreSettings,
        library: Library,
        followed: LiveTrackings,
        queue: Queue,
        told: Callable[[AnalysisRequest, ResultFolder], None] = lambda request, folder: None,
        tell_ahead: Callable[[AnalysisRequest, str], None] = lambda request, name: None,
        asked: Callable[[AnalysisRequest, str], None] = lambda request, name: None,
        ended: Callable[[Job, JobState], None] = lambda job, state: None,
        keeps: Callable[[str, Analysis, Tell], None] = lambda run_id, analysis, tell: None,
        begin_change: Callable[[str], None] = lambda name: None,
    ) -> None:
        """Nothing is at work yet. `tell_ahead`, `keeps` and `begin_change` as in `Job`; `told` is told of each result, again until it does not raise GaitError.

        `asked` is told of what waits from now on, under that name; `ended` what has ended, and how.
        """
        self._told, self._tell_ahead, self._keeps, self._begin_change = told, tell_ahead, keeps, begin_change
        self._asked, self._ended = asked, ended
        self._store, self._library, self._followed = store, library, followed
        self.queue = queue
        self._jobs: dict[str, Job] = {}
        self._untold: dict[str, tuple[Job, JobState]] = {}
        """What the records do not know yet."""
        self._telling = threading.Lock()
        """Held while they are told: a job that is put back twice would be taken twice."""
        self._lock = threading.RLock()
        self._wake, self._ends = threading.Event(), threading.Event()
        self._beaten_s = -BEAT_S
        self.held_up: GaitError | None = None
        """Why nothing begins although something waits; None: nothing is in the way."""
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """From now on this program works on what waits, until `close` or until nobody has the board any more."""
        with self._lock:
            if self._thread is None and not self._ends.is_set():
                self._thread = threading.Thread(
                    target=_loop, args=(weakref.ref(self), self._wake, self._ends), name="gait-queue", daemon=True
                )
                self._thread.start()

    def close(self) -> None:
        """Let go of all of them and wait until they have stopped: what has no result waits for the next program."""
        self._ends.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(STOP_S)
        mine = [job for job in list(self._jobs.values()) if job.here]
        for job in mine:
            job.leave()
        for job in mine:
            job.wait(STOP_S)
        self._tell_again()

    def start(self, request: AnalysisRequest) -> Job:
        """Begin, or wait in the queue: two at once would each take more than twice as long.

        A film still being drawn for an earlier result gives way until this one's is done. Raises GaitError when too many wait, or
        when the records do not answer: without them it would not outlive the program.
        """
        with self._lock:
            at_work = self._jobs.get(request.puts_right)
            if at_work is not None and at_work.state in AT_WORK:
                raise GaitError("being_written", name=request.puts_right)
            row = self.queue.enter(request)
            job = self._jobs[row.id] = self._job(row.id, request)
            self._let_undecided_go(request)
            self._asked(request, row.id)
        self.begin()
        self._wake.set()
        return job

    def work_off(self) -> None:
        """Do all that waits, one after the other, in this thread. Raises GaitError when the records do not answer."""
        while (job := self._take()) is not None:
            job.run()

    def settle(self) -> set[Path]:
        """What programs that died left waits again, or is marked where it cannot. The folders of clips whose analysis is still to come.

        Raises GaitError when the records do not answer.
        """
        for row in self.queue.dead():
            self._take_up(row)
        waiting = self.queue.waiting()
        for name, request in waiting.items():
            self._asked(request, name)
        return {folder for asked in waiting.values() for folder in (asked.uploads, asked.recording) if folder}

    def tick(self) -> None:
        """What the thread does each time. Raises GaitError when the records do not answer."""
        if not self.queue.begun:
            return
        self._tell_again()
        if time.monotonic() - self._beaten_s >= BEAT_S:
            self._beaten_s = time.monotonic()
            for name in self.queue.beat(self._seen()):
                self._jobs[name].cancel()
            for row in self.queue.dead():
                self._take_up(row)
        if not any(job.here and job.state == "running" for job in list(self._jobs.values())):
            job = self._take()
            if job is not None:
                threading.Thread(target=job.run, name=f"analysis {said_of(job.name)}", daemon=True).start()

    def get(self, name: str | None) -> Job | None:
        """The job of that id, None when nobody knows of it (any more)."""
        job = self._jobs.get(name or "")
        if name and (job is None or not job.here):
            self._look()
        return self._jobs.get(name or "")

    def running(self) -> Job | None:
        """The one this program works on, if any, as far as its numbers go."""
        return next((j for j in list(self._jobs.values()) if j.state == "running"), None)

    def of(self, owner: str, who: str = "") -> list[Job]:
        """Those that this owner, or this member of staff, asked for, in that order."""
        return [j for j in self._look() if j.request.owner and j.belongs_to(owner, who)]

    def of_run(self, run_id: str) -> Job | None:
        """The last one for that run of a visit; None when there was none lately."""
        return next((j for j in reversed(self._look()) if run_id and j.request.run_id == run_id), None)

    def awaited(self) -> list[Job]:
        """Those whose result is still to come, in the order of their turn."""
        found = [j for j in self._look() if j.state in AWAITED]
        order = self._places()
        return sorted(found, key=lambda j: order.get(j.name, -1))

    def cancel(self, name: str, owner: str, who: str = "") -> None:
        """Ask a job to stop. Raises GaitError when it is somebody else's."""
        job = self.get(name)
        if job is None:
            return
        if not job.belongs_to(owner, who):
            raise GaitError("not_yours")
        self.stop(job)

    def stop(self, job: Job) -> None:
        """Have it stopped, whoever's it is. Raises GaitError when another program has it and the records do not answer."""
        job.cancel()
        if not job.here:
            row = self.queue.cancel(job.name)
            if row is not None and self.queue.end(row, "cancelled", GaitError("cancelled"), job.request):
                job.fault = GaitError("cancelled")
                self._ended(job, "cancelled")
                job.finish("cancelled")

    def let_go(self, name: str) -> None:
        """Have that result's pictures and film stopped, if they are still being drawn: it is about to be deleted."""
        job = self.get(name)
        if job is not None and job.state in ("picturing", "drawing"):
            self.stop(job)
            job.wait(5.0)

    def _job(self, name: str, request: AnalysisRequest) -> Job:
        job = Job(
            *(name, request, self._store, self._followed),
            tell_ahead=self._tell_ahead,
            keeps=self._keeps,
            begin_change=self._begin_change,
            on_state=self._on_state,
            look=self._look_at,
            order=lambda name: self._places().get(name, 0),
        )
        job.busy = lambda: self._later_at_work(job)
        return job

    def _take(self) -> Job | None:
        """The next one, this program's from now on."""
        with self._lock:
            try:
                row = self.queue.take()
            except GaitError as error:
                self.held_up = error
                raise
            self.held_up = None
            if row is None:
                return None
            # A page may hold the job already; it is the last one begun now.
            job = self._jobs.pop(row.id, None) or self._job(row.id, meant(row.request, self._store.reports))
            self._jobs[row.id] = job
            job.here, job.state, job.fault, job.noted = True, "running", None, False
            job.last_try = row.attempts >= MOST_ATTEMPTS
            if row.stop:  # somebody cancelled it while it was put back
                job.cancel()
            return job

    def _look(self) -> list[Job]:
        """All that is known, brought up to date where another program, or none, has it; in the order it was asked for."""
        try:
            rows = self.queue.all()
        except GaitError:
            return list(self._jobs.values())  # what this program knows itself
        with self._lock:
            for row in rows:
                job = self._jobs.get(row.id)
                if job is None:
                    job = self._jobs[row.id] = self._job(row.id, meant(row.request, self._store.reports))
                elif job.here:
                    continue
                job.fault, job.state = fault_meant(row.fault), row.state
                if row.stop:
                    job.cancel()
                if row.state not in AT_WORK:
                    job.ended.set()
            known = {row.id: number for number, row in enumerate(rows)}
            return sorted(self._jobs.values(), key=lambda job: known.get(job.name, -1))

    def _look_at(self, job: Job) -> None:
        self._look()

    def _places(self) -> dict[str, int]:
        try:
            return places(self.queue.all())
        except GaitError:
            return {}

    def _seen(self) -> dict[str, datetime]:
        at_work = [job for job in list(self._jobs.values()) if job.here and job.state in AT_WORK]
        return {job.name: now() - timedelta(seconds=time.monotonic() - job.seen_s) for job in at_work}

    def _on_state(self, job: Job, state: JobState) -> None:
        self._untold[job.name] = job, state
        self._tell_again()
        if state not in ("picturing", "drawing"):
            self._ended(job, state)
        self._wake.set()

    def _tell_again(self) -> None:
        """Write what the records do not know yet, each once; what they do not take now waits."""
        with self._telling:
            for name, (job, state) in list(self._untold.items()):
                try:
                    self._note(job, state)
                    if state in ("picturing", "drawing"):
                        self.queue.numbers_stand(name, state)
                    elif state == "waiting":
                        self.queue.put_back(name, counted=job.fault is not None)
                    else:
                        self.queue.end(name, state, job.fault, job.request)
                except GaitError as error:
                    log.warning("the records do not know yet what became of %s: %s", said_of(name), error.code)
                    return
                if self._untold.get(name) == (job, state):
                    del self._untold[name]

    def _note(self, job: Job, state: JobState) -> None:
        """The records know the result, once there is one. Raises GaitError when they do not answer."""
        folder = self._library.find(job.name) if state in OPEN and not job.noted else None
        if folder is not None:
            self._told(job.request, folder)
            job.noted = True

    def _take_up(self, row: QueuedJob) -> None:
        """A program died with it: whether there is a result decides what becomes of it. Raises GaitError."""
        request = meant(row.request, self._store.reports)
        folder = self._library.find(row.id)
        fault: GaitError | None = None
        state: JobState = "waiting"
        if self._stands(row, request):
            state = "done"
        elif row.stop:
            state, fault = "cancelled", GaitError("cancelled")
        elif row.attempts >= MOST_ATTEMPTS:
            state, fault = "failed", GaitError("job_given_up", attempts=row.attempts)
        if state == "waiting":
            if self.queue.put_back(row, counted=True):
                log.warning("the program that analysed %s ended; it is begun anew", said_of(row.id))
        elif self.queue.end(row, state, fault, request):
            job = self._job(row.id, request)
            job.fault = fault
            if folder is not None:
                self._told(request, folder)
            self._ended(job, state)
            job.finish(state)
        self._look()

    def _stands(self, row: QueuedJob, request: AnalysisRequest) -> bool:
        """Whether its result is there, with all that a person takes along, or with a person's corrections."""
        if request.puts_right:
            return row.state != "running"
        folder = self._library.find(row.id)
        try:
            return self._library.is_whole(row.id) or (folder is not None and folder.result.version > 1)
        except GaitError:
            return False

    def _let_undecided_go(self, request: AnalysisRequest) -> None:
        """Clips refused as slow motion that wait for an answer: whoever asked for them turns to the next customer, or is long gone."""
        for earlier in self._jobs.values():
            if earlier.slow_factor is None or earlier.request.uploads == request.uploads:
                continue
            if earlier.request.owner == request.owner or time.monotonic() - earlier.asked_s > ABANDONED_S:
                earlier.drop_upload()

    def _later_at_work(self, job: Job) -> bool:
        with self._lock:
            jobs = [j for j in self._jobs.values() if j.here]
        return any(j.state in AT_WORK for j in jobs[jobs.index(job) + 1 :])


def _loop(board: "weakref.ref[Board]", wake: threading.Event, ends: threading.Event) -> None:
    said = ""
    while not ends.is_set() and (there := board()) is not None:
        try:
            there.tick()
            said = ""
        except GaitError as error:
            if error.code != said:
                log.warning("the queue waits: %s", error.code)
            said = error.code
            wake.clear()  # what just failed is not tried again at once
        except Exception:
            log.exception("the queue could not go on")
        del there
        wake.wait(POLL_S)
        wake.clear()
