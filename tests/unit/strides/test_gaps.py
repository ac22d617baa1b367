"""Few frames on few phases: what lies between them is not invented."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gait.landmarks import Side
from gait.model import FootAngles, RearfootAngles
from gait.settings import RearfootSettings
from gait.strides import GRID_PCT, tabulate_strides
from tests.builders.steps import both, foot_angles, foot_events, summary

PHASES = (-2.5, 17.0, 36.0, 61.0)
"""Of the frames of a clip of 3 s with three steps of a foot: each step's fall on the same phases."""


def few(phases, readings) -> FootAngles:
    """Steps with a frame at each of these phases: (steps, phases) degrees."""
    steps, n = np.shape(readings)
    stance = np.repeat(np.arange(steps), n)
    pct, k = np.tile(np.asarray(phases, float), steps), steps * n
    return FootAngles(
        stance, np.arange(k), np.arange(k) / 60.0, pct, np.ravel(readings), np.full(k, 0.5), np.ones(k, bool),
        np.zeros((k, 2, 2)), np.zeros((k, 2, 2)), "heel_counter", 0.0, 0.55,
    )  # fmt: skip


def course(pct):
    """A foot that rises from -7 degrees to its peak of 12.5 at 42 % and falls to 8 at 61 %."""
    pct = np.asarray(pct)
    return np.where(pct < 42, 12.5 - 19.5 * ((42 - pct) / 44.5) ** 2, 12.5 - 4.5 * ((pct - 42) / 19) ** 2)


def test_three_steps_with_the_peak_between_their_frames() -> None:
    """The frames round the gap fall at different rates from step to step, which once sent the curve to twice the highest of them."""
    seen = course(PHASES) + np.array([[0.2, 0.3, 0.9, 1.5], [0.1, 0.1, 0.5, 0.5], [-0.7, -0.8, -1.8, -2.0]])
    seen[:, 0] += [0.6, 0.3, -0.9]
    pct = np.array(PHASES) + np.array([[-0.4], [-0.1], [0.5]])
    angles = replace(few(PHASES, seen), stance_pct=pct.ravel())
    events = foot_events(3)
    foot = summary(angles, both(events))
    table = tabulate_strides(both(events), RearfootAngles({Side.LEFT: angles}, "standing"), RearfootSettings())
    assert np.nanmax(foot.curve_deg) <= seen.max()
    assert table.rows["peak_eversion_deg"].max() <= seen.max()
    low, high = foot.peak_eversion_deg.ci95
    assert low < 12.5 - 0.13 < high  # the steps' mean


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 6), st.integers(3, 6))
def test_the_curve_stays_within_the_frames_that_were_seen(seed, steps, n) -> None:
    rng = np.random.default_rng(seed)
    phases = np.sort(rng.uniform(0, 75, n))
    seen = course(phases) + rng.normal(0, 1.0, (steps, n))
    foot = summary(few(phases, seen), both(foot_events(steps)))
    inside = np.isfinite(foot.curve_deg) & (phases[0] <= GRID_PCT) & (phases[-1] >= GRID_PCT)
    assert (foot.curve_deg[inside] <= seen.max() + 1e-9).all()
    assert (foot.curve_deg[inside] >= seen.min() - 1e-9).all()
    if foot.peak_eversion_deg is not None:
        assert foot.peak_eversion_deg.value <= seen.max() + 1.0


def test_a_wider_gap_at_the_peak_widens_its_interval() -> None:
    def width(phases) -> float:
        seen = course(phases) + np.array([[0.3], [0.0], [-0.3]])
        low, high = summary(few(phases, seen), both(foot_events(3))).peak_eversion_deg.ci95
        return high - low

    assert width((0, 10, 20, 30, 54, 64)) > width((0, 10, 20, 30, 50, 64)) > width((0, 10, 20, 30, 42, 54, 64))


def test_frames_that_lie_close_together_are_not_held_back() -> None:
    """Frames 3 % of stance apart on either side of the peak."""
    events = foot_events(20)
    angles, _ = foot_angles(events, 120.0, 0.1, 1, step_sd_deg=0.0)
    foot = summary(angles, both(events))
    assert foot.peak_eversion_deg.value == pytest.approx(11.0, abs=0.02)
