"""A first look at a clip: who is in a few of its frames, and how the runner stands in each, in about half a second."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gait.model import Clip, Floats, Frozen, Picture, PoseTrack
from gait.people import People, could_run
from gait.pose.base import Pose
from gait.pose.people import nearest
from gait.pose.poses import Poses
from gait.pose.registry import open_tracker
from gait.settings import PoseSettings

MARGIN = 0.06
"""Room round the landmarks of a person, share of their height: they lie inside the body's outline."""


@dataclass(frozen=True, eq=False)
class Glance(Frozen):
    """What a few frames show."""

    people: People
    track: PoseTrack
    """One entry per frame; NaN where the runner was not seen."""
    picture: Picture
    """The one with the most people in it."""
    boxes: Floats
    """(k, 4) round each person in it, left to right: x0, y0, x1, y1 as shares of the picture; empty when nobody is there."""
    hips: Floats
    """(k, 2) of each, x and y as shares of the picture: what `PoseSettings.runner_at` takes."""


def glance(samples: Sequence[tuple[float, Picture]], clip: Clip, settings: PoseSettings) -> Glance:
    """Detect in the (time_s, picture) samples, which may be shrunk. Who is followed: `settings.runner_at`, else whoever is seen best.

    Raises GaitError when the tracker is missing.
    """
    width, height = clip.width_px, clip.height_px
    size = np.array([width, height], dtype=float)
    tracker = open_tracker(settings)
    poses = Poses(len(samples))
    with tracker.detector() as detector:
        people = tuple((t, detector.people(picture, width, height)) for t, picture in samples)
        most = _most(people)
        place = None if settings.runner_at is None else np.array(settings.runner_at) * size
        if place is None and len(could_run(people[most][1])) > 1:
            place = people[most][1][0, :2]  # one and the same in every frame

        def pose_of(person: Floats | None, picture: Picture) -> Pose | None:
            return None if person is None else detector.pose(picture, person, width, height)

        for i, ((t, rows), (_, picture)) in enumerate(zip(people, samples, strict=True)):
            best = rows[0] if len(rows) else None
            poses.add(i, t, pose_of(best if place is None else nearest(rows, place), picture))
        shown = _shown(people[most][1])
        others = [pose_of(person, samples[most][1]) for person in shown]
    few = replace(clip, times_s=np.array([t for t, _ in samples]))
    boxes = [_box(person, None if p is None else p.landmarks_px) for person, p in zip(shown, others, strict=True)]
    return _glance(people, poses.track(few, tracker.identity), samples[most][1], shown, boxes)


def find_people(
    samples: Sequence[tuple[float, Picture]], width_px: int, height_px: int, settings: PoseSettings | None = None
) -> People:
    """Per (time_s, picture): time_s and its people, (k, 5), see `gait.people.People`.

    The pictures may be shrunk; positions are in pixels of a picture of `width_px` x `height_px`. About 40 ms a picture.
    Raises GaitError when the tracker is missing.
    """
    with open_tracker(settings or PoseSettings()).detector() as detector:
        return tuple((t, detector.people(picture, width_px, height_px)) for t, picture in samples)


def glance_back(samples: Sequence[tuple[float, Picture]], people: People, track: PoseTrack) -> Glance:
    """The same of a clip that was followed already: the people in each of the samples, and the runner as tracked in them."""
    most = _most(people)
    shown = _shown(people[most][1])
    return _glance(people, track, samples[most][1], shown, [_box(person, None) for person in shown])


def _glance(people: People, track: PoseTrack, picture: Picture, shown: Floats, boxes: list[Floats]) -> Glance:
    size = np.array([track.width_px, track.height_px], dtype=float)
    box_rows = np.clip(np.array(boxes).reshape(-1, 4) / np.tile(size, 2), 0, 1)
    return Glance(people, track, picture, box_rows, np.clip(shown[:, :2] / size, 0, 1))


def _most(people: People) -> int:
    """The frame with the most people in it."""
    counts = [(len(could_run(rows)), float(rows[:, 3].sum())) for _, rows in people]
    return max(range(len(people)), key=counts.__getitem__)


def _shown(rows: Floats) -> Floats:
    """The people who could be the runner, left to right."""
    sure = could_run(rows)
    return np.asarray(sure[np.argsort(sure[:, 0])])


def _box(person: Floats, landmarks_px: Floats | None) -> Floats:
    """(4,) round the landmarks; round the body's circle, as far as a person fills it, where they were not seen."""
    if landmarks_px is None:
        x, y, radius = person[:3]
        return np.array([x - 0.45 * radius, y - radius, x + 0.45 * radius, y + radius])
    low, high = np.nanmin(landmarks_px, axis=0), np.nanmax(landmarks_px, axis=0)
    room = MARGIN * (high[1] - low[1])
    return np.array([low[0] - room, low[1] - 1.5 * room, high[0] + room, high[1] + room])
