"""The rearfoot curves of the second page as points; the template draws them as vector lines."""

import math
from typing import Any

import numpy as np
import pandas as pd

from gait.drawing.step_lines import step_line, through_peak
from gait.landmarks import Side
from gait.model import Floats
from gait.report import words
from gait.results.folder import ResultFolder
from gait.results.result import Limits, Reference
from gait.words import number, phrase

GRID_DEG = 5.0
MOST_TICKS = 8


def charts(folder: ResultFolder, reference: Reference) -> list[dict[str, Any]]:
    """Per foot: step lines, mean, band, limits, as (% of stance, degrees) points, and the axis both feet share.

    Only clean steps and usable frames; no limits where the angle is not referred to standing.
    """
    limits = reference.limits if reference.zero == "standing" else None
    drawn = [_chart(folder, side, limits) for side in Side]
    shown = [y for c in drawn for line in (*c["steps"], c["band"]) for _, y in line] + [
        y for c in drawn for y in c["limits"]
    ]
    axis = _axis(min(shown, default=0.0), max(shown, default=20.0))
    return [{**chart, "axis": axis} for chart in drawn]


def charts_of_two(a: ResultFolder, b: ResultFolder) -> list[dict[str, Any]]:
    """Per foot the mean and band of the second run, and under `before` those of the first, on one axis. No steps and no limits."""
    drawn = []
    for side in Side:
        first, second = (_chart(folder, side, None) for folder in (a, b))
        drawn.append(second | {"steps": [], "before": {"mean": first["mean"], "band": first["band"]}})
    shown = [y for c in drawn for line in (c["mean"], c["band"], *c["before"].values()) for _, y in line]
    axis = _axis(min(shown, default=0.0), max(shown, default=20.0))
    return [{**chart, "axis": axis} for chart in drawn]


def _chart(folder: ResultFolder, side: Side, limits: Limits | None) -> dict[str, Any]:
    pct, mean, sd = _columns(_of(folder.curves, side), "stance_pct", "angle_deg", "sd_deg")
    seen = np.isfinite(mean)
    pct, mean, sd = pct[seen], mean[seen], np.nan_to_num(sd[seen])
    steps = _steps(folder, side, pct, mean)
    judged = folder.result.judged
    peak, at = (judged.feet[side].peak_eversion_deg, judged.feet[side].time_to_peak_pct) if judged else (None, None)
    if peak and at:
        mean = through_peak(pct, mean, peak.value, at.value)
    return {
        "side": side.value,
        "name": words.foot_of(side),
        "alt": phrase("pdf-chart", foot=words.foot_of(side)),
        "steps": steps,
        "mean": _points(pct, mean),
        "band": _points(pct, mean + sd) + _points(pct, mean - sd)[::-1],
        "limits": [limits.under_deg, limits.over_deg] if limits else [],
    }


def _steps(folder: ResultFolder, side: Side, mean_pct: Floats, mean_deg: Floats) -> list[list[list[float]]]:
    frames, strides = _of(folder.rearfoot, side), _of(folder.strides, side)
    if frames.empty:
        return []
    keep = _true(frames["usable"])
    if not strides.empty:
        keep &= ~frames["stance"].isin(strides.loc[~_true(strides["used"]), "stance"]).to_numpy()
    lines = []
    for _, rows in frames[keep].sort_values("stance_pct").groupby("stance"):
        pct, angle = _columns(rows, "stance_pct", "angle_deg")
        seen = np.isfinite(angle)
        line = _from_strike(*step_line(pct[seen], angle[seen], mean_pct, mean_deg))
        if len(line) > 1:
            lines.append(line)
    return lines


def _from_strike(pct: Floats, angle_deg: Floats) -> list[list[float]]:
    """A step's line from foot strike on: the frame before it was measured too, but lies left of the chart."""
    after = pct >= 0
    line = _points(pct[after], angle_deg[after])
    return line if after.all() or not line else [[0.0, round(float(np.interp(0.0, pct, angle_deg)), 2)], *line]


def _axis(lowest: float, highest: float) -> dict[str, Any]:
    low, high = GRID_DEG * math.floor(lowest / GRID_DEG), GRID_DEG * math.ceil(highest / GRID_DEG)
    grid = GRID_DEG * max(1, math.ceil((high - low) / GRID_DEG / MOST_TICKS))
    ticks = [low + grid * i for i in range(int((high - low) / grid) + 1)]
    return {"low": low, "high": high, "ticks": ticks, "tick_words": [f"{number(t, 0)}°" for t in ticks]}


def _of(table: pd.DataFrame, side: Side) -> pd.DataFrame:
    return table[table["side"] == side.value] if "side" in table else pd.DataFrame()


def _columns(table: pd.DataFrame, *names: str) -> list[Floats]:
    return [np.asarray(table[n], dtype=float) if n in table else np.empty(0) for n in names]


def _true(column: "pd.Series[Any]") -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.array([str(v).lower() == "true" for v in column], dtype=bool)


def _points(x: Floats, y: Floats) -> list[list[float]]:
    return [[round(float(a), 2), round(float(b), 2)] for a, b in zip(x, y, strict=True)]
