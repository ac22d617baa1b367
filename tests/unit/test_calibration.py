"""What follows from a reading of the calibration page, in closed form."""

import pytest

from gait.calibration import Light, WedgeRead
from gait.model import Estimate


def test_the_error_of_a_wedge_is_what_is_read_less_what_is_printed():
    wedge = WedgeRead(-5.0, Estimate(-5.3, (-5.5, -5.1)), -5.2)
    assert wedge.error.value == pytest.approx(-0.3)
    assert wedge.error.ci95 == pytest.approx((-0.5, -0.1))


def test_how_uneven_the_light_is():
    assert Light(150.0, 100.0, 200.0).uneven == 0.5
    assert Light(0.0, 0.0, 0.0).uneven == 0.0
