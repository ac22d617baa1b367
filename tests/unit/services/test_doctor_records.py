"""What the check-up says of the store's records: missing, old, foreign, a clock that failed, a backup that is old."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from gait.records import jobs, retention, settings, staff
from gait.records.database import FILE, Records
from gait.records.values import Due
from gait.services import backup
from gait.services.doctor import _records

NOW = datetime.now(UTC)


def marks(data):
    return {one.name.code: (one.ok, one.optional) for one in _records(data)}


@pytest.fixture
def data(empty_sqlite, tmp_path, monkeypatch):
    monkeypatch.delenv("GAIT_DATABASE_URL", raising=False)
    shutil.copy(empty_sqlite, tmp_path / FILE)
    return tmp_path


def test_a_store_that_has_not_begun_needs_nothing_and_nothing_is_made(tmp_path, monkeypatch):
    monkeypatch.delenv("GAIT_DATABASE_URL", raising=False)
    assert marks(tmp_path / "none") == {"doctor_records": (False, True)}
    assert not (tmp_path / "none").exists()


def test_an_old_schema_a_foreign_database_and_one_that_is_none_are_faults(tmp_path, monkeypatch):
    monkeypatch.delenv("GAIT_DATABASE_URL", raising=False)
    for name in ("old", "foreign", "none"):
        (tmp_path / name).mkdir()
    with Records.at(tmp_path / "old") as records:
        records.upgrade("0001")
    with sqlite3.connect(tmp_path / "foreign" / FILE) as other:
        other.execute("CREATE TABLE theirs (x)")
    (tmp_path / "none" / FILE).write_bytes(b"no database at all, only words")
    for name in ("old", "foreign", "none"):
        assert marks(tmp_path / name) == {"doctor_records": (False, False)}


@pytest.mark.parametrize(
    ("started", "finished", "fault", "fine"),
    [
        (timedelta(hours=1), True, "", True),
        (timedelta(hours=1), True, "not_all_deleted", False),
        (timedelta(hours=2), False, "", False),
        (timedelta(minutes=2), False, "", True),
        (timedelta(days=3), False, "", False),
    ],
)
def test_a_clock_that_failed_was_cut_short_or_stands_is_named(data, started, finished, fault, fine):
    with Records.open(data) as records, records.writing() as at:
        run = retention.begin_run(at, NOW - started)
        retention.note_deleted(at, run, Due("video", "0" * 16, None, NOW, "rule"), "1" * 16)
        if finished:
            retention.finish_run(at, run, fault)
    assert marks(data)["doctor_retention"] == (fine, True)


@pytest.mark.parametrize(
    ("days", "limit", "fine"), [(6.9, None, True), (7.1, None, False), (7.1, 30, True), (None, None, False)]
)
def test_a_backup_older_than_the_managers_limit_is_named(data, days, limit, fine):
    with Records.open(data) as records, records.writing() as at:
        settings.write(at, backup.LAST, (NOW - timedelta(days=days)).isoformat() if days else None)
        settings.write(at, backup.LIMIT_DAYS, limit)
    assert marks(data)["doctor_backup"] == (fine, True)


@pytest.mark.parametrize(
    ("moved", "fine"), [(None, True), (timedelta(minutes=1), True), (timedelta(minutes=30), False)]
)
def test_an_analysis_that_has_not_moved_for_long_is_named(data, moved, fine):
    with Records.open(data) as records, records.writing() as at:
        jobs.ask(at, "a-run", place="here", request={}, most=9)
        if moved is not None:
            jobs.claim(at, "here", "a program")
            jobs.beat(at, "a program", {"a-run": datetime.now(UTC) - moved})
    assert marks(data)["doctor_jobs"] == (fine, True)
    found = next(one.found for one in _records(data) if one.name.code == "doctor_jobs")
    assert found.code == ("doctor_waiting" if fine else "doctor_stuck")


def test_accounts_without_a_manager_are_a_fault_and_none_at_all_are_not(data):
    assert marks(data)["doctor_staff"] == (True, False)
    with Records.at(data) as records, records.writing() as at:
        bob = staff.add(at, "bob", "staff")
    assert marks(data)["doctor_staff"] == (False, False)
    with Records.at(data) as records, records.writing() as at:
        staff.set_role(at, bob.id, "manager")
    assert marks(data)["doctor_staff"] == (True, False)
