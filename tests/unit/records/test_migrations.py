"""Every schema there ever was becomes today's, with what was in it, on SQLite and on PostgreSQL."""

from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    create_engine,
    insert,
    select,
    text,
)

from gait.errors import GaitError
from gait.records import migrations
from gait.records.database import MARK, Records
from gait.records.tables import Base

ROWS = 3
WORDS = {"role": "manager", "state": "finished"}
"""Where a column takes only some words."""
MOMENT = datetime(2026, 3, 29, 1, 30, 0, 250_000, UTC)


@pytest.fixture
def untouched(database_url, tmp_path):
    """The records before anything is in them."""
    with Records(database_url) as opened:
        yield opened


def connect(records: Records) -> Connection:
    if records.file is not None:
        records.file.parent.mkdir(exist_ok=True)
    return create_engine(records.address).connect()


def filled(connection: Connection) -> dict[str, list[dict[str, object]]]:
    """Put three rows into every table, a value in every column, and read them back. Keys lead to the row of the same number."""
    found = MetaData()
    found.reflect(connection)
    tables = [t for t in found.sorted_tables if t.name != migrations.TABLE]
    for table in tables:
        for number in range(ROWS):
            row = {c.name: value_of(c, number) for c in table.columns if not c.foreign_keys}
            row |= {
                c.name: value_of(next(iter(c.foreign_keys)).column, number) for c in table.columns if c.foreign_keys
            }
            connection.execute(insert(table).values(row))
    connection.commit()
    return held(connection, {t.name for t in tables})


def value_of(column, number: int) -> object:
    kind = column.type
    if isinstance(kind, Boolean):
        return number == 1
    if isinstance(kind, Integer):
        return number + 1
    if isinstance(kind, Float):
        return number + 0.25
    if isinstance(kind, DateTime):
        return MOMENT.replace(day=number + 1)
    if isinstance(kind, Date):
        return date(2026, 3, number + 1)
    return WORDS.get(column.name, f"{column.name} {number}")


def held(connection: Connection, names: set[str]) -> dict[str, list[dict[str, object]]]:
    found = MetaData()
    found.reflect(connection, only=sorted(names))
    return {
        name: [dict(row._mapping) for row in connection.execute(select(t).order_by(*t.primary_key.columns))]
        for name, t in found.tables.items()
        if name in names
    }


def test_what_the_steps_make_is_what_the_code_reads_and_writes(untouched):
    untouched.upgrade()
    with connect(untouched) as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.parametrize("start", migrations.revisions())
def test_an_earlier_schema_becomes_todays_and_keeps_every_row(untouched, start):
    assert untouched.upgrade(start) == (None, start)
    with connect(untouched) as connection:
        before = filled(connection)
    assert before["customer"][2]["name"] == "name 2"
    assert untouched.upgrade() == (start, migrations.newest())
    with connect(untouched) as connection:
        after = held(connection, set(before))
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    for name, rows in before.items():
        assert [{k: row[k] for k in rows[0] if k in row} for row in after[name]] == [
            {k: v for k, v in row.items() if k in after[name][0]} for row in rows
        ]


def test_a_computer_that_had_copies_counts_as_seen_from_now_on(untouched):
    untouched.upgrade("0006")
    with connect(untouched) as connection:
        filled(connection)
    untouched.upgrade()
    with connect(untouched) as connection:
        rows = held(connection, {"computer"})["computer"]
    assert [(row["place"], row["gone"]) for row in rows] == [(f"place {n}", None) for n in range(ROWS)]
    assert all(row["seen"].year >= 2026 for row in rows)


def test_the_steps_follow_one_another_without_a_fork():
    found = migrations.revisions()
    assert list(found) == [f"{n:04}" for n in range(1, len(found) + 1)]


def test_a_step_that_fails_leaves_the_database_where_it_was(untouched, monkeypatch):
    untouched.upgrade("0001")
    run = migrations.run

    def cut_short(connection, to):
        run(connection, to)
        raise RuntimeError("the plug was pulled")

    monkeypatch.setattr(migrations, "run", cut_short)
    with pytest.raises(RuntimeError, match="plug"):
        untouched.upgrade()
    assert untouched.schema() == "0001"
    with connect(untouched) as connection:
        found = MetaData()
        found.reflect(connection)
        assert "job" not in found.tables


def test_a_newer_gaits_records_are_left_alone(untouched):
    untouched.upgrade()
    with connect(untouched) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    for look in (untouched.upgrade, untouched.look):
        with pytest.raises(GaitError) as told:
            look()
        assert told.value.code == "records_newer"


def test_another_programs_database_is_left_alone(untouched):
    with connect(untouched) as connection:
        connection.execute(text("CREATE TABLE shopping (item TEXT)"))
        connection.commit()
    for look in (untouched.upgrade, untouched.look):
        with pytest.raises(GaitError) as told:
            look()
        assert told.value.code == "records_foreign"


def test_looking_makes_nothing(untouched):
    with pytest.raises(GaitError) as told:
        untouched.look()
    assert told.value.code == "records_missing"
    assert untouched.file is None or not untouched.file.exists()
    untouched.upgrade("0001")
    with pytest.raises(GaitError) as told:
        untouched.look()
    assert told.value.code == "records_old"


def test_sqlite_carries_the_programs_mark(tmp_path):
    with Records.open(tmp_path / "data", f"sqlite:///{tmp_path / 'r.db'}") as records, connect(records) as connection:
        assert connection.execute(text("PRAGMA application_id")).scalar() == MARK
