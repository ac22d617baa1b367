"""The shank's course through foot strike: closed form, then a hidden shank, then nothing to go by."""

import numpy as np
import pytest

from gait.rearfoot.carry import PHASE_PCT, TURN_DEG, carry_back

PCT = np.tile(np.linspace(-7, 70, 10), 11) + np.repeat(np.linspace(0, 7, 11), 10)
STANCE = np.repeat(np.arange(11), 10)
COURSE = -5.0 + np.interp(PCT, PHASE_PCT, TURN_DEG)
"""A shank that turns as the mean runner's does."""
ALL = np.ones(len(PCT), bool)


def test_a_shank_that_was_read_all_along_stays() -> None:
    np.testing.assert_allclose(carry_back(PCT, STANCE, COURSE, ALL, np.ones(len(PCT))), COURSE, atol=0.05)


def test_a_shank_hidden_at_foot_strike_is_carried_from_where_it_is_in_view() -> None:
    hidden = PCT < 8
    wrong = np.where(hidden, COURSE + 8.0, COURSE)
    for in_view in (np.ones(len(PCT)), np.where(hidden, 0.3, 1.0)):
        np.testing.assert_allclose(carry_back(PCT, STANCE, wrong, ALL, in_view), COURSE, atol=0.7)


@pytest.mark.parametrize("wrong_deg", [2.0, 3.0, -3.0])
def test_a_shank_a_little_wrong_while_the_other_foot_passes_is_not_believed(wrong_deg: float) -> None:
    """An outline may seem whole and be the other shoe's: until 8 % of stance what is read weighs little."""
    wrong = COURSE + np.where(PCT < 8, wrong_deg, 0.0)
    np.testing.assert_allclose(carry_back(PCT, STANCE, wrong, ALL, np.ones(len(PCT))), COURSE, atol=0.4)


def test_how_a_step_lies_to_the_others_is_read_in_full_view_only() -> None:
    """It leans by 1.5 degrees; before 15 % its readings are 10 degrees off, and of full view only two frames were read."""
    step = STANCE == 4
    tilt = COURSE + np.where(step, 1.5, 0.0) + np.where(step & (PCT < 15), 10.0, 0.0)
    read = ALL & ~(step & (PCT > 32))
    out = carry_back(PCT, STANCE, tilt, read, np.ones(len(PCT)))
    early = step & (PCT < 12)
    np.testing.assert_allclose(out[early] - COURSE[early], 1.5, atol=0.3)


def test_the_other_way_round_is_the_same() -> None:
    """Wrong towards either side: the course is a fact about shanks, not about which way the other shoe pulls."""
    up, down = COURSE + np.where(PCT < 8, 8.0, 0.0), COURSE - np.where(PCT < 8, 8.0, 0.0)
    one = carry_back(PCT, STANCE, up, ALL, np.ones(len(PCT))) - COURSE
    other = carry_back(PCT, STANCE, down, ALL, np.ones(len(PCT))) - COURSE
    np.testing.assert_allclose(one, -other, atol=0.02)


def test_a_step_that_leans_as_a_whole_keeps_its_lean() -> None:
    leaning = COURSE + np.where(STANCE == 4, 1.5, 0.0)
    out = carry_back(PCT, STANCE, leaning, ALL, np.ones(len(PCT)))
    np.testing.assert_allclose(out[STANCE == 4] - COURSE[STANCE == 4], 1.5, atol=0.15)


def test_with_nothing_read_in_mid_stance_nothing_is_carried() -> None:
    early = PCT < 12
    tilt = np.where(early, COURSE, np.nan)
    np.testing.assert_array_equal(carry_back(PCT, STANCE, tilt, early, np.ones(len(PCT))), tilt)
    none = np.full(len(PCT), np.nan)
    np.testing.assert_array_equal(carry_back(PCT, STANCE, none, ~ALL, np.zeros(len(PCT))), none)
