"""Customers: made, found, renamed, merged, deleted."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update

from gait.errors import GaitError
from gait.records import finding, texts
from gait.records.database import Transaction
from gait.records.ids import is_id, new_id, now
from gait.records.letters import plain_letters
from gait.records.tables import CustomerRow, PurchaseRow, VisitRow
from gait.records.values import Customer

LONGEST_NAME = 200
LONGEST_CONTACT = 500


def make(at: Transaction, name: str, contact: str = "", *, created: datetime | None = None) -> Customer:
    """A new customer. Raises GaitError for a name without a letter."""
    row = CustomerRow(
        id=new_id(), name=_name(name), contact=texts.line(contact, LONGEST_CONTACT), created=created or now()
    )
    row.folded = plain_letters(row.name)
    at.add(row)
    at.flush()
    finding.remember(at, row.id, row.name)
    return _customers(at, [row.id])[0]


def get(at: Transaction, customer_id: str) -> Customer:
    """The customer of that id; of an entry that was merged, the one that took its place. Raises GaitError when there is none."""
    for _ in range(2):  # `merge` leads every earlier entry to the last one, so one step is enough
        found = _customers(at, [customer_id])
        if not found:
            break
        if found[0].merged_into is None:
            return found[0]
        customer_id = found[0].merged_into
    raise GaitError("no_customer")


def find(at: Transaction, typed: str, limit: int = 20) -> list[Customer]:
    """Customers whose name has words that begin with the typed ones, then those a slip away, the best first.

    Accents and case are forgiven; an empty text finds those who came last.
    """
    if not typed.strip():
        return latest(at, limit)
    ids = finding.ids_like(at, typed, limit)
    by_id = {c.id: c for c in _customers(at, ids)}
    return [by_id[i] for i in ids if i in by_id]


def latest(at: Transaction, limit: int = 20) -> list[Customer]:
    """Those who came last, the last one first."""
    # The newest visits are read by their index: grouping all of them would take longer each year.
    recent = select(VisitRow.customer_id, VisitRow.started).where(VisitRow.customer_id.is_not(None))
    recent = recent.order_by(VisitRow.started.desc()).limit(limit * 10)
    ids = list(dict.fromkeys(row[0] for row in at.execute(recent) if row[0] is not None))[:limit]
    by_id = {c.id: c for c in _customers(at, ids)}
    return [by_id[i] for i in ids]


def listed(at: Transaction, limit: int = 100, after: str = "") -> list[Customer]:
    """All customers by the alphabet, from the name `after` on (as `sort_name` gives it), which is not among them."""
    asked = select(CustomerRow.id).where(CustomerRow.merged_into.is_(None))
    if after:
        folded, _, last = after.rpartition("\0")
        asked = asked.where((CustomerRow.folded > folded) | ((CustomerRow.folded == folded) & (CustomerRow.id > last)))
    ids = list(at.scalars(asked.order_by(CustomerRow.folded, CustomerRow.id).limit(limit)))
    by_id = {c.id: c for c in _customers(at, ids)}
    return [by_id[i] for i in ids]


def sort_name(customer: Customer) -> str:
    """Where a customer stands in the alphabet: what `listed` continues after."""
    return f"{plain_letters(customer.name)}\0{customer.id}"


def count(at: Transaction) -> int:
    """How many customers there are."""
    return at.scalar(select(func.count()).select_from(CustomerRow).where(CustomerRow.merged_into.is_(None))) or 0


def rename(at: Transaction, customer_id: str, name: str) -> Customer:
    """The customer is called that from now on. Results keep the name they were made with. Raises GaitError."""
    row, name = _row(at, customer_id), _name(name)
    row.name, row.folded = name, plain_letters(name)
    at.flush()
    finding.remember(at, row.id, name)
    return _customers(at, [row.id])[0]


def set_contact(at: Transaction, customer_id: str, contact: str) -> Customer:
    """How the customer can be reached; empty: not at all. Raises GaitError."""
    row = _row(at, customer_id)
    row.contact = texts.line(contact, LONGEST_CONTACT)
    at.flush()
    return _customers(at, [row.id])[0]


def merge(at: Transaction, into: str, other: str) -> Customer:
    """Two entries are one person: `into` takes the visits of `other`, which is found no more and whose id leads to `into`.

    A contact that only `other` had is taken over. Raises GaitError when they are the same, or when one is not there.
    """
    kept, gone = _row(at, into), _row(at, other)
    if kept.id == gone.id:
        raise GaitError("same_customer")
    at.execute(update(VisitRow).where(VisitRow.customer_id == gone.id).values(customer_id=kept.id))
    at.execute(update(CustomerRow).where(CustomerRow.merged_into == gone.id).values(merged_into=kept.id))
    kept.contact = kept.contact or gone.contact
    gone.merged_into = kept.id
    gone.contact = ""
    at.flush()
    finding.forget(at, gone.id)
    return _customers(at, [kept.id])[0]


def entries_of(at: Transaction, customer_id: str) -> list[str]:
    """The ids that lead to this customer: its own, and those of the entries merged into it."""
    row = _row(at, customer_id)
    return [row.id, *at.scalars(select(CustomerRow.id).where(CustomerRow.merged_into == row.id))]


def delete_rows(at: Transaction, customer_id: str) -> None:
    """Everything the database has on the customer, merged entries, visits, runs and consents too.

    Purchases stay as a count: without a visit, by month. The files of the runs are the caller's: see `visits.of_customer`.
    Raises GaitError when there is none.
    """
    ids = entries_of(at, customer_id)
    visits = list(at.scalars(select(VisitRow.id).where(VisitRow.customer_id.in_(ids))))
    loosen_purchases(at, visits)
    at.execute(delete(VisitRow).where(VisitRow.id.in_(visits)))
    at.execute(delete(CustomerRow).where(CustomerRow.merged_into.in_(ids)))
    at.execute(delete(CustomerRow).where(CustomerRow.id.in_(ids)))
    at.expire_all()


def loosen_purchases(at: Transaction, visits: Iterable[str]) -> None:
    """What was bought on these visits leads to nobody any more: a month is left of the day."""
    for row in at.scalars(select(PurchaseRow).where(PurchaseRow.visit_id.in_(list(visits)))):
        row.visit_id = row.run_id = row.noted = None
        row.bought = row.bought.replace(day=1)
        row.returned = row.returned.replace(day=1) if row.returned else None
    at.flush()


def _row(at: Transaction, customer_id: str) -> CustomerRow:
    found = at.get(CustomerRow, get(at, customer_id).id)
    if found is None:
        raise GaitError("no_customer")
    return found


def _name(text: str) -> str:
    name = texts.line(text, LONGEST_NAME)
    if not finding.words_of(name):
        raise GaitError("no_name")
    return name


def _customers(at: Transaction, ids: list[str]) -> list[Customer]:
    """Those that are there, as values, in no order."""
    wanted = [i for i in ids if is_id(i)]
    visits = select(VisitRow.customer_id, func.count(), func.max(VisitRow.started))
    visits = visits.where(VisitRow.customer_id.in_(wanted)).group_by(VisitRow.customer_id)
    came = {row[0]: (row[1], row[2]) for row in at.execute(visits)}
    rows = at.scalars(select(CustomerRow).where(CustomerRow.id.in_(wanted)))
    return [
        Customer(row.id, row.name, row.created, row.contact, row.merged_into, *came.get(row.id, (0, None)))
        for row in rows
    ]
