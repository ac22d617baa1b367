"""Key points as a wide table: one row a frame, and columns such as left_ankle_x, left_ankle_y, left_ankle_visibility.

So people write MediaPipe's landmarks from a script: by name, or by number as x0, y0, z0, v0 or landmark_0_x.
"""

import math
import re
from collections.abc import Sequence

import numpy as np

from gait.landmarks import Landmark
from gait.pose.files.cells import cell_number
from gait.pose.files.sightings import Rows, Sightings, Unreadable, unit_of
from gait.pose.files.tidy import columns_of
from gait.pose.keypoints import landmark_named

_WHAT = {"x": 0, "y": 1, **dict.fromkeys(("v", "vis", "visibility", "score", "confidence", "conf", "likelihood"), 2)}
_LAST = re.compile(r"^(.*?)[ _.\-]?(x|y|v|vis|visibility|score|confidence|conf|likelihood)(?:_px)?$")
_FIRST = re.compile(r"^(x|y|v|vis|visibility|score|confidence)[ _.\-]?(.*)$")
_NUMBER = re.compile(r"^(?:landmark|lm|kp|point|pose)?[ _.\-]?(\d{1,2})$")
_LEAST = 1e-6
"""As in `mediapipe`: a visibility of 0 is no sign that a place was not found."""


def places_of(head: Sequence[str]) -> dict[int, tuple[Landmark, int]]:
    """For each column that holds a place or its visibility: the landmark, and which of x, y, visibility."""
    found: dict[int, tuple[Landmark, int]] = {}
    for at, name in enumerate(head):
        plain = name.strip().lower()
        for pattern, joint_at, what_at in ((_LAST, 1, 2), (_FIRST, 2, 1)):
            parts = pattern.match(plain)
            landmark = _landmark(parts[joint_at]) if parts else None
            if parts and landmark is not None:
                found[at] = (landmark, _WHAT[parts[what_at]])
                break
    return found


def is_wide(head: Sequence[str]) -> bool:
    """Whether the head of a table names both coordinates of both ankles."""
    named = set(places_of(head).values())
    return all((m, k) in named for m in (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE) for k in (0, 1))


def read(cells: list[list[str]]) -> Sightings:
    """The rows of the file. Raises Unreadable."""
    head, places = cells[0], places_of(cells[0])
    if len(set(places.values())) < len(places):
        raise Unreadable("twice")
    columns = columns_of([name if at not in places else "" for at, name in enumerate(head)])
    by_number = any(_NUMBER.match(_joint(head[at])) for at in places)
    sure = {m for m, what in places.values() if what == 2}
    rows = Rows("mediapipe" if by_number else "points")
    for k, row in enumerate(cells[1:]):
        points = np.full((len(Landmark), 3), math.nan)
        points[[m for m in Landmark if m not in sure], 2] = 1.0
        try:
            for at, (landmark, what) in places.items():
                points[landmark, what] = cell_number(row[at]) if at < len(row) else math.nan
            told = {n: cell_number(row[at]) for n, at in columns.items() if n in ("frame", "time_s") and at < len(row)}
        except ValueError as error:
            raise Unreadable("number") from error
        points[:, 2] = np.where(points[:, 2] == 0, _LEAST, points[:, 2])
        points[(points[:, :2] == 0).all(axis=1)] = math.nan
        number = told.get("frame", float(k))
        if not (math.isfinite(number) and number.is_integer() and 0 <= number < 1e12):
            raise Unreadable("frame")
        if int(number) in rows.times_s:
            raise Unreadable("twice")
        rows.frame(int(number), told.get("time_s", math.nan))
        if np.isfinite(points).all(axis=1).any():
            rows.add(int(number), points)
    unit = unit_of(p[:, :2] for p in rows.points)
    called = "BlazePose-33" if by_number else "named points"
    return rows.sightings("BlazePose-33", called=called, unit=unit, tracker="blazepose" if by_number else "")


def _joint(name: str) -> str:
    plain = name.strip().lower()
    parts = _LAST.match(plain)
    if parts and (_NUMBER.match(parts[1]) or landmark_named(parts[1])):
        return parts[1]
    first = _FIRST.match(plain)
    return first[2] if first else plain


def _landmark(name: str) -> Landmark | None:
    by_number = _NUMBER.match(name)
    if by_number:
        k = int(by_number[1])
        return Landmark(k) if k < len(Landmark) else None
    return landmark_named(name)
