"""Guesses at a password or a code: counted for each address and in all, and the more there were, the longer is waited."""

import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

FREE, FREE_IN_ALL = 5, 30
"""Wrong guesses before the first wait: of one address, and of all together."""
FIRST_WAIT_S, LONGEST_WAIT_S = 15.0, 3600.0
LONGEST_WAIT_IN_ALL_S = 300.0
"""Shorter: one guesser must not keep the store's own people out for long."""
FORGET_S = 24 * 3600.0
MOST_ADDRESSES = 2000


class Attempts:
    """How long each address has to wait. Any thread may call it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: dict[str, tuple[int, float]] = {}
        self._in_all = (0, clock())

    def take(self, address: str) -> float:
        """Begin a guess: 0, and it counts as wrong until `right`; or the seconds to wait, and nothing may be tried."""
        now, key = self._clock(), _network(address)
        with self._lock:
            own, own_s = self._faded(self._wrong.get(key, (0, now)), now)
            every, every_s = self._faded(self._in_all, now)
            left_s = max(
                own_s + _wait_s(own - FREE, LONGEST_WAIT_S) - now,
                every_s + _wait_s(every - FREE_IN_ALL, LONGEST_WAIT_IN_ALL_S) - now,
            )
            if left_s > 0:
                return left_s
            if len(self._wrong) >= MOST_ADDRESSES:
                del self._wrong[min(self._wrong, key=lambda k: self._wrong[k][1])]
            self._wrong[key], self._in_all = (own + 1, now), (every + 1, now)
        return 0.0

    def right(self, address: str) -> None:
        """It was no wrong guess."""
        with self._lock:
            self._wrong.pop(_network(address), None)
            self._in_all = max(0, self._in_all[0] - 1), self._in_all[1]

    def _faded(self, counted: tuple[int, float], now: float) -> tuple[int, float]:
        return counted if now - counted[1] < FORGET_S else (0, now)


def _wait_s(over: int, most_s: float) -> float:
    return 0.0 if over < 0 else min(most_s, FIRST_WAIT_S * 2.0 ** min(over, 20))


def _network(address: str) -> str:
    """One key for a computer: of IPv6 the 64 bits it cannot choose."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or int(found) >> 64)
