"""A lens by the room's long edges, drawn through a known one."""

import cv2
import numpy as np
import pytest

from gait import words
from gait.lens import Lens
from gait.quality import Shots, check_lens, measure_lens

WIDE, HIGH, FINE = 360, 640, 4


def drawn(
    k1: float, lines: list[tuple[tuple[float, float], tuple[float, float]]], rings: tuple[int, ...] = ()
) -> np.ndarray:
    """Straight strips between two points each, and rings about a point beside the middle, seen through the lens."""
    lens = Lens(k1, FINE * WIDE, FINE * HIGH)
    image = np.full((FINE * HIGH, FINE * WIDE, 3), 90, np.uint8)
    for one, two in lines:
        along = np.linspace(0, 1, 400)[:, None]
        places = FINE * (np.array(one) + along * (np.array(two) - np.array(one)))
        cv2.polylines(image, [np.round(lens.seen(places)).astype(np.int32)], False, (200, 205, 210), FINE * 8)
    for radius in rings:
        cv2.circle(image, (FINE * 150, FINE * 420), FINE * radius, (200, 205, 210), FINE * 8)
    small = cv2.resize(image, (WIDE, HIGH), interpolation=cv2.INTER_AREA)
    return np.clip(small + np.random.default_rng(1).normal(0, 1.5, small.shape), 0, 255).astype(np.uint8)


ROOM = [
    ((60, 300), (60, 600)), ((300, 300), (300, 600)), ((50, 560), (310, 560)),
    ((40, 60), (40, 270)), ((40, 40), (330, 40)), ((325, 60), (320, 270)),
]  # fmt: skip
"""A belt, a frame, a wall's edge and a door's."""


def shots(*pictures: np.ndarray) -> Shots:
    return Shots(pictures, np.full((len(pictures), 33, 2), np.nan), 2 * WIDE, 2 * HIGH)


@pytest.mark.parametrize("k1", [-0.2, -0.15, -0.1, -0.07, 0.1])
def test_the_lens_that_bent_the_room_is_found(k1: float) -> None:
    lens = measure_lens(shots(drawn(k1, ROOM)))
    assert lens is not None
    assert lens.k1 == pytest.approx(k1, abs=0.015)
    assert (lens.width_px, lens.height_px) == (2 * WIDE, 2 * HIGH)
    (finding,) = check_lens(lens)
    assert (finding.code, finding.severity) == ("lens_bends", "warn")
    assert finding.value == pytest.approx(k1, abs=0.016)
    assert "straight lines" in words.message(finding)


@pytest.mark.parametrize("k1", [0.0, -0.015, 0.015])
def test_a_lens_that_hardly_bends_is_left_alone(k1: float) -> None:
    assert measure_lens(shots(drawn(k1, ROOM))) is None
    assert check_lens(None) == ()


def test_round_things_are_no_lens() -> None:
    assert measure_lens(shots(drawn(0.0, [], (60, 90, 120)))) is None
    assert measure_lens(shots(drawn(0.0, ROOM, (60, 90, 120)))) is None


def test_one_crooked_edge_convinces_nobody() -> None:
    assert measure_lens(shots(drawn(-0.15, ROOM[2:3]))) is None


def test_without_a_picture_or_an_edge_nothing_is_said() -> None:
    assert measure_lens(Shots((), np.empty((0, 33, 2)), WIDE, HIGH)) is None
    assert measure_lens(shots(np.full((HIGH, WIDE, 3), 90, np.uint8))) is None


def test_whoever_walks_through_does_not_matter() -> None:
    rooms = []
    for i in range(5):
        picture = drawn(-0.15, ROOM)
        cv2.rectangle(picture, (20 + 65 * i, 100), (70 + 65 * i, 600), (30, 30, 30), -1)
        rooms += [picture, picture]
    lens = measure_lens(shots(*rooms))
    assert lens is not None
    assert lens.k1 == pytest.approx(-0.15, abs=0.015)
