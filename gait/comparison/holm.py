"""Many figures judged at once: Holm's method (1979)."""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

LEVEL = 0.05
"""The chance that any figure of a group is called real although nothing has changed."""


def critical_levels(p: Sequence[float], level: float = LEVEL) -> list[float]:
    """The level that each p value was held against, step down; the same for all after the first that fails.

    Args:
        p: One of each figure of the group, 0-1.
        level: Of the whole group.

    Returns:
        In the order of `p`. A figure is real where its p value is at most its level.

    Example:
        Three figures: the least is held against a third, the next against a half. That fails, and so does the last.

        >>> critical_levels([0.03, 0.01, 0.04], level=0.05)
        [0.025, 0.016666666666666666, 0.025]
    """
    out = [0.0] * len(p)
    held = level / max(1, len(p))
    going = True
    for rank, i in enumerate(np.argsort(p, kind="stable").tolist()):
        if going:
            held = level / (len(p) - rank)
            going = p[i] <= held
        out[i] = held
    return out


def two_sided(difference: float, sd: float, freedom: float) -> float:
    """The p value of a difference whose error has this SD; 1 for none at all, 0 for one without any error.

    Example:
        >>> round(two_sided(1.96, 1.0, float("inf")), 3)
        0.05
    """
    if difference == 0:
        return 1.0
    if sd == 0:
        return 0.0
    beyond = -abs(difference) / sd
    return float(2 * (ndtr(beyond) if np.isinf(freedom) else stdtr(freedom, beyond)))


def half_width(sd: float, freedom: float, level: float = LEVEL) -> float:
    """How far such an error reaches with the probability 1 - level, either way."""
    # Not scipy.stats, whose loading takes longer than everything else in a comparison.
    far = ndtri(1 - level / 2) if np.isinf(freedom) else stdtrit(freedom, 1 - level / 2)
    return float(far) * sd
