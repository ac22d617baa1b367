"""BlazePose over a whole clip: several frames at a time, and the same numbers however many.

BlazePose looks at a square region round the runner, and MediaPipe takes that region from the frame before, which makes
tracking a chain that keeps one core busy. Here the region of a frame is the median of the regions that frames *at least*
`LAG_S` *earlier* called for, over `WINDOW_S`, about one stride. A runner on a treadmill stays where he is, so that is
the same place, only steadier (errors: see `LOWER`), and frames within the lag do not depend on each other: they are
tracked side by side, in any order, by any number of workers, with results equal to the last digit.

Of a fast clip not every picture is looked at (`PoseSettings.track_hz`): at 60 a second every other one, at 240 every eighth. A leg's
course between two looks is smooth, and `trajectories` runs a cubic through them. Measured on 27 rendered clips of 60 and 120 a second
that were tracked whole, looks left out afterwards: RMS px over swing and stance of knee, ankle, heel, toe 24.3, 22.8, 51.4, 34.4 with
half of the pictures (a quarter at 120) and 24.4, 23.0, 51.4, 34.4 with all; after the filter, which has fewer looks to average, 24.0, 21.6, 50.6,
33.7 and 23.9, 21.3, 50.3, 33.5; events move by 0.5-0.8 ms. What is measured in the pixels (heels, shanks, contacts) still is in all of them.

Where the time goes (profiled, 720 x 1280, ms of processor): a picture looked at 24 (the landmark network 15 of it without its mask,
see `network.py`), any other 6 (decoding 3.5, the legs' crop, passing it on). The network lets go of the interpreter, so threads do.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import numpy as np

from gait.clip import Frame, frames_that_fit
from gait.model import Floats, Picture
from gait.pose.base import Pose, on_the_way, worker_count
from gait.pose.people import nearest, region_round, rows_of
from gait.pose.runtimes.mediapipe_graph import (
    Graph,
    detection_graph,
    landmark_graph,
    model_file,
    model_sha256,
    people_graph,
    region_of,
)
from gait.settings import PoseSettings

__all__ = ["BlazePose", "model_file", "model_sha256"]

LAG_S = 0.12
"""4 looks at 30 per second, enough for as many workers (8 where every frame of 60 is looked at); a jogger drifts by 1-2 % of his height meanwhile."""
WINDOW_S = 0.7
"""One stride at 160-180 steps/min, so that the region does not bob with the body."""
LOWER = 0.02
"""Share of the region's height by which it is moved down: a steady region otherwise costs the toe 7 %. RMS px over swing and
stance on five rendered runners it was not chosen on (150 frames each), knee, ankle, heel, toe: 22.2, 19.4, 48.8, 33.6 with
it; 23.0, 20.4, 50.1, 36.2 without; MediaPipe's own loop 22.4, 21.6, 51.7, 33.9."""


P = ParamSpec("P")
T = TypeVar("T")
Place = tuple[float, float]
"""Of somebody's hips: shares of the picture's width and height."""


@dataclass(frozen=True, eq=False)
class _Seen:
    """What one frame came to: `region` is where to look next. Both None when nobody was seen."""

    time_s: float
    pose: Pose | None
    region: Floats | None


class BlazePose:
    """`Tracker` by MediaPipe's BlazePose, its own smoothing off: `trajectories` filters without delay."""

    name = "mediapipe-blazepose"

    def __init__(self, settings: PoseSettings) -> None:
        """Raises GaitError when the model's file is not there."""
        self.model: str = settings.model
        self.model_sha256 = model_sha256(settings.model)
        self._settings = settings
        self._crew: Crew | None = None

    def track(self, frames: Iterable[Frame]) -> Generator[tuple[Frame, Pose | None]]:
        """Each frame with its pose, in order. Close the iterator to stop early: what is under way is waited for (a frame)."""
        near = self._settings.runner_at
        crew = self._crew = Crew(self._settings)
        under_way: deque[_UnderWay] = deque()
        past: deque[_Seen] = deque()
        try:
            for left_out, frame in _to_look_at(frames, self._settings):
                # Everything at least the lag ago must be known; at the very start the first frame must.
                # Beyond 4K the frames themselves would fill the memory: then fewer are under way, with the same results.
                while under_way and (
                    under_way[0].frame.time_s <= frame.time_s - LAG_S
                    or not past
                    or sum(1 + len(w.left_out) for w in under_way) >= frames_that_fit(*frame.full_size_px)
                ):
                    yield from self._finished(under_way, past)
                while len(past) > 1 and past[0].time_s < frame.time_s - LAG_S - WINDOW_S:
                    past.popleft()
                region = None if self._settings.static_image_mode else _expected_region(past, frame.time_s)
                if near is not None:
                    near = _last_place(past, frame.time_s) or near
                under_way.append(_UnderWay(left_out, frame, crew.submit(Worker.look, frame, region, near)))
            while under_way:
                yield from self._finished(under_way, past)
        finally:
            self._crew = None
            crew.close()

    def people(self, frame: Frame) -> Future[Floats]:
        """Everybody in a frame (see `people.py`), looked for by the same networks in turn with the tracking that is under way.

        Cancelled when the tracking ends before its turn.
        """
        found: Future[Floats] = Future()
        if self._crew is None:
            found.cancel()
            return found
        return self._crew.submit(Worker.people, frame.image, *frame.full_size_px)

    @staticmethod
    def _finished(under_way: "deque[_UnderWay]", past: deque[_Seen]) -> Iterator[tuple[Frame, Pose | None]]:
        done = under_way.popleft()
        seen, last = done.looked.result(), past[-1] if past else None
        past.append(seen)
        for frame in done.left_out:
            pose = None
            if last is not None and last.pose is not None and seen.pose is not None:
                share = (frame.time_s - last.time_s) / (seen.time_s - last.time_s)
                pose = on_the_way(last.pose, seen.pose, share)
            yield frame, pose
        yield done.frame, seen.pose


@dataclass(frozen=True, eq=False)
class _UnderWay:
    """A frame that is being looked at, with those left out before it."""

    left_out: list[Frame]
    frame: Frame
    looked: Future[_Seen]


def _to_look_at(frames: Iterable[Frame], settings: PoseSettings) -> Iterator[tuple[list[Frame], Frame]]:
    """The frames to look at, each with those before it that are left out: as many as the settings allow.

    Of frames so large that few of them fit in memory fewer are left out: each is held until the next one that is looked at is known.
    """
    every = settings.static_image_mode or settings.track_hz == 0
    spacing_s = 0.0 if every else 1 / settings.track_hz
    waiting: list[Frame] = []
    last_s = -np.inf
    for frame in frames:
        fit = max(1, frames_that_fit(*frame.full_size_px) // 4)
        if waiting and (frame.time_s - last_s > spacing_s or len(waiting) >= fit):
            yield waiting[:-1], waiting[-1]
            last_s = waiting[-1].time_s
            waiting = []
        waiting.append(frame)
    if waiting:
        yield waiting[:-1], waiting[-1]


def _expected_region(past: deque[_Seen], time_s: float) -> Floats | None:
    """Where to look: the median of the regions known; None (detect) when the runner was not seen for the last `LAG_S` of them.

    Uses frames up to `time_s - LAG_S` only (or the clip's first), though later ones may be known: what is used must not
    depend on who was quick.
    """
    known = [s for s in past if s.time_s <= time_s - LAG_S] or list(past)[:1]
    if not known or all(s.region is None for s in known if s.time_s >= known[-1].time_s - LAG_S):
        return None
    regions = np.array([s.region for s in known if s.region is not None])
    # Angles round the newest one, so that a camera held upside down does not average +179 and -179 degrees to 0.
    regions[:, 4] = regions[-1, 4] + np.mod(regions[:, 4] - regions[-1, 4] + np.pi, 2 * np.pi) - np.pi
    region = np.asarray(np.median(regions, axis=0))
    region[1] += LOWER * region[3]
    return region


def _last_place(past: deque[_Seen], time_s: float) -> Place | None:
    """Where the hips were last seen, up to `time_s - LAG_S` (see `_expected_region`); None when not within what is remembered."""
    known = [s for s in past if s.time_s <= time_s - LAG_S] or list(past)[:1]
    return next(((float(s.region[0]), float(s.region[1])) for s in reversed(known) if s.region is not None), None)


_Kind = tuple[type["Worker"], str, PoseSettings]
_idle: dict[_Kind, list["Worker"]] = {}
_idle_lock = threading.Lock()
_detectors: dict[float, Graph] = {}
_detectors_lock = threading.Lock()
"""One detector of everybody, by its confidence, for all workers in turn: each takes 60 MB and is seldom asked."""


def _borrow(kind: _Kind) -> "Worker":
    """A worker that is free, or a new one. Loading the networks anew for every clip takes 0.2 s and leaves 10 MB behind."""
    with _idle_lock:
        free = _idle.get(kind)
        if free:
            return free.pop()
    return kind[0](kind[2])


def _give_back(kind: _Kind, worker: "Worker") -> None:
    """Keep it for the next clip; workers of other settings, and more than there are cores, are closed."""
    with _idle_lock:
        surplus = [w for other in list(_idle) if other != kind for w in _idle.pop(other)]
        free = _idle.setdefault(kind, [])
        (free if len(free) < worker_count(0) else surplus).append(worker)
    for old in surplus:
        old.close()


class Crew:
    """Sets of networks at work side by side, as many as there are workers in the settings. Close it, or use it in `with`."""

    def __init__(self, settings: PoseSettings) -> None:
        """Raises GaitError when the model's file is not there."""
        self._kind: _Kind = (
            Worker,
            model_sha256(settings.model),
            replace(settings, workers=0, runner_at=None),
        )
        self.size = worker_count(settings.workers)
        """How many."""
        self._free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for _ in range(self.size):
            self._free.put(_borrow(self._kind))
        # One does its jobs in the thread that gives them: whoever asks for one worker gets one busy core.
        self._pool = ThreadPoolExecutor(self.size, "gait-pose") if self.size > 1 else None

    def submit(self, job: "Callable[Concatenate[Worker, P], T]", *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a worker do it, with these further arguments, when one is free; jobs are begun in the order given, a single worker's at once."""

        def work() -> T:
            worker = self._free.get()
            try:
                return job(worker, *args, **kwargs)
            finally:
                self._free.put(worker)

        if self._pool is not None:
            return self._pool.submit(work)
        done: Future[T] = Future()
        try:
            done.set_result(work())
        except Exception as error:  # noqa: BLE001  raised where the result is asked for
            done.set_exception(error)
        return done

    def close(self) -> None:
        """Jobs not begun are dropped, those under way waited for."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        while not self._free.empty():
            _give_back(self._kind, self._free.get())

    def __enter__(self) -> Self:
        """For `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the networks back."""
        self.close()


class Worker:
    """One set of networks; the detector is loaded when first needed."""

    def __init__(self, settings: PoseSettings) -> None:
        self._settings = settings
        self._landmarks = landmark_graph(settings.model, settings.min_tracking_confidence)
        self._detector: Graph | None = None

    def look(self, frame: Frame, region: Floats | None, near: Place | None = None) -> _Seen:
        """The runner in the region; where there is none, or no region, the person detected `near` a place, or best."""
        found = self._landmarks(frame.image, region) if region is not None else {}
        if "landmarks" not in found:
            detected = self._best(frame.image) if near is None else self._nearest(frame.image, near)
            if detected is not None:
                found = self._landmarks(frame.image, detected)
        if "landmarks" not in found or "next_region" not in found:
            return _Seen(frame.time_s, None, None)
        return _Seen(frame.time_s, _pose(found, *frame.full_size_px), region_of(found["next_region"]))

    def people(self, image: Picture, width_px: int, height_px: int) -> Floats:
        """Everybody in the picture, in pixels of a picture of that size: see `people.py`."""
        with _detectors_lock:
            confidence = self._settings.min_detection_confidence
            detector = _detectors.get(confidence)
            if detector is None:
                while _detectors:
                    _detectors.popitem()[1].close()
                detector = _detectors[confidence] = people_graph(confidence)
            return rows_of(detector(image).get("people") or (), width_px, height_px)

    def pose(self, image: Picture, region: Floats, width_px: int, height_px: int) -> Pose | None:
        """The pose of whoever is in the region, in pixels of a picture of that size."""
        found = self._landmarks(image, region)
        return _pose(found, width_px, height_px) if "landmarks" in found else None

    def _best(self, image: Picture) -> Floats | None:
        """The region of the person detected best."""
        self._detector = self._detector or detection_graph(self._settings.min_detection_confidence)
        detected = self._detector(image).get("region")
        return None if detected is None else region_of(detected)

    def _nearest(self, image: Picture, near: Place) -> Floats | None:
        """The region of the person at the place (shares of the picture), or not far from it."""
        height, width = image.shape[:2]
        person = nearest(self.people(image, width, height), np.array([near[0] * width, near[1] * height]))
        return None if person is None else region_round(person, width, height)

    def close(self) -> None:
        """Free the networks."""
        for graph in (self._landmarks, self._detector):
            if graph is not None:
                graph.close()


def _pose(found: dict[str, Any], width_px: int, height_px: int) -> Pose:
    points = np.array([(p.x, p.y, p.visibility) for p in found["landmarks"].landmark], dtype=np.float64)
    world = np.array([(p.x, p.y, p.z) for p in found["world"].landmark], dtype=np.float64)
    return Pose(points[:, :2] * (width_px, height_px), points[:, 2], world)
