"""Beat, bounce and playback speed of drawn movements whose truth is known."""

import numpy as np
import pytest

from gait.landmarks import Landmark
from gait.rhythm import SHANK_M, bounce, shank_length_px, slow_factor, stride_time_s

SHANK_PX = 100.0


def drawn(
    stride_s: float, bounce_g: float, seconds: float = 10.0, spring: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """(n,) and (n, 33, 2): ankles that swing in turn, hips that rise and fall twice a stride with that acceleration."""
    t = np.arange(0, seconds, 1 / 60)
    points = np.full((len(t), 33, 2), np.nan)
    swing = 60 * np.sin(2 * np.pi * t / stride_s)
    for landmark, sign in ((Landmark.LEFT_ANKLE, 1), (Landmark.RIGHT_ANKLE, -1)):
        points[:, landmark] = np.column_stack([np.full(len(t), 300.0), 500 + sign * swing])
    for ankle, knee in ((Landmark.LEFT_ANKLE, Landmark.LEFT_KNEE), (Landmark.RIGHT_ANKLE, Landmark.RIGHT_KNEE)):
        points[:, knee] = points[:, ankle] - [0, SHANK_PX]
    step = 4 * np.pi / stride_s
    depth_px = bounce_g * 9.81 / step**2 / SHANK_M * SHANK_PX
    # |ankle difference| is largest in mid-stance, when a spring is lowest: y is largest
    depth = -depth_px * np.cos(step * t) * (1 if spring else -1)
    for hip in (Landmark.LEFT_HIP, Landmark.RIGHT_HIP):
        points[:, hip] = np.column_stack([np.full(len(t), 300.0), 250 + depth])
    return t, points


@pytest.mark.parametrize("stride_s", [0.6, 0.7, 1.4])
def test_the_stride_time_is_found_between_frames(stride_s):
    assert stride_time_s(*drawn(stride_s, 1.3)) == pytest.approx(stride_s, abs=0.003)


def test_stillness_has_no_stride_time_and_nobody_no_length():
    t, points = drawn(0.7, 1.3)
    assert np.isnan(stride_time_s(t, np.full_like(points, np.nan)))
    assert np.isnan(shank_length_px(np.full_like(points, np.nan)))
    assert shank_length_px(points) == pytest.approx(SHANK_PX)


@pytest.mark.parametrize("spring", [True, False])
@pytest.mark.parametrize("bounce_g", [0.3, 1.3, 2.0])
def test_the_bounce_is_the_acceleration_that_was_drawn(bounce_g, spring):
    t, points = drawn(0.7, bounce_g, spring=spring)
    found_g, phase = bounce(t, points, 0.7, SHANK_PX)
    assert found_g == pytest.approx(bounce_g, rel=0.03)
    assert phase * (1 if spring else -1) > 0.95


def test_without_hips_there_is_no_bounce():
    t, points = drawn(0.7, 1.3)
    points[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]] = np.nan
    assert np.isnan(bounce(t, points, 0.7, SHANK_PX)).all()


@pytest.mark.parametrize("factor", [2.0, 4.0, 8.0])
@pytest.mark.parametrize("cadence", [150.0, 170.0, 190.0])
def test_cadence_alone_names_what_phones_make(cadence, factor):
    assert slow_factor(cadence / factor) == factor


def test_gravity_decides_what_cadence_leaves_open():
    """70 steps a minute are a runner of 140 at half speed or one of 168 at 1/2.4; how fast the body falls tells which."""
    assert slow_factor(70.0, 1.3 / 2.0**2) == 2.0
    assert slow_factor(70.0, 1.3 / 2.4**2) == 2.4
