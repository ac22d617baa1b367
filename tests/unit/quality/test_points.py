"""Key points of another tool against what gait sees itself."""

from dataclasses import replace

import numpy as np
import pytest

from gait.quality import check_points, check_points_of_clip
from gait.settings import TrajectorySettings
from gait.trajectories import clean
from tests.builders.drawn import TORSO, runs, tracked
from tests.builders.points import runner

SIDES = [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(k + 1 if k % 2 else k - 1 for k in range(11, 33))]
"""Each landmark's other side."""


def looked(track, at=range(5, 100, 10)):
    return track.only(np.array(at))


def test_points_of_the_clip_itself():
    t = runs()
    assert check_points_of_clip(t, looked(t)) == ()
    assert check_points_of_clip(t, None) == ()


@pytest.mark.parametrize(("torsos", "refused"), [(0.3, False), (0.4, True)])
def test_points_that_lie_elsewhere(torsos, refused):
    t = runs()
    moved = replace(t, landmarks_px=t.landmarks_px + np.array([torsos * TORSO, 0]))
    found = check_points_of_clip(moved, looked(t))
    assert bool(found) is refused
    assert all((f.code, f.severity, f.case) == ("points_misplaced", "refuse", "") for f in found)


def test_left_and_right_exchanged_in_the_whole_file():
    t = runs()
    exchanged = replace(t, landmarks_px=t.landmarks_px[:, SIDES])
    (found,) = check_points_of_clip(exchanged, looked(t))
    assert (found.code, found.severity, found.case) == ("points_misplaced", "refuse", "sides")


def test_a_file_without_feet_is_compared_by_what_it_has():
    t = runs()
    few = t.landmarks_px.copy()
    few[:, :23] = few[:, 29:] = np.nan
    assert check_points_of_clip(replace(t, landmarks_px=few), looked(t)) == ()


@pytest.mark.parametrize(("jumps", "severity"), [(1, "warn"), (2, "refuse")])
def test_a_figure_that_goes_over_to_somebody_else(jumps, severity):
    t = runs()
    points = t.landmarks_px.copy()
    points[60 : 90 if jumps == 2 else None] += [3 * TORSO, 0]
    other = replace(t, landmarks_px=points)
    found = {f.code: f.severity for f in check_points(other, clean(other, TrajectorySettings()))}
    assert found["several_people"] == severity
    assert check_points(t, clean(t, TrajectorySettings())) == ()


def test_legs_exchanged_in_many_frames_are_put_back_and_said():
    points = runner(n=240, fps=60.0)
    t = tracked(points)
    points = points.copy()
    for start in (20, 120):
        points[start : start + 30] = points[start : start + 30][:, SIDES]
    other = replace(t, landmarks_px=points)
    moves = clean(other, TrajectorySettings())
    assert {f.code for f in check_points(other, moves)} == {"legs_confused"}
