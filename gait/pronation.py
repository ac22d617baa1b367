"""The label of each foot: its peak, referred to standing, held against the limits for the speed.

The band is the mean ± 1 SD of runners at that speed (Chang, Davis & Hamill use mean + 1 SD for "excessive"), so a label says
where a foot stands among runners, not that anything is wrong with it. The probability is that of the *true* rear-view angle
lying in each part of the band, given the measured value and its interval.
"""

import csv
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import cast

import numpy as np
from scipy.stats import norm

from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import FootSummary, FootVerdict, Label, Pronation, SpeedLimits, StrideTable
from gait.said import Said
from gait.settings import PronationSettings

UNSTATED_SPEEDS_KMH = (8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0)
"""When staff give no speed the label must hold on the average over these, the usual range of a try-on run."""

EXCURSION_TO_PEAK = {"intercept_deg": 6.32, "per_deg": 0.090, "per_m_s": 1.022, "residual_sd_deg": 3.40}
"""Rear-view peak from standing predicted by excursion and speed: least squares over 32 feet x 3 speeds of the 16 shared
RBDS runners. r is only 0.07-0.24 per speed: without standing, the excursion hardly ever decides a label, and this says so."""


def read_limits(path: Path | None = None) -> tuple[SpeedLimits, ...]:
    """The band's rows by rising speed.

    Args:
        path: A CSV file with the columns speed_kmh, under_deg (below it: under-pronating), over_deg (above it: over-pronating) and
            source (may be empty: "store"). None reads the table that gait brings.

    Raises:
        GaitError: With code "bad_limits", and all complaints at once: no file, no row, no number, or a band without width.

    Example:
        >>> [(row.speed_kmh, row.under_deg, row.over_deg) for row in read_limits()]
        [(9.0, 7.7, 13.1), (12.6, 8.6, 14.6), (16.2, 9.1, 16.3)]
    """
    try:
        text = (path or files("gait.data") / "limits.csv").read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise GaitError("bad_limits", "unreadable", path=str(path)) from error
    rows: list[SpeedLimits] = []
    complaints: list[Said] = []
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            limits = SpeedLimits(
                float(row["speed_kmh"]), float(row["under_deg"]), float(row["over_deg"]), row.get("source") or "store"
            )
        except (KeyError, TypeError, ValueError):
            complaints.append(Said("limits_no_numbers", {"line": number}))
            continue
        if not limits.under_deg < limits.over_deg:
            complaints.append(Said("limits_under_not_below", {"line": number}))
        rows.append(limits)
    if not rows:
        complaints.append(Said("limits_no_row"))
    if complaints:
        raise GaitError("bad_limits", complaints=tuple(complaints))
    return tuple(sorted(rows, key=lambda r: r.speed_kmh))


def limits_at(speed_kmh: float, table: Sequence[SpeedLimits]) -> SpeedLimits:
    """The band at a speed: linear between the table's rows, clamped outside them.

    Args:
        speed_kmh: Of the belt.
        table: By rising speed, at least one row.

    Example:
        >>> band = limits_at(10.8, read_limits())
        >>> round(band.under_deg, 2), round(band.over_deg, 2)
        (8.15, 13.85)
    """
    speeds = [r.speed_kmh for r in table]
    under = float(np.interp(speed_kmh, speeds, [r.under_deg for r in table]))
    over = float(np.interp(speed_kmh, speeds, [r.over_deg for r in table]))
    nearest = min(table, key=lambda r: abs(r.speed_kmh - speed_kmh))
    between = any(abs(s - speed_kmh) < 1e-9 for s in speeds)
    source = (
        nearest.source if between or not speeds[0] < speed_kmh < speeds[-1] else f"{nearest.source}; linear in speed"
    )
    return SpeedLimits(speed_kmh, under, over, source)


def probabilities(value_deg: float, sd_deg: float, limits: Sequence[SpeedLimits]) -> dict[str, float]:
    """Where the true angle lies, given a normal error: probabilities under, within and over the band.

    Args:
        value_deg: The rear-view peak, eversion positive. NaN is not allowed: the answer would be NaN.
        sd_deg: Its standard error; 0 is taken as hardly any.
        limits: One band, or several that count alike.

    Returns:
        Keys under, neutral, over; they sum to 1.

    Example:
        One SD above the upper limit:

        >>> band = SpeedLimits(9.0, 7.7, 13.1, "")
        >>> {label: round(p, 3) for label, p in probabilities(14.1, 1.0, [band]).items()}
        {'under': 0.0, 'neutral': 0.159, 'over': 0.841}
    """
    sd = max(sd_deg, 1e-9)
    under = float(np.mean([float(norm.cdf((b.under_deg - value_deg) / sd)) for b in limits]))
    over = float(np.mean([float(norm.sf((b.over_deg - value_deg) / sd)) for b in limits]))
    return {"under": under, "neutral": max(0.0, 1.0 - under - over), "over": over}


def classify(
    strides: StrideTable | None, speed_kmh: float | None, settings: PronationSettings, table: Sequence[SpeedLimits]
) -> Pronation:
    """Label both feet. A foot that is absent or could not be measured is "undetermined", never neutral.

    Args:
        strides: As from `gait.strides.tabulate_strides`; None when nothing was measured.
        speed_kmh: Of the belt; None: the label must hold on the average over 8 to 14 km/h.
        settings: The least steps and the least probability that a label needs.
        table: The band's rows by rising speed, all of them, as from `read_limits`.

    Example:
        >>> verdict = classify(None, 9.0, PronationSettings(), read_limits()).feet[Side.LEFT]
        >>> verdict.label, dict(verdict.probability)
        ('undetermined', {})
    """
    speeds = UNSTATED_SPEEDS_KMH if speed_kmh is None else (speed_kmh,)
    bands = [limits_at(s, table) for s in speeds]
    feet = strides.feet if strides is not None else {}
    verdicts = {side: _verdict(feet.get(side), bands, speed_kmh, settings) for side in Side}
    return Pronation(verdicts, bands[len(bands) // 2])


def _verdict(
    foot: FootSummary | None, bands: Sequence[SpeedLimits], speed_kmh: float | None, settings: PronationSettings
) -> FootVerdict:
    if foot is None:
        return FootVerdict("undetermined", {}, (Said("foot_not_measured"),))
    reasons = list(foot.reasons)
    if foot.rearfoot_method == "landmarks":
        reasons.append(Said("key_points_only"))
        return FootVerdict("undetermined", {}, tuple(reasons))
    measured = _peak(foot, speed_kmh)
    if measured is None:
        reasons.append(Said("no_peak"))
        return FootVerdict("undetermined", {}, tuple(reasons))
    value_deg, sd_deg, from_excursion = measured
    probability = probabilities(value_deg, sd_deg, bands)
    best = max(probability, key=lambda k: probability[k])
    if from_excursion:
        reasons.append(Said("excursion_only"))
    if speed_kmh is None:
        reasons.append(Said("no_speed", {"slowest_kmh": bands[0].speed_kmh, "fastest_kmh": bands[-1].speed_kmh}))
    if foot.n_strides < settings.min_steps:
        reasons.append(Said("few_steps", {"steps": foot.n_strides, "needed": settings.min_steps}))
        return FootVerdict("undetermined", probability, tuple(reasons))
    if probability[best] < settings.min_probability:
        reasons.append(Said("crosses_a_limit"))
        return FootVerdict("undetermined", probability, tuple(reasons))
    reasons.append(_against_the_band(best, value_deg, bands[len(bands) // 2]))
    return FootVerdict(cast(Label, best), probability, tuple(reasons))


def _peak(foot: FootSummary, speed_kmh: float | None) -> tuple[float, float, bool] | None:
    """Peak from standing, its SD, and whether it had to be inferred from the excursion."""
    if foot.peak_eversion_deg is not None:
        return foot.peak_eversion_deg.value, foot.peak_eversion_deg.sd, False
    if foot.eversion_excursion_deg is None:
        return None
    c = EXCURSION_TO_PEAK
    speed_m_s = (speed_kmh or float(np.mean(UNSTATED_SPEEDS_KMH))) / 3.6
    value = c["intercept_deg"] + c["per_deg"] * foot.eversion_excursion_deg.value + c["per_m_s"] * speed_m_s
    sd = float(np.hypot(c["residual_sd_deg"], c["per_deg"] * foot.eversion_excursion_deg.sd))
    return value, sd, True


def _against_the_band(label: str, value_deg: float, band: SpeedLimits) -> Said:
    values = {"value_deg": value_deg, "speed_kmh": band.speed_kmh}
    if label == "over":
        return Said("above_the_band", {**values, "over_deg": band.over_deg})
    if label == "under":
        return Said("below_the_band", {**values, "under_deg": band.under_deg})
    return Said("within_the_band", {**values, "under_deg": band.under_deg, "over_deg": band.over_deg})
