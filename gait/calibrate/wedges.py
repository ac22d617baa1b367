"""The page's heels and calves, read by the functions that read a runner's: the leg at 0 degrees is the standing clip, each leg a run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gait import ruler
from gait.calibrate.page import PagePlace
from gait.geometry import tilt_deg
from gait.landmarks import Side
from gait.model import Crop, Floats, Picture
from gait.rearfoot.frame import (
    HEEL_SHARE,
    SHANK_HIGH,
    SHANK_LOW,
    SOLE_BELOW_ANKLE,
    SOLE_BELOW_HEEL,
    LegPoints,
    cut_heel,
    cut_shank,
)
from gait.rearfoot.lines import fit
from gait.rearfoot.readings import Cuts
from gait.rearfoot.reference import Leg, LegReference, own_reference
from gait.rearfoot.windows import average_windows

SIDE = Side.LEFT
"""Whose foot the page shows: a heel that leans clockwise is everted."""
MID_STANCE_PCT = 30.0
"""A leg of the page stands still as a runner's does here."""
LOOKS = 15
"""How often the page is looked at, over all pictures; a photo so often by itself."""
STRAY_PX = 0.5
"""By how much the places of ankle, knee and heel are moved from look to look, as a tracker's stray: what a picture's pixels do to a reading then
differs from one look to the next."""
GOLDEN = (0.7548776662, 0.5698402910)
"""Multiples of these shares fill a square evenly (Roberts 2018, R2)."""


@dataclass(frozen=True, eq=False)
class Look:
    """A picture, and where the page is in it."""

    picture: Picture
    place: PagePlace


def read_wedges(looks: Sequence[Look]) -> tuple[Floats, Floats] | None:
    """What every look reads of every leg.

    Args:
        looks: one or more, of one size.

    Returns:
        (legs, looks) the angle of each heel against its calf, less that of the leg at 0 degrees in the same look, eversion positive, NaN where it was not read;
        and the same that the picture shows by the page's marks. None where the leg at 0 degrees cannot be remembered.
    """
    every = [looks[i % len(looks)] for i in range(max(LOOKS, len(looks)))]
    legs = [_leg(number, every) for number in range(len(ruler.WEDGES_DEG))]
    zero, cuts = legs[ruler.ZERO]
    reference = own_reference(zero, cuts.heels, cuts.strips)
    if not isinstance(reference, LegReference):
        return None
    read = np.full((len(legs), len(every)), np.nan)
    for row, (leg, cuts) in zip(read, legs, strict=True):
        readings = average_windows(fit(leg, cuts, reference, from_standing=True))
        row[readings.read] = readings.angle_deg[readings.read]
    shown = np.array([[shown_deg(number, look.place) for look in every] for number in range(len(legs))])
    # what moves all legs of a picture alike is not the heels'
    return read - read[ruler.ZERO], shown - shown[ruler.ZERO]


def shown_deg(number: int, place: PagePlace) -> float:
    """The angle of a leg's heel against its calf as its picture has it, by the page's marks: what a perfect reading would give."""
    leg = ruler.printed_leg(number)
    low, high = leg.strip_mm[[0, 3]].mean(axis=0), leg.strip_mm[[1, 2]].mean(axis=0)
    calf = [leg.ankle_mm - (0.0, up * ruler.SHANK_LEG_MM) for up in (SHANK_LOW, SHANK_HIGH)]
    heel_px, calf_px = place.px(np.array([low, high])), place.px(np.array(calf))
    return float(-SIDE.lateral_sign * (tilt_deg(heel_px[1] - heel_px[0]) - tilt_deg(calf_px[1] - calf_px[0])))


def _leg(number: int, looks: Sequence[Look]) -> tuple[Leg, Cuts]:
    """One leg of the page as one that was tracked, each look a step of its own; and its patches."""
    leg, n = ruler.printed_leg(number), len(looks)
    middle_mm = leg.sole_mm - (0.0, ruler.HEEL_UP_MM)
    middle, sole, ankle, knee = (
        np.array([look.place.px(point) for look in looks])
        for point in (middle_mm, leg.sole_mm, leg.ankle_mm, leg.ankle_mm - (0.0, ruler.SHANK_LEG_MM))
    )
    length = float(np.median(np.linalg.norm(knee - ankle, axis=1)))
    # `rearfoot` looks for a heel straight above the sole, so that is where the sole is said to be
    sole = middle + np.array([0.0, 1.0]) * np.linalg.norm(sole - middle, axis=1)[:, None]
    stray = STRAY_PX * (2 * (np.arange(n)[:, None] * GOLDEN % 1) - 1)
    sole, ankle, knee = sole + stray, ankle + stray[:, ::-1], knee - stray
    heel_px = _tracked_heel(sole, ankle, length)
    numbers = np.arange(n)
    seen = Leg(
        SIDE, LegPoints(ankle, knee, heel_px), length, numbers, numbers, numbers / 1.0, np.full(n, MID_STANCE_PCT)
    )
    crops = [Crop(look.picture, 0, 0) for look in looks]
    heel_length = length * ruler.HEEL_LEG_MM / ruler.SHANK_LEG_MM
    heels = {i: cut_heel(crop, sole[i], heel_length) for i, crop in enumerate(crops)}
    strips = {i: cut_shank(crop, ankle[i], knee[i], length) for i, crop in enumerate(crops)}
    return seen, Cuts(heels, strips)


def _tracked_heel(sole: Floats, ankle: Floats, length: float) -> Floats:
    """(n, 2) where a tracker would have put the heel, so that `LegPoints.sole_px` gives the sole."""
    by_ankle = ankle + np.array([0.0, SOLE_BELOW_ANKLE * length])
    share = HEEL_SHARE
    return np.asarray((sole - (1 - share) * by_ankle) / share - np.array([0.0, SOLE_BELOW_HEEL * length]))
