"""Recordings that are of no visit go by a rule of their own, with a receipt; those that somebody needs stay. On both databases."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gait.cli.main import main
from gait.places import DATA_VARIABLE
from gait.records import audit, visits
from gait.records.database import Records
from gait.services.keeper import Keeper
from gait.services.retention import Retention
from gait.services.store_files import StoreFiles

MADE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ONE = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "reports"


@pytest.fixture
def clock(records, reports, tmp_path):
    return Retention(Keeper(lambda: records, StoreFiles(reports, tmp_path / "data")))


def recording(reports: Path, number: int = 1, made: datetime = MADE, **marks: str) -> Path:
    """One with two clips, the last of them of that moment; `marks` are other files in its folder."""
    folder = reports / ".uploads" / f"rec-{number:032}"
    folder.mkdir(parents=True)
    for name, moment in (("standing-1.webm", made - timedelta(minutes=1)), ("run-1.webm", made)):
        (folder / name).write_bytes(b"somebody")
        os.utime(folder / name, (moment.timestamp(), moment.timestamp()))
    for name, said in marks.items():
        (folder / name).write_text(said)
    return folder


def due(clock: Retention, until: datetime) -> list[tuple[str, datetime, str]]:
    return [(one.visit_id, one.due, one.why) for one in clock.upcoming(until) if one.kind == "recording"]


def test_one_of_no_visit_is_due_a_day_after_its_last_piece_and_not_a_second_before(clock, reports):
    folder = recording(reports, owner="somebody's browser", camera="Rear")
    assert due(clock, MADE + ONE - SECOND) == []
    assert due(clock, MADE + ONE) == [(folder.name, MADE + ONE, "no_visit")]


def test_it_goes_with_a_receipt_that_proves_it_and_a_line_in_both_logs(clock, reports, records):
    folder, later = recording(reports), recording(reports, 2, MADE + ONE)
    done = clock.run(MADE + ONE)
    assert [(one["kind"], one["visit"], one["why"]) for one in done.deleted] == [("recording", folder.name, "no_visit")]
    assert (folder.exists(), later.exists()) == (False, True)
    assert not list((reports / ".uploads").glob("gone-*"))
    (receipt,) = clock._keeper.receipts()
    assert (receipt.target, receipt.target_id, receipt.finished is not None) == ("recording", folder.name, True)
    assert [(file.name, file.size_bytes) for file in receipt.files] == [
        ("recording/1.webm", 8),
        ("recording/2.webm", 8),
    ]
    with records.reading() as at:
        assert [line.what for line in audit.latest(at)] == ["recording_deleted"]


def test_one_for_a_shoe_of_a_visit_goes_with_the_visit_and_one_whose_shoe_was_taken_off_by_itself(
    clock, reports, records
):
    with records.writing() as at:
        run = visits.add_run(at, visits.start(at, started=MADE).id)
    folder = recording(reports, belongs=run.id)
    assert due(clock, MADE + 9 * ONE) == []
    with records.writing() as at:
        visits.delete_run(at, run.id)
    assert due(clock, MADE + ONE) == [(folder.name, MADE + ONE, "no_visit")]


def test_one_that_is_being_analysed_stays(clock, reports):
    folder = recording(reports, analysed="{}")
    assert due(clock, MADE + 9 * ONE) == []
    assert clock._keeper.delete_recording(folder.name, "retention", "no_visit") is None
    assert clock._keeper.delete_recording("../rec-1", "retention", "no_visit") is None
    assert folder.exists()
    assert clock._keeper.receipts() == []


def test_a_folder_without_a_clip_is_no_recording(clock, reports):
    folder = reports / ".uploads" / "rec-empty"
    folder.mkdir(parents=True)
    (folder / "owner").write_text("x")
    (folder / ".run-1.webm.json").write_text("{}")
    assert due(clock, MADE + 999 * ONE) == []


def test_the_managers_rule_holds_but_nothing_goes_while_it_may_be_recorded_still(clock, reports):
    folder = recording(reports)
    clock.set_rule("recording", "not_agreed", 3)
    assert due(clock, MADE + 3 * ONE - SECOND) == []
    assert due(clock, MADE + 3 * ONE) == [(folder.name, MADE + 3 * ONE, "no_visit")]
    clock.set_rule("recording", "not_agreed", 0)
    hour = timedelta(hours=1)
    assert due(clock, MADE + hour - SECOND) == []
    assert due(clock, MADE + hour) == [(folder.name, MADE + hour, "no_visit")]
    clock.set_rule("recording", "not_agreed", None)
    assert due(clock, MADE + 9_999 * ONE) == []


def test_what_goes_next_is_named_by_the_day_it_was_made_among_the_visits(clock, reports, records):
    recording(reports)
    with records.writing() as at:
        visits.start(at, started=MADE - timedelta(hours=3))
    listed, total = clock.listed(MADE + ONE, 9)
    assert total == 2
    assert sorted((one.due.kind, one.customer, one.visited) for one in listed) == [
        ("recording", "", MADE),
        ("walk_in", "", MADE - timedelta(hours=3)),
    ]
    assert listed == sorted(listed, key=lambda one: one.due.due)


def test_a_deletion_that_was_cut_short_is_finished(clock, reports, monkeypatch):
    folder = recording(reports)

    def refuses(*_):
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr("gait.services.keeper.StoreFiles.delete", refuses)
        assert clock.run(MADE + ONE).fault == "not_all_deleted"
    assert folder.exists()
    assert clock._keeper.finish_begun() == []
    assert not folder.exists()
    (receipt,) = clock._keeper.receipts()
    assert len(receipt.files) == 2


def test_a_store_that_has_no_records_yet_is_not_left_with_a_recording(reports, tmp_path):
    folder = recording(reports)
    data = tmp_path / "new"
    Retention(Keeper(lambda: Records.open(data), StoreFiles(reports, data))).tick()
    assert not folder.exists()


def test_the_commands_show_it_and_set_its_rule(empty_sqlite, reports, tmp_path, monkeypatch, capsys):
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    (data / "records.db").write_bytes(empty_sqlite.read_bytes())
    monkeypatch.setenv(DATA_VARIABLE, str(data))
    folder, where = recording(reports), ("--reports", str(reports))
    assert main(["retention", "show", *where]) == 0
    said = capsys.readouterr().out
    assert "Recordings that are of no visit, nobody agreed: one day\n" in said
    assert f"recording  {folder.name}  (it is of no visit, and nobody analysed it)" in said
    assert main(["retention", "set", "recording", "2d", *where]) == 0
    assert "Recordings that are of no visit, nobody agreed: 2 days\n" in capsys.readouterr().out
    assert main(["retention", "run", *where]) == 0
    assert not folder.exists()
