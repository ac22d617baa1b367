"""A short run of `tests.faults.kill`, and that it would see what it looks for."""

import os

import pytest

from gait.records import customers, folders, visits
from gait.services.asked import AnalysisRequest
from tests.faults import kill
from tests.faults.activities import ACTIVITIES, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked for each moment"),
]


def test_nothing_is_lost_or_left_half_whatever_is_cut_short_on_sqlite():
    times, _, wrong = kill.run(len(ACTIVITIES), seed=7)
    assert set(times) == set(ACTIVITIES)
    assert wrong == []


def test_nothing_is_lost_or_left_half_whatever_is_cut_short_on_postgresql(empty_postgres):
    times, _, wrong = kill.run(len(ACTIVITIES), seed=8, url=empty_postgres)
    assert set(times) == set(ACTIVITIES)
    assert wrong == []


def test_what_is_lost_or_half_is_seen():
    with kill.emptied(None) as store, store.open() as records:
        with records.writing() as at:
            left = visits.start(at, customers.make(at, "Anna").id)
            half = visits.expect(at, visits.add_run(at, left.id).id, "half")
        write(store.reports / "half", version=1)
        write(store.reports / "stray", version=1)
        with records.writing() as at:
            folders.attach(at, half.id, store.reports / "half")
        told = [["finished", left.id], ["result", "half", 2]]
        (store.reports / ".gait-0000").mkdir()
        assert set(kill.faults_of(store, "visit", told)) == {
            f"visit {left.id} is open",
            "result half is lost",
            "result_without_run stray",
        }


def test_a_lost_clip_and_an_analysis_that_stands_still_are_seen():
    with kill.emptied(None) as store, store.program() as engine:
        kept, lost = (engine.uploads.new_folder() for _ in range(2))
        names = []
        for folder in (kept, lost):
            (folder / "run.webm").write_bytes(kill.clip_bytes())
            names.append(engine.jobs.start(AnalysisRequest(folder / "run.webm", uploads=folder)).name)
        (lost / "run.webm").unlink()
        told = [["asked", names[0]], ["asked", names[1]], ["analysis", names[0]]]
        told += [["piece", "rec-none", 5], ["recorded", "rec-none"], ["backup", "none.zip"]]
        (store.data / "none.zip").touch()
        assert kill.faults_of(store, "upload", told) == [
            f"job_without_clip {names[1]}",
            f"the analysis {names[1]} is waiting, ['asked']",
            f"analysis {names[0]} is waiting",
            "recording rec-none lost a piece",
            "recording rec-none is not offered",
            "backup none.zip: backup_damaged",
        ]
