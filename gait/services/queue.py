"""Whose turn it is: analyses wait in the order in which they were asked for, one is at work.

The order lives in this program's memory and ends with it. This is its one door: what keeps it longer takes this class's place.
"""

import threading

from gait.errors import GaitError

MOST_WAITING = 20
"""Half an hour of customers; beyond it somebody presses a button again and again."""


class Queue:
    """Names in the order of their turn. Any thread may call it."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._names: list[str] = []
        self._changed = threading.Condition()

    def enter(self, name: str) -> None:
        """Stand at the end. Raises GaitError when too many wait."""
        with self._changed:
            if len(self._names) > MOST_WAITING:
                raise GaitError("busy", waiting=MOST_WAITING)
            self._names.append(name)

    def leave(self, name: str) -> None:
        """The turn is over, or given up; nothing when it was."""
        with self._changed:
            if name in self._names:
                self._names.remove(name)
                self._changed.notify_all()

    def place(self, name: str) -> int | None:
        """0: its turn; 1: next; None: it does not stand here."""
        with self._changed:
            return self._names.index(name) if name in self._names else None

    def waiting(self) -> int:
        """How many stand here, the one whose turn it is among them."""
        with self._changed:
            return len(self._names)

    def await_turn(self, name: str, timeout_s: float) -> bool:
        """Wait for the turn; whether it has come."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._names) and self._names[0] == name, timeout_s)
