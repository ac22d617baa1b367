"""MMPose's predictions (RTMPose among them): for each frame its "instances" with "keypoints" (k, 2) and "keypoint_scores" (k,).

{"meta_info": {...}, "instance_info": [{"frame_id": 1, "instances": [...]}]} as the demo saves them, where frames count from 1; a list of
{"frame_id", "instances"} as the inferencer does for a video; a list of instances for each picture of a folder.
"""

import numpy as np

from gait.pose.files.documents import Documents
from gait.pose.files.sightings import Rows, Sightings, Unreadable, frame_number, listed, numbers, table


def read(documents: Documents) -> Sightings | None:
    """The file; None when it is of another kind. Raises Unreadable."""
    rows = Rows("mmpose")
    if len(documents) > 1:
        if not all(isinstance(v, list) and all(_instance(e) for e in v) for _, v in documents):
            return None
        for name, instances in documents:
            _add(rows, frame_number(name), instances)
        return rows.sightings() if any(v for _, v in documents) else None
    content = documents[0][1]
    first: int | None = None
    if isinstance(content, dict) and "instance_info" in content:
        content, first = content["instance_info"], 1
    if not isinstance(content, list) or not content:
        return None
    if all(isinstance(e, dict) and "instances" in e for e in content):
        for at, entry in enumerate(content):
            frame = table(entry)
            _add(rows, frame_number(frame.get("frame_id", at)), frame["instances"])
        return rows.sightings(first=first)
    return None


def _instance(entry: object) -> bool:
    return isinstance(entry, dict) and "keypoints" in entry and "keypoint_scores" in entry


def _add(rows: Rows, frame: int, instances: object) -> None:
    rows.frame(frame)
    for entry in listed(instances):
        person = table(entry)
        places, scores = numbers(person.get("keypoints")), numbers(person.get("keypoint_scores"))
        if len(places) != 2 * len(scores) or not len(scores):
            raise Unreadable("scores")
        rows.add(frame, np.column_stack([places.reshape(-1, 2), scores]), str(person.get("track_id", "")))
