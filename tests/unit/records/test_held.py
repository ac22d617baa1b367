"""Where copies lie: rows that several clocks change at once. SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor, TimeoutError
from contextlib import suppress

from gait.records import held
from gait.records.held import STORE, Held

ONE, TWO = "results/one", "results/two"


def test_two_that_lock_the_same_copies_do_not_wait_for_each_other(records):
    """A clock has a computer's copy and asks for the store's, while both are let go; the store's is the older row."""
    with records.writing() as at:
        for name in (TWO, ONE):
            held.note(at, Held(name, STORE, "d"))
            held.note(at, Held(name, "here", "d"))

    def let_go():
        with records.writing() as at:
            held.let_go(at, [TWO, ONE])

    with ThreadPoolExecutor(1) as pool:
        with records.writing() as at:
            assert held.get(at, ONE, "here", locked=True) is not None
            waits = pool.submit(let_go)
            with suppress(TimeoutError):
                waits.result(0.5)
            assert held.get(at, ONE, STORE, locked=True) is not None
            assert held.get(at, TWO, "here", locked=True) is not None
        waits.result(20)
    with records.reading() as at:
        assert held.how_many_go(at) == 4
