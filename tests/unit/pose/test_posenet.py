"""PoseNet: its original's points again, people out of drawn maps, and the sample's runner."""

import json
from dataclasses import replace
from functools import cache
from itertools import islice

import numpy as np
import pytest

from gait import clip as clips
from gait import pose
from gait.landmarks import Landmark, Side
from gait.pose import COCO_17
from gait.pose.trackers import posenet
from gait.pose.trackers.posenet_people import BONES, Maps, people_in
from gait.settings import PoseSettings
from tests.builders import SAMPLES
from tests.builders.trackers import STICK

ORIGINAL = np.array(
    [
        *([66.44, 51.71, 0.17], [64.37, 49.12, 0.09], [69.87, 48.6, 0.11], [64.23, 53.0, 0.73], [82.63, 54.8, 0.72]),
        *([55.37, 72.71, 0.98], [89.01, 72.49, 0.98], [43.67, 95.99, 0.99], [101.56, 100.21, 0.94]),
        *([53.35, 107.69, 0.86], [88.98, 100.31, 0.39], [62.32, 120.26, 0.99], [83.4, 120.66, 0.99]),
        *([62.74, 159.58, 0.98], [84.31, 159.3, 0.97], [65.95, 206.54, 0.91], [76.53, 200.53, 0.81]),
    ]
)
"""x, y in the network's picture of 145 x 257 pixels, and score: frame 20 of the sample run by TensorFlow.js 3.21 (tfjs-converter, the
processor's backend) with the same weights, and @tensorflow-models/posenet 2.2.2, decodeMultiplePoses(stride 16, 5 people, 0.5, 20)."""
STRIDE_PX = 16


@cache
def picture():
    """Frame 20 of the sample run as trackers are given it."""
    clip = clips.open_clip(SAMPLES / "treadmill_rear.mp4")
    return next(islice(clips.frames(clip, max_side_px=640), 20, None)).image


def test_the_original_s_points_come_out(monkeypatch):
    monkeypatch.setattr(posenet, "SIDE_PX", 257)
    image = picture()
    (found,) = posenet.see(image, STRIDE_PX)
    expected = ORIGINAL[:, :2] * (np.array(image.shape[1::-1]) - 1) / (144, 256)
    at = [int(m) for m in COCO_17.landmarks]
    # The issue asks for 10 px; measured are 0.2 px of the network's picture, 0.5 of this one.
    assert np.abs(found.landmarks_px[at] - expected).max() < 1.0
    assert np.abs(found.visibility[at] - ORIGINAL[:, 2]).max() < 0.02
    assert np.isnan(np.delete(found.landmarks_px, at, axis=0)).all()
    assert (np.delete(found.visibility, at) == 0).all()


def test_small_cells_find_the_same_runner():
    (coarse,), (fine,) = posenet.see(picture(), 16), posenet.see(picture(), 8)
    for name in ("LEFT_HIP", "RIGHT_HIP", "LEFT_KNEE", "RIGHT_KNEE"):
        assert np.abs(coarse.landmarks_px[Landmark[name]] - fine.landmarks_px[Landmark[name]]).max() < 12


def maps_of(people, size_px=(321, 257), stride_px=STRIDE_PX, peaks=None):
    """What a perfect network says: in each cell the offset and bones of whoever's point is nearest. `peaks`: (m, 17) scores."""
    peaks = np.full(people.shape[:2], 0.9) if peaks is None else peaks
    shape = tuple((v - 1) // stride_px + 1 for v in size_px[::-1])
    cells = np.stack(np.mgrid[: shape[0], : shape[1]]) * stride_px
    yx = people[..., ::-1]
    away = np.linalg.norm(yx[..., None, None] - cells, axis=2)
    nearest = away.argmin(axis=0)
    score = (peaks[..., None, None] * np.exp(-((away / 20) ** 2))).max(axis=0)

    def of_nearest(which, values):
        return np.take_along_axis(values, nearest[which][None, None], axis=0)[0]

    offset = np.stack([of_nearest(k, yx[:, k, :, None, None] - cells) for k in range(17)])

    def ways(here, there):
        way = np.broadcast_to((yx[:, there] - yx[:, here])[..., None, None], (len(yx), 2, *shape))
        return of_nearest(here, way)

    forward = np.stack([ways(a, b) for a, b in BONES])
    backward = np.stack([ways(b, a) for a, b in BONES])
    return Maps(score, offset, forward, backward, stride_px)


def stick(x, y, height=100.0):
    """COCO's points of somebody seen from behind, hips there."""
    return np.array([x, y]) + height * STICK


@pytest.mark.parametrize("stride_px", [8, 16])
def test_people_are_read_out_of_drawn_maps_to_a_hundredth_of_a_pixel(stride_px):
    people = np.stack([stick(90.3, 130.7), stick(220.9, 120.2, 80.0)])
    found = people_in(maps_of(people, stride_px=stride_px))
    assert len(found) == 2
    for points, scores in found:
        assert min(np.abs(points - p).max() for p in people) < 0.01
        assert scores.min() > 0.4


def test_an_ankle_is_found_from_its_own_knee_though_the_other_one_is_surer():
    """Both ankle maps are brightest at the right ankle, as they are for runners seen from behind."""
    person = stick(100, 130)
    maps = maps_of(person[None])
    left, right = (COCO_17.names.index(f"{s}_ankle") for s in ("left", "right"))
    score = maps.score.copy()
    score[left] = 0.3 * maps.score[left] + maps.score[right]
    (points, _) = people_in(replace(maps, score=score))[0]
    assert np.abs(points[left] - person[left]).max() < 1
    _, column = np.unravel_index(score[left].argmax(), score[left].shape)
    assert abs(column * STRIDE_PX - person[right, 0]) < abs(column * STRIDE_PX - person[left, 0])


def test_nobody_and_shadows_are_not_people():
    person = stick(100, 130)
    assert people_in(maps_of(person[None], peaks=np.full((1, 17), 0.4))) == []
    # Sure hips a palm's breadth off, all else the same: a second person of two points of his own.
    shadow = person.copy()
    shadow[[11, 12]] += (0, 40)
    assert len(people_in(maps_of(np.stack([person, shadow])))) == 1
    assert len(people_in(maps_of(np.stack([person, stick(220, 130)])))) == 2


@pytest.mark.slow
def test_the_sample_runner_is_followed():
    whole = clips.open_clip(SAMPLES / "treadmill_rear.mp4")
    clip = replace(whole, times_s=whole.times_s[:24])
    track, legs = pose.track_clip(clip, PoseSettings(tracker="posenet"))
    legs.close()
    truth = json.loads((SAMPLES / "treadmill_rear.truth.json").read_text())["frames"]
    assert track.detected.all()
    assert track.tracker == "posenet"
    for side in Side:
        off = track.landmarks_px[:, Landmark.of(side, "knee")] - np.array(truth[side.value]["knee_px"])[:24]
        # The other knee is 100 px away.
        assert np.abs(np.median(off, axis=0)).max() < 30, side
    assert np.isnan(track.landmarks_px[:, Landmark.LEFT_HEEL]).all()


def test_the_network_is_the_one_that_was_made():
    """Whoever makes it anew raises `MADE` and this: kept tracks hang on both."""
    assert posenet.identify(16).model_sha256.startswith("10314b81d81c")
    assert posenet.identify(8).model_sha256.startswith("fd7a36ac84af")
