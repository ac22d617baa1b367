"""Which of the people in a file is the runner: chosen as in a clip, and followed from frame to frame by place.

The names that a tool gives to people are not trusted: it gives a new one to whoever it lost, and exchanges them where two cross.
"""

from dataclasses import dataclass, field

import numpy as np

from gait.landmarks import Landmark
from gait.model import Floats
from gait.people import SAME_SIZE
from gait.pose.base import Pose
from gait.pose.files.sightings import SeenPerson
from gait.pose.people import REACH, person_of
from gait.rhythm import stride_time_s

_ANKLES = [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]
_BODY = [Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE, *_ANKLES]


@dataclass
class _Way:
    """One person through the frames."""

    rows: list[Floats] = field(default_factory=list)
    at: dict[int, SeenPerson] = field(default_factory=dict)
    """By frame's place in the file."""


def runner_of(
    frames: list[tuple[SeenPerson, ...]], times_s: Floats, place_px: Floats | None = None
) -> tuple[list[SeenPerson | None], int]:
    """The runner in each frame, None where not seen; and how many others stay in the picture for a fifth of its frames or more.

    Args:
        frames: Everybody in each frame, in px.
        times_s: (n,) of the frames.
        place_px: Of the hips, where a person has said who it is. Else the runner is, among those half as large as the largest or more, one
            whose legs go up and down in a rhythm; and of several who do, the one seen longest and best.
    """
    if all(len(people) < 2 for people in frames):
        return [people[0] if people else None for people in frames], 0
    ways = _ways(frames)
    if not ways:
        return [None] * len(frames), 0
    size = [float(np.median([row[2] for row in way.rows])) for way in ways]
    lasting = [
        w for w, s in zip(ways, size, strict=True) if s >= SAME_SIZE * max(size) and len(w.at) >= len(frames) / 5
    ]
    if place_px is not None:
        near = [float(np.linalg.norm(np.median([r[:2] for r in w.rows], axis=0) - place_px)) for w in ways]
        k = int(np.argmin(near))
        chosen = ways[k] if near[k] <= REACH * size[k] else None
    else:
        chosen = max(lasting or ways, key=lambda way: (_runs(way, times_s), len(way.at), _score(way)))
    if chosen is None:
        return [None] * len(frames), len(lasting)
    return [chosen.at.get(k) for k in range(len(frames))], len([way for way in lasting if way is not chosen])


def _ways(frames: list[tuple[SeenPerson, ...]]) -> list[_Way]:
    """Each person goes on with whoever was nearest to the same place before, the nearest pairs first."""
    ways: list[_Way] = []
    for k, people in enumerate(frames):
        rows = [(person, row) for person in people if (row := _row(person)) is not None]
        pairs = sorted(
            (float(np.linalg.norm(row[:2] - way.rows[-1][:2])), i, j)
            for i, (_, row) in enumerate(rows)
            for j, way in enumerate(ways)
        )
        taken: set[int] = set()
        gone: set[int] = set()
        for away, i, j in pairs:
            if i not in taken and j not in gone and away <= REACH * min(rows[i][1][2], 2 * ways[j].rows[-1][2]):
                taken.add(i)
                gone.add(j)
                ways[j].rows.append(rows[i][1])
                ways[j].at[k] = rows[i][0]
        ways += [_Way([row], {k: person}) for i, (person, row) in enumerate(rows) if i not in taken]
    return ways


def _row(person: SeenPerson) -> Floats | None:
    """As `person_of`; of whoever has no hips or shoulders the knees and ankles stand for them."""
    row = person_of(Pose(person.points, person.confidence, np.full((len(person.points), 3), np.nan)))
    if row is not None:
        return row
    seen = person.points[np.isfinite(person.points).all(axis=1)]
    if len(seen) < len(_BODY):
        return None
    middle = np.median(seen, axis=0)
    away = float(np.linalg.norm(seen - middle, axis=1).max())
    return np.array([*middle, away, float(person.confidence.max()), 0.0])


def _runs(way: _Way, times_s: Floats) -> bool:
    at = np.array(sorted(way.at))
    points = np.array([way.at[k].points for k in at])
    if len(at) < 4 or not np.isfinite(points[:, _ANKLES]).any():
        return False
    return bool(np.isfinite(stride_time_s(times_s[at], points)))


def _score(way: _Way) -> float:
    return float(np.mean([row[3] for row in way.rows]))
