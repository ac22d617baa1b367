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


def median_at_phase(pct: Floats, values: Floats, read: Bools) -> Floats:
    """(m, ...) median of the read values of all steps within 5 % of stance; NaN with fewer than 3."""
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
    """Within 4 robust SD (at least 4 degrees) of the median at that phase: strides on a treadmill repeat."""
    middle = median_at_phase(pct, values, read)
    off = np.abs(values - middle)
    spread = np.maximum(1.0, 1.48 * median_at_phase(pct, off, read & np.isfinite(off)))
    return np.asarray(off < 4 * spread)


def joined_to_mid_stance(pct: Floats, angle: Floats, good: Bools) -> Bools:
    """Frames joined to mid-stance by a curve a heel can follow; beyond a leap the fits are of something else, all alike.

    A step begins where the camera's frames happen to fall, so frames of neighbouring bins may lie up to two bins apart.
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
