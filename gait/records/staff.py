"""Who works in the store. How they prove who they are is `gait.services`' business: here lie their names and hashes."""

from datetime import datetime

from sqlalchemy import select

from gait.errors import GaitError
from gait.records import texts
from gait.records.database import Transaction
from gait.records.ids import is_id, new_id, now
from gait.records.letters import plain_letters
from gait.records.tables import StaffRow
from gait.records.values import ROLES, Role, StaffMember

LONGEST_NAME = 60


def add(
    at: Transaction,
    username: str,
    role: Role = "staff",
    *,
    name: str = "",
    password_hash: str | None = None,
    subject: str | None = None,
) -> StaffMember:
    """A new member of staff. Raises GaitError for a name that is taken or none."""
    plain = check_free(at, username)
    if role not in ROLES:
        raise GaitError("bad_staff_name", most=LONGEST_NAME)
    row = StaffRow(
        id=new_id(), username=plain, name=texts.line(name or username, LONGEST_NAME), role=role, created=now()
    )
    row.password_hash, row.subject = password_hash, subject
    at.add(row)
    at.flush()
    return _value(row)


def check_free(at: Transaction, username: str) -> str:
    """The name as it is kept. Raises GaitError when it is none, or taken."""
    plain = _plain(username)
    if not plain or len(plain) > LONGEST_NAME:
        raise GaitError("bad_staff_name", most=LONGEST_NAME)
    if at.scalar(select(StaffRow.id).where(StaffRow.username == plain)) is not None:
        raise GaitError("staff_name_taken", name=plain)
    return plain


def listed(at: Transaction) -> list[StaffMember]:
    """All of them by name, disabled ones too."""
    return [_value(row) for row in at.scalars(select(StaffRow).order_by(StaffRow.username))]


def get(at: Transaction, staff_id: str) -> StaffMember:
    """Raises GaitError when there is none."""
    return _value(_row(at, staff_id))


def called(at: Transaction, username: str) -> StaffMember | None:
    """The one of that name, in whatever letters it was typed."""
    row = at.scalar(select(StaffRow).where(StaffRow.username == _plain(username)))
    return _value(row) if row else None


def of_subject(at: Transaction, subject: str) -> StaffMember | None:
    """The one whom the identity provider calls that."""
    row = at.scalar(select(StaffRow).where(StaffRow.subject == subject))
    return _value(row) if row else None


def hash_of(at: Transaction, staff_id: str) -> str | None:
    """Of the password; None: signs in elsewhere. Raises GaitError when there is no such member."""
    return _row(at, staff_id).password_hash


def set_hash(at: Transaction, staff_id: str, password_hash: str | None) -> None:
    """Raises GaitError when there is no such member."""
    _row(at, staff_id).password_hash = password_hash
    at.flush()


def set_role(at: Transaction, staff_id: str, role: Role) -> StaffMember:
    """Raises GaitError when there is no such member."""
    row = _row(at, staff_id)
    row.role = role
    at.flush()
    return _value(row)


def disable(at: Transaction, staff_id: str, *, when: datetime | None = None) -> StaffMember:
    """They come in no more; what they did stays theirs. Raises GaitError when there is no such member."""
    row = _row(at, staff_id)
    row.disabled = row.disabled or when or now()
    at.flush()
    return _value(row)


def enable(at: Transaction, staff_id: str) -> StaffMember:
    """They are back. Raises GaitError when there is no such member."""
    row = _row(at, staff_id)
    row.disabled = None
    at.flush()
    return _value(row)


def _plain(username: str) -> str:
    return texts.line(plain_letters(username), LONGEST_NAME + 1)


def _row(at: Transaction, staff_id: str) -> StaffRow:
    found = at.get(StaffRow, staff_id) if is_id(staff_id) else None
    if found is None:
        raise GaitError("no_staff")
    return found


def _value(row: StaffRow) -> StaffMember:
    return StaffMember(
        row.id, row.username, "manager" if row.role == "manager" else "staff", row.created, row.name, row.disabled
    )
