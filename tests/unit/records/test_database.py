"""Transactions, and what is said when the database is locked, full, read-only, away or none: nothing lost, and it goes on by itself."""

import sqlite3
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, insert, text

from gait.errors import GaitError
from gait.records import consents, customers, database, purchases, visits
from gait.records.database import FILE, Records
from gait.records.tables import CustomerRow


def code_of(call) -> str:
    with pytest.raises(GaitError) as told:
        call()
    assert "Traceback" not in str(told.value)
    return told.value.code


def make(records, name="Anna"):
    with records.writing() as at:
        return customers.make(at, name)


def names(records):
    with records.reading() as at:
        return {c.name for c in customers.listed(at)}


@pytest.fixture
def light(empty_sqlite, tmp_path):
    """Records on SQLite."""
    with Records.open(tmp_path, f"sqlite:///{tmp_path / FILE}") as records:
        yield records


def each_connection(records, pragma):
    """Have SQLite do so on every connection from now on."""
    records._engine.dispose()
    event.listen(records._engine, "connect", lambda connection, _: connection.execute(pragma))


def test_a_commit_is_on_the_disk_for_good_and_keys_are_held(light):
    with light.reading() as at:
        asked = {name: at.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_while_another_program_writes_it_is_said_and_afterwards_it_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    with Records.open(tmp_path, f"sqlite:///{tmp_path / FILE}") as records:
        other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert code_of(lambda: make(records)) == "records_locked"
        assert names(records) == set()  # readers do not wait
        other.execute("ROLLBACK")
        other.close()
        make(records)
        assert names(records) == {"Anna"}


def test_a_full_disk_loses_nothing_and_when_there_is_room_it_goes_on(light):
    make(light, "Before")
    each_connection(light, "PRAGMA max_page_count = 1")  # SQLite takes it as: not one page more

    def much():
        with light.writing() as at:
            for number in range(200):
                customers.make(at, f"During {number}", "x" * 400)

    assert code_of(much) == "records_full"
    assert names(light) == {"Before"}
    each_connection(light, "PRAGMA max_page_count = 1000000")
    make(light, "After")
    assert names(light) == {"Before", "After"}


def test_records_that_cannot_be_written_can_still_be_read(light):
    make(light)
    each_connection(light, "PRAGMA query_only = ON")
    assert code_of(lambda: make(light, "Bob")) == "records_read_only"
    assert names(light) == {"Anna"}
    each_connection(light, "PRAGMA query_only = OFF")
    make(light, "Bob")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    assert (
        code_of(lambda: Records.open(tmp_path / "file" / "data", f"sqlite:///{tmp_path}/file/data/{FILE}"))
        == "records_away"
    )


def test_a_server_that_went_away_is_told_and_taken_up_again_when_it_is_back(postgres_server, tmp_path):
    with Records.open(tmp_path, postgres_server.url()) as records:
        make(records)
        postgres_server.stop()
        try:
            assert code_of(lambda: make(records, "Bob")) == "records_away"
            assert code_of(lambda: names(records)) == "records_away"
        finally:
            postgres_server.start()
        make(records, "Bob")
        assert names(records) == {"Anna", "Bob"}


def test_a_server_that_stops_within_a_write_keeps_nothing_of_it(postgres_server, tmp_path):
    with Records.open(tmp_path, postgres_server.url()) as records:

        def half():
            with records.writing() as at:
                customers.make(at, "Half")
                postgres_server.stop("immediate")
                customers.make(at, "Done")

        try:
            assert code_of(half) == "records_away"
        finally:
            postgres_server.start()
        assert names(records) == set()


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://a/b", "sqlite://", "sqlite:///:memory:", "postgresql+", "http://x"]
)
def test_an_address_of_no_database_is_refused(url):
    assert code_of(lambda: Records(url)) == "records_no_address"


def test_neither_a_password_nor_what_a_person_typed_is_in_a_message(records):
    with pytest.raises(RuntimeError, match=r"IntegrityError|NotNullViolation") as told, records.writing() as at:
        at.execute(insert(CustomerRow).values(id="1", name="Anna", folded=None, contact="anna@example.org"))
    assert "anna@example.org" not in "".join(traceback.format_exception(told.value))
    assert "secret" not in Records("postgresql://gait:secret@host/name").shown


def test_two_that_open_at_once_make_one_schema(database_url, tmp_path):
    def open_and_make(number):
        with Records.open(tmp_path, database_url) as records:
            return make(records, f"Runner {number}").id

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(open_and_make, range(4)))
    with Records.open(tmp_path, database_url) as records:
        assert len(names(records)) == len(set(made)) == 4


def test_a_moment_keeps_its_instant_and_one_without_a_zone_is_refused(records):
    moment = datetime(2026, 10, 25, 1, 30, 0, 123456, UTC)
    with records.writing() as at:
        begun = visits.start(at, started=moment.astimezone())
        assert (begun.started, begun.started.utcoffset().total_seconds()) == (moment, 0)
    with pytest.raises(Exception, match="zone"), records.writing() as at:
        visits.start(at, started=datetime(2026, 1, 1))


def test_what_is_written_where_one_only_reads_is_a_fault_that_is_seen(records):
    with pytest.raises((RuntimeError, GaitError)), records.reading() as at:
        customers.make(at, "Lost")
    assert names(records) == set()


def test_what_is_read_together_is_of_one_moment(records):
    with records.reading() as at:
        assert customers.count(at) == 0
        make(records)
        assert customers.count(at) == 0
    assert names(records) == {"Anna"}


NASTY = (
    "a\x00b",
    "\ud800x",
    "\x1b[31mx",
    "<script>x</script>",
    "=1+1",
    "x" * 10_000,
    "x\r\ny",
    "‮x",
    "'; DROP TABLE run; --",
)


@pytest.mark.parametrize("text_", NASTY)
def test_whatever_is_typed_is_kept_or_refused_and_never_a_fault(records, text_):
    with records.writing() as at:
        one = customers.make(at, text_, text_)
        visit = visits.start(at, one.id, device=text_)
        visits.note(at, visit.id, text_)
        run = visits.add_run(at, visit.id, shoe=text_, sku=text_, category=text_)
        bought = purchases.buy(at, visit.id, text_, date(2026, 1, 2), run_id=run.id)
        purchases.bring_back(at, bought.id, date(2026, 1, 3), text_)
        consents.give(at, visit.id, consents.set_text(at, "analyse", text_))
        customers.find(at, text_)
        kept = customers.rename(at, one.id, text_).name
    with records.reading() as at:
        assert customers.get(at, one.id).name == kept
        assert 0 < len(kept) <= customers.LONGEST_NAME
        assert not set(kept) & {"\x00", "\x1b", "\n", "\ud800"}
