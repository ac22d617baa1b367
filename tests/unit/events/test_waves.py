"""The beat and the mean waveform of a made-up runner: middles, heights and the trunk's low point are known."""

import numpy as np
import pytest

from gait.events.waves import JOINTS, PHASES, Beat, find_beat, full_swing, mean_wave, trunk_low_share
from gait.landmarks import Landmark, Side
from tests.builders.gait import SHANK_PX, runner, standing

STRIDE_S = 0.72
LEAD = {Side.LEFT: 0.0, Side.RIGHT: STRIDE_S / 2}


def true_beat(seconds=10.0):
    middles = np.arange(0.0, seconds, STRIDE_S)
    return Beat(STRIDE_S, {side: middles + LEAD[side] for side in Side})


@pytest.mark.parametrize("guess_s", [0.70, 0.72, 0.75])
def test_middles_are_where_each_ankle_is_lowest(guess_s):
    track = runner()
    beat = find_beat(track.times_s, track.landmarks_px, guess_s)
    assert beat.stride_s == pytest.approx(STRIDE_S, abs=0.002)
    for side in Side:
        whole = (beat.middles_s[side] - LEAD[side]) / STRIDE_S
        inside = (beat.middles_s[side] > 0) & (beat.middles_s[side] < 9.9)
        assert np.abs(whole - whole.round())[inside].max() * STRIDE_S < 0.004
        assert np.diff(beat.middles_s[side]) == pytest.approx(STRIDE_S, abs=0.01)
        # one before and one after what was seen, at most half a stride outside
        assert -STRIDE_S / 2 - 0.01 < beat.middles_s[side][0] < STRIDE_S / 2 + 0.01
        assert 10 - STRIDE_S / 2 - 0.02 < beat.middles_s[side][-1] < 10 + STRIDE_S / 2 + 0.01


def test_the_beat_is_the_same_wherever_the_clock_starts_and_with_frames_missing():
    track = runner()
    want = find_beat(track.times_s, track.landmarks_px, STRIDE_S)
    later = find_beat(track.times_s + 5.0, track.landmarks_px, STRIDE_S)
    points = np.array(track.landmarks_px)
    points[100:104] = np.nan
    gappy = find_beat(track.times_s, points, STRIDE_S)
    for side in Side:
        assert later.middles_s[side] - 5.0 == pytest.approx(want.middles_s[side])
        assert gappy.middles_s[side] == pytest.approx(want.middles_s[side], abs=0.003)


@pytest.mark.parametrize("kept", [("heel",), ("foot_index",), ("knee",)])
def test_any_joint_of_the_legs_gives_the_beat(kept):
    track = runner()
    points = np.full_like(track.landmarks_px, np.nan)
    for side in Side:
        for joint in kept:
            points[:, Landmark.of(side, joint)] = track.landmarks_px[:, Landmark.of(side, joint)]
    beat = find_beat(track.times_s, points, STRIDE_S)
    assert beat.stride_s == pytest.approx(STRIDE_S, abs=0.002)


def test_what_happens_twice_a_stride_does_not_move_the_beat():
    """A left foot that also rises and falls twice a stride would pull its lowest point 50 ms aside."""
    track = runner()
    points = np.array(track.landmarks_px)
    turn = 2 * np.pi * track.times_s / STRIDE_S
    points[:, Landmark.LEFT_ANKLE, 1] += 40 * np.cos(2 * turn + 1.2)
    lowest = track.times_s[50:90][np.argmax(points[50:90, Landmark.LEFT_ANKLE, 1])]
    beat = find_beat(track.times_s, points, STRIDE_S)
    assert abs(lowest - round(lowest / STRIDE_S) * STRIDE_S) > 0.03
    for side in Side:
        turns = (beat.middles_s[side][1:-1] - LEAD[side]) / STRIDE_S
        assert turns == pytest.approx(turns.round(), abs=0.004 / STRIDE_S)


def test_no_beat_without_points_or_a_whole_stride():
    track = runner()
    nobody = np.full_like(track.landmarks_px, np.nan)
    nobody[:9] = track.landmarks_px[:9]
    assert find_beat(track.times_s, nobody, STRIDE_S) is None
    short = slice(0, 30)
    assert find_beat(track.times_s[short], track.landmarks_px[short], STRIDE_S) is None


def test_the_waveform_is_each_joints_height_in_shanks_about_its_mean():
    track = runner()
    for side in Side:
        wave = mean_wave(track.times_s, track.landmarks_px, true_beat(), side, SHANK_PX)
        assert wave.shape == (len(JOINTS), len(PHASES))
        # y down: the ankle is lowest, and its y greatest, in the middle; it rises by 130 px and back
        ankle = 130 / SHANK_PX * np.cos(2 * np.pi * PHASES) / 2
        assert wave[JOINTS.index("ankle")] == pytest.approx(ankle - ankle.mean(), abs=0.003)
        assert wave[JOINTS.index("heel")] == pytest.approx(1.1 * (ankle - ankle.mean()), abs=0.003)
        assert wave.mean(axis=1) == pytest.approx([0, 0, 0, 0], abs=1e-9)


@pytest.mark.parametrize("off_px", [400, -400])
def test_one_bad_step_hardly_moves_the_waveform(off_px):
    track = runner()
    points = np.array(track.landmarks_px)
    good = mean_wave(track.times_s, points, true_beat(), Side.LEFT, SHANK_PX)
    noise = np.random.default_rng(1).normal(0, 1.0, points.shape)
    noisy = mean_wave(track.times_s, points + noise, true_beat(), Side.LEFT, SHANK_PX)
    points[200:240, Landmark.LEFT_ANKLE, 1] += off_px
    bad = mean_wave(track.times_s, points + noise, true_beat(), Side.LEFT, SHANK_PX)
    assert np.abs(noisy - good).max() < 0.01
    assert np.abs(bad - noisy).max() < 0.03  # 400 px in one step of 13 are 0.2 shanks in the plain mean


def test_what_was_not_seen_is_not_made_up():
    track = runner()
    points = np.array(track.landmarks_px)
    points[:, Landmark.LEFT_HEEL] = np.nan
    # one phase of every stride missing for 0.3 s: no sample there lies within 0.12 s of a seen frame
    turn = (track.times_s / STRIDE_S) % 1
    points[(turn > 0.1) & (turn < 0.5), Landmark.LEFT_KNEE] = np.nan
    # and for 0.14 s: all of it does
    points[(turn > 0.1) & (turn < 0.3), Landmark.LEFT_FOOT_INDEX] = np.nan
    wave = mean_wave(track.times_s, points, true_beat(), Side.LEFT, SHANK_PX)
    assert np.isfinite(wave).all(axis=1).tolist() == [False, True, False, True]
    assert np.isnan(wave[[0, 2]]).all()


@pytest.mark.parametrize("low_share", [-0.2, -0.05, 0.0, 0.1, 0.2])
def test_the_trunks_low_point_is_found_in_strides_after_the_middle(low_share):
    track = runner()
    points = np.array(track.landmarks_px)
    for side in Side:
        for joint, y in (("hip", 560), ("shoulder", 300)):
            points[:, Landmark.of(side, joint), 1] = y + 12 * np.cos(4 * np.pi * (track.times_s / STRIDE_S - low_share))
    assert trunk_low_share(track.times_s, points, true_beat()) == pytest.approx(low_share, abs=0.002)
    # a slow drift on the belt and an unevenness of left and right leave it where it is
    points[..., 1] += (20 * (track.times_s / 10) ** 2 + 6 * np.sin(2 * np.pi * track.times_s / STRIDE_S))[:, None]
    assert trunk_low_share(track.times_s, points, true_beat()) == pytest.approx(low_share, abs=0.01)
    # the hips alone tell it too
    points[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]] = np.nan
    assert trunk_low_share(track.times_s, points, true_beat()) == pytest.approx(low_share, abs=0.01)


@pytest.mark.parametrize(("bob_shanks", "told"), [(0.027, False), (0.033, True)])
def test_a_trunk_that_hardly_bobs_tells_nothing(bob_shanks, told):
    track = runner()
    points = np.array(track.landmarks_px)
    for side in Side:
        for joint, y in (("hip", 560), ("shoulder", 300)):
            points[:, Landmark.of(side, joint), 1] = y + bob_shanks * SHANK_PX * np.cos(
                4 * np.pi * track.times_s / 0.72
            )
    assert (trunk_low_share(track.times_s, points, true_beat()) is not None) is told


def test_no_low_point_without_hips_or_with_two_middles():
    track = runner()
    points = np.array(track.landmarks_px)
    assert trunk_low_share(track.times_s, points, true_beat(2 * STRIDE_S)) is None
    points[:, Landmark.LEFT_HIP] = np.nan
    assert trunk_low_share(track.times_s, points, true_beat()) is None


def test_all_of_an_even_run_is_full_swing():
    track = runner()
    assert full_swing(track.times_s, track.landmarks_px, STRIDE_S) == (track.times_s[0], track.times_s[-1])


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("share", "counted"), [(0.65, False), (0.75, True)])
def test_strides_that_swing_less_than_seven_tenths_of_the_usual_are_left_out(share, counted, first):
    whole, less = runner(), runner(lift_px=130 * share)
    weak = whole.times_s < 3 if first else whole.times_s > 7
    points = np.where(weak[:, None, None], less.landmarks_px, whole.landmarks_px)
    start_s, end_s = full_swing(whole.times_s, points, STRIDE_S)
    assert start_s == (pytest.approx(3.0, abs=STRIDE_S) if first and not counted else 0.0)
    assert end_s == (pytest.approx(7.0, abs=STRIDE_S) if not first and not counted else whole.times_s[-1])
    if not counted:
        assert (start_s >= 3.0 - 0.1) if first else (end_s <= 7.0 + 0.1)


def test_the_longer_of_two_stretches_counts():
    whole, still = runner(seconds=12), standing(seconds=12)
    gap = (whole.times_s > 4) & (whole.times_s < 5)
    points = np.where(gap[:, None, None], still.landmarks_px, whole.landmarks_px)
    start_s, end_s = full_swing(whole.times_s, points, STRIDE_S)
    assert 4.9 < start_s < 6
    assert end_s == whole.times_s[-1]


def test_less_than_a_stride_and_a_half_is_taken_as_it_is():
    track = runner(seconds=0.85)
    assert full_swing(track.times_s, track.landmarks_px, STRIDE_S) == (0.0, track.times_s[-1])


def test_nobody_has_no_stretch():
    track = runner()
    assert full_swing(track.times_s, np.full_like(track.landmarks_px, np.nan), STRIDE_S) == (0.0, 0.0)
