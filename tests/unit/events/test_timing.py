"""The regression in closed form on a table of two features, then what the shipped tables hold."""

from dataclasses import replace

import numpy as np
import pytest

from gait.events.timing import (
    TimingTable,
    contact_sd_s,
    event_shares,
    expand,
    features,
    scores,
    timing_table,
    trunk_table,
)
from gait.landmarks import Landmark, View


def table(**changes):
    """Two features, the waveform's only sample and the stride time, each a score of its own; strike = -0.1 + 0.02 u1, off = 0.2."""
    weights = np.zeros((6, 2))
    weights[0] = -0.1, 0.2
    weights[1, 0] = 0.02 / np.sqrt(0.6)
    plain = TimingTable(
        mean=np.array([1.0, 0.7]),
        basis=np.eye(2),
        score_sd=np.array([2.0, 0.5]),
        residual_sd=1e-3,
        weights=weights,
        scale=1.0,
        range_share=np.array([[-0.3, 0.0], [0.0, 0.25]]),
        strike_step_sd_s=0.004,
        toe_off_step_sd_s=0.004,
        contact_foot_sd_s=0.01,
    )
    return replace(plain, **changes)


def test_features_are_the_waveform_row_by_row_and_the_stride_time():
    assert features(np.array([[1.0, 2.0], [3.0, np.nan]]), 0.7)[[0, 1, 2, 4]].tolist() == [1.0, 2.0, 3.0, 0.7]


def test_scores_are_what_lies_beyond_the_mean():
    assert scores(table(), np.array([2.5, 0.8])) == pytest.approx([1.5, 0.1], rel=1e-4)


def test_a_feature_that_was_not_seen_is_taken_as_the_means():
    assert scores(table(), np.array([np.nan, 0.8])) == pytest.approx([0.0, 0.1], rel=1e-4)
    assert scores(table(), np.full(2, np.nan)) == pytest.approx([0, 0])


def test_noise_pulls_the_scores_towards_the_mean_as_their_variances_say():
    """Score SD 2, noise SD 2: half of it is believed; score SD 0.5: one part in 17."""
    noisy = table(residual_sd=2.0)
    assert scores(noisy, np.array([2.0, 1.7])) == pytest.approx([0.5, 1 / 17])


def test_scores_are_held_within_what_was_learnt():
    far = scores(table(), np.array([1000.0, -1000.0]))
    assert far == pytest.approx([3.5 * 2.0, -3.5 * 0.5])


def test_the_expansions_inner_product_is_the_kernel():
    rng = np.random.default_rng(1)
    a, b = rng.normal(0, 3, (2, 4))
    assert expand(a, 2.0) @ expand(b, 2.0) == pytest.approx((1 + 0.3 * (a / 2) @ (b / 2)) ** 2)
    assert expand(np.stack([a, b]), 2.0)[1] == pytest.approx(expand(b, 2.0))


def test_events_are_the_weighted_sum_held_within_the_range_of_training():
    assert event_shares(table(), np.array([[2.5]]), 0.7) == pytest.approx([-0.1 + 0.02 * 1.5, 0.2], rel=1e-4)
    assert event_shares(table(), np.array([[1000.0]]), 0.7)[0] == pytest.approx(0.0)
    high = table(weights=table().weights * 4)
    assert event_shares(high, np.array([[1.0]]), 0.7) == pytest.approx([-0.3, 0.25], rel=1e-3)


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("tracker", ["points", "mediapipe-blazepose"])
def test_in_every_table_the_mean_runner_strikes_before_the_middle_and_leaves_after_it(view, tracker):
    """A contact lasts a quarter to a half of a stride; its error is a few ms."""
    for own in (timing_table(view, tracker), trunk_table(view, tracker)):
        if own is None:
            continue
        strike, off = event_shares(own, np.full((4, 39), np.nan), float("nan"))
        assert strike < 0 < off
        assert 0.25 < off - strike < 0.5
        assert 0.001 < min(own.strike_step_sd_s, own.toe_off_step_sd_s) < own.contact_foot_sd_s < 0.03
        assert np.all(own.range_share[0] < own.range_share[1])


def test_each_view_and_tracker_has_its_own_table():
    assert timing_table(View.REAR, "points") is timing_table(View.UNKNOWN, "anything")
    own = [timing_table(View.SIDE, ""), timing_table(View.FRONT, ""), timing_table(View.REAR, "")]
    own += [timing_table(View.REAR, "blazepose"), trunk_table(View.REAR, "blazepose")]
    assert len({id(t) for t in own}) == 5
    assert timing_table(View.SIDE, "blazepose") is own[0]
    assert trunk_table(View.UNKNOWN, "mediapipe-blazepose") is own[4]
    assert trunk_table(View.FRONT, "mediapipe-blazepose") is None


def test_points_of_an_unknown_tracker_say_less_of_the_contact_time() -> None:
    """Measured on rendered runners: 21 ms with feet, 33 ms without; the tracker the table was made for keeps the table's own."""
    points = np.full((5, 33, 2), np.nan)
    own, general = timing_table(View.REAR, "blazepose"), timing_table(View.REAR, "points")
    assert contact_sd_s(own, "blazepose", points) == own.contact_foot_sd_s
    assert contact_sd_s(general, "points", points) == 0.033
    points[2, Landmark.RIGHT_HEEL] = 1.0
    assert contact_sd_s(general, "points", points) == 0.021
