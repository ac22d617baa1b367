"""Passwords of staff: hashed with Argon2 by pwdlib, and nothing of them kept but the hash."""

import unicodedata

from pwdlib import PasswordHash

from gait.errors import GaitError

SHORTEST, LONGEST = 10, 128
"""Characters. No rule of signs and digits: NIST SP 800-63B finds that length helps and such rules do not."""


def hashed(password: str, username: str = "") -> str:
    """What may be kept of a password. Raises GaitError for one that is too short, too long, or the name itself."""
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST or not plain.isprintable() or plain.casefold() == username.casefold():
        raise GaitError("bad_password", least=SHORTEST, most=LONGEST)
    return PasswordHash.recommended().hash(plain)


def fits(kept: str | None, password: str) -> tuple[bool, str | None]:
    """Whether it is the password, and a hash to keep from now on where today's is made otherwise.

    None is nobody's, and takes as long: the time tells nobody which names there are. It takes 64 MB: see `gait.services.sign_in`.
    """
    if kept is None:
        PasswordHash.recommended().hash(_plain(password))
        return False, None
    return PasswordHash.recommended().verify_and_update(_plain(password), kept)


def _plain(password: str) -> str:
    """Letters that look alike are one, whatever keyboard they come from; as much as can be a password."""
    return unicodedata.normalize("NFKC", password)[: LONGEST + 1]
