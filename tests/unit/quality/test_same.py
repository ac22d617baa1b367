"""One place, one person, one shoe: a drawn room with a person in it, seen again, mirrored, moved, redressed and in another light."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from gait import quality
from gait.landmarks import Side
from gait.model import FootAngles, LegLikeness
from gait.quality.place import compare_places
from tests.builders.drawn import HEIGHT, HIPS, SHANK, TORSO, WIDTH, codes, person

SIZE = (360, 640)
BLUE, RED, BLACK, GREEN = (40, 60, 160), (170, 40, 40), (25, 25, 28), (60, 140, 70)


def room(seed=1, size=SIZE):
    """A wall of random boxes: the same for one seed."""
    rng = np.random.default_rng(seed)
    picture = np.full((size[1], size[0], 3), 120, np.uint8)
    for _ in range(160):
        x, y = rng.integers(0, size[0]), rng.integers(0, size[1])
        w, h = rng.integers(10, 60, 2)
        cv2.rectangle(picture, (int(x), int(y)), (int(x + w), int(y + h)), rng.integers(30, 220, 3).tolist(), -1)
    return cv2.GaussianBlur(picture, (0, 0), 1.0)


def shots(picture, shirt=BLUE, shorts=BLACK, n=3, light=1.0, noise=3.0, size_px=(WIDTH, HEIGHT)):
    """`n` frames of somebody in that room; the person fills the middle, as in the drawn landmarks."""
    scale = picture.shape[1] / WIDTH
    points = np.repeat(person(1), n, axis=0)
    image = picture.copy()
    left, right, up, down = HIPS[0] - 90, HIPS[0] + 90, HIPS[1] - TORSO - 40, HIPS[1] + 2 * SHANK + 60
    cv2.rectangle(
        image, (int(left * scale), int(up * scale)), (int(right * scale), int(down * scale)), (190, 150, 120), -1
    )
    for colour, y0, y1 in ((shirt, HIPS[1] - TORSO, HIPS[1] - 10), (shorts, HIPS[1] - 10, HIPS[1] + 120)):
        cv2.rectangle(image, (int(left * scale), int(y0 * scale)), (int(right * scale), int(y1 * scale)), colour, -1)
    rng = np.random.default_rng(0)
    frames = [np.clip(light * image + rng.normal(0, noise, image.shape), 0, 255).astype(np.uint8) for _ in range(n)]
    points = points * np.array([size_px[0] / WIDTH, size_px[1] / HEIGHT])
    return quality.Shots(tuple(frames), points, *size_px)


def test_the_same_room_is_the_same_place():
    found = quality.check_same_scene(shots(room()), shots(room()))
    assert found.findings == ()
    assert found.place.kind == "same"
    assert found.place.light == pytest.approx(np.ones(3), abs=0.02)


@pytest.mark.parametrize("light", [0.6, 1.3])
def test_another_light_is_measured_and_is_no_other_person(light):
    found = quality.check_same_scene(shots(room(), light=light), shots(room()))
    assert found.findings == ()
    assert found.place.light == pytest.approx(np.full(3, light), rel=0.05)


def test_more_pixels_of_the_same_picture_are_the_same_place():
    large = cv2.resize(room(), (540, 960), interpolation=cv2.INTER_CUBIC)
    found = quality.check_same_scene(shots(room()), shots(large, size_px=(1080, 1920)))
    assert found.findings == ()


def test_a_mirrored_room():
    found = quality.check_same_scene(shots(room()), shots(np.ascontiguousarray(room()[:, ::-1])))
    assert codes(found.findings, "refuse") == {"standing_mirrored"}


def test_another_room():
    found = quality.check_same_scene(shots(room(1)), shots(room(2)))
    assert codes(found.findings, "refuse") == {"standing_other_place"}


@pytest.mark.parametrize(
    ("zoom", "roll_deg", "shift_px", "severity"),
    [(1.05, 0, 6, "warn"), (1.0, 2, 0, "warn"), (1.0, 9, 0, "refuse"), (1.0, 0, 120, "refuse")],
)
def test_a_camera_that_was_touched(zoom, roll_deg, shift_px, severity):
    # the standing clip's camera saw the room zoomed, turned and shifted by these
    matrix = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), -roll_deg, zoom)
    matrix[:, 2] += (0, shift_px)
    seen = cv2.warpAffine(room(), matrix, SIZE, borderMode=cv2.BORDER_REFLECT_101)
    found = quality.check_same_scene(shots(room()), shots(seen))
    assert codes(found.findings, severity) == {"standing_camera_moved"}
    assert found.place.kind == "moved"
    assert found.place.scale == pytest.approx(1 / zoom, abs=0.01)
    assert found.place.roll_deg == pytest.approx(-roll_deg, abs=0.3)


@pytest.mark.parametrize(("shirt", "shorts"), [(RED, BLACK), (BLUE, GREEN)])
def test_other_clothes_are_somebody_else(shirt, shorts):
    found = quality.check_same_scene(shots(room()), shots(room(), shirt, shorts))
    assert codes(found.findings, "refuse") == {"standing_other_person"}


def test_a_bare_wall_says_nothing_of_the_place():
    bare = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    points = shots(bare, noise=0)
    nowhere = replace(points, landmarks_px=np.stack([[(0, 0), (WIDTH, HEIGHT)] + [(np.nan, np.nan)] * 31] * 3))
    assert compare_places(nowhere, nowhere).kind == "unknown"
    assert quality.check_same_scene(nowhere, nowhere).findings == ()


HEEL, CALF = np.array([40.0, 60, 130]), np.array([180.0, 140, 110])


def leg(score=0.95, size=1.0, heel=HEEL, calf=CALF):
    nothing = np.empty(0)
    angles = FootAngles(
        np.empty(0, np.int64), np.empty(0, np.int64), nothing, nothing, nothing, nothing, np.empty(0, np.bool_),
        np.empty((0, 2, 2)), np.empty((0, 2, 2)), "heel_counter", 0.6, 2.0,
    )  # fmt: skip
    return {Side.LEFT: replace(angles, likeness=LegLikeness(score, size, HEEL, heel, CALF, calf))}


KNOWN, LIT = quality.CameraPlace("same", 1.0, light=np.ones(3)), quality.CameraPlace("same", 1.0, light=np.full(3, 0.6))


@pytest.mark.parametrize(
    ("looks", "code"),
    [
        ({}, None),
        ({"score": 0.61}, None),
        ({"score": 0.59}, "standing_other_shoe"),
        ({"heel": HEEL + 8}, None),
        ({"heel": HEEL + np.array([90.0, 60, -60])}, "standing_other_shoe"),
        ({"size": 0.85, "score": 0.85}, "standing_other_shoe"),
        ({"size": 0.85, "score": 0.95}, None),
        ({"calf": 1.15 * CALF}, None),
        ({"calf": np.array([95.0, 80, 72])}, "standing_other_person"),
    ],
)
def test_heel_and_calf_must_look_as_they_did_standing(looks, code):
    found = quality.check_same_leg(leg(**looks), KNOWN)
    assert codes(found, "refuse") == ({code} if code else set())


def test_the_light_between_the_clips_is_no_other_shoe():
    dimmer = leg(heel=0.6 * HEEL * (1, 1, 1), calf=0.6 * CALF)
    assert quality.check_same_leg(dimmer, LIT) == ()
    bright = {
        s: replace(f, likeness=replace(f.likeness, heel_standing=3 * HEEL, heel_run=1.8 * HEEL))
        for s, f in dimmer.items()
    }
    assert quality.check_same_leg(bright, LIT) == ()
    assert codes(quality.check_same_leg(bright, KNOWN)) == {"standing_other_shoe"}


def test_landmarks_that_are_not_seen_hide_nothing():
    unseen = replace(shots(room()), landmarks_px=np.full((3, 33, 2), np.nan))
    assert np.isnan(quality.clothes.compare_clothes(unseen, unseen, KNOWN)).all()
