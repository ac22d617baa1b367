"""Small drawings: the scale under a foot."""

import re

from gait.landmarks import Side
from gait.model import Estimate
from gait.results.result import Limits
from gait.ui.parts import pictures


def test_the_scale_keeps_order_and_interval():
    drawn = pictures.scale(Estimate(10.1, (8.9, 11.3)), Limits(7.87, 13.4), Side.LEFT)
    place = {k: float(v) for k, v in re.findall(r"<(s|em) style=\"left:([\d.]+)%", drawn)}
    ticks = [float(v) for v in re.findall(r"<u style=\"left:([\d.]+)%", drawn)]
    assert ticks[0] < place["s"] < place["em"] < ticks[1]
    outside = pictures.scale(Estimate(30.0, (28.0, 33.0)), Limits(7.87, 13.4), Side.LEFT)
    assert all(0 <= float(v) <= 100 for v in re.findall(r"left:([\d.]+)%", outside))
