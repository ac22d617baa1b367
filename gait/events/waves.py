"""The beat of the run and each foot's mean waveform: fifty steps say together what one step cannot.

The left-right difference of the ankle heights swings once a stride. Its fundamental, taken with a narrow zero-phase band,
gives a *middle* for every stance that follows the true events within 3-4 ms (SD over steps, 16 motion-captured runners);
averaging the landmarks' heights round those middles gives a waveform almost free of noise.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from gait.landmarks import Landmark, Side
from gait.model import Floats
from gait.rhythm import shank_length_px

JOINTS = ("knee", "ankle", "heel", "foot_index")
"""Whose heights make the waveform, in this order."""
PHASES = np.linspace(-0.45, 0.5, 39)
"""Where the waveform is sampled, in strides from the middle of stance."""

_BAND_SHARE = 0.25
"""SD of the Gaussian band round the stride frequency, as a share of it: narrow enough to drop the second harmonic."""
_LONGEST_BRIDGE_S = 0.12
"""A waveform sample further than this from any seen frame is left out."""
_FULL_SWING_SHARE = 0.7
"""Strides that swing less than this share of the usual are no steady running (runners vary by 5 %)."""
_WINSOR_SDS = 3.0
"""A step's sample further than this many robust SDs from the middle one is pulled in to there."""
_MIN_BOB_SHANKS = 0.03
"""A trunk that rises and falls by less than this (amplitude) tells no time; runners bob by 0.08-0.15."""


@dataclass(frozen=True, eq=False)
class Beat:
    """The rhythm of one stretch of running."""

    stride_s: float
    middles_s: Mapping[Side, Floats]
    """Per foot, one time per stance, ascending; the first and last may lie half a stride outside the stretch."""

    def moved(self, by_share: float) -> "Beat":
        """The same rhythm counted from `by_share` strides after each middle.

        Example:
            >>> Beat(0.7, {Side.LEFT: np.array([0.1, 0.8])}).moved(0.1).middles_s[Side.LEFT].round(2).tolist()
            [0.17, 0.87]
        """
        return Beat(self.stride_s, {side: m + by_share * self.stride_s for side, m in self.middles_s.items()})


def find_beat(times_s: Floats, points_px: Floats, stride_s: float) -> Beat | None:
    """The middles of all stances of a stretch.

    Args:
        times_s: (n,) rising; uneven times are allowed.
        points_px: (n, 33, 2) px, y down. The best seen of ankle, heel, toe and knee is used, and gaps are bridged by straight lines.
        stride_s: About the time of a stride; the rhythm found near it is returned.

    Returns:
        None when no foot point serves (fewer than ten frames) or less than one whole stride is seen.
    """
    apart = _height_difference(points_px)
    seen = np.isfinite(apart)
    if seen.sum() < 10:
        return None
    step_s = float(np.median(np.diff(times_s)))
    grid = np.arange(times_s[0], times_s[-1] + step_s / 2, step_s)
    d = np.interp(grid, times_s[seen], apart[seen])
    d -= d.mean()
    for _ in range(2):  # the second time with the stride time the first has found
        phase = _phase(d, stride_s / step_s)
        stride_s = float(1 / np.polyfit(grid, phase, 1)[0])
    turns, at = np.unique(phase, return_index=True)
    if len(turns) < 4 or turns[-1] - turns[0] < 1:
        return None
    clock = grid[at]
    middles = {}
    for side, offset in ((Side.LEFT, 0.0), (Side.RIGHT, 0.5)):
        k = np.arange(np.ceil(turns[0] - offset - 0.5), np.floor(turns[-1] - offset + 0.5) + 1) + offset
        inside = np.interp(k, turns, clock)
        before, after = np.minimum(k - turns[0], 0), np.maximum(k - turns[-1], 0)
        middles[side] = inside + (before + after) * stride_s
    return Beat(stride_s, middles)


def full_swing(times_s: Floats, points_px: Floats, stride_s: float) -> tuple[float, float]:
    """The longest stretch in which the feet swing as far as they usually do; all of it when they always do.

    Stepping on and off the belt, the first strides and the last ones swing less.

    Args:
        times_s: (n,) rising.
        points_px: (n, 33, 2) px; NaN is bridged by straight lines.
        stride_s: The time of a stride.

    Returns:
        Start and end in s. Both are the first frame's time where fewer than ten frames show both feet.
    """
    apart = _height_difference(points_px)
    seen = np.isfinite(apart)
    if seen.sum() < 10:
        return float(times_s[0]), float(times_s[0])
    half = stride_s / 2
    grid = np.arange(times_s[0] + half, times_s[-1] - half, stride_s / 8)
    d = np.interp(times_s, times_s[seen], apart[seen])
    left, right = np.searchsorted(times_s, grid - half), np.searchsorted(times_s, grid + half)
    reach = np.array([np.ptp(d[a:b]) for a, b in zip(left, right, strict=True)])
    if len(reach) < 3:
        return float(times_s[0]), float(times_s[-1])
    edges = np.flatnonzero(np.diff(np.r_[False, reach >= _FULL_SWING_SHARE * np.median(reach), False].astype(int)))
    begin, end = max(edges.reshape(-1, 2), key=lambda run: run[1] - run[0])
    # a window half a stride wide either way reaches its full range before the swing fills it
    start_s = float(times_s[0]) if begin == 0 else float(grid[begin]) + half
    end_s = float(times_s[-1]) if end == len(reach) else float(grid[end - 1]) - half
    return start_s, end_s


def _phase(d: Floats, stride_frames: float) -> Floats:
    """(n,) turns of the fundamental of `d`, rising; whole turns where d is greatest. Both ends are prolonged by their own stride."""
    n = len(d)
    frames = np.arange(n)
    pad = min(int(3 * stride_frames), 4 * n)
    ahead = np.arange(n, n + pad)
    behind = np.arange(-pad, 0)
    tail = np.interp(ahead - np.ceil((ahead - n + 1) / stride_frames) * stride_frames, frames, d)
    head = np.interp(behind + np.ceil(-behind / stride_frames) * stride_frames, frames, d)
    whole = np.r_[head, d, tail]
    f = np.fft.fftfreq(len(whole))
    band = np.where(f > 0, 2 * np.exp(-0.5 * ((f * stride_frames - 1) / _BAND_SHARE) ** 2), 0)
    phase = np.unwrap(np.angle(np.fft.ifft(np.fft.fft(whole) * band)[pad : pad + n])) / (2 * np.pi)
    return np.maximum.accumulate(phase)


def mean_wave(times_s: Floats, points_px: Floats, beat: Beat, side: Side, shank_px: float) -> Floats:
    """The mean height of `JOINTS` at `PHASES`, round a foot's middles.

    Args:
        times_s: (n,) rising.
        points_px: (n, 33, 2) px, y down. A sample further than 0.12 s from any seen frame is left out.
        beat: Whose middles are counted from.
        side: The foot.
        shank_px: What lengths are divided by.

    Returns:
        (4, 39) in shank lengths, y down, each joint's own mean taken off. A joint of which some phase was never seen is NaN throughout.
    """
    at = beat.middles_s[side][:, None] + PHASES * beat.stride_s
    wave = np.full((len(JOINTS), len(PHASES)), np.nan)
    for row, joint in enumerate(JOINTS):
        y = points_px[:, Landmark.of(side, joint), 1] / shank_px
        seen = np.flatnonzero(np.isfinite(y))
        if len(seen) < 10:
            continue
        own = times_s[seen]
        steps = CubicSpline(own, y[seen])(at)
        right = np.clip(np.searchsorted(own, at), 1, len(own) - 1)
        off = np.minimum(np.abs(at - own[right]), np.abs(at - own[right - 1]))
        steps[(at < own[0]) | (at > own[-1]) | (off > _LONGEST_BRIDGE_S)] = np.nan
        if not np.isfinite(steps).any(axis=0).all():
            continue
        middle = np.nanmedian(steps, axis=0)
        spread = 1.4826 * np.nanmedian(np.abs(steps - middle), axis=0) + 1e-9
        wave[row] = np.nanmean(np.clip(steps, middle - _WINSOR_SDS * spread, middle + _WINSOR_SDS * spread), axis=0)
        wave[row] -= wave[row].mean()
    return wave


def trunk_low_share(times_s: Floats, points_px: Floats, beat: Beat) -> float | None:
    """When the trunk is lowest, in strides after the left foot's middle (and as long after the right one's): -0.25 to 0.25.

    The phase of the trunk's fall and rise at the step frequency, which by Newton's law is that of the vertical force.

    Args:
        times_s: (n,) rising.
        points_px: (n, 33, 2) px, y down. Hips, and shoulders where seen; frames without hips are left out.
        beat: The rhythm the phase is counted in; three left middles at least.

    Returns:
        None without hips in 20 frames, or where the trunk bobs by less than 3 % of a shank.
    """
    shank_px = shank_length_px(points_px)
    lefts = beat.middles_s[Side.LEFT]
    if len(lefts) < 3:
        return None
    heights = []
    for joint in ("hip", "shoulder"):
        y = (points_px[:, Landmark.of(Side.LEFT, joint), 1] + points_px[:, Landmark.of(Side.RIGHT, joint), 1]) / 2
        heights.append(y / shank_px)
    trunk = np.where(np.isfinite(heights[1]), (heights[0] + heights[1]) / 2, heights[0])
    turn = np.interp(times_s, lefts, np.arange(len(lefts)), left=np.nan, right=np.nan)
    ok = np.isfinite(trunk) & np.isfinite(turn)
    if ok.sum() < 20:
        return None
    turn, trunk = turn[ok], trunk[ok]
    trunk = trunk - np.polyval(np.polyfit(turn, trunk, 2), turn)
    angle = 4 * np.pi * turn
    design = np.column_stack([np.cos(angle), np.sin(angle), np.cos(angle / 2), np.sin(angle / 2), np.ones_like(turn)])
    c, s = np.linalg.lstsq(design, trunk, rcond=None)[0][:2]
    if np.hypot(c, s) < _MIN_BOB_SHANKS:
        return None
    return float(np.arctan2(s, c) / (4 * np.pi))


def _height_difference(points_px: Floats) -> Floats:
    """(n,) y of the left foot less that of the right, from the best seen of ankle, heel, toe and knee."""
    best = np.full(len(points_px), np.nan)
    for joint in ("ankle", "heel", "foot_index", "knee"):
        d = points_px[:, Landmark.of(Side.LEFT, joint), 1] - points_px[:, Landmark.of(Side.RIGHT, joint), 1]
        if np.isfinite(d).sum() > 1.1 * np.isfinite(best).sum():
            best = d
    return best
