"""Who is signed in, and the codes that let a tablet in. Of both only checksums are kept: a copy of the records lets nobody in."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from gait.records.database import Transaction
from gait.records.tables import DeviceCodeRow, StaffRow, StaffSessionRow
from gait.records.values import StaffMember, StaffSession


def begin(
    at: Transaction, token_hash: str, staff_id: str | None, when: datetime, expires: datetime, device: str = ""
) -> None:
    """A browser is let in; `staff_id` None: a tablet that may record."""
    at.add(
        StaffSessionRow(
            token_hash=token_hash, staff_id=staff_id, device=device, created=when, seen=when, expires=expires
        )
    )
    at.flush()


def get(at: Transaction, token_hash: str, when: datetime) -> StaffSession | None:
    """The session, if it has not expired and whoever it is of still may come in."""
    row = at.get(StaffSessionRow, token_hash)
    if row is None or row.expires <= when:
        return None
    whose = None
    if row.staff_id is not None:
        staff = at.get(StaffRow, row.staff_id)
        if staff is None or staff.disabled is not None:
            return None
        role = "manager" if staff.role == "manager" else "staff"
        whose = StaffMember(staff.id, staff.username, role, staff.created, staff.name)  # type: ignore[arg-type]
    return StaffSession(whose, row.created, row.seen, row.expires, row.device)


def go_on(at: Transaction, token_hash: str, seen: datetime, expires: datetime) -> None:
    """Somebody is at it: it lasts until then. One that has ended meanwhile stays ended."""
    at.execute(
        update(StaffSessionRow).where(StaffSessionRow.token_hash == token_hash).values(seen=seen, expires=expires)
    )


def end(at: Transaction, token_hash: str) -> None:
    """Signed out; nothing where it had ended."""
    at.execute(delete(StaffSessionRow).where(StaffSessionRow.token_hash == token_hash))


def end_all(at: Transaction, staff_id: str) -> None:
    """Every browser of that member."""
    at.execute(delete(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id))


def end_tablets(at: Transaction) -> int:
    """Every tablet; how many."""
    return at.execute(delete(StaffSessionRow).where(StaffSessionRow.staff_id.is_(None))).rowcount  # type: ignore[attr-defined,no-any-return]


def tablets(at: Transaction, when: datetime) -> int:
    """How many tablets are let in."""
    return len(
        at.scalars(
            select(StaffSessionRow.token_hash).where(StaffSessionRow.staff_id.is_(None), StaffSessionRow.expires > when)
        ).all()
    )


def put_code(at: Transaction, code_hash: str, staff_id: str | None, when: datetime, expires: datetime) -> bool:
    """A code for one tablet; False when the same one is there already."""
    if at.get(DeviceCodeRow, code_hash) is not None:
        return False
    at.add(DeviceCodeRow(code_hash=code_hash, staff_id=staff_id, created=when, expires=expires))
    at.flush()
    return True


def use_code(at: Transaction, code_hash: str, when: datetime) -> bool:
    """Whether the code held; from now on it does not: of two that use it at once, one does."""
    used = at.execute(
        update(DeviceCodeRow)
        .where(DeviceCodeRow.code_hash == code_hash, DeviceCodeRow.used.is_(None), DeviceCodeRow.expires > when)
        .values(used=when)
    )
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]


def tidy(at: Transaction, when: datetime) -> None:
    """Sessions that have expired and codes of yesterday go."""
    at.execute(delete(StaffSessionRow).where(StaffSessionRow.expires <= when))
    at.execute(delete(DeviceCodeRow).where(DeviceCodeRow.expires <= when - timedelta(days=1)))
