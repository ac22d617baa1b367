"""A heel read through several windows: their mean in place of the one it was found by, and how far they disagree."""

from dataclasses import replace

import numpy as np
from scipy.stats import trim_mean

from gait.geometry import turned
from gait.model import Floats
from gait.rearfoot import heel
from gait.rearfoot.heel import Counter
from gait.rearfoot.phase import MIN_POOLED, flat_foot
from gait.rearfoot.readings import Readings

NOT_COMPARED_DEG = 2.5
"""What stands for the windows' disagreement (1 SD of their mean) where a heel with a pattern could not be read through all of them: more than any of
108 heels' that could."""
NOT_COMPARED_PLAIN_DEG = 9.0
"""The same for a plain heel. It shows nothing to go by but its outlines: the first four met were 4, 6, 10 and 14 degrees off."""
TRIMMED = 0.2
"""Share of the windows left out at either end: of three none, of six the highest and the lowest."""


def average_windows(readings: Readings) -> Readings:
    """Put the mean over a heel's windows in the place of its tilt and line, and note how far the windows disagree.

    A plain heel is read through `inner_windows` only: the window that it was found by has its outlines to go by. They are faint, and one by itself
    may follow a shadow: over 105 rendered heels the four in five whose windows agree best were off by 0.55 degrees in the mean (worst 1.9), all by 0.80.
    The windows of a heel with a strip agree to 0.6 degrees (43 rendered heels) unless they do not lie on the counter: one that held dark tights and a
    collar was 3.6 degrees off and surely believed, and its windows disagreed by 0.9.

    Args:
        readings: `heel_tilt_deg` is NaN where the first window found nothing; such frames stay so.

    Returns:
        Where a heel has no other windows, or fewer than `MIN_POOLED` flat-footed frames were read through all, the readings stay and their
        disagreement is `NOT_COMPARED_DEG` or `NOT_COMPARED_PLAIN_DEG`: no agreement was seen.
    """
    reference, leg = readings.reference, readings.leg
    not_compared = NOT_COMPARED_PLAIN_DEG if readings.plain else NOT_COMPARED_DEG
    if not reference.beside:
        return replace(readings, windows_sd_deg=not_compared)
    turns = [_through(counter, readings) for counter in reference.beside]
    if not readings.plain:
        turns.insert(0, readings.heel_tilt_deg - reference.heel_tilt_deg)
    stacked = np.array(turns)
    together = readings.read & np.isfinite(stacked).all(axis=0)
    flat = together & flat_foot(leg.pct)
    if flat.sum() < MIN_POOLED:
        return replace(readings, windows_sd_deg=not_compared)
    offsets = np.median(stacked[:, flat] - stacked[:, flat].mean(axis=0), axis=1)
    # a frame that some windows do not read keeps those that do, each moved by how it lies to the others
    seen = np.isfinite(stacked).sum(axis=0)
    mean = np.nansum(stacked - offsets[:, None], axis=0) / np.maximum(seen, 1) + trim_mean(offsets, TRIMMED)
    heel_px, heel_tilt = readings.heel_px.copy(), readings.heel_tilt_deg.copy()
    for k in np.flatnonzero(readings.read & (seen > 0)):
        heel_px[k] = turned(heel_px[k], float(mean[k] + reference.heel_tilt_deg - heel_tilt[k]))
        heel_tilt[k] = mean[k] + reference.heel_tilt_deg
    disagree = float(np.std(offsets, ddof=1) / np.sqrt(len(offsets)))
    return replace(readings, heel_px=heel_px, heel_tilt_deg=heel_tilt, windows_sd_deg=disagree)


def _through(counter: Counter, readings: Readings) -> Floats:
    """(m,) clockwise turn of the heel from the reference as another window shows it, degrees; NaN where it is not believed."""
    heels, frames = readings.cuts.heels, readings.leg.frame.tolist()
    fits = heel.find_beside(counter, readings.reference.counter, readings.found, heels)
    turn = np.full(len(frames), np.nan)
    for k, f in enumerate(frames):
        if f in fits and heel.believed(fits[f], heel.MIN_INLIERS_LEARNT):
            turn[k] = heel.heel_line(counter, fits[f], heels[f])[1] - counter.lean_deg
    return turn
