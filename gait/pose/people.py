"""Every person in a picture: BlazePose's detector alone, which unlike its tracker reports more than one.

A person is a row of five: hips x_px, y_px, body radius_px, score 0-1, and the body's turn in the picture, radians, 0 = upright.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gait.model import Floats, Picture
from gait.pose.runtimes.mediapipe_graph import people_graph

_ROOM = 1.25
"""MediaPipe's own: the region is this much wider than the circle round the body (PoseDetectionToRoi)."""
REACH = 0.6
"""Of the body's radius (0.9 m): half the width of a belt and a hand's breadth, so that a chosen runner is never swapped for somebody beside the treadmill."""
MIN_CONFIDENCE = 0.5
"""MediaPipe's own."""


def rows_of(detections: Sequence[Any], width_px: int, height_px: int) -> Floats:
    """(k, 5), best first, in pixels of a picture of that size."""
    size = np.array([width_px, height_px], dtype=float)
    rows = []
    for person in detections:
        # The detector's first key point is the middle of the hips, its second lies on the circle round the body, above.
        hips, top = (np.array([p.x, p.y]) * size for p in person.location_data.relative_keypoints[:2])
        across, down = top - hips
        rows.append((*hips, np.hypot(across, down), person.score[0], np.arctan2(across, -down)))
    found = np.array(rows, dtype=float).reshape(-1, 5)
    return np.asarray(found[np.argsort(-found[:, 3], kind="stable")])


def region_round(person: Floats, width_px: int, height_px: int) -> Floats:
    """(5,) the region in which the landmarks of that person are looked for: as `graph.region_of` gives it."""
    x, y, radius, _, turn = person
    side = 2 * radius * _ROOM
    return np.array([x / width_px, y / height_px, side / width_px, side / height_px, turn])


def nearest(people: Floats, place_px: Floats) -> Floats | None:
    """The person whose hips are nearest to the place and not farther than `REACH`; None when nobody is."""
    if not len(people):
        return None
    away = np.linalg.norm(people[:, :2] - place_px, axis=1)
    k = int(np.argmin(away))
    return people[k] if away[k] <= REACH * people[k, 2] else None


def find_people(
    samples: Sequence[tuple[float, Picture]], width_px: int, height_px: int
) -> tuple[tuple[float, Floats], ...]:
    """Per (time_s, picture): time_s and its people, (k, 5).

    The pictures may be shrunk; positions are in pixels of a picture of `width_px` x `height_px`. About 40 ms a picture.
    """
    detector = people_graph(MIN_CONFIDENCE)
    try:
        return tuple((t, rows_of(detector(picture).get("people") or (), width_px, height_px)) for t, picture in samples)
    finally:
        detector.close()
