"""What the pages do for whoever is signed in: who is written down, what a tablet does not see, accounts."""

import json

import pytest

from gait.records import audit
from gait.services import accounts, passwords
from gait.services.sign_in import Person
from gait.ui.engine import engine, reception
from gait.words import phrase
from tests.builders.results import result_folder
from tests.integration.pages.show import page, text

WORD = "correct horse battery"


@pytest.fixture
def is_in(monkeypatch):
    """Somebody is signed in on every page from now on."""

    def enter(whoever):
        for where in ("gait.ui.person.person", "gait.ui.engine.person"):
            monkeypatch.setattr(where, lambda: whoever)

    return enter


def account(name, role):
    with engine().records.writing() as at:
        made = accounts.add(at, "command", name, role, None)
    return Person(made.id, made.role, made.name, made.id)


@pytest.fixture
def bob(is_in):
    whoever = account("Bob", "staff")
    is_in(whoever)
    return whoever.who


@pytest.fixture
def eva(is_in):
    whoever = account("Eva", "manager")
    is_in(whoever)
    return whoever.who


def lines():
    with engine().records.reading() as at:
        return [(one.who, one.what, one.target, one.target_id) for one in reversed(audit.latest(at))]


def done():
    return [(who, what) for who, what, _, _ in lines()]


def a_visit():
    visit = reception().begin_as("Zuleika Qwertz")
    return visit, reception().add_run(visit.id, "Ghost 16")


def test_who_looks_is_written_down_once_a_tab(bob, goes):
    visit, _ = a_visit()
    app = page("customers", id=visit.customer_id)
    app.run()
    page("visit", id=visit.id)
    assert done().count((bob, "customer_seen")) == 1
    assert done().count((bob, "visit_seen")) == 1
    page("customers", id=visit.customer_id)
    assert done().count((bob, "customer_seen")) == 2, "another tab is another look"


def test_results_are_written_down_without_the_names_that_are_in_theirs(bob, reports, goes):
    name = "2026-01-15-103000-zuleika"
    result_folder(reports / name)
    page("result", id=name)
    app = page("earlier")
    app.button(key=f"delete-{name}").click().run()
    app.button(key="really").click().run()
    assert not (reports / name).exists()
    assert done()[1:] == [(bob, "result_seen"), (bob, "result_deleted")]
    assert "zuleika" not in str(lines())
    assert len({one[3] for one in lines()[1:]}) == 1, "both lines speak of the same result"


def test_what_is_exported_and_deleted_is_of_whoever_did_it(bob, goes):
    visit, _ = a_visit()
    app = page("customers", id=visit.customer_id)
    app.button(key="export-make").click().run()
    app.button(key="delete-all").click().run()
    app.button(key="delete-now").click().run()
    assert [one for one in done() if one[1] in ("customer_exported", "customer_deleted")] == [(bob, "customer_exported"), (bob, "customer_deleted")]  # fmt: skip
    assert "Zuleika" not in json.dumps(lines())


def test_what_customers_are_asked_is_the_managers(bob, is_in, goes):
    a_visit()
    assert phrase("page-what_is_asked") not in [one.label for one in page("customers").expander]
    is_in(account("Eva", "manager"))
    assert phrase("page-what_is_asked") in [one.label for one in page("customers").expander]


def test_a_tablet_chooses_a_shoe_and_sees_no_customer(bob, is_in, goes):
    _, run = a_visit()
    reception().comfort(run.id, 3)
    is_in(Person("tablet", "tablet"))
    app = page("record")
    assert [b.label for b in app.button if b.key and b.key.startswith("waiting-")]
    shown = text(app) + str([b.label for b in app.button])
    app.button(key=f"waiting-{run.id}").click().run()
    shown += text(app) + str([b.label for b in app.button])
    assert "Ghost 16" in shown
    assert "Zuleika" not in shown
    assert "to-visit" not in [b.key for b in app.button]
    assert goes == []
    app = page("record", run=run.id)
    assert "Zuleika" not in text(app), "nor by an address"


def test_a_tablet_sees_no_recordings_of_others(bob, is_in, monkeypatch):
    def asked(*_):
        raise AssertionError

    monkeypatch.setattr(engine().recordings, "left_behind", asked)
    is_in(Person("tablet", "tablet"))
    page("record")


def named(name):
    with engine().records.reading() as at:
        return accounts.of_name(at, name)


def test_a_manager_makes_and_closes_accounts(eva, goes):
    app = page("staff")
    app.text_input(key="new-username-0").set_value("Bob")
    app.text_input(key="new-word-0").set_value(WORD)
    app.button(key="make-account").click().run()
    one = named("bob")
    assert one.role == "staff"
    assert engine().sign_in.enter("bob", WORD, "").token
    app = page("staff")
    app.text_input(key=f"word-{one.id}").set_value("short")
    app.button(key=f"set-{one.id}").click().run()
    assert "10 to 128" in text(app)
    app.button(key=f"close-{eva}").click().run()
    assert "only manager" in text(app)
    app.button(key=f"role-{one.id}").click().run()
    assert named("bob").role == "manager"
    app.button(key=f"close-{one.id}").click().run()
    assert named("bob").disabled is not None
    assert not engine().sign_in.enter("bob", WORD, "").token
    app.button(key=f"open-{one.id}").click().run()
    assert engine().sign_in.enter("bob", WORD, "").token
    assert (eva, "staff_disabled") in done()


def test_who_is_no_manager_any_more_changes_nothing(eva, is_in, goes):
    app = page("staff")
    app.text_input(key="new-username-0").set_value("Bob")
    app.text_input(key="new-word-0").set_value(WORD)
    is_in(Person(eva, "staff", "Eva", eva))
    app.button(key="make-account").click().run()
    with engine().records.reading() as at:
        assert [one.id for one in accounts.listed(at)] == [eva]


MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_names_of_staff_are_letters_and_nothing_else(eva, goes):
    with engine().records.writing() as at:
        accounts.add(at, eva, "bob", "staff", passwords.hashed(WORD), MARKUP)
    bodies = " ".join(e.proto.body for name in ("staff", "log") for e in page(name).get("html"))
    assert "&lt;script&gt;" in bodies
    assert "<script" not in bodies
    assert "<img src=x" not in bodies


def test_the_log_says_it_in_words(eva, goes):
    visit, _ = a_visit()
    with engine().records.writing() as at:
        accounts.add(at, "command", "bob", "staff", passwords.hashed(WORD), "Bob B")
    engine().sign_in.enter("bob", WORD, "")
    said = text(page("log"))
    assert "Bob B" in said
    assert phrase("log_who-command") in said
    assert "signed in" in said
    assert visit.id in said
    assert "Zuleika" not in said
