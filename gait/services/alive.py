"""A program's sign of life in a folder that several programs share: a lock that the system lets go of with the program.

What a program has there bears its token. Whoever finds something asks whether that program lives, and not how old the file is:
a clock may be wrong.
"""

import secrets
import threading
from contextlib import ExitStack
from pathlib import Path

from gait.errors import GaitError
from gait.results.lock import CannotLockError, held, held_if_free


class Alive:
    """This program's sign of life in `folder`, given when it is first asked for and taken away by `end`, or with the program."""

    def __init__(self, folder: Path) -> None:
        """Nothing is written yet."""
        self._folder, self._token = folder, secrets.token_hex(4)
        self._lock, self._stack, self._begun = threading.Lock(), ExitStack(), False

    def token(self) -> str:
        """What this program marks its own with. Raises GaitError when the folder cannot be written to."""
        with self._lock:
            if not self._begun:
                try:
                    self._stack.enter_context(held(self._sign(self._token)))
                except (CannotLockError, OSError) as error:
                    raise GaitError("cannot_save") from error
                self._begun = True
        return self._token

    def lives(self, token: str) -> bool:
        """Whether the program of that token lives; this one does once it has one."""
        if token == self._token:
            return self._begun
        if not self._sign(token).with_suffix(".lock").exists():
            return False
        with held_if_free(self._sign(token)) as free:
            return not free

    def end(self) -> None:
        """The program ends, or has nothing there any more."""
        with self._lock:
            self._begun = False
            self._stack.close()

    def _sign(self, token: str) -> Path:
        return self._folder / f".{token}"
