"""The standing clip: every limit from both sides."""

import numpy as np
import pytest

from gait import quality
from gait.landmarks import Landmark
from tests.builders.drawn import HIPS, SHANK, codes, moved, person, runs, tracked


def test_quiet_standing_is_a_reference():
    assert quality.check_standing(tracked(person(180)), runs()) == ()


def test_a_run_is_no_standing_clip():
    assert "standing_moves" in codes(quality.check_standing(runs(), runs()), "refuse")


@pytest.mark.parametrize(("sway", "severity"), [(0.06, None), (0.1, "warn"), (0.23, "warn"), (0.27, "refuse")])
def test_sway(sway, severity):
    # Half of the time at one place, half at another: the median lies at one of them, the 90th percentile at the other.
    points = person(201)
    points[101:, :, 0] += sway * SHANK
    found = {f.code: f.severity for f in quality.check_standing(tracked(points), runs())}
    assert found.get("standing_moves") == severity


@pytest.mark.parametrize(("lift", "told"), [(0.2, False), (0.3, True)])
def test_on_one_leg(lift, told):
    points = person(180)
    points[:, Landmark.LEFT_ANKLE, 1] -= lift * SHANK
    assert ("standing_one_leg" in codes(quality.check_standing(tracked(points), runs()))) is told


@pytest.mark.parametrize(("ratio", "told"), [(0.7, True), (0.8, False), (1.25, False), (1.4, True)])
def test_another_distance(ratio, told):
    points = HIPS + (person(180) - HIPS) * ratio
    found = codes(quality.check_standing(tracked(points), runs()), "refuse")
    assert ("standing_size" in found) is told


def test_standing_seen_from_the_front_or_the_side():
    mirrored = person(180)
    mirrored = HIPS + (mirrored - HIPS) * [-1, 1]
    assert "standing_view" in codes(quality.check_standing(tracked(mirrored), runs()), "refuse")
    narrow = HIPS + (person(180) - HIPS) * [0.3, 1]
    assert "standing_view" in codes(quality.check_standing(tracked(narrow), runs()), "refuse")


def test_standing_without_feet_or_without_anybody():
    low = moved(tracked(person(180)), 0, 400)
    assert "standing_feet_out_of_view" in codes(quality.check_standing(low, runs()), "refuse")
    nobody = tracked(np.full((180, 33, 2), np.nan))
    assert codes(quality.check_standing(nobody, runs())) == {"standing_no_person"}


@pytest.mark.parametrize(("frames", "told"), [(25, True), (40, False)])
def test_the_shortest_standing(frames, told):
    assert ("standing_no_person" in codes(quality.check_standing(tracked(person(frames)), runs()))) is told
