"""The tables. Nothing outside this room sees a row: see `gait.records.values`.

A change here needs a migration: docs/architecture.md, *add a column to the records*.
"""

from datetime import UTC, date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

GONE, LOOSE = "CASCADE", "SET NULL"


class UtcTime(TypeDecorator[datetime]):
    """A moment: kept in UTC, given back with its zone. SQLite keeps no zone, PostgreSQL does."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """A moment without a zone is a fault of the program: ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


LETTERS = String().with_variant(String(collation="C"), "postgresql")
"""Text that is compared letter by letter on both databases, whatever the server's language."""


class Base(DeclarativeBase):
    """All tables; every constraint has a name, so that a migration can change it on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcTime, str: Text}  # noqa: RUF012  SQLAlchemy reads it so


class CustomerRow(Base):
    """A customer."""

    __tablename__ = "customer"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(LETTERS, index=True)
    """The name in plain letters."""
    contact: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime]
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("customer.id", ondelete=GONE), index=True)


class CustomerKeyRow(Base):
    """What a customer is found by: see `gait.records.finding`."""

    __tablename__ = "customer_key"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  SQLAlchemy reads it so

    key: Mapped[str] = mapped_column(LETTERS, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id", ondelete=GONE), primary_key=True, index=True)


class StaffRow(Base):
    """Somebody who works in the store."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("role IN ('staff', 'manager')", name="role"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    """In plain small letters: `Anna` and `anna` are one."""
    name: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str | None]
    """None: signs in through the store's identity provider."""
    subject: Mapped[str | None] = mapped_column(unique=True)
    """The identity provider's name for them."""
    role: Mapped[str]
    created: Mapped[datetime]
    disabled: Mapped[datetime | None]


class StaffSessionRow(Base):
    """A browser somebody signed in with."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of what the browser holds."""
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete=GONE), index=True)
    """None: a tablet that may record and nothing else."""
    device: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime]
    seen: Mapped[datetime]
    expires: Mapped[datetime] = mapped_column(index=True)


class DeviceCodeRow(Base):
    """A code shown on the store's screen, which lets a tablet in once."""

    __tablename__ = "device_code"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete=GONE), index=True)
    created: Mapped[datetime]
    expires: Mapped[datetime]
    used: Mapped[datetime | None]


class VisitRow(Base):
    """A visit, of a customer or of a walk-in."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'finished')", name="state"),
        Index(None, "customer_id", "started"),
        Index(None, "state", "started"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customer.id", ondelete=GONE))
    state: Mapped[str]
    started: Mapped[datetime] = mapped_column(index=True)
    finished: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete=LOOSE), index=True)
    kept: Mapped[bool] = mapped_column(default=False)
    rebuilt: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")

    customer: Mapped[CustomerRow | None] = relationship(lazy="raise")
    runs: Mapped[list["RunRow"]] = relationship(order_by="RunRow.position", passive_deletes=True, lazy="raise")


class RunRow(Base):
    """A clip of a visit and what came of it."""

    __tablename__ = "run"

    id: Mapped[str] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete=GONE), index=True)
    position: Mapped[int]
    created: Mapped[datetime]
    shoe: Mapped[str] = mapped_column(default="")
    sku: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")
    size: Mapped[float | None]
    comfort: Mapped[int | None]
    speed_kmh: Mapped[float | None]
    clip: Mapped[str | None]
    standing: Mapped[str | None]
    result: Mapped[str | None] = mapped_column(unique=True)
    made: Mapped[datetime | None] = mapped_column(index=True)
    method: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=0)
    """0: there is no result."""
    refused: Mapped[bool] = mapped_column(default=False)
    left_label: Mapped[str | None]
    right_label: Mapped[str | None]
    left_peak_deg: Mapped[float | None]
    right_peak_deg: Mapped[float | None]


class ComfortRow(Base):
    """How the shoe of a run felt: asked for as long as `settled` is empty. See `gait.records.comfort`."""

    __tablename__ = "comfort"

    run_id: Mapped[str] = mapped_column(ForeignKey("run.id", ondelete=GONE), primary_key=True)
    code: Mapped[str]
    """What the shoe is called while it is rated."""
    position: Mapped[int]
    heel_mm: Mapped[int | None]
    stability_mm: Mapped[int | None]
    forefoot_mm: Mapped[int | None]
    flexibility_mm: Mapped[int | None]
    settled: Mapped[datetime | None] = mapped_column(index=True)
    """When it was rated or skipped."""
    skipped_by: Mapped[str] = mapped_column(default="")
    """Who skipped it, as the audit log names them; empty: nobody did."""


class ConsentTextRow(Base):
    """A text of the store. Never changed."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("purpose", "version"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    created: Mapped[datetime]


class ConsentRow(Base):
    """A tick."""

    __tablename__ = "consent"

    id: Mapped[str] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete=GONE), index=True)
    purpose: Mapped[str]
    text_id: Mapped[str] = mapped_column(ForeignKey("consent_text.id"), index=True)
    given: Mapped[datetime]
    withdrawn: Mapped[datetime | None]
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete=LOOSE), index=True)

    text: Mapped[ConsentTextRow] = relationship(lazy="raise")


class PurchaseRow(Base):
    """A shoe that was bought. It outlives the customer, without a name and by month alone."""

    __tablename__ = "purchase"

    id: Mapped[str] = mapped_column(primary_key=True)
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visit.id", ondelete=LOOSE), index=True)
    run_id: Mapped[str | None] = mapped_column(ForeignKey("run.id", ondelete=LOOSE), index=True)
    shoe: Mapped[str]
    sku: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")
    size: Mapped[float | None]
    left_label: Mapped[str | None]
    right_label: Mapped[str | None]
    bought: Mapped[date] = mapped_column(index=True)
    noted: Mapped[datetime | None]
    returned: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")


class AuditRow(Base):
    """Who did what. No key leads from here: a line outlives what it speaks of."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "target", "target_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    what: Mapped[str]
    target: Mapped[str] = mapped_column(default="")
    target_id: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")


class RetentionRuleRow(Base):
    """How long something is kept."""

    __tablename__ = "retention_rule"

    kind: Mapped[str] = mapped_column(primary_key=True)
    """`video` or `numbers`."""
    purpose: Mapped[str] = mapped_column(primary_key=True)
    """The consent it is kept by; empty: kept without one."""
    days: Mapped[int | None]
    """None: until somebody deletes it."""
    changed: Mapped[datetime]
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete=LOOSE), index=True)


class RetentionLogRow(Base):
    """One run of the retention clock."""

    __tablename__ = "retention_log"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  SQLAlchemy reads it so

    id: Mapped[int] = mapped_column(primary_key=True)
    started: Mapped[datetime] = mapped_column(index=True)
    finished: Mapped[datetime | None]
    """None: cut short."""
    deleted: Mapped[str] = mapped_column(default="[]")
    """JSON: what was deleted, by kind and id."""
    fault: Mapped[str] = mapped_column(default="")
    """The code of what went wrong."""


class ReceiptRow(Base):
    """The receipt of a deletion: no personal data. It is begun before anything is deleted."""

    __tablename__ = "receipt"

    id: Mapped[str] = mapped_column(primary_key=True)
    made: Mapped[datetime] = mapped_column(index=True)
    finished: Mapped[datetime | None] = mapped_column(index=True)
    """None: under way, or cut short."""
    who: Mapped[str]
    target: Mapped[str]
    target_id: Mapped[str] = mapped_column(index=True)
    document: Mapped[str]
    """JSON: what was deleted, with checksums."""


class JobRow(Base):
    """One analysis that was asked for."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "asked"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """The name of the result folder it fills."""
    place: Mapped[str] = mapped_column(default="", index=True)
    """The folder of results whose clips it is about, by an id of that folder: programs elsewhere leave it alone."""
    run_id: Mapped[str | None] = mapped_column(ForeignKey("run.id", ondelete=GONE), index=True)
    state: Mapped[str]
    owner: Mapped[str] = mapped_column(default="", index=True)
    """Whose it is to cancel."""
    turn_key: Mapped[str] = mapped_column(default="")
    """Those with one key share one place in the row: the queue is fair between keys."""
    asked: Mapped[datetime]
    started: Mapped[datetime | None]
    over: Mapped[datetime | None]
    """When its turn was: the numbers stood, or it ended without."""
    ended: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None]
    """The program that has it."""
    heartbeat: Mapped[datetime | None]
    stop: Mapped[bool] = mapped_column(default=False)
    """Somebody cancelled it; the program that has it sees so."""
    request: Mapped[str] = mapped_column(default="{}")
    """JSON: what was asked for."""
    fault: Mapped[str] = mapped_column(default="")
    """JSON: the code and the values of what went wrong."""


class SettingRow(Base):
    """What the manager set."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    """JSON."""
    changed: Mapped[datetime]
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id", ondelete=LOOSE), index=True)


class HeldRow(Base):
    """A copy of a result or a kept clip: see `gait.records.held`. No key leads from here: a copy outlives the record until it is deleted."""

    __tablename__ = "held"

    name: Mapped[str] = mapped_column(LETTERS, primary_key=True)
    place: Mapped[str] = mapped_column(LETTERS, primary_key=True, index=True)
    digest: Mapped[str] = mapped_column(default="")
    stamp: Mapped[str] = mapped_column(default="")
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    film: Mapped[bool] = mapped_column(default=False)
    going: Mapped[bool] = mapped_column(default=False, index=True)


class ComputerRow(Base):
    """One of the store's computers that share an object store: see `gait.records.computers`."""

    __tablename__ = "computer"

    place: Mapped[str] = mapped_column(LETTERS, primary_key=True)
    """The id of its folder of results."""
    called: Mapped[str] = mapped_column(default="")
    seen: Mapped[datetime]
    gone: Mapped[datetime | None]
    """When somebody said that it is gone for good."""
