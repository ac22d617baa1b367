"""Figures per view: derivable values, signs, and silence where the view shows nothing."""

import numpy as np
import pytest

from gait.events import find_events
from gait.kinematics import measure_kinematics
from gait.landmarks import Landmark, Side, View
from gait.model import Kinematics
from gait.settings import EventSettings, TrajectorySettings
from gait.trajectories import clean
from tests.builders.gait import SHANK_PX, exchanged, replaced, runner, standing

LEG_PX = 200 + SHANK_PX


def measured(track, view):
    moves = clean(track, TrajectorySettings())
    return measure_kinematics(moves, find_events(moves, view, EventSettings()), view)


def test_rear_view_figures_of_a_known_runner():
    found = measured(runner(), View.REAR)
    for side in Side:
        assert set(found.feet[side]) == {
            "pelvic_drop_deg",
            "knee_alignment_deg",
            "heel_whip_deg",
            "step_width_pct_leg",
        }
        assert found.feet[side]["pelvic_drop_deg"].value == pytest.approx(0, abs=0.3)
        assert found.feet[side]["step_width_pct_leg"].value == pytest.approx(100 * 25 / LEG_PX, abs=1.0)
    assert found.both["step_width_pct_leg"].value == pytest.approx(100 * 50 / LEG_PX, abs=1.5)
    # the 8 Hz low-pass keeps most of a bob of 24 px at 2.8 Hz
    assert found.both["vertical_oscillation_pct_leg"].value == pytest.approx(100 * 24 / LEG_PX, rel=0.05)


def test_intervals_hold_their_value_and_are_no_narrower_than_the_point_error():
    found = measured(runner(), View.REAR)
    for part in (*found.feet.values(), found.both):
        for m in part.values():
            low, high = m.ci95
            assert low < m.value < high
            assert high - low > 2
            assert m.n_steps >= 3


@pytest.mark.parametrize("side", list(Side))
def test_pelvic_drop_is_positive_when_the_swing_side_is_lower(side):
    track = runner()
    p = np.array(track.landmarks_px)
    turn = 2 * np.pi * (track.times_s / 0.72 - (0.0 if side is Side.LEFT else 0.5))
    p[:, Landmark.of(side.other, "hip"), 1] += 10 * np.maximum(
        np.cos(turn), 0
    )  # lower in the picture in that side's stance
    found = measured(replaced(track, p), View.REAR)
    assert found.feet[side]["pelvic_drop_deg"].value > 3
    assert abs(found.feet[side.other]["pelvic_drop_deg"].value) < 1.5


@pytest.mark.parametrize("side", list(Side))
def test_knee_inward_is_positive_on_both_sides_and_in_both_views(side):
    for facing, view, sign in (("rear", View.REAR, 1), ("front", View.FRONT, -1)):
        track = runner(facing=facing)
        p = np.array(track.landmarks_px)
        before = measured(track, view).feet[side]["knee_alignment_deg"].value
        p[:, Landmark.of(side, "knee"), 0] -= sign * side.lateral_sign * 15
        after = measured(replaced(track, p), view).feet[side]["knee_alignment_deg"].value
        assert after - before > 5


def test_crossover_is_negative_step_width():
    track = runner()
    p = np.array(track.landmarks_px)
    for side in Side:
        for joint in ("ankle", "heel", "foot_index"):
            p[:, Landmark.of(side, joint), 0] -= side.lateral_sign * 40
    found = measured(replaced(track, p), View.REAR)
    assert found.both["step_width_pct_leg"].value < 0
    assert all(found.feet[s]["step_width_pct_leg"].value < 0 for s in Side)


def test_mirroring_swaps_the_sides():
    track = runner()
    p = np.array(track.landmarks_px)
    p[:, Landmark.LEFT_KNEE, 0] += 12
    left_in = replaced(track, p)
    p = np.array(left_in.landmarks_px)
    p[..., 0] = 720 - p[..., 0]
    mirrored = exchanged(replaced(track, p), np.arange(len(p)))
    want, got = measured(left_in, View.REAR), measured(mirrored, View.REAR)
    for side in Side:
        for name, m in want.feet[side].items():
            assert got.feet[side.other][name].value == pytest.approx(m.value, abs=0.05)


@pytest.mark.parametrize("direction", [1, -1])
def test_side_view_signs(direction):
    """Seen from the side: trunk 10° forward, ankle in front of the hip at all times, toes in front of heels."""
    track = runner()
    p = np.array(track.landmarks_px)
    for side in Side:
        for joint, ahead in (
            ("shoulder", 260 * np.tan(np.radians(10))),
            ("hip", 0),
            ("knee", 20),
            ("ankle", 35),
            ("heel", 25),
            ("foot_index", 80),
        ):
            p[:, Landmark.of(side, joint), 0] = 360 + direction * ahead
    found = measured(replaced(track, p), View.SIDE)
    assert found.both["trunk_lean_deg"].value == pytest.approx(10, abs=0.3)
    for side in Side:
        m = found.feet[side]
        assert m["overstride_pct_leg"].value == pytest.approx(10, abs=0.6)
        assert m["shank_angle_contact_deg"].value == pytest.approx(np.degrees(np.arctan2(15, 150)), abs=1.5)
        assert "pelvic_drop_deg" not in m


def test_nothing_is_said_without_steps_view_or_hips():
    empty = Kinematics({side: {} for side in Side}, {})
    assert measured(standing(), View.REAR) == empty
    assert measured(runner(), View.UNKNOWN) == empty
    track = runner()
    p = np.array(track.landmarks_px)
    p[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]] = np.nan
    assert measured(replaced(track, p), View.REAR) == empty
