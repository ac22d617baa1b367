"""Reads the dot pairs of one leg: once standing, then in every stance frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gait.model import Crop, Floats
from gait.rearfoot import shank
from gait.rearfoot.align import Alignment
from gait.rearfoot.frame import CALF_HALF_WIDTH, CALF_HIGH, UNITS, HeelPicture, cut_calf, expected_heel, tilt_deg
from gait.rearfoot.heel import Counter
from gait.rearfoot.markers import Dot, find_again, find_pair

Pair = tuple[Dot, Dot]
"""Lower and upper dot."""
OFF_AXIS = 0.10
"""Leg lengths a dot may be off the ankle-knee line: half a calf."""
HEEL_REACH_PX, CALF_REACH_PX = 6.0, 32.0
"""Patch pixels to look around the place the registration and the outline fit give: 12 mm, and 64 mm because nothing in the outline of a
calf tells well how far up it a place is (the dot pair of a rendered runner lay up to 45 mm from there)."""
STRETCH = 0.25
"""By how much a pair's distance may change: the calf's pair is foreshortened by up to a tenth, the heel's by its tilt."""


@dataclass(frozen=True, eq=False)
class Marks:
    """The dots a leg wears, as seen standing."""

    heel: Pair | None
    calf: Pair | None
    heel_tilt_deg: float
    calf_tilt_deg: float
    """Clockwise tilt of each pair's line in the standing picture; NaN without the pair."""


def find_marks(heels: Sequence[HeelPicture], calves: Sequence[HeelPicture]) -> Marks:
    """Dots in the medians of like standing pictures (all cut at the same place)."""
    heel_patch = np.median([p.patch() for p in heels], axis=0).astype(np.float32)
    calf_patch = np.median([p.patch() for p in calves], axis=0).astype(np.float32)
    heel = find_pair(heel_patch, expected_heel(heels[0])[0], OFF_AXIS * UNITS)
    calf = find_pair(calf_patch, CALF_HALF_WIDTH * UNITS, OFF_AXIS * UNITS)
    nan = float("nan")
    return Marks(
        heel,
        calf,
        float(_line(heel, heels[0])[1]) if heel else nan,
        float(_line(calf, calves[0])[1]) if calf else nan,
    )


def read_heel(pair: Pair, counter: Counter, found: Alignment, picture: HeelPicture) -> tuple[Floats, float] | None:
    """((2, 2) line, clockwise tilt in degrees) of the heel's dots in one frame; None unless both are there."""
    expected = [found.matrix @ np.append(dot.xy - np.array(counter.origin_px), 1.0) for dot in pair]
    return _again(pair, expected, picture, HEEL_REACH_PX)


def read_calf(
    pair: Pair,
    outline: shank.Outline,
    fit: shank.ShankFit,
    crop: Crop,
    ankle_px: Floats,
    knee_px: Floats,
    length_px: float,
) -> tuple[Floats, float] | None:
    """The same for the calf's dots."""
    picture = cut_calf(crop, ankle_px, knee_px, length_px)
    expected = []
    for dot in pair:
        row, across = CALF_HIGH - dot.xy[1] / UNITS, dot.xy[0] / UNITS - CALF_HALF_WIDTH
        off_axis = across - outline.offset - outline.slope * (row - shank.PIVOT)
        now = shank.PIVOT + (row - shank.PIVOT - fit.slide) / fit.compression
        x = CALF_HALF_WIDTH + fit.offset + fit.slope * (now - shank.PIVOT) + off_axis
        expected.append(np.array([x, CALF_HIGH - now]) * UNITS)
    return _again(pair, expected, picture, CALF_REACH_PX)


def _again(
    pair: Pair, expected: Sequence[Floats], picture: HeelPicture, reach_px: float
) -> tuple[Floats, float] | None:
    patch = picture.patch()
    found = [find_again(patch, dot, place, reach_px) for dot, place in zip(pair, expected, strict=True)]
    if found[0] is None or found[1] is None:
        return None
    apart = np.hypot(*(found[1].xy - found[0].xy)) / np.hypot(*(pair[1].xy - pair[0].xy))
    return _line((found[0], found[1]), picture) if abs(apart - 1) <= STRETCH else None


def _line(pair: Pair, picture: HeelPicture) -> tuple[Floats, float]:
    ends = np.array([picture.to_picture @ np.append(dot.xy, 1.0) for dot in pair])
    return ends, float(tilt_deg(ends[1] - ends[0]))
