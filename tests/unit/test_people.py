"""Who of the detected people could be the runner."""

import numpy as np
import pytest

from gait.people import SAME_SIZE, SURE_SCORE, could_run


def row(radius: float = 100.0, score: float = 0.9, x: float = 0.0) -> tuple[float, ...]:
    return (x, 0.0, radius, score, 0.0)


def test_nobody_is_nobody():
    assert could_run(np.empty((0, 5))).shape == (0, 5)


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        (row(score=SURE_SCORE), 2),
        (row(score=SURE_SCORE - 0.01), 1),
        (row(radius=100 * SAME_SIZE), 2),
        (row(radius=99 * SAME_SIZE), 1),
    ],
)
def test_only_who_is_sure_and_near_could_run(other, kept):
    assert len(could_run(np.array([row(), other]))) == kept


def test_the_order_stays():
    found = could_run(np.array([row(x=9.0), row(x=1.0, score=0.2), row(x=5.0, score=0.7)]))
    assert found[:, 0].tolist() == [9, 5]
