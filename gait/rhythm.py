"""What several stages need to know of the runner's own measure and beat: shank length and stride time."""

import numpy as np

from gait.landmarks import Landmark, Side
from gait.model import Floats

_STRIDE_RANGE_S = (0.4, 6.0)
"""Stride times looked for: 0.4 s is 300 steps/min; 6 s is running filmed at 240 and stored at 30 frames a second."""
_FIRST_PEAK_SHARE = 0.7
"""The shortest lag whose peak comes this near the highest is the stride; later ones are its multiples. Half a stride is no
peak but a trough, because the feet alternate."""
_MIN_AUTOCORRELATION = 0.4
"""Below, the motion is no rhythm to go by."""


def shank_length_px(points_px: Floats) -> float:
    """Length of the lower legs in the picture: 90th percentile of the knee-ankle distance over frames and sides; NaN if unseen.

    The high percentile is the leg seen square on; a shank swinging towards the camera looks shorter.
    """
    lengths = [
        np.linalg.norm(points_px[:, Landmark.of(side, "knee")] - points_px[:, Landmark.of(side, "ankle")], axis=1)
        for side in Side
    ]
    seen = np.concatenate(lengths)
    seen = seen[np.isfinite(seen)]
    return float(np.percentile(seen, 90)) if len(seen) else float("nan")


def stride_time_s(times_s: Floats, points_px: Floats) -> float:
    """Time of one stride from the autocorrelation of (left - right) ankle positions; NaN where there is no rhythm.

    Robust against a minority of exchanged or missing frames. Resolution about a tenth of a frame.
    """
    step_s = float(np.median(np.diff(times_s)))
    apart = points_px[:, Landmark.LEFT_ANKLE] - points_px[:, Landmark.RIGHT_ANKLE]
    seen = np.isfinite(apart).all(axis=1)
    if seen.sum() < 20 or step_s <= 0:
        return float("nan")
    grid = np.arange(times_s[0], times_s[-1] + step_s / 2, step_s)
    y = np.column_stack([np.interp(grid, times_s[seen], apart[seen, k]) for k in (0, 1)])
    y -= y.mean(axis=0)
    n = len(grid)
    power = np.abs(np.fft.rfft(y, 2 * n, axis=0)) ** 2
    raw = np.fft.irfft(power.sum(axis=1))[:n]
    if raw[0] <= 0:
        return float("nan")
    lags = np.arange(n)
    r = raw / raw[0] * n / np.maximum(n - lags, 1)
    usable = (
        (lags[1:-1] * step_s >= _STRIDE_RANGE_S[0])
        & (lags[1:-1] * step_s <= _STRIDE_RANGE_S[1])
        & (lags[1:-1] <= 0.6 * n)
    )
    peak = 1 + np.flatnonzero((r[1:-1] >= r[:-2]) & (r[1:-1] > r[2:]) & usable)
    if not len(peak) or r[peak].max() < _MIN_AUTOCORRELATION:
        return float("nan")
    k = int(peak[r[peak] >= _FIRST_PEAK_SHARE * r[peak].max()][0])
    bend = r[k - 1] - 2 * r[k] + r[k + 1]
    return float((k + (0.5 * (r[k - 1] - r[k + 1]) / bend if bend < 0 else 0.0)) * step_s)
