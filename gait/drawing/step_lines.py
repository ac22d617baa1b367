"""One step's course for the charts, from the few frames of it that were measured."""

import numpy as np

from gait.model import Floats

SPACING_PCT = 2.5
"""Between the points of a line."""


def step_line(pct: Floats, angle_deg: Floats, mean_pct: Floats, mean_deg: Floats) -> tuple[Floats, Floats]:
    """(% of stance, degrees) of a smooth line through the step's measured frames, from the first to the last of them.

    Of a long run four frames a step are measured; joined by straight lines they would cut the curve's top off. The line is the
    foot's mean curve, moved by how the step's frames lie above or below it: as `gait.strides` reads a step. Without a mean
    curve the frames are joined straight.

    Args:
        pct: (n,) ascending.
        angle_deg: (n,) finite.
        mean_pct: (m,) ascending, of the mean curve.
        mean_deg: (m,) finite.
    """
    if not len(pct) or not len(mean_pct):
        return pct, angle_deg
    grid = np.arange(np.ceil(pct[0] / SPACING_PCT), np.floor(pct[-1] / SPACING_PCT) + 1) * SPACING_PCT
    x = np.unique(np.concatenate([pct, grid]))
    above = angle_deg - np.interp(pct, mean_pct, mean_deg)
    return x, np.interp(x, mean_pct, mean_deg) + np.interp(x, pct, above)


def through_peak(pct: Floats, angle_deg: Floats, peak_deg: float, at_pct: float) -> Floats:
    """A foot's mean curve as it is drawn: moved to go through the mean peak that is said, by less towards foot strike.

    The curve as measured trusts frames far from it less, while the mean peak counts every step once. They part where a person has
    put steps right, by two degrees after four of 26; a marker beside its curve would leave open which of the two holds.

    Args:
        pct: (n,) ascending, % of stance.
        angle_deg: (n,) finite.
        peak_deg: The foot's mean peak.
        at_pct: Where in stance it lies.
    """
    if not len(pct):
        return angle_deg
    moved = peak_deg - float(np.interp(at_pct, pct, angle_deg))
    return angle_deg + np.interp(pct, [0.0, max(at_pct, 1.0)], [0.0, moved])
