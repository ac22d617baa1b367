"""What the records say, as values. Times are moments with a zone; None where nothing is known or it has not happened yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

Purpose = Literal["analyse", "keep_video", "keep_numbers", "contact"]
"""What a customer can agree to, each by itself."""
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
VisitState = Literal["open", "finished"]
JobState = Literal["waiting", "running", "picturing", "drawing", "done", "failed", "cancelled"]
"""Of an analysis: see `gait.services.jobs`."""
Role = Literal["staff", "manager"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Customer:
    """A person who came, or comes, to the store."""

    id: str
    name: str
    created: datetime
    contact: str = ""
    """As the customer gave it, a telephone number or an address; empty where they did not."""
    merged_into: str | None = None
    """The entry that has taken this one's visits; None: this is the entry."""
    visits: int = 0
    last_visit: datetime | None = None


@dataclass(frozen=True)
class LabelSummary:
    """What lists say of a result, as its folder said when it was attached or corrected."""

    refused: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    """By "left" and "right"; empty where the clip was refused."""
    peaks_deg: Mapping[str, float] = field(default_factory=dict)
    """Peak eversion from standing by side; a side whose peak is not known is absent."""


@dataclass(frozen=True)
class Run:
    """One clip of a visit: which shoe was worn, and the result once there is one."""

    id: str
    visit_id: str
    position: int
    """1 for the first of the visit."""
    created: datetime
    shoe: str = ""
    """As staff say it: barefoot, the customer's own, or one of the shelf."""
    sku: str = ""
    """Of the shelf; empty for any other shoe."""
    category: str = ""
    """Of the shelf: neutral, stability, motion control."""
    size: float | None = None
    comfort: int | None = None
    """0 to 10, the runner's own word."""
    speed_kmh: float | None = None
    clip: str | None = None
    """The clip's name among the kept files; None where none is kept."""
    standing: str | None = None
    result: str | None = None
    """The name of the result folder; None where there is none (yet)."""
    expected: str | None = None
    """The name of the folder whose result is to come."""
    made: datetime | None = None
    """When the result was made."""
    method: str = ""
    """The version of gait that made it."""
    version: int = 0
    """Of the result that `summary` was read from; 0 where there is none."""
    summary: LabelSummary | None = None
    sealed: bool = False
    """Whether `summary` is left out because the shoes of the visit are still to be rated: nobody is told a label before."""


Scale = Literal["heel", "stability", "forefoot", "flexibility"]
"""The four items of RUN-CAT: heel cushioning, shoe stability, forefoot cushioning, forefoot flexibility."""
SCALES: tuple[Scale, ...] = get_args(Scale)


@dataclass(frozen=True)
class ComfortRating:
    """How one shoe of a visit felt to the runner."""

    run_id: str
    code: str
    """A letter, which says nothing of the shoe: the runner knows it by that alone."""
    position: int
    """Its place in the order that was drawn, 1 for the first."""
    scales_mm: Mapping[Scale, int] = field(default_factory=dict)
    """0 to 100 on each scale, more is more comfortable; empty until it is rated."""
    settled: datetime | None = None
    """When it was rated or skipped; None: it is still asked for."""
    skipped_by: str = ""
    """Who skipped it, as the audit log names them."""

    @property
    def score_mm(self) -> float | None:
        """The mean of the four scales; None where it was not rated."""
        return sum(self.scales_mm.values()) / len(SCALES) if self.scales_mm else None


@dataclass(frozen=True)
class Visit:
    """Somebody comes, runs in one shoe or more, and leaves."""

    id: str
    customer_id: str | None
    """None: a walk-in."""
    state: VisitState
    started: datetime
    finished: datetime | None = None
    device: str = ""
    staff_id: str | None = None
    kept: bool = False
    """A walk-in that somebody keeps: it is not deleted in the evening."""
    rebuilt: bool = False
    """Made again from result folders: what only the database knew is lost, consents too."""
    note: str = ""
    customer: str = ""
    """The customer's name; empty for a walk-in."""
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True)
class ConsentText:
    """What the store asks for one purpose, word for word. It is never changed: other words are another version."""

    id: str
    purpose: Purpose
    version: int
    """1 for the first text of the purpose."""
    text: str
    created: datetime


@dataclass(frozen=True)
class Consent:
    """One tick: somebody agreed to one purpose, by that text."""

    id: str
    visit_id: str
    purpose: Purpose
    given: datetime
    text: ConsentText
    customer_id: str | None = None
    withdrawn: datetime | None = None
    staff_id: str | None = None


@dataclass(frozen=True)
class Purchase:
    """A shoe that was bought, and whether it came back."""

    id: str
    shoe: str
    bought: date
    visit_id: str | None = None
    """None once the customer was deleted: what is left counts shoes by month and names nobody."""
    run_id: str | None = None
    sku: str = ""
    category: str = ""
    size: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """Of the run in that shoe, by side."""
    returned: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class ReturnRate:
    """How often something came back."""

    name: str
    bought: int
    returned: int


@dataclass(frozen=True)
class StaffMember:
    """Somebody who works in the store."""

    id: str
    username: str
    role: Role
    created: datetime
    name: str = ""
    disabled: datetime | None = None


@dataclass(frozen=True)
class StaffSession:
    """A browser that was let in."""

    staff: StaffMember | None
    """None: a tablet, which may record and nothing else."""
    created: datetime
    seen: datetime
    expires: datetime
    """Without anything done until then."""
    device: str = ""


@dataclass(frozen=True)
class AuditEntry:
    """Who saw, changed, exported or deleted what. Ids and codes alone: no personal data."""

    id: int
    at: datetime
    who: str
    """A staff member's id, or `command`, `app`."""
    what: str
    """A code, such as `customer_renamed`."""
    target: str = ""
    """`customer`, `visit`, `run`, ..."""
    target_id: str = ""
    detail: str = ""
    """A code or a number; never a name."""


ReceiptTarget = Literal["customer", "visit", "numbers", "video", "recording", "result"]
"""What was deleted: all of a customer, a whole visit, a visit's results and runs, its films and clips, or a recording or result of no visit.

`numbers` and `video` name the visit, `recording` its folder, which is called by a checksum, and `result` a checksum of its name.
"""


@dataclass(frozen=True)
class DeletedFile:
    """One file of a receipt. Its name is ours, never one that a person gave it."""

    run_id: str
    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Receipt:
    """What was deleted, when, by whom: ids, counts and checksums, and no personal data."""

    id: str
    made: datetime
    who: str
    """A staff member's id, or `command`, `app`, `retention`."""
    target: ReceiptTarget
    target_id: str
    why: str
    """`asked`, or the code of the rule that made it due."""
    finished: datetime | None = None
    """None: under way, or cut short and about to be finished."""
    entries: Mapping[str, int] = field(default_factory=dict)
    """How many of each kind of record went: `customers`, `visits`, `runs`, `consents`; `purchases` stay, without the customer."""
    files: tuple[DeletedFile, ...] = ()
    sha256: str = ""
    """Of all the rest, once it is done: see `gait.records.receipts.document`."""


RuleKind = Literal["video", "numbers", "recording", "result"]


@dataclass(frozen=True)
class Due:
    """Something the store has promised to delete."""

    kind: Literal["video", "numbers", "walk_in", "recording", "result"]
    visit_id: str
    """Of a recording, which is of no visit, its folder's name; of a result of no visit a checksum of its name."""
    customer_id: str | None
    due: datetime
    why: str
    """`rule`, `no_consent`, `unknown_consent`, `withdrawn`, `walk_in` or `no_visit`."""


@dataclass(frozen=True)
class RetentionRun:
    """One run of the retention clock."""

    id: int
    started: datetime
    finished: datetime | None
    """None: cut short."""
    deleted: tuple[Mapping[str, str], ...]
    """`kind`, `visit`, `why` and the `receipt`, of each."""
    fault: str = ""
    """The code of what went wrong."""


@dataclass(frozen=True)
class QueuedJob:
    """An analysis that was asked for."""

    id: str
    """The name of the result folder it fills."""
    place: str
    """Where its clips lie: a program elsewhere cannot do it."""
    state: JobState
    asked: datetime
    run_id: str = ""
    owner: str = ""
    turn_key: str = ""
    """Who asked: the queue goes round between these."""
    started: datetime | None = None
    over: datetime | None = None
    """When its turn was: the next one's began then, its film may still be drawn."""
    ended: datetime | None = None
    attempts: int = 0
    worker: str | None = None
    """The program that has it."""
    heartbeat: datetime | None = None
    """When that program last saw it move."""
    stop: bool = False
    """Somebody cancelled it."""
    request: Mapping[str, Any] = field(default_factory=dict)
    fault: Mapping[str, Any] = field(default_factory=dict)


def plain(value: object) -> object:
    """A value, or several, as JSON has it; moments as ISO 8601 with their zone.

    Example:
        >>> plain({"bought": date(2026, 3, 2), "sizes": (42, 43)})
        {'bought': '2026-03-02', 'sizes': [42, 43]}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
