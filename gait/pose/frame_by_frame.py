"""A whole `Tracker` from one function: everybody's pose in one picture. Enough for most networks.

Each frame is seen on its own. Followed is whoever is nearest to where the runner was last, at first the person at
`PoseSettings.runner_at`, else the one with the best score. A network that sees a small runner badly is shown only the part of the
picture round the place of the runner's last pose (`closer`); where it does not find him there, it is shown all of it.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from gait.clip import Frame
from gait.landmarks import Landmark
from gait.model import Floats, Picture
from gait.pose.base import Detector, Identity, Pose, on_the_way
from gait.pose.people import nearest, person_of
from gait.pose.spacing import spaced
from gait.settings import PoseSettings

See = Callable[[Picture], Sequence[Pose]]
"""Everybody in an RGB picture, in its own pixels. Is never called twice at a time by one tracker."""
Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of a picture; right and bottom are outside."""
WIDE, HIGH = 0.7, 1.2
"""Half the sides of the part that is looked at closely, in the runner's radius of about 0.9 m: room for elbows, and for the feet, which lie
beyond the ankles."""
LOST_S = 0.5
"""A runner not seen for so long is looked for anew: three quarters of a stride, in which he cannot have left the belt unseen."""


class FrameByFrame:
    """`Tracker` by a function that sees everybody in one picture."""

    def __init__(self, identity: Identity, see: See, settings: PoseSettings, *, closer: bool = False) -> None:
        """`closer`: show the network only what is round the runner, once he was seen."""
        self.identity = identity
        self._see, self._settings, self._closer = see, settings, closer
        self._tracking = False

    def track(self, frames: Iterable[Frame]) -> Generator[tuple[Frame, Pose | None]]:
        """As `Tracker.track`."""
        chosen = self._settings.runner_at
        place: Floats | None = None
        before: tuple[float, Pose] | None = None
        seen_s = -np.inf
        self._tracking = True
        try:
            for left_out, frame in spaced(frames, self._settings):
                if chosen is None and frame.time_s - seen_s > LOST_S:
                    place = None  # a chosen runner is waited for, anybody else is not
                elif place is None and chosen is not None:
                    place = np.array(chosen, dtype=np.float64) * np.array(frame.full_size_px)
                box = _box(before and before[1], frame.image, *frame.full_size_px) if self._closer else None
                pose = None if box is None else _at(place, *self._everybody(frame.image, *frame.full_size_px, box))
                if pose is None:
                    pose = _at(place, *self._everybody(frame.image, *frame.full_size_px))
                for between in left_out:
                    yield between, _between(before, between.time_s, pose, frame.time_s)
                yield frame, pose
                before = None if pose is None else (frame.time_s, pose)
                if pose is not None:
                    place, seen_s = _hips(pose), frame.time_s
        finally:
            self._tracking = False

    def people(self, frame: Frame) -> Future[Floats]:
        """As `Tracker.people`; found at once."""
        found: Future[Floats] = Future()
        if self._tracking:
            found.set_result(self._everybody(frame.image, *frame.full_size_px)[1])
        else:
            found.cancel()
        return found

    @contextmanager
    def detector(self) -> Iterator[Detector]:
        """As `Tracker.detector`."""
        yield _Pictures(self._everybody)

    def _everybody(
        self, picture: Picture, width_px: int, height_px: int, box: Box | None = None
    ) -> tuple[list[Pose], Floats]:
        """Who is in a picture or that part of it, best first: their poses, and (k, 5) as rows of people.

        Those without hips or shoulders are left out.
        """
        scale = np.array([width_px / picture.shape[1], height_px / picture.shape[0]])
        left, top, right, bottom = box or (0, 0, picture.shape[1], picture.shape[0])
        part, corner = picture[top:bottom, left:right], np.array([left, top])
        seen = [replace(p, landmarks_px=(p.landmarks_px + corner) * scale) for p in self._see(part)]
        found = sorted(((p, row) for p in seen if (row := person_of(p)) is not None), key=lambda both: -both[1][3])
        return [p for p, _ in found], np.array([row for _, row in found]).reshape(-1, 5)


def _box(pose: Pose | None, picture: Picture, width_px: int, height_px: int) -> Box | None:
    """The part of a picture round a pose of the frame before; None without one, or where he is as large as the picture."""
    person = None if pose is None else person_of(pose)
    if person is None:
        return None
    sides = np.array(picture.shape[1::-1])
    half = person[2] * np.array([WIDE, HIGH])
    corners = np.array([person[:2] - half, person[:2] + half]) * sides / (width_px, height_px)
    (left, top), (right, bottom) = np.clip(np.round(corners), 0, sides).astype(int).tolist()
    return (left, top, right, bottom) if right > left and bottom > top else None


class _Pictures:
    """`Detector` by the same function."""

    def __init__(self, everybody: Callable[[Picture, int, int], tuple[list[Pose], Floats]]) -> None:
        self._everybody = everybody

    def people(self, picture: Picture, width_px: int, height_px: int) -> Floats:
        """As `Detector.people`."""
        return self._everybody(picture, width_px, height_px)[1]

    def pose(self, picture: Picture, person: Floats, width_px: int, height_px: int) -> Pose | None:
        """As `Detector.pose`."""
        return _at(person[:2], *self._everybody(picture, width_px, height_px))

    def best(self, picture: Picture, width_px: int, height_px: int) -> Pose | None:
        """As `Detector.best`."""
        return _at(None, *self._everybody(picture, width_px, height_px))


def _at(place: Floats | None, poses: Sequence[Pose], people: Floats) -> Pose | None:
    """The pose of the person at the place, or not far from it; of the best one without a place."""
    if not poses:
        return None
    person = people[0] if place is None else nearest(people, place)
    return None if person is None else poses[int(np.flatnonzero((people == person).all(axis=1))[0])]


def _hips(pose: Pose) -> Floats:
    return np.asarray(pose.landmarks_px[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0))


def _between(before: tuple[float, Pose] | None, time_s: float, after: Pose | None, after_s: float) -> Pose | None:
    """The pose of a frame left out; None when the runner was lost on either side of it."""
    if before is None or after is None:
        return None
    return on_the_way(before[1], after, (time_s - before[0]) / (after_s - before[0]))
