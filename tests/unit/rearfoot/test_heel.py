"""The remembered counter: where it is, what it looks like, and finding it again."""

from functools import lru_cache

import cv2
import numpy as np
import pytest

from gait.geometry import tilt_deg, turned
from gait.rearfoot import heel
from gait.rearfoot.align import Alignment, similarity
from gait.rearfoot.frame import UNITS, HeelPicture, expected_heel

HEIGHT, WIDTH = 124, 128
TO_PICTURE = np.array([[0.5, 0.0, 100.0], [0.0, 0.5, 200.0]])
"""Half a picture pixel per patch pixel."""


def picture(
    turn_deg: float = 0.0,
    stripe: int = 0,
    shift: tuple[float, float] = (0.0, 0.0),
    seed: int = 0,
    outlines_deg: float | None = None,
) -> HeelPicture:
    """A heel about 40 wide with a collar and a midsole, turned clockwise about the counter's middle; its stripe alone where its outlines are given."""
    k = 4
    big = np.full((HEIGHT * k, WIDTH * k, 3), 100, np.uint8)
    ax, ay = expected_heel(HeelPicture(np.zeros((HEIGHT, WIDTH, 3), np.uint8), TO_PICTURE))

    def box(
        x0: float, x1: float, y0: float, y1: float, colour: tuple[int, int, int], turned_deg: float | None = None
    ) -> None:
        r = np.radians(turn_deg if turned_deg is None else turned_deg)
        turn = np.array([[np.cos(r), -np.sin(r)], [np.sin(r), np.cos(r)]])
        corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) @ turn.T
        at = corners + (ax + shift[0], ay - heel.MIDDLE * UNITS + shift[1]) + 0.5
        cv2.fillPoly(big, [np.round(at * k * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)

    box(-16, 16, -40, -18, (220, 190, 160), outlines_deg)
    box(-20, 20, -18, 18, (40, 50, 120), outlines_deg)
    box(-24, 24, 18, 30, (240, 240, 235), outlines_deg)
    if stripe:
        box(-3, 3, -18, 18, (40 + stripe, 50 + stripe, 120))
    small = cv2.resize(big, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(seed).normal(0, 1.5, small.shape)
    return HeelPicture(np.clip(cv2.GaussianBlur(small, (0, 0), 1.2) + noise, 0, 255).astype(np.uint8), TO_PICTURE)


@lru_cache
def remembered(**look: int) -> heel.Counter:
    counter = heel.remember([picture(seed=i, **look) for i in range(5)], 0.0)
    assert counter is not None
    return counter


@pytest.mark.parametrize(("stripe", "plain"), [(0, True), (30, True), (80, False)])
def test_a_counter_is_plain_below_50_grey_levels(stripe: int, plain: bool) -> None:
    assert remembered(stripe=stripe).plain is plain


def test_what_does_not_repeat_is_not_remembered() -> None:
    rng = np.random.default_rng(0)
    noise = [HeelPicture(rng.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8), TO_PICTURE) for _ in range(5)]
    assert heel.remember(noise, 0.0) is None


@pytest.mark.parametrize(("alike", "remembered"), [(4, True), (2, True), (1, False)])
def test_half_of_the_pictures_must_fit_one_another(alike: int, remembered: bool) -> None:
    rng = np.random.default_rng(2)
    pictures = [picture(0.0, 90, seed=i) for i in range(alike)]
    pictures += [HeelPicture(rng.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8), TO_PICTURE) for _ in range(4 - alike)]
    assert (heel.remember(pictures, 0.0) is not None) is remembered


def test_a_raised_window_is_cut_higher() -> None:
    pictures = [picture(seed=i) for i in range(3)]
    usual, higher = heel.remember(pictures, 0.0), heel.remember(pictures, 0.0, 0.03)
    assert usual is not None
    assert higher is not None
    assert usual.origin_px[1] - higher.origin_px[1] == round(0.03 * UNITS)
    assert usual.origin_px[0] == higher.origin_px[0]
    assert usual.template.image.shape == higher.template.image.shape == (34, 48, 3)


@pytest.mark.parametrize("lean_deg", [-8.0, 0.0, 5.0])
def test_a_counter_s_own_lean_is_that_of_its_edges(lean_deg: float) -> None:
    counter = heel.remember([picture(lean_deg, 80, seed=i) for i in range(3)], 0.0)
    assert counter is not None
    # the counter's corners pull it upright by a sixth; it is the zero of the same counter's turn, so that this cancels
    assert counter.lean_deg == pytest.approx(lean_deg, abs=0.4 + abs(lean_deg) / 6)


@pytest.mark.parametrize("eversion_turn", [1, -1])
@pytest.mark.parametrize("everted_deg", [-12.0, 3.0, 18.0])
@pytest.mark.parametrize("stripe", [0, 90])
def test_a_turned_and_moved_counter_is_found_by_searching(eversion_turn: int, everted_deg: float, stripe: int) -> None:
    counter = remembered(stripe=stripe)
    turn = eversion_turn * everted_deg
    now = {7: picture(turn, stripe, (9.0, -6.0), seed=9)}
    found = heel.find(counter, now, {7: heel.search(counter, now[7], eversion_turn)[:3]})[7]
    assert heel.believed(found)
    line, tilt = heel.heel_line(counter, found, now[7])
    assert tilt - counter.lean_deg == pytest.approx(turn, abs=0.8)
    ax, ay = expected_heel(now[7])
    middle = np.array([ax + 9.0, ay - heel.MIDDLE * UNITS - 6.0])
    np.testing.assert_allclose(line.mean(axis=0), TO_PICTURE @ np.append(middle, 1.0), atol=1.0)
    assert line[0, 1] > line[1, 1]
    assert tilt == pytest.approx(float(tilt_deg(line[1] - line[0])))


@pytest.mark.parametrize("turn_deg", [-6.0, 8.0])
def test_a_strip_says_the_tilt_where_the_outlines_say_another(turn_deg: float) -> None:
    """Of a foot turned out, or from a low camera, the outlines are not the counter's. Through the whole window 4.6 and 6.8 degrees would be read."""
    counter = remembered(stripe=60)
    now = {1: picture(turn_deg, 60, seed=4, outlines_deg=0.0)}
    found = heel.find(counter, now, {1: heel.search(counter, now[1], 1)})[1]
    assert heel.heel_line(counter, found, now[1])[1] - counter.lean_deg == pytest.approx(turn_deg, abs=0.3)


@pytest.mark.parametrize("middle_px", [-7.0, 5.0])
def test_the_drawn_line_lies_where_the_leg_s_axis_meets_the_counter(middle_px: float) -> None:
    counter = heel.remember([picture(0.0, 90, seed=i) for i in range(3)], middle_px)
    assert counter is not None
    now = {1: picture(0.0, 90, seed=8)}
    found = heel.find(counter, now, {1: heel.search(counter, now[1], 1)[:2]})[1]
    line, _ = heel.heel_line(counter, found, now[1])
    ax, _ = expected_heel(now[1])
    assert line.mean(axis=0)[0] == pytest.approx(TO_PICTURE[0] @ (ax + middle_px, 0.0, 1.0), abs=0.5)


def test_the_best_of_several_starts_stays() -> None:
    counter = remembered(stripe=90)
    now = {1: picture(0.0, 90, seed=3)}
    centre = (counter.origin_px[0] + counter.template.centre[0], counter.origin_px[1] + counter.template.centre[1])
    good, bad = similarity(counter.template, centre, 0.0), similarity(counter.template, (30.0, 95.0), 60.0)
    for starts in ([good, bad], [bad, good]):
        found = heel.find(counter, now, {1: starts})[1]
        assert heel.score(found) > 0.9
    assert heel.find(counter, now, {}) == {}
    assert heel.find(counter, now, {1: [similarity(counter.template, (500.0, 500.0), 0.0)]}) == {}


def fit_of(correlation: float, share: float, alike: np.ndarray | None = None) -> Alignment:
    """One fit as it might be."""
    return Alignment(np.eye(2, 3), correlation, share, 0.1, np.ones(1, bool) if alike is None else alike)


def test_what_is_believed() -> None:
    assert heel.score(fit_of(0.8, 0.5)) == pytest.approx(0.4)
    assert heel.believed(fit_of(0.5, 0.45))
    assert not heel.believed(fit_of(0.49, 1.0))
    assert not heel.believed(fit_of(1.0, 0.44))
    assert heel.believed(fit_of(1.0, 0.70), heel.MIN_INLIERS_LEARNT)
    assert not heel.believed(fit_of(1.0, 0.69), heel.MIN_INLIERS_LEARNT)


def test_pixels_that_seldom_look_alike_lose_their_weight() -> None:
    counter = remembered()
    n = len(counter.template.weight)
    rates = np.linspace(0, 1, n)
    fits = [fit_of(1, 1, rates > i / 100) for i in range(100)]
    factor = heel.learn(counter, fits).template.weight / counter.template.weight
    inside = counter.template.weight > 0
    np.testing.assert_allclose(factor[inside], np.clip((rates - 0.25) / 0.5, 0.05, 1)[inside], atol=0.03)


def test_a_heel_is_followed_through_a_stance() -> None:
    counter = remembered(stripe=90)
    turns = {f: 2.5 * (f - 4) for f in range(9)}
    pictures = {f: picture(turn, 90, (0.0, 0.0), f) for f, turn in turns.items()}
    found = heel.follow(counter, pictures, {4: list(turns)}, 1)
    assert sorted(found) == list(turns)
    for f, turn in turns.items():
        assert heel.heel_line(counter, found[f], pictures[f])[1] - counter.lean_deg == pytest.approx(turn, abs=0.8)
    assert heel.follow(counter, pictures, {}, 1) == {}


def test_a_place_is_carried_to_another_heel_picture() -> None:
    """The second is cut 5 picture pixels (10 patch pixels) farther right: the same place lies 10 patch pixels farther left."""
    other = HeelPicture(np.zeros((HEIGHT, WIDTH, 3), np.uint8), TO_PICTURE + np.array([[0, 0, 5.0], [0, 0, -2.0]]))
    moved = heel.carried(np.eye(2, 3), picture(), other)
    np.testing.assert_allclose(moved, [[1, 0, -10], [0, 1, 4]])


def test_a_window_beside_is_found_from_the_first_ones_place() -> None:
    pictures = [picture(seed=i) for i in range(3)]
    known, higher = heel.remember(pictures, 0.0), heel.remember(pictures, 0.0, 0.03)
    assert known is not None
    assert higher is not None
    now = {3: picture(6.0, 0, (2.0, 1.0), 5)}
    fits = heel.find(known, now, {3: heel.search(known, now[3], 1)[:2]})
    beside = heel.find_beside(higher, known, fits, now)
    assert heel.heel_line(higher, beside[3], now[3])[1] - higher.lean_deg == pytest.approx(6.0, abs=0.8)
    assert heel.find_beside(higher, known, {}, now) == {}


def test_a_turned_line_keeps_its_middle() -> None:
    line = np.array([[10.0, 50.0], [10.0, 20.0]])
    got = turned(line, 7.0)
    np.testing.assert_allclose(got.mean(axis=0), (10, 35))
    assert float(tilt_deg(got[1] - got[0])) == pytest.approx(7.0)
