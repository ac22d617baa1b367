"""The records as the program holds them: a result that is to come has its record before it is written."""

from types import SimpleNamespace

import pytest

from gait.errors import GaitError
from gait.records import folders, visits
from gait.records.database import Records
from gait.services import store_records
from gait.services.store_records import StoreRecords
from tests.builders.results import result_folder


def test_a_program_that_was_killed_between_result_and_record_is_made_up_for_by_the_next(tmp_path):
    reports = tmp_path / "reports"
    reports.mkdir()
    killed = StoreRecords(tmp_path / "data", reports)
    with killed.writing() as at:
        visit = visits.start(at)
        run, other = (visits.add_run(at, visit.id) for _ in range(2))
    killed.expect_result(run.id, "whole")
    killed.expect_result(other.id, "never-written")
    killed.expect_result("", "of-no-visit")
    result_folder(reports / "whole")
    killed.close()

    after = StoreRecords(tmp_path / "data", reports)
    with after.reading() as at:
        assert visits.run(at, run.id).result == "whole"
        assert visits.run(at, run.id).summary is not None
        unfinished = visits.run(at, other.id)
        assert (unfinished.result, unfinished.expected, unfinished.summary) == (None, "never-written", None)
    assert folders.check(after.opened(), reports) == []
    after.close()


def test_records_that_come_back_are_found_however_often_they_were_asked_for(tmp_path, monkeypatch):
    """Each answer "away" put the next try off by as long again, and a page asks twice a second."""
    clock, opened = [100.0], []

    def open_(data):
        opened.append(clock[0])
        if clock[0] < 104:
            raise GaitError("records_away", place="there")
        return Records.open(data)

    monkeypatch.setattr(store_records, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(store_records, "Records", SimpleNamespace(open=open_))
    store = StoreRecords(tmp_path / "data", tmp_path / "reports")
    for _ in range(30):
        with pytest.raises(GaitError), store.reading():
            raise AssertionError("they are away")
        clock[0] += 0.1 if clock[0] < 103.9 else 0
    clock[0] = 100.0 + store_records.AGAIN_S + 0.1
    with store.reading() as at:
        assert visits.latest(at) == []
    assert opened == [100.0, clock[0]]
    store.close()
