"""What is set by name, by several programs at once. SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor, TimeoutError
from contextlib import suppress

from gait.records import settings


def test_of_two_that_set_the_first_value_at_once_both_get_the_first(records):
    def second():
        with records.writing() as at:
            return settings.first(at, "store", "theirs")

    with ThreadPoolExecutor(1) as pool:
        with records.writing() as at:
            assert settings.first(at, "store", "ours") == "ours"
            waits = pool.submit(second)
            with suppress(TimeoutError):
                waits.result(0.3)  # it has looked, found nothing yet, and waits for the end of this transaction
            assert not waits.done()
        assert waits.result(20) == "ours"
    with records.reading() as at:
        assert settings.read(at, "store") == "ours"


def test_of_two_that_write_at_once_the_later_one_stands_and_neither_fails(records):
    def second():
        with records.writing() as at:
            settings.write(at, "evening", 21)

    with ThreadPoolExecutor(1) as pool:
        with records.writing() as at:
            settings.write(at, "evening", 20)
            waits = pool.submit(second)
            with suppress(TimeoutError):
                waits.result(0.3)
        waits.result(20)
    with records.reading() as at:
        assert settings.read(at, "evening") == 21
