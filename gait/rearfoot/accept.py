"""Which frames to believe: what the other steps do not contradict, joined to mid-stance, and of a plain heel the flat foot only."""

from dataclasses import replace

from gait.rearfoot.phase import as_usual, joined_to_mid_stance
from gait.rearfoot.readings import Readings
from gait.said import Said

PLAIN_PCT = (18.0, 54.0)
"""A plain counter is read only while the foot is flat: on rendered feet it was up to 10 degrees wrong at touchdown and once the heel
rises and shows from below. From 10 to 58 % the peak of a foot that hardly turns was taken at the very ends, which were wrong by up to 6 degrees there;
over 69 rendered plain heels the peak's mean error fell from 1.08 to 1.03 with these."""
MUCH_CUT_OFF = 0.03
"""Share of the frames that may be cut off from mid-stance before the foot's result says so."""
MIN_SHARE = 0.5
"""Share of a foot's planted frames that must be read, or its result says so."""


def accept(readings: Readings) -> Readings:
    """Mark the usable frames.

    Args:
        readings: the lines as they will be used.

    Returns:
        With `usable` (m,): read, within the usual scatter of steps in heel, shank and angle, and joined to mid-stance by a course that a
        heel can follow. A NaN angle is never usable. `reasons` say where much is missing.
    """
    pct, read = readings.leg.pct, readings.read
    usual = [as_usual(pct, v, read) for v in (readings.heel_tilt_deg, readings.shank_tilt_deg, readings.angle_deg)]
    good = read & usual[0] & usual[1] & usual[2]
    connected = joined_to_mid_stance(pct, readings.angle_deg, good)
    reasons: list[Said] = []
    planted = pct >= 0
    if (good & ~connected & planted).sum() > MUCH_CUT_OFF * len(pct):
        reasons.append(Said("part_hidden"))
    good &= connected
    share = good[planted].mean() if planted.any() else 0.0
    if share < MIN_SHARE:
        reasons.append(Said("heel_seldom_read", {"share": share}))
    return replace(readings, usable=good, reasons=(*readings.reasons, *reasons))


def keep_flat_foot(readings: Readings) -> Readings:
    """Of a plain heel keep the frames of the flat foot only, `PLAIN_PCT`; of any other, or one with all its dots, keep all."""
    if readings.marked or not readings.plain:
        return readings
    pct = readings.leg.pct
    return replace(readings, usable=readings.usable & (pct >= PLAIN_PCT[0]) & (pct <= PLAIN_PCT[1]))
