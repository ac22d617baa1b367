"""Steps with a known curve of the rearfoot angle: what the step table is asked about."""

import numpy as np

from gait.landmarks import Side
from gait.model import FootAngles, FootEvents, GaitEvents, RearfootAngles
from gait.settings import RearfootSettings
from gait.strides import tabulate_strides

STANCE_S, STRIDE_S = 0.25, 0.7


def curve_deg(pct: np.ndarray, peak_deg: float, touchdown_deg: float = -5.0) -> np.ndarray:
    """Rises to its peak at 40 % of stance and comes half-way back."""
    rise = np.sin(np.pi / 2 * np.minimum(pct, 40) / 40)
    back = np.where(pct > 40, 0.5 * (1 - np.cos(np.pi * (pct - 40) / 60)) * 0.5, 0.0)
    return touchdown_deg + (peak_deg - touchdown_deg) * (rise - back)


def foot_events(steps: int, first_s: float = 0.1) -> FootEvents:
    strikes = first_s + STRIDE_S * np.arange(steps)
    return FootEvents(strikes, strikes + STANCE_S)


def both(left: FootEvents, bias_sd_s: float = 0.004) -> GaitEvents:
    right = FootEvents(left.foot_strike_s + STRIDE_S / 2, left.toe_off_s + STRIDE_S / 2)
    return GaitEvents({Side.LEFT: left, Side.RIGHT: right}, (), 0.004, 0.004, bias_sd_s, None)


def foot_angles(
    events: FootEvents, fps: float, noise_deg: float, seed: int, peak_deg: float = 11.0, step_sd_deg: float = 1.2
) -> tuple[FootAngles, float]:
    """Angles sampled at the frames of each step, and the mean of the steps' own true peaks."""
    rng = np.random.default_rng(seed)
    peaks = peak_deg + rng.normal(0, step_sd_deg, len(events.foot_strike_s))
    rows = []
    for i, (strike, off) in enumerate(events.stances_s()):
        frames = np.arange(int(np.ceil(strike * fps)), int((strike + 0.75 * (off - strike)) * fps) + 1)
        pct = 100 * (frames / fps - strike) / (off - strike)
        deg = curve_deg(pct, peaks[i]) + rng.normal(0, noise_deg, len(frames))
        rows += [(i, f, f / fps, p, d) for f, p, d in zip(frames, pct, deg, strict=True)]
    stance, frame, time, pct, deg = (np.array(column) for column in zip(*rows, strict=True))
    m = len(deg)
    lines = np.zeros((m, 2, 2))
    angles = FootAngles(
        stance.astype(np.int64), frame.astype(np.int64), time, pct, deg, np.full(m, noise_deg), np.ones(m, bool),
        lines, lines, "heel_counter", 0.0, 2.0,
    )  # fmt: skip
    return angles, float(peaks.mean())


def summary(angles: FootAngles, events: GaitEvents, zero: str = "standing"):
    return tabulate_strides(events, RearfootAngles({Side.LEFT: angles}, zero), RearfootSettings()).feet[Side.LEFT]
