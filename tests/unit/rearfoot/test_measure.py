"""Pictures to angles: drawn legs with a heel and a shank turned by known angles, then invariants."""

import numpy as np
import pytest

from gait.landmarks import Side
from gait.model import FootEvents, GaitEvents, RearfootAngles
from gait.rearfoot import measure_rearfoot
from gait.said import Said
from gait.settings import RearfootSettings
from tests.unit.rearfoot.drawn import (
    LENGTH,
    UNEQUAL,
    Drawn,
    Pictures,
    errors_deg,
    film,
    leg_points,
    measure,
    shank_deg,
    stand,
    still,
    track_of,
)


@pytest.fixture(scope="module")
def striped() -> tuple[Drawn, RearfootAngles]:
    scene = Drawn(UNEQUAL)
    return scene, measure(scene)


@pytest.mark.parametrize("side", list(Side))
def test_drawn_angles_are_recovered(striped: tuple[Drawn, RearfootAngles], side: Side) -> None:
    scene, angles = striped
    off = errors_deg(scene, angles, side)
    foot = angles.feet[side]
    assert angles.zero == "standing"
    assert foot.method == "heel_counter"
    assert foot.usable.mean() > 0.9
    assert abs(np.median(off)) < 0.25
    assert np.percentile(np.abs(off), 90) < 0.6
    assert foot.standing_deg == pytest.approx(scene.standing_deg, abs=0.4)


@pytest.mark.parametrize("side", list(Side))
def test_lines_are_drawn_on_the_heel_and_the_shank(striped: tuple[Drawn, RearfootAngles], side: Side) -> None:
    scene, angles = striped
    foot = angles.feet[side]
    ankle, _ = leg_points(scene, side, 0.0)
    heel_middle = foot.heel_px[foot.usable].mean(axis=1)
    assert np.abs(heel_middle - (ankle + np.array([0, 0.115 * LENGTH]))).max() < 10
    shank_low = foot.shank_px[foot.usable][:, 0]
    assert np.abs(shank_low - (ankle - np.array([0, 0.10 * LENGTH]))).max() < 8
    assert (foot.heel_px[foot.usable][:, 0, 1] > foot.heel_px[foot.usable][:, 1, 1]).all()
    along = foot.shank_px[foot.usable][:, 1] - foot.shank_px[foot.usable][:, 0]
    tilt = np.degrees(np.arctan2(along[:, 0], -along[:, 1]))
    truth = np.array([shank_deg(side, pct) for pct in foot.stance_pct[foot.usable]])
    np.testing.assert_allclose(tilt, truth, atol=0.8)


def test_a_frame_s_error_is_small_where_all_is_in_view(striped: tuple[Drawn, RearfootAngles]) -> None:
    _, angles = striped
    for foot in angles.feet.values():
        assert np.isfinite(foot.error_deg[foot.usable]).all()
        assert 0.02 < np.median(foot.error_deg) < 1.0


@pytest.mark.parametrize("higher_px", [-16.0, 28.0])
def test_a_tracker_that_sees_the_heel_too_high_or_low_changes_nothing(higher_px: float) -> None:
    scene = Drawn(UNEQUAL, heel_seen_higher_px=higher_px, feet=(Side.LEFT,))
    angles = measure(scene)
    off = errors_deg(scene, angles, Side.LEFT)
    assert angles.feet[Side.LEFT].usable.mean() > 0.9
    assert abs(np.median(off)) < 0.4


@pytest.mark.parametrize("everted", [8.0, -6.0])
@pytest.mark.parametrize("crossed", [False, True])
def test_direction(everted: float, crossed: bool) -> None:
    scene = Drawn({Side.LEFT: everted, Side.RIGHT: everted}, touchdown_deg=0.0, crossed=crossed, steps=3)
    angles = measure(scene)
    for side in Side:
        foot = angles.feet[side]
        near = foot.usable & (np.abs(foot.stance_pct - 45) < 10)
        assert near.any()
        assert np.median(foot.angle_deg[near]) == pytest.approx(everted, abs=1.0)


def test_a_mirrored_clip_swaps_the_feet_and_nothing_else(striped: tuple[Drawn, RearfootAngles]) -> None:
    _, angles = striped
    mirrored = measure(Drawn(UNEQUAL, mirrored=True))
    for side in Side:
        a, b = angles.feet[side], mirrored.feet[side.other]
        both = a.usable & b.usable
        assert both.mean() > 0.85
        assert np.abs(np.median((a.angle_deg - b.angle_deg)[both])) < 0.05
        assert np.array_equal(a.frame, b.frame)


def test_camera_roll_cancels(striped: tuple[Drawn, RearfootAngles]) -> None:
    _, angles = striped
    rolled = measure(Drawn(UNEQUAL, roll_deg=4.0))
    for side in Side:
        a, b = angles.feet[side], rolled.feet[side]
        both = a.usable & b.usable
        assert np.abs(np.median((a.angle_deg - b.angle_deg)[both])) < 0.4


def test_without_a_standing_clip_the_excursion_holds() -> None:
    scene = Drawn(UNEQUAL, steps=3)
    angles = measure(scene, standing=False)
    assert angles.zero == "none"
    for side in Side:
        foot = angles.feet[side]
        off = errors_deg(scene, angles, side)
        assert np.isnan(foot.standing_deg)
        assert np.std(off - np.median(off)) < 0.6


def test_a_hidden_heel_is_not_read() -> None:
    angles = measure(Drawn(UNEQUAL, hidden=Side.RIGHT, steps=3))
    assert angles.feet[Side.RIGHT].usable.mean() < 0.1
    assert angles.feet[Side.RIGHT].reasons[0].code == "heel_seldom_read"
    assert angles.feet[Side.LEFT].usable.mean() > 0.9


def test_a_foot_without_steps_has_a_reason() -> None:
    scene = Drawn(UNEQUAL)
    track = track_of(scene, [{}] * 5, 0.0)
    none = GaitEvents({s: FootEvents(np.empty(0), np.empty(0)) for s in Side}, (), 0.0, 0.0, 0.0, None)
    angles = measure_rearfoot(Pictures([]), track, still(track), none, None, RearfootSettings())
    for side in Side:
        assert angles.feet[side].method == "landmarks"
        assert len(angles.feet[side].frame) == 0
        assert angles.feet[side].reasons == (Said("no_whole_step"),)


def test_a_foot_whose_reference_is_missing_says_why() -> None:
    scene = Drawn(UNEQUAL, steps=1)
    standing = stand(scene)
    broken = type(standing)({**standing.legs, Side.RIGHT: Said("standing_shows_no_leg")}, standing.settings)
    angles = film(scene).measure(broken)
    assert angles.feet[Side.RIGHT].reasons == (Said("standing_shows_no_leg"),)
    assert len(angles.feet[Side.LEFT].frame) > 0


def test_progress_counts_every_frame_of_stance_once() -> None:
    scene = Drawn(UNEQUAL, steps=1)
    run = film(scene)
    told: list[tuple[int, int]] = []
    angles = measure_rearfoot(
        run.pictures,
        run.track,
        run.trajectories,
        run.events,
        stand(scene),
        RearfootSettings(),
        lambda done, of: told.append((done, of)),
    )
    total = sum(len(foot.frame) for foot in angles.feet.values())
    assert total > 0
    assert sorted(told) == [(k, total) for k in range(1, total + 1)]
