"""What was bought, whether it came back, and how often that happens by shoe, category and label."""

from collections import Counter
from collections.abc import Callable
from datetime import date

from sqlalchemy import Select, select

from gait.errors import GaitError
from gait.records import texts
from gait.records.database import Transaction
from gait.records.ids import is_id, new_id, now
from gait.records.tables import PurchaseRow, RunRow, VisitRow
from gait.records.values import Purchase, ReturnRate
from gait.records.visits import LONGEST_SHOE

LONGEST_REASON = 500


def buy(
    at: Transaction,
    visit_id: str,
    shoe: str,
    bought: date,
    *,
    run_id: str | None = None,
    sku: str = "",
    category: str = "",
    size: float | None = None,
) -> Purchase:
    """Note a shoe that was bought at a visit; what is known of the run in it is taken over. Raises GaitError."""
    visit = at.get(VisitRow, visit_id) if is_id(visit_id) else None
    if visit is None:
        raise GaitError("no_visit")
    run = at.get(RunRow, run_id) if run_id else None
    if run_id and (run is None or run.visit_id != visit.id):
        raise GaitError("no_run")
    name = texts.line(shoe, LONGEST_SHOE) or (run.shoe if run else "")
    if not name:
        raise GaitError("no_shoe")
    row = PurchaseRow(id=new_id(), visit_id=visit.id, shoe=name, bought=bought, noted=now(), size=size)
    row.sku, row.category = texts.line(sku, LONGEST_SHOE), texts.line(category, LONGEST_SHOE)
    if run is not None:
        row.run_id, row.left_label, row.right_label = run.id, run.left_label, run.right_label
        row.sku, row.category = row.sku or run.sku, row.category or run.category
        row.size = size if size is not None else run.size
    at.add(row)
    at.flush()
    return _value(row)


def bring_back(at: Transaction, purchase_id: str, returned: date, reason: str = "") -> Purchase:
    """It came back. Raises GaitError when there is no such purchase, or when it came back before it was bought."""
    row = _row(at, purchase_id)
    if returned < row.bought:
        raise GaitError("returned_too_soon")
    row.returned, row.reason = returned, texts.line(reason, LONGEST_REASON)
    at.flush()
    return _value(row)


def keep_after_all(at: Transaction, purchase_id: str) -> Purchase:
    """It was noted as returned by mistake. Raises GaitError."""
    row = _row(at, purchase_id)
    row.returned, row.reason = None, ""
    at.flush()
    return _value(row)


def remove(at: Transaction, purchase_id: str) -> None:
    """It was noted by mistake. Raises GaitError."""
    at.delete(_row(at, purchase_id))
    at.flush()


def get(at: Transaction, purchase_id: str) -> Purchase:
    """Raises GaitError when there is none."""
    return _value(_row(at, purchase_id))


def of_visit(at: Transaction, visit_id: str) -> list[Purchase]:
    """In the order they were bought."""
    return _values(at, select(PurchaseRow).where(PurchaseRow.visit_id == visit_id))


def of_customer(at: Transaction, customer_id: str) -> list[Purchase]:
    """In the order they were bought."""
    whose = VisitRow.customer_id == customer_id
    return _values(at, select(PurchaseRow).join(VisitRow, VisitRow.id == PurchaseRow.visit_id).where(whose))


def between(at: Transaction, first: date, last: date) -> list[Purchase]:
    """Bought from `first` to `last`, both included; of deleted customers only the month is known."""
    return _values(at, select(PurchaseRow).where(PurchaseRow.bought >= first, PurchaseRow.bought <= last))


def rates(bought: list[Purchase], by: Callable[[Purchase], list[str]]) -> list[ReturnRate]:
    """How often each came back, what was bought most first: see `by_shoe`, `by_category`, `by_label`, `by_month`."""
    all_of, back = Counter[str](), Counter[str]()
    for one in bought:
        for name in by(one):
            all_of[name] += 1
            back[name] += one.returned is not None
    return [ReturnRate(name, all_of[name], back[name]) for name in sorted(all_of, key=lambda n: (-all_of[n], n))]


def by_shoe(one: Purchase) -> list[str]:
    """The shoe."""
    return [one.shoe]


def by_category(one: Purchase) -> list[str]:
    """The shelf's category; empty for a shoe that has none."""
    return [one.category]


def by_label(one: Purchase) -> list[str]:
    """Each label of the runner's feet, once; nothing where the run is not known."""
    return sorted(set(one.labels.values()))


def by_month(one: Purchase) -> list[str]:
    """The month it was bought in, `2026-03`."""
    return [f"{one.bought:%Y-%m}"]


def _row(at: Transaction, purchase_id: str) -> PurchaseRow:
    found = at.get(PurchaseRow, purchase_id) if is_id(purchase_id) else None
    if found is None:
        raise GaitError("no_purchase")
    return found


def _values(at: Transaction, asked: Select[PurchaseRow]) -> list[Purchase]:
    return [_value(row) for row in at.scalars(asked.order_by(PurchaseRow.bought, PurchaseRow.noted, PurchaseRow.id))]


def _value(row: PurchaseRow) -> Purchase:
    labels = {"left": row.left_label, "right": row.right_label}
    return Purchase(
        id=row.id,
        shoe=row.shoe,
        bought=row.bought,
        visit_id=row.visit_id,
        run_id=row.run_id,
        sku=row.sku,
        category=row.category,
        size=row.size,
        labels={side: label for side, label in labels.items() if label is not None},
        returned=row.returned,
        reason=row.reason,
    )
