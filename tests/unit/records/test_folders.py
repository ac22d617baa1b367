"""Records and result folders: taken over, made again when the database was lost, and compared by planting each kind of fault."""

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from gait.errors import GaitError
from gait.model import Finding
from gait.records import consents, customers, folders, purchases, visits
from gait.records.database import FILE, Records
from gait.records.folders import Found
from gait.results.codec import encode
from tests.builders.results import PEAK_DEG, example_result, result_folder

DAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def numbers(path, runner="Anna Öztürk", made=DAY, **more):
    """A folder that holds analysis.json alone: all that the records read."""
    path.mkdir(parents=True)
    document = encode(replace(example_result(), runner=runner, created=made, **more))
    (path / "analysis.json").write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture
def reports(tmp_path):
    """Four results of an earlier gait: two of one visit, one of another runner, one without a name; and what is no result."""
    where = tmp_path / "reports"
    numbers(where / "a", made=DAY, shoe_worn="Guide 3, green")
    numbers(where / "b", "ANNA  Ozturk", made=DAY + timedelta(minutes=5), version=3)
    numbers(where / "c", "Bob", made=DAY)
    numbers(where / "d", "", made=DAY, judged=None, findings=(Finding("too_dark", "refuse", 9.0, 20.0),))
    (where / "validation").mkdir()
    (where / "validation" / "README.md").write_text("no result")
    (where / ".uploads" / "x").mkdir(parents=True)
    return where


def rebuilt(records, reports):
    with records.writing() as at:
        return folders.rebuild(at, reports)


def test_results_of_an_earlier_gait_are_taken_over_without_losing_a_number(records, reports):
    before = {p: p.read_bytes() for p in reports.rglob("*.*") if p.is_file()}
    done = rebuilt(records, reports)
    assert (done.customers, done.visits, done.runs, done.unreadable) == (2, 3, 4, ())
    assert "consents" in done.lost
    assert {p: p.read_bytes() for p in reports.rglob("*.*") if p.is_file()} == before
    with records.reading() as at:
        (anna,) = customers.find(at, "ozturk")
        (visit,) = visits.of_customer(at, anna.id)
        assert (visit.state, visit.started, visit.finished) == ("finished", DAY, DAY + timedelta(minutes=5))
        assert [(r.position, r.result, r.version, r.made) for r in visit.runs] == [
            (1, "a", 1, DAY),
            (2, "b", 3, DAY + timedelta(minutes=5)),
        ]
        first = visit.runs[0]
        wanted = example_result()
        assert (first.method, first.speed_kmh) == (wanted.versions.gait, wanted.judged.reference.speed_kmh)
        assert [r.shoe for r in visit.runs] == ["Guide 3, green", ""]
        assert first.summary.labels == {side.value: foot.label for side, foot in wanted.judged.feet.items()}
        assert first.summary.peaks_deg == {side.value: deg for side, deg in PEAK_DEG.items()}
        refused = visits.run_of_result(at, "d")
        assert (refused.summary.refused, refused.summary.labels) == (True, {})
        assert visits.walk_ins_due(at, DAY + timedelta(days=400)) == []
    assert folders.check(records, reports) == []


def test_doing_it_again_changes_nothing_but_what_was_corrected(records, reports):
    rebuilt(records, reports)
    with records.reading() as at:
        before = visits.latest(at)
    again = rebuilt(records, reports)
    assert (again.customers, again.visits, again.runs, again.refreshed, again.lost) == (0, 0, 0, 0, ())
    with records.reading() as at:
        assert visits.latest(at) == before
    shutil.rmtree(reports / "a")
    numbers(reports / "a", version=2)
    assert rebuilt(records, reports).refreshed == 1
    with records.reading() as at:
        corrected = visits.run_of_result(at, "a")
        assert (corrected.version, corrected.shoe) == (2, "Guide 3, green")


def test_a_lost_database_is_made_again_and_says_what_only_it_knew(tmp_path, reports):
    data = tmp_path / "data"
    with Records.open(data, f"sqlite:///{data / FILE}") as records:
        rebuilt(records, reports)
        with records.writing() as at:
            anna = customers.find(at, "anna")[0]
            customers.set_contact(at, anna.id, "anna@example.org")
            visit = visits.of_customer(at, anna.id)[0]
            consents.give(at, visit.id, consents.set_text(at, "contact", "!"))
            purchases.buy(at, visit.id, "Guide 3", date(2026, 3, 2))
            known = [(v.customer, v.started, [(r.result, r.summary) for r in v.runs]) for v in visits.latest(at)]
    shutil.rmtree(data)
    with Records.open(data, f"sqlite:///{data / FILE}") as records:
        assert set(rebuilt(records, reports).lost) >= {"contacts", "consents", "purchases"}
        with records.reading() as at:
            assert [
                (v.customer, v.started, [(r.result, r.summary) for r in v.runs]) for v in visits.latest(at)
            ] == known
            assert customers.find(at, "anna")[0].contact == ""


def test_a_folder_that_cannot_be_read_is_named_and_left(records, reports):
    (reports / "c" / "analysis.json").write_text("{", encoding="utf-8")
    done = rebuilt(records, reports)
    assert (done.runs, done.unreadable) == (3, ("c",))
    assert (reports / "c" / "analysis.json").read_text() == "{"


def test_a_run_takes_its_summary_from_its_folder_and_refuses_half_of_one(records, tmp_path):
    whole = result_folder(tmp_path / "reports" / "whole")
    (tmp_path / "reports" / "half").mkdir()
    with records.writing() as at:
        run = visits.add_run(at, visits.start(at).id)
        with pytest.raises(GaitError) as told:
            folders.attach(at, run.id, whole.with_name("half"))
        assert told.value.code == "no_result"
        assert visits.run(at, run.id).result is None
        assert folders.attach(at, run.id, whole).result == "whole"


PLANTED = {
    "result_without_run": "file",
    "run_without_result": "a",
    "half_result": "b",
    "other_numbers": "c",
    "clip_without_run": "stray.mp4",
    "run_without_clip": "lost.mp4",
}


def plant(trouble, at, reports):
    """Bring that fault about."""
    if trouble == "result_without_run":
        numbers(reports / "file")
    elif trouble == "run_without_result":
        shutil.rmtree(reports / "a")
    elif trouble == "half_result":
        (reports / "b" / "strides.csv").touch()
        (reports / "b" / "analysis.json").unlink()
    elif trouble == "other_numbers":
        run = visits.run_of_result(at, "c")
        other = replace(run.summary, peaks_deg={"left": 1.0})
        visits.attach(at, run.id, "c", other, made=run.made, method=run.method, version=run.version)
    elif trouble == "run_without_clip":
        visits.set_clips(at, visits.run_of_result(at, "a").id, "kept.mp4", "lost.mp4")


@pytest.mark.parametrize("trouble", PLANTED)
def test_each_kind_of_fault_is_found_and_named_and_nothing_else(records, reports, trouble):
    rebuilt(records, reports)
    with records.writing() as at:
        visits.set_clips(at, visits.run_of_result(at, "a").id, "kept.mp4", None)
        clips = ["kept.mp4", *(["stray.mp4"] if trouble == "clip_without_run" else [])]
    assert folders.check(records, reports, ["kept.mp4"]) == []
    with records.writing() as at:
        plant(trouble, at, reports)
    assert folders.check(records, reports, clips) == [Found(trouble, PLANTED[trouble])]


@pytest.mark.parametrize(
    ("harm", "trouble"),
    [
        ("UPDATE visit SET finished = NULL", "half_record"),
        ("UPDATE run SET made = NULL WHERE result = 'a'", "half_record"),
        ("UPDATE run SET method = '' WHERE result = 'a'", "half_record"),
        ("UPDATE run SET result = NULL WHERE result = 'a'", "half_record"),
        ("DELETE FROM customer_key", "not_found_by_name"),
    ],
)
def test_half_a_record_is_found(records, reports, harm, trouble):
    rebuilt(records, reports)
    with records.writing() as at:
        at.execute(text(harm))
    assert trouble in {f.trouble for f in folders.check(records, reports)}


def test_a_key_that_leads_nowhere_is_found(tmp_path, reports):
    with Records.open(tmp_path, f"sqlite:///{tmp_path / FILE}") as records:
        rebuilt(records, reports)
        with records._engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(text("UPDATE run SET visit_id = 'nobody' WHERE result = 'a'"))
            connection.commit()
        assert "broken_database" in {f.trouble for f in folders.check(records, reports)}


def test_a_result_has_its_record_from_the_first_moment_and_a_kill_in_between_is_settled(records, tmp_path):
    reports = tmp_path / "reports"
    with records.writing() as at:
        visit = visits.start(at)
        whole, unborn = (visits.add_run(at, visit.id) for _ in range(2))
        visits.expect(at, whole.id, "whole")
        assert visits.expect(at, unborn.id, "unborn").summary is None
        with pytest.raises(GaitError):
            visits.expect(at, unborn.id, "whole")
    assert folders.check(records, reports) == []
    numbers(reports / "whole", version=2)
    assert folders.check(records, reports) == [Found("other_numbers", "whole")]
    with records.writing() as at:
        assert [run.id for run in folders.settle(at, reports)] == [unborn.id]
        assert visits.run(at, whole.id).version == 2
        assert [run.id for run in visits.awaited(at)] == [unborn.id]
    assert folders.check(records, reports) == []


def test_a_correction_whose_program_was_killed_before_it_told_is_settled_too(records, tmp_path):
    reports = tmp_path / "reports"
    with records.writing() as at:
        run = visits.add_run(at, visits.start(at).id)
        old = visits.add_run(at, visits.start(at).id)
        for one, name in ((run, "corrected"), (old, "left-alone")):
            folders.attach(at, one.id, numbers(reports / name))
        folders.settle(at, reports)
    for name in ("corrected", "left-alone"):
        shutil.rmtree(reports / name)
        numbers(reports / name, version=2)
    long_ago = DAY.timestamp()
    os.utime(reports / "left-alone", (long_ago, long_ago))  # not read again: it is older than the last settling
    with records.writing() as at:
        folders.settle(at, reports)
        assert visits.run(at, run.id).version == 2
        assert visits.run(at, old.id).version == 1
