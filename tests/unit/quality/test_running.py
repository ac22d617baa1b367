"""Is it a run, and at its true speed: cadence, swing and bounce that were drawn."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gait import quality, words
from gait.landmarks import Landmark, Side, View
from gait.quality import running
from gait.quality.running import movement
from gait.rhythm import slow_factor
from gait.settings import EventSettings, PronationSettings, Settings
from tests.builders.drawn import clip_of, codes, person, ran, runs, smoothed, steps, tracked


@given(cadence=st.floats(130, 230), bounce=st.floats(0.7, 2.2), swing=st.floats(0.5, 1.6))
@settings(max_examples=25, deadline=None)
def test_movement_reads_what_was_drawn(cadence, bounce, swing):
    m = movement(smoothed(runs(cadence_spm=cadence, bounce_g=bounce, swing_shanks=swing)))
    assert m.cadence_spm == pytest.approx(cadence, rel=0.01)
    assert m.swing_shanks == pytest.approx(swing, rel=0.05)
    assert m.bounce_g == pytest.approx(bounce, rel=0.1)
    assert m.bounce_phase > 0.8


def test_a_run_between_standing_is_judged_on_the_run():
    run = runs()
    points = np.concatenate([person(180), run.landmarks_px, person(180)])
    m = movement(smoothed(tracked(points)))
    assert m.cadence_spm == pytest.approx(170, rel=0.02)
    assert m.bounce_g == pytest.approx(1.3, rel=0.15)


def test_standing_still_is_not_running():
    found = ran(tracked(person(480)), steps(0, 0, activity="standing"))
    assert set(found) == {"not_running"}
    assert found["not_running"].severity == "refuse"


@pytest.mark.parametrize(("swing", "refused"), [(0.2, True), (0.3, False)])
def test_the_least_swing_of_the_legs(swing, refused):
    assert ("not_running" in ran(runs(swing_shanks=swing))) is refused


def test_moving_about_without_a_rhythm_is_not_running():
    points = person(480)
    rng = np.random.default_rng(7)
    wander = np.cumsum(rng.normal(0, 8, (480, 2, 2)), axis=0)
    points[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]] += wander
    assert ran(tracked(points), steps(0, 0, activity="unknown"))["not_running"].severity == "refuse"


@pytest.mark.parametrize("cadence", [100.0, 118.0, 130.0])
def test_walking_is_refused_by_its_pendulum(cadence):
    t = runs(cadence_spm=cadence, bounce_g=0.3, swing_shanks=0.5, spring=False)
    assert ran(t)["not_running"].severity == "refuse"


def test_a_run_whose_trunk_was_misread_is_not_called_walking():
    assert "not_running" not in ran(runs(bounce_g=0.7, spring=False))


@pytest.mark.parametrize("factor", [2.0, 4.0, 8.0])
def test_slow_motion_is_asked_about_with_its_factor(factor):
    # Played n times slower, cadence falls n-fold and acceleration n^2-fold.
    t = runs(seconds=8.0 * factor, cadence_spm=170 / factor, bounce_g=1.3 / factor**2)
    found = ran(t, steps(0, 0, activity="unknown"))
    assert set(found) == {"slow_motion"}
    assert found["slow_motion"].severity == "refuse"
    assert found["slow_motion"].value == factor


@pytest.mark.parametrize("cadence", [150.0, 170.0, 190.0])
@pytest.mark.parametrize("factor", [2.0, 4.0, 8.0])
@pytest.mark.parametrize("bounce", [1.1, 1.5])
def test_the_factor_fits_any_usual_runner(cadence, factor, bounce):
    assert slow_factor(cadence / factor, bounce / factor**2) == factor


def test_a_confirmed_slow_motion_passes():
    slow = runs(seconds=16.0, cadence_spm=85, bounce_g=1.3 / 4)
    assert ran(replace(slow, times_s=slow.times_s / 2)) == {}


def test_what_staff_confirmed_is_told_and_counts_towards_what_is_left():
    four = runs(seconds=32.0, cadence_spm=170 / 4, bounce_g=1.3 / 16)
    clip = clip_of(four).slowed(2)
    t = replace(four, times_s=clip.times_s)
    told = {f.code: f for f in quality.check_clip(clip)}["slow_motion_confirmed"]
    assert (told.severity, told.value) == ("info", 2)
    assert "2 times slower" in words.message(told)
    (left,) = quality.check_running(clip, t, smoothed(t), steps(0, 0, activity="unknown"), View.REAR)
    assert (left.code, left.value) == ("slow_motion", 4)
    assert "--slow-motion 4" in words.advice(left)
    assert "(4x)" in words.advice(left)
    assert "slow_motion_confirmed" not in codes(quality.check_clip(clip_of(four)))


def test_a_factor_that_is_wrong_is_named_as_the_fault():
    t = runs(seconds=8.0)
    clip = clip_of(t).slowed(1.5)
    fast = replace(t, times_s=clip.times_s)
    (found,) = quality.check_running(clip, fast, smoothed(fast), steps(9, 9), View.REAR)
    assert (found.code, found.severity) == ("fast_motion", "refuse")
    assert "not 1.5 times slowed" in words.message(found)
    lost = quality.check_running(clip_of(t).slowed(2), t, smoothed(t), steps(0, 0), View.REAR)
    assert "Check that the clip is 2 times slowed." in words.advice(lost[-1])


@pytest.mark.parametrize(
    ("cadence", "bounce", "code"),
    [
        (118.0, 0.85, "slow_motion"),
        (118.0, 0.95, "not_running"),
        (122.0, 0.85, "playback_speed"),
        (145.0, 1.3, None),
        (200.0, 1.3, None),
        (236.0, 1.3, "playback_speed"),
        (244.0, 1.3, "fast_motion"),
    ],
)
def test_cadence_limits(cadence, bounce, code):
    assert set(ran(runs(cadence_spm=cadence, bounce_g=bounce))) == ({code} if code else set())


@pytest.mark.parametrize("contact", [0.99, 0.75, 0.66, 0.3])
def test_what_gravity_allows_a_runner_lies_between_the_limits(contact):
    # Half-sine ground forces over the share `contact` of each step, with a mean of one body weight.
    phase = np.linspace(0, 1, 100_000, endpoint=False)
    force = np.where(phase < contact, np.sin(np.pi * phase / contact), 0.0)
    amplitude_g = 2 * abs(np.mean(force / force.mean() * np.exp(-2j * np.pi * phase)))
    assert amplitude_g == pytest.approx(2 * abs(np.cos(np.pi * contact) / (1 - 4 * contact**2)), rel=1e-3)
    assert running.WALK_BOUNCE_G < amplitude_g < running.FAST_BOUNCE_G


@pytest.mark.parametrize(("bounce", "told"), [(0.55, True), (0.65, False), (2.2, False), (2.6, True)])
def test_a_body_that_falls_as_no_body_does(bounce, told):
    said = ran(runs(bounce_g=bounce)).get("playback_speed")
    assert (said is not None and said.case in ("hardly_rises", "rises_fast")) is told


@pytest.mark.parametrize(
    ("times", "case"), [(1 / 1.25, "as_if_slow"), (1.25, "as_if_fast"), (1 / 1.08, None), (1.08, None)]
)
def test_a_clip_stored_at_another_rate_than_it_was_filmed_with(times, case):
    # Played so many times faster, steps come as many times sooner and a body falls with the square of it.
    found = ran(runs(cadence_spm=170.0 * times, bounce_g=1.3 * times**2)).get("playback_speed")
    assert (found.case if found else None) == case
    share = quality.playback_sd_share((found,) if found else ())
    if found:
        assert found.value == pytest.approx(times, abs=0.04)
        assert 1.96 * share > abs(times - 1)
        assert "wrong by that much" in words.message(found)
    else:
        assert share == 0


def test_a_slow_belt_goes_with_few_steps():
    t = runs(cadence_spm=143.0, bounce_g=1.0)
    clip = clip_of(t)
    said = {
        kmh: codes(quality.check_running(clip, t, smoothed(t), steps(9, 9), View.REAR, None, kmh))
        for kmh in (6.0, 14.0)
    }
    assert "playback_speed" not in said[6.0]
    assert "playback_speed" in said[14.0]


@pytest.mark.parametrize(
    ("left", "right", "severity"),
    [(2, 2, "refuse"), (3, 3, "warn"), (0, 9, "warn"), (6, 9, "warn"), (9, 6, "warn"), (7, 7, None)],
)
def test_steps_needed(left, right, severity):
    found = ran(runs(), steps(left, right))
    assert (found["too_few_steps"].severity if severity else found.get("too_few_steps")) == severity


def test_the_foot_with_too_few_steps_is_named():
    assert "left foot" in words.message(ran(runs(), steps(5, 9))["too_few_steps"])
    assert "right foot" in words.message(ran(runs(), steps(9, 5))["too_few_steps"])


def test_key_points_without_a_trunk_are_judged_on_what_there_is():
    t = runs()
    points = np.full_like(t.landmarks_px, np.nan)
    for side in Side:
        for joint in ("knee", "ankle", "heel", "foot_index"):
            points[:, Landmark.of(side, joint)] = t.landmarks_px[:, Landmark.of(side, joint)]
    assert ran(replace(t, landmarks_px=points)) == {}


def test_the_limits_are_those_of_the_settings():
    """A store that changes them there changes what the clip is refused for and what is said of its steps."""
    slow, whole = runs(cadence_spm=110), steps(5, 5)
    own = Settings(events=EventSettings(min_cadence_spm=100), pronation=PronationSettings(min_steps=5))
    assert "slow_motion" in ran(slow, whole) or "not_running" in ran(slow, whole)
    # Rare as it is, which is said, it is no longer refused.
    (rare,) = quality.check_running(clip_of(slow), slow, smoothed(slow), whole, View.REAR, own)
    assert (rare.code, rare.severity) == ("playback_speed", "warn")
    _, told = quality.check_running(clip_of(slow), slow, smoothed(slow), steps(4, 4), View.REAR, own)
    assert (told.code, told.limit) == ("too_few_steps", 5)
