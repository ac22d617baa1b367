"""Who of several is meant, and who somebody is whose pose is known."""

import numpy as np
import pytest

from gait.landmarks import Landmark
from gait.pose import COCO_17, Pose, nearest
from gait.pose.people import person_of
from tests.builders.trackers import HEIGHT_PX, STICK


def test_the_nearest_person_is_taken_but_not_from_the_other_side_of_the_room():
    people = np.array([[100, 500, 300, 0.9, 0], [500, 500, 300, 0.7, 0]], float)
    assert nearest(people, np.array([480.0, 520.0]))[0] == 500
    assert nearest(people, np.array([120.0, 480.0]))[0] == 100
    assert nearest(people, np.array([500.0, 670.0])) is not None
    assert nearest(people, np.array([500.0, 690.0])) is None
    assert nearest(people[:0], np.array([0.0, 0.0])) is None


def posed(turn_rad=0.0):
    turned = STICK @ np.array([[np.cos(turn_rad), np.sin(turn_rad)], [-np.sin(turn_rad), np.cos(turn_rad)]])
    points = COCO_17.spread(np.array([200.0, 300.0]) + HEIGHT_PX * turned)
    visibility = COCO_17.spread(np.full((17, 1), 0.8), 0.0)[:, 0]
    return Pose(points, visibility, np.full((33, 3), np.nan))


@pytest.mark.parametrize("turn_rad", [0.0, 0.5, -0.5, 3.0])
def test_a_pose_as_a_person(turn_rad):
    """The farthest point from the hips is an eye, 0.88 up and 0.02 aside; a lean to the picture's right is positive."""
    x, y, radius, score, turn = person_of(posed(turn_rad))
    assert (x, y) == pytest.approx((200, 300))
    assert radius == pytest.approx(HEIGHT_PX * np.hypot(0.88, 0.02))
    assert score == pytest.approx(0.8)
    assert turn == pytest.approx(turn_rad)


@pytest.mark.parametrize(
    ("hidden", "known"),
    [
        ([Landmark.LEFT_SHOULDER], True),
        ([Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], False),
        ([Landmark.RIGHT_HIP], False),
    ],
)
def test_without_hips_or_shoulders_nobody(hidden, known):
    pose = posed()
    pose.landmarks_px[hidden] = np.nan
    assert (person_of(pose) is not None) is known
