"""Visits, consents, purchases, staff and the audit log, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from gait.errors import GaitError
from gait.records import audit, consents, customers, purchases, settings, staff, visits
from gait.records.tables import PurchaseRow
from gait.records.values import LabelSummary

DAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
OVER = LabelSummary(False, {"left": "over", "right": "neutral"}, {"left": 14.25, "right": 9.0})


def code_of(call) -> str:
    with pytest.raises(GaitError) as told:
        call()
    return told.value.code


@pytest.fixture
def anna(records):
    with records.writing() as at:
        return customers.make(at, "Anna Öztürk", "anna@example.org", created=DAY)


def test_a_visit_is_left_and_taken_up_again_by_another_program(records, anna):
    with records.writing() as at:
        visit = visits.start(at, anna.id, device="tablet", started=DAY)
        visits.add_run(at, visit.id, shoe="own shoe", size=42.5, created=DAY)
        visits.add_run(at, visit.id, shoe="Guide 3", sku="EX-001", category="stability")
    with records.reading() as at:
        (again,) = visits.unfinished(at)
        assert (again.id, again.customer, again.state, again.started) == (visit.id, "Anna Öztürk", "open", DAY)
        assert [(r.position, r.shoe, r.size) for r in again.runs] == [(1, "own shoe", 42.5), (2, "Guide 3", None)]
    with records.writing() as at:
        done = visits.finish(at, visit.id, finished=DAY + timedelta(minutes=20))
        assert visits.finish(at, visit.id).finished == done.finished == DAY + timedelta(minutes=20)
    with records.reading() as at:
        assert visits.unfinished(at) == []
        assert visits.of_customer(at, anna.id) == [visits.get(at, visit.id)]
        known = customers.get(at, anna.id)
        assert (known.visits, known.last_visit) == (1, DAY)


def test_a_run_shows_what_its_result_said_and_no_two_runs_have_one(records, anna):
    with records.writing() as at:
        visit = visits.start(at, anna.id)
        first, second = visits.add_run(at, visit.id), visits.add_run(at, visit.id)
        assert first.summary is None
        told = visits.attach(at, first.id, "2026-03-02-anna", OVER, made=DAY, method="1.2.0", version=1, speed_kmh=9.7)
        assert (told.summary, told.made, told.method, told.speed_kmh) == (OVER, DAY, "1.2.0", 9.7)
        assert visits.run_of_result(at, "2026-03-02-anna") == told
        again = visits.attach(at, first.id, "2026-03-02-anna", OVER, made=DAY, method="1.2.0", version=2)
        assert (again.version, again.speed_kmh) == (2, 9.7)
        taken = lambda: visits.attach(at, second.id, "2026-03-02-anna", OVER, made=DAY, method="1", version=1)  # noqa: E731  said twice below
        assert code_of(taken) == "result_taken"
        visits.detach(at, ["2026-03-02-anna"])
        gone = visits.run(at, first.id)
        assert (gone.result, gone.summary, gone.method, gone.made) == (None, None, "1.2.0", DAY)


def test_walk_ins_go_in_the_evening_unless_somebody_keeps_them(records, anna):
    with records.writing() as at:
        morning, kept = visits.start(at, started=DAY), visits.start(at, started=DAY)
        late = visits.start(at, started=DAY + timedelta(hours=10))
        known = visits.start(at, anna.id, started=DAY)
        named = visits.give_name(at, visits.start(at, started=DAY).id, anna.id)
        visits.keep(at, kept.id)
        evening = DAY + timedelta(hours=9)
        assert [v.id for v in visits.walk_ins_due(at, evening)] == [morning.id]
        assert named.customer == "Anna Öztürk"
        visits.keep(at, kept.id, False)
        assert {v.id for v in visits.walk_ins_due(at, evening)} == {morning.id, kept.id}
        visits.delete_row(at, morning.id)
        visits.delete_row(at, morning.id)
        assert {v.id for v in visits.latest(at)} == {kept.id, late.id, known.id, named.id}


def test_two_entries_of_one_person_become_one(records, anna):
    with records.writing() as at:
        other, third = customers.make(at, "Ana Oezturk", "0123"), customers.make(at, "A. Öztürk", "0456")
        mine, theirs = (
            visits.start(at, anna.id, started=DAY),
            visits.start(at, other.id, started=DAY + timedelta(days=1)),
        )
        customers.merge(at, third.id, other.id)
        one = customers.merge(at, anna.id, third.id)
        assert (one.id, one.contact, one.visits) == (anna.id, "anna@example.org", 2)
        assert customers.get(at, other.id) == customers.get(at, third.id) == one
        assert [v.id for v in visits.of_customer(at, other.id)] == [theirs.id, mine.id]
        assert [c.id for c in customers.find(at, "oz")] == [anna.id]
        assert set(customers.entries_of(at, anna.id)) == {anna.id, other.id, third.id}
        assert code_of(lambda: customers.merge(at, anna.id, other.id)) == "same_customer"
        assert customers.count(at) == 1


def test_a_merged_entry_gives_its_contact_where_the_other_has_none(records):
    with records.writing() as at:
        first, second = customers.make(at, "Anna"), customers.make(at, "Anna B", "0123")
        assert customers.merge(at, first.id, second.id).contact == "0123"


def test_a_tick_keeps_the_words_it_was_given_for(records, anna):
    with records.writing() as at:
        visit = visits.start(at, anna.id)
        first = consents.set_text(at, "keep_video", "We keep your video for 30 days.")
        assert consents.set_text(at, "keep_video", " We keep your video for 30 days. ") == first
        tick = consents.give(at, visit.id, first, given=DAY)
        second = consents.set_text(at, "keep_video", "We keep your video for a year.")
        assert (first.version, second.version, consents.text_of(at, "keep_video")) == (1, 2, second)
        assert consents.set_text(at, "contact", "We may write to you.").version == 1
        assert consents.give(at, visit.id, first) == tick
        (known,) = consents.of_customer(at, anna.id)
        assert (known.text.text, known.text.version, known.given) == ("We keep your video for 30 days.", 1, DAY)
        assert code_of(lambda: consents.set_text(at, "contact", "  ")) == "no_consent_text"


def test_a_consent_that_is_withdrawn_holds_no_more_and_stays_known(records, anna):
    with records.writing() as at:
        earlier, visit = visits.start(at, anna.id, started=DAY), visits.start(at, anna.id)
        texts = {p: consents.set_text(at, p, f"{p}!") for p in ("analyse", "keep_video")}
        for at_visit in (earlier, visit):
            consents.give(at, at_visit.id, texts["keep_video"], given=DAY)
        consents.give(at, visit.id, texts["analyse"])
        assert consents.in_force_at(at, earlier.id) == {"keep_video"}
        assert consents.in_force_at(at, visit.id) == {"analyse", "keep_video"}
        gone = consents.withdraw_all(at, anna.id, "keep_video")
        assert len(gone) == 2
        assert all(c.withdrawn for c in gone)
        assert consents.in_force(consents.of_customer(at, anna.id)) == {"analyse"}
        assert len(consents.of_customer(at, anna.id)) == 3
        assert consents.withdraw(at, gone[0].id).withdrawn == gone[0].withdrawn
        assert consents.withdraw_all(at, anna.id, "keep_video") == []


def test_how_often_each_shoe_category_and_label_came_back(records, anna):
    with records.writing() as at:
        visit = visits.start(at, anna.id)
        run = visits.add_run(at, visit.id, shoe="Guide 3", sku="EX-001", category="stability", size=42)
        visits.attach(at, run.id, "r1", OVER, made=DAY, method="1", version=1)
        guide = purchases.buy(at, visit.id, "", date(2026, 3, 2), run_id=run.id)
        assert (guide.shoe, guide.sku, guide.size, guide.labels) == ("Guide 3", "EX-001", 42, OVER.labels)
        purchases.buy(at, visit.id, "Guide 3", date(2026, 4, 1), run_id=run.id)
        purchases.buy(at, visit.id, "Daily 5", date(2026, 4, 1), category="neutral")
        purchases.bring_back(at, guide.id, date(2026, 3, 9), "too tight")
        bought = purchases.between(at, date(2026, 3, 1), date(2026, 4, 30))

        def told(by):
            return {(r.name, r.bought, r.returned) for r in purchases.rates(bought, by)}

        assert told(purchases.by_shoe) == {("Guide 3", 2, 1), ("Daily 5", 1, 0)}
        assert told(purchases.by_category) == {("stability", 2, 1), ("neutral", 1, 0)}
        assert told(purchases.by_label) == {("over", 2, 1), ("neutral", 2, 1)}
        assert told(purchases.by_month) == {("2026-03", 1, 1), ("2026-04", 2, 0)}
        assert len(purchases.between(at, date(2026, 3, 3), date(2026, 4, 1))) == 2
        assert code_of(lambda: purchases.bring_back(at, guide.id, date(2026, 3, 1))) == "returned_too_soon"
        assert purchases.keep_after_all(at, guide.id).returned is None
        elsewhere = visits.start(at, anna.id)
        assert code_of(lambda: purchases.buy(at, elsewhere.id, "x", date(2026, 3, 2), run_id=run.id)) == "no_run"
        assert code_of(lambda: purchases.buy(at, visit.id, " ", date(2026, 3, 2))) == "no_shoe"


def test_of_a_deleted_customer_a_count_by_month_is_left_and_nothing_else(records, anna):
    with records.writing() as at:
        bob, other = customers.make(at, "Bob"), customers.make(at, "Anna O.")
        stays = visits.start(at, bob.id)
        for whose in (anna.id, other.id):
            visit = visits.start(at, whose)
            run = visits.add_run(at, visit.id, shoe="Guide 3")
            consents.give(at, visit.id, consents.set_text(at, "analyse", "!"))
            bought = purchases.buy(at, visit.id, "", date(2026, 3, 17), run_id=run.id)
            purchases.bring_back(at, bought.id, date(2026, 4, 21))
        customers.merge(at, anna.id, other.id)
        customers.delete_rows(at, other.id)
    with records.reading() as at:
        for gone in (anna.id, other.id):
            assert code_of(lambda gone=gone: customers.get(at, gone)) == "no_customer"
        assert customers.find(at, "anna") == []
        assert [v.id for v in visits.latest(at)] == [stays.id]
        assert consents.of_visit(at, visit.id) == []
        left = purchases.between(at, date(2026, 1, 1), date(2026, 12, 31))
        assert [(p.visit_id, p.run_id, p.bought, p.returned) for p in left] == [
            (None, None, date(2026, 3, 1), date(2026, 4, 1))
        ] * 2
        assert list(at.scalars(select(PurchaseRow.noted))) == [None, None]


def test_what_is_bought_on_one_day_stands_in_the_order_it_was_bought(records, anna):
    with records.writing() as at:
        visit = visits.start(at, anna.id)
        shoes = [f"Shoe {n}" for n in range(9)]
        for shoe in shoes:
            purchases.buy(at, visit.id, shoe, date(2026, 3, 2))
        assert [p.shoe for p in purchases.of_visit(at, visit.id)] == shoes
        assert [p.shoe for p in purchases.of_customer(at, anna.id)] == shoes


def test_staff_are_known_by_one_name_in_whatever_letters(records):
    with records.writing() as at:
        eva = staff.add(at, "Éva", "manager", password_hash="$argon2")  # noqa: S106  no password
        assert (eva.username, eva.name, eva.role) == ("eva", "Éva", "manager")
        assert code_of(lambda: staff.add(at, " EVA ")) == "staff_name_taken"
        assert code_of(lambda: staff.add(at, " ")) == "bad_staff_name"
        assert code_of(lambda: staff.add(at, "x", "owner")) == "bad_staff_name"
        assert staff.called(at, "EVA") == eva
        assert staff.hash_of(at, eva.id) == "$argon2"
        gone = staff.disable(at, eva.id, when=DAY)
        assert staff.disable(at, eva.id).disabled == gone.disabled == DAY
        assert staff.enable(at, eva.id).disabled is None


def test_the_audit_log_holds_codes_and_nothing_a_person_wrote(records, anna):
    with records.writing() as at:
        audit.note(at, "app", "customer_seen", "customer", anna.id, when=DAY)
        audit.note(at, "app", "visit_started")
        for personal in ("Anna Öztürk", "anna@example.org", "two words"):
            with pytest.raises(ValueError, match="codes and ids"):
                audit.note(at, "app", "customer_renamed", "customer", anna.id, personal)
        assert [e.what for e in audit.latest(at)] == ["visit_started", "customer_seen"]
        (seen,) = audit.latest(at, target="customer", target_id=anna.id)
        assert (seen.who, seen.at) == ("app", DAY)
    with pytest.raises(RuntimeError), records.writing() as at:
        audit.note(at, "app", "customer_deleted")
        raise RuntimeError
    with records.reading() as at:
        assert len(audit.latest(at)) == 2


def test_a_setting_stays_until_it_is_changed(records):
    with records.writing() as at:
        assert settings.read(at, "evening", "19:00") == "19:00"
        settings.write(at, "evening", {"hour": 20})
        settings.write(at, "evening", {"hour": 21})
    with records.writing() as at:
        assert settings.read(at, "evening") == {"hour": 21}
        settings.write(at, "evening", None)
        assert settings.read(at, "evening") is None


@pytest.mark.parametrize("forged", ["", "0" * 16, "' OR ''='", "../.."])
def test_forged_ids_lead_nowhere(records, forged):
    with records.writing() as at:
        text = consents.set_text(at, "analyse", "!")
        calls = {
            "no_visit": [
                *(lambda f=f: f(at, forged) for f in (visits.get, visits.finish, visits.keep, visits.add_run)),
                lambda: consents.give(at, forged, text),
            ],
            "no_run": [lambda: visits.run(at, forged), lambda: visits.set_comfort(at, forged, 3)],
            "no_purchase": [lambda: purchases.get(at, forged)],
            "no_consent": [lambda: consents.withdraw(at, forged)],
            "no_staff": [lambda: staff.get(at, forged)],
            "no_customer": [lambda: visits.start(at, forged)],
        }
        for code, forging in calls.items():
            assert {code_of(call) for call in forging} == {code}


def test_comfort_is_a_number_from_0_to_10(records):
    with records.writing() as at:
        run = visits.add_run(at, visits.start(at).id)
        assert visits.set_comfort(at, run.id, 10).comfort == 10
        assert visits.set_comfort(at, run.id, None).comfort is None
        for wrong in (-1, 11):
            assert code_of(lambda wrong=wrong: visits.set_comfort(at, run.id, wrong)) == "bad_comfort"


def test_what_a_walk_in_bought_is_counted_by_month_when_the_visit_is_gone(records):
    with records.writing() as at:
        visit = visits.start(at)
        purchases.buy(at, visit.id, "Guide 3", date(2026, 3, 17))
        visits.delete_row(at, visit.id)
        assert code_of(lambda: visits.get(at, visit.id)) == "no_visit"
        (left,) = purchases.between(at, date(2026, 3, 1), date(2026, 3, 31))
        assert (left.visit_id, left.bought) == (None, date(2026, 3, 1))
