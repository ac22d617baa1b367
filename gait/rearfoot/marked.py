"""Reads the dot pairs of one leg in every stance frame, and puts their lines in the place of what was read without."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gait.model import Bools, Crop, Floats, LegPictures
from gait.rearfoot import shank
from gait.rearfoot.align import Alignment
from gait.rearfoot.frame import CALF_HALF_WIDTH, CALF_HIGH, UNITS, HeelPicture, cut_calf
from gait.rearfoot.heel import Counter
from gait.rearfoot.markers import find_again
from gait.rearfoot.marks import Pair, pair_line
from gait.rearfoot.phase import MIN_POOLED
from gait.rearfoot.readings import Readings

HEEL_REACH_PX, CALF_REACH_PX = 6.0, 32.0
"""Patch pixels to look around the place the registration and the outline fit give: 12 mm, and 64 mm because nothing in the outline of a
calf tells well how far up it a place is (the dot pair of a rendered runner lay up to 45 mm from there)."""
STRETCH = 0.25
"""By how much a pair's distance may change: the calf's pair is foreshortened by up to a tenth, the heel's by its tilt."""
MIN_MARKED = 0.6
"""Share of the readable frames that must show both dots of a pair for the pair to be used."""

TiltedLine = tuple[Floats, float]
"""(2, 2) lower and upper end in the picture, and its clockwise tilt in degrees."""


def use_markers(readings: Readings, pictures: LegPictures) -> Readings:
    """Read each line from its pair of stick-on dots where the reference wears one and the run shows it often enough.

    Args:
        readings: with the heel and the shank found; the dots are looked for from there.
        pictures: the running clip's lower legs, for the calf's dots.

    Returns:
        For each pair used: its lines, tilts and its own zero, and `read` only where both dots were seen. A pair seen in less than
        `MIN_MARKED` of the frames read so far, or in fewer than `MIN_POOLED` frames, changes nothing.
    """
    marks = readings.reference.marks
    if marks is None:
        return readings
    if marks.heel is not None:
        lines = _heel_lines(readings, marks.heel)
        if _often_enough(lines, readings.read):
            heel_px, tilt = _put(lines, readings.heel_px, readings.heel_tilt_deg)
            readings = replace(
                readings,
                heel_px=heel_px,
                heel_tilt_deg=tilt,
                read=readings.read & _seen(lines),
                heel_zero_deg=marks.heel_tilt_deg,
                heel_marked=True,
            )
    if marks.calf is not None:
        lines = _calf_lines(readings, marks.calf, pictures)
        if _often_enough(lines, readings.read):
            shank_px, tilt = _put(lines, readings.shank_px, readings.shank_tilt_deg)
            readings = replace(
                readings,
                shank_px=shank_px,
                shank_tilt_deg=tilt,
                read=readings.read & _seen(lines),
                shank_zero_deg=marks.calf_tilt_deg,
                calf_marked=True,
            )
    return readings


def _heel_lines(readings: Readings, pair: Pair) -> list[TiltedLine | None]:
    """(m) the heel's dots in every frame."""
    found, heels, counter = readings.found, readings.cuts.heels, readings.reference.counter
    return [read_heel(pair, counter, found[f], heels[f]) if f in found else None for f in readings.leg.frame.tolist()]


def _calf_lines(readings: Readings, pair: Pair, pictures: LegPictures) -> list[TiltedLine | None]:
    """(m) the calf's dots in every frame."""
    leg, reference, shanks = readings.leg, readings.reference, readings.shanks
    lines: list[TiltedLine | None] = []
    for f, crop in pictures.crops(leg.frame):
        if crop is None or f not in shanks:
            lines.append(None)
        else:
            ankle, knee = leg.points.ankle_px[f], leg.points.knee_px[f]
            lines.append(read_calf(pair, reference.outline, shanks[f], crop, ankle, knee, reference.length_px))
    return lines


def _seen(lines: Sequence[TiltedLine | None]) -> Bools:
    """(m,) where there is a line."""
    return np.array([line is not None for line in lines], dtype=np.bool_)


def _often_enough(lines: Sequence[TiltedLine | None], read: Bools) -> bool:
    """Whether a pair is used: in all frames that show it, or (too few of them) in none."""
    seen = _seen(lines)
    return bool((seen & read).sum() >= MIN_MARKED * max(1, read.sum()) and seen.sum() >= MIN_POOLED)


def _put(lines: Sequence[TiltedLine | None], drawn_px: Floats, tilt_deg: Floats) -> tuple[Floats, Floats]:
    """Lines and tilts with the pair's in their place wherever it was seen."""
    drawn_px, tilt_deg = drawn_px.copy(), tilt_deg.copy()
    for k, line in enumerate(lines):
        if line is not None:
            drawn_px[k], tilt_deg[k] = line
    return drawn_px, tilt_deg


def read_heel(pair: Pair, counter: Counter, found: Alignment, picture: HeelPicture) -> TiltedLine | None:
    """The heel's dots in one frame.

    Args:
        pair: the dots as seen standing.
        counter: the counter they sit on.
        found: where that counter is in this frame.
        picture: this frame's heel.

    Returns:
        None unless both dots are within `HEEL_REACH_PX` of where the counter has them, as far apart as standing (see `STRETCH`).
    """
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
) -> TiltedLine | None:
    """The calf's dots in one frame.

    Args:
        pair: the dots as seen standing.
        outline: the standing calf.
        fit: where it lies in this frame.
        crop: this frame's picture.
        ankle_px: (2,) of this frame.
        knee_px: (2,) likewise.
        length_px: ankle to knee when standing.

    Returns:
        As `read_heel`, within `CALF_REACH_PX`.
    """
    picture = cut_calf(crop, ankle_px, knee_px, length_px)
    expected = []
    for dot in pair:
        row, across = CALF_HIGH - dot.xy[1] / UNITS, dot.xy[0] / UNITS - CALF_HALF_WIDTH
        off_axis = across - outline.offset - outline.slope * (row - shank.PIVOT)
        now = shank.PIVOT + (row - shank.PIVOT - fit.slide) / fit.compression
        x = CALF_HALF_WIDTH + fit.offset + fit.slope * (now - shank.PIVOT) + off_axis
        expected.append(np.array([x, CALF_HIGH - now]) * UNITS)
    return _again(pair, expected, picture, CALF_REACH_PX)


def _again(pair: Pair, expected: Sequence[Floats], picture: HeelPicture, reach_px: float) -> TiltedLine | None:
    patch = picture.patch()
    found = [find_again(patch, dot, place, reach_px) for dot, place in zip(pair, expected, strict=True)]
    if found[0] is None or found[1] is None:
        return None
    apart = np.hypot(*(found[1].xy - found[0].xy)) / np.hypot(*(pair[1].xy - pair[0].xy))
    return pair_line((found[0], found[1]), picture) if abs(apart - 1) <= STRETCH else None
