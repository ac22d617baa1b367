"""The shank in all frames of a foot: a frame that stands out is read again from what the other steps show."""

from dataclasses import replace

import numpy as np
import pytest

from gait.landmarks import Side
from gait.rearfoot import shank
from gait.rearfoot.frame import LegPoints
from gait.rearfoot.reference import Leg, LegReference
from gait.rearfoot.shanks import find_shanks
from tests.unit.rearfoot.drawn import UNEQUAL, Drawn, stand
from tests.unit.rearfoot.test_shank import outline, strip

STEPS, ODD, PCT = 9, 4, 40.0
USUAL_OFFSET, OFFSET, SLOPE = 0.07, 0.1, 0.2
"""So far off the ankle-knee line and so tilted against it, a calf's edges are not found from the standing outline's place alone."""


@pytest.fixture(scope="module")
def reference() -> LegReference:
    """One that saw the shank as it is at this phase."""
    seen = stand(Drawn(UNEQUAL)).legs[Side.LEFT]
    assert isinstance(seen, LegReference)
    return replace(seen, outline=outline(), length_px=200.0, lean_sine=shank.lean_sine(PCT))


def leg_of(slopes: list[float]) -> Leg:
    """A frame each of several steps at one phase: the shank's true slope is `SLOPE`, the tracker's own line has the rest."""
    ankle = np.tile([100.0, 300.0], (len(slopes), 1))
    lean = np.arctan(SLOPE) - np.arctan(slopes)
    knee = ankle + 200 * np.stack([np.sin(lean), -np.cos(lean)], axis=1)
    index = np.arange(len(slopes))
    return Leg(Side.LEFT, LegPoints(ankle, knee, ankle), 200.0, index, index, index / 60, np.full(len(slopes), PCT))


def test_a_frame_unlike_the_other_steps_is_read_again(reference: LegReference) -> None:
    slopes = [SLOPE if k == ODD else 0.0 for k in range(STEPS)]
    offsets = [OFFSET if k == ODD else USUAL_OFFSET for k in range(STEPS)]
    strips = {k: strip(offsets[k], slopes[k], seed=k) for k in range(STEPS)}
    alone = find_shanks(leg_of(slopes[ODD : ODD + 1]), {0: strips[ODD]}, reference)[0]
    assert abs(alone.slope - SLOPE) > 0.1, "by itself it is read wrong"
    found = find_shanks(leg_of(slopes), strips, reference)
    for k in range(STEPS):
        assert found[k].slope == pytest.approx(slopes[k], abs=0.01)
        assert found[k].offset == pytest.approx(offsets[k], abs=0.01)


def test_a_frame_without_a_strip_has_no_fit(reference: LegReference) -> None:
    slopes = [0.0] * STEPS
    strips = {k: strip(0.02, 0.0, seed=k) for k in range(STEPS) if k != 2}
    found = find_shanks(leg_of(slopes), strips, reference)
    assert sorted(found) == sorted(strips)
    assert find_shanks(leg_of(slopes), {}, reference) == {}
