"""The lens, from its own formula."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gait.lens import Lens
from gait.model import PoseTrack

SHARE = st.floats(0.05, 0.95)


@given(k1=st.floats(-0.2, 0.2), x=SHARE, y=SHARE)
def test_straight_and_seen_are_each_other_s_inverse(k1: float, x: float, y: float) -> None:
    lens = Lens(k1, 720, 1280)
    point = np.array([720 * x, 1280 * y])
    radius = np.hypot(*(point - (360, 640))) / np.hypot(360, 640)
    assume(k1 >= 0 or radius < 0.98 * 2 / 3 / np.sqrt(-3 * k1))  # no straight point is seen beyond the rim
    assert lens.seen(lens.straight(point)) == pytest.approx(point, abs=1e-3)


def test_a_barrel_draws_in_what_lies_outside() -> None:
    """At half the half-diagonal of a 600 x 800 picture, 250 px from its middle: 1 - 0.2 / 4 of it is seen."""
    lens = Lens(-0.2, 600, 800)
    assert lens.seen(np.array([300.0, 650.0])) == pytest.approx([300.0, 400 + 0.95 * 250])
    assert lens.straight(np.array([300.0, 400 + 0.95 * 250])) == pytest.approx([300.0, 650.0])


def test_a_pincushion_draws_it_out() -> None:
    assert Lens(0.2, 600, 800).seen(np.array([300.0, 650.0])) == pytest.approx([300.0, 400 + 1.05 * 250])


def test_what_lies_beyond_the_rim_stays_there() -> None:
    """At k1 = -0.3 nothing is seen beyond 0.70 of the half-diagonal: it goes to where the picture stops growing, sqrt(1 / 0.9)."""
    lens = Lens(-0.3, 600, 800)
    assert lens.straight(np.array([300.0, 900.0])) == pytest.approx([300.0, 400 + 500 / np.sqrt(0.9)])


def test_a_larger_picture_of_the_same_lens_is_bent_alike() -> None:
    lens = Lens(-0.2, 600, 800)
    assert lens.of_size(1200, 1600).seen(np.array([200.0, 1500.0])) == pytest.approx(
        2 * lens.seen(np.array([100.0, 750.0]))
    )


def test_a_track_is_straightened_in_its_own_size_and_keeps_what_is_not_seen() -> None:
    points = np.full((2, 33, 2), np.nan)
    points[0, 5] = 300.0, 637.5
    track = PoseTrack(np.arange(2.0), points, np.ones((2, 33)), np.zeros((2, 33, 3)), 600, 800, "none", "none", "")
    found = Lens(-0.2, 300, 400).straightened(track).landmarks_px
    assert found[0, 5] == pytest.approx([300.0, 650.0])
    assert np.isnan(found[1]).all()
