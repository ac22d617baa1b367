"""The budget of errors: what all frames of a foot share and no number of steps averages out.

What may be wrong with a foot is measured by its doubts, functions of the readings. Each counts for so many degrees (`DEGREES_PER`); they are
taken for independent: their squares add up. To add one, write it and name it in `DOUBTS`; `validation/train_intervals.py` learns what
it counts for.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, TypeVar

import numpy as np

from gait.geometry import tilt_deg
from gait.model import RearfootAngles
from gait.rearfoot import heel
from gait.rearfoot.phase import flat_foot
from gait.rearfoot.readings import Readings
from gait.said import Said

HeelWay = Literal["dots", "pattern", "plain"]
"""How a heel is read: by stick-on dots, by a strip or another pattern, by its shading and weave alone."""
DEGREES_PER: Mapping[HeelWay, Mapping[str, float]] = {
    "dots": {"always": 0.5},
    "pattern": {
        "always": 0.426,
        "windows_deg": 2.1,
        "unlike": 9.799,
        "turn_deg": 0.061,
        "faint_calf": 5.022,
        "off_line_deg": 1.155,
    },
    "plain": {
        "always": 0.616,
        "windows_deg": 1.091,
        "unlike": 9.447,
        "turn_deg": 0.111,
        "faint_calf": 4.153,
        "off_line_deg": 1.166,
        "shape": 6.661,
    },
}
"""Degrees (1 SD) for one unit of each doubt: learnt by `validation/train_intervals.py` from 312 feet of 79 rendered runners, clean and in some thirty
conditions (`reports/validation/residuals.csv`), and 1.15 times wider than a runner left out needs: 97 % of the intervals of all hold so. Dots: 0.49 (RMS) over 11 rendered feet."""
LIKE_SCORE, UNLIKE_MOST = 0.92, 0.18
"""From which score (correlation times inlier share) on a heel looks as when standing, and how far below it counts. 73 rendered feet: at
0.92 and above the peak was off by 0.6 degrees (RMS), at 0.87-0.92 by 0.7, at 0.80-0.87 by 1.0, below by 1.5."""
UNLIKE_WORTH_SAYING_DEG = 1.0
"""Above it the foot's result says so: more than the rest of what is unknown about a heel with a strip."""
CLEAR_CALF = 0.3
"""Bare calves before a wall have 0.35-0.55, dark tights in a dim room 0.07-0.15 (rendered)."""
RAGGED_FROM, RAGGED_DEG_PER = 0.0045, 2000.0
"""From which scatter of the calf's sides about its remembered outline on (leg lengths) the outline is not the calf's, and degrees for each
leg length beyond. Of 129 rendered feet 126 scatter by the least that is counted, 0.003, and one by 0.0045; the two of one runner with 0.0065 and 0.0075
were 4.6 and 4.4 degrees off: dark skin before a dark wall, whose bright rim was followed on its inside standing and on its outside running."""
OWN_LINE_DEG, OWN_LINE_REACH_DEG = 1.3, 2.3
"""By how much the upper end of the tracker's line from knee to ankle leans more inwards than the calf's axis, and how far from that it may lie: median
over 143 rendered feet, and what nine in ten keep to. Within it the calf was read to 0.6 degrees (RMS), beyond it to 1.9; of the four feet that lie more
than 4 from it three were 2.9, 4.4 and 5.9 off."""
TURN_PCT = (34.0, 50.0)
"""Where in stance the heel has turned most: the peak of eversion."""
UNREAD_TURN_DEG = 10.0
"""What nothing was seen of counts as a doubt, not as none: a heel turns so far at most, but for one in eight of 158 rendered feet."""

OTHER_PERSON_DEG = 2.5
"""What the peak was off by in the mean with another person's standing clip."""

Doubt = Callable[[Readings], float]
Fit = TypeVar("Fit")


def windows_disagree(readings: Readings) -> float:
    """How far a heel's windows disagree, degrees."""
    return readings.windows_sd_deg


def unlike_standing(readings: Readings) -> float:
    """How far the flat-footed heel's score lies below one that looks as it did standing, 0 to `UNLIKE_MOST`."""
    scores = [heel.score(fit) for fit in _while_flat(readings, readings.found)]
    if not scores:
        return UNLIKE_MOST
    return float(np.clip(LIKE_SCORE - np.median(scores), 0.0, UNLIKE_MOST))


def turned(readings: Readings) -> float:
    """How far the heel has turned in the picture from standing where it turns most, degrees either way; `UNREAD_TURN_DEG` where that was not read.

    A counter seen from another side than when standing is not the same picture turned: the farther, the less so.
    """
    pct, tilt = readings.leg.pct, readings.heel_tilt_deg
    there = (pct >= TURN_PCT[0]) & (pct <= TURN_PCT[1]) & np.isfinite(tilt) & readings.read
    return float(abs(np.median(tilt[there]) - readings.heel_zero_deg)) if there.any() else UNREAD_TURN_DEG


def faint_calf(readings: Readings) -> float:
    """How far the share of the calf's outline that has an edge lies below `CLEAR_CALF`, 0-1: dark tights, a dark wall, low light."""
    support = [fit.support for fit in _while_flat(readings, readings.shanks)]
    return max(0.0, CLEAR_CALF - float(np.median(support))) if support else CLEAR_CALF


def out_of_shape(readings: Readings) -> float:
    """How much farther the flat-footed heel is stretched one way than the other, beside standing: 0 for the same shape, 0.1 for a tenth.

    A heel seen from where it was seen standing is turned and scaled, no more.
    """
    shapes = [fit.matrix[:, :2] for fit in _while_flat(readings, readings.found)]
    if not shapes:
        return 0.0
    longest, shortest = np.linalg.svd(np.stack(shapes), compute_uv=False).T
    return float(np.median(longest / shortest)) - 1.0


def off_own_line(readings: Readings) -> float:
    """How far the calf's axis lies from where the tracker's own line has it, degrees beyond `OWN_LINE_REACH_DEG`; 0 for a calf with dots."""
    leg = readings.leg
    flat = flat_foot(leg.pct) & readings.read & np.isfinite(readings.shank_tilt_deg)
    if readings.calf_marked or not flat.any():
        return 0.0
    own = tilt_deg(leg.points.knee_px - leg.points.ankle_px)[leg.frame]
    apart = readings.reference.turn * float(np.median((own - readings.shank_tilt_deg)[flat]))
    return max(0.0, abs(apart - OWN_LINE_DEG) - OWN_LINE_REACH_DEG)


def ragged_calf_deg(readings: Readings) -> float:
    """1 SD in degrees for a calf whose sides do not lie on the outline that was remembered of it; 0 for one whose sides do, or with dots on it."""
    scatter = [] if readings.calf_marked else [fit.scatter for fit in _while_flat(readings, readings.shanks)]
    return RAGGED_DEG_PER * max(0.0, float(np.median(scatter)) - RAGGED_FROM) if scatter else 0.0


def _while_flat(readings: Readings, fits: Mapping[int, Fit]) -> list[Fit]:
    """Those of the frames in which the foot is flat."""
    leg = readings.leg
    return [fits[f] for f in leg.frame[flat_foot(leg.pct)].tolist() if f in fits]


DOUBTS: Mapping[str, Doubt] = {
    "windows_deg": windows_disagree,
    "unlike": unlike_standing,
    "turn_deg": turned,
    "faint_calf": faint_calf,
    "off_line_deg": off_own_line,
    "shape": out_of_shape,
}


def way_of_reading(readings: Readings) -> HeelWay:
    """How this heel was read."""
    if readings.marked:
        return "dots"
    return "plain" if readings.plain else "pattern"


def expected_error_deg(
    way: HeelWay, doubts: Mapping[str, float], degrees_per: Mapping[HeelWay, Mapping[str, float]] = DEGREES_PER
) -> float:
    """1 SD of the error that all frames of a foot share.

    Args:
        way: How its heel was read.
        doubts: By name, those of `DOUBTS`.
        degrees_per: What each counts for.

    Example:
        >>> table = {"pattern": {"always": 0.4, "unlike": 3.0}}
        >>> round(expected_error_deg("pattern", {"unlike": 0.1}, table), 3)
        0.5
    """
    per = degrees_per[way]
    return float(np.sqrt(sum((c * (1.0 if name == "always" else doubts[name])) ** 2 for name, c in per.items())))


def doubt(measured: RearfootAngles, probability: float) -> RearfootAngles:
    """The same with the term for a standing clip that is the runner's with this probability only: what another person's would add."""
    more = OTHER_PERSON_DEG * float(np.sqrt(1 - probability))
    feet = {
        side: replace(foot, systematic_sd_deg=float(np.hypot(foot.systematic_sd_deg, more)))
        for side, foot in measured.feet.items()
    }
    return replace(measured, feet=feet)


def add_up_errors(readings: Readings) -> Readings:
    """Reckon the SD of the error that all frames share, and say what makes it large.

    Returns:
        With `doubts`, `systematic_sd_deg` and `reasons`. What a ragged calf adds is not among the doubts that are learnt: one runner in 79 had one.
    """
    way = way_of_reading(readings)
    doubts = {name: doubt(readings) for name, doubt in DOUBTS.items()}
    reasons = []
    if DEGREES_PER[way].get("unlike", 0.0) * doubts["unlike"] > UNLIKE_WORTH_SAYING_DEG:
        reasons.append(Said("unlike_standing"))
    if way == "plain":
        reasons.append(Said("plain_heel"))
    elif DEGREES_PER[way].get("windows_deg", 0.0) * doubts["windows_deg"] > UNLIKE_WORTH_SAYING_DEG:
        reasons.append(Said("heel_parts_disagree"))
    ragged = ragged_calf_deg(readings)
    off_line = DEGREES_PER[way].get("off_line_deg", 0.0) * doubts["off_line_deg"]
    if max(ragged, off_line) > UNLIKE_WORTH_SAYING_DEG:
        reasons.append(Said("calf_unlike_standing"))
    sd = float(np.hypot(expected_error_deg(way, doubts), ragged))
    return replace(readings, doubts=doubts, systematic_sd_deg=sd, reasons=(*readings.reasons, *reasons))
