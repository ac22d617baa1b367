"""What a page needs to show a film beside its curves: when each frame is shown, and for each foot its steps with their tilt.

As JSON, for a script in the browser; nothing of a video is read:

    frames_s        time of every frame in the film
    feet[]          left, then right
        side        "left" or "right"
        means[]     per run the mean curve: [% of ground contact, degrees, SD between steps]; empty where there is none
        steps[]     in order: number (from 1), contact_s and toe_off_s in the film's time, used (whether it counts), and lines[], per run the
                    step's course [% of ground contact, degrees]; empty where it was not measured
    runs[]          what each run is called; one empty name for a film of one run
    low_deg, high_deg   what a scale for all of it has to span
    limits_deg      lines at the limits of the label neutral; empty where the tilt is not from standing, and for two runs
    phase_pct       the share of ground contact at which the feet are shown first: the mean time to the furthest tilt

Eversion is positive for both feet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gait.comparison.locked import LEAD_S, Moments, lock_steps, stances
from gait.drawing.step_lines import step_line
from gait.landmarks import Side
from gait.model import Floats
from gait.results.folder import ResultFolder
from gait.results.result import Judged

HALF_WAY_PCT = 50.0
"""Shown first where no peak was found."""
SAME_S = 0.002
"""A contact in one table is that of the other: both are rounded to less than a tenth of that."""
STEP_DEG = 5.0

Shown = dict[str, Any]
Points = list[list[float]]


@dataclass(frozen=True)
class _Step:
    number: int
    used: bool
    line: Points


def watched(folder: ResultFolder) -> Shown:
    """Of one run that was judged. Times are those of the clip, as its overlay film keeps them."""
    judged = _judged(folder)
    feet = []
    for side in Side:
        mean, own = _mean(folder, side), judged.events[side]
        steps = [_shown([_step(folder, side, m, mean)], m) for m in stances(own.foot_strike_s, own.toe_off_s)]
        feet.append({"side": side.value, "means": [mean], "steps": steps})
    reference = judged.reference
    limits = [reference.limits.under_deg, reference.limits.over_deg] if reference.zero == "standing" else []
    return _whole(_frames_s(folder), feet, [""], limits, [judged])


def watched_together(a: ResultFolder, b: ResultFolder) -> Shown:
    """Of two runs that were judged, in the time of the film that shows both: the first run's less its start."""
    judged = [_judged(a), _judged(b)]
    locked = lock_steps(judged[0], judged[1])
    feet = []
    for side in Side:
        means = [_mean(folder, side) for folder in (a, b)]
        steps = [
            _shown([_step(a, side, one.a, means[0]), _step(b, side, one.b, means[1])], one.film)
            for one in locked
            if one.side is side
        ]
        feet.append({"side": side.value, "means": means, "steps": steps})
    frames_s = _frames_s(a)
    if locked:
        begins_s, ends_s = locked[0].a.contact_s - locked[0].film.contact_s, locked[-1].a.toe_off_s + LEAD_S
        first = max(0, int(np.searchsorted(frames_s, begins_s)) - 1)  # the film begins with the frame before
        frames_s = np.maximum(0.0, frames_s[first:][frames_s[first:] <= ends_s] - begins_s)
    return _whole(frames_s, feet, ["A", "B"], [], judged)


def _judged(folder: ResultFolder) -> Judged:
    found = folder.result.judged
    assert found is not None
    return found


def _whole(
    frames_s: Floats, feet: list[Shown], runs: list[str], limits: list[float], judged: Sequence[Judged]
) -> Shown:
    courses = [
        line for foot in feet for line in (*foot["means"], *(one for step in foot["steps"] for one in step["lines"]))
    ]
    deg = [point[1] for line in courses for point in line] + limits + [0.0]
    peaks = [foot.time_to_peak_pct.value for run in judged for foot in run.feet.values() if foot.time_to_peak_pct]
    return {
        "frames_s": [round(float(t), 5) for t in frames_s],
        "feet": feet,
        "runs": runs,
        "low_deg": float(np.floor(min(deg) / STEP_DEG) * STEP_DEG),
        "high_deg": float(np.ceil(max(deg) / STEP_DEG) * STEP_DEG),
        "limits_deg": limits,
        "phase_pct": float(np.mean(peaks)) if peaks else HALF_WAY_PCT,
    }


def _frames_s(folder: ResultFolder) -> Floats:
    """The times of the clip's frames; empty where the result does not keep them."""
    if folder.trajectories is not None:
        return folder.trajectories.times_s
    return folder.pose.get("times_s", np.empty(0))


def _shown(steps: Sequence[_Step], film: Moments) -> Shown:
    return {
        "number": steps[0].number,
        "contact_s": round(film.contact_s, 5),
        "toe_off_s": round(film.toe_off_s, 5),
        "used": all(step.used for step in steps),
        "lines": [step.line for step in steps],
    }


def _mean(folder: ResultFolder, side: Side) -> Points:
    table = folder.curves
    if not len(table):
        return []
    mean = table[table["side"] == side.value].dropna(subset=["angle_deg"]).fillna({"sd_deg": 0.0})
    return _points(*(mean[name].to_numpy(float) for name in ("stance_pct", "angle_deg", "sd_deg")))


def _step(folder: ResultFolder, side: Side, moments: Moments, mean: Points) -> _Step:
    """The step of the tables that begins with this contact."""
    table = folder.strides
    own = table[table["side"] == side.value] if len(table) else table
    contacts_s = own["foot_strike_s"].to_numpy(float) if len(own) else np.empty(0)
    near = np.flatnonzero(np.abs(contacts_s - moments.contact_s) < SAME_S)
    if not len(near):
        return _Step(0, used=False, line=[])
    row = own.iloc[int(near[0])]
    return _Step(int(row["stance"]) + 1, bool(row["used"]), _line(folder, side, int(row["stance"]), mean))


def _line(folder: ResultFolder, side: Side, stance: int, mean: Points) -> Points:
    table = folder.rearfoot
    if not len(table):
        return []
    here = (table["side"] == side.value) & (table["stance"] == stance) & table["usable"].astype(bool)
    frames = table[here].dropna(subset=["angle_deg"]).sort_values("stance_pct")
    pct, angle_deg = (frames[name].to_numpy(float) for name in ("stance_pct", "angle_deg"))
    curve = np.array(mean, float).reshape(-1, 3)
    x, y = step_line(pct, angle_deg, curve[:, 0], curve[:, 1])
    down = (x >= 0) & (x <= 100)  # frames just before and after ground contact are measured too
    return _points(x[down], y[down])


def _points(*columns: Floats) -> Points:
    return [[round(float(value), 3) for value in row] for row in zip(*columns, strict=True)]
