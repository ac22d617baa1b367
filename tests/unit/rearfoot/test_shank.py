"""The calf's outline: found standing, fitted to strips that are tilted, moved, shortened and half covered by known amounts."""

import dataclasses
from functools import lru_cache

import cv2
import numpy as np
import pytest

from gait.rearfoot import shank
from gait.rearfoot.frame import SHANK_COLUMN, SHANK_HALF_WIDTH, SHANK_STEP, shank_columns, shank_rows

SKIN, WALL = (200.0, 150.0, 120.0), (96.0, 100.0, 104.0)
SUB = 4
"""Columns and rows drawn for one of the strip's."""


def strip(
    offset: float = 0.0,
    slope: float = 0.0,
    width: float = 1.0,
    slide: float = 0.0,
    compression: float = 1.0,
    sock: float | None = None,
    covered: str = "",
    seed: int = 0,
    shade: float = 0.0,
) -> np.ndarray:
    """A calf whose axis lies at `offset` and `slope` from the ankle-knee line, as `ShankFit` counts them."""
    rows = (shank_rows()[:, None] + SHANK_STEP * ((SUB - 1) / 2 - np.arange(SUB)) / SUB).ravel()
    fine = (np.arange(len(shank_columns()) * SUB) + 0.5) / SUB * SHANK_COLUMN - SHANK_HALF_WIDTH - SHANK_COLUMN / 2
    of_leg = shank.PIVOT + slide + compression * (rows - shank.PIVOT)
    half = width * np.interp(of_leg, (0.0, 0.2, 0.55, 1.0), (0.075, 0.08, 0.14, 0.12))
    middle = offset + slope * (rows - shank.PIVOT)
    leg = np.abs(fine[None] - middle[:, None]) < half[:, None]
    image = np.where(leg[..., None], SKIN, WALL)
    # light from the left: the leg's colours fall by `shade` from its left side to its right, as a round leg's do
    across = np.clip((fine[None] - middle[:, None]) / half[:, None], -1, 1)
    image = np.where(leg[..., None], image * (1 - shade * (across[..., None] + 1) / 2), image)
    if sock is not None:
        image = np.where((leg & (of_leg < sock)[:, None])[..., None], (240.0, 240.0, 240.0), image)
    if covered:
        inner = fine[None] > middle[:, None] + 0.02 if covered == "right" else fine[None] < middle[:, None] - 0.02
        image = np.where((inner & (rows < 0.45)[:, None])[..., None], 30.0, image)
    image = image.reshape(len(rows) // SUB, SUB, -1, SUB, 3).mean(axis=(1, 3))
    image = cv2.GaussianBlur(image, (0, 0), sigmaX=1.5, sigmaY=0.8)
    return np.clip(image + np.random.default_rng(seed).normal(0, 2, image.shape), 0, 255).astype(np.uint8)


@lru_cache
def outline(**drawn: float) -> shank.Outline:
    return shank.find_outline([strip(seed=i, **drawn) for i in range(5)])


def fitted(found: shank.Outline, picture: np.ndarray, **how: object) -> shank.ShankFit:
    one = {"compression": np.ones(1), "lean_sine": np.zeros(1), **how}
    return shank.fit_outline([picture], found, **one)[0]


def degrees(slope: float) -> float:
    return float(np.degrees(np.arctan(slope)))


@pytest.mark.parametrize("slope", [-0.06, 0.0, 0.05])
@pytest.mark.parametrize("offset", [-0.03, 0.02])
def test_the_outline_is_found_as_drawn(offset: float, slope: float) -> None:
    found = outline(offset=offset, slope=slope)
    assert found.offset == pytest.approx(offset, abs=0.003)
    assert degrees(found.slope) == pytest.approx(degrees(slope), abs=0.3)
    rows = shank_rows()
    inside = (rows > 0.15) & (rows < 0.68)
    half = np.interp(rows, (0.0, 0.2, 0.55, 1.0), (0.075, 0.08, 0.14, 0.12))
    # its sides are found a little inside of where they are, standing and running alike
    np.testing.assert_allclose(found.half_width[inside], half[inside], atol=0.009)
    np.testing.assert_allclose(found.middle[inside], 0.0, atol=0.004)
    np.testing.assert_allclose(np.median(found.colour, axis=0), SKIN, atol=3)
    assert np.isnan(found.band_row)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_change_in_any_one_colour_is_an_edge(channel: int) -> None:
    """A band of columns that differs from the rest in one channel alone: its left side, then its right."""
    picture = np.full((20, 60, 3), 80, np.uint8)
    picture[:, 20:40, channel] = 160
    leg = np.full((1, 20, 3), 80.0)
    leg[..., channel] = 160.0
    middle = np.full((1, 20), 30 * SHANK_COLUMN - SHANK_HALF_WIDTH)
    left, right = shank.edge_strength(picture[None], [leg], middle)[:, 0]
    assert set(left.argmax(axis=1)) <= {19, 20}
    assert set(right.argmax(axis=1)) <= {39, 40}
    assert left.max(axis=1).min() > 0.4
    assert right.max(axis=1).min() > 0.4


@pytest.mark.parametrize("slope", [-0.07, 0.0, 0.04, 0.09])
@pytest.mark.parametrize("offset", [-0.03, 0.0, 0.04])
def test_a_moved_and_tilted_calf_is_found(offset: float, slope: float) -> None:
    found = fitted(outline(), strip(offset, slope, seed=9))
    assert found.offset == pytest.approx(offset, abs=0.003)
    assert degrees(found.slope) == pytest.approx(degrees(slope), abs=0.35)
    assert found.width == pytest.approx(1.0, abs=0.03)
    assert found.support > 0.4
    assert 0 < found.slope_sd < 0.01
    assert found.scatter < 0.01


def test_a_wider_calf_is_found_wider_and_stands_as_before() -> None:
    found = fitted(outline(), strip(0.01, 0.03, width=1.06, seed=9))
    assert found.width == pytest.approx(1.05, abs=0.02)
    assert degrees(found.slope) == pytest.approx(degrees(0.03), abs=0.35)


@pytest.mark.parametrize("slide", [-0.05, -0.046, 0.002, 0.008])
def test_a_sock_s_top_ties_the_rows(slide: float) -> None:
    """The tracker's ankle and knee are too high or low: the sock's top says by how much rows have slid, finer than a row of 0.01."""
    found = outline(sock=0.35)
    assert found.band_row == pytest.approx(0.35, abs=0.001)
    assert np.linalg.norm(found.band_change) > 100
    moved = fitted(found, strip(0.01, 0.03, slide=slide, sock=0.35, seed=9))
    row = shank.PIVOT + moved.slide + moved.compression * (0.35 - slide - shank.PIVOT)
    assert row == pytest.approx(0.35, abs=0.0025)
    assert degrees(moved.slope) == pytest.approx(degrees(0.03), abs=0.4)


@pytest.mark.parametrize(("covered", "outer"), [("right", -1), ("left", 1)])
def test_what_covers_the_inner_side_does_not_pull(covered: str, outer: int) -> None:
    picture = strip(0.01, 0.04, covered=covered, seed=9)
    known = fitted(outline(), picture, outer=outer)
    assert degrees(known.slope) == pytest.approx(degrees(0.04), abs=0.8)
    assert known.offset == pytest.approx(0.01, abs=0.006)
    free = fitted(outline(), strip(0.01, 0.04, seed=9), outer=outer)
    assert known.inner_support < 0.75 * free.inner_support
    assert free.inner_support > 0.3


def test_without_a_calf_there_is_no_support() -> None:
    nothing = fitted(outline(), np.full((len(shank_rows()), len(shank_columns()), 3), 96, np.uint8))
    assert nothing.support < 0.06


def test_what_other_steps_show_is_a_start_and_a_weak_prior() -> None:
    usual = np.array([[0.08, 0.12]])
    far = strip(0.08, 0.12, seed=9)
    found = fitted(outline(), far, usual=usual)
    assert degrees(found.slope) == pytest.approx(degrees(0.12), abs=0.35)
    blank = np.full((len(shank_rows()), len(shank_columns()), 3), 96, np.uint8)
    assert degrees(fitted(outline(), blank, usual=usual).slope) == pytest.approx(degrees(0.12), abs=1.0)


@pytest.mark.parametrize("outer", [-1, 0, 1])
def test_strips_side_by_side_give_what_each_gives_alone(outer: int) -> None:
    known = outline()
    pictures = [strip(0.01 * k, 0.02 * k, covered="right" if k == 1 else "", seed=k) for k in range(3)]
    together = shank.fit_outline(pictures, known, np.ones(3), np.zeros(3), outer=outer)
    for k, one in enumerate(together):
        alone = fitted(known, pictures[k], outer=outer)
        assert dataclasses.astuple(one) == pytest.approx(dataclasses.astuple(alone), abs=1e-6)
    assert shank.fit_outline([], outline(), np.empty(0), np.empty(0)) == []


@pytest.mark.parametrize("slope", [-0.1, 0.0, 0.06])
def test_the_line_in_the_picture(slope: float) -> None:
    """Ankle below knee on a vertical: the line leans by the slope and passes its offset at the pivot."""
    fit = shank.ShankFit(0.02, slope, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0)
    line, tilt = shank.shank_line(fit, np.array([100.0, 300.0]), np.array([100.0, 100.0]), 200.0)
    assert tilt == pytest.approx(degrees(slope))
    np.testing.assert_allclose(line[:, 1], (300 - 20, 300 - 132))
    np.testing.assert_allclose(line[:, 0], 100 + 200 * (0.02 + slope * (np.array([0.10, 0.66]) - 0.42)))


def test_a_shank_leans_forwards_ever_more() -> None:
    assert shank.lean_sine(0.0) == -0.16
    assert shank.lean_sine(2.5) == pytest.approx(-0.135)
    assert shank.lean_sine(75.0) == 0.54
    assert shank.lean_sine(-7.0) == -0.16
    assert (np.diff([shank.lean_sine(p) for p in range(76)]) > 0).all()


def test_the_resting_fit_is_the_outline_s_own() -> None:
    found = outline(offset=0.02, slope=0.03)
    rest = shank.resting(found)
    assert (rest.offset, rest.slope, rest.width, rest.slide, rest.compression) == (found.offset, found.slope, 1, 0, 1)


@pytest.mark.parametrize("shade", [0.2, 0.35, 0.5])
def test_light_from_one_side_does_not_draw_the_line_inside_the_calf(shade: float) -> None:
    found = outline(offset=0.02, slope=0.05, shade=shade)
    assert degrees(found.slope) == pytest.approx(degrees(0.05), abs=0.5)
    assert found.offset == pytest.approx(0.02, abs=0.004)
    fit = fitted(found, strip(offset=-0.01, slope=-0.04, shade=shade, seed=9))
    assert degrees(fit.slope) == pytest.approx(degrees(-0.04), abs=0.6)


def test_shading_that_comes_between_standing_and_run_moves_nothing() -> None:
    fit = fitted(outline(), strip(slope=0.05, shade=0.35, seed=3))
    assert degrees(fit.slope) == pytest.approx(degrees(0.05), abs=0.7)


@pytest.mark.parametrize("shade", [0.0, 0.35])
def test_a_mirrored_strip_gives_the_same_edges_mirrored(shade: float) -> None:
    picture = strip(slope=0.05, shade=shade)[None]
    upright = np.zeros(picture.shape[:2])

    def edges(strips: np.ndarray) -> np.ndarray:
        return shank.edge_strength(strips, [shank.leg_colour(strips, upright)], upright)

    mirrored = edges(np.ascontiguousarray(picture[:, :, ::-1]))
    assert edges(picture) == pytest.approx(mirrored[::-1, :, :, ::-1], abs=1e-4)


@pytest.mark.parametrize("shade", [0.0, 0.35])
def test_a_mirrored_calf_has_the_same_outline_mirrored(shade: float) -> None:
    seen = [strip(offset=0.02, slope=0.05, shade=shade, seed=i) for i in range(5)]
    found, mirrored = shank.find_outline(seen), shank.find_outline([picture[:, ::-1] for picture in seen])
    assert degrees(mirrored.slope) == pytest.approx(-degrees(found.slope), abs=0.01)
    assert mirrored.offset == pytest.approx(-found.offset, abs=1e-4)
    assert mirrored.half_width == pytest.approx(found.half_width, abs=1e-4)


def test_both_sides_of_a_calf_are_sought_as_far_out() -> None:
    """The widest leg that is sought, to the left and to the right: only its outermost column has an edge."""
    columns = shank_columns()
    for sign in (-1, 1):
        edges = np.zeros((len(shank_rows()), len(columns)), np.float32)
        edges[:, np.abs(columns - sign * shank.WIDEST).argmin()] = 1.0
        low, high = sorted((sign * shank.NARROWEST, sign * shank.WIDEST))
        assert shank._strongest_path(edges, low, high) == pytest.approx(sign * shank.WIDEST, abs=1e-6)
