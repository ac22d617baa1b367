"""What the person does when: the limits from both sides, on ankles whose lift and beat are given."""

from itertools import pairwise

import numpy as np
import pytest

from gait.events.activity import ankle_lift_shanks, segments
from gait.landmarks import Landmark, Side

FPS, SHANK_PX = 60.0, 150.0


def legs(seconds, stride_s, lift_shanks, fps=FPS):
    """Times and points of someone whose ankles rise by turns, 5th to 95th percentile `lift_shanks`."""
    times_s = np.arange(round(seconds * fps)) / fps
    points = np.full((len(times_s), 33, 2), np.nan)
    # the 5th to 95th percentile of a cosine of amplitude a is 1.975 a
    rise = lift_shanks * SHANK_PX / 1.975 * np.cos(2 * np.pi * times_s / stride_s)
    for side, lead in ((Side.LEFT, 1), (Side.RIGHT, -1)):
        x = np.full(len(times_s), 360 + 30 * side.lateral_sign)
        ankle_y = 900 + lead * rise
        points[:, Landmark.of(side, "ankle")] = np.column_stack([x, ankle_y])
        points[:, Landmark.of(side, "knee")] = np.column_stack([x, ankle_y - SHANK_PX])
    return times_s, points


def named(*args):
    return [part.activity for part in segments(*legs(*args))]


@pytest.mark.parametrize(
    ("stride_s", "lift_shanks", "activity"),
    [
        (0.7, 0.14, "standing"),
        (1.1, 0.16, "walking"),
        (0.7, 0.29, "walking"),  # the beat of a run and too low a lift
        (0.7, 0.31, "running"),
        (0.87, 0.4, "walking"),  # 138 steps a minute
        (0.83, 0.4, "running"),  # 145: three and a half strides tell it to 1 %
        (1.4, 0.59, "walking"),
        (1.4, 0.61, "running"),  # slow motion: the beat of a walk, lifted as nobody walks
    ],
)
def test_lift_and_beat_name_the_activity(stride_s, lift_shanks, activity):
    assert named(12.0, stride_s, lift_shanks) == [activity]


def test_the_foot_that_lifts_less_decides():
    times_s, points = legs(12.0, 0.7, 0.5)
    points[:, Landmark.LEFT_ANKLE, 1] = 900.0
    points[:, Landmark.LEFT_KNEE, 1] = 900.0 - SHANK_PX
    assert [part.activity for part in segments(times_s, points)] == ["standing"]


def test_ankles_that_move_without_a_beat_are_not_named():
    times_s, points = legs(12.0, 0.7, 0.5)
    points[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], 1] = np.random.default_rng(2).uniform(800, 900, (720, 2))
    assert [part.activity for part in segments(times_s, points)] == ["unknown"]


@pytest.mark.parametrize(("unseen_share", "activity"), [(0.29, "running"), (0.31, "unknown")])
def test_an_ankle_must_be_seen_most_of_the_time(unseen_share, activity):
    times_s, points = legs(3.0, 0.7, 0.5)
    missing = np.linspace(0, len(times_s) - 1, round(unseen_share * len(times_s))).astype(int)
    points[missing, Landmark.RIGHT_ANKLE] = np.nan
    assert [part.activity for part in segments(times_s, points)] == [activity]


def test_parts_touch_cover_the_clip_and_change_where_the_activity_does():
    times_s, running = legs(20.0, 0.7, 0.5)
    _, still = legs(20.0, 0.7, 0.02)
    parts = segments(times_s, np.where((times_s >= 10)[:, None, None], running, still))
    assert [part.activity for part in parts][:: len(parts) - 1] == ["standing", "running"]
    assert parts[0].start_s == 0
    assert parts[-1].end_s == times_s[-1]
    for before, after in pairwise(parts):
        assert before.end_s == after.start_s
        assert before.activity != after.activity
    assert parts[0].end_s == pytest.approx(10.0, abs=1.6)  # half a window of 3 s
    assert parts[-1].start_s == pytest.approx(10.0, abs=1.6)


@pytest.mark.parametrize(("frames", "n_parts"), [(9, 0), (10, 1)])
def test_the_fewest_frames(frames, n_parts):
    times_s, points = legs(3.0, 0.7, 0.5)
    assert len(segments(times_s[:frames], points[:frames])) == n_parts


def test_without_a_lower_leg_all_is_unknown():
    times_s, points = legs(3.0, 0.7, 0.5)
    (part,) = segments(times_s, np.full_like(points, np.nan))
    assert (part.start_s, part.end_s, part.activity) == (0.0, times_s[-1], "unknown")


@pytest.mark.parametrize("side", list(Side))
def test_lift_is_in_shanks_and_each_foots_own(side):
    _, points = legs(14.0, 0.7, 0.5)
    points[:, Landmark.of(side.other, "ankle"), 1] = 900.0
    assert ankle_lift_shanks(points, side, SHANK_PX) == pytest.approx(0.5, rel=0.02)
    assert ankle_lift_shanks(points, side.other, SHANK_PX) == 0
