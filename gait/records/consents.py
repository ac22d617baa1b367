"""What a customer agreed to, purpose by purpose, with the store's own text kept word for word."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from gait.errors import GaitError
from gait.records import customers, texts
from gait.records.database import Transaction
from gait.records.ids import is_id, new_id, now
from gait.records.tables import ConsentRow, ConsentTextRow, VisitRow
from gait.records.values import Consent, ConsentText, Purpose

LONGEST_TEXT = 5000


def text_of(at: Transaction, purpose: Purpose) -> ConsentText | None:
    """The text that is asked today; None: the store has none yet."""
    asked = select(ConsentTextRow).where(ConsentTextRow.purpose == purpose).order_by(ConsentTextRow.version.desc())
    row = at.scalar(asked.limit(1))
    return _text(row) if row else None


def set_text(at: Transaction, purpose: Purpose, text: str) -> ConsentText:
    """The store's words from now on; the version goes up when they are others than before. Raises GaitError for none."""
    words = texts.paragraphs(text, LONGEST_TEXT)
    if not words:
        raise GaitError("no_consent_text")
    before = text_of(at, purpose)
    if before is not None and before.text == words:
        return before
    last = at.scalar(select(func.max(ConsentTextRow.version)).where(ConsentTextRow.purpose == purpose)) or 0
    row = ConsentTextRow(id=new_id(), purpose=purpose, version=last + 1, text=words, created=now())
    at.add(row)
    at.flush()
    return _text(row)


def give(
    at: Transaction, visit_id: str, text: ConsentText, *, staff_id: str | None = None, given: datetime | None = None
) -> Consent:
    """Somebody agreed to that text. One that is in force already stays as it is. Raises GaitError when there is no such visit."""
    visit = at.get(VisitRow, visit_id) if is_id(visit_id) else None
    if visit is None:
        raise GaitError("no_visit")
    same = (ConsentRow.visit_id == visit.id, ConsentRow.text_id == text.id, ConsentRow.withdrawn.is_(None))
    if found := _values(at, *same):
        return found[0]
    row = ConsentRow(id=new_id(), visit_id=visit.id, purpose=text.purpose, text_id=text.id, given=given or now())
    row.staff_id = staff_id
    at.add(row)
    at.flush()
    return _values(at, ConsentRow.id == row.id)[0]


def withdraw(at: Transaction, consent_id: str, *, withdrawn: datetime | None = None) -> Consent:
    """From now on it does not hold; that it held stays known. Raises GaitError when there is none."""
    row = at.get(ConsentRow, consent_id) if is_id(consent_id) else None
    if row is None:
        raise GaitError("no_consent")
    row.withdrawn = row.withdrawn or withdrawn or now()
    at.flush()
    return _values(at, ConsentRow.id == row.id)[0]


def withdraw_all(at: Transaction, customer_id: str, purpose: Purpose) -> list[Consent]:
    """All of a customer's ticks for that purpose: it is the purpose that a person says no to. Raises GaitError."""
    return [withdraw(at, c.id) for c in of_customer(at, customer_id) if c.purpose == purpose and c.withdrawn is None]


def move(at: Transaction, visit_id: str, to: str) -> None:
    """All ticks of a visit are another visit's, except those for what holds there already. The two visits are one person's."""
    held = in_force_at(at, to)
    for row in at.scalars(select(ConsentRow).where(ConsentRow.visit_id == visit_id)):
        if row.purpose not in held:
            row.visit_id = to
    at.flush()


def of_visit(at: Transaction, visit_id: str) -> list[Consent]:
    """All ticks of one visit, withdrawn ones too, in their order."""
    return _values(at, ConsentRow.visit_id == visit_id)


def of_customer(at: Transaction, customer_id: str) -> list[Consent]:
    """All ticks of a customer's visits. Raises GaitError when there is no such customer."""
    whose = customers.get(at, customer_id).id
    return _values(at, VisitRow.customer_id == whose)


def in_force(ticks: Iterable[Consent], visit_id: str | None = None) -> Collection[Purpose]:
    """The purposes that hold, of all those ticks or of one visit's: what was withdrawn does not, whatever was ticked before."""
    return {c.purpose for c in ticks if c.withdrawn is None and visit_id in (None, c.visit_id)}


def in_force_at(at: Transaction, visit_id: str) -> Collection[Purpose]:
    """The purposes that hold for what was recorded at that visit."""
    return in_force(of_visit(at, visit_id))


def _text(row: ConsentTextRow) -> ConsentText:
    return ConsentText(row.id, row.purpose, row.version, row.text, row.created)  # type: ignore[arg-type]


def _values(at: Transaction, *those: ColumnElement[bool]) -> list[Consent]:
    asked = select(ConsentRow, VisitRow.customer_id).join(VisitRow, VisitRow.id == ConsentRow.visit_id).where(*those)
    rows = at.execute(asked.options(joinedload(ConsentRow.text)).order_by(ConsentRow.given, ConsentRow.id))
    return [
        Consent(
            id=row.id,
            visit_id=row.visit_id,
            purpose=_text(row.text).purpose,
            given=row.given,
            text=_text(row.text),
            customer_id=whose,
            withdrawn=row.withdrawn,
            staff_id=row.staff_id,
        )
        for row, whose in rows
    ]
