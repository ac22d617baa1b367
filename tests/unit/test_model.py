"""The values themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from gait.model import Z95, Estimate


def test_the_constant_is_the_normal_quantile_to_the_two_places_that_are_used():
    assert pytest.approx(norm.ppf(0.975), abs=5e-3) == Z95


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_an_interval_from_an_sd_gives_the_sd_back(value, sd):
    estimate = Estimate.from_sd(value, sd)
    assert estimate.sd == pytest.approx(sd)
    assert sum(estimate.ci95) / 2 == pytest.approx(value, abs=1e-9)
