"""Where the camera stands: roll, aside, off centre."""

import pytest

from gait import quality, words
from gait.landmarks import View
from tests.builders.drawn import WIDTH, codes, moved, ran, rolled, runs, tracked


@pytest.mark.parametrize(("deg", "told"), [(2.5, False), (3.5, True), (-2.5, False), (-3.5, True)])
def test_camera_roll(deg, told):
    found = {f.code: f for f in quality.check_camera(rolled(runs(), deg))}
    assert ("camera_rolled" in found) is told
    if told:
        assert found["camera_rolled"].value == pytest.approx(deg, abs=0.3)
        assert ("right" if deg > 0 else "left") in words.message(found["camera_rolled"])


@pytest.mark.parametrize(
    ("deg", "severity"), [(13, None), (17, "warn"), (28, "warn"), (32, "refuse"), (-17, "warn"), (-32, "refuse")]
)
def test_camera_aside(deg, severity):
    t = runs()
    found = ran(tracked(t.landmarks_px, t.times_s, yaw_deg=deg))
    assert (found["camera_aside"].severity if severity else found.get("camera_aside")) == severity


def test_the_camera_of_a_side_view_is_not_judged_as_one_from_behind():
    t = runs()
    assert ran(tracked(t.landmarks_px, t.times_s, yaw_deg=80), view=View.SIDE) == {}


@pytest.mark.parametrize(("share", "told"), [(0.2, False), (0.3, True), (-0.3, True)])
def test_runner_off_centre(share, told):
    t = runs()
    found = quality.check_camera(moved(t, share * WIDTH, 0))
    assert ("runner_off_centre" in codes(found)) is told
