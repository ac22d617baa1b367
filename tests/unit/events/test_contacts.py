"""Foot strike and toe-off as the pictures show them: drawn shoes whose kink is known, and the weighing in closed form."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from gait.events import see_contacts
from gait.events.contacts import OFF, STRIKE, Kink, Seen, _fit, _Heights, look, weigh
from gait.landmarks import Landmark, Side
from gait.model import Crop, FootEvents, GaitEvents, Trajectories

SHANK_PX, STRIDE_S, CONTACT_S = 120.0, 0.7, 0.25
BELT, FALL, LIFT = 0.5, 3.0, 4.0
"""Speeds in shanks a second: on the belt, added in the air before foot strike and after toe-off."""


NOISES = 7
"""Pictures of noise, by turns: drawing one for every frame takes most of the time."""


class Drawn:
    """A textured shoe on a plain belt, frame by frame; its places are given."""

    def __init__(self, places_px: np.ndarray, hidden: bool = False) -> None:
        rng = np.random.default_rng(4)
        self.shoe = cv2.GaussianBlur(rng.uniform(0, 255, (60, 50)), (0, 0), 2.5)
        self.shoe = np.clip(110 + 4 * (self.shoe - self.shoe.mean()), 0, 255).astype(np.float32)
        self.places, self.hidden = places_px, hidden
        self.noise = rng.normal(0, 2, (NOISES, 400, 300)).astype(np.float32)

    def crop(self, frame: int) -> Crop:
        """Brightness only."""
        x, y = self.places[frame]
        whole = 90 + self.noise[frame % NOISES]
        if not self.hidden:
            move = np.array([[1, 0, x - 25], [0, 1, y - 30]])
            warped = cv2.warpAffine(self.shoe, move, (300, 400), borderMode=cv2.BORDER_CONSTANT, borderValue=-1)
            whole = np.where(warped >= 0, warped + self.noise[frame % NOISES], whole)
        grey = np.clip(whole, 0, 255).astype(np.uint8)
        return Crop(grey, 40, 300)

    def luma(self, frames):
        """As `LegPictures`."""
        yield from ((int(f), self.crop(int(f))) for f in frames)


def run(
    fps: float,
    late_s: tuple[float, float],
    hidden: bool = False,
    fall: float = FALL,
    lift: float = LIFT,
    belt: float = BELT,
) -> tuple[FootEvents, Trajectories, Drawn]:
    """A run whose left foot is drawn as it goes, and events that are `late_s` off (foot strike, toe-off)."""
    times = np.arange(int(14 * fps)) / fps
    strikes = np.arange(0.5, 13.0, STRIDE_S)
    phase = times[:, None] - strikes
    nearest = np.abs(phase - CONTACT_S / 2).argmin(axis=1)
    t = phase[np.arange(len(times)), nearest]
    y = belt * t - fall * np.clip(-t, 0, 0.08) - lift * np.clip(t - CONTACT_S, 0, 0.08)
    places = np.column_stack([np.full(len(times), 150.0), 200 + SHANK_PX * y])
    points = np.full((len(times), 33, 2), np.nan)
    shown = places + np.array([40, 300])
    for joint, up in (("ankle", 0.17), ("foot_index", 0.05)):
        points[:, Landmark.of(Side.LEFT, joint)] = shown - [0, up * SHANK_PX]
    points[:, Landmark.of(Side.LEFT, "knee")] = points[:, Landmark.of(Side.LEFT, "ankle")] - [0, SHANK_PX]
    moves = Trajectories(times, points, np.zeros((len(times), 33), bool), 8.0, 0, 720, 1280, points, "blazepose")
    return FootEvents(strikes + late_s[0], strikes + CONTACT_S + late_s[1]), moves, Drawn(places, hidden)


@pytest.mark.parametrize("fps", [29.97, 59.94, 120.0])
@pytest.mark.parametrize("late_s", [(0.0, 0.0), (0.012, -0.015), (-0.018, 0.009)])
@pytest.mark.parametrize("kink", [STRIKE, OFF], ids=["strike", "off"])
def test_the_kink_is_found_where_it_was_drawn_whatever_the_table_says(kink: Kink, late_s, fps):
    foot, moves, pictures = run(fps, late_s)

    seen = look(kink, Side.LEFT, foot, moves, pictures)

    assert seen is not None
    true_s = -late_s[0 if kink is STRIKE else 1]
    assert seen.after_s == pytest.approx(true_s, abs=0.002)
    assert seen.speed == pytest.approx(FALL if kink is STRIKE else LIFT, rel=0.06)
    assert seen.slope == pytest.approx(BELT, abs=0.1)
    assert seen.gap_s < 1.1 / fps


def test_a_foot_that_is_not_to_be_seen_says_nothing():
    foot, moves, pictures = run(60, (0.0, 0.0), hidden=True)

    assert look(STRIKE, Side.LEFT, foot, moves, pictures) is None
    assert look(OFF, Side.LEFT, foot, moves, pictures) is None


def test_a_foot_that_glides_has_no_kink():
    foot, moves, pictures = run(60, (0.0, 0.0))
    pictures.places[:, 1] = 200 + 0.05 * SHANK_PX * np.sin(2 * np.pi * moves.times_s / STRIDE_S)

    assert look(STRIKE, Side.LEFT, foot, moves, pictures) is None
    assert look(OFF, Side.LEFT, foot, moves, pictures) is None


def test_a_foot_without_a_step_says_nothing():
    _, moves, pictures = run(60, (0.0, 0.0))

    assert look(STRIKE, Side.LEFT, FootEvents(np.empty(0), np.empty(0)), moves, pictures) is None


def at(kink: Kink, after_s: float, speed: float = 3.0) -> tuple[Kink, Seen]:
    """A kink whose event lies that long after the table's."""
    seen = Seen(after_s, speed, BELT, 0.01, 0.001, 40)
    return kink, replace(seen, after_s=after_s + kink.after_event_s(seen))


def test_nothing_seen_leaves_the_tables_word():
    shift, covariance = weigh([], 0.010)

    assert shift == pytest.approx([0, 0])
    assert covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1] == pytest.approx(0.010**2)


def test_what_is_seen_counts_by_its_error():
    sure, blind = replace(STRIKE, sd_s=1e-6), replace(STRIKE, sd_s=10.0)

    assert weigh([at(sure, 0.008)], 0.010)[0][0] == pytest.approx(0.008, abs=1e-6)
    assert weigh([at(blind, 0.008)], 0.010)[0][0] == pytest.approx(0, abs=1e-6)


def test_a_strike_that_was_late_makes_the_toe_off_later_too_early():
    shift, _ = weigh([at(STRIKE, -0.008)], 0.010)

    assert shift[0] < 0 < shift[1]


def test_the_interval_never_grows_and_both_seen_say_more_than_one():
    def sd(found) -> float:
        c = weigh(found, 0.0113)[1]
        assert np.linalg.eigvalsh(c).min() > 0
        return float(np.sqrt(c[0, 0] + c[1, 1] - 2 * c[0, 1]))

    both = sd([at(STRIKE, 0.003), at(OFF, -0.002)])
    assert both < min(sd([at(STRIKE, 0.003)]), sd([at(OFF, -0.002)])) < 0.0113
    assert both == pytest.approx(sd([at(OFF, -0.002), at(STRIKE, 0.003)]))


def test_a_kink_far_from_the_table_is_something_else():
    shift, covariance = weigh([at(STRIKE, 0.04)], 0.010)

    assert shift == pytest.approx([0, 0])
    assert covariance == pytest.approx(weigh([], 0.010)[1])


def test_both_events_of_a_foot_move_and_the_other_foot_keeps_its_own():
    # At 60 frames a second a stride here would be a whole number of frames: all steps would then be seen at the same moments, and where
    # the kink lies between two of them would be left to the last digit of the processor.
    foot, moves, pictures = run(59.94, (0.012, -0.012))
    unseen = FootEvents(foot.foot_strike_s + STRIDE_S / 2, foot.toe_off_s + STRIDE_S / 2)
    events = GaitEvents({Side.LEFT: foot, Side.RIGHT: unseen}, (), 0.004, 0.004, 0.010, None)

    after = see_contacts(events, moves, pictures)

    looks = [(kink, look(kink, Side.LEFT, foot, moves, pictures)) for kink in (STRIKE, OFF)]
    shift, covariance = weigh(looks, 0.010)
    assert shift[0] < -0.003  # drawn 12 ms earlier than the table has it
    assert shift[1] > 0.003
    assert after.feet[Side.LEFT].foot_strike_s == pytest.approx(foot.foot_strike_s + shift[0])
    assert after.feet[Side.LEFT].toe_off_s == pytest.approx(foot.toe_off_s + shift[1])
    contact_sd_s = np.sqrt(np.array([-1, 1]) @ covariance @ np.array([-1, 1]))
    assert after.contact_sd_s(Side.LEFT) == pytest.approx(contact_sd_s)
    assert contact_sd_s < 0.008
    assert after.contact_sd_s(Side.RIGHT) == pytest.approx(0.010)
    assert np.array_equal(after.feet[Side.RIGHT].foot_strike_s, unseen.foot_strike_s)
    assert np.array_equal(after.feet[Side.RIGHT].toe_off_s, unseen.toe_off_s)


# -- the weighing in closed form ---------------------------------------------------------------------------------------

PRIOR = np.array([[0.35, -0.19], [-0.19, 0.27]]) * 1e-4
"""Of a contact time known to 10 ms, s²; what is seen is known to 4.5 ms."""
SEEN = 0.0045**2


@pytest.mark.parametrize(("kink", "i"), [(STRIKE, 0), (OFF, 1)], ids=["strike", "off"])
@pytest.mark.parametrize("late_s", [0.006, -0.006])
def test_a_thing_seen_moves_both_events_by_their_share_of_its_variance(kink: Kink, i: int, late_s: float):
    shift, covariance = weigh([at(kink, late_s)], 0.010)
    variance = PRIOR[i, i] + SEEN
    assert shift == pytest.approx(PRIOR[:, i] / variance * late_s)
    assert covariance == pytest.approx(PRIOR - np.outer(PRIOR[:, i], PRIOR[i]) / variance)


def test_the_second_thing_seen_is_weighed_by_what_the_first_left():
    both, _ = weigh([at(STRIKE, 0.006), at(OFF, 0.004)], 0.010)
    inverse = np.linalg.inv(np.linalg.inv(PRIOR) + np.eye(2) / SEEN)
    assert both == pytest.approx(inverse @ np.array([0.006, 0.004]) / SEEN)


@pytest.mark.parametrize(("sds", "believed"), [(2.45, True), (2.55, False), (-2.45, True), (-2.55, False)])
def test_two_and_a_half_sds_are_the_gate(sds: float, believed: bool):
    surprise_s = sds * np.sqrt(PRIOR[0, 0] + SEEN)
    assert bool(weigh([at(STRIKE, surprise_s)], 0.010)[0].any()) is believed


@pytest.mark.parametrize(
    ("change", "believed"),
    [
        ({}, True),
        ({"speeds": (FALL + 0.5, 6.0)}, False),
        ({"speeds": (0.8, FALL - 0.5)}, False),
        ({"max_rms": 1e-5}, False),
    ],
)
def test_a_change_of_speed_that_no_shoe_makes_or_a_line_that_fits_badly_is_not_believed(change, believed):
    foot, moves, pictures = run(60, (0.0, 0.0))
    assert (look(replace(STRIKE, **change), Side.LEFT, foot, moves, pictures) is not None) is believed


def test_a_foot_whose_landmark_is_lost_says_nothing():
    foot, moves, pictures = run(60, (0.0, 0.0))
    points = np.array(moves.points_px)
    points[:, [Landmark.LEFT_ANKLE, Landmark.LEFT_FOOT_INDEX]] = np.nan
    lost = replace(moves, points_px=points)
    assert look(STRIKE, Side.LEFT, foot, lost, pictures) is None
    assert look(OFF, Side.LEFT, foot, lost, pictures) is None


@pytest.mark.parametrize(("fps", "steps"), [(29.97, 13), (60.0, 7), (240.0, 4)])
def test_so_many_steps_are_looked_at_that_forty_frames_lie_near_foot_strike(fps: float, steps: int):
    """107 ms are 3.2, 6.4 or 25.7 frames; 4 steps are the least."""
    foot, moves, pictures = run(fps, (0.0, 0.0))
    asked: list[int] = []
    original = pictures.luma
    pictures.luma = lambda frames: (asked.append(1), original(frames))[1]
    look(STRIKE, Side.LEFT, foot, moves, pictures)
    assert len(asked) == steps


@pytest.mark.parametrize(("speed", "believed"), [(0.35, False), (0.6, True), (5.6, True), (6.5, False)])
def test_how_fast_a_foot_is_set_down(speed: float, believed: bool):
    foot, moves, pictures = run(120, (0.0, 0.0), fall=speed)
    assert (look(STRIKE, Side.LEFT, foot, moves, pictures) is not None) is believed


@pytest.mark.parametrize(("speed", "believed"), [(1.0, False), (1.4, True), (8.4, True), (9.8, False)])
def test_how_fast_a_foot_is_taken_up(speed: float, believed: bool):
    foot, moves, pictures = run(120, (0.0, 0.0), lift=speed)
    assert (look(OFF, Side.LEFT, foot, moves, pictures) is not None) is believed


@pytest.mark.parametrize(("slope", "believed"), [(1.6, True), (1.8, False), (-0.9, True), (-1.1, False)])
def test_a_heel_that_sinks_with_the_belt_as_fast_as_it_fell_shows_no_landing(slope: float, believed: bool):
    foot, moves, pictures = run(120, (0.0, 0.0), belt=slope)
    assert (look(STRIKE, Side.LEFT, foot, moves, pictures) is not None) is believed


@pytest.mark.parametrize("kink", [STRIKE, OFF], ids=["strike", "off"])
@pytest.mark.parametrize(("fps", "believed"), [(30.0, False), (29.4, True), (90.0, True)])
def test_a_stride_of_whole_frames_must_be_seen_in_frames_close_enough(kink: Kink, fps: float, believed: bool):
    """A stride of 0.7 s is 21 frames at 30 a second, 63 at 90 and 20.6 at 29.4: there its steps are seen at other moments each."""
    foot, moves, pictures = run(fps, (-0.005, -0.005))
    assert (look(kink, Side.LEFT, foot, moves, pictures) is not None) is believed


@pytest.mark.parametrize(
    ("kink", "speed", "slope", "after_s"),
    [
        (STRIKE, 2.0, 0.5, -0.0001),
        (STRIKE, 3.0, 1.5, -0.0040),
        (OFF, 3.0, 0.0, 0.0011),
        (OFF, 4.0, 0.0, 0.0033),
        (OFF, 3.0, -2.0, 0.0063),
    ],
)
def test_where_a_kink_lies_from_its_event(kink: Kink, speed: float, slope: float, after_s: float):
    # As `validation.picture_contacts` measured on rendered clips: the faster a foot comes down the earlier, the faster it leaves the later, and
    # later still where the sole rises before it leaves.
    shift, _ = weigh([(kink, Seen(after_s, speed, slope, 0.01, 0.001, 40))], 0.010)
    assert shift == pytest.approx([0, 0], abs=1e-4)


# -- the fit of a line with a kink -------------------------------------------------------------------------------------


def drawn_heights(kink: Kink, at_s: float, steps: int = 4) -> _Heights:
    """Four steps of a line with a kink at `at_s`, each with a zero of its own, 120 frames a second at odd phases."""
    t, y, step = [], [], []
    for k in range(steps):
        own = np.arange(-0.09, 0.1, 1 / 120) + 0.0021 * k
        before = kink.event == "strike"
        bend = -FALL * np.maximum(0, at_s - own) if before else -LIFT * np.maximum(0, own - at_s)
        t.append(own)
        y.append(BELT * own + bend + 0.3 * k)
        step.append(np.full(len(own), 3 * k))
    return _Heights(np.concatenate(t), np.concatenate(y), np.ones(sum(map(len, t))), np.concatenate(step))


@pytest.mark.parametrize("kink", [STRIKE, OFF], ids=["strike", "off"])
@pytest.mark.parametrize("at_s", [-0.02, 0.0, 0.013, 0.025])
def test_a_drawn_kink_is_fitted_though_every_step_has_its_own_zero(kink: Kink, at_s: float):
    seen = _fit(kink, drawn_heights(kink, at_s))
    assert seen.after_s == pytest.approx(at_s, abs=3e-4)
    assert seen.speed == pytest.approx(FALL if kink is STRIKE else LIFT, rel=0.02)
    assert seen.rms < 1e-3


@pytest.mark.parametrize("kink", [STRIKE, OFF], ids=["strike", "off"])
def test_frames_count_by_their_weight_and_lone_ones_far_off_hardly(kink: Kink):
    heights = drawn_heights(kink, 0.005)
    third = np.arange(len(heights.y)) % 3 == 0
    wrong = third * 0.1 * (heights.after_s > -0.01)
    light = replace(heights, y=heights.y + wrong, weight=np.where(third, 1e-4, 1.0))
    heavy = replace(light, weight=np.ones(len(third)))
    assert _fit(kink, light).after_s == pytest.approx(0.005, abs=4e-4)
    assert abs(_fit(kink, heavy).after_s - 0.005) > 8e-4
    lone = np.zeros(len(heights.y))
    lone[[20, 50]] = 0.06
    assert _fit(kink, replace(heights, y=heights.y + lone)).after_s == pytest.approx(0.005, abs=1e-3)


@pytest.mark.parametrize("kink", [STRIKE, OFF], ids=["strike", "off"])
def test_a_kink_the_wrong_way_round_or_a_straight_line_is_none(kink: Kink):
    heights = drawn_heights(kink, 0.0)
    turned = _fit(kink, replace(heights, y=-heights.y))
    assert turned is None or turned.speed < 0.1
    few = np.arange(len(heights.y)) < 10
    less = _Heights(heights.after_s[few], heights.y[few], heights.weight[few], heights.step[few])
    assert _fit(kink, less) is None
