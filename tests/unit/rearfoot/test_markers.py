"""Stick-on dots: found standing, read in the run, used where the run shows them often enough."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from gait.landmarks import Side
from gait.rearfoot import marked, shank
from gait.rearfoot.lines import cut, fit
from gait.rearfoot.marked import TiltedLine, use_markers
from gait.rearfoot.markers import centred, find_again, find_dots, find_pair
from gait.rearfoot.readings import Readings
from gait.rearfoot.reference import LegReference, frames_of_stance
from gait.settings import RearfootSettings
from tests.unit.rearfoot.drawn import UNEQUAL, Drawn, Pictures, errors_deg, film, measure, shank_deg, stand

DOTTED = Drawn(UNEQUAL, dots=True, feet=(Side.LEFT,))
YELLOW = (230, 210, 40)


def grey(height: int = 80, width: int = 80) -> np.ndarray:
    """A patch of one colour."""
    return np.full((height, width, 3), 60, np.float32)


@pytest.mark.parametrize("side", list(Side))
def test_dots_are_found_and_used(side: Side) -> None:
    scene = Drawn(UNEQUAL, dots=True, feet=(side,))
    angles = measure(scene)
    foot = angles.feet[side]
    assert foot.method == "markers"
    assert foot.systematic_sd_deg == 0.5
    assert foot.usable.mean() > 0.9, "with dots a plain heel counts all along its stance"
    off = errors_deg(scene, angles, side)
    assert abs(np.median(off)) < 0.2
    assert np.percentile(np.abs(off), 90) < 0.4


@pytest.fixture(scope="module")
def dotted() -> tuple[Readings, Pictures]:
    run, reference = film(DOTTED), stand(DOTTED).legs[Side.LEFT]
    assert isinstance(reference, LegReference)
    leg = frames_of_stance(Side.LEFT, run.trajectories, run.events, RearfootSettings())
    cuts = cut(leg, run.pictures, reference.length_px, lambda: None)
    return fit(leg, cuts, reference, from_standing=True), run.pictures


def test_both_pairs_are_remembered_standing(dotted: tuple[Readings, Pictures]) -> None:
    marks = dotted[0].reference.marks
    assert marks is not None
    assert marks.heel is not None
    assert marks.calf is not None
    assert marks.heel_tilt_deg == pytest.approx(3.0 * Side.LEFT.lateral_sign * 1 + DOTTED.standing_deg, abs=0.4)
    assert marks.calf_tilt_deg == pytest.approx(3.0 * Side.LEFT.lateral_sign, abs=0.4)


def test_lines_of_both_pairs_are_their_true_tilts(dotted: tuple[Readings, Pictures]) -> None:
    got = use_markers(*dotted)
    assert got.marked
    pct = got.leg.pct
    shank = np.array([shank_deg(Side.LEFT, p) for p in pct])
    heel = shank + DOTTED.standing_deg + np.array([DOTTED.eversion_deg(Side.LEFT, p) for p in pct])
    np.testing.assert_allclose(got.shank_tilt_deg, shank, atol=0.5)
    np.testing.assert_allclose(got.heel_tilt_deg, heel, atol=0.8)
    assert got.read.all()


def test_one_pair_alone_replaces_its_own_line_only(dotted: tuple[Readings, Pictures]) -> None:
    readings, pictures = dotted
    marks = readings.reference.marks
    assert marks is not None
    for pair, kept in (("heel", "shank_tilt_deg"), ("calf", "heel_tilt_deg")):
        other = {"heel": "calf", "calf": "heel"}[pair]
        one = replace(readings.reference, marks=replace(marks, **{other: None}))
        got = use_markers(replace(readings, reference=one), pictures)
        assert (got.heel_marked, got.calf_marked) == (pair == "heel", pair == "calf")
        assert not got.marked
        np.testing.assert_array_equal(getattr(got, kept), getattr(readings, kept))
        zeros = (got.heel_zero_deg, got.shank_zero_deg)
        own = (readings.heel_zero_deg, readings.shank_zero_deg)
        assert zeros == ((marks.heel_tilt_deg, own[1]) if pair == "heel" else (own[0], marks.calf_tilt_deg))


def test_where_the_heel_or_the_calf_was_not_found_its_dots_are_not_sought(dotted: tuple[Readings, Pictures]) -> None:
    readings, pictures = dotted
    lost = int(readings.leg.frame[7])
    found = {f: a for f, a in readings.found.items() if f != lost}
    shanks = {f: a for f, a in readings.shanks.items() if f != lost}
    got = use_markers(replace(readings, found=found, shanks=shanks), pictures)
    assert got.marked
    assert not got.read[7]
    assert np.delete(got.read, 7).all()
    assert got.heel_tilt_deg[7] == readings.heel_tilt_deg[7]
    assert got.shank_tilt_deg[7] == readings.shank_tilt_deg[7]


def test_without_dots_standing_nothing_changes(dotted: tuple[Readings, Pictures]) -> None:
    readings, pictures = dotted
    bare = replace(readings, reference=replace(readings.reference, marks=None))
    assert use_markers(bare, pictures) is bare


@pytest.mark.parametrize(("seen", "of", "used"), [(12, 20, True), (11, 20, False), (7, 7, False), (8, 8, True)])
def test_a_pair_is_used_from_six_tenths_of_the_frames_on(
    dotted: tuple[Readings, Pictures], monkeypatch: pytest.MonkeyPatch, seen: int, of: int, used: bool
) -> None:
    readings, pictures = dotted
    m = len(readings.leg.frame)
    line: TiltedLine = (np.array([[5.0, 9.0], [5.0, 1.0]]), 1.5)
    lines = [line if k < seen else None for k in range(m)]
    monkeypatch.setattr(marked, "_heel_lines", lambda *_: lines)
    monkeypatch.setattr(marked, "_calf_lines", lambda *_: [None] * m)
    got = use_markers(replace(readings, read=np.arange(m) < of), pictures)
    assert got.heel_marked is used
    assert got.read.sum() == (seen if used else of)
    assert bool((got.heel_tilt_deg[:seen] == 1.5).all()) is used
    np.testing.assert_array_equal(got.heel_tilt_deg[seen:], readings.heel_tilt_deg[seen:])
    if used:
        np.testing.assert_array_equal(got.heel_px[0], line[0])


def test_the_calf_s_dots_are_where_they_were_on_a_calf_that_moved(dotted: tuple[Readings, Pictures]) -> None:
    """A dot keeps its place on the outline: seen from an ankle-knee line that is off and tilted, as it was standing, nothing moves."""
    readings, pictures = dotted
    marks = readings.reference.marks
    assert marks is not None
    assert marks.calf is not None
    frame = int(readings.leg.frame[6])
    ankle, knee = readings.leg.points.ankle_px[frame], readings.leg.points.knee_px[frame]
    tilted = replace(readings.reference.outline, offset=-0.06, slope=0.15)
    line = marked.read_calf(
        marks.calf, tilted, shank.resting(tilted), pictures.crop(frame), ankle, knee, readings.reference.length_px
    )
    assert line is not None
    assert line[1] == pytest.approx(shank_deg(Side.LEFT, float(readings.leg.pct[6])), abs=0.5)


def test_a_strip_is_no_dot() -> None:
    patch = grey()
    patch[10:70, 36:45] = YELLOW
    assert not [d for d in find_dots(patch) if 20 < d.xy[1] < 60]
    cv2.circle(patch, (20, 40), 5, YELLOW, -1)
    near = find_dots(patch)
    assert any(np.hypot(*(d.xy - (20, 40))) < 0.5 for d in near)


@pytest.mark.parametrize("radius", [3, 5, 6])
def test_a_dot_is_found_once_at_its_centre(radius: int) -> None:
    patch = grey()
    cv2.circle(patch, (41, 37), radius, YELLOW, -1)
    dots = find_dots(cv2.GaussianBlur(patch, (0, 0), 1.0))
    assert len(dots) == 1
    np.testing.assert_allclose(dots[0].xy, (41, 37), atol=0.05)
    np.testing.assert_allclose(dots[0].colour, YELLOW, atol=20)


@pytest.mark.parametrize("contrast", [24, 40])
def test_a_faint_dot_is_none(contrast: int) -> None:
    patch = grey()
    cv2.circle(patch, (41, 37), 5, (60 + contrast,) * 3, -1)
    assert bool(find_dots(patch)) is (contrast > 30)


def test_a_pair_stands_on_the_line_lower_first() -> None:
    patch = grey(160, 80)
    for at in ((38, 40), (42, 110)):
        cv2.circle(patch, at, 5, YELLOW, -1)
    cv2.circle(patch, (70, 80), 5, YELLOW, -1)
    pair = find_pair(patch, 40, 10)
    assert pair is not None
    np.testing.assert_allclose(pair[0].xy, (42, 110), atol=0.1)
    np.testing.assert_allclose(pair[1].xy, (38, 40), atol=0.1)


@pytest.mark.parametrize(
    ("second", "colour", "why"),
    [
        ((40, 52), YELLOW, "closer than 14"),
        ((64, 80), YELLOW, "leans by more than 0.35"),
        ((40, 110), (40, 210, 230), "another colour"),
    ],
)
def test_what_is_no_pair(second: tuple[int, int], colour: tuple[int, int, int], why: str) -> None:
    patch = grey(160, 100)
    cv2.circle(patch, (40, 40), 5, YELLOW, -1)
    cv2.circle(patch, second, 5, colour, -1)
    assert find_pair(patch, 50, 20) is None, why


def test_a_dot_is_found_again_within_reach_only() -> None:
    first, then = grey(), grey()
    cv2.circle(first, (40, 40), 5, YELLOW, -1)
    cv2.circle(then, (46, 42), 5, YELLOW, -1)
    dot = find_dots(first)[0]
    again = find_again(then, dot, np.array([41.0, 41.0]), 8.0)
    assert again is not None
    np.testing.assert_allclose(again.xy, (46, 42), atol=0.1)
    assert find_again(then, dot, np.array([30.0, 30.0]), 6.0) is None
    assert find_again(grey(), dot, np.array([41.0, 41.0]), 8.0) is None
    assert find_again(then, dot, np.array([-40.0, 41.0]), 8.0) is None
    assert centred(grey(), dot) is None
