"""Shank length, stride time and bounce of a runner, and the playback speed that they give away. Shared by several stages."""

import numpy as np

from gait.landmarks import Landmark, Side
from gait.model import Floats

_STRIDE_RANGE_S = (0.4, 6.0)
"""Stride times looked for: 0.4 s is 300 steps/min; 6 s is running filmed at 240 and stored at 30 frames per second."""
_FIRST_PEAK_SHARE = 0.7
"""The shortest lag whose peak comes this near the highest is the stride; later ones are its multiples. Half a stride is no
peak but a trough, because the feet alternate."""
_MIN_AUTOCORRELATION = 0.4
"""Below, the motion is no rhythm to go by."""

SHANK_M = 0.42
"""0.246 of a body height of 1.70 m (Drillis & Contini 1966): the picture's scale, to 10 %. RBDS runners: mean
0.42, 0.37-0.48."""
USUAL_CADENCE_SPM = 170.0
"""RBDS: 162 at 2.5, 171 at 3.5 and 184 at 4.5 m/s."""
USUAL_BOUNCE_G = 1.3
"""Amplitude of the trunk's vertical acceleration at the step frequency. With half-sine ground forces of contact c in steps of T it is
|2 cos(pi c/T) / (1 - 4 (c/T)^2)| of gravity: 1.1-1.4 g for RBDS' contacts and cadences. Tracked runners: 0.93-1.54."""
SLOW_FACTORS = {1.5: 0.1, 2.0: 1.0, 2.4: 0.1, 4.0: 1.0, 4.8: 0.1, 8.0: 1.0, 9.6: 0.1, 16.0: 0.1}
"""Cameras' rates over players' with their likelihood: 60/30, 120/30 and 240/30 are what phones make, 60/25 and 90/60 are rare."""
CADENCE_AT_KMH, CADENCE_SPM_PER_KMH, AT_KMH = 171.4, 3.1, 12.6
"""RBDS means: 161.7 at 9.0, 171.4 at 12.6 and 184.0 at 16.2 km/h; SD over feet 6 % at a known speed."""
USUAL_SDS = (0.06, 0.08)
"""Of the logarithm of the playback speed, from the cadence and from the trunk's fall; the second is half that of the bounce."""
_GRAVITY_M_S2 = 9.81


def shank_length_px(points_px: Floats) -> float:
    """Length of the lower legs in the picture: 90th percentile of the knee-ankle distance over frames and sides.

    The high percentile is the leg seen square on; a shank swinging towards the camera looks shorter.

    Args:
        points_px: (n, 33, 2) picture coordinates; NaN = not seen.

    Returns:
        Pixels; NaN when no knee was seen together with its ankle.
    """
    lengths = [
        np.linalg.norm(points_px[:, Landmark.of(side, "knee")] - points_px[:, Landmark.of(side, "ankle")], axis=1)
        for side in Side
    ]
    seen = np.concatenate(lengths)
    seen = seen[np.isfinite(seen)]
    return float(np.percentile(seen, 90)) if len(seen) else float("nan")


def stride_time_s(times_s: Floats, points_px: Floats) -> float:
    """Time of one stride (two steps) from the autocorrelation of (left - right) ankle positions.

    Robust against a minority of exchanged or missing frames. Resolution about a tenth of a frame.

    Args:
        times_s: (n,) ascending.
        points_px: (n, 33, 2) picture coordinates; NaN = not seen.

    Returns:
        Seconds; NaN where there is no rhythm, or both ankles are seen in fewer than 20 frames.
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


def bounce(times_s: Floats, points_px: Floats, stride_s: float, shank_px: float) -> tuple[float, float]:
    """How hard the trunk bounces from step to step, and whether as in running.

    Args:
        times_s: (n,) at least ten.
        points_px: (n, 33, 2) picture coordinates, y down; NaN = not seen.
        stride_s: As from `stride_time_s`.
        shank_px: As from `shank_length_px`; it gives the picture's scale.

    Returns:
        The acceleration's amplitude at the step frequency, in g if the clip's time is true; and the correlation, -1 to 1, of
        the trunk's depth with the ankles' height difference, which is largest in mid-stance: positive in running.
        Both are NaN where the hips were hardly seen.
    """
    step_hz = 2 / stride_s
    lift = points_px[:, Landmark.LEFT_ANKLE, 1] - points_px[:, Landmark.RIGHT_ANKLE, 1]
    trunk = _at_step_rate(times_s, _trunk_y(points_px), step_hz)
    beat = _at_step_rate(times_s, np.abs(lift - np.nanmean(lift)), step_hz)
    if trunk is None or beat is None or not trunk.std() or not beat.std():
        return float("nan"), float("nan")
    amplitude_m = np.sqrt(2) * trunk.std() / shank_px * SHANK_M
    amplitude_g = amplitude_m * (2 * np.pi * step_hz) ** 2 / _GRAVITY_M_S2
    return float(amplitude_g), float(np.corrcoef(trunk, beat)[0, 1])


def playback(cadence_spm: float, bounce_g: float, speed_kmh: float | None = None) -> float:
    """How many times faster than life a clip plays by its runner's cadence and fall, taken together; about 1 for true times.

    Runners differ: on 13 clips at true speed 0.94-1.11. A clip that plays a fifth too fast or slow stands out on about two of three runners.

    Args:
        cadence_spm: Steps per minute in the clip's own time.
        bounce_g: As from `bounce`.
        speed_kmh: Of the belt; None takes the cadence at a usual speed.

    Returns:
        NaN without both.

    Example:
        >>> round(playback(171.4, 1.3, 12.6), 2), round(playback(171.4 / 1.2, 1.3 / 1.2**2, 12.6), 2)
        (1.0, 0.83)
    """
    if not cadence_spm > 0 or not bounce_g > 0:
        return float("nan")
    usual_spm = USUAL_CADENCE_SPM if speed_kmh is None else CADENCE_AT_KMH + CADENCE_SPM_PER_KMH * (speed_kmh - AT_KMH)
    ratios = np.array([np.log(cadence_spm / usual_spm), np.log(bounce_g / USUAL_BOUNCE_G) / 2])
    weights = 1 / np.array(USUAL_SDS) ** 2
    return float(np.exp(ratios @ weights / weights.sum()))


def slow_factor(cadence_spm: float, bounce_g: float = float("nan")) -> float:
    """The likeliest of the usual slow-motion factors of a clip whose cadence is too low for a run.

    Cadence (runners: SD 8 %) and gravity (SD 15 % of the factor) are weighed with how common each factor is. Played n times
    slower, the cadence falls n-fold and the acceleration n²-fold. A hint for a person to confirm, never taken without asking.

    Args:
        cadence_spm: Steps per minute in the clip's own time.
        bounce_g: As from `bounce`; NaN or 0 leaves the cadence to decide alone.

    Example:
        >>> slow_factor(85.0, 1.3 / 4)
        2.0
    """

    def misfit(factor: float) -> float:
        rhythm = np.log(cadence_spm * factor / USUAL_CADENCE_SPM) / 0.08
        fall = np.log(np.sqrt(USUAL_BOUNCE_G / bounce_g) / factor) / 0.15 if bounce_g > 0 else 0.0
        return float(rhythm**2 + fall**2 - 2 * np.log(SLOW_FACTORS[factor]))

    return min(SLOW_FACTORS, key=misfit)


def _trunk_y(points: Floats) -> Floats:
    """(n,) mean height of the hips, and of the shoulders where they were given; y down."""
    hips = points[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 1].mean(axis=1)
    shoulders = points[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], 1].mean(axis=1)
    return np.asarray((hips + shoulders) / 2 if np.isfinite(shoulders).mean() > 0.5 else hips)


def _at_step_rate(times_s: Floats, y: Floats, step_hz: float) -> Floats | None:
    """The part of `y` between 0.6 and 1.5 times the step frequency, on an even grid; None when it was hardly seen."""
    seen = np.isfinite(y)
    if seen.sum() < 10 or seen.mean() < 0.5:
        return None
    n = len(times_s)
    grid = np.linspace(times_s[0], times_s[-1], n)
    even = np.interp(grid, times_s[seen], y[seen])
    slope, level = np.polyfit(grid, even, 1)
    spectrum = np.fft.rfft(even - (slope * grid + level))
    hz = np.fft.rfftfreq(n, grid[1] - grid[0])
    spectrum[(hz < 0.6 * step_hz) | (hz > 1.5 * step_hz)] = 0
    return np.asarray(np.fft.irfft(spectrum, n))
