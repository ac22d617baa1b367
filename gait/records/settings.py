"""What the manager set, by name: values of JSON."""

import json
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import IntegrityError

from gait.records.database import Transaction
from gait.records.ids import now
from gait.records.tables import SettingRow


def read(at: Transaction, name: str, default: Any = None) -> Any:  # noqa: ANN401  whatever JSON holds
    """What is set; `default` where nothing is."""
    row = at.get(SettingRow, name)
    return json.loads(row.value) if row else default


def first(at: Transaction, name: str, value: Any, *, staff_id: str | None = None) -> Any:  # noqa: ANN401  any JSON value
    """What is set; where nothing is, `value` is set. All who do so at once are given what the first of them set."""
    with suppress(IntegrityError), at.begin_nested():
        if at.get(SettingRow, name) is None:
            # Where another transaction has just set it, this waits for its end, and is refused.
            at.add(SettingRow(name=name, value=_kept(value), changed=now(), staff_id=staff_id))
    return read(at, name)


def write(at: Transaction, name: str, value: Any, *, staff_id: str | None = None) -> None:  # noqa: ANN401  any JSON value
    """Set it, or with None go back to what is usual."""
    if value is None:
        row = at.get(SettingRow, name)
        if row is not None:
            at.delete(row)
    else:
        first(at, name, value, staff_id=staff_id)
        row = at.get_one(SettingRow, name)
        row.value, row.changed, row.staff_id = _kept(value), now(), staff_id
    at.flush()


def _kept(value: Any) -> str:  # noqa: ANN401  any JSON value
    return json.dumps(value, sort_keys=True)
