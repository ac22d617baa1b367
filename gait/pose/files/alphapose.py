"""AlphaPose's results: its own list, `--format open` and `--format cmu`, and PoseFlow's, which names people by "idx".

[{"image_id": "7.jpg", "keypoints": [x, y, score, ...], "score": 2.9, "box": [...], "idx": 1}, ...]; or an object with one entry for each
image, {"7.jpg": {"people": [...]}} or {"7.jpg": {"bodies": [{"joints": [...]}]}}; or one file for each image (sep-json).
"""

from gait.pose.files.documents import Documents
from gait.pose.files.openpose import add_people
from gait.pose.files.sightings import Rows, Sightings, frame_number, listed, table, triples

_ITS_OWN = {"box", "idx"}
"""Keys that no other tool adds to COCO's."""


def read(documents: Documents) -> Sightings | None:
    """The file; None when it is of another kind. Raises Unreadable."""
    if all(isinstance(value, dict) and "bodies" in value for _, value in documents):
        return _by_image(documents)
    if len(documents) != 1:
        return None
    content = documents[0][1]
    if isinstance(content, list) and content and all(isinstance(e, dict) and "image_id" in e for e in content):
        first = content[0]
        return _list(content) if isinstance(first["image_id"], str) or _ITS_OWN & set(first) else None
    if isinstance(content, dict) and content and all(_of_image(v) for v in content.values()):
        return _by_image(list(content.items()))
    return None


def _of_image(value: object) -> bool:
    if isinstance(value, dict):
        return "people" in value or "bodies" in value
    return isinstance(value, list) and all(isinstance(e, dict) and "keypoints" in e for e in value)


def _list(entries: list[object]) -> Sightings:
    rows = Rows("alphapose")
    for entry in entries:
        person = table(entry)
        rows.add(frame_number(person["image_id"]), triples(person.get("keypoints")), _name(person.get("idx")))
    return rows.sightings()


def _by_image(documents: Documents) -> Sightings:
    rows = Rows("alphapose")
    for name, value in documents:
        frame = frame_number(name)
        rows.frame(frame)
        if isinstance(value, list):  # PoseFlow
            for entry in value:
                rows.add(frame, triples(table(entry).get("keypoints")), _name(table(entry).get("idx")))
        elif "people" in table(value):
            add_people(rows, frame, table(value)["people"])
        else:
            for body in listed(table(value)["bodies"]):
                rows.add(frame, triples(table(body).get("joints")))
    return rows.sightings()


def _name(idx: object) -> str:
    """PoseFlow's number of a person, which AlphaPose's own tracker puts into a list."""
    while isinstance(idx, list):
        idx = idx[0] if idx else None
    return "" if idx is None else str(idx)
