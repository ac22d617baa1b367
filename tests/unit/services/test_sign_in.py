"""Who is let in, for how long, and how guesses are slowed."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from gait.errors import GaitError
from gait.records import audit, sessions, staff
from gait.services import accounts, attempts, passwords, sign_in
from gait.services.sign_in import CODE_LASTS, IDLE, LONGEST_STAY, STORE, Person, SignIn
from gait.services.store_records import StoreRecords

GOOD = "correct horse battery"
KEPT = passwords.hashed(GOOD)
HERE = "10.0.0.5"


class Clock:
    """Stands still until a test moves it on."""

    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self):
        """The moment."""
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path):
    kept = StoreRecords(tmp_path / "data", tmp_path / "reports")
    with kept.writing() as at:
        accounts.add(at, "command", "Eva", "manager", KEPT)
        accounts.add(at, "command", "Bob", "staff", KEPT, "Bob B")
    yield kept
    kept.close()


@pytest.fixture
def door(store, clock):
    return SignIn(store, clock)


def said(store):
    with store.reading() as at:
        return [entry.what for entry in reversed(audit.latest(at))]


def test_a_hash_tells_the_password_from_others_and_holds_none_of_it():
    assert KEPT.startswith("$argon2id$")
    assert passwords.fits(KEPT, GOOD) == (True, None)
    assert passwords.fits(KEPT, GOOD + " ")[0] is False
    assert passwords.fits(None, GOOD) == (False, None)
    assert passwords.hashed(GOOD) != KEPT, "each hash has a salt of its own"
    assert passwords.fits(passwords.hashed("Grüße aus Köln"), "Gru\u0308ße aus Ko\u0308ln")[0], "however it was typed"


@pytest.mark.parametrize("text", ["", "123456789", "x" * 129, "1234567890\n", "1234567890\x00", "eva-the-manager"])
def test_a_password_that_is_too_short_or_the_name_is_refused(text):
    with pytest.raises(GaitError):
        passwords.hashed(text, "Eva-The-Manager")


def test_staff_come_in_by_name_and_password(door, store):
    token = door.enter(" EVA ", GOOD, HERE).token
    assert len(token) >= 43, "256 bits"
    assert door.person(token) == Person(door.person(token).staff_id, "manager", "Eva", door.person(token).staff_id)
    assert door.person(door.enter("bob", GOOD, HERE).token).name == "Bob B"
    assert token.encode() not in open_rows(store), "the records hold none of it"
    assert GOOD.encode() not in open_rows(store)
    assert said(store) == ["staff_added", "staff_added", "signed_in", "signed_in"]


def open_rows(store):
    return (store.data / "records.db").read_bytes() + (store.data / "records.db-wal").read_bytes()


@pytest.mark.parametrize(("name", "password"), [("eva", "wrong horse battery"), ("eva", ""), ("", GOOD), ("nobody", GOOD), ("' OR 1=1 --", GOOD), ("eva" * 100, GOOD)])  # fmt: skip
def test_nobody_else_comes_in(door, store, name, password):
    assert door.enter(name, password, HERE).token == ""
    assert said(store)[-1] == "sign_in_failed"


@pytest.mark.parametrize("token", ["", None, "x", "' OR 1=1 --"])
def test_a_token_that_was_made_up_is_nobodys(door, token):
    real = door.enter("eva", GOOD, HERE).token
    assert door.person(token) is None
    assert door.person(real[:-1]) is None
    assert door.person(real + "x") is None


def test_each_sign_in_has_a_token_of_its_own(door):
    one, two = door.enter("eva", GOOD, HERE).token, door.enter("eva", GOOD, HERE).token
    assert one != two
    door.leave(one)
    assert door.person(one) is None
    assert door.person(two) is not None


def test_a_stay_ends_when_nobody_is_at_it(door, clock):
    token = door.enter("eva", GOOD, HERE).token
    for _ in range(3):
        clock.now += IDLE - timedelta(minutes=1)
        assert door.person(token) is not None, "somebody was at it"
    for _ in range(3):
        clock.now += IDLE / 3
        found = door.person(token, busy=False)
    assert found is None, "a page that asks by itself is nobody"


def test_a_stay_ends_after_a_day_whatever_is_done(door, clock):
    token, begun = door.enter("eva", GOOD, HERE).token, clock.now
    while clock.now < begun + LONGEST_STAY:
        assert door.person(token) is not None
        clock.now += timedelta(minutes=30)
    assert door.person(token) is None


def test_whoever_is_disabled_is_out_at_once(door, store):
    token = door.enter("bob", GOOD, HERE).token
    with store.writing() as at:
        accounts.disable(at, "command", accounts.of_name(at, "bob").id)
    assert door.person(token) is None
    assert door.enter("bob", GOOD, HERE).token == ""


def test_another_password_ends_what_the_old_one_began(door, store):
    token = door.enter("bob", GOOD, HERE).token
    with store.writing() as at:
        accounts.set_password(at, "command", accounts.of_name(at, "bob").id, passwords.hashed("another horse battery"))
    assert door.person(token) is None
    assert door.enter("bob", GOOD, HERE).token == ""
    assert door.enter("bob", "another horse battery", HERE).token


def test_a_role_holds_from_the_next_request_on(door, store):
    token = door.enter("bob", GOOD, HERE).token
    assert not door.person(token).may("manager")
    with store.writing() as at:
        accounts.set_role(at, "command", accounts.of_name(at, "bob").id, "manager")
    assert door.person(token).may("manager")


def test_the_last_manager_stays(store):
    with store.writing() as at:
        eva, bob = accounts.of_name(at, "eva").id, accounts.of_name(at, "bob").id
        for deed in (lambda: accounts.disable(at, "x", eva), lambda: accounts.set_role(at, "x", eva, "staff")):
            with pytest.raises(GaitError) as caught:
                deed()
            assert caught.value.code == "last_manager"
        accounts.disable(at, "x", bob)
        accounts.enable(at, "x", bob)
        accounts.set_role(at, "x", bob, "manager")
        accounts.disable(at, "x", eva)
        assert [one.username for one in accounts.managers(at)] == ["bob"]


@pytest.fixture
def quick(monkeypatch):
    """Hashing takes its time, which is not what is looked at."""
    monkeypatch.setattr(sign_in.passwords, "fits", lambda kept, password: (kept is not None and password == GOOD, None))


def test_guesses_from_one_address_wait(door, quick):
    for _ in range(attempts.FREE):
        assert door.enter("eva", "guess", HERE).wait_s == 0
    assert door.enter("eva", GOOD, HERE).wait_s > 0, "the right one is not tried either"
    assert door.enter("bob", GOOD, "10.0.0.6").token, "others are not held up by one"


def test_guesses_at_one_name_wait_wherever_they_come_from(door, quick):
    tried = sum(door.enter("eva", f"guess {k}", f"10.0.{k}.7").wait_s == 0 for k in range(20))
    assert tried == attempts.FREE
    tried = sum(door.enter("nobody", f"guess {k}", f"10.1.{k}.7").wait_s == 0 for k in range(20))
    assert tried == attempts.FREE, "a name that is nobody's is answered alike"


def test_a_crowd_at_the_door_has_its_passwords_tried_one_at_a_time(door, monkeypatch):
    """Each takes 64 MB."""
    inside, most = [], []

    def fits(kept, password):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.02)
        inside.pop()
        return False, None

    monkeypatch.setattr(sign_in.passwords, "fits", fits)
    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(lambda k: door.enter(f"name {k}", "guess", f"10.2.0.{k}"), range(6)))
    assert most == [1] * 6


def test_a_tablet_comes_in_by_a_code_once(door, store, clock):
    bob = door.person(door.enter("bob", GOOD, HERE).token)
    code, until = door.new_code(bob)
    assert until == clock.now + CODE_LASTS
    assert door.enter_by_code("00000000" if code != "00000000" else "1" * 8, HERE).token == ""
    token = door.enter_by_code(f" {code[:4]} {code[4:]} ", HERE, "Tablet").token
    tablet = door.person(token)
    assert (tablet.who, tablet.role, tablet.staff_id) == ("tablet", "tablet", None)
    assert tablet.may("tablet")
    assert not tablet.may("staff")
    assert door.enter_by_code(code, HERE).token == "", "it holds once"
    assert door.tablets() == 1
    clock.now += LONGEST_STAY - timedelta(seconds=1)
    assert door.person(token) is not None, "it stays by the treadmill all day"
    clock.now += timedelta(seconds=1)
    assert door.person(token) is None
    assert said(store)[-2:] == ["code_shown", "tablet_let_in"]


def test_a_code_does_not_hold_for_long(door, clock):
    code, _ = door.new_code(STORE)
    clock.now += CODE_LASTS
    assert door.enter_by_code(code, HERE).token == ""


def test_guesses_at_a_code_wait(door):
    tried = sum(door.enter_by_code(f"{k:08}", f"10.0.{k}.9").wait_s == 0 for k in range(100))
    assert tried == attempts.FREE_IN_ALL


def test_all_tablets_can_be_sent_out(door):
    token = door.enter_by_code(door.new_code(STORE)[0], HERE).token
    staff_token = door.enter("eva", GOOD, HERE).token
    door.end_tablets(STORE)
    assert door.person(token) is None
    assert door.person(staff_token) is not None


def test_what_is_kept_of_a_code_and_a_token_is_a_checksum(door, store):
    code, _ = door.new_code(STORE)
    assert code.encode() not in open_rows(store)


def test_a_store_whose_provider_says_who_it_is(door, store):
    with store.writing() as at:
        accounts.add(at, "command", "ann", "staff", None, subject="https://id.example|7")
    assert door.person(door.enter_as("https://id.example|7").token).name == "ann"
    assert door.enter_as("https://id.example|8").token == ""
    assert door.enter("ann", "", HERE).token == "", "an account without a password has none"


def test_a_hash_of_an_older_kind_is_made_anew(door, store, monkeypatch):
    monkeypatch.setattr(sign_in.passwords, "fits", lambda kept, password: (True, "$newer"))
    door.enter("eva", GOOD, HERE)
    with store.reading() as at:
        assert staff.hash_of(at, accounts.of_name(at, "eva").id) == "$newer"


def test_a_stay_that_cannot_be_written_down_is_still_one(door, store, clock, monkeypatch):
    token = door.enter("eva", GOOD, HERE).token
    clock.now += timedelta(minutes=5)

    def full(*_):
        raise GaitError("records_locked")

    monkeypatch.setattr(sessions, "go_on", full)
    assert door.person(token) is not None
