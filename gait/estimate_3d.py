"""The 3D peak eversion that a rear-view reading most likely stands for, with its own interval.

A second question, answered apart from the first (is the picture read right?) and never mixed with its number. Learnt on motion
capture (RBDS: 16 runners, both feet, 2.5-4.5 m/s), because rendered bodies follow another rule; `validation/meaning_rbds.py`
makes the coefficients again and tests them with each runner left out.

A shank that leans outward in the picture makes the rear-view angle read high, so the lean is the main correction. It is
averaged over both legs as an *outward* angle: camera roll and a camera set off to one side turn both shanks the same way in
the picture, one outward and one inward, and cancel.
"""

from collections.abc import Mapping

import numpy as np

from gait.geometry import outward_tilt_deg
from gait.landmarks import Side
from gait.model import Estimate, FootAngles, FootSummary, Meaning, RearfootAngles

INTERCEPT_DEG, PER_PEAK_DEG, PER_LEAN_DEG, PER_CONTACT_S = 6.535, 0.8782, -0.2841, -16.322
"""3D peak = intercept + peak + mean outward shank lean at the peak + contact time: least squares over 96 feet."""

RESIDUAL_SD_DEG = 1.05
"""Of that estimate with the runner left out (its predictors chosen among some thirty sets on the same score, so a little optimistic); the plain reading has 1.32 on the same feet."""

LEAN_SD_DEG = 1.0
"""How well the leg's outline stands for the knee-ankle line the table was learnt from."""

TRAINED_PEAK_DEG = (5.0, 20.0)
"""Rear-view peaks seen in training; outside, no estimate is given."""

NEAR_PEAK_PCT = 8.0
"""Frames this near the peak, in percent of stance, give the lean."""


def interpret(feet: Mapping[Side, FootSummary], rearfoot: RearfootAngles) -> dict[Side, Meaning]:
    """The 3D peak of every foot whose picture peak is known from standing.

    Args:
        feet: Summaries per foot; degrees with eversion positive, contact times in s.
        rearfoot: The frames behind them; the shanks' lean is read from both legs.

    Returns:
        A foot is absent where nothing can be said: without a standing clip, with one leg, without a peak or a contact time, or with a
        peak outside what was learnt (`TRAINED_PEAK_DEG`).
    """
    leans = [
        lean for side in Side if (lean := shank_lean_deg(side, rearfoot.feet.get(side), feet.get(side))) is not None
    ]
    if len(leans) < 2 or rearfoot.zero != "standing":
        return {}
    lean = float(np.mean(leans))
    found = {}
    for side, foot in feet.items():
        if foot.peak_eversion_deg is None or foot.contact_time_s is None:
            continue
        peak = foot.peak_eversion_deg.value
        if not TRAINED_PEAK_DEG[0] <= peak <= TRAINED_PEAK_DEG[1]:
            continue
        value = INTERCEPT_DEG + PER_PEAK_DEG * peak + PER_LEAN_DEG * lean + PER_CONTACT_S * foot.contact_time_s.value
        parts = [
            RESIDUAL_SD_DEG,
            PER_PEAK_DEG * foot.peak_eversion_deg.sd,
            PER_LEAN_DEG * LEAN_SD_DEG,
            PER_CONTACT_S * foot.contact_time_s.sd,
        ]
        found[side] = Meaning(Estimate.from_sd(value, float(np.sqrt(np.sum(np.square(parts))))), lean)
    return found


def shank_lean_deg(side: Side, angles: FootAngles | None, foot: FootSummary | None) -> float | None:
    """Outward tilt of the shank in the picture near the peak, median over frames.

    Args:
        side: Whose leg it is.
        angles: Its frames; those that are not usable are left out.
        foot: Gives the time of the peak.

    Returns:
        Degrees, positive when the upper end lies further from the body's middle than the lower one. None when there are no frames.

    Example:
        >>> upright_but_out = np.tile([[[0.0, 0.0], [10.0, -100.0]]], (2, 1, 1))  # lower end, upper end; y down
        >>> frames, half = np.arange(2), np.full(2, 0.5)
        >>> angles = FootAngles(
        ...     frames, frames, frames / 60, np.full(2, 40.0), half, half, np.ones(2, bool), upright_but_out, upright_but_out,
        ...     "markers", 0.0, 0.0,
        ... )
        >>> peak = Estimate(40.0, (38.0, 42.0))
        >>> curve = np.full(101, np.nan)
        >>> foot = FootSummary(2, None, None, None, None, None, peak, None, "markers", np.arange(101.0), curve, curve)
        >>> round(shank_lean_deg(Side.RIGHT, angles, foot), 1)
        5.7
    """
    if angles is None or foot is None or foot.time_to_peak_pct is None:
        return None
    near = angles.usable & (np.abs(angles.stance_pct - foot.time_to_peak_pct.value) <= NEAR_PEAK_PCT)
    if not near.any():
        return None
    along = angles.shank_px[near, 1] - angles.shank_px[near, 0]
    return float(np.median(outward_tilt_deg(along, side)))
