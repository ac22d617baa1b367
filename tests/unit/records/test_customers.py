"""Customers are found by a few letters, renamed, merged and deleted, on both databases."""

import pytest

from gait.errors import GaitError
from gait.records import customers, finding

NAMES = (
    *("Anna Öztürk", "Anna Meier", "Hans Schmidt", "Jürgen Müller", "Łukasz Nowak", "Siobhán O’Neil-Smith"),
    *("Thorsten Großmann", "Hannelore Schmitt", "Zoë Bauer", "Максим Иванов", "Maria da Silva"),
)


@pytest.fixture
def store(records):
    with records.writing() as at:
        for name in NAMES:
            customers.make(at, name)
    return records


def found(store, typed, limit=20):
    with store.reading() as at:
        return [c.name for c in customers.find(at, typed, limit)]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ozt", "Anna Öztürk"),
        ("ÖZTÜRK", "Anna Öztürk"),
        ("luk", "Łukasz Nowak"),
        ("gross", "Thorsten Großmann"),
        ("oneil", "Siobhán O’Neil-Smith"),
        ("neil s", "Siobhán O’Neil-Smith"),
        ("zoe", "Zoë Bauer"),
        ("макс", "Максим Иванов"),
        ("silva maria", "Maria da Silva"),
        ("mul j", "Jürgen Müller"),
    ],
)
def test_the_beginning_of_each_word_is_enough_accents_and_case_aside(store, typed, name):
    assert found(store, typed)[0] == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("hnas", "Hans Schmidt"),  # two letters exchanged
        ("schmdit", "Hans Schmidt"),
        ("schmid", "Hans Schmidt"),
        ("mier", "Anna Meier"),  # one left out
        ("muelle", "Jürgen Müller"),  # one too many
        ("nowack", "Łukasz Nowak"),
        ("grosmann", "Thorsten Großmann"),
        ("tohrsetn", "Thorsten Großmann"),  # two slips in a long word
        ("ana ozturk", "Anna Öztürk"),
        ("siobahn", "Siobhán O’Neil-Smith"),
        ("hna", "Hannelore Schmitt"),  # still typing
    ],
)
def test_a_small_slip_is_forgiven(store, typed, name):
    assert name in found(store, typed)


@pytest.mark.parametrize("typed", ["xyz", "maier kurt", "schmidt jurgen", "hsans anan", "-", "%", "_"])
def test_nobody_is_found_who_is_not_meant(store, typed):
    assert found(store, typed) == []


def test_whole_words_come_before_longer_ones_and_both_before_slips(records):
    with records.writing() as at:
        for name in ("Annabel Bok", "Ana Bok", "Anna Bok", "Hanna Bok"):
            customers.make(at, name)
    assert found(records, "anna") == ["Anna Bok", "Annabel Bok", "Ana Bok", "Hanna Bok"]
    assert found(records, "anna", 2) == ["Anna Bok", "Annabel Bok"]


def test_the_keys_of_a_name_are_those_that_are_written_down():
    assert finding.keys_of("Müller") == {
        *("^muller", "=ellmru", "3lmu", "4llmu"),
        *("% mu", "%mul", "%ull", "%lle", "%ler", "%er "),
    }


@pytest.mark.parametrize(
    ("typed", "words", "slips"),
    [
        ("anna", ["anna"], 0),
        ("anan", ["anna"], 1),
        ("aannn", ["anna"], None),
        ("schm", ["schmidt"], 0),
        ("x", ["y"], None),
        ("meyer", ["meier"], 1),
        ("mayar", ["meier"], None),
        ("schmitz", ["schmidt"], 2),
        ("shcmitz", ["schmidt"], None),
        ("shcmidt", ["schmidt"], 1),
    ],
)
def test_slips_are_counted_by_hand(typed, words, slips):
    assert finding.slips([typed], words) == slips


def test_a_renamed_customer_is_found_by_the_new_name_alone(store):
    with store.writing() as at:
        anna = customers.find(at, "anna meier")[0]
        renamed = customers.rename(at, anna.id, "  Anna   Kowalska ")
        assert (renamed.name, renamed.id, renamed.created) == ("Anna Kowalska", anna.id, anna.created)
    assert found(store, "kowalska") == ["Anna Kowalska"]
    assert "Anna Kowalska" not in found(store, "meier")


@pytest.mark.parametrize("name", ["", "  ", "…", "-"])
def test_a_name_needs_a_letter(store, name):
    with store.writing() as at, pytest.raises(GaitError) as told:
        customers.make(at, name)
    assert told.value.code == "no_name"


def test_a_write_that_fails_leaves_nothing(store):
    with pytest.raises(GaitError), store.writing() as at:
        customers.make(at, "Half Done")
        customers.make(at, "")
    assert found(store, "half done") == []


def test_customers_are_listed_by_the_alphabet_page_by_page(store):
    with store.reading() as at:
        seen, after = [], ""
        while page := customers.listed(at, 4, after):
            assert len(page) <= 4
            seen += page
            after = customers.sort_name(page[-1])
        assert customers.count(at) == len(NAMES)
    assert [c.name for c in seen] == sorted(NAMES, key=finding.plain_letters)


@pytest.mark.parametrize("forged", ["", "0" * 16, "' OR 1=1 --", "../x", "é", "a" * 5000])
def test_a_forged_id_finds_nobody(store, forged):
    with store.reading() as at, pytest.raises(GaitError) as told:
        customers.get(at, forged)
    assert told.value.code == "no_customer"
