"""One place, one person, one shoe: a drawn room with a person in it, seen again, mirrored, moved, redressed and in another light."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from gait import quality, words
from gait.landmarks import Side
from gait.model import FootAngles, LegLikeness, RearfootAngles
from gait.quality.place import compare_places
from gait.rearfoot import doubt, without
from tests.builders.drawn import HEIGHT, HIPS, SHANK, TORSO, WIDTH, codes, person, tracked

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


def uneven():
    """A room that is symmetric in the main."""
    half = room()[:, : SIZE[0] // 2]
    even = np.concatenate([half, half[:, ::-1]], axis=1)
    return cv2.addWeighted(even, 0.6, room(5), 0.4, 0)


def shifted(picture, px):
    return cv2.warpAffine(picture, np.array([[1.0, 0, px], [0, 1, 0]]), SIZE, borderMode=cv2.BORDER_REFLECT_101)


def test_a_touched_camera_before_a_nearly_symmetric_room_is_not_called_mirrored():
    run = shots(shifted(uneven(), 4))
    touched, mirrored = shifted(uneven(), -4), shifted(uneven(), 4)[:, ::-1]
    found = quality.check_same_scene(run, shots(touched))
    assert codes(found.findings, "warn") == {"standing_camera_moved"}
    found = quality.check_same_scene(run, shots(np.ascontiguousarray(mirrored)))
    assert codes(found.findings, "refuse") == {"standing_mirrored"}


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


def leg(score=0.95, size=1.0, heel=HEEL, calf=CALF, width=1.005):
    nothing = np.empty(0)
    angles = FootAngles(
        np.empty(0, np.int64), np.empty(0, np.int64), nothing, nothing, nothing, nothing, np.empty(0, np.bool_),
        np.empty((0, 2, 2)), np.empty((0, 2, 2)), "heel_counter", 0.6, 2.0,
    )  # fmt: skip
    return {Side.LEFT: replace(angles, likeness=LegLikeness(score, size, HEEL, heel, CALF, calf, width))}


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
    assert found.lost == ()
    assert codes(found.findings, "refuse") == ({code} if code else set())


def test_the_light_between_the_clips_is_no_other_shoe():
    dimmer = leg(heel=0.6 * HEEL * (1, 1, 1), calf=0.6 * CALF)
    assert quality.check_same_leg(dimmer, LIT).findings == ()
    bright = {
        s: replace(f, likeness=replace(f.likeness, heel_standing=3 * HEEL, heel_run=1.8 * HEEL))
        for s, f in dimmer.items()
    }
    assert quality.check_same_leg(bright, LIT).findings == ()
    assert codes(quality.check_same_leg(bright, KNOWN).findings) == {"standing_other_shoe"}


SURE = {"score": 0.9, "size": 1.05}
BADLY = {"score": 0.63, "size": 0.8}


@pytest.mark.parametrize(
    ("one", "other", "lost"),
    [
        (SURE, BADLY, True),
        (SURE, {"score": 0.2}, True),
        (SURE, BADLY | {"heel": HEEL + np.array([90.0, 60, -60])}, False),
        ({"score": 0.84}, BADLY, False),
        ({"score": 0.95, "size": 0.9}, BADLY, False),
        ({"score": 0.95, "heel": HEEL + 25}, BADLY, False),
        (BADLY, BADLY, False),
    ],
)
def test_people_wear_pairs_one_sure_heel_speaks_for_the_other(one, other, lost):
    pair = {Side.LEFT: leg(**one)[Side.LEFT], Side.RIGHT: leg(**other)[Side.LEFT]}
    for feet in (pair, {Side.LEFT: pair[Side.RIGHT], Side.RIGHT: pair[Side.LEFT]}):
        bad = next(side for side in Side if feet[side] is pair[Side.RIGHT])
        found = quality.check_same_leg(feet, KNOWN)
        assert found.lost == ((bad,) if lost else ())
        assert codes(found.findings, "refuse") == (set() if lost else {"standing_other_shoe"})


WHITE, BLACK_SHOE = np.full((8, 3), 215.0), np.full((8, 3), 30.0)


def looking(run: np.ndarray, standing: np.ndarray):
    """A foot whose counter is alike, but not beyond doubt, and whose shoe round it looks so."""
    one = leg(score=0.8)[Side.LEFT]
    return replace(one, likeness=replace(one.likeness, shoe_run=run, shoe_standing=standing))


def partly(share_of_8: int) -> np.ndarray:
    """A black shoe with so many of its eight places white."""
    return np.where(np.arange(8)[:, None] < share_of_8, WHITE, BLACK_SHOE)


@pytest.mark.parametrize(
    ("left", "right", "refused"),
    [
        (BLACK_SHOE, BLACK_SHOE, False),
        (WHITE, WHITE, True),
        (partly(3), partly(3), True),
        (partly(1), partly(1), False),
        (WHITE, BLACK_SHOE, False),
        (WHITE, None, True),
    ],
    ids=["alike", "another", "three of eight places", "one of eight", "one foot alike", "one foot seen"],
)
def test_the_shoe_round_the_counter_must_look_alike_on_one_foot_at_least(left, right, refused):
    """A black heel was found again on a black sock above a white shoe, as well as on its own shoe."""
    feet = {Side.LEFT: looking(left, BLACK_SHOE)}
    if right is not None:
        feet[Side.RIGHT] = looking(right, BLACK_SHOE)
    found = quality.check_same_leg(feet, KNOWN)
    assert codes(found.findings, "refuse") == ({"standing_other_shoe"} if refused else set())


def test_the_light_is_taken_out_of_the_shoe_too():
    foot = looking(0.6 * WHITE, WHITE)
    seen = replace(foot.likeness, heel_run=0.6 * HEEL, calf_run=0.6 * CALF)
    assert quality.check_same_leg({Side.LEFT: replace(foot, likeness=seen)}, LIT).findings == ()
    assert codes(quality.check_same_leg({Side.LEFT: foot}, KNOWN).findings) == {"standing_other_shoe"}


def test_a_counter_beyond_doubt_says_more_than_the_shoe_round_it():
    lit_from_the_side = replace(looking(WHITE, BLACK_SHOE).likeness, score=0.9)
    foot = replace(leg()[Side.LEFT], likeness=lit_from_the_side)
    assert quality.check_same_leg({Side.LEFT: foot}, KNOWN).findings == ()


def test_two_sure_heels_lose_nothing():
    pair = {side: leg(**SURE)[Side.LEFT] for side in Side}
    assert quality.check_same_leg(pair, KNOWN) == quality.same.Legs((), ())


def test_a_foot_that_is_lost_is_not_measured_and_says_why():
    both = RearfootAngles({side: leg()[Side.LEFT] for side in Side}, "standing")
    left = without(both, (Side.RIGHT,))
    assert left.feet[Side.LEFT] is both.feet[Side.LEFT]
    assert (left.feet[Side.RIGHT].method, len(left.feet[Side.RIGHT].frame)) == ("landmarks", 0)
    assert [r.code for r in left.feet[Side.RIGHT].reasons] == ["heel_not_recognised"]
    assert without(both, ()).feet == both.feet


def test_landmarks_that_are_not_seen_hide_nothing():
    unseen = replace(shots(room()), landmarks_px=np.full((3, 33, 2), np.nan))
    assert np.isnan(quality.clothes.compare_clothes(unseen, unseen, KNOWN)).all()


USUAL = np.array([0.013, 0.037])
"""Shoulders and torso standing over running, as the same person's are."""


@pytest.mark.parametrize(
    ("shoulders", "torso", "calf", "severity", "case"),
    [
        (0, 0, 0, None, None),
        (0.01, -0.01, 0.015, None, None),
        (-0.045, 0.045, 0, "warn", "shoulders"),
        (-0.04, 0.05, 0, "warn", "torso"),
        (0.06, 0.06, 0, "refuse", "shoulders"),
        (-0.02, -0.08, 0, "refuse", "torso"),
        (0.04, 0.02, -0.05, "refuse", "calf"),
        (0, 0, 0.08, "refuse", "calf"),
    ],
)
def test_somebody_dressed_alike_is_built_otherwise(shoulders, torso, calf, severity, case):
    said = quality.check_same_body(USUAL + np.array([shoulders, torso]), leg(width=1.005 * np.exp(calf)), KNOWN)
    assert [(f.severity, f.values["measure"]) for f in said.findings] == ([(severity, case)] if severity else [])
    assert (said.probability > 0.97, said.probability < 0.5) == (severity is None, severity == "refuse")
    assert all(words.message(f) and words.advice(f) for f in said.findings)


def test_another_skin_is_somebody_else_but_not_by_its_brightness():
    found = quality.check_same_body(USUAL, leg(calf=CALF * 1.1), KNOWN)
    assert found.findings == ()
    paler = leg(calf=CALF + np.array([12.0, -12, 0]))
    found = quality.check_same_body(USUAL, paler, KNOWN)
    assert [(f.code, f.values["measure"]) for f in found.findings] == [("standing_doubtful", "skin")]
    # where the light between the clips is not known, neither is the skin's colour
    assert quality.check_same_body(USUAL, paler, quality.CameraPlace("unknown", np.nan)).findings == ()


def test_the_more_a_body_differs_the_less_it_is_the_runners():
    found = [quality.check_same_body(USUAL + d, leg(), KNOWN).probability for d in np.linspace(0, 0.12, 13)]
    assert (np.diff(found) < 0).all()
    assert 0.99 < found[0] < 1


def test_what_is_not_seen_says_nothing_of_who_it_is():
    unseen = np.full(2, np.nan)
    nothing = {s: replace(f, likeness=None) for s, f in leg().items()}
    assert quality.check_same_body(unseen, nothing, KNOWN).probability == pytest.approx(900 / 901)
    assert quality.check_same_body(unseen, leg(width=np.nan), KNOWN).findings == ()
    # from another place a body has another size
    far = USUAL + 0.2
    assert quality.check_same_body(far, leg(), quality.CameraPlace("unknown", np.nan)).findings == ()
    assert codes(quality.check_same_body(far, leg(), KNOWN).findings) == {"standing_other_person"}


def test_a_bodys_measures_are_the_pictures_and_take_its_enlargement_out():
    taller = track_of(1.1)
    np.testing.assert_allclose(quality.compare_bodies(track_of(1), taller, 1.0), np.log([1.1, 1.1]), atol=1e-6)
    np.testing.assert_allclose(quality.compare_bodies(track_of(1), taller, 1 / 1.1), 0, atol=1e-6)
    nobody = replace(taller, landmarks_px=np.full_like(taller.landmarks_px, np.nan))
    assert np.isnan(quality.compare_bodies(track_of(1), nobody, 1.0)).all()


def track_of(size):
    """The drawn person, that many times as large."""
    middle = np.array([WIDTH / 2, HEIGHT / 2])
    return tracked(middle + size * (person(12) - middle))


@pytest.mark.parametrize(("probability", "more_deg"), [(1.0, 0.0), (0.75, 1.25), (0.0, 2.5)])
def test_doubt_widens_what_all_frames_share(probability, more_deg):
    doubted = doubt(RearfootAngles(leg(), "standing"), probability)
    assert doubted.feet[Side.LEFT].systematic_sd_deg == pytest.approx(np.hypot(0.6, more_deg))
