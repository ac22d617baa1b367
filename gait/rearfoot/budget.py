"""The budget of errors: what all frames of a foot share and no number of steps averages out.

Each term is a function of the readings that gives 1 SD in degrees. To add one, write it and name it in `TERMS`. Terms are taken for
independent: their squares add up.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import numpy as np

from gait.model import RearfootAngles
from gait.rearfoot import heel
from gait.rearfoot.phase import FOOT_FLAT_PCT
from gait.rearfoot.readings import Readings
from gait.said import Said

SYSTEMATIC_SD_DEG, PLAIN_SYSTEMATIC_SD_DEG, MARKED_SYSTEMATIC_SD_DEG = 0.55, 0.95, 0.5
"""What all frames of a foot share: the calf's outline and the counter seen from another side than when standing, a plain counter
worse than one with a strip; with dots, the roundness of what they are stuck on. RMS errors of the peak over rendered feet: with a strip
0.51 (40 that look on the run as they did standing), plain 1.08 (26, part of it in the two terms below), dots 0.49 (11). How far a
plain heel's windows disagree, and how unlike the standing heel it looks, come on top."""
LIKE_SCORE, UNLIKE_DEG, UNLIKE_MOST_DEG = 0.92, 14.0, 2.5
"""From which score (correlation times inlier share) on a heel looks as when standing, the SD of the angle per score below it, and the
most. 73 rendered feet: at 0.92 and above the peak was off by 0.6 degrees (RMS), at 0.87-0.92 by 0.7, at 0.80-0.87 by 1.0, below by 1.5; those
with a strip alone by 0.5, 0.6, 0.9 and 1.5."""
UNLIKE_WORTH_SAYING_DEG = 1.0
"""Above it the foot's result says so: more than the rest of what is unknown about a heel with a strip."""

OTHER_PERSON_DEG = 2.5
"""What the peak was off by in the mean with another person's standing clip."""

Term = Callable[[Readings], float]


def way_of_reading(readings: Readings) -> float:
    """What heels read this way (dots, strip, plain) were off by, degrees."""
    if readings.marked:
        return MARKED_SYSTEMATIC_SD_DEG
    return PLAIN_SYSTEMATIC_SD_DEG if readings.plain else SYSTEMATIC_SD_DEG


def windows_disagree(readings: Readings) -> float:
    """How far a plain heel's windows disagree, degrees; 0 where dots say all."""
    return 0.0 if readings.marked else readings.windows_sd_deg


def unlike_standing(readings: Readings) -> float:
    """What it adds that the flat-footed heel does not look as it did standing, degrees; 0 where it does, or dots say all."""
    if readings.marked:
        return 0.0
    leg, found = readings.leg, readings.found
    flat = (leg.pct >= FOOT_FLAT_PCT[0]) & (leg.pct <= FOOT_FLAT_PCT[1])
    scores = [heel.score(found[f]) for f in leg.frame[flat].tolist() if f in found]
    if not scores:
        return 0.0
    return float(np.clip(UNLIKE_DEG * (LIKE_SCORE - np.median(scores)), 0.0, UNLIKE_MOST_DEG))


TERMS: tuple[Term, ...] = (way_of_reading, windows_disagree, unlike_standing)


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
        With `systematic_sd_deg`, the root of the sum of the squares of all `TERMS`, and with `reasons`.
    """
    sd = float(reduce(np.hypot, [term(readings) for term in TERMS]))
    reasons = []
    if unlike_standing(readings) > UNLIKE_WORTH_SAYING_DEG:
        reasons.append(Said("unlike_standing"))
    if readings.plain and not readings.marked:
        reasons.append(Said("plain_heel"))
    return replace(readings, systematic_sd_deg=sd, reasons=(*readings.reasons, *reasons))
