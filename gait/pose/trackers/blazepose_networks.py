"""BlazePose's networks at work: sets of them side by side, kept for the next clip, and what one set does with one picture."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Self, TypeVar

import numpy as np

from gait.clip import Frame
from gait.model import Floats, Picture
from gait.pose.base import Pose
from gait.pose.people import nearest
from gait.pose.poses import worker_count
from gait.pose.runtimes.mediapipe_graph import (
    Graph,
    detection_graph,
    landmark_graph,
    model_sha256,
    people_graph,
    region_of,
)
from gait.settings import PoseSettings

T = TypeVar("T")
Place = tuple[float, float]
"""Of somebody's hips: shares of the picture's width and height."""
_ROOM = 1.25
"""MediaPipe's own: the region is this much wider than the circle round the body (PoseDetectionToRoi)."""


@dataclass(frozen=True, eq=False)
class Tracked:
    """What one frame came to: `region` is where to look next. Both None when nobody was seen."""

    time_s: float
    pose: Pose | None
    region: Floats | None


class Worker:
    """One set of networks; the detector is loaded when first needed."""

    def __init__(self, model: str, settings: PoseSettings) -> None:
        """Raises GaitError when the model cannot be loaded."""
        self._settings = settings
        self._landmarks = landmark_graph(model, settings.min_tracking_confidence)
        self._detector: Graph | None = None

    def track(self, frame: Frame, region: Floats | None, near: Place | None = None) -> Tracked:
        """The runner in the region; where there is none, or no region, the person detected `near` a place, or best."""
        found = self._landmarks(frame.image, region) if region is not None else {}
        if "landmarks" not in found:
            detected = self._best(frame.image) if near is None else self._nearest(frame.image, near)
            if detected is not None:
                found = self._landmarks(frame.image, detected)
        if "landmarks" not in found or "next_region" not in found:
            return Tracked(frame.time_s, None, None)
        return Tracked(frame.time_s, pose_in(found, *frame.full_size_px), region_of(found["next_region"]))

    def people(self, picture: Picture, width_px: int, height_px: int) -> Floats:
        """As `Detector.people`, by the one detector of everybody."""
        return _loaded().people(picture, self._settings.min_detection_confidence, width_px, height_px)

    def pose(self, picture: Picture, person: Floats, width_px: int, height_px: int) -> Pose | None:
        """As `Detector.pose`."""
        return self._pose_in(picture, region_round(person, width_px, height_px), width_px, height_px)

    def best(self, picture: Picture, width_px: int, height_px: int) -> Pose | None:
        """As `Detector.best`."""
        region = self._best(picture)
        return None if region is None else self._pose_in(picture, region, width_px, height_px)

    def _pose_in(self, picture: Picture, region: Floats, width_px: int, height_px: int) -> Pose | None:
        found = self._landmarks(picture, region)
        return pose_in(found, width_px, height_px) if "landmarks" in found else None

    def _best(self, picture: Picture) -> Floats | None:
        """The region of the person detected best."""
        self._detector = self._detector or detection_graph(self._settings.min_detection_confidence)
        detected = self._detector(picture).get("region")
        return None if detected is None else region_of(detected)

    def _nearest(self, picture: Picture, near: Place) -> Floats | None:
        """The region of the person at the place (shares of the picture), or not far from it."""
        height, width = picture.shape[:2]
        person = nearest(self.people(picture, width, height), np.array([near[0] * width, near[1] * height]))
        return None if person is None else region_round(person, width, height)

    def close(self) -> None:
        """Free the networks."""
        for graph in (self._landmarks, self._detector):
            if graph is not None:
                graph.close()


class Crew:
    """Sets of networks at work side by side, as many as there are workers in the settings. Close it, or use it in `with`."""

    def __init__(self, model: str, settings: PoseSettings) -> None:
        """Raises GaitError when the model's file is not there."""
        self._kind = _kind(model, settings)
        self.size = worker_count(settings.workers)
        """How many."""
        self._free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for _ in range(self.size):
            self._free.put(_loaded().borrow(self._kind))
        # One does its jobs in the thread that gives them: whoever asks for one worker gets one busy core.
        self._pool = ThreadPoolExecutor(self.size, "gait-pose") if self.size > 1 else None

    def track(self, frame: Frame, region: Floats | None, near: Place | None) -> Future[Tracked]:
        """Have a worker do it (see `Worker.track`) when one is free."""
        return self._submit(lambda worker: worker.track(frame, region, near))

    def people(self, frame: Frame) -> Future[Floats]:
        """Have a worker do it (see `Worker.people`) when one is free."""
        return self._submit(lambda worker: worker.people(frame.image, *frame.full_size_px))

    def _submit(self, job: Callable[[Worker], T]) -> Future[T]:
        """Jobs are begun in the order given, a single worker's at once."""

        def work() -> T:
            worker = self._free.get()
            try:
                return job(worker)
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
            _loaded().give_back(self._kind, self._free.get())

    def __enter__(self) -> Self:
        """For `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the networks back."""
        self.close()


@contextmanager
def one_worker(model: str, settings: PoseSettings) -> Iterator[Worker]:
    """A set of networks for single pictures, given back afterwards. Raises GaitError when they cannot be loaded."""
    kind = _kind(model, settings)
    worker = _loaded().borrow(kind)
    try:
        yield worker
    finally:
        _loaded().give_back(kind, worker)


def region_round(person: Floats, width_px: int, height_px: int) -> Floats:
    """(5,) the region in which the landmarks of that person are looked for: as `region_of` gives it."""
    x, y, radius, _, turn = person
    side = 2 * radius * _ROOM
    return np.array([x / width_px, y / height_px, side / width_px, side / height_px, turn])


def pose_in(found: dict[str, Any], width_px: int, height_px: int) -> Pose:
    """What `landmark_graph` gave, in pixels of a picture of that size."""
    points = np.array([(p.x, p.y, p.visibility) for p in found["landmarks"].landmark], dtype=np.float64)
    world = np.array([(p.x, p.y, p.z) for p in found["world"].landmark], dtype=np.float64)
    return Pose(points[:, :2] * (width_px, height_px), points[:, 2], world)


_Kind = tuple[type[Worker], str, str, PoseSettings]


def _kind(model: str, settings: PoseSettings) -> _Kind:
    return Worker, model, model_sha256(model), replace(settings, workers=0, runner_at=None)


class _Loaded:
    """The networks this process has loaded, like the memory they take: no number depends on which of them is used.

    Loading them anew for every clip takes 0.2 s and leaves 10 MB behind.
    """

    def __init__(self) -> None:
        self._idle: dict[_Kind, list[Worker]] = {}
        self._idle_lock = threading.Lock()
        self._detectors: dict[float, Graph] = {}
        self._detectors_lock = threading.Lock()

    def borrow(self, kind: _Kind) -> Worker:
        """A worker that is free, or a new one."""
        with self._idle_lock:
            free = self._idle.get(kind)
            if free:
                return free.pop()
        made, model, _, settings = kind
        return made(model, settings)

    def give_back(self, kind: _Kind, worker: Worker) -> None:
        """Keep it for the next clip; workers of other settings, and more than there are cores, are closed."""
        with self._idle_lock:
            surplus = [w for other in list(self._idle) if other != kind for w in self._idle.pop(other)]
            free = self._idle.setdefault(kind, [])
            (free if len(free) < worker_count(0) else surplus).append(worker)
        for old in surplus:
            old.close()

    def people(self, picture: Picture, confidence: float, width_px: int, height_px: int) -> Floats:
        """As `Detector.people`, by one detector for all workers in turn: each takes 60 MB and is seldom asked."""
        with self._detectors_lock:
            detector = self._detectors.get(confidence)
            if detector is None:
                while self._detectors:
                    self._detectors.popitem()[1].close()
                detector = self._detectors[confidence] = people_graph(confidence)
            return people_in(detector(picture), width_px, height_px)


@cache
def _loaded() -> _Loaded:
    return _Loaded()


def people_in(found: dict[str, Any], width_px: int, height_px: int) -> Floats:
    """(k, 5) what `people_graph` gave as rows of people, best first, in pixels of a picture of that size."""
    size = np.array([width_px, height_px], dtype=float)
    rows = []
    for person in found.get("people") or ():
        # The detector's first key point is the middle of the hips, its second lies on the circle round the body, above.
        hips, top = (np.array([p.x, p.y]) * size for p in person.location_data.relative_keypoints[:2])
        across, down = top - hips
        rows.append((*hips, np.hypot(across, down), person.score[0], np.arctan2(across, -down)))
    people = np.array(rows, dtype=float).reshape(-1, 5)
    return np.asarray(people[np.argsort(-people[:, 3], kind="stable")])
