"""Numbers as people type them."""

import pytest

from gait.bounds import SHOE_SIZE, SPEED_KMH
from gait.errors import GaitError
from gait.pipeline import Choices


@pytest.mark.parametrize(("typed", "kmh"), [("9,8", 9.8), (" 9.8 ", 9.8), ("4", 4.0), ("25,0", 25.0), ("٩٫٨", 9.8)])
def test_a_decimal_comma_is_a_decimal_point(typed, kmh):
    assert SPEED_KMH.read(typed) == kmh


@pytest.mark.parametrize("typed", ["98", "3,9", "25.01", "-9", "nan", "inf", "ten", "9.8 km/h", "1.234,5", "9,8,1", ""])
def test_what_is_no_speed_is_refused(typed):
    with pytest.raises(ValueError, match=r"could not convert|must be between"):
        SPEED_KMH.read(typed)


def test_half_sizes_are_sizes():
    assert SHOE_SIZE.read("42,5") == 42.5
    with pytest.raises(ValueError, match="between 1 and 60"):
        SHOE_SIZE.read("425")


@pytest.mark.parametrize("speed_kmh", [3.9, 25.1, 98.0, float("nan")])
def test_a_script_may_not_give_a_speed_that_no_belt_has(speed_kmh):
    """Before the work, not when the result is written."""
    with pytest.raises(GaitError, match="from 4 to 25 km/h"):
        Choices(speed_kmh=speed_kmh)
    assert Choices(speed_kmh=25.0).speed_kmh == 25.0
