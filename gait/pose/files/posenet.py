"""PoseNet's poses, and those of MoveNet, as TensorFlow.js gives them: each point with its name.

{"score": 0.9, "keypoints": [{"score": 0.9, "part": "leftHip", "position": {"x": 1, "y": 2}}, ...]}, where newer versions write
{"name": "left_hip", "x": 1, "y": 2, "score": 0.9}. A file holds a list with one entry for each frame: a pose, or a list of poses, or an
object with "poses" and the frame or its time; or a folder holds one file a frame.
"""

from collections.abc import Mapping

import numpy as np

from gait.landmarks import Landmark
from gait.model import Floats
from gait.pose.files.documents import Documents, one_a_frame
from gait.pose.files.sightings import Rows, Sightings, Unreadable, frame_number, listed, number, table, unit_of
from gait.pose.files.stamps import stamp
from gait.pose.keypoints import landmark_named


def read(documents: Documents) -> Sightings | None:
    """The file; None when it is of another kind. Raises Unreadable."""
    frames = one_a_frame(documents)
    if not any(_poses(value) for _, value in frames) or not all(_poses(v) is not None for _, v in frames):
        return None
    rows = Rows("posenet")
    for name, value in frames:
        frame, time_s = stamp(value, frame_number(name))
        rows.frame(frame, time_s)
        for pose in _poses(value) or ():
            rows.add(frame, _points(pose), str(pose.get("id", "")))
    every = np.array(rows.points)
    seen = {int(k) for k in np.flatnonzero(np.isfinite(every[..., 0]).any(axis=0))}
    few = seen <= {int(m) for m in _COCO}
    return rows.sightings(skeleton="BlazePose-33", called="COCO-17" if few else "", unit=unit_of(every[..., :2]))


_COCO = frozenset(
    landmark
    for landmark in Landmark
    if landmark.name.split("_")[-1] in ("NOSE", "EYE", "EAR", "SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE")
)


def _poses(value: object) -> list[Mapping[str, object]] | None:
    """Everybody in one frame; None when it is none of PoseNet's."""
    if isinstance(value, dict) and "keypoints" not in value:
        value = value.get("poses", value.get("pose"))
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return None
    poses = [entry.get("pose", entry) if isinstance(entry, dict) else entry for entry in value]
    return poses if all(_pose(pose) for pose in poses) else None


def _pose(value: object) -> bool:
    points = value.get("keypoints") if isinstance(value, dict) else None
    return (
        isinstance(points, list) and bool(points) and all(isinstance(p, dict) and _name(p) is not None for p in points)
    )


def _name(point: Mapping[str, object]) -> str | None:
    name = point.get("part", point.get("name"))
    return name if isinstance(name, str) else None


def _points(pose: Mapping[str, object]) -> Floats:
    """(33, 3) x, y, score; NaN for what the pose does not name."""
    found = np.full((len(Landmark), 3), np.nan)
    for entry in listed(pose["keypoints"]):
        point = table(entry)
        landmark = landmark_named(_name(point) or "")
        if landmark is not None:
            place = table(point.get("position", point))
            found[landmark] = number(place.get("x")), number(place.get("y")), number(point.get("score", 1.0))
    if not np.isfinite(found).any():
        raise Unreadable("names")
    return found
