"""The shank round foot strike, where the other foot passes in front of the calf: carried back from where it is in full view.

A shank turns slowly from behind: from 12 % of stance back to foot strike by 1.8 degrees, SD over feet 1.0, the same within 0.3 in
all steps of a foot (RBDS). An outline half hidden by a shoe was 1-14 degrees wrong there on half of 48 rendered feet. So what all
steps show at a phase is weighed, by how much of the calf's inner side is in view, against how real shanks move.
"""

from dataclasses import replace

import numpy as np

from gait.geometry import turned
from gait.model import Bools, Floats, Ints
from gait.rearfoot.lines import inner_support
from gait.rearfoot.readings import Readings

PHASE_PCT = np.array([-8.0, -4, 0, 4, 8, 12, 16, 20, 25, 30, 40])
TURN_DEG = np.array([2.1, 1.9, 1.75, 1.35, 0.7, 0.0, -0.65, -1.2, -1.5, -1.65, -1.9])
"""Rear-view shank tilt against that at 12 % of stance, eversion positive: RBDS, mean of 32 feet at 2.5 and 3.5 m/s."""
DEPARTURE_DEG, REACH_PCT = 1.2, 20.0
"""A foot's departure from that mean course: SD and length of a smooth random function (squared exponential). It gives 0.7 degrees
between 8 and 20 % of stance and 1.2 between strike and 30 %; over RBDS feet 0.5-0.7 and 1.0-1.2."""
READING_SD_DEG, STRAY_DEG = 0.5, 1.5
"""Of the median of all steps at one phase with the calf in view (rendered runners at 20-50 % of stance: 0.3-0.5), and from where on
it is taken for something else."""
PASSING_PCT, PASSING_SD_DEG = 8.0, 2.0
"""Until then the other foot passes, and even an outline that seems whole may be the other shoe's: RMS error 2-3 degrees."""
IN_VIEW_PCT = (15.0, 50.0)
"""Where the calf is in full view: what the course is hung on."""
OWN_PCT = (12.0, 24.0)
"""Frames before the first lie on the carried course, frames after the second where they were read."""
BIN_PCT, LEAST_READ, ROUNDS = 4.0, 2, 8
ANYWHERE_DEG = 10.0
"""SD of the whole course's level: as good as free."""


def carry(readings: Readings) -> Readings:
    """Put the shank round foot strike on the course that the rest of stance leads back to; its drawn line turns with it.

    Frames whose shank was found get a tilt even where it was not believed; NaN stays NaN.
    """
    leg, turn = readings.leg, float(readings.reference.turn)
    before = readings.shank_tilt_deg
    course = carry_back(leg.pct, leg.stance, turn * before, readings.read, inner_support(readings))
    tilt = np.asarray(turn * course)
    shank_px = readings.shank_px.copy()
    for k in np.flatnonzero(np.isfinite(tilt)):
        shank_px[k] = turned(shank_px[k], float(tilt[k] - before[k]))
    return replace(readings, shank_px=shank_px, shank_tilt_deg=tilt)


def carry_back(pct: Floats, stance: Ints, tilt_deg: Floats, read: Bools, in_view: Floats) -> Floats:
    """Shank tilt per frame with the frames round foot strike put on the course that the rest of stance leads back to.

    Args:
        pct: (m,) phase of stance.
        stance: (m,) which step; a step as a whole may lie above or below the others.
        tilt_deg: (m,) as read, eversion positive; NaN where it was not.
        read: (m,) which to believe.
        in_view: (m,) 0-1, how much of the calf's inner side has an edge where it should be.

    Returns:
        (m,) tilt; unchanged when too little of mid-stance was read.
    """
    usable = read & np.isfinite(tilt_deg)
    middle_pct, level_deg, seen = _by_phase(pct, tilt_deg, in_view, usable)
    hung = (middle_pct >= IN_VIEW_PCT[0]) & (middle_pct <= IN_VIEW_PCT[1])
    if hung.sum() < 2:
        return tilt_deg
    share = np.clip(seen / max(float(np.median(seen[hung])), 0.02), 0.2, 1.0)
    sd = READING_SD_DEG / share**2
    sd = np.where(middle_pct < PASSING_PCT, np.maximum(sd, PASSING_SD_DEG), sd)
    mean, weight, gain = float(np.median(level_deg[hung])), hung.astype(float), np.zeros(len(middle_pct))
    for _ in range(ROUNDS):
        between = _shared(middle_pct, middle_pct)
        gain = np.linalg.solve(between + np.diag(sd**2 / np.maximum(weight, 1e-4)), level_deg - mean)
        weight = 1 / (1 + ((level_deg - mean - between @ gain) / STRAY_DEG) ** 2) ** 2
    course = mean + _shared(pct, middle_pct) @ gain + np.interp(pct, PHASE_PCT, TURN_DEG)
    own = np.clip((pct - OWN_PCT[0]) / (OWN_PCT[1] - OWN_PCT[0]), 0, 1)
    out = tilt_deg.copy()
    for i in np.unique(stance):
        here = stance == i
        sure = here & usable & (pct >= IN_VIEW_PCT[0]) & (pct <= IN_VIEW_PCT[1])
        lies = float(np.median(tilt_deg[sure] - course[sure])) if sure.any() else 0.0
        out[here] = own[here] * tilt_deg[here] + (1 - own[here]) * (course[here] + lies)
    return out


def _by_phase(pct: Floats, tilt_deg: Floats, in_view: Floats, usable: Bools) -> tuple[Floats, Floats, Floats]:
    """Middle of each bin of phase with readings, their median without the usual turn, and how much is in view there."""
    rows = []
    for low in np.arange(PHASE_PCT[0], 76.0, BIN_PCT):
        here = usable & (pct >= low) & (pct < low + BIN_PCT)
        if here.sum() >= LEAST_READ:
            level = tilt_deg[here] - np.interp(pct[here], PHASE_PCT, TURN_DEG)
            rows.append((low + BIN_PCT / 2, float(np.median(level)), float(np.median(in_view[here]))))
    columns = np.array(rows, dtype=float).reshape(-1, 3).T
    return columns[0], columns[1], columns[2]


def _shared(a_pct: Floats, b_pct: Floats) -> Floats:
    """(a, b) covariance of the course's departures at two sets of phases."""
    apart = (a_pct[:, None] - b_pct[None]) / REACH_PCT
    return np.asarray(DEPARTURE_DEG**2 * np.exp(-0.5 * apart**2) + ANYWHERE_DEG**2)
