"""Accounts of the people who work in the store: made, disabled, given another password or role, each with its line in the audit log.

The store always has a manager who can sign in, once it has had one.
"""

from gait.errors import GaitError
from gait.records import audit, sessions, staff
from gait.records.database import Transaction
from gait.records.values import AuditEntry, Role, StaffMember


def add(
    at: Transaction, who: str, username: str, role: Role, password_hash: str | None, name: str = "", subject: str = ""
) -> StaffMember:
    """A new account. `subject` is what the store's identity provider calls them. Raises GaitError for a name that is taken or none."""
    made = staff.add(at, username, role, name=name, password_hash=password_hash, subject=subject or None)
    audit.note(at, who, "staff_added", "staff", made.id, role)
    return made


def of_name(at: Transaction, username: str) -> StaffMember:
    """Raises GaitError when nobody is called that."""
    found = staff.called(at, username)
    if found is None:
        raise GaitError("no_staff")
    return found


def disable(at: Transaction, who: str, staff_id: str) -> StaffMember:
    """They come in no more, from now on, wherever they are signed in. Raises GaitError, of the last manager too."""
    _keep_a_manager(at, staff_id)
    gone = staff.disable(at, staff_id)
    sessions.end_all(at, staff_id)
    audit.note(at, who, "staff_disabled", "staff", staff_id)
    return gone


def enable(at: Transaction, who: str, staff_id: str) -> StaffMember:
    """They are back. Raises GaitError."""
    back = staff.enable(at, staff_id)
    audit.note(at, who, "staff_enabled", "staff", staff_id)
    return back


def set_role(at: Transaction, who: str, staff_id: str, role: Role) -> StaffMember:
    """Raises GaitError, of the last manager too."""
    if role != "manager":
        _keep_a_manager(at, staff_id)
    changed = staff.set_role(at, staff_id, role)
    audit.note(at, who, "role_set", "staff", staff_id, role)
    return changed


def set_password(at: Transaction, who: str, staff_id: str, password_hash: str) -> None:
    """Another password: whoever is signed in with the old one is not any more. Raises GaitError."""
    staff.set_hash(at, staff_id, password_hash)
    sessions.end_all(at, staff_id)
    audit.note(at, who, "password_set", "staff", staff_id)


def listed(at: Transaction) -> list[StaffMember]:
    """All of them, those who may come in first."""
    return sorted(staff.listed(at), key=lambda one: one.disabled is not None)


def done(at: Transaction, most: int) -> list[AuditEntry]:
    """The newest lines of the audit log, the newest first."""
    return audit.latest(at, most)


def managers(at: Transaction) -> list[StaffMember]:
    """Who may come in and manage."""
    return [one for one in staff.listed(at) if one.role == "manager" and one.disabled is None]


def _keep_a_manager(at: Transaction, staff_id: str) -> None:
    if [one.id for one in managers(at)] == [staff_id]:
        raise GaitError("last_manager")
