"""COCO's key-point results, as Detectron2 and torchvision's Mask R-CNN are evaluated with, and torchvision's own dictionaries.

[{"image_id": 7, "category_id": 1, "keypoints": [x, y, v, ...], "score": 0.9}, ...], one entry for each person; or the "annotations" of a
data set. v is 0 not seen, 1 hidden, 2 seen, or a confidence. torchvision gives for each frame "keypoints" (people, 17, 3) and
"keypoints_scores", which are no shares: above 0 is likelier than not.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from gait.landmarks import Landmark
from gait.model import Floats
from gait.pose.files.documents import Documents, one_a_frame
from gait.pose.files.sightings import Rows, Sightings, Unreadable, frame_number, listed, numbers, table, triples
from gait.pose.keypoints import Layout, landmark_named


def read(documents: Documents) -> Sightings | None:
    """The file; None when it is of another kind. Raises Unreadable."""
    if len(documents) == 1:
        content = documents[0][1]
        if isinstance(content, dict) and isinstance(content.get("annotations"), list):
            return _data_set(content)
        if isinstance(content, list) and content and all(isinstance(e, dict) and "image_id" in e for e in content):
            return _results("coco", content)
    frames = one_a_frame(documents)
    if frames and all(isinstance(v, dict) and "keypoints_scores" in v and "keypoints" in v for _, v in frames):
        return _torchvision(frames)
    return None


def _results(tool: str, entries: Sequence[object]) -> Sightings:
    rows = Rows(tool)
    tracker = ""
    for entry in entries:
        person = table(entry)
        tracker = tracker or str(person.get("tracker", ""))
        # Without a "keypoints" the entry says that nobody was found in the frame.
        if person.get("keypoints"):
            name = person.get("track_id", "")
            rows.add(frame_number(person["image_id"]), triples(person["keypoints"]), str(name))
        else:
            rows.frame(frame_number(person["image_id"]))
    return _seen(rows).sightings(tracker=tracker)


def _data_set(content: Mapping[str, object]) -> Sightings:
    rows = Rows("coco")
    images = [table(image) for image in listed(content.get("images", []))]
    for image in images:
        rows.frame(frame_number(image.get("id")))
    for entry in listed(content["annotations"]):
        person = table(entry)
        if person.get("keypoints"):
            frame = frame_number(person.get("image_id"))
            rows.add(frame, triples(person["keypoints"]), str(person.get("track_id", "")))
    sizes = {tuple(numbers([image.get("width"), image.get("height")]).tolist()) for image in images}
    width, height = sizes.pop() if len(sizes) == 1 else (np.nan, np.nan)
    size = (int(width), int(height)) if 1 <= width < 1e6 and 1 <= height < 1e6 else None
    layout = _named(content.get("categories"))
    return _seen(rows).sightings(layout=layout, size_px=size)


def _named(categories: object) -> Layout | None:
    """By the names that the category of persons gives; None where it does not."""
    if not isinstance(categories, list) or not categories:
        return None
    names = table(categories[0]).get("keypoints")
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names) or len(set(names)) != len(names):
        return None
    found: list[Landmark | None] = []
    for name in names:
        landmark = landmark_named(name)
        found.append(landmark if landmark not in found else None)
    return Layout(tuple(names), tuple(found)) if any(found) else None


def _seen(rows: Rows) -> Rows:
    """V of 0, 1 and 2 as confidence: what is hidden counts half."""
    every = np.concatenate([p[:, 2] for p in rows.points]) if rows.points else np.empty(0)
    if (every == 2).any() and np.isin(every, (0, 1, 2)).all():
        rows.points = [np.column_stack([p[:, :2], p[:, 2] / 2]) for p in rows.points]
    return rows


def _torchvision(frames: Documents) -> Sightings:
    rows = Rows("torchvision")
    for name, value in frames:
        frame, frame_of = table(value), frame_number(name)
        rows.frame(frame_of)
        people, scores = listed(frame["keypoints"]), listed(frame["keypoints_scores"])
        labels = frame.get("scores", [1.0] * len(people))
        sure = numbers(labels)
        if not len(people) == len(scores) == len(sure):
            raise Unreadable("scores")
        for person, score, likely in zip(people, scores, sure, strict=True):
            points, logits = triples(person), numbers(score)
            if len(points) != len(logits):
                raise Unreadable("scores")
            if likely >= LIKELY:
                rows.add(frame_of, np.column_stack([points[:, :2], _share(logits)]))
    return rows.sightings("COCO-17")


LIKELY = 0.5
"""Mask R-CNN lists everything down to a score of 0.05; its makers draw what is above a half."""


def _share(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))))
