"""The store's PIN: who beyond this computer may come in, until people have accounts of their own.

Kept as a scrypt hash. Guesses are counted for each address and in all, and wait longer the more there were. Who is in is kept in
memory: a program that starts anew asks again.
"""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from gait.errors import GaitError

SHORTEST, LONGEST = 6, 64
"""Characters. A million PINs of six digits, at the rate below, take a year."""
_N, _R, _P = 2**15, 8, 1
"""What OWASP's password storage cheat sheet gives as one of its equal choices for scrypt, at 32 MB and 0.1 s a guess."""
STAY_S = 12 * 3600.0
"""A day in the store."""
FREE, FREE_IN_ALL = 5, 30
"""Wrong guesses before the first wait: of one address, and of all together."""
FIRST_WAIT_S, LONGEST_WAIT_S = 15.0, 3600.0
LONGEST_WAIT_IN_ALL_S = 300.0
"""Shorter: one guesser must not keep the store's own people out for long."""
FORGET_S = 24 * 3600.0
MOST_ADDRESSES = 2000
MOST_STAYS = 500


def hashed(pin: str) -> str:
    """What may be kept of a PIN. Raises GaitError when it is too short or too long."""
    if not SHORTEST <= len(pin) <= LONGEST or not pin.isprintable() or pin != pin.strip():
        raise GaitError("bad_pin", least=SHORTEST, most=LONGEST)
    salt = secrets.token_bytes(16)
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${_scrypt(pin, salt).hex()}"


def check_hash(kept: str) -> None:
    """Raise GaitError unless it is one of `hashed`."""
    parts = kept.split("$")
    try:
        good = parts[:4] == ["scrypt", str(_N), str(_R), str(_P)] and [len(bytes.fromhex(p)) for p in parts[4:]] == [
            16,
            32,
        ]
    except ValueError:
        good = False
    if not good:
        raise GaitError("bad_pin", "file")


def fits(kept: str, pin: str) -> bool:
    """Whether it is the PIN; takes the same time whether or not."""
    *_, salt, digest = kept.split("$")
    return hmac.compare_digest(_scrypt(pin[:LONGEST], bytes.fromhex(salt)), bytes.fromhex(digest))


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=256 * _N * _R, dklen=32)


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
        """It was the PIN."""
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


class Entrance:
    """The PIN, who guesses and who is in. Any thread may call it."""

    def __init__(self, kept: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`kept` is what `hashed` made. Raises GaitError when it is not."""
        check_hash(kept)
        self._kept, self._clock = kept, clock
        self._attempts = Attempts(clock)
        self._stays: dict[str, float] = {}
        self._lock = threading.Lock()
        self._one_guess = threading.Lock()

    def enter(self, pin: str, address: str) -> tuple[str, float]:
        """(token, 0) for the PIN, ("", seconds to wait) when there were too many guesses, ("", 0) for a wrong one."""
        if wait_s := self._attempts.take(address):
            return "", wait_s
        with self._one_guess:  # each takes 32 MB
            if not fits(self._kept, pin):
                return "", 0.0
        self._attempts.right(address)
        token = secrets.token_urlsafe(32)
        with self._lock:
            if len(self._stays) >= MOST_STAYS:
                del self._stays[min(self._stays, key=lambda k: self._stays[k])]
            self._stays[_key(token)] = self._clock() + STAY_S
        return token, 0.0

    def inside(self, token: str | None) -> bool:
        """Whether that token was given out, has not expired and has not left."""
        if not token:
            return False
        with self._lock:
            until = self._stays.get(_key(token))
            if until is not None and until <= self._clock():
                del self._stays[_key(token)]
                until = None
        return until is not None

    def leave(self, token: str | None) -> None:
        """That token opens nothing any more."""
        with self._lock:
            self._stays.pop(_key(token or ""), None)


def _key(token: str) -> str:
    """A token is looked up by its checksum, so that the time a look-up takes tells nothing about tokens."""
    return hashlib.sha256(token.encode()).hexdigest()
