"""Which of BlazePose's landmarks a foreign skeleton fills."""

import numpy as np
import pytest

from gait.landmarks import Landmark
from gait.pose import BLAZEPOSE_33, COCO_17, Layout


def test_cocos_points_stand_where_blazepose_has_them_and_the_rest_is_not_seen():
    points = np.arange(34.0).reshape(17, 2)
    found = COCO_17.spread(points)
    assert found.shape == (33, 2)
    # COCO's own order: 0 nose, 5 and 6 shoulders, 11 and 12 hips, 13 and 14 knees, 15 and 16 ankles; left first.
    for row, landmark in [
        (0, Landmark.NOSE), (5, Landmark.LEFT_SHOULDER), (6, Landmark.RIGHT_SHOULDER), (11, Landmark.LEFT_HIP),
        (14, Landmark.RIGHT_KNEE), (15, Landmark.LEFT_ANKLE), (16, Landmark.RIGHT_ANKLE),
    ]:  # fmt: skip
        np.testing.assert_array_equal(found[landmark], points[row])
    seen = np.isfinite(found).all(axis=1)
    assert {Landmark(i) for i in np.flatnonzero(seen)} == COCO_17.joints
    assert Landmark.LEFT_HEEL not in COCO_17.joints


def test_frames_and_people_before_the_points_stay():
    points = np.random.default_rng(1).normal(size=(4, 2, 33, 3)).astype(np.float32)
    np.testing.assert_array_equal(BLAZEPOSE_33.spread(points), points)
    assert COCO_17.spread(np.ones((4, 2, 17, 1)), 0.0).sum() == 4 * 2 * 17


def test_points_without_a_landmark_are_left_out():
    layout = Layout(("neck", "l_knee"), (None, Landmark.LEFT_KNEE))
    found = layout.spread(np.array([[1.0], [2.0]]))
    assert np.flatnonzero(np.isfinite(found[:, 0])).tolist() == [Landmark.LEFT_KNEE]
    assert found[Landmark.LEFT_KNEE, 0] == 2


def test_another_number_of_points_is_refused():
    with pytest.raises(ValueError, match="17"):
        COCO_17.spread(np.zeros((18, 2)))


@pytest.mark.parametrize(
    ("names", "landmarks"),
    [
        (("a",), (Landmark.NOSE, None)),
        (("a", "a"), (Landmark.NOSE, None)),
        (("a", "b"), (Landmark.NOSE, Landmark.NOSE)),
    ],
)
def test_a_layout_that_contradicts_itself_is_refused(names, landmarks):
    with pytest.raises(ValueError, match="Layout"):
        Layout(names, landmarks)
