"""The time of one run in the time of the other: contact meets contact, mid-stance mid-stance and toe-off toe-off, of each foot.

Runners' feet take turns, so one rising course through the events of both feet locks both at once. Between two events the slower run
is told the quicker one's pace.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gait.landmarks import Side
from gait.model import Floats
from gait.results.result import Judged

LONGEST_S = 8.0
"""Shown of the first run: some twelve strides, and drawn in a few seconds."""
LEAD_S = 0.15
"""Shown before the first contact and after the last toe-off."""
STRIDE_S = 1.4
"""Two contacts of one foot further apart than this have others between them that were not seen (a walk's stride)."""


@dataclass(frozen=True)
class Moments:
    """Of one stance, seconds from the first frame."""

    contact_s: float
    toe_off_s: float

    @property
    def mid_stance_s(self) -> float:
        """Half way."""
        return (self.contact_s + self.toe_off_s) / 2

    @property
    def all_s(self) -> tuple[float, float, float]:
        """In order."""
        return self.contact_s, self.mid_stance_s, self.toe_off_s


@dataclass(frozen=True)
class Locked:
    """A step of the one run beside a step of the other."""

    side: Side
    a: Moments
    b: Moments
    film: Moments
    """In the time of the film, which is the first run's less its start."""


def lock_steps(a: Judged, b: Judged, longest_s: float = LONGEST_S) -> tuple[Locked, ...]:
    """The steps of both runs that can be shown at once, in order.

    Args:
        a: The first run.
        b: The second.
        longest_s: Of the first run, from the first contact on.

    Returns:
        Step for step from the first contact of the same foot on, as long as left and right take turns in both without a gap. Empty where
        either has no whole stance.

    Example:
        >>> [round(float(t), 2) for t in other_time(np.array([0.0, 0.1, 0.2]), (Locked(Side.LEFT, Moments(0.0, 0.2), Moments(1.0, 1.4), Moments(0, 0.2)),))]
        [1.0, 1.2, 1.4]
    """
    one, other = _in_turn(a), _in_turn(b)
    if one and other and one[0][0] is not other[0][0]:
        one = one[1:]
    return _beside(one, other, longest_s)


def other_time(times_s: Floats, locked: Sequence[Locked]) -> Floats:
    """When in the second run what the first one shows at `times_s` is seen; before the first and after the last event at its own pace."""
    from_s = np.array([t for step in locked for t in step.a.all_s])
    to_s = np.array([t for step in locked for t in step.b.all_s])
    order = np.argsort(from_s, kind="stable")
    from_s, to_s = from_s[order], np.maximum.accumulate(to_s[order])
    inside = np.interp(times_s, from_s, to_s)
    return np.asarray(inside + np.minimum(0, times_s - from_s[0]) + np.maximum(0, times_s - from_s[-1]))


def _in_turn(judged: Judged) -> list[tuple[Side, Moments]]:
    """The longest stretch of stances in which the feet take turns."""
    ordered = sorted(
        ((side, m) for side, own in judged.events.items() for m in stances(own.foot_strike_s, own.toe_off_s)),
        key=lambda stance: stance[1].contact_s,
    )
    best: list[tuple[Side, Moments]] = []
    going: list[tuple[Side, Moments]] = []
    for side, m in ordered:
        follows = bool(going) and going[-1][0] is not side and m.contact_s - going[-1][1].contact_s < STRIDE_S / 2
        going = [*going, (side, m)] if follows else [(side, m)]
        if len(going) > len(best):
            best = going
    return best


def stances(strikes_s: Sequence[float], offs_s: Sequence[float]) -> list[Moments]:
    """The stances of one foot that have both ends, in order."""
    out = []
    for i, strike in enumerate(strikes_s):
        end = strikes_s[i + 1] if i + 1 < len(strikes_s) else float("inf")
        off = next((t for t in offs_s if strike < t < end), None)
        if off is not None:
            out.append(Moments(strike, off))
    return out


def _beside(
    one: Sequence[tuple[Side, Moments]], other: Sequence[tuple[Side, Moments]], longest_s: float
) -> tuple[Locked, ...]:
    pairs = list(zip(one, other, strict=False))
    if not pairs:
        return ()
    begins = pairs[0][0][1].contact_s
    start = max(0.0, begins - LEAD_S)
    return tuple(
        Locked(side, a, b, Moments(a.contact_s - start, a.toe_off_s - start))
        for (side, a), (_, b) in pairs
        if a.toe_off_s - begins <= longest_s
    )
