"""Which of several people is meant, and who somebody is whose pose is known.

A person is a row of five, see `gait.people.People`. Its radius is that of a circle round the hips in which the whole body lies.
"""

import numpy as np

from gait.landmarks import Landmark
from gait.model import Floats
from gait.pose.base import Pose

REACH = 0.6
"""Of the body's radius (0.9 m): half the width of a belt and a hand's breadth, so that a chosen runner is never swapped for somebody beside the treadmill."""
_SHOULDERS = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]
_HIPS = [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]


def nearest(people: Floats, place_px: Floats) -> Floats | None:
    """The person whose hips are nearest to the place and not farther than `REACH`; None when nobody is."""
    if not len(people):
        return None
    away = np.linalg.norm(people[:, :2] - place_px, axis=1)
    k = int(np.argmin(away))
    return people[k] if away[k] <= REACH * people[k, 2] else None


def person_of(pose: Pose) -> Floats | None:
    """(5,) the person whose pose that is, for trackers that find poses without finding people first.

    The score is the mean visibility of the landmarks that were seen. None when a hip or both shoulders were not.
    """
    points = pose.landmarks_px
    seen = np.isfinite(points).all(axis=1)
    if not seen[_HIPS].all() or not seen[_SHOULDERS].any():
        return None
    hips, shoulders = points[_HIPS].mean(axis=0), np.nanmean(points[_SHOULDERS], axis=0)
    across, down = shoulders - hips
    radius = float(np.linalg.norm(points[seen] - hips, axis=1).max())
    return np.array([*hips, radius, float(pose.visibility[seen].mean()), np.arctan2(across, -down)])
