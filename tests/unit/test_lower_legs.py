"""What of a picture is kept: the lower legs. Everything else, faces first of all, is painted over."""

import numpy as np
import pytest

from gait.landmarks import Landmark, Side
from gait.lower_legs import CALM_S, PAINT_YUV, kept_boxes, leg_box, paint_outside
from tests.builders.drawn import FPS, HEIGHT, SHANK, STANDING, WIDTH, person, runs

TIMES_S = np.arange(120) / FPS


def test_somebody_who_stands_is_kept_from_above_the_knee_to_below_the_foot():
    points = person(len(TIMES_S))
    boxes = kept_boxes(points, TIMES_S, WIDTH, HEIGHT)
    assert (boxes == leg_box(points[0], WIDTH, HEIGHT)).all()
    x0, y0, x1, y1 = boxes[0]
    hips_y, knees_y = 540, 540 + STANDING["knee"][1]
    toes_y = 540 + STANDING["foot_index"][1]
    assert hips_y < y0 < knees_y < toes_y < y1
    assert x0 < 360 - 55 < 360 + 55 < x1


def test_a_box_holds_the_lower_legs_of_every_frame_and_none_reaches_the_hips():
    track = runs()
    boxes = kept_boxes(track.landmarks_px, track.times_s, WIDTH, HEIGHT)
    for points, (x0, y0, x1, y1) in zip(track.landmarks_px, boxes, strict=True):
        assert y0 >= max(points[Landmark.LEFT_HIP, 1], points[Landmark.RIGHT_HIP, 1]) - 2
        for side in Side:
            for joint in ("knee", "ankle", "heel", "foot_index"):
                x, y = points[Landmark.of(side, joint)]
                assert (x0 <= x <= x1, y0 <= y <= y1) == (True, True), (side, joint)


def test_the_box_is_calm_while_the_legs_swing():
    track = runs()
    boxes = kept_boxes(track.landmarks_px, track.times_s, WIDTH, HEIGHT)
    inner = boxes[round(CALM_S * FPS) : -round(CALM_S * FPS)]
    assert np.ptp(inner, axis=0).max() <= 4


def test_a_knee_that_was_thrown_to_the_face_opens_nothing_above_the_hips():
    points = person(len(TIMES_S))
    points[60, Landmark.LEFT_KNEE] = points[60, Landmark.NOSE]
    assert kept_boxes(points, TIMES_S, WIDTH, HEIGHT)[:, 1].min() >= 540 - 2


def test_nothing_is_kept_where_the_hips_or_the_legs_were_not_seen():
    points = person(len(TIMES_S))
    points[40, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]] = np.nan
    assert not kept_boxes(points, TIMES_S, WIDTH, HEIGHT)[40].any()
    gone = person(len(TIMES_S))
    gone[20:] = np.nan
    gone[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]] = person(1)[0, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]]
    found = kept_boxes(gone, TIMES_S, WIDTH, HEIGHT)
    last = 19 + round(CALM_S * FPS)
    assert found[: last + 1].any(axis=1).all(), "half a second after they were seen last, they are near"
    assert not found[last + 1 :].any()


def test_no_frames_and_uneven_times():
    assert kept_boxes(np.empty((0, 33, 2)), np.empty(0), WIDTH, HEIGHT).shape == (0, 4)
    times_s = np.array([0.0, 0.1, 3.0])
    points = person(3)
    points[2] += (0, SHANK)
    boxes = kept_boxes(points, times_s, WIDTH, HEIGHT)
    assert (boxes[0] == boxes[1]).all()
    assert boxes[2, 1] == boxes[0, 1] + SHANK, "what is three seconds away widens nothing"


@pytest.mark.parametrize("box", [(8, 4, 20, 30), (0, 0, 32, 40), (0, 0, 0, 0), (30, 38, 32, 40)])
def test_what_lies_outside_is_one_colour_and_what_lies_inside_stays(box):
    rng = np.random.default_rng(7)
    planes = [rng.integers(0, 255, size, np.uint8) for size in ((40, 32), (20, 16), (20, 16))]
    before = [plane.copy() for plane in planes]
    paint_outside(planes, box)
    for plane, old, value, shift in zip(planes, before, PAINT_YUV, (0, 1, 1), strict=True):
        x0, y0, x1, y1 = (v >> shift for v in box)
        inside = np.zeros(plane.shape, bool)
        inside[y0:y1, x0:x1] = True
        assert (plane[inside] == old[inside]).all()
        assert (plane[~inside] == value).all()
