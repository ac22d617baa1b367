"""The runner as tracked: every limit from both sides."""

from dataclasses import replace

import numpy as np
import pytest

from gait import words
from gait.landmarks import Landmark, View
from gait.model import PoseTrack
from tests.builders.drawn import HEIGHT, HIPS, SHANK, TORSO, WIDTH, checked, moved, ran, runs, tracked


def test_a_good_run_has_no_complaint():
    t = runs()
    assert checked(t) == {}
    assert ran(t) == {}


def test_nobody():
    t = tracked(np.full((200, 33, 2), np.nan))
    assert set(checked(t)) == {"no_runner"}
    assert checked(t)["no_runner"].severity == "refuse"


@pytest.mark.parametrize(
    ("share", "code", "severity"),
    [(0.25, "no_runner", "refuse"), (0.35, "runner_lost", "warn"), (0.75, "runner_lost", "warn"), (0.85, None, None)],
)
def test_a_runner_in_part_of_the_frames(share, code, severity):
    t = runs()
    points = t.landmarks_px.copy()
    points[round(share * len(points)) :] = np.nan
    found = checked(replace(t, landmarks_px=points))
    assert set(found) == ({code} if code else set())
    assert code is None or found[code].severity == severity


@pytest.mark.parametrize(("frames", "refused"), [(10, True), (20, False)])
def test_a_figure_that_flashes_up_is_no_runner(frames, refused):
    # Seen for `frames` of every 30: 0.15 s is no person, 0.32 s is; the share of frames is above the limit either way.
    t = runs()
    points = t.landmarks_px.copy()
    points[np.arange(len(points)) % 30 >= frames] = np.nan
    assert ("no_runner" in checked(replace(t, landmarks_px=points))) is refused


@pytest.mark.parametrize(
    "deform",
    [
        pytest.param(lambda p: HIPS + (p - HIPS) @ np.array([[0, 1], [-1, 0]]), id="lying"),
        pytest.param(lambda p: HIPS + (p - HIPS) * [1, -1], id="upside down"),
        pytest.param(lambda p: np.where(p[..., 1:] > HIPS[1], HIPS + (p - HIPS) * 0.3, p), id="tiny legs"),
        pytest.param(lambda p: np.where(p[..., 1:] > HIPS[1], HIPS + (p - HIPS) * [1, 2.2], p), id="stilts"),
    ],
)
def test_a_figure_that_is_no_person_is_no_runner_however_visible(deform):
    t = runs()
    found = checked(replace(t, landmarks_px=deform(t.landmarks_px)))
    assert found["no_runner"].severity == "refuse"


@pytest.mark.parametrize(("spread_", "refused"), [(0.1, False), (0.6, True)])
def test_a_figure_that_keeps_changing_size_is_no_runner(spread_, refused):
    t = runs()
    rng = np.random.default_rng(3)
    scale = rng.uniform(1 - spread_, 1 + spread_, len(t.times_s))[:, None, None]
    found = checked(replace(t, landmarks_px=HIPS + (t.landmarks_px - HIPS) * scale))
    assert ("no_runner" in found) is refused


@pytest.mark.parametrize(("jumps", "severity"), [(0, None), (1, "warn"), (2, "refuse")])
def test_jumps_to_another_person(jumps, severity):
    t = runs()
    points = t.landmarks_px.copy()
    for k in range(jumps):
        points[150 * (k + 1) :] += (-1) ** k * np.array([0.7 * TORSO, 0])
    found = checked(replace(t, landmarks_px=points))
    assert (found["several_people"].severity if severity else found.get("several_people")) == severity


def test_drifting_on_the_belt_is_no_jump():
    t = runs()
    drift = 0.8 * TORSO * np.sin(2 * np.pi * t.times_s / 2.5)[:, None, None] * [1, 0]
    assert "several_people" not in checked(replace(t, landmarks_px=t.landmarks_px * [1, 1] + drift))


@pytest.mark.parametrize(
    ("below", "code", "severity"),
    [
        (-60, None, None),
        (-10, "feet_at_edge", "warn"),
        (40, "feet_out_of_view", "refuse"),
        (400, "feet_out_of_view", "refuse"),
    ],
)
def test_feet_against_the_lower_edge(below, code, severity):
    # `below`: how far the lowest toe of the standing foot reaches under the picture's edge on average.
    t = runs(bounce_g=0.8)
    shift = HEIGHT + below - t.landmarks_px[:, Landmark.LEFT_FOOT_INDEX, 1].max()
    found = checked(moved(t, 0, shift))
    assert (set(found) == {code}) if code else not found
    assert code is None or found[code].severity == severity


def test_legs_and_feet_outside_are_told_apart():
    t = runs()
    feet = checked(moved(t, 0, 330))["feet_out_of_view"]
    both = checked(moved(t, 0, 620))["feet_out_of_view"]
    assert "feet are outside" in words.message(feet)
    assert "legs are outside" in words.message(both)


def test_a_foot_that_leaves_now_and_then_is_a_warning():
    t = runs()
    points = t.landmarks_px.copy()
    points[:48] += [0, 400]  # a tenth of the frames, at the start: the camera was still being aimed
    assert checked(replace(t, landmarks_px=points))["feet_out_of_view"].severity == "warn"


@pytest.mark.parametrize(("visible", "told"), [(0.45, True), (0.55, False)])
def test_feet_the_tracker_only_guesses(visible, told):
    t = runs()
    assert ("feet_hidden" in checked(replace(t, visibility=np.full((len(t.times_s), 33), visible)))) is told


@pytest.mark.parametrize(("shank", "severity"), [(58, "refuse"), (62, "warn"), (118, "warn"), (122, None)])
def test_size_of_the_runner(shank, severity):
    # The drawn shank bounces nothing: its 90th percentile is its length.
    t = runs()
    found = checked(replace(t, landmarks_px=HIPS + (t.landmarks_px - HIPS) * shank / SHANK))
    assert (found["runner_small"].severity if severity else found.get("runner_small")) == severity


@pytest.mark.parametrize("view", list(View))
def test_only_from_behind_is_there_a_label_but_no_view_is_refused(view):
    found = checked(runs(), view)
    assert ("not_behind" in found) is (view is not View.REAR)
    assert all(f.severity == "warn" for f in found.values())


def test_legs_that_were_exchanged_often():
    assert "legs_confused" in checked(runs(), swaps=100)
    assert "legs_confused" not in checked(runs(), swaps=90)


def test_a_dozen_single_frames_are_enough_to_judge_by():
    t = runs()
    few = np.linspace(0, len(t.times_s) - 1, 12).astype(int)
    sparse = PoseTrack(
        t.times_s[few], t.landmarks_px[few], t.visibility[few], t.world_m[few], WIDTH, HEIGHT, "drawn", "none", "0"
    )
    assert checked(sparse) == {}
    assert checked(moved(sparse, 0, 400))["feet_out_of_view"].severity == "refuse"
