"""Where the camera stands: the limits from both sides, on points that are given."""

import numpy as np
import pytest

from gait.events import guess_view
from gait.landmarks import Landmark, Side, View
from gait.model import PoseTrack, Trajectories

SHANK_PX = 150.0


def body(shoulder_px=60.0, hip_px=60.0, knee_px=40.0, trunk=True, travel_px=0.0, frames=60):
    """Points of someone whose right joints lie so far to the picture's right of the left ones; the trunk is 200 px long."""
    points = np.full((frames, 33, 2), np.nan)
    sway = travel_px / 2 * np.sign(np.arange(frames) % 2 - 0.5)
    for side in Side:
        half = side.lateral_sign / 2
        for joint, width, y in (
            ("shoulder", shoulder_px, 300),
            ("hip", hip_px, 500),
            ("knee", knee_px, 700),
            ("ankle", knee_px, 700 + SHANK_PX),
        ):
            if trunk or joint in ("knee", "ankle"):
                x = 360 + half * width + (sway if joint == "ankle" else 0)
                points[:, Landmark.of(side, joint)] = np.column_stack([np.broadcast_to(x, frames), np.full(frames, y)])
    return points


def viewed(points):
    n = len(points)
    track = PoseTrack(np.arange(n) / 60, points, np.ones((n, 33)), np.zeros((n, 33, 3)), 720, 1280, "", "", "")
    moves = Trajectories(track.times_s, points, np.zeros((n, 33), bool), 8.0, 0, 720, 1280)
    assert guess_view(track) == guess_view(moves)
    return guess_view(track)


@pytest.mark.parametrize(
    ("breadth", "view"),
    [
        (0.8, View.REAR),
        (0.36, View.REAR),
        (0.34, View.SIDE),
        (-0.34, View.SIDE),
        (-0.36, View.FRONT),
        (-0.8, View.FRONT),
    ],
)
def test_breadth_and_its_direction_tell_the_view(breadth, view):
    assert viewed(body(200 * breadth, 200 * breadth))[0] is view


def test_shoulders_and_hips_count_alike():
    """0.2 and 0.6 trunks are 0.4 in the mean, which is a view from behind; so are 0.6 and 0.2."""
    assert viewed(body(40, 120)) == viewed(body(120, 40))
    assert viewed(body(40, 120))[0] is View.REAR


def test_how_sure_grows_from_nothing_at_the_limit():
    """Twice what breadth has beyond 0.35 trunks, as a share of it, up to 1; within, twice what it lacks."""
    assert viewed(body(84, 84))[1] == pytest.approx(2 * (0.42 / 0.35 - 1))
    assert viewed(body(56, 56))[1] == pytest.approx(2 * (1 - 0.28 / 0.35))
    assert viewed(body(160, 160))[1] == 1.0
    assert viewed(body(2, 2))[1] == 1.0


@pytest.mark.parametrize(("knee_px", "view"), [(40.0, View.REAR), (-40.0, View.FRONT)])
def test_without_a_trunk_the_knees_tell_front_from_rear(knee_px, view):
    assert viewed(body(knee_px=knee_px, trunk=False, travel_px=30.0))[0] is view


@pytest.mark.parametrize(("travel_shanks", "view"), [(1.15, View.REAR), (1.25, View.SIDE)])
def test_without_a_trunk_the_feets_travel_tells_the_side(travel_shanks, view):
    # the ankles' own travel hardly lengthens the shank: the knees stay where they are, and so does its 90th percentile
    points = body(trunk=False, travel_px=0.0)
    sway = travel_shanks * SHANK_PX / 2 * np.sign(np.arange(60) % 2 - 0.5)
    for joint in ("knee", "ankle"):
        for side in Side:
            points[:, Landmark.of(side, joint), 0] += sway
    assert viewed(points)[0] is view


def test_knees_that_hardly_part_leave_it_unsure():
    """Parted by 0.2 shanks they are as sure as they get; by half of that half as sure."""
    assert viewed(body(knee_px=15.0, trunk=False))[1] == pytest.approx(0.5)


def test_six_frames_of_a_trunk_are_enough_and_five_are_not():
    points = body(160, 160, knee_px=-40)
    for frames, view in ((6, View.REAR), (5, View.FRONT)):
        some = points.copy()
        some[frames:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]] = np.nan
        assert viewed(some)[0] is view


def test_nothing_seen():
    assert viewed(np.full((20, 33, 2), np.nan)) == (View.UNKNOWN, 0.0)
