"""A patch that is moved by a known way is found there, finer than a pixel; and lost where it should be."""

import cv2
import numpy as np
import pytest

from gait.events.patch import finer, follow
from gait.model import Crop

LOW, HIGH = np.array([140.0, 330.0]), np.array([180.0, 370.0])
"""The patch in picture coordinates; the crop begins at (100, 300)."""


def crops(ways_px, corner=(100, 300), size=(160, 120)):
    """A textured square over plain grey, moved in the picture by `ways_px` (x, y) frame by frame."""
    texture = cv2.GaussianBlur(np.random.default_rng(3).uniform(0, 255, (60, 60)), (0, 0), 2.0)
    texture = np.clip(128 + 5 * (texture - texture.mean()), 0, 255)
    found = {}
    for frame, (x, y) in enumerate(ways_px):
        shift = np.array([[1.0, 0.0, 130 - corner[0] + x], [0.0, 1.0, 320 - corner[1] + y]])
        moved = cv2.warpAffine(texture, shift, size[::-1], borderMode=cv2.BORDER_CONSTANT, borderValue=-1)
        found[frame] = Crop(np.where(moved >= 0, moved, 90).astype(np.uint8), *corner)
    return found


def followed(luma, order, reach_px=6.0, at=0):
    return list(follow(luma, at, order, LOW, HIGH, reach_px))


def test_y_is_counted_down_from_the_patchs_own_frame():
    ways = [(0, 0), (0, 2.5), (0, 5.25), (0, 8.0)]
    found = followed(crops(ways), range(4))
    assert [frame for frame, _, _ in found] == [0, 1, 2, 3]
    assert [y for _, y, _ in found] == pytest.approx([y for _, y in ways], abs=0.15)
    assert found[0][2] == pytest.approx(1.0, abs=1e-5)
    assert all(likeness > 0.9 for _, _, likeness in found)


def test_sideways_movement_is_followed_and_not_counted():
    found = followed(crops([(0, 0), (4, 0), (8, 0), (12, 0)]), range(4))
    assert len(found) == 4
    assert [y for _, y, _ in found] == pytest.approx([0] * 4, abs=0.15)


def test_where_the_crop_lies_does_not_matter():
    ways = [(0, 0), (0, 3.0), (0, 6.0)]
    luma = crops(ways)
    luma[2] = crops(ways, corner=(90, 312))[2]
    assert [y for _, y, _ in followed(luma, range(3))] == pytest.approx([0, 3, 6], abs=0.15)


def test_it_is_looked_for_where_its_speed_takes_it():
    """Five px more in every frame: within reach of 6 only by the speed it has."""
    ways = [(0, 5.0 * k * (k + 1) / 2) for k in range(5)]
    assert len(followed(crops(ways, size=(260, 120)), range(5))) == 5
    sudden = [(0, 0), (0, 0), (0, 12)]
    assert len(followed(crops(sudden), range(3), reach_px=6.0)) < 3 or followed(crops(sudden), range(3))[2][1] < 8


def test_backwards_through_time_too():
    ways = [(0, -6), (0, -3), (0, 0)]
    found = followed(crops(ways), range(1, -1, -1), at=2)
    assert [(frame, round(y)) for frame, y, _ in found] == [(1, -3), (0, -6)]


def test_it_ends_where_a_frame_is_missing_the_patch_is_gone_or_the_picture_is_flat():
    luma = crops([(0, 0)] * 4)
    missing = {k: v for k, v in luma.items() if k != 2}
    assert [frame for frame, _, _ in followed(missing, range(4))] == [0, 1]
    other = dict(luma)
    other[1] = Crop(np.random.default_rng(9).integers(0, 255, (160, 120), dtype=np.uint8), 100, 300)
    assert [frame for frame, _, _ in followed(other, range(4))] == [0]
    flat = dict(luma)
    flat[1] = Crop(np.full((160, 120), 90, np.uint8), 100, 300)
    assert [frame for frame, _, _ in followed(flat, range(4))] == [0]


@pytest.mark.parametrize(("side_px", "followed_at_all"), [(15, False), (16, True)])
def test_a_small_patch_has_too_little_to_hold_on_to(side_px, followed_at_all):
    luma = crops([(0, 0)] * 2)
    for wide, high in ((side_px, 30), (30, side_px)):
        found = list(follow(luma, 0, range(2), LOW, LOW + np.array([wide, high]), 6.0))
        assert bool(found) is followed_at_all


def test_a_patch_at_the_crops_edge_is_cut_there():
    luma = crops([(0, 0)] * 2)
    assert len(list(follow(luma, 0, range(2), np.array([80.0, 330.0]), HIGH, 6.0))) == 2
    assert list(follow(luma, 0, range(2), np.array([300.0, 330.0]), np.array([340.0, 370.0]), 6.0)) == []


@pytest.mark.parametrize("top", [2.0, 2.3, 1.6])
def test_a_parabolas_top_lies_between_samples(top):
    values = 7 - 3 * (np.arange(5.0) - top) ** 2
    assert finer(values, 2) == pytest.approx(top)


def test_no_top_at_the_ends_beside_what_is_unknown_or_on_a_line():
    values = np.array([5.0, 4.0, 3.0, 4.0, 5.0])
    assert (finer(values, 0), finer(values, 4)) == (0, 4)
    assert finer(np.array([np.nan, 3.0, 1.0]), 1) == 1
    assert finer(np.array([1.0, 3.0, np.inf]), 1) == 1
    assert finer(np.array([1.0, 1.0, 1.0]), 1) == 1
    assert finer(np.array([3.0, 1.0, 2.0]), 1) == 1  # a valley
