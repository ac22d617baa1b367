"""Where the counter lies: between the collar's edge and the midsole's, however high the camera stands."""

import numpy as np
import pytest

from gait.rearfoot import place
from gait.rearfoot.frame import UNITS, HeelPicture, expected_heel
from gait.rearfoot.markers import Dot

HEIGHT, WIDTH = 124, 128
SKIN, SOCK, COLLAR, COUNTER, MIDSOLE, FLOOR = 150, 215, 120, 60, 250, 90


def standing(lower_px: int, high_px: int = 36, sock: int = SOCK, counter: int = COUNTER) -> HeelPicture:
    """Skin, a sock of 40 rows, a collar of 4, a counter of `high_px` rows whose middle is `lower_px` below where it is expected, a midsole, the floor."""
    image = np.full((HEIGHT, WIDTH, 3), SKIN, np.uint8)
    middle = round(expected_heel(HeelPicture(image, np.eye(2, 3)))[1] - place.EXPECTED * UNITS) + lower_px
    top, bottom = middle - high_px // 2, middle + high_px // 2
    for first, last, grey in (
        (top - 44, top - 4, sock),
        (top - 4, top, COLLAR),
        (top, bottom, counter),
        (bottom, bottom + 10, MIDSOLE),
        (bottom + 10, HEIGHT, FLOOR),
    ):
        image[max(0, first) : max(0, last)] = grey
    return HeelPicture(image, np.eye(2, 3))


@pytest.mark.parametrize("high_px", [26, 30, 36])
@pytest.mark.parametrize("lower_px", [-12, -6, 0, 6, 14, 24])
def test_the_counter_is_found_between_its_edges(lower_px: int, high_px: int) -> None:
    """A long sock of one colour is above it, and is where the tracker has the heel when the counter lies 24 below that."""
    found_px = -place.raised_by([standing(lower_px, high_px)], 0.0) * UNITS
    assert abs(found_px - lower_px) <= 2.0


@pytest.mark.parametrize("lower_px", [-4, 6, 16])
def test_a_sock_of_the_shoe_s_own_colour_leaves_the_midsole_s_edge(lower_px: int) -> None:
    picture = standing(lower_px, sock=COUNTER)
    image = picture.image.copy()
    image[image == COLLAR] = COUNTER
    found_px = -place.raised_by([HeelPicture(image, picture.to_picture)], 0.0) * UNITS
    # how high the counter is cannot be seen: it is taken for as high as usual
    assert abs(found_px - lower_px) <= 6.0


def test_it_is_looked_for_on_the_leg_s_own_axis() -> None:
    """What stands to the left of the axis, another shoe 20 rows lower, has no say."""
    image = standing(2).image.copy()
    image[:, : WIDTH // 2 - 12] = standing(22).image[:, : WIDTH // 2 - 12]
    picture = HeelPicture(image, np.eye(2, 3))
    assert -place.raised_by([picture], 4.0) * UNITS == pytest.approx(2.0, abs=2.0)
    assert -place.raised_by([picture], -30.0) * UNITS == pytest.approx(22.0, abs=2.0)


def test_of_two_dots_the_middle_is_the_counter_s() -> None:
    picture = standing(0)
    _, sole = expected_heel(picture)
    middle = sole - place.EXPECTED * UNITS + 9
    dots = (_dot(middle + 11), _dot(middle - 11))
    assert -place.raised_to(dots, picture) * UNITS == pytest.approx(9.0)


def _dot(y: float) -> Dot:
    return Dot(np.array([64.0, y]), 4.0, 60.0, np.zeros(3))
