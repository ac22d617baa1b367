"""Who saw, changed, exported and deleted what: codes and ids, and no personal data."""

import re
from datetime import datetime

from sqlalchemy import select

from gait.records.database import Transaction
from gait.records.ids import now
from gait.records.tables import AuditRow
from gait.records.values import AuditEntry

_CODE = re.compile(r"[\w.:+-]{0,80}")
"""Of a code, an id, a number: no blanks, so no name of a person."""


def note(
    at: Transaction,
    who: str,
    what: str,
    target: str = "",
    target_id: str = "",
    detail: str = "",
    *,
    when: datetime | None = None,
) -> None:
    """Write one line, with the change it speaks of: both are kept or neither is.

    Raises ValueError for a text that is no code: a fault of the program, which would put a person's data where they stay.
    """
    for text in (who, what, target, target_id, detail):
        if not _CODE.fullmatch(text):
            raise ValueError("the audit log holds codes and ids alone")
    at.add(AuditRow(at=when or now(), who=who, what=what, target=target, target_id=target_id, detail=detail))
    at.flush()


def latest(at: Transaction, limit: int = 200, *, target: str = "", target_id: str = "") -> list[AuditEntry]:
    """The newest lines, or those about one thing, the newest first."""
    asked = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if target:
        asked = asked.where(AuditRow.target == target, AuditRow.target_id == target_id)
    return [AuditEntry(r.id, r.at, r.who, r.what, r.target, r.target_id, r.detail) for r in at.scalars(asked)]
