"""The records as the program holds them: a result that is to come has its record before it is written."""

from gait.records import folders, visits
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
