"""One database, SQLite in the data folder or PostgreSQL by a URL, and its transactions. The only module that knows which of the two."""

import logging
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from gait.errors import GaitError
from gait.records import migrations

DATABASE_VARIABLE = "GAIT_DATABASE_URL"
FILE = "records.db"
"""In the data folder."""
BUSY_S = 10.0
"""A writer waits so long for another one. A write takes milliseconds; a migration of many years seconds."""
MARK = 0x67616974
"""SQLite's application id: "gait". Another program's database is told by it."""
UPGRADE_LOCK = 7_102_953
"""PostgreSQL's advisory lock of an upgrade."""

Transaction: TypeAlias = Session
"""What the functions of this room take first. Nobody outside the room asks it anything."""

log = logging.getLogger(__name__)


class Records:
    """The database of one store. Any thread may use it, and any number of processes."""

    def __init__(self, url: str | URL) -> None:
        """Nothing is opened yet. Raises GaitError for an address that names no database gait can use."""
        self.address = _address(url)
        self.kind = self.address.get_backend_name()
        self._engine = _engine(self.address)

    @classmethod
    def open(cls, data: Path, url: str | None = None, *, upgrade: bool = True) -> "Records":
        """The records of that data folder, or of `url`, or of the one that GAIT_DATABASE_URL names.

        They are made where there are none, and brought to today's schema unless `upgrade` is False. Raises GaitError when the
        database does not answer, is another program's, or is a newer gait's.
        """
        records = cls.at(data, url)
        try:
            if upgrade:
                records.upgrade()
            else:
                records.look()
        except BaseException:
            records.close()
            raise
        return records

    @classmethod
    def at(cls, data: Path, url: str | None = None) -> "Records":
        """The same, and nothing is looked at, made or changed yet."""
        named = url or os.environ.get(DATABASE_VARIABLE)
        return cls(named or URL.create("sqlite", database=str(data.absolute() / FILE)))

    @property
    def file(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        return Path(self.address.database or "") if self.kind == "sqlite" else None

    @property
    def shown(self) -> str:
        """Where they are, without a password."""
        return str(self.file) if self.file else self.address.render_as_string(hide_password=True)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """What is read inside is of one moment. Raises GaitError when the database does not answer.

        What is written inside would be lost: RuntimeError, a fault of the program.
        """
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            self._told(),
            self._engine.connect().execution_options(**options if self.kind != "sqlite" else {}) as connection,
            Session(connection, expire_on_commit=False) as at,
        ):
            driver = connection.connection.driver_connection
            before = getattr(driver, "total_changes", 0)
            yield at
            if at.new or at.dirty or at.deleted or getattr(driver, "total_changes", 0) != before:
                raise RuntimeError("something was written where records are only read")

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """All that is written inside is kept when the block ends well, on the disk for good, and nothing when it does not.

        Raises GaitError when the database does not answer or cannot be written.
        """
        sys.audit("gait.writing", str(self.file or ""))  # a test kills programs here, as before any change of a file
        with (
            self._told(),
            self._engine.connect().execution_options(gait_writes=True) as connection,
            Session(connection, expire_on_commit=False) as at,
            at.begin(),
        ):
            yield at

    def overwrite_deleted(self) -> None:
        """What was deleted leaves SQLite's file beside the database too; it left the database itself when it was deleted.

        A reader that is at work puts it off until the next time. PostgreSQL cleans up by itself (autovacuum).
        """
        if self.kind == "sqlite":
            with suppress(GaitError), self._told():
                connection = self._engine.raw_connection()
                try:
                    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    connection.close()

    def schema(self) -> str | None:
        """The revision the database stands at; None: it is empty. Raises GaitError when it does not answer or is another program's."""
        if self.file is not None and not self.file.exists():
            return None
        with self._told(), self._engine.connect() as connection:
            return _revision(connection)

    def look(self) -> None:
        """Raises GaitError unless the database is there and of today's schema."""
        stands = self.schema()
        if stands is None:
            raise GaitError("records_missing", place=self.shown)
        if stands not in migrations.revisions():
            raise GaitError("records_newer", place=self.shown)
        if stands != migrations.newest():
            raise GaitError("records_old", place=self.shown)

    def upgrade(self, to: str = "head") -> tuple[str | None, str]:
        """Bring the database to that revision, from whatever earlier one and from nothing; where it stood and where it stands.

        In one transaction: a power cut leaves it where it was. Programs that do it at once do it one after the other. Raises
        GaitError when the database does not answer, is another program's, or is a newer gait's.
        """
        aim = migrations.newest() if to == "head" else to
        stands = self.schema()
        if stands == aim:
            return stands, aim
        engine = _engine(self.address, migrating=True)
        try:
            with self._told(), engine.connect().execution_options(gait_writes=True) as connection, connection.begin():
                if self.kind != "sqlite":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
                stands = _revision(connection)
                if stands is not None and stands not in migrations.revisions():
                    raise GaitError("records_newer", place=self.shown)
                migrations.run(connection, aim)
                if self.kind == "sqlite":
                    connection.exec_driver_sql(f"PRAGMA application_id = {MARK}")
                    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                        raise RuntimeError(f"the migration to {aim} leaves {len(broken)} keys that lead nowhere")
        finally:
            engine.dispose()
        return stands, aim

    @contextmanager
    def _told(self) -> Iterator[None]:
        """A fault of the database as one a person can act on."""
        try:
            yield
        except DBAPIError as fault:
            told = _fault(fault, self.shown)
            if told is None:  # a fault of the program; the server's own words may hold the row, and so a name
                raise RuntimeError(f"{type(fault.orig).__name__} at: {fault.statement}") from None
            log.warning("the records do not answer: %s", type(fault.orig).__name__)
            raise told from fault
        except OSError as fault:
            raise GaitError("records_away", place=self.shown) from fault


def copy_of(source: sqlite3.Connection, file: Path) -> None:
    """A consistent copy of an open SQLite database, while others write."""
    with sqlite3.connect(file) as into:
        source.backup(into)
    into.close()


def _address(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise GaitError("records_no_address") from error
    kind = parsed.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite+pysqlite")
    raise GaitError("records_no_address")


def _engine(url: URL, *, migrating: bool = False) -> Engine:
    """Connections as this store needs them, whose faults never tell what a person typed; `migrating`: tables may be made anew, so keys between them are checked at the end."""
    more: dict[str, Any] = {"poolclass": NullPool} if migrating else {}
    if url.get_backend_name() != "sqlite":
        # A pooled connection is tried before it is used: the server may have been away meanwhile.
        connect = {"connect_timeout": int(BUSY_S), "application_name": "gait"}
        server = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=connect, **more)
        event.listen(server, "connect", _wait_no_longer)
        return server
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_S, "check_same_thread": False}, **more
    )
    file = Path(url.database or "")

    @event.listens_for(engine, "do_connect")
    def private(*_: object) -> None:
        """The file is its own user's before anything is in it; SQLite gives its own files beside it the same mode."""
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # `begin` below says how a transaction starts
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")
        connection.execute(
            "PRAGMA secure_delete = ON"
        )  # what is deleted is overwritten: a name is read in no free page
        connection.execute("PRAGMA synchronous = FULL")  # what was committed survives a power cut
        with suppress(sqlite3.OperationalError):  # a folder that is read-only: it can still be read
            connection.execute("PRAGMA journal_mode = WAL")  # readers and the writer do not wait for each other

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and then writes could fail in the middle when another one wrote meanwhile.
        writes = connection.get_execution_options().get("gait_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _wait_no_longer(connection: Any, _: ConnectionPoolEntry) -> None:  # noqa: ANN401  psycopg's
    """PostgreSQL would wait for another program's lock for ever."""
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = {int(1000 * BUSY_S)}")
    connection.autocommit = False


def _revision(connection: Connection) -> str | None:
    """Raises GaitError for another program's database."""
    names = set(inspect(connection).get_table_names())
    if not names:
        return None
    found = (
        connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if migrations.TABLE in names
        else None
    )
    if found is None or "customer" not in names:
        raise GaitError("records_foreign")
    return str(found)


_SQLITE = (
    ("database is locked", "records_locked"),
    ("database table is locked", "records_locked"),
    ("disk is full", "records_full"),
    ("readonly database", "records_read_only"),
    ("file is not a database", "records_foreign"),
    ("malformed", "records_damaged"),
    ("unable to open", "records_away"),
    ("disk i/o error", "records_away"),
)


def _fault(fault: DBAPIError, place: str) -> GaitError | None:
    """What to tell; None for a fault of the program."""
    said = str(fault.orig).lower()
    if isinstance(fault.orig, sqlite3.Error):
        code = next((code for part, code in _SQLITE if part in said), None)
    else:
        state = str(getattr(fault.orig, "sqlstate", None) or "")
        away = fault.connection_invalidated or not state or state[:2] in ("08", "57", "28", "3D")
        code = (
            "records_full"
            if state == "53100"
            else "records_read_only"
            if state == "25006"
            else "records_locked"
            if state in ("55P03", "40P01", "40001")
            else "records_away"
            if away and type(fault.orig).__name__ in ("OperationalError", "InterfaceError", *_AWAY)
            else None
        )
    match code:
        case "records_locked":
            return GaitError("records_locked")
        case "records_full":
            return GaitError("records_full", place=place)
        case "records_read_only":
            return GaitError("records_read_only", place=place)
        case "records_foreign":
            return GaitError("records_foreign")
        case "records_damaged":
            return GaitError("records_damaged", place=place)
        case "records_away":
            return GaitError("records_away", place=place)
    return None


_AWAY = ("AdminShutdown", "CrashShutdown", "CannotConnectNow", "ConnectionTimeout", "InvalidCatalogName")
