"""MediaPipe's 33 landmarks, as people write them to JSON: x and y as shares of the picture, so its size must be known.

For each frame a list of 33 {"x", "y", "z", "visibility"} or [x, y, z, visibility], or of several people's such lists, or an object that has
that under "pose_landmarks" or "landmarks", or one entry for each landmark by its name. What MediaPipe calls world landmarks is not read.
"""

import math

import numpy as np

from gait.landmarks import Landmark
from gait.model import Floats
from gait.pose.files.documents import Documents, one_a_frame
from gait.pose.files.sightings import Rows, Sightings, Unreadable, frame_number, number, unit_of
from gait.pose.files.stamps import stamp
from gait.pose.keypoints import landmark_named

_UNDER = ("pose_landmarks", "poseLandmarks", "landmarks", "landmark", "keypoints", "pose")
_LEAST = 1e-6
"""Confidence of what MediaPipe gives with a visibility of 0: it places every landmark, and written with three digits many have none."""


def read(documents: Documents) -> Sightings | None:
    """The file; None when it is of another kind. Raises Unreadable."""
    if len(documents) == 1 and isinstance(documents[0][1], dict) and isinstance(documents[0][1].get("frames"), list):
        documents = [(documents[0][0], documents[0][1]["frames"])]
    frames = one_a_frame(documents)
    everybody = [(name, value, _people(value)) for name, value in frames]
    if not any(people for *_, people in everybody) or any(people is None for *_, people in everybody):
        return None
    rows = Rows("mediapipe")
    for name, value, people in everybody:
        frame, time_s = stamp(value, frame_number(name))
        rows.frame(frame, time_s)
        for points in people or ():
            rows.add(frame, points)
    return rows.sightings("BlazePose-33", unit=unit_of(p[:, :2] for p in rows.points), tracker="blazepose")


def _people(value: object) -> list[Floats] | None:
    """Everybody in one frame, (33, 3) each; None when it is none of MediaPipe's."""
    if value is None:
        return []
    if isinstance(value, dict):
        for key in _UNDER:
            if key in value:
                return _people(value[key])
        return _by_name(value)
    if not isinstance(value, list):
        return None
    if not value:
        return []
    if len(value) == len(Landmark) and all(_is_point(entry) for entry in value):
        return [np.array([_point(entry) for entry in value])]
    people = [_people(entry) for entry in value]
    return [points for one in people if one for points in one] if all(people) else None


def _by_name(value: dict[str, object]) -> list[Floats] | None:
    found = np.full((len(Landmark), 3), np.nan)
    for name, entry in value.items():
        landmark = landmark_named(name)
        if landmark is not None and _is_point(entry):
            found[landmark] = _point(entry)
    return [found] if np.isfinite(found).all(axis=1).sum() > len(Landmark) // 2 else None


def _is_point(entry: object) -> bool:
    if isinstance(entry, dict):
        return "x" in entry and "y" in entry
    return isinstance(entry, list) and len(entry) in (2, 3, 4, 5) and not any(isinstance(e, list | dict) for e in entry)


def _point(entry: object) -> tuple[float, float, float]:
    if isinstance(entry, dict):
        seen = number(entry.get("visibility", 1.0))
        x, y = number(entry["x"]), number(entry["y"])
    elif isinstance(entry, list):
        x, y, seen = number(entry[0]), number(entry[1]), number(entry[3]) if len(entry) > 3 else 1.0
    else:
        raise Unreadable("point")
    return x, y, max(seen, _LEAST) if math.isfinite(seen) else _LEAST
