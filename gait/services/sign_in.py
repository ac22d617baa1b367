"""Who comes in: staff with a name and a password, tablets with a code that is shown on the store's screen.

A browser that was let in holds a token of 256 random bits; the records hold its SHA-256, so that a copy of them lets nobody in.
It is looked up at each request, so whoever is disabled or signed out is out at once, on every computer of the store.
"""

import hashlib
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from gait.errors import GaitError
from gait.records import audit, sessions, staff
from gait.records.ids import now
from gait.records.values import StaffSession
from gait.services import passwords
from gait.services.attempts import Attempts
from gait.services.store_records import StoreRecords

Need = Literal["nobody", "tablet", "staff", "manager"]
"""What something is for: whoever comes, a tablet that records, everybody who works here, managers. Each may do what stands before."""
NEEDS: tuple[Need, ...] = get_args(Need)

LONGEST_STAY = timedelta(hours=12)
"""A day in the store; then everybody signs in anew."""
IDLE = timedelta(hours=1)
"""A screen that nobody touches for so long asks again. A tablet stands by the treadmill all day and shows nobody's data: it stays."""
NOTED = timedelta(minutes=1)
"""So often is written down that somebody is at it."""
CODE_LASTS = timedelta(minutes=5)
CODE_DIGITS = 8
"""With the waits of `Attempts`, some forty guesses in five minutes: the chance to hit one code is 4 in ten million."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Person:
    """Who asks for something."""

    who: str
    """As the audit log names them: an id, `tablet`, or `app` where nobody signs in."""
    role: Literal["tablet", "staff", "manager"]
    name: str = ""
    """As the screen names them; empty where nobody signs in."""
    staff_id: str | None = None

    def may(self, need: Need) -> bool:
        """Whether that is for them."""
        return NEEDS.index(self.role) >= NEEDS.index(need)


STORE = Person("app", "manager")
"""Whoever sits at a computer that nobody else can reach: nobody signs in there."""


@dataclass(frozen=True)
class Entered:
    """What became of an attempt to come in."""

    token: str = ""
    """What the browser holds from now on; empty: not let in."""
    wait_s: float = 0.0
    """There were too many attempts: nothing was tried, and nothing is before this."""


class SignIn:
    """Who may come in, who is in, and who guesses. Any thread may call it. All of it raises GaitError when the records do not answer."""

    def __init__(self, records: StoreRecords, clock: Callable[[], datetime] = now) -> None:
        """`clock` gives the moment, with its zone."""
        self._records, self._clock = records, clock
        self._addresses, self._names, self._codes = Attempts(), Attempts(), Attempts()
        self._one_password_at_a_time = threading.Lock()

    def enter(self, username: str, password: str, address: str) -> Entered:
        """Name and password, from that address."""
        if wait_s := self._addresses.take(address):
            return Entered(wait_s=wait_s)
        with self._records.reading() as at:
            member = staff.called(at, username)
            kept = staff.hash_of(at, member.id) if member else None
        # Each name waits too, whatever addresses its password is guessed from. One that is nobody's counts alike.
        name = member.id if member else username[:64]
        if wait_s := self._names.take(name):
            return Entered(wait_s=wait_s)
        with self._one_password_at_a_time:
            good, renewed = passwords.fits(kept, password)
        if not good or member is None or member.disabled is not None:
            with self._records.writing() as at:
                audit.note(at, "nobody", "sign_in_failed", "staff", member.id if member else "")
            return Entered()
        self._addresses.right(address)
        self._names.right(name)
        return Entered(self._begin(member.id, renewed))

    def enter_as(self, subject: str) -> Entered:
        """The store's identity provider says that it is them."""
        with self._records.reading() as at:
            member = staff.of_subject(at, subject)
        return Entered() if member is None or member.disabled is not None else Entered(self._begin(member.id))

    def enter_by_code(self, code: str, address: str, device: str = "") -> Entered:
        """A tablet, by the code that the store's screen shows. It holds once."""
        if wait_s := self._codes.take(address):
            return Entered(wait_s=wait_s)
        digits = "".join(letter for letter in code if letter.isdigit())
        token, moment = secrets.token_urlsafe(32), self._clock()
        with self._records.writing() as at:
            if not sessions.use_code(at, _key(digits), moment):
                return Entered()
            sessions.begin(at, _key(token), None, moment, moment + LONGEST_STAY, device[:80])
            audit.note(at, "tablet", "tablet_let_in")
        self._codes.right(address)
        return Entered(token)

    def new_code(self, person: Person) -> tuple[str, datetime]:
        """A code for one tablet, and until when it holds."""
        moment = self._clock()
        expires = moment + CODE_LASTS
        with self._records.writing() as at:
            sessions.tidy(at, moment)
            code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
            while not sessions.put_code(at, _key(code), person.staff_id, moment, expires):
                code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
            audit.note(at, person.who, "code_shown")
        return code, expires

    def is_over(self, moment: datetime) -> bool:
        """Whether that moment has come."""
        return self._clock() >= moment

    def person(self, token: str | None, busy: bool = True) -> Person | None:
        """Who holds that token; None when nobody does any more. `busy`: a person asks, and not a page by itself."""
        if not token:
            return None
        moment = self._clock()
        with self._records.reading() as at:
            found = sessions.get(at, _key(token), moment)
        if found is None:
            return None
        if busy and moment - found.seen >= NOTED:
            self._noted(token, found, moment)
        if found.staff is None:
            return Person("tablet", "tablet", found.device)
        return Person(found.staff.id, found.staff.role, found.staff.name or found.staff.username, found.staff.id)

    def leave(self, token: str | None) -> None:
        """That token opens nothing any more."""
        if not token:
            return
        with self._records.writing() as at:
            found = sessions.get(at, _key(token), self._clock())
            sessions.end(at, _key(token))
            if found is not None:
                audit.note(at, found.staff.id if found.staff else "tablet", "signed_out")

    def tablets(self) -> int:
        """How many tablets are let in."""
        with self._records.reading() as at:
            return sessions.tablets(at, self._clock())

    def end_tablets(self, person: Person) -> None:
        """No tablet is in any more."""
        with self._records.writing() as at:
            audit.note(at, person.who, "tablets_out", detail=str(sessions.end_tablets(at)))

    def _begin(self, staff_id: str, renewed: str | None = None) -> str:
        token, moment = secrets.token_urlsafe(32), self._clock()
        with self._records.writing() as at:
            sessions.tidy(at, moment)
            if renewed is not None:
                staff.set_hash(at, staff_id, renewed)
            sessions.begin(at, _key(token), staff_id, moment, moment + IDLE)
            audit.note(at, staff_id, "signed_in", "staff", staff_id)
        return token

    def _noted(self, token: str, found: StaffSession, moment: datetime) -> None:
        """Somebody is at it. Where that cannot be written the stay ends sooner, and nothing else."""
        stays = LONGEST_STAY if found.staff is None else IDLE
        try:
            with self._records.writing() as at:
                sessions.go_on(at, _key(token), moment, min(found.created + LONGEST_STAY, moment + stays))
        except GaitError as error:
            log.warning("a stay could not be made longer: %s", error.code)


def _key(token: str) -> str:
    """What is kept of a token or a code."""
    return hashlib.sha256(token.encode()).hexdigest()
