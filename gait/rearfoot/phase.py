"""Strides on a treadmill repeat: what the other steps show at the same phase of stance, and what cannot belong to it."""

import numpy as np

from gait.model import Bools, Floats

SEED_PCT = 30.0
"""Where a stance's search begins: the foot is flat, slow and bare of the other leg."""
FOOT_FLAT_PCT = (12.0, 55.0)
"""Foot flat: the counter is seen as when standing, so what does not look alike does not belong to it."""
OUTSTANDING_DEG = 2.5
"""A frame this far from the other steps at its phase is read again, starting from theirs (steps scatter by 1.2 degrees, RBDS)."""
MIN_POOLED = 8
FASTEST_DEG_PER_PCT = 1.8
"""The fastest a foot's mean course rolls in, degrees per % of stance: RBDS, the steepest of 96 feet (9 of 10 stay below 1.4)."""


def flat_foot(pct: Floats) -> Bools:
    """(m,) whether the foot is flat at that phase of stance, (m,) %: `FOOT_FLAT_PCT`, both ends among it."""
    return np.asarray((pct >= FOOT_FLAT_PCT[0]) & (pct <= FOOT_FLAT_PCT[1]))


def median_at_phase(pct: Floats, values: Floats, read: Bools) -> Floats:
    """The median of all steps at each frame's phase.

    Args:
        pct: (m,) phase of stance.
        values: (m, ...); the median is taken of each column by itself.
        read: (m,) which values count; those must not be NaN.

    Returns:
        (m, ...) median of the values within 5 % of stance, the frame's own among them; NaN with fewer than 3.
    """
    out = np.full(values.shape, np.nan)
    rows = np.flatnonzero(read)
    rows = rows[np.argsort(pct[rows], kind="stable")]
    low = np.searchsorted(pct[rows], pct - 5, side="right")
    high = np.searchsorted(pct[rows], pct + 5, side="left")
    ordered = values[rows]
    for k in np.flatnonzero(high - low >= 3):
        near = np.sort(ordered[low[k] : high[k]], axis=0)  # np.median takes eight times as long for so few
        out[k] = (near[(len(near) - 1) // 2] + near[len(near) // 2]) / 2
    return out


def as_usual(pct: Floats, values: Floats, read: Bools) -> Bools:
    """Which frames lie within 4 robust SD (at least 4 degrees) of the median at their phase: strides on a treadmill repeat.

    Args:
        pct: (m,) phase of stance.
        values: (m,) degrees; a NaN is never as usual.
        read: (m,) which values count.
    """
    middle = median_at_phase(pct, values, read)
    off = np.abs(values - middle)
    spread = np.maximum(1.0, 1.48 * median_at_phase(pct, off, read & np.isfinite(off)))
    return np.asarray(off < 4 * spread)


def joined_to_mid_stance(pct: Floats, angle: Floats, good: Bools) -> Bools:
    """Which good frames are joined to mid-stance by a curve that a heel can follow.

    Beyond a leap the fits of all steps are of something else, all alike. The medians of bins of 5 % are compared, outwards from
    `SEED_PCT`. A leap is a change faster than `FASTEST_DEG_PER_PCT`, or a fall of more than 2 degrees from foot strike towards 20 %.

    A step begins where the camera's frames happen to fall, so frames of neighbouring bins may lie up to two bins apart.

    Args:
        pct: (m,) phase of stance.
        angle: (m,) degrees, eversion positive.
        good: (m,) which count; those must not be NaN.
    """
    out = good.copy()
    for direction in (1, -1):
        last: float | None = None
        last_pct = 0.0
        for i in range(16):
            low = SEED_PCT + direction * 5 * i - 2.5
            here = good & (pct >= low) & (pct < low + 5)
            if not here.any():
                continue
            now, now_pct = float(np.median(angle[here])), float(np.median(pct[here]))
            leap = last is not None and abs(now - last) > FASTEST_DEG_PER_PCT * max(5.0, abs(now_pct - last_pct)) + 1
            # before the peak a heel only rolls in: one that lies higher nearer to foot strike is something else
            falling = last is not None and direction < 0 and low < 20 and now > last + 2
            if leap or falling:
                out &= pct < low if direction > 0 else pct >= low + 5
                break
            last, last_pct = now, now_pct
    return out
