"""One row per stance, and per foot the mean of its rows with a 95 % interval.

Strides on a treadmill repeat, so the frames of all steps, sorted by phase, sample one curve far finer than a single step
does. Each step's touchdown and peak are that pooled curve's, moved by how the step's own frames lie above or below it: a
maximum over one step's noisy frames would read too high, and at 30 fps the true peak falls between frames.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from gait.landmarks import Side
from gait.model import Estimate, Floats, FootAngles, FootEvents, FootSummary, GaitEvents, RearfootAngles, StrideTable
from gait.said import Said
from gait.settings import RearfootSettings

COLUMNS = (
    "side", "stance", "foot_strike_s", "touchdown_deg", "peak_eversion_deg", "eversion_excursion_deg", "peak_frame",
    "n_frames", "used", "note",
)  # fmt: skip
"""Only what is a step's own. Contact, flight and the time of the peak are read of all steps of a foot together: a column of them would
look like so many measurements."""
GRID_PCT = np.linspace(0, 100, 101)
BANDWIDTH_PCT = 7.0
"""Of the local quadratic: the eversion curve has no detail below about a fifth of stance (RBDS)."""
PEAK_REACH_PCT = 12.0
"""A step's own frames this near the pooled peak say how high its peak is."""
STRIKE_SEEN_PCT, STRIKE_NEXT_PCT = 9.0, 3.0
"""A touchdown angle is given only where some frames are this close to foot strike, and some no later than this after it: the curve bends
there, and carried on over 4-8 % of stance it was 4-7 degrees wrong on three rendered feet."""
STRIKE_SHANK_SD_DEG = 1.3
"""Added at foot strike, where the other foot covers the calf and its course is carried back: RBDS feet differ by 1.0 degree from 12 % of
stance to strike, and the heel comes in from another side. With 0.8 the interval held on 20 of 23 rendered feet of 13 runners, with this on 22
(`reports/validation/residuals.csv`). Not where the shank is read on dots."""
SEEN_WEIGHT = 0.5
"""Frames that weigh at least half, those within three robust SDs of the curve, say how high and low it can be."""
SIDE_FRAMES = 3
"""On either side of a gap, so that one frame does not set the bound."""
PEAK_BEND = 0.01
"""Degrees per squared % of stance by which a curve falls from its peak: 15 degrees of excursion over 40 % of stance."""
MIN_FRAMES_PER_STEP = 2
MIN_FRAMES = 8
"""Below, a foot's curve is not drawn."""
LATEST_PEAK_PCT = 62.0
"""No peak is taken later in stance: the heel has left the ground and shows from below, and frames there read up to 4 degrees high on
rendered feet. RBDS: the peak comes at 31 % of stance, SD over feet 9; 41-48 % on the rendered runners. What rises after it widens the
interval by half of how much (1 SD)."""
LATE_WORTH_SAYING_DEG = 1.0
TOP_DEG = 0.4
"""What lies within this of the highest point is the curve's top, and the peak is in its middle: where a low curve is all top, its
highest point is chance (20 and 30 % of stance off on two of 76 rendered feet). With it the errors are 2.1 % in the mean, without 2.6."""
TIME_TO_PEAK_SD_PCT, TIME_TO_PEAK_SD_PER_PCT = 2.0, 0.3
"""What all steps share: the events have a bias of their own, and a peak lies anywhere in a flat top. Per % of half the top's width;
with both the interval held on 97 % of those feet."""


@dataclass(frozen=True, eq=False)
class _Curve:
    """A foot's pooled curve and how each step lies against it."""

    pct: Floats
    deg: Floats
    """On GRID_PCT up to the last measured phase, NaN beyond."""
    peak_pct: float
    """The middle of the top."""
    top_pct: float
    """Half the width of the top."""
    peak_deg: float
    touchdown_deg: float
    highest_deg: float
    """Of the frames that count, where the peak lies in a gap between them: no step's peak is above it."""
    unseen_deg: float
    """SD of what a gap between frames can hide at the peak."""
    late_deg: float
    """How much higher the curve comes after `LATEST_PEAK_PCT`, where no peak is taken: what it can be wrong by."""


def tabulate_strides(events: GaitEvents, rearfoot: RearfootAngles, settings: RearfootSettings) -> StrideTable:
    """Rows and summaries of both feet.

    Args:
        events: Foot strikes and toe-offs in s. A foot that is absent has no rows and no summary.
        rearfoot: Angles per frame, eversion positive for both feet. Frames that are not usable or NaN are left out. A foot that is
            absent has its times but no angles.
        settings: `peak_window_pct` is where in stance the peak is sought.

    Returns:
        One row per stance in the order of foot strikes; NaN in it is "not measured", and `used` says whether the step counts. A step
        none of whose frames lie near foot strike has no touchdown and no excursion of its own; for the foot's mean its curve's
        touchdown goes for it.
        Summaries hold means over steps with 95 % intervals; None for what fewer than two steps show. Touchdown, peak and excursion are
        referred as `rearfoot.zero` says; without a standing clip the two absolute ones are left out, because only the excursion
        means anything.

    Example:
        >>> left = FootEvents(np.array([0.10, 0.80, 1.50]), np.array([0.35, 1.05, 1.75]))
        >>> events = GaitEvents({Side.LEFT: left}, (), 0.004, 0.004, 0.0, None)
        >>> table = tabulate_strides(events, RearfootAngles({}, "none"), RearfootSettings())
        >>> round(table.feet[Side.LEFT].contact_time_s.value, 3), table.feet[Side.LEFT].peak_eversion_deg
        (0.25, None)
        >>> table.rows["foot_strike_s"].tolist()
        [0.1, 0.8, 1.5]
    """
    rows: list[dict[str, object]] = []
    feet: dict[Side, FootSummary] = {}
    for side in Side:
        if side not in events.feet:
            continue
        table, feet[side] = _foot(side, events, rearfoot, settings)
        rows += table
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return StrideTable(frame.sort_values("foot_strike_s", ignore_index=True), feet)


def _foot(
    side: Side, events: GaitEvents, rearfoot: RearfootAngles, settings: RearfootSettings
) -> tuple[list[dict[str, object]], FootSummary]:
    own = events.feet[side]
    stances = own.stances_s()
    contact = stances[:, 1] - stances[:, 0]
    flight = _flight_s(own, events.feet.get(side.other))
    angles = rearfoot.feet.get(side)
    curve = _pooled_curve(angles, settings.peak_window_pct) if angles is not None else None
    rows: list[dict[str, object]] = []
    for i, strike in enumerate(stances[:, 0]):
        row: dict[str, object] = dict.fromkeys(COLUMNS)
        row.update(side=str(side), stance=i, foot_strike_s=strike)
        row.update(_step(i, angles, curve))
        rows.append(row)
    used = np.array([bool(r["used"]) for r in rows])
    event_sd = events.contact_sd_s(side)
    both = {
        "contact_time_s": _estimate(contact, event_sd),
        "flight_time_s": _estimate(flight[np.isfinite(flight)], event_sd),
    }
    if angles is None or curve is None or used.sum() < 2:
        reasons = angles.reasons if angles is not None else (Said("heel_not_filmed"),)
        if angles is not None and not reasons:
            reasons = (Said("heel_in_too_few_steps"),)
        blank = np.full(len(GRID_PCT), np.nan)
        return rows, FootSummary(
            int(used.sum()), **both, touchdown_deg=None, peak_eversion_deg=None, eversion_excursion_deg=None,
            time_to_peak_pct=None, toe_out_deg=None, rearfoot_method="landmarks", curve_pct=GRID_PCT, curve_deg=blank,
            curve_sd_deg=blank, reasons=reasons,
        )  # fmt: skip

    def column(name: str) -> Floats:
        return np.array([float(r[name]) for r, u in zip(rows, used, strict=True) if u])  # type: ignore[arg-type]

    absolute = rearfoot.zero == "standing"
    reasons = angles.reasons
    if not np.isfinite(curve.touchdown_deg):
        reasons = (
            *reasons,
            Said("no_touchdown"),
        )
    if not absolute:
        reasons = (*reasons, Said("no_zero"))
    if curve.late_deg > LATE_WORTH_SAYING_DEG:
        reasons = (*reasons, Said("late_tilt"))
    peaks, touchdowns = column("peak_eversion_deg"), column("touchdown_deg")
    touchdowns = np.where(np.isfinite(touchdowns), touchdowns, curve.touchdown_deg)
    doubts = (curve.unseen_deg, curve.late_deg / 2)
    sys = (
        float(np.sqrt(angles.systematic_sd_deg**2 + doubts[0] ** 2 + doubts[1] ** 2))
        if any(doubts)
        else angles.systematic_sd_deg
    )
    # of the contact's error strike and toe-off have about the same share; a strike off by that much reads the curve elsewhere
    late_pct = 100 * event_sd / np.sqrt(2) / float(contact.mean())
    carried = 0.0 if angles.method == "markers" else STRIKE_SHANK_SD_DEG
    at_strike = float(np.sqrt(sys**2 + carried**2 + (late_pct * _slope_at_strike(curve)) ** 2))
    return rows, FootSummary(
        n_strides=int(used.sum()),
        **both,
        touchdown_deg=_estimate(touchdowns, at_strike) if absolute else None,
        peak_eversion_deg=_estimate(peaks, sys) if absolute else None,
        eversion_excursion_deg=_estimate(peaks - touchdowns, at_strike),
        time_to_peak_pct=_estimate(
            np.full(len(peaks), curve.peak_pct),
            float(np.hypot(TIME_TO_PEAK_SD_PCT, TIME_TO_PEAK_SD_PER_PCT * curve.top_pct)),
        ),
        toe_out_deg=rearfoot.toe_out_deg.get(side),
        rearfoot_method=angles.method,
        curve_pct=GRID_PCT,
        curve_deg=curve.deg,
        curve_sd_deg=_spread(angles, curve),
        reasons=reasons,
    )


def _slope_at_strike(curve: _Curve) -> float:
    """Degrees per % of stance over the curve's first 8 %; 0 where it is not known."""
    rise = (curve.deg[8] - curve.deg[0]) / 8
    return abs(float(rise)) if np.isfinite(rise) else 0.0


def _flight_s(own: FootEvents, other: FootEvents | None) -> Floats:
    """(k,) from each stance's toe-off to the other foot's next strike; NaN where none follows within half a second."""
    stances = own.stances_s()
    out = np.full(len(stances), np.nan)
    if other is None:
        return out
    for i, (_, off) in enumerate(stances):
        later = other.foot_strike_s[(other.foot_strike_s > off - 0.1) & (other.foot_strike_s < off + 0.5)]
        if len(later):
            out[i] = later[0] - off
    return out


def _pooled_curve(angles: FootAngles, window_pct: float) -> _Curve | None:
    """Local quadratic through all usable frames against phase; None with too few."""
    good = angles.usable & np.isfinite(angles.angle_deg)
    if good.sum() < MIN_FRAMES:
        return None
    pct, deg = angles.stance_pct[good], angles.angle_deg[good]
    weight = np.ones(len(pct))
    curve = np.full(len(GRID_PCT), np.nan)
    for _ in range(3):
        curve = _local_quadratic(pct, deg, weight, window_pct)
        inside = np.isfinite(curve)
        if not inside.any():
            return None
        fitted = np.interp(pct, GRID_PCT[inside], curve[inside])
        off = deg - fitted
        scale = max(0.5, 1.48 * float(np.median(np.abs(off))))
        weight = 1 / (1 + (off / (3 * scale)) ** 2)
    curve = _within_what_was_seen(curve, pct, deg, weight)
    inside = np.flatnonzero(np.isfinite(curve) & (min(window_pct, LATEST_PEAK_PCT) >= GRID_PCT))
    if not len(inside):
        return None
    top = int(inside[np.argmax(curve[inside])])
    late = max(0.0, float(np.nanmax(curve[window_pct >= GRID_PCT])) - float(curve[top]))
    low, high = GRID_PCT[inside[curve[inside] >= curve[top] - TOP_DEG][[0, -1]]]
    near = np.abs(pct) < STRIKE_SEEN_PCT
    touchdown = float(curve[0]) if near.sum() >= 2 and (pct < STRIKE_NEXT_PCT).sum() >= 2 else float("nan")
    peak_pct = float(low + high) / 2
    unseen = _unseen_deg(pct, peak_pct)
    highest = float(deg[weight >= SEEN_WEIGHT].max()) if unseen else np.inf
    return _Curve(GRID_PCT, curve, peak_pct, float(high - low) / 2, float(curve[top]), touchdown, highest, unseen, late)


def _within_what_was_seen(curve: Floats, pct: Floats, deg: Floats, weight: Floats) -> Floats:
    """The curve, nowhere above the frames round that place, and between the first and the last frame nowhere below them.

    With few steps whose frames fall on the same phases a quadratic has nothing to hold it in the gaps: three steps at 60 frames per second
    gave 26 degrees where no frame read more than 13.7. Where frames lie close together this changes nothing.
    """
    seen = weight >= SEEN_WEIGHT
    order = np.argsort(pct[seen], kind="stable")
    pct, deg = pct[seen][order], deg[seen][order]
    out = curve.copy()
    for i in np.flatnonzero(np.isfinite(curve)):
        at = GRID_PCT[i]
        low, high = np.searchsorted(pct, (at - 2 * BANDWIDTH_PCT, at + 2 * BANDWIDTH_PCT))
        middle = int(np.searchsorted(pct, at))
        near = deg[max(0, min(low, middle - SIDE_FRAMES)) : max(high, middle + SIDE_FRAMES)]
        out[i] = min(out[i], near.max())
        if pct[0] <= at <= pct[-1]:
            out[i] = max(out[i], near.min())
    return out


def _unseen_deg(pct: Floats, peak_pct: float) -> float:
    """SD of what a gap between frames can hide at the peak; 0 where frames lie close together."""
    before, after = pct[pct <= peak_pct], pct[pct >= peak_pct]
    if not len(before) or not len(after):
        return 0.0
    half_pct = float(after.min() - before.max()) / 2
    return PEAK_BEND * max(0.0, half_pct**2 - BANDWIDTH_PCT**2)


def _local_quadratic(pct: Floats, deg: Floats, weight: Floats, window_pct: float) -> Floats:
    """On GRID_PCT; NaN where no frame is within a bandwidth or beyond the window."""
    d = (pct - GRID_PCT[:, None]) / BANDWIDTH_PCT
    grid = GRID_PCT
    beyond = (grid < pct.min() - BANDWIDTH_PCT) | (grid > min(window_pct, pct.max() + 2))
    near = ~beyond & ((np.abs(d) < 2).sum(axis=1) >= 3)
    d = d[near]
    design = np.stack([np.ones_like(d), d, d**2], axis=1)
    weighted = design * (weight * np.exp(-0.5 * d**2))[:, None]
    normal = weighted @ design.transpose(0, 2, 1) + np.diag([0, 1e-3, 1e-2])
    out = np.full(len(GRID_PCT), np.nan)
    out[near] = np.linalg.solve(normal, (weighted @ deg)[:, :, None])[:, 0, 0]
    return out


def _step(i: int, angles: FootAngles | None, curve: _Curve | None) -> dict[str, object]:
    """One step's angles from the pooled curve and the step's own frames."""
    blank: dict[str, object] = {
        "touchdown_deg": np.nan, "peak_eversion_deg": np.nan, "eversion_excursion_deg": np.nan, "peak_frame": -1,
        "n_frames": 0, "used": False, "note": "not_measured",
    }  # fmt: skip
    if angles is None or curve is None:
        return blank
    own = np.flatnonzero((angles.stance == i) & angles.usable & np.isfinite(angles.angle_deg))
    blank["n_frames"] = len(own)
    if len(own) < MIN_FRAMES_PER_STEP:
        return blank | {"note": "heel_not_readable"}
    pct, deg = angles.stance_pct[own], angles.angle_deg[own]
    inside = np.isfinite(curve.deg)
    above = deg - np.interp(pct, GRID_PCT[inside], curve.deg[inside])
    peak = min(curve.peak_deg + _near(pct, above, curve.peak_pct), curve.highest_deg)
    touchdown = curve.touchdown_deg + _near(pct, above, 0.0)
    if not np.isfinite(peak):
        return blank | {"note": "no_frame_near_peak"}
    frame = int(angles.frame[own[np.argmin(np.abs(pct - curve.peak_pct))]])
    return {
        "touchdown_deg": touchdown,
        "peak_eversion_deg": peak,
        "eversion_excursion_deg": peak - touchdown,
        "peak_frame": frame,
        "n_frames": len(own),
        "used": True,
        "note": "",
    }


def _near(pct: Floats, above: Floats, at_pct: float) -> float:
    """Weighted mean of a step's deviations near a phase; NaN without any."""
    w = np.exp(-0.5 * ((pct - at_pct) / PEAK_REACH_PCT) ** 2) * (np.abs(pct - at_pct) < 2 * PEAK_REACH_PCT)
    return float((w * above).sum() / w.sum()) if w.sum() > 0.3 else float("nan")


def _spread(angles: FootAngles, curve: _Curve) -> Floats:
    """(101,) SD of frames about the curve, smoothed over phase."""
    good = angles.usable & np.isfinite(angles.angle_deg)
    inside = np.isfinite(curve.deg)
    pct = angles.stance_pct[good]
    off = angles.angle_deg[good] - np.interp(pct, GRID_PCT[inside], curve.deg[inside])
    out = np.full(len(GRID_PCT), np.nan)
    for i in np.flatnonzero(inside):
        w = np.exp(-0.5 * ((pct - GRID_PCT[i]) / BANDWIDTH_PCT) ** 2)
        out[i] = np.sqrt((w * off**2).sum() / w.sum())
    return out


def _estimate(values: Floats, shared_sd: float) -> Estimate | None:
    """Mean with a 95 % interval from the spread between steps and from what all steps share; None below two.

    Student's t with Welch and Satterthwaite's degrees of freedom: the spread is estimated from n steps, the shared part is known.
    """
    values = values[np.isfinite(values)]
    n = len(values)
    if n < 2:
        return None
    between = float(values.var(ddof=1)) / n
    total = between + shared_sd**2
    freedom = (n - 1) * (total / between) ** 2 if between > 0 else np.inf
    half = float(student.ppf(0.975, freedom) * np.sqrt(total)) if total > 0 else 0.0
    mean = float(values.mean())
    return Estimate(mean, (mean - half, mean + half))
