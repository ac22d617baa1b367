"""Other people in the picture: who counts as one."""

import numpy as np
import pytest

from gait import quality
from gait.quality import people
from tests.builders.drawn import FPS, HIPS, TORSO, codes, person, runs, tracked


def seen(*persons, samples=10, every=1, n=480):
    rows = np.array(persons, dtype=float).reshape(-1, 4)
    return [(i * (n - 1) / FPS / samples, rows if i % every == 0 else rows[:1]) for i in range(samples)]


RUNNER = (*HIPS, people.BODY_RADIUS_TORSOS * TORSO, 0.97)


def beside(radii: float, size: float = 1.0, score: float = 0.9):
    r = people.BODY_RADIUS_TORSOS * TORSO
    return (HIPS[0] + radii * r, HIPS[1], size * r, score)


def test_nobody_in_any_picture_is_refused_before_tracking():
    empty = [(float(i), np.empty((0, 4))) for i in range(10)]
    assert codes(quality.check_people(empty), "refuse") == {"no_runner"}
    assert quality.check_people([*empty, (10.0, np.array([RUNNER]))]) == ()
    assert quality.check_people([]) == ()


def test_the_runner_alone():
    assert quality.check_people(seen(RUNNER), runs()) == ()


def test_somebody_beside_a_runner_is_told_and_beside_a_stander_refused():
    both = seen(RUNNER, beside(1.0))
    assert codes(quality.check_people(both, runs()), "warn") == {"several_people"}
    assert codes(quality.check_people(both, tracked(person(480))), "refuse") == {"several_people"}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (beside(0.45), False), (beside(0.55), True),
        (beside(1, size=0.45), False), (beside(1, size=0.55), True),
        (beside(1, score=0.55), False), (beside(1, score=0.65), True),
    ],
)  # fmt: skip
def test_who_counts_as_another_person(other, told):
    assert bool(quality.check_people(seen(RUNNER, other), runs())) is told


@pytest.mark.parametrize(("every", "told"), [(10, False), (5, True)])
def test_one_picture_can_be_a_slip(every, told):
    assert bool(quality.check_people(seen(RUNNER, beside(1.0), every=every), runs())) is told
