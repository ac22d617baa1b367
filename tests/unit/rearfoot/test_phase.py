"""What the other steps show at the same phase of stance."""

import numpy as np
import pytest

from gait.rearfoot.phase import as_usual, joined_to_mid_stance, median_at_phase

PCT = np.repeat(np.arange(0.0, 75.0, 5.0), 4) + np.tile((0.0, 0.1, 0.2, 0.3), 15)
"""Four steps, a frame of each every 5 % of stance."""
ALL = np.ones(len(PCT), bool)


def test_the_median_is_over_frames_within_5_per_cent() -> None:
    pct = np.array([10.0, 12.0, 14.9, 15.1, 20.0, 40.0])
    values = np.array([1.0, 5.0, 2.0, 9.0, 100.0, 7.0])
    read = np.ones(6, bool)
    got = median_at_phase(pct, values, read)
    np.testing.assert_allclose(got[:4], [np.median(v) for v in ((1, 5, 2), (1, 5, 2, 9), (1, 5, 2, 9), (5, 2, 9, 100))])
    # near 20 % there are but two
    assert np.isnan(got[4:]).all()


def test_the_median_leaves_out_what_was_not_read_and_takes_columns_by_themselves() -> None:
    pct = np.full(5, 30.0)
    values = np.stack([np.arange(5.0), 10 - np.arange(5.0)], axis=1)
    read = np.array([True, True, True, False, False])
    np.testing.assert_allclose(median_at_phase(pct, values, read), np.tile((1.0, 9.0), (5, 1)))
    assert np.isnan(median_at_phase(pct, values, np.array([True, True, False, False, False]))).all()


@pytest.mark.parametrize(("off", "usual"), [(3.9, True), (4.1, False), (-4.1, False)])
def test_four_degrees_are_unusual_where_steps_are_alike(off: float, usual: bool) -> None:
    values = np.zeros(len(PCT))
    values[30] = off
    got = as_usual(PCT, values, ALL)
    assert got[30] == usual
    assert np.delete(got, 30).all()


def test_steps_that_scatter_allow_more() -> None:
    """Four robust SD: steps at -3, -1, 1 and 3 degrees have a median departure of 2, so 4 * 1.48 * 2 = 11.84 are allowed."""
    pct = np.full(41, 30.0)
    values = np.append(np.tile((-3.0, -1.0, 1.0, 3.0), 10), 0.0)
    for off, usual in ((10.5, True), (13.5, False)):
        # in the median of 41 it moves the middle to 1
        values[-1] = off
        assert as_usual(pct, values, np.ones(41, bool))[-1] == usual


def test_a_course_a_heel_can_follow_stays_whole() -> None:
    """1.7 degrees per % of stance up to 30 %, as no heel rolls in faster, then level."""
    angle = np.minimum(PCT, 30.0) * 1.7
    assert joined_to_mid_stance(PCT, angle, ALL).all()


@pytest.mark.parametrize("leap", [14.0, -14.0])
def test_beyond_a_leap_nothing_is_kept(leap: float) -> None:
    late = joined_to_mid_stance(PCT, np.where(PCT > 44, leap, 0.0), ALL)
    np.testing.assert_array_equal(late, PCT < 44)
    early = joined_to_mid_stance(PCT, np.where(PCT < 14, leap, 0.0), ALL)
    np.testing.assert_array_equal(early, PCT > 14)


@pytest.mark.parametrize(("leap", "followed"), [(9.5, True), (10.5, False), (-9.5, True), (-10.5, False)])
def test_a_leap_is_more_than_a_heel_does_in_5_per_cent_and_a_degree(leap: float, followed: bool) -> None:
    """1.8 degrees per % of stance, and 1 for the noise of a bin's median: 10 degrees."""
    assert joined_to_mid_stance(PCT, np.where(PCT > 44, leap, 0.0), ALL).all() == followed


def test_a_gap_allows_as_much_as_the_time_it_takes() -> None:
    """From 30 to 45 % a heel may turn by 27 degrees: with nothing read between, a step of 20 is no leap."""
    read = (PCT < 31) | (PCT > 44)
    angle = np.where(PCT > 44, 20.0, 0.0)
    np.testing.assert_array_equal(joined_to_mid_stance(PCT, angle, read), read)


def test_before_the_peak_a_heel_does_not_roll_out() -> None:
    """An angle that is 4 degrees higher at foot strike than at 20 % is something else."""
    angle = np.where(PCT < 9, 4.0, 0.0)
    np.testing.assert_array_equal(joined_to_mid_stance(PCT, angle, ALL), PCT > 9)
    assert joined_to_mid_stance(PCT, -angle, ALL).all()
    assert joined_to_mid_stance(PCT, np.where(PCT < 9, 1.5, 0.0), ALL).all()


def test_what_was_not_good_stays_so() -> None:
    good = np.arange(len(PCT)) % 2 == 0
    np.testing.assert_array_equal(joined_to_mid_stance(PCT, np.zeros(len(PCT)), good), good)
