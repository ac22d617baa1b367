"""What a file of another tool says, before it is the track of one runner: everybody in every frame, in the file's own units."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from gait.landmarks import Landmark
from gait.model import Floats, Frozen
from gait.pose.keypoints import SKELETONS, Layout, skeleton_of

Unit = Literal["px", "shares", "span", "m"]
"""Of the places: pixels, 0-1 of the picture, -1 to 1 of the picture, metres in space."""
SHARES_WITHIN = 2.0
"""Places are shares of the picture, not pixels, where 99 % of them are smaller: a point outside the picture can lie beyond 1."""
_DIGITS = re.compile(r"\d+")


class Unreadable(Exception):
    """The file is not what its reader takes it for: what is wrong with it, and then perhaps a name. `recognise` makes a GaitError of it."""


@dataclass(frozen=True, eq=False)
class SeenPerson(Frozen):
    """One person in one frame."""

    points: Floats
    """(33, 2), y as the file counts it; NaN = not seen."""
    confidence: Floats
    """(33,) 0-1."""
    name: str = ""
    """What the file calls this person; empty where it does not."""


@dataclass(frozen=True, eq=False)
class Sighted(Frozen):
    """One frame."""

    number: int
    people: tuple[SeenPerson, ...]
    time_s: float = math.nan
    """NaN where the file gives none."""


@dataclass(frozen=True, eq=False)
class Sightings(Frozen):
    """The whole file."""

    tool: str
    """What wrote it, in lower case: "openpose"."""
    skeleton: str
    """As `SKELETONS` calls it; else the file's own word."""
    frames: tuple[Sighted, ...]
    """By rising number. Numbers may be missing; none is there twice."""
    unit: Unit = "px"
    size_px: tuple[int, int] | None = None
    """Width and height of the picture, where the file says it."""
    first: int | None = None
    """The number of a clip's first frame, where the kind of file fixes it."""
    rate_hz: float = math.nan
    """Frames a second, where the file says it instead of times."""
    up: bool = False
    """Whether y may count upward: then it is told from the bodies."""
    tracker: str = ""
    """The tracker that found the points, where the file says it in gait's own words."""

    @property
    def joints(self) -> frozenset[Landmark]:
        """The landmarks that were seen at all."""
        found = np.zeros(len(Landmark), bool)
        for frame in self.frames:
            for person in frame.people:
                found |= np.isfinite(person.points).all(axis=1)
        return frozenset(Landmark(int(i)) for i in np.flatnonzero(found))


@dataclass
class Rows:
    """People in a skeleton's own order, as a file that names no points gives them, until all are there to tell the skeleton by."""

    tool: str
    points: list[Floats] = field(default_factory=list)
    """(k, 3) each: x, y, confidence; NaN or a confidence of 0 = not seen."""
    where: list[tuple[int, str]] = field(default_factory=list)
    """Of each: frame and name."""
    times_s: dict[int, float] = field(default_factory=dict)
    """Of every frame, also of those without anybody; NaN where the file gives none."""

    def frame(self, number: int, time_s: float = math.nan) -> None:
        """A frame, whoever is in it."""
        self.times_s[number] = time_s if math.isfinite(time_s) else self.times_s.get(number, math.nan)

    def add(self, frame: int, rows: Floats, name: str = "") -> None:
        """One person in it."""
        self.points.append(rows)
        self.where.append((frame, name))
        self.frame(frame)

    def sightings(
        self,
        skeleton: str = "",
        *,
        layout: Layout | None = None,
        called: str = "",
        unit: Unit = "px",
        first: int | None = None,
        size_px: tuple[int, int] | None = None,
        tracker: str = "",
    ) -> Sightings:
        """Everything that was added.

        The skeleton is the one named, or the file's own `layout`; else it is told by how many points there are, and by which of two
        makes a body of them. `called` is what it is known as. Raises Unreadable when people have different numbers of points, or no skeleton
        has as many.
        """
        counts = {len(p) for p in self.points}
        if len(counts) > 1:
            raise Unreadable("points")
        people: dict[int, list[SeenPerson]] = {frame: [] for frame in self.times_s}
        if self.points:
            every = np.array(self.points)
            every[(every[..., 2] == 0) | ~np.isfinite(every).all(axis=2)] = np.nan
            if layout is None:
                skeleton = skeleton or skeleton_of(every[..., :2]) or ""
                layout = SKELETONS.get(skeleton)
            if layout is None or len(layout.names) not in counts:
                raise Unreadable("points")
            for rows, (frame, name) in zip(layout.spread(every), self.where, strict=True):
                people[frame].append(SeenPerson(rows[:, :2], np.clip(np.nan_to_num(rows[:, 2]), 0, 1), name))
        frames = tuple(Sighted(k, tuple(people[k]), self.times_s[k]) for k in sorted(people))
        return Sightings(self.tool, called or skeleton, frames, unit, size_px, first, tracker=tracker)


def number(value: object) -> float:
    """A number of a JSON file; NaN for null. Raises Unreadable for anything else."""
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("number")
    try:
        return float(value)
    except OverflowError:
        return math.nan


def numbers(value: object) -> Floats:
    """A list of numbers, or of lists of them, one after the other. Raises Unreadable."""
    if not isinstance(value, list):
        raise Unreadable("list")
    flat: list[float] = []
    for entry in value:
        flat.extend(numbers(entry) if isinstance(entry, list) else (number(entry),))
    return np.array(flat, dtype=np.float64)


def triples(value: object) -> Floats:
    """(k, 3) of a list x, y, confidence, x, y, confidence and so on. Raises Unreadable."""
    flat = numbers(value)
    if not len(flat) or len(flat) % 3:
        raise Unreadable("triples")
    return flat.reshape(-1, 3)


def listed(value: object) -> Sequence[object]:
    """A JSON list. Raises Unreadable."""
    if not isinstance(value, list):
        raise Unreadable("list")
    return value


def table(value: object) -> Mapping[str, object]:
    """A JSON object. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable("object")
    return value


def frame_number(name: object) -> int:
    """The last number in a frame's name, or the number that it is. Raises Unreadable when there is none.

    Example:
        >>> frame_number("run_000000000012_keypoints.json"), frame_number("cam01.0007.json"), frame_number(5)
        (12, 7, 5)
    """
    if isinstance(name, int) and not isinstance(name, bool):
        return _bounded(name)
    if isinstance(name, float) and name.is_integer():
        return _bounded(int(name))
    found = _DIGITS.findall(name.rsplit(".", 1)[0] if "." in name else name) if isinstance(name, str) else []
    if not found:
        raise Unreadable("frame")
    return _bounded(int(found[-1][-15:]))


def _bounded(value: int) -> int:
    if not 0 <= value < 10**15:
        raise Unreadable("frame")
    return value


def unit_of(places: Iterable[Floats]) -> Unit:
    """Pixels, or shares of the picture: from 0 to 1, or from -1 to 1 where a quarter lies below 0."""
    every = np.concatenate([np.empty((0, 2)), *(p.reshape(-1, 2) for p in places)])
    every = every[np.isfinite(every).all(axis=1)]
    if not len(every) or np.percentile(np.abs(every), 99) > SHARES_WITHIN:
        return "px"
    return "span" if (every < 0).any(axis=1).mean() > 0.25 else "shares"
