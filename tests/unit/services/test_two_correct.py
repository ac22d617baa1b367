"""One result corrected on two computers of a store: the second is refused in words at once, or builds on the first. Nothing is lost silently."""

import threading
from dataclasses import replace

import pytest

from gait.errors import GaitError
from gait.records import held
from gait.records.held import STORE
from gait.results.folder import ResultFolder
from gait.services import details
from gait.services.depot import Behind
from gait.services.object_store import ObjectStore
from gait.words import whole
from tests.builders.shop import ANNA, computer, in_store
from tests.unit.services.test_computers import unseen


def put_right(where, name: str, seen: int | None = None, **typed: object) -> ResultFolder:
    """As the result's page does it, on that computer."""
    folder = where.result(name)
    new = replace(ResultFolder(folder).result.details, **typed)
    return details.put_right(folder, new, seen, lambda: where.depot.begin_change(name))


def refused(where, name: str, **typed: object) -> str:
    before = ResultFolder(where.result(name)).result
    with pytest.raises(GaitError) as told:
        put_right(where, name, before.version, **typed)
    assert ResultFolder(where.result(name)).result == before
    assert whole(told.value)
    return told.value.code


@pytest.fixture
def one(shop, records, url):
    """The first computer, with no PDF in the way."""
    (shop.reports / ANNA.partition("/")[2] / "report.pdf").unlink()
    first = computer(records, shop.reports.parent, "one", url)
    first.depot.tick()
    return first


@pytest.fixture
def two(other, one):
    other.depot.bring(ANNA)
    return other


def told(where) -> tuple[str, str]:
    said = ResultFolder(where.result(ANNA)).result.details
    return said.runner, said.shoe_worn


def test_the_second_is_refused_at_once_and_follows_a_moment_later(one, two):
    put_right(one, ANNA, runner="Anna of one")
    assert refused(two, ANNA, shoe_worn="shoe of two") == "changed_elsewhere"
    one.depot.tick()
    assert refused(two, ANNA, shoe_worn="shoe of two") == "changed_meanwhile"  # it looked at the version before
    two.depot.bring(ANNA)  # its page opens it again
    put_right(two, ANNA, shoe_worn="shoe of two")
    two.depot.tick()
    one.depot.tick()
    assert told(one) == told(two) == ("Anna of one", "shoe of two")
    assert (one.depot.behind(), two.depot.behind()) == (Behind(0, 0), Behind(0, 0))


def test_several_corrections_on_one_computer_wait_for_nothing(one, two):
    for number in range(3):
        put_right(one, ANNA, runner=f"name {number}")
    one.depot.tick()
    two.depot.tick()
    assert told(two)[0] == "name 2"


def test_one_that_begins_while_an_earlier_version_is_put_keeps_the_other_out(one, two, monkeypatch):
    put_right(one, ANNA, runner="first")
    done = []

    def put(self, key, content, real=ObjectStore.put):
        real(self, key, content)
        if key.endswith("analysis.json") and not done:
            done.append(key)
            put_right(one, ANNA, runner="second")

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "put", put)
        one.depot.put(ANNA)
    assert done
    two.depot.bring(ANNA)
    assert told(two)[0] == "first"
    assert refused(two, ANNA, runner="of two") == "changed_elsewhere"
    one.depot.tick()
    two.depot.bring(ANNA)
    assert told(two)[0] == "second"
    put_right(two, ANNA, runner="of two")


def test_a_correction_that_fails_or_is_killed_lets_it_loose_again(one, two):
    one.depot.begin_change(ANNA)  # and the program ends here
    assert refused(two, ANNA, runner="of two") == "changed_elsewhere"
    one.depot.tick()
    put_right(two, ANNA, runner="of two")
    two.depot.tick()
    one.depot.tick()
    assert told(one)[0] == "of two"


def test_while_the_store_is_away_the_first_stands_and_the_second_is_told_so(one, two, line):
    line.cut()
    put_right(one, ANNA, runner="of one")
    one.depot.tick()
    assert refused(two, ANNA, runner="of two") == "changed_elsewhere"
    line.mend()
    two.depot.tick()
    assert refused(two, ANNA, runner="of two") == "changed_elsewhere"
    one.depot.tick()
    two.depot.tick()
    assert told(two)[0] == "of one"
    put_right(two, ANNA, runner="of two")


def test_a_computer_that_died_with_its_correction_is_given_up_and_the_other_goes_on(one, two):
    one.depot.tick()
    put_right(one, ANNA, runner="of one")
    unseen(one.records, "one")
    two.depot.tick()
    assert refused(two, ANNA, runner="of two") == "changed_elsewhere"
    two.depot.give_up("one", "command")
    put_right(two, ANNA, runner="of two")
    two.depot.tick()
    one.depot.tick()  # it comes back
    one.depot.tick()
    assert told(one)[0] == told(two)[0] == "of two"


def test_of_two_at_the_same_moment_exactly_one_is_let_in(one, two):
    start, said = threading.Barrier(2), []

    def begin(where):
        start.wait()
        try:
            where.depot.begin_change(ANNA)
            said.append("in")
        except GaitError as error:
            said.append(error.code)

    both = [threading.Thread(target=begin, args=(where,)) for where in (one, two)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(said) == ["changed_elsewhere", "in"]


def test_a_result_that_is_being_deleted_is_not_corrected(one, two):
    one.depot.let_go([ANNA])
    assert refused(two, ANNA, runner="of two") == "changed_meanwhile"
    one.depot.tick()
    two.depot.tick()
    assert not two.result(ANNA).exists()
    assert one.depot.store.keys(ANNA) == []


def test_a_result_that_no_other_computer_can_have_is_corrected_at_once(shop, one, two):
    with one.records.writing() as at:
        held.gone(at, ANNA, STORE)
    put_right(one, ANNA, runner="of one")
    one.depot.tick()
    assert in_store(shop, ANNA) != []


def test_without_a_store_nobody_is_asked(tmp_path):
    from gait.services.depot import Depot

    nobody = Depot(lambda: pytest.fail("asked"), tmp_path, tmp_path, lambda: pytest.fail("asked"), None)
    nobody.begin_change(ANNA)
