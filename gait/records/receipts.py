"""Receipts of deletions. One is begun, with the list of what is to go, before anything goes: a deletion that is cut short is finished later."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gait.errors import GaitError
from gait.records.database import Transaction
from gait.records.ids import is_id, new_id, now
from gait.records.tables import ReceiptRow
from gait.records.values import DeletedFile, Receipt, ReceiptTarget

FORMAT = "gait.receipt/1"


def begin(
    at: Transaction, who: str, target: ReceiptTarget, target_id: str, files: Sequence[DeletedFile], why: str = "asked"
) -> Receipt:
    """All that is on the target will be deleted; these are the files. One that is begun already is gone on with."""
    under_way = select(ReceiptRow).where(ReceiptRow.target_id == target_id, ReceiptRow.target == target)
    row = at.scalar(under_way.where(ReceiptRow.finished.is_(None)))
    if row is None:
        row = ReceiptRow(id=new_id(), made=now(), who=who, target=target, target_id=target_id)
        row.document = json.dumps({"why": why, "entries": {}, "files": []})
    return _keep(at, row, {}, files)


def add_files(at: Transaction, receipt_id: str, files: Sequence[DeletedFile]) -> Receipt:
    """These came to light since. Raises GaitError when there is no such receipt."""
    return _keep(at, _row(at, receipt_id, locked=True), {}, files)


def finish(at: Transaction, receipt_id: str, entries: Mapping[str, int]) -> Receipt:
    """All of it is gone, and so many records of each kind. One that is finished stays as it is. Raises GaitError."""
    row = _row(at, receipt_id, locked=True)  # two programs may finish one deletion: the second waits and finds it done
    if row.finished is None:
        row.finished = now()
        _keep(at, row, entries, ())
    return _value(row)


def get(at: Transaction, receipt_id: str) -> Receipt:
    """The receipt of that id. Raises GaitError when there is none."""
    return _value(_row(at, receipt_id))


def latest(at: Transaction, limit: int = 50) -> list[Receipt]:
    """The newest, the newest first."""
    return [_value(r) for r in at.scalars(select(ReceiptRow).order_by(ReceiptRow.made.desc()).limit(limit))]


def unfinished(at: Transaction) -> list[Receipt]:
    """Deletions that are under way or were cut short, the oldest first."""
    return [
        _value(r) for r in at.scalars(select(ReceiptRow).where(ReceiptRow.finished.is_(None)).order_by(ReceiptRow.made))
    ]


def document(receipt: Receipt) -> str:
    """The receipt as JSON, to be kept. Its `sha256` is of this text with an empty `sha256`."""
    whole: dict[str, Any] = {
        "format": FORMAT,
        "id": receipt.id,
        "begun": _moment(receipt.made),
        "finished": _moment(receipt.finished),
        "who": receipt.who,
        "target": receipt.target,
        "target_id": receipt.target_id,
        "why": receipt.why,
        "entries": dict(receipt.entries),
        "files": [vars(file) for file in receipt.files],
        "sha256": receipt.sha256,
    }
    return json.dumps(whole, indent=2, sort_keys=True) + "\n"


def checksum(receipt: Receipt) -> str:
    """What its `sha256` has to be."""
    return hashlib.sha256(document(replace(receipt, sha256="")).encode()).hexdigest()


def _keep(at: Transaction, row: ReceiptRow, entries: Mapping[str, int], files: Sequence[DeletedFile]) -> Receipt:
    told = json.loads(row.document)
    known = {(f["run_id"], f["name"], f["sha256"]) for f in told["files"]}
    told["files"] += [vars(f) for f in files if (f.run_id, f.name, f.sha256) not in known]
    told["entries"] |= entries
    row.document = json.dumps(told)
    if row.finished is not None:
        row.document = json.dumps(told | {"sha256": checksum(_value(row))})
    at.add(row)
    at.flush()
    return _value(row)


def _row(at: Transaction, receipt_id: str, *, locked: bool = False) -> ReceiptRow:
    row = at.get(ReceiptRow, receipt_id, with_for_update=locked or None) if is_id(receipt_id) else None
    if row is None:
        raise GaitError("no_receipt")
    return row


def _value(row: ReceiptRow) -> Receipt:
    told = json.loads(row.document)
    return Receipt(
        id=row.id,
        made=row.made,
        who=row.who,
        target=row.target,  # type: ignore[arg-type]
        target_id=row.target_id,
        why=told.get("why", "asked"),
        finished=row.finished,
        entries=told.get("entries", {}),
        files=tuple(DeletedFile(**f) for f in told.get("files", ())),
        sha256=told.get("sha256", ""),
    )


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
