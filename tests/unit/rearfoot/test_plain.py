"""A heel without strip, seam or logo: read while the foot is flat, through several windows, with an SD of its own."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from gait.landmarks import Side
from gait.model import FootAngles, RearfootAngles
from gait.rearfoot import Standing, windows
from gait.rearfoot.budget import DEGREES_PER, expected_error_deg
from gait.rearfoot.reference import LegReference
from tests.unit.rearfoot.drawn import UNEQUAL, Drawn, errors_deg, film, measure, stand

PER = DEGREES_PER["plain"]


@pytest.fixture(scope="module", autouse=True)
def rigid() -> Iterator[None]:
    """A drawn heel turns as a whole, as no shoe does: nothing of its turn is held back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "HELD_BACK", 0.0)
        yield


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
def kinked() -> tuple[FootAngles, list[FootAngles]]:
    """A plain heel whose upper 9 rows turn by 4 degrees more: the foot, and the same read through each window alone."""
    scene = Drawn(UNEQUAL, plain=True, kink_deg=4.0, feet=(Side.LEFT,))
    run, standing = film(scene), stand(scene)
    reference = standing.legs[Side.LEFT]
    assert isinstance(reference, LegReference)
    assert len(reference.beside) == 2
    alone = [
        replace(reference, counter=window, beside=(), heel_tilt_deg=window.lean_deg)
        for window in (reference.counter, *reference.beside)
    ]
    one_by_one = [
        run.measure(Standing({**standing.legs, Side.LEFT: window}, standing.settings)).feet[Side.LEFT]
        for window in alone
    ]
    return run.measure(standing).feet[Side.LEFT], one_by_one


def test_its_angle_is_the_mean_of_its_windows(kinked: tuple[FootAngles, list[FootAngles]]) -> None:
    foot, alone = kinked
    flat = (foot.stance_pct >= 12) & (foot.stance_pct <= 55)
    windows = [float(np.median(one.angle_deg[flat])) for one in alone]
    angle = float(np.median(foot.angle_deg[flat]))
    assert angle == pytest.approx(np.mean(windows), abs=0.2)
    assert abs(angle - windows[0]) > 1.0, "the first window alone says something else"


def test_windows_that_disagree_widen_its_interval(kinked: tuple[FootAngles, list[FootAngles]]) -> None:
    """By the standard error of their mean."""
    foot, alone = kinked
    flat = (foot.stance_pct >= 12) & (foot.stance_pct <= 55)
    windows = [float(np.median(one.angle_deg[flat])) for one in alone]
    disagree = np.std(windows, ddof=1) / np.sqrt(3)
    assert disagree > 1.0
    assert foot.doubts["windows_deg"] == pytest.approx(disagree, abs=0.15)
    assert foot.systematic_sd_deg > PER["windows_deg"] * foot.doubts["windows_deg"]


def test_its_drawn_line_turns_with_its_angle(kinked: tuple[FootAngles, list[FootAngles]]) -> None:
    foot, alone = kinked
    up, first = (f.heel_px[:, 1] - f.heel_px[:, 0] for f in (foot, alone[0]))
    turned = np.degrees(np.arctan2(up[:, 0], -up[:, 1]) - np.arctan2(first[:, 0], -first[:, 1]))
    # of the left foot, eversion turns the heel clockwise
    here = foot.usable & alone[0].usable
    np.testing.assert_allclose(turned[here], (foot.angle_deg - alone[0].angle_deg)[here], atol=0.05)
