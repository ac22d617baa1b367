"""From a foot's mean waveform to where foot strike and toe-off lie in it, by a small quadratic regression.

Trained on 16 motion-captured treadmill runners (RBDS, 2.5-4.5 m/s, force-plate events) seen by simulated cameras of many
heights and distances, because perspective moves a foot in the picture as it goes away from the camera. The tables for
BlazePose add that tracker's own landmark errors, measured on rendered runners, and those runners themselves; the better of
the two counts phases from where the trunk is lowest. `validation/train_events.py` makes all.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from gait.landmarks import Landmark, Side, View
from gait.model import Floats

SCORE_LIMIT_SDS = 3.5
"""Scores are held within this many training SDs: a quadratic must not be asked far outside."""
LOW_AT_STANCE = 0.48
"""Where in stance the trunk is lowest. At the step frequency its bob mirrors the vertical force, whose centre lies a little
before mid-stance in running (braking is shorter than push-off); rendered runners through BlazePose show 0.46-0.53."""

OTHER_TRACKER_SD_S, WITHOUT_FEET_SD_S = 0.021, 0.033
"""Root mean square error of a foot's mean contact time when BlazePose's points are read as an unknown tracker's (8 rendered runners, 16
feet: 21 ms, mostly too short), and the same without heels and toes (33 ms)."""
OTHER_NETWORKS = ("-lite", "-heavy")
"""BlazePose's other networks, by the end of the tracker's name. The table was learned from the full one: with the lite one contact times of
four rendered feet were 15 ms too long in the mean, 25 ms at most."""


@dataclass(frozen=True, eq=False)
class TimingTable:
    """One view's regression: waveform -> principal scores -> strike and toe-off, as shares of a stride from mid-stance."""

    mean: Floats
    """(m,) the mean feature vector: the waveform row by row, then the stride time in s."""
    basis: Floats
    """(k, m) orthonormal."""
    score_sd: Floats
    """(k,)"""
    residual_sd: float
    """What the basis leaves unexplained, per feature."""
    weights: Floats
    """(1 + k + k(k+1)/2, 2) for 1, scores, products of scores (scores in `scale`)."""
    scale: float
    range_share: Floats
    """(2, 2) lowest and highest strike and toe-off in training; answers are held within."""
    strike_step_sd_s: float
    toe_off_step_sd_s: float
    """Random error of one event."""
    contact_foot_sd_s: float
    """Error of a foot's mean contact time that all its steps share."""


def features(wave: Floats, stride_s: float) -> Floats:
    """What the regression reads.

    Args:
        wave: (4, 39) as from `gait.events.waves.mean_wave`; NaN stays.
        stride_s: The stride's time in life.

    Returns:
        (m,) the waveform row by row, then the stride time.
    """
    return np.asarray(np.r_[wave.ravel(), stride_s])


def scores(table: TimingTable, x: Floats) -> Floats:
    """Principal scores, held within 3.5 training SDs.

    Args:
        table: The view's.
        x: (m,) as from `features`. NaN entries are left out: the answer is the likeliest given what was seen, and 0 (the mean runner)
            where nothing was.

    Returns:
        (k,) finite always.
    """
    seen = np.isfinite(x)
    v = table.basis[:, seen]
    precision = v @ v.T / table.residual_sd**2 + np.diag(1 / table.score_sd**2)
    z = np.linalg.solve(precision, v @ (x[seen] - table.mean[seen]) / table.residual_sd**2)
    return np.clip(z, -SCORE_LIMIT_SDS * table.score_sd, SCORE_LIMIT_SDS * table.score_sd)


def expand(z: Floats, scale: float) -> Floats:
    """One, scores and their products, weighted as the kernel (1 + 0.3 a.b)² weights them.

    Args:
        z: (..., k) scores.
        scale: They are divided by it.

    Returns:
        (..., 1 + k + k(k+1)/2).

    Example:
        The inner product of two expansions is the kernel:

        >>> a, b = np.array([1.0, 2.0]), np.array([0.5, -1.0])
        >>> float(round(expand(a, 1.0) @ expand(b, 1.0), 6)), float(round((1 + 0.3 * a @ b) ** 2, 6))
        (0.3025, 0.3025)
    """
    gamma = 0.3
    u = z / scale
    i, j = np.triu_indices(z.shape[-1])
    products = gamma * u[..., i] * u[..., j] * np.where(i == j, 1.0, np.sqrt(2.0))
    return np.concatenate([np.ones((*z.shape[:-1], 1)), np.sqrt(2 * gamma) * u, products], axis=-1)


def contact_sd_s(table: TimingTable, tracker: str, points_px: Floats) -> float:
    """SD of the error of a foot's mean contact time that all its steps share, in s.

    Args:
        table: What the times were read by.
        tracker: Its name.
        points_px: (n, 33, 2) px; NaN where not seen.

    Returns:
        The table's own for the tracker it was made for. The general table was made from true places of joints: other trackers put them
        elsewhere, in a way nobody has measured, and without heels and toes toe-off is a guess.
    """
    if "blazepose" in tracker and not tracker.endswith(OTHER_NETWORKS):
        return table.contact_foot_sd_s
    feet = points_px[:, [Landmark.of(side, joint) for side in Side for joint in ("heel", "foot_index")]]
    return OTHER_TRACKER_SD_S if np.isfinite(feet).any() else WITHOUT_FEET_SD_S


def event_shares(table: TimingTable, wave: Floats, stride_s: float) -> Floats:
    """Foot strike and toe-off from where the waveform's phases are counted.

    Args:
        table: The view's and tracker's.
        wave: (4, 39) in shank lengths; rows of NaN are joints not seen.
        stride_s: The stride's time in life, not of a slowed clip.

    Returns:
        (2,) in strides, held within the range of training; finite always.
    """
    answer = expand(scores(table, features(wave, stride_s)), table.scale) @ table.weights
    return np.asarray(np.clip(answer, table.range_share[0], table.range_share[1]))


@cache
def _tables() -> dict[str, TimingTable]:
    raw: dict[str, Any] = json.loads((files("gait") / "data" / "event_timing.json").read_text(encoding="utf-8"))[
        "tables"
    ]
    arrays = ("mean", "basis", "score_sd", "weights", "range_share")
    found = {}
    for name, entries in raw.items():
        own: dict[str, Any] = {k: np.array(v) if k in arrays else v for k, v in entries.items()}
        found[name] = TimingTable(**own)
    return found


def timing_table(view: View, tracker: str) -> TimingTable:
    """The table that fits the view and the kind of key points.

    Args:
        view: Front and side have their own; any other is taken as rear.
        tracker: Its name; those with "blazepose" in it err in a known way and have a table of their own.
    """
    if view in (View.SIDE, View.FRONT):
        return _tables()[view.value]
    return _tables()["rear_blazepose" if "blazepose" in tracker else "rear"]


def trunk_table(view: View, tracker: str) -> TimingTable | None:
    """The table for waveforms whose phases count from where the trunk is lowest; None where there is only the other."""
    rear = view not in (View.SIDE, View.FRONT)
    return _tables()["rear_blazepose_trunk"] if rear and "blazepose" in tracker else None
