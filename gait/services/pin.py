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

from gait.errors import GaitError
from gait.services.attempts import Attempts

SHORTEST, LONGEST = 6, 64
"""Characters. A million PINs of six digits, at the rate below, take a year."""
_N, _R, _P = 2**15, 8, 1
"""What OWASP's password storage cheat sheet gives as one of its equal choices for scrypt, at 32 MB and 0.1 s a guess."""
STAY_S = 12 * 3600.0
"""A day in the store."""
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
