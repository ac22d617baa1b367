"""A short run of `tests.faults.kill`, and that it would see what it looks for."""

import os

import pytest

from gait.records import customers, folders, visits
from tests.faults import kill

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked for each moment"),
]


def test_nothing_is_lost_or_left_half_at_twelve_moments_on_sqlite():
    times, _, wrong = kill.run(12, seed=7)
    assert times.total() == 12
    assert wrong == []


def test_nothing_is_lost_or_left_half_at_twelve_moments_on_postgresql(empty_postgres):
    times, _, wrong = kill.run(12, seed=8, url=empty_postgres)
    assert times.total() == 12
    assert wrong == []


def test_what_is_lost_or_half_is_seen():
    with kill.emptied(None) as store, store.open() as records:
        with records.writing() as at:
            left = visits.start(at, customers.make(at, "Anna").id)
            half = visits.expect(at, visits.add_run(at, left.id).id, "half")
        kill.write(store.reports / "half", version=1)
        kill.write(store.reports / "stray", version=1)
        with records.writing() as at:
            folders.attach(at, half.id, store.reports / "half")
        told = [["finished", left.id], ["result", "half", 2]]
        (store.reports / ".gait-0000").mkdir()
        assert set(kill.faults_of(store, "visit", told)) == {
            f"visit {left.id} is open",
            "result half is lost",
            "result_without_run stray",
        }
