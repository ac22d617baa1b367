"""How guesses at a password or a code are slowed."""

import pytest

from gait.services import attempts
from gait.services.attempts import Attempts


class Clock:
    """Stands still until a test moves it on."""

    now = 0.0

    def __call__(self):
        """The time, s."""
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_wrong_guesses_of_one_address_wait_longer_and_longer(clock):
    tried = Attempts(clock)
    for _ in range(attempts.FREE):
        assert tried.take("10.0.0.5") == 0
    waits = []
    for _ in range(4):
        waits.append(tried.take("10.0.0.5"))
        clock.now += waits[-1]
        assert tried.take("10.0.0.5") == 0
    assert waits == [15, 30, 60, 120]
    assert tried.take("10.0.0.6") == 0, "others are not held up by one"


def test_guesses_at_once_are_counted_before_they_are_looked_at(clock):
    """A hundred requests side by side must not get a hundred guesses."""
    tried = Attempts(clock)
    assert sum(tried.take("10.0.0.5") == 0 for _ in range(100)) == attempts.FREE


def test_many_addresses_together_are_slowed_too(clock):
    tried = Attempts(clock)
    assert sum(tried.take(f"10.0.{k}.5") == 0 for k in range(200)) == attempts.FREE_IN_ALL
    clock.now += 3600 * 10
    guesses = 0
    for _ in range(24 * 3600):
        clock.now += 1
        guesses += tried.take(f"2001:db8:{guesses:x}::1") == 0
    assert guesses < 400, "a million codes would be tried within years"


def test_ipv6_addresses_of_one_computer_are_one(clock):
    tried = Attempts(clock)
    assert sum(tried.take(f"2001:db8::{k:x}") == 0 for k in range(1, 50)) == attempts.FREE
    assert tried.take("::ffff:10.0.0.5") == 0


def test_the_right_guess_is_not_counted(clock):
    tried = Attempts(clock)
    for _ in range(200):
        assert tried.take("10.0.0.5") == 0
        tried.right("10.0.0.5")
