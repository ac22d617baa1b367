"""What the manager set, by name: values of JSON."""

import json
from typing import Any

from gait.records.database import Transaction
from gait.records.ids import now
from gait.records.tables import SettingRow


def read(at: Transaction, name: str, default: Any = None) -> Any:  # noqa: ANN401  whatever JSON holds
    """What is set; `default` where nothing is."""
    row = at.get(SettingRow, name)
    return json.loads(row.value) if row else default


def write(at: Transaction, name: str, value: Any, *, staff_id: str | None = None) -> None:  # noqa: ANN401  any JSON value
    """Set it, or with None go back to what is usual."""
    row = at.get(SettingRow, name)
    if value is None:
        if row is not None:
            at.delete(row)
    else:
        row = row or SettingRow(name=name)
        row.value, row.changed, row.staff_id = json.dumps(value, sort_keys=True), now(), staff_id
        at.add(row)
    at.flush()
