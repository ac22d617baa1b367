"""Which frames are measured, and what standing looks like or why it cannot be had."""

from dataclasses import replace

import numpy as np
import pytest

from gait.landmarks import Landmark, Side
from gait.model import FootEvents, GaitEvents, Trajectories
from gait.rearfoot import StandingInput, remember_standing
from gait.rearfoot.frame import LegPoints
from gait.rearfoot.reference import Leg, LegReference, frames_of_stance, own_reference, standing_reference
from gait.said import Said
from gait.settings import RearfootSettings
from tests.unit.rearfoot.drawn import LENGTH, UNEQUAL, Drawn, Pictures, draw, film, leg_points, stand, track_of

SCENE = Drawn(UNEQUAL)


def leg_of(rate_hz: float, steps: int, lost: slice = slice(0, 0), window_pct: float = 75.0) -> Leg:
    """A leg that stands still, with a stance of 0.25 s every 0.7 s."""
    n = int(rate_hz * (steps * 0.7 + 1))
    points = np.full((n, 33, 2), np.nan)
    points[:, Landmark.of(Side.LEFT, "ankle")] = (50.0, 300.0)
    points[:, Landmark.of(Side.LEFT, "knee")] = (50.0, 100.0)
    points[lost] = np.nan
    times = np.arange(n) / rate_hz
    moves = Trajectories(times, points, np.zeros((n, 33), bool), 8.0, 0, 100, 400)
    strikes = 0.5 + 0.7 * np.arange(steps)
    events = GaitEvents({Side.LEFT: FootEvents(strikes, strikes + 0.25)}, (), 0.0, 0.0, 0.0, None)
    return frames_of_stance(Side.LEFT, moves, events, RearfootSettings(peak_window_pct=window_pct))


def test_frames_from_just_before_foot_strike_to_the_end_of_the_window() -> None:
    leg = leg_of(100.0, 2)
    assert leg.pct.min() >= -7
    assert leg.pct.max() <= 75
    np.testing.assert_allclose(leg.time_s, leg.frame / 100.0)
    np.testing.assert_allclose(leg.pct, 100 * (leg.time_s - 0.5 - 0.7 * leg.stance) / 0.25)
    assert leg.length_px == 200.0
    assert leg_of(100.0, 2, window_pct=50.0).pct.max() <= 50


@pytest.mark.parametrize(("rate_hz", "steps", "each"), [(240.0, 5, 10), (240.0, 20, 5), (240.0, 40, 4), (60.0, 5, 10)])
def test_many_steps_need_fewer_frames_of_each(rate_hz: float, steps: int, each: int) -> None:
    """110 a foot, 4 to 10 a stance."""
    leg = leg_of(rate_hz, steps)
    counts = np.bincount(leg.stance)
    assert counts.max() == each
    assert len(counts) == steps
    assert (np.diff(leg.frame) > 0).all()
    if rate_hz > 100:
        # thinned evenly, and begun elsewhere in every step: no phase goes missing
        filled = np.histogram(leg.pct, np.arange(-7, 76, 10.0))[0]
        assert filled.min() > 0.4 * filled.mean()


def test_frames_without_ankle_or_knee_are_left_out() -> None:
    leg = leg_of(100.0, 2, lost=slice(50, 60))
    assert not set(range(50, 60)) & set(leg.frame.tolist())
    assert (leg.stance == 1).sum() > (leg.stance == 0).sum()


def test_a_foot_without_events_has_no_frames() -> None:
    leg = leg_of(100.0, 0)
    assert len(leg.frame) == len(leg.time_s) == len(leg.pct) == 0


def test_the_sole_is_where_ankle_and_heel_say() -> None:
    ankle, knee = np.array([[10.0, 300.0]] * 2), np.array([[10.0, 100.0]] * 2)
    heel = np.array([[20.0, 330.0], [np.nan, np.nan]])
    points = LegPoints(ankle, knee, heel)
    sole = points.sole_px(200.0)
    # 0.7 of the heel's word (0.095 leg lengths below it), 0.3 of the ankle's (0.25 below)
    np.testing.assert_allclose(sole, [[0.7 * 20 + 0.3 * 10, 0.7 * 349 + 0.3 * 350], [10, 350]])
    assert points.length_px() == 200.0
    assert np.isnan(LegPoints(ankle * np.nan, knee, heel).length_px())


@pytest.fixture(scope="module")
def still_frames() -> list[np.ndarray]:
    tilts = {s: (s.lateral_sign * 3.0, s.lateral_sign * 1.0, 30.0) for s in Side}
    return [draw(SCENE, tilts, i) for i in range(6)]


def seen(images: list[np.ndarray], **spoiled: np.ndarray) -> StandingInput:
    """The standing clip with landmarks as drawn, or spoiled."""
    tilts = {s: (s.lateral_sign * 3.0, s.lateral_sign * 1.0, 30.0) for s in Side}
    track = track_of(SCENE, [tilts] * len(images), 0.5)
    return StandingInput(Pictures(images), replace(track, **spoiled))


@pytest.mark.parametrize("side", list(Side))
def test_standing_is_remembered_as_it_was_drawn(still_frames: list[np.ndarray], side: Side) -> None:
    got = standing_reference(side, seen(still_frames), use_markers=True)
    assert isinstance(got, LegReference)
    assert got.turn == -side.lateral_sign
    assert got.length_px == pytest.approx(LENGTH, abs=1.5)
    assert got.lean_sine == 0.0
    assert got.shank_tilt_deg == pytest.approx(3.0 * side.lateral_sign, abs=0.4)
    assert got.heel_tilt_deg == pytest.approx(side.lateral_sign, abs=1.0)
    assert got.heel_tilt_deg == got.counter.lean_deg
    assert not got.counter.plain
    assert len(got.beside) == 2
    assert got.marks is not None
    assert got.marks.heel is None
    without = standing_reference(side, seen(still_frames), use_markers=False)
    assert isinstance(without, LegReference)
    assert without.marks is None


def test_a_leg_that_is_not_seen_standing(still_frames: list[np.ndarray]) -> None:
    track = seen(still_frames).track
    points = track.landmarks_px.copy()
    points[2:, Landmark.of(Side.LEFT, "knee")] = np.nan
    both = remember_standing(seen(still_frames, landmarks_px=points), RearfootSettings())
    assert both.legs[Side.LEFT] == Said("standing_shows_no_leg")
    assert isinstance(both.legs[Side.RIGHT], LegReference)


def test_a_runner_who_moves_about_standing(still_frames: list[np.ndarray]) -> None:
    track = seen(still_frames).track
    points = track.landmarks_px + 0.2 * LENGTH * np.arange(6)[:, None, None]
    got = standing_reference(Side.LEFT, seen(still_frames, landmarks_px=points), use_markers=False)
    assert got == Said("standing_moves_about")


def test_no_pictures_of_the_standing_foot(still_frames: list[np.ndarray]) -> None:
    class Dark(Pictures):
        """Nothing is seen."""

        def crop(self, frame: int) -> None:  # type: ignore[override]
            """Nothing."""

    given = StandingInput(Dark(still_frames), seen(still_frames).track)
    assert standing_reference(Side.LEFT, given, use_markers=True) == Said("standing_shows_no_foot")


def test_standing_heels_that_do_not_fit_one_another(still_frames: list[np.ndarray]) -> None:
    rng = np.random.default_rng(1)
    noise = [rng.integers(0, 255, image.shape, np.uint8) for image in still_frames]
    got = standing_reference(Side.LEFT, seen(noise), use_markers=False)
    assert got == Said("standing_unlike_itself")


def test_a_heel_with_a_strip_has_two_windows_beside() -> None:
    got = stand(Drawn(UNEQUAL)).legs[Side.LEFT]
    assert isinstance(got, LegReference)
    assert not got.counter.plain
    assert [w.origin_px[1] - got.counter.origin_px[1] for w in got.beside] == [6, -6]


@pytest.mark.parametrize("side", list(Side))
def test_a_plain_heel_has_six_within_it(side: Side) -> None:
    """At three heights; three of them 4 patch pixels to the runner's inner side, which of the left foot is the picture's right."""
    got = stand(Drawn(UNEQUAL, plain=True)).legs[side]
    assert isinstance(got, LegReference)
    assert got.counter.plain
    medial = 1 if side is Side.LEFT else -1
    moved = np.array([w.origin_px for w in got.beside]) - got.counter.origin_px
    assert moved.tolist() == [[4 * medial, y] for y in (0, 6, -6)] + [[0, y] for y in (0, 6, -6)]
    for window, half in zip(got.beside, [10] * 3 + [12] * 3, strict=True):
        image, template = window.template.image, window.template
        counts = np.zeros(image.shape[:2])
        x, y = template.places[:, :2].astype(int).T
        counts[y, x] = template.weight
        middle = template.centre[0] + window.middle_px
        off = np.abs(x - middle)
        assert template.weight[off > half + 12].max(initial=0) < 0.02
        assert template.weight[off < half].max() > 0.5
        # the counter's outlines, where its colours change most, count for little
        assert (
            template.weight @ np.abs(np.diff(image.mean(axis=2), axis=1, append=0))[y, x] / template.weight.sum() < 12
        )


def test_without_standing_mid_stance_is_the_reference() -> None:
    run = film(replace(SCENE, feet=(Side.LEFT,)))
    leg = frames_of_stance(Side.LEFT, run.trajectories, run.events, RearfootSettings())
    from gait.rearfoot.lines import cut

    cuts = cut(leg, run.pictures, leg.length_px, lambda: None)
    got = own_reference(leg, cuts.heels, cuts.strips)
    assert isinstance(got, LegReference)
    assert got.marks is None
    assert got.length_px == leg.length_px
    # at 30 % of stance the shank leans forwards by the arcsine of 0.28
    assert got.lean_sine == pytest.approx(0.28)
    few = [f for f, p in zip(leg.frame.tolist(), leg.pct, strict=True) if 22 <= p <= 38][:2]
    assert own_reference(leg, {f: cuts.heels[f] for f in few}, cuts.strips) == Said("mid_stance_too_few")
    assert leg_points(SCENE, Side.LEFT, 0.0)[0][0] < 240
