"""The store's PIN: what is kept of it, how guesses are slowed, how long a stay lasts."""

import pytest

from gait.errors import GaitError
from gait.services import pin
from gait.services.pin import Entrance

KEPT = pin.hashed("483 920")


class Clock:
    """Stands still until a test moves it on."""

    now = 0.0

    def __call__(self):
        """The time, s."""
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_hash_tells_the_pin_from_others_and_holds_none_of_it():
    assert pin.fits(KEPT, "483 920")
    assert not pin.fits(KEPT, "483920")
    assert not pin.fits(KEPT, "")
    assert "483" not in KEPT.replace(KEPT.split("$")[4], "").replace(KEPT.split("$")[5], "")
    assert pin.hashed("483 920") != KEPT, "each hash has a salt of its own"


@pytest.mark.parametrize("text", ["", "12345", "x" * 65, " 123456", "123456\n", "12345\x00"])
def test_a_pin_that_is_too_short_is_refused(text):
    with pytest.raises(GaitError):
        pin.hashed(text)


@pytest.mark.parametrize(
    "kept", ["", "483920", "scrypt$1$8$1$00$00", KEPT[:-2], KEPT.replace("scrypt", "plain"), KEPT + "$"]
)
def test_a_file_that_holds_no_hash_is_no_pin(kept):
    with pytest.raises(GaitError):
        Entrance(kept)


def test_a_stay_begins_with_the_pin_and_ends_by_itself_or_by_leaving(clock):
    entrance = Entrance(KEPT, clock)
    assert entrance.enter("000000", "10.0.0.5") == ("", 0.0)
    token, other = (entrance.enter("483 920", "10.0.0.5")[0] for _ in range(2))
    assert token
    assert token != other
    assert entrance.inside(token)
    assert not entrance.inside(token[:-1])
    assert not entrance.inside("")
    assert not entrance.inside(None)
    entrance.leave(other)
    assert not entrance.inside(other)
    clock.now += pin.STAY_S
    assert not entrance.inside(token)
