"""A heel without strip, seam or logo: read while the foot is flat, through several windows, with an SD of its own."""

from dataclasses import replace

import numpy as np
import pytest

from gait.geometry import tilt_deg
from gait.landmarks import Side
from gait.model import RearfootAngles
from gait.rearfoot import windows
from gait.rearfoot.budget import DEGREES_PER, add_up_errors, expected_error_deg
from gait.rearfoot.phase import flat_foot
from gait.rearfoot.readings import Readings
from tests.unit.rearfoot.drawn import UNEQUAL, Drawn, errors_deg, measure
from tests.unit.rearfoot.test_steps import opened

PER = DEGREES_PER["plain"]


@pytest.fixture(scope="module")
def plain() -> tuple[Drawn, RearfootAngles]:
    scene = Drawn(UNEQUAL, plain=True)
    return scene, measure(scene)


@pytest.mark.parametrize("side", list(Side))
def test_its_angle_is_recovered(plain: tuple[Drawn, RearfootAngles], side: Side) -> None:
    scene, angles = plain
    foot = angles.feet[side]
    assert foot.plain_heel
    assert foot.method == "heel_counter"
    off = errors_deg(scene, angles, side)
    assert abs(np.median(off)) < 0.4
    assert np.percentile(np.abs(off), 90) < 0.6


@pytest.mark.parametrize("side", list(Side))
def test_only_the_flat_foot_counts(plain: tuple[Drawn, RearfootAngles], side: Side) -> None:
    _, angles = plain
    foot = angles.feet[side]
    flat = (foot.stance_pct >= 18) & (foot.stance_pct <= 54)
    assert foot.stance_pct.min() < 0
    assert foot.stance_pct.max() > 65
    assert np.isfinite(foot.angle_deg).all(), "read everywhere: only the phase keeps a frame out"
    assert not foot.usable[~flat].any()
    # one frame of the left foot correlates with the standing heel by 0.46, below the 0.5 that is asked of every frame: of 18
    assert foot.usable[flat].mean() > 0.94


@pytest.mark.parametrize("side", list(Side))
def test_a_rigid_one_has_the_plain_sd_and_says_that_it_is_plain(
    plain: tuple[Drawn, RearfootAngles], side: Side
) -> None:
    """All windows of a rigid heel turn alike and it looks as it did standing: no other term adds to the budget."""
    _, angles = plain
    foot = angles.feet[side]
    assert foot.doubts["windows_deg"] < 0.3
    assert foot.doubts["unlike"] == 0
    assert foot.systematic_sd_deg == pytest.approx(expected_error_deg("plain", foot.doubts))
    assert [r.code for r in foot.reasons] == ["plain_heel"]


@pytest.fixture(scope="module")
def kinked() -> tuple[Readings, np.ndarray]:
    """A plain heel whose upper 9 rows turn by 4 degrees more: its first readings, and (6, m) what each inner window says of them."""
    readings = opened(Drawn(UNEQUAL, plain=True, weave=True, kink_deg=4.0, feet=(Side.RIGHT,)))
    return readings, np.array([windows._through(counter, readings) for counter in readings.reference.beside])


def test_its_angle_is_the_mean_of_its_inner_windows(kinked: tuple[Readings, np.ndarray]) -> None:
    """Without the highest and the lowest; the window it was found by has no say."""
    readings, through = kinked
    flat = flat_foot(readings.leg.pct) & readings.read & np.isfinite(through).all(axis=0)
    got = windows.average_windows(readings)
    each = np.sort(np.median(through[:, flat], axis=1))
    angle = np.median(got.heel_tilt_deg[flat]) - readings.heel_zero_deg
    assert len(each) == 6
    assert angle == pytest.approx(np.mean(each[1:-1]), abs=0.2)
    moved = replace(readings, heel_tilt_deg=readings.heel_tilt_deg + 3.0)
    np.testing.assert_allclose(windows.average_windows(moved).heel_tilt_deg[flat], got.heel_tilt_deg[flat], atol=1e-9)


def test_windows_that_disagree_widen_its_interval(kinked: tuple[Readings, np.ndarray]) -> None:
    """By the standard error of their mean."""
    readings, through = kinked
    flat = flat_foot(readings.leg.pct) & readings.read & np.isfinite(through).all(axis=0)
    disagree = np.std(np.median(through[:, flat], axis=1), ddof=1) / np.sqrt(6)
    assert disagree > 0.3
    got = add_up_errors(windows.average_windows(readings))
    assert got.doubts["windows_deg"] == pytest.approx(disagree, abs=0.1)
    assert got.systematic_sd_deg > PER["windows_deg"] * got.doubts["windows_deg"]


def test_its_drawn_line_turns_with_its_angle(kinked: tuple[Readings, np.ndarray]) -> None:
    readings, _ = kinked
    got = windows.average_windows(readings)
    line, own = (tilt_deg(r.heel_px[:, 1] - r.heel_px[:, 0]) for r in (got, readings))
    read = np.isfinite(own)
    assert np.abs(got.heel_tilt_deg - readings.heel_tilt_deg)[read].max() > 0.2
    np.testing.assert_allclose((line - own)[read], (got.heel_tilt_deg - readings.heel_tilt_deg)[read], atol=1e-9)


def test_outlines_that_do_not_turn_with_the_heel_mislead_less_than_half() -> None:
    """A round heel's sides are not the same ones from every direction: with them it is read 4 degrees low, by a weave of 8 grey levels 1.8."""
    scene = Drawn({Side.LEFT: 12.0, Side.RIGHT: 12.0}, plain=True, weave=True, sides_held_back=0.4, feet=(Side.RIGHT,))
    readings = opened(scene)
    peak = (readings.leg.pct > 34) & (readings.leg.pct < 50) & readings.read
    truth = np.array([scene.eversion_deg(Side.RIGHT, p) for p in readings.leg.pct[peak]])
    with_sides, without = (np.median(r.angle_deg[peak] - truth) for r in (readings, windows.average_windows(readings)))
    assert with_sides < -3.5
    assert -2.2 < without < 0
