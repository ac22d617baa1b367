"""The thin lines of the charts: through what was measured, and of the shape of the foot's mean between."""

import numpy as np

from gait.drawing.step_lines import step_line

MEAN_PCT = np.linspace(0, 75, 76)
MEAN_DEG = 12 * np.sin(np.pi * MEAN_PCT / 90) - 2


def test_a_step_that_is_the_mean_is_drawn_as_the_mean():
    pct = np.array([2.0, 21.0, 44.0, 66.0])
    x, y = step_line(pct, np.interp(pct, MEAN_PCT, MEAN_DEG), MEAN_PCT, MEAN_DEG)
    np.testing.assert_allclose(y, np.interp(x, MEAN_PCT, MEAN_DEG), atol=1e-9)
    assert y.max() > MEAN_DEG.max() - 0.05, "straight lines between four frames would cut the top off"


def test_the_line_goes_through_every_measured_frame_and_no_farther():
    rng = np.random.default_rng(0)
    for n in (1, 2, 4, 9):
        pct, deg = np.sort(rng.uniform(-7, 75, n)), rng.normal(8, 4, n)
        x, y = step_line(pct, deg, MEAN_PCT, MEAN_DEG)
        assert x[0] == pct[0]
        assert x[-1] == pct[-1]
        assert (np.diff(x) > 0).all()
        np.testing.assert_allclose(y[np.searchsorted(x, pct)], deg)


def test_a_step_above_the_mean_stays_as_far_above():
    pct = np.array([5.0, 30.0, 60.0])
    x, y = step_line(pct, np.interp(pct, MEAN_PCT, MEAN_DEG) + 3, MEAN_PCT, MEAN_DEG)
    np.testing.assert_allclose(y - np.interp(x, MEAN_PCT, MEAN_DEG), 3)


def test_without_a_mean_the_frames_are_joined_straight():
    pct, deg = np.array([1.0, 20.0]), np.array([3.0, 4.0])
    x, y = step_line(pct, deg, np.empty(0), np.empty(0))
    np.testing.assert_array_equal(x, pct)
    np.testing.assert_array_equal(y, deg)
