"""The dot pairs a leg wears, as seen standing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gait.geometry import tilt_deg
from gait.model import Floats
from gait.rearfoot.frame import CALF_HALF_WIDTH, UNITS, HeelPicture, expected_heel
from gait.rearfoot.markers import Dot, find_pair

Pair = tuple[Dot, Dot]
"""Lower and upper dot."""
OFF_AXIS = 0.10
"""Leg lengths a dot may be off the ankle-knee line: half a calf."""


@dataclass(frozen=True, eq=False)
class Marks:
    """The dots a leg wears, as seen standing."""

    heel: Pair | None
    calf: Pair | None
    heel_tilt_deg: float
    calf_tilt_deg: float
    """Clockwise tilt of each pair's line in the standing picture; NaN without the pair."""


def find_marks(heels: Sequence[HeelPicture], calves: Sequence[HeelPicture]) -> Marks:
    """Find the heel's and the calf's pair of dots in the medians of quiet standing.

    Args:
        heels: at least one, all cut at the same place.
        calves: likewise, from `cut_calf`.

    Returns:
        Pairs that were not found are None and their tilts NaN.
    """
    heel_patch = np.median([p.patch() for p in heels], axis=0).astype(np.float32)
    calf_patch = np.median([p.patch() for p in calves], axis=0).astype(np.float32)
    heel = find_pair(heel_patch, expected_heel(heels[0])[0], OFF_AXIS * UNITS)
    calf = find_pair(calf_patch, CALF_HALF_WIDTH * UNITS, OFF_AXIS * UNITS)
    nan = float("nan")
    return Marks(
        heel,
        calf,
        float(pair_line(heel, heels[0])[1]) if heel else nan,
        float(pair_line(calf, calves[0])[1]) if calf else nan,
    )


def pair_line(pair: Pair, picture: HeelPicture) -> tuple[Floats, float]:
    """((2, 2) lower and upper dot in the picture, clockwise tilt in degrees of the line through them)."""
    ends = np.array([picture.to_picture @ np.append(dot.xy, 1.0) for dot in pair])
    return ends, float(tilt_deg(ends[1] - ends[0]))
