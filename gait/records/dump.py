"""All rows of the records as lines of JSON, the same from SQLite and PostgreSQL, and back into an empty database of either.

The first line names the schema. Rows of an earlier schema are put into that schema, which is then upgraded.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from sqlalchemy import Column, Connection, Date, DateTime, MetaData, Table, insert, select, text

from gait.errors import GaitError
from gait.records import migrations
from gait.records.database import Records

FORMAT = "gait.records/1"
ROWS = 1000
"""So many at once."""
PASSING = ("staff_session", "device_code", "job", "held", "computer")
"""Who is signed in is kept in no backup: one that is brought back lets nobody in. Nor is what waits to be analysed: its clips are not either.
Where copies of files lie is found out anew: it may be another computer that they are brought back to."""


def lines(records: Records) -> Iterator[str]:
    """The schema, then a line a row, all of one moment, without what is `PASSING`. Raises GaitError when the records do not answer."""
    schema = records.schema()
    yield json.dumps({"format": FORMAT, "schema": schema}) + "\n"
    with records.reading() as at:
        connection = at.connection()
        if records.kind != "sqlite":  # SQLite's transactions see one moment anyway
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        for table in (one for one in _tables(connection) if one.name not in PASSING):
            for row in connection.execute(select(table)).yield_per(ROWS):
                told = {column.name: _said(row[number]) for number, column in enumerate(table.columns)}
                yield json.dumps({"table": table.name, "row": told}, ensure_ascii=False) + "\n"


def fill(records: Records, dumped: Iterable[str]) -> int:
    """Put those lines into records that are empty; how many rows. All of them or none.

    Raises GaitError when something is in the records already, or the lines are not of this or an earlier gait.
    """
    given = iter(dumped)
    try:
        head = json.loads(next(given))
        schema = str(head["schema"])
    except (StopIteration, ValueError, KeyError, TypeError) as error:
        raise GaitError("backup_damaged") from error
    if head.get("format") != FORMAT or schema not in migrations.revisions():
        raise GaitError("backup_newer")
    stands = records.schema()
    if stands is None:
        records.upgrade(schema)
    elif stands != schema:
        raise GaitError("restore_not_empty", place=records.shown)
    count = 0
    with records.writing() as at:
        connection = at.connection()
        tables = _tables(connection)
        if not _is_empty(connection):
            raise GaitError("restore_not_empty", place=records.shown)
        if records.kind == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        by_name, waiting = {table.name: table for table in tables}, []
        for line in given:
            told = json.loads(line)
            table = by_name[told["table"]]
            waiting.append((table, {c.name: _meant(c, told["row"][c.name], records.kind) for c in table.columns}))
            if len(waiting) >= ROWS:
                count += _insert(connection, waiting)
        count += _insert(connection, waiting)
        if records.kind != "sqlite":
            for name in (
                "audit",
                "retention_log",
            ):  # numbered by the database itself: the next number comes after the last one
                renumber = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"  # noqa: S608  the two names above
                connection.execute(text(renumber))
    records.upgrade()
    return count


def is_empty(records: Records) -> bool:
    """Whether there is no row in any table. Raises GaitError when the records do not answer."""
    with records.reading() as at:
        return _is_empty(at.connection())


def _is_empty(connection: Connection) -> bool:
    return all(connection.execute(select(table).limit(1)).first() is None for table in _tables(connection))


def _tables(connection: Connection) -> list[Table]:
    """All tables of the schema that stands there, those first that others lead to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != migrations.TABLE]


def _insert(connection: Connection, waiting: list[tuple[Table, dict[str, object]]]) -> int:
    by_table: dict[str, list[dict[str, object]]] = {}
    named = {table.name: table for table, _ in waiting}
    for table, row in waiting:
        by_table.setdefault(table.name, []).append(row)
    for name, rows in by_table.items():
        connection.execute(insert(named[name]), rows)
    count = len(waiting)
    waiting.clear()
    return count


def _said(value: object) -> object:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _meant(column: Column[object], value: object, kind: str) -> object:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(str(value))
        return moment.replace(tzinfo=None) if kind == "sqlite" else moment
    return date.fromisoformat(str(value)) if isinstance(column.type, Date) else value
