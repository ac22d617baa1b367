"""What staff do at the counter: find a customer, begin a visit, note what was agreed, run in, bought and brought back.

Each call is one transaction, with its line in the audit log. All of them raise GaitError, as the records do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from gait.errors import GaitError
from gait.records import audit, consents, customers, purchases, visits
from gait.records import comfort as ratings
from gait.records.database import Transaction
from gait.records.values import PURPOSES, Consent, ConsentText, Customer, Purchase, Purpose, ReturnRate, Run, Visit
from gait.services import comfort
from gait.services.loose import mark_of
from gait.services.shelf_names import Known
from gait.services.store_records import StoreRecords
from gait.words import phrase

FOUND = 12
"""Customers that a search shows."""
LISTED = 50
"""Customers on one page of the list."""
LISTED_PURCHASES = 20


@dataclass(frozen=True)
class AtTheVisit:
    """One visit, and what staff need to see beside it."""

    visit: Visit
    asked: Mapping[Purpose, ConsentText]
    """What the store asks today."""
    agreed: Mapping[Purpose, Consent]
    """What holds for this visit, by the text that was shown then."""
    bought: Sequence[Purchase]
    earlier: Sequence[Visit]
    """The customer's other visits, the newest first; none of a walk-in."""


@dataclass(frozen=True)
class OneCustomer:
    """Everything the store remembers of a customer."""

    customer: Customer
    visits: Sequence[Visit]
    """The newest first."""
    agreed: Mapping[Purpose, Sequence[Consent]]
    """What holds of any visit, the oldest first; only purposes with something."""
    bought: Mapping[str, Sequence[Purchase]]
    """By the visit's id."""


@dataclass(frozen=True)
class Returned:
    """How often one shoe, category or label came back."""

    rate: ReturnRate
    runs: int
    """So many of the pairs were run in here."""
    likely_pct: tuple[float, float]
    """The 95 % interval of the share that comes back, by Wilson."""


@dataclass(frozen=True)
class Returns:
    """What was bought over some months, and what came back of it."""

    by_shoe: Sequence[Returned]
    by_category: Sequence[Returned]
    by_label: Sequence[Returned]
    by_month: Sequence[Returned]
    """The newest month first."""
    latest: Sequence[tuple[Purchase, str]]
    """The newest, with the customer's name; an empty name of a walk-in and of somebody who was deleted."""


class Reception:
    """The counter, for one member of staff."""

    def __init__(self, records: StoreRecords, who: str = "app", staff_id: str | None = None) -> None:
        """`who` as the audit log names them."""
        self._records, self._who, self._staff_id = records, who, staff_id

    # What is written down of looking and deleting ------------------------------------------------------------------

    def saw(self, target: str, target_id: str) -> None:
        """A customer's or a visit's page was looked at."""
        with self._records.writing() as at:
            self._note(at, f"{target}_seen", target, target_id)

    def of_result(self, what: str, name: str) -> None:
        """That was done with a result: `result_seen`, `result_changed`, `report_saved`."""
        with self._records.writing() as at:
            self._note(at, what, "result", _result_id(at, name))

    def delete_result(self, name: str, delete: Callable[[str], None]) -> None:
        """Delete a result by what is given, and note it once it is gone."""
        with self._records.reading() as at:
            target_id = _result_id(at, name)
        delete(name)
        with self._records.writing() as at:
            self._note(at, "result_deleted", "result", target_id)

    # Customers -----------------------------------------------------------------------------------------------------

    def find(self, typed: str) -> list[Customer]:
        """Those whose name is like what was typed; without a letter those who came last."""
        with self._records.reading() as at:
            return customers.find(at, typed, FOUND)

    def listed(self, after: str = "") -> tuple[list[Customer], str]:
        """One page of all customers by the alphabet, and what the next page comes after; empty when this is the last."""
        with self._records.reading() as at:
            found = customers.listed(at, LISTED + 1, after)
        return found[:LISTED], customers.sort_name(found[LISTED - 1]) if len(found) > LISTED else ""

    def count(self) -> int:
        """How many customers there are."""
        with self._records.reading() as at:
            return customers.count(at)

    def customer(self, customer_id: str) -> OneCustomer:
        """The customer of that id, or the one that has taken the place of it."""
        with self._records.reading() as at:
            whose = customers.get(at, customer_id)
            bought: dict[str, list[Purchase]] = {}
            for one in purchases.of_customer(at, whose.id):
                bought.setdefault(one.visit_id or "", []).append(one)
            agreed: dict[Purpose, list[Consent]] = {}
            for tick in consents.of_customer(at, whose.id):
                if tick.withdrawn is None:
                    agreed.setdefault(tick.purpose, []).append(tick)
            came = [comfort.shown(at, one) for one in visits.of_customer(at, whose.id)]
            return OneCustomer(whose, came, agreed, bought)

    def rename(self, customer_id: str, name: str, contact: str) -> Customer:
        """Another name, or another way to reach them."""
        with self._records.writing() as at:
            before = customers.get(at, customer_id)
            if name.strip() != before.name:
                customers.rename(at, before.id, name)
                self._note(at, "customer_renamed", "customer", before.id)
            if contact.strip() != before.contact:
                customers.set_contact(at, before.id, contact)
                self._note(at, "contact_changed", "customer", before.id)
            return customers.get(at, before.id)

    def merge(self, into: str, other: str) -> Customer:
        """Two entries are one person: `into` stays."""
        with self._records.writing() as at:
            merged = customers.merge(at, into, other)
            self._note(at, "customers_merged", "customer", merged.id, other)
            return merged

    def withdraw(self, customer_id: str, purpose: Purpose) -> None:
        """The customer says no to that purpose, for every visit."""
        with self._records.writing() as at:
            whose = customers.get(at, customer_id)
            consents.withdraw_all(at, whose.id, purpose)
            self._note(at, "consent_withdrawn", "customer", whose.id, purpose)

    # Visits --------------------------------------------------------------------------------------------------------

    def unfinished(self) -> list[Visit]:
        """Visits that were left open, the newest first."""
        with self._records.reading() as at:
            return [comfort.shown(at, one) for one in visits.unfinished(at)]

    def begin(self, customer_id: str | None = None) -> Visit:
        """A new visit of a customer or (None) of somebody without a name; of a customer the one that is open already."""
        with self._records.writing() as at:
            return self._begin(at, customer_id)

    def begin_as(self, name: str) -> Visit:
        """A new customer, and the first visit."""
        with self._records.writing() as at:
            return self._begin(at, self._made(at, name))

    def name_visit(self, visit_id: str, customer_id: str) -> Visit:
        """The walk-in is that customer."""
        with self._records.writing() as at:
            named = visits.give_name(at, visit_id, customer_id)
            self._note(at, "visit_named", "visit", visit_id, customer_id)
            return named

    def name_visit_as(self, visit_id: str, name: str) -> Visit:
        """The walk-in is a new customer."""
        with self._records.writing() as at:
            named = visits.give_name(at, visit_id, self._made(at, name))
            self._note(at, "visit_named", "visit", visit_id, named.customer_id or "")
            return named

    def visit(self, visit_id: str) -> AtTheVisit:
        """The visit as it stands."""
        asked = self.asked()
        with self._records.reading() as at:
            one = comfort.shown(at, visits.get(at, visit_id))
            ticks = {tick.purpose: tick for tick in consents.of_visit(at, one.id) if tick.withdrawn is None}
            came = visits.of_customer(at, one.customer_id) if one.customer_id else []
            earlier = [comfort.shown(at, v) for v in came if v.id != one.id]
            bought = purchases.of_visit(at, one.id)
            return AtTheVisit(one, asked, ticks, bought, earlier)

    def keep(self, visit_id: str, kept: bool) -> None:
        """Whether a walk-in stays beyond the evening."""
        with self._records.writing() as at:
            visits.keep(at, visit_id, kept)
            self._note(at, "visit_kept" if kept else "visit_not_kept", "visit", visit_id)

    def finish(self, visit_id: str) -> None:
        """The customer has left. Shoes that nobody rated count as skipped, by whoever finishes the visit."""
        with self._records.writing() as at:
            comfort.skip(at, visit_id, self._who)
            visits.finish(at, visit_id)
            self._note(at, "visit_finished", "visit", visit_id)

    def reopen(self, visit_id: str) -> None:
        """It was finished too soon."""
        with self._records.writing() as at:
            visits.reopen(at, visit_id)
            self._note(at, "visit_reopened", "visit", visit_id)

    def drop(self, visit_id: str) -> None:
        """A visit that was begun by mistake. One with a result or a purchase is not dropped like that: GaitError."""
        with self._records.writing() as at:
            one = visits.get(at, visit_id)
            if any(run.result for run in one.runs) or purchases.of_visit(at, one.id):
                raise GaitError("visit_in_use")
            visits.delete_row(at, one.id)
            self._note(at, "visit_dropped", "visit", one.id)

    # What the customer agrees to -----------------------------------------------------------------------------------

    def asked(self) -> dict[Purpose, ConsentText]:
        """What the store asks for each purpose; our words, as its first version, until it has some of its own."""
        with self._records.reading() as at:
            found = {purpose: consents.text_of(at, purpose) for purpose in PURPOSES}
        if None in found.values():
            with self._records.writing() as at:
                for purpose in PURPOSES:
                    if consents.text_of(at, purpose) is None:
                        consents.set_text(at, purpose, phrase(f"asks-{purpose}"))
                    found[purpose] = consents.text_of(at, purpose)
        return {purpose: text for purpose, text in found.items() if text is not None}

    def ask(self, texts: Mapping[Purpose, str]) -> None:
        """The store's own words from now on. What was agreed to before keeps the words it was agreed to by."""
        with self._records.writing() as at:
            for purpose, text in texts.items():
                version = consents.set_text(at, purpose, text).version
                self._note(at, "consent_text_set", "consent_text", purpose, str(version))

    def tick(self, visit_id: str, text: ConsentText, agreed: bool) -> None:
        """The customer agrees to that text, or does not after all."""
        with self._records.writing() as at:
            if agreed:
                consents.give(at, visit_id, text, staff_id=self._staff_id)
            else:
                for tick in consents.of_visit(at, visit_id):
                    if tick.purpose == text.purpose and tick.withdrawn is None:
                        consents.withdraw(at, tick.id)
            what = "consent_given" if agreed else "consent_withdrawn"
            self._note(at, what, "visit", visit_id, f"{text.purpose}-{text.version}")

    # Shoes that are run in -----------------------------------------------------------------------------------------

    def run_of(self, run_id: str) -> tuple[Visit, Run]:
        """A run and its visit."""
        with self._records.reading() as at:
            run = visits.run(at, run_id)
            visit = comfort.shown(at, visits.get(at, run.visit_id))
            return visit, next(one for one in visit.runs if one.id == run.id)

    def visit_of_result(self, name: str) -> Visit | None:
        """The visit that the result of that name belongs to."""
        with self._records.reading() as at:
            run = visits.run_of_result(at, name)
            return comfort.shown(at, visits.get(at, run.visit_id)) if run else None

    def waiting(self) -> list[Run]:
        """Shoes of open visits whose clip is still to come, those of the latest visit first. Whose they are is not in it."""
        with self._records.reading() as at:
            return [run for one in visits.unfinished(at) for run in one.runs if not run.result and not run.expected]

    def add_run(self, visit_id: str, shoe: str, known: Known | None = None) -> Run:
        """One more shoe to run in; `known` from the shelf."""
        with self._records.writing() as at:
            one = visits.get(at, visit_id)
            before = next((run for run in reversed(one.runs) if run.size or run.speed_kmh), None)
            run = visits.add_run(
                *(at, visit_id),
                shoe=shoe,
                sku=known.sku if known else "",
                category=known.category if known else "",
                size=before.size if before else None,
                speed_kmh=before.speed_kmh if before else None,
            )
            self._note(at, "run_added", "run", run.id)
            comfort.shoe_added(at, visit_id)
            return run

    def drop_run(self, run_id: str) -> None:
        """A shoe that was not run in. One with a result stays: GaitError."""
        with self._records.writing() as at:
            run = visits.run(at, run_id)
            if run.result is not None:
                raise GaitError("visit_in_use")
            visits.delete_run(at, run_id)
            ratings.forget_single(at, run.visit_id)
            self._note(at, "run_dropped", "run", run_id)

    def comfort(self, run_id: str, comfort: int | None) -> None:
        """How the runner liked the shoe, 0 to 10; None: not asked."""
        with self._records.writing() as at:
            visits.set_comfort(at, run_id, comfort)

    # Bought and returned -------------------------------------------------------------------------------------------

    def buy(self, visit_id: str, shoe: str, known: Known | None = None, run_id: str | None = None) -> Purchase:
        """A shoe was bought today, after a run in it or without."""
        with self._records.writing() as at:
            sku, category = (known.sku, known.category) if known else ("", "")
            one = purchases.buy(at, visit_id, shoe, _today(), run_id=run_id, sku=sku, category=category)
            self._note(at, "purchase_noted", "purchase", one.id)
            return one

    def bring_back(self, purchase_id: str, reason: str) -> None:
        """It came back today."""
        with self._records.writing() as at:
            purchases.bring_back(at, purchase_id, _today(), reason)
            self._note(at, "purchase_returned", "purchase", purchase_id)

    def not_returned(self, purchase_id: str) -> None:
        """It was noted as returned by mistake."""
        with self._records.writing() as at:
            purchases.keep_after_all(at, purchase_id)
            self._note(at, "purchase_not_returned", "purchase", purchase_id)

    def not_bought(self, purchase_id: str) -> None:
        """It was noted by mistake."""
        with self._records.writing() as at:
            purchases.remove(at, purchase_id)
            self._note(at, "purchase_removed", "purchase", purchase_id)

    def returns(self, months: int) -> Returns:
        """Of what was bought in this month and those before it, so many in all."""
        last = _today()
        first = date(last.year + (last.month - months) // 12, (last.month - months) % 12 + 1, 1)
        with self._records.reading() as at:
            sealed = ratings.sealed(at)
            found = purchases.between(at, first, last)
            all_of = [replace(one, labels={}) if one.visit_id in sealed else one for one in found]
            newest = sorted(all_of, key=lambda one: one.bought, reverse=True)[:LISTED_PURCHASES]
            named = {one.visit_id: visits.get(at, one.visit_id).customer for one in newest if one.visit_id}
        months_back = _rates(all_of, purchases.by_month)
        return Returns(
            by_shoe=_rates(all_of, purchases.by_shoe),
            by_category=_rates([one for one in all_of if one.category], purchases.by_category),
            by_label=_rates(all_of, purchases.by_label),
            by_month=sorted(months_back, key=lambda one: one.rate.name, reverse=True),
            latest=[(one, named.get(one.visit_id or "", "")) for one in newest],
        )

    # ---------------------------------------------------------------------------------------------------------------

    def _begin(self, at: Transaction, customer_id: str | None) -> Visit:
        if customer_id is not None:
            open_one = next((v for v in visits.of_customer(at, customer_id) if v.state == "open"), None)
            if open_one is not None:
                return open_one
        begun = visits.start(at, customer_id, staff_id=self._staff_id)
        self._note(at, "visit_begun", "visit", begun.id)
        return begun

    def _made(self, at: Transaction, name: str) -> str:
        made = customers.make(at, name)
        self._note(at, "customer_made", "customer", made.id)
        return made.id

    def _note(self, at: Transaction, what: str, target: str, target_id: str, detail: str = "") -> None:
        audit.note(at, self._who, what, target, target_id, detail)


def _result_id(at: Transaction, name: str) -> str:
    """The id of its run. The name of a result that belongs to none may hold a person's: then a checksum of it."""
    run = visits.run_of_result(at, name)
    return run.id if run else mark_of(name)


def _today() -> date:
    return datetime.now().astimezone().date()


def _rates(bought: Sequence[Purchase], by: Callable[[Purchase], list[str]]) -> list[Returned]:
    from scipy.stats import binomtest  # late: it takes a second

    runs = {rate.name: rate.bought for rate in purchases.rates([one for one in bought if one.labels], by)}
    found = []
    for rate in purchases.rates(list(bought), by):
        ends = binomtest(rate.returned, rate.bought).proportion_ci(method="wilson")
        found.append(Returned(rate, runs.get(rate.name, 0), (100 * float(ends.low), 100 * float(ends.high))))
    return found
