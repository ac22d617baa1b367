"""A file of key points as the track of one runner: alone at its own times, or of a clip at the clip's.

Whatever the file counts in becomes pixels with y down; one of the people becomes the runner; frames get times. What cannot be told is
refused in one sentence.
"""

import hashlib
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from gait.errors import GaitError
from gait.landmarks import Landmark, Side
from gait.model import Clip, Floats, Ints, PoseTrack
from gait.pose.files.deeplabcut import read_names
from gait.pose.files.recognise import recognise
from gait.pose.files.runner import runner_of
from gait.pose.files.sightings import SeenPerson, Sightings
from gait.settings import PointsTold

MIN_FRAMES = 10
PX_PER_M = 1000.0
"""Of points in metres: a shank has 400 px, as in a clip of a phone that stands near."""
ROOM_PX = 100.0
MOST_S = 3600.0
"""Of running in one file."""
SPARSE = 4
"""Frame numbers that span this many times more than there are frames are not those of one clip."""
COVERED = 0.5
"""Of the clip's frames, that the points must have: with fewer they are another clip's."""
FARTHEST = 1e6
"""Of a coordinate, px: what lies beyond is no place in a picture."""
OUTSIDE = 0.3
"""Of the runner's points, that may lie outside the picture."""
SAME_SHAPE = 0.01
"""Of width over height, between the picture that the file speaks of and the clip's."""
THINNED = 1.5
"""The file has fewer frames a second than the clip, not gaps, where its usual spacing is this many of the clip's."""


def read_points(
    path: Path,
    told: PointsTold | None = None,
    *,
    clip: Clip | None = None,
    runner_at: tuple[float, float] | None = None,
) -> PoseTrack:
    """The runner in a file of key points.

    Args:
        path: A file or folder of any kind that `recognise` knows.
        told: What the file does not say itself.
        clip: The clip that the points are of: the track has its frames, times and size. None: the file's own times, which start at 0,
            and its own size, else that of the box round all points from the origin.
        runner_at: Where the runner is, as `PoseSettings.runner_at`.

    Returns:
        `tracker` and `model` say what found the points: the tool and its skeleton. World positions are NaN.

    Raises:
        GaitError: One sentence for why the file cannot be used, or does not go with the clip.
    """
    told = told or PointsTold()
    found = recognise(path, read_names(told.names))
    if not found.joints:
        raise GaitError("bad_points", "empty", file=path.name)
    if len(found.frames) < MIN_FRAMES:
        raise GaitError("bad_points", "short", file=path.name, frames=len(found.frames))
    people, size = _in_px(found, told, clip, path.name)
    if clip is None:
        at, times_s = _own_times(found, told, path.name)
    else:
        at, times_s = _on_clip(found, clip, path.name), clip.times_s
    place = None if runner_at is None else np.array(runner_at, dtype=np.float64) * size
    runner, _ = runner_of(people, times_s[at], place)
    landmarks = np.full((len(times_s), len(Landmark), 2), np.nan)
    visibility = np.zeros(landmarks.shape[:2])
    for k, person in zip(at, runner, strict=True):
        if person is not None:
            landmarks[k], visibility[k] = person.points, person.confidence
    if not np.isfinite(landmarks).any():
        raise GaitError("bad_points", "empty", file=path.name)
    if clip is not None and _outside(landmarks, size) > OUTSIDE:
        raise GaitError("points_of_clip", "outside", file=path.name, width_px=size[0], height_px=size[1])
    between = np.empty(0, np.int64) if clip is None else _fill_between(times_s, landmarks, visibility, at)
    return PoseTrack(
        times_s,
        landmarks,
        visibility,
        np.full((*landmarks.shape[:2], 3), np.nan),
        *size,
        told.tracker or found.tracker or found.tool,
        found.skeleton,
        "",
        between,
        points_file=path.name,
    )


def points_digest(path: Path) -> str:
    """The checksum of a file, or of all files of a folder with their names. Raises GaitError when it cannot be read."""
    digest = hashlib.sha256()
    try:
        if not path.is_dir():
            return hashlib.sha256(path.read_bytes()).hexdigest()
        for each in sorted(p for p in path.iterdir() if p.is_file()):
            digest.update(each.name.encode() + b"\0" + hashlib.sha256(each.read_bytes()).digest())
    except OSError as error:
        raise GaitError("no_file", path=str(path)) from error
    return digest.hexdigest()


# -- places ------------------------------------------------------------------------------------------------------------


def _in_px(
    found: Sightings, told: PointsTold, clip: Clip | None, file: str
) -> tuple[list[tuple[SeenPerson, ...]], tuple[int, int]]:
    """Everybody in px, y down, and the picture's width and height."""
    people = [tuple(_within_reach(p) for p in frame.people) for frame in found.frames]
    if not any(np.isfinite(p.points).any() for some in people for p in some):
        raise GaitError("bad_points", "empty", file=file)
    of_clip = None if clip is None else (clip.width_px, clip.height_px)
    known = found.size_px or told.size_px or of_clip
    upward = found.unit == "m" or _upside_down(people)
    if upward and not found.up:
        raise GaitError("bad_points", "y_up", file=file)
    scale, shift = np.ones(2), np.zeros(2)
    if found.unit == "m":
        if clip is not None:
            raise GaitError("points_of_clip", "metres", file=file)
        scale, known = np.full(2, PX_PER_M), None
    elif found.unit != "px":
        if known is None:
            raise GaitError("bad_points", "shares", file=file)
        scale = np.array(known, dtype=np.float64)
        if found.unit == "span":
            scale, shift = scale / 2, scale / 2
    if upward:  # from the lower edge where that is known, else from 0, which then is the upper edge of a y below 0
        scale = scale * (1, -1)
        below = np.nanmedian(np.concatenate([p.points[:, 1] for some in people for p in some])) < 0
        shift = np.array([0.0, 0.0 if below or known is None else float(known[1])])
    people = _moved(people, scale, shift)
    if known is None:
        every = np.concatenate([p.points for some in people for p in some])
        move = ROOM_PX - np.nanmin(every, axis=0) if upward else np.zeros(2)
        people = _moved(people, np.ones(2), move)
        high = np.nanmax(every, axis=0) + move
        known = (max(1, math.ceil(high[0])), max(1, math.ceil(high[1])))
    if of_clip is not None and known != of_clip:
        if abs((known[0] / known[1]) / (of_clip[0] / of_clip[1]) - 1) > SAME_SHAPE:
            raise GaitError(
                "points_of_clip",
                "size",
                file=file,
                points=f"{known[0]} x {known[1]}",
                clip=f"{of_clip[0]} x {of_clip[1]}",
            )
        people = _moved(people, np.array(of_clip) / np.array(known), np.zeros(2))
        known = of_clip
    return people, known


def _within_reach(person: SeenPerson) -> SeenPerson:
    """Without points farther out than any picture reaches."""
    seen = (np.abs(person.points) < FARTHEST).all(axis=1)  # False for NaN
    points = np.where(seen[:, None], person.points, np.nan)
    return replace(person, points=points, confidence=np.where(seen, person.confidence, 0.0))


def _moved(people: list[tuple[SeenPerson, ...]], scale: Floats, shift: Floats) -> list[tuple[SeenPerson, ...]]:
    return [tuple(replace(p, points=p.points * scale + shift) for p in some) for some in people]


def _upside_down(people: list[tuple[SeenPerson, ...]]) -> bool:
    """Whether each joint lies below the one that it hangs on, from the shoulders to the ankles, in nearly everybody who shows two of them."""
    every = [p.points[:, 1] for some in people for p in some]
    if not every:
        return False
    y = np.array(every)
    heights = [
        y[:, Landmark.of(Side.LEFT, joint)] + y[:, Landmark.of(Side.RIGHT, joint)]
        for joint in ("shoulder", "hip", "knee", "ankle")
    ]
    pairs = [upper > lower for upper, lower in pairwise(heights) if np.isfinite(upper + lower).any()]
    seen = np.isfinite(np.array(heights)).sum(axis=0) > 1
    return bool(pairs and seen.any() and np.mean([p[seen].mean() for p in pairs]) > 0.9)


def _outside(landmarks: Floats, size: tuple[int, int]) -> float:
    """Share of the runner's points that lie outside the picture."""
    seen = landmarks[np.isfinite(landmarks).all(axis=2)]
    return float(((seen < 0) | (seen > size)).any(axis=1).mean())


# -- times -------------------------------------------------------------------------------------------------------------


def _numbers(found: Sightings, file: str) -> Ints:
    """(n,) of the file's frames. Raises GaitError when they cannot be those of one clip."""
    numbers = np.array([frame.number for frame in found.frames], dtype=np.int64)
    if numbers[-1] - numbers[0] > SPARSE * len(numbers) + 50:
        raise GaitError("bad_points", "sparse", file=file, frames=len(numbers))
    return numbers


def _stamps(found: Sightings, file: str) -> Floats | None:
    """(n,) times in s, first = 0; None where the file has none. Raises GaitError when they do not rise."""
    times = np.array([frame.time_s for frame in found.frames])
    known = np.isfinite(times)
    if known.sum() < 2:
        return None
    if not known.all():
        numbers = _numbers(found, file)
        times = np.interp(numbers, numbers[known], times[known])
    step = float(np.median(np.diff(times)))
    times = times - times[0]
    if step > 2000:  # microseconds, as MediaPipe stamps its packets
        times, step = times / 1e6, step / 1e6
    elif step > 2:  # milliseconds: no clip has a frame in two seconds
        times, step = times / 1e3, step / 1e3
    if not (np.diff(times) > 0).all():
        raise GaitError("bad_points", "times", file=file)
    if times[-1] > min(MOST_S, (SPARSE * len(times) + 50) * step):
        raise GaitError("bad_points", "sparse", file=file, frames=len(times))
    return np.asarray(times)


def _own_times(found: Sightings, told: PointsTold, file: str) -> tuple[Ints, Floats]:
    """Where in the track each frame of the file goes, and (n,) the track's times."""
    stamps = _stamps(found, file)
    if stamps is not None:
        return np.arange(len(stamps)), stamps
    rate = told.fps_hz or (found.rate_hz if math.isfinite(found.rate_hz) else None)
    if rate is None:
        raise GaitError("bad_points", "no_times", file=file)
    at = _numbers(found, file)
    at = at - at[0]
    return at, np.arange(at[-1] + 1) / rate


def _on_clip(found: Sightings, clip: Clip, file: str) -> Ints:
    """Which frame of the clip each frame of the file is. Raises GaitError when there are more, or far fewer, than the clip has."""
    n = clip.n_frames
    stamps = _stamps(found, file)
    count = len(found.frames)
    if count == n:
        return np.arange(n)
    if stamps is not None:
        at = _nearest(clip.in_file_s * clip.slow_motion, stamps + _late(found))
        if at is None:
            raise GaitError(
                "points_of_clip", "times", file=file, points_s=float(stamps[-1]), clip_s=float(clip.times_s[-1])
            )
    else:
        numbers = _numbers(found, file)
        if found.first is not None:
            at = numbers - found.first
        elif numbers[-1] - numbers[0] + 1 == n or numbers[-1] == n:
            at = numbers - (numbers[-1] - n + 1)
        else:
            at = numbers
        if at[0] < 0 or at[-1] >= n:
            raise GaitError("points_of_clip", "more", file=file, points=int(numbers[-1]) + 1, clip=n)
    spacing = float(np.median(np.diff(at)))
    if count * max(1.0, spacing) < COVERED * n:
        raise GaitError("points_of_clip", "fewer", file=file, points=count, clip=n)
    return np.asarray(at)


def _late(found: Sightings) -> float:
    """The file's time of its first frame, where that is in seconds of the clip."""
    first = found.frames[0].time_s
    step = float(np.median(np.diff([frame.time_s for frame in found.frames])))
    return first if math.isfinite(first) and first >= 0 and step < 2 and found.frames[0].number > 0 else 0.0


def _nearest(clip_s: Floats, times_s: Floats) -> Ints | None:
    """The clip's frame for each time, all different; None where a time lies off all frames, or two fall on one."""
    at = np.clip(np.searchsorted(clip_s, times_s), 1, len(clip_s) - 1)
    at -= (times_s - clip_s[at - 1]) < (clip_s[at] - times_s)
    half = float(np.median(np.diff(clip_s))) * 0.6
    if (np.abs(clip_s[at] - times_s) > half).any() or (np.diff(at) <= 0).any():
        return None
    return np.asarray(at)


def _fill_between(times_s: Floats, landmarks: Floats, visibility: Floats, at: Ints) -> Ints:
    """Where the file has fewer frames a second than the clip: the rest lies on the way, as with `PoseSettings.track_hz`."""
    usual = np.median(np.diff(at))
    if usual < THINNED:
        return np.empty(0, np.int64)
    between: list[int] = []
    for a, b in pairwise(at):
        if not 1 < b - a <= usual + 1:
            continue
        between += range(a + 1, b)
        share: Floats = (times_s[a + 1 : b] - times_s[a]) / (times_s[b] - times_s[a])
        landmarks[a + 1 : b] = landmarks[a] + share[:, None, None] * (landmarks[b] - landmarks[a])
        visibility[a + 1 : b] = np.minimum(visibility[a], visibility[b])
    return np.array(between, dtype=np.int64)


def unmirrored(track: PoseTrack) -> PoseTrack:
    """The track of a clip that shows what a mirror shows, as its pictures are the right way round: what looked like a left leg is one."""
    other_side = [int(m.opposite) for m in Landmark]
    points = track.landmarks_px[:, other_side]
    points[..., 0] = track.width_px - points[..., 0]
    return replace(track, landmarks_px=points, visibility=track.visibility[:, other_side])
