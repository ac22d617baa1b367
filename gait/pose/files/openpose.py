"""OpenPose's `--write_json`: a folder with one file a frame, each {"people": [{"pose_keypoints_2d": [x, y, confidence, ...]}]}.

A point that was not seen is 0, 0, 0. With `--keypoint_scale` the places are shares of the picture. RTMPose, rtmlib and Pose2Sim
write the same with other skeletons.
"""

from gait.pose.files.documents import Documents
from gait.pose.files.sightings import Rows, Sightings, frame_number, listed, table, triples, unit_of


def read(documents: Documents) -> Sightings | None:
    """The file; None when it is of another kind. Raises Unreadable."""
    if not all(isinstance(value, dict) and "people" in value for _, value in documents):
        return None
    rows = Rows("openpose")
    tracker = ""
    for name, value in documents:
        frame = table(value)
        tracker = tracker or str(frame.get("tracker", ""))
        add_people(rows, frame_number(name), frame["people"])
    return rows.sightings(unit=unit_of(p[p[:, 2] > 0, :2] for p in rows.points), tracker=tracker)


def add_people(rows: Rows, frame: int, people: object) -> None:
    """Those of one frame. Raises Unreadable."""
    rows.frame(frame)
    for entry in listed(people):
        person = table(entry)
        points = person.get("pose_keypoints_2d", person.get("pose_keypoints"))
        if points:  # empty: a face or a hand without a body
            ids = person.get("person_id", -1)
            known = ids[0] if isinstance(ids, list) and ids else ids
            rows.add(frame, triples(points), "" if known in (-1, None) else str(known))
