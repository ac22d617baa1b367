"""Two runs locked to the gait cycle."""

from dataclasses import replace

import numpy as np
import pytest

from gait.comparison.locked import LEAD_S, lock_steps, other_time
from gait.landmarks import Side
from gait.results.result import EventTimes
from tests.builders.results import example_result


def running(stride_s, contact_s, first_s=0.3, first=Side.LEFT, strides=6, missing=None):
    """A run as its feet land: the other foot half a stride after `first`."""
    lead = {first: first_s, first.other: first_s + stride_s / 2}
    events = {}
    for side in Side:
        strikes = [lead[side] + i * stride_s for i in range(strides) if (side, i) != missing]
        events[side] = EventTimes(tuple(strikes), tuple(t + contact_s for t in strikes))
    return replace(example_result().judged, events=events)


def test_contact_meets_contact_and_toe_off_toe_off_at_every_step():
    a, b = running(0.70, 0.25), running(0.76, 0.30, first_s=1.1)
    locked = lock_steps(a, b)
    assert len(locked) == 12
    assert [step.side for step in locked[:4]] == [Side.LEFT, Side.RIGHT] * 2
    for step in locked:
        assert other_time(np.array(step.a.all_s), locked) == pytest.approx(step.b.all_s)
    assert locked[1].b.mid_stance_s == pytest.approx(1.1 + 0.38 + 0.15)


def test_between_events_the_other_run_goes_on_and_outside_at_its_own_pace():
    locked = lock_steps(running(0.70, 0.25), running(0.76, 0.30, first_s=1.1))
    times = np.linspace(0, 5, 500)
    there = other_time(times, locked)
    assert (np.diff(there) > 0).all()
    first, last = locked[0], locked[-1]
    assert other_time(np.array([first.a.contact_s - 0.1]), locked) == pytest.approx(first.b.contact_s - 0.1)
    assert other_time(np.array([last.a.toe_off_s + 0.2]), locked) == pytest.approx(last.b.toe_off_s + 0.2)


def test_a_run_that_begins_with_the_other_foot_waits_for_it():
    locked = lock_steps(running(0.70, 0.25, first=Side.RIGHT), running(0.70, 0.25))
    assert locked[0].side is Side.LEFT
    assert locked[0].a.contact_s == pytest.approx(0.3 + 0.35)
    assert locked[0].b.contact_s == pytest.approx(0.3)


def test_a_step_that_was_not_seen_ends_the_stretch_that_is_shown():
    """The left foot's second step is missing: what follows the right one after it is the longer stretch, and begins with the other run's foot."""
    locked = lock_steps(running(0.70, 0.25, missing=(Side.LEFT, 1)), running(0.70, 0.25))
    assert locked[0].a.contact_s == pytest.approx(0.3 + 2 * 0.7)
    assert [step.side for step in locked[:2]] == [Side.LEFT, Side.RIGHT]
    assert all(x.a.contact_s - y.a.contact_s == pytest.approx(0.35) for x, y in zip(locked[1:], locked, strict=False))


def test_the_film_begins_shortly_before_the_first_contact_and_is_not_too_long():
    locked = lock_steps(running(0.70, 0.25, first_s=2.0, strides=40), running(0.70, 0.25, strides=40), longest_s=3.0)
    assert locked[0].film.contact_s == pytest.approx(LEAD_S)
    assert locked[-1].a.toe_off_s <= 2.0 + 3.0
    assert len(locked) == 8


def test_without_a_whole_stance_there_is_nothing_to_lock():
    nobody = replace(example_result().judged, events={side: EventTimes((), ()) for side in Side})
    assert lock_steps(nobody, running(0.7, 0.25)) == ()
