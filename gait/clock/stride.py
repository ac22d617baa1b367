"""Where in the stride each frame was taken: the likeliest way through a stride that every stride repeats.

The stride is a Fourier series of what frames look like. Frames and series are found by turns: a series from the phases that the times in the
file give, the likeliest phases in it, a sharper series from these, and so on. The way is found by dynamic programming (Viterbi).
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gait.model import Floats, Ints

HARMONICS = 10
"""14 Hz at 170 steps a minute: feet that swing have no more to show at 60 frames a second."""
BINS_PER_FRAME = 6
"""Of a stride; phases of clean clips scatter by 0.1 frames."""
PASSES = 3
TEMPER = 4.0
"""Squared errors count a quarter: neighbouring frames and components err together."""
MOST_COST = 10.0
"""No frame argues more strongly, however little it looks like a stride."""
RIDGE = 1e-3
FREE_COST = 6.0
"""Of a step that is a frame longer or shorter than the time in the file says, where whole frames are not asked for yet."""
EXTRA_COST, MORE_COST = 8.0, 1.5
"""Of a place with a lost frame, and of each further frame lost there."""
SLIP_COST = 2.0
"""Of a sixth of a frame faster or slower: a runner's strides differ by 1-2 %, a third of a bin each ten frames."""


@dataclass(frozen=True, eq=False)
class Way:
    """The frames' way through the strides."""

    extra: Ints
    """(n - 1,) whole frames more, from each frame to the next, than the times in the file have."""
    stride_frames: float
    """The stride's time in frames, the lost ones counted."""
    phase: Floats
    """(n,) turns."""
    cost: float
    """Of the way: less is likelier."""


def free_steps(values: Floats, stamps: Floats, stride_frames: float) -> tuple[Floats, Floats]:
    """Phases of all frames, whatever steps they make.

    Args:
        values: (n, k) what frames look like; NaN where not seen.
        stamps: (n,) times in the file, in frames, rising.
        stride_frames: The stride by these times.

    Returns:
        (n,) phases in turns, and (n - 1,) the steps between them in turns.
    """
    steps = np.diff(stamps)
    phase = stamps / stride_frames
    bins = max(8, round(stride_frames * BINS_PER_FRAME))
    off = np.arange(-BINS_PER_FRAME, 2 * BINS_PER_FRAME + 1)
    ways = np.maximum(np.round(steps * bins / stride_frames).astype(int)[:, None] + off, 0)
    cost = FREE_COST * np.minimum(np.abs(off) / BINS_PER_FRAME, 1.0)
    moved = steps / stride_frames
    for _ in range(PASSES):
        chosen, _ = _likeliest(_misfit(values, phase, bins), ways, np.broadcast_to(cost, ways.shape))
        moved = ways[np.arange(len(steps)), chosen] / bins
        phase = np.r_[0.0, np.cumsum(moved)]
    return phase, moved


def whole_steps(values: Floats, stamps: Floats, phase: Floats, stride_frames: float, allowed: Ints) -> Way:
    """The likeliest way in which steps are longer or shorter than in the file by whole frames.

    Args:
        values: (n, k) what frames look like; NaN where not seen.
        stamps: (n,) times in the file, in frames.
        phase: (n,) to begin with, in turns.
        stride_frames: The stride in frames, lost ones counted, to begin with.
        allowed: (n - 1, 2) fewest and most whole frames a step may be longer by.
    """
    steps = np.diff(stamps)
    lowest, highest = int(allowed[:, 0].min()), int(allowed[:, 1].max())
    extras = [0, *(e for e in range(lowest, highest + 1) if e)]
    options = np.array([(e, slip) for e in extras for slip in (-1, 0, 1)])
    cost = np.where(options[:, 0], EXTRA_COST + MORE_COST * (np.abs(options[:, 0]) - 1), 0.0)
    cost = np.broadcast_to(cost + SLIP_COST * np.abs(options[:, 1]), (len(steps), len(options)))
    barred = (options[:, 0] < allowed[:, :1]) | (options[:, 0] > allowed[:, 1:])
    cost = np.where(barred, np.inf, cost)
    extra, total = np.zeros(len(steps), dtype=np.int64), np.inf
    for _ in range(PASSES):
        bins = max(8, round(stride_frames * BINS_PER_FRAME))
        ways = np.round((steps[:, None] + options[:, 0]) * bins / stride_frames).astype(int) + options[:, 1]
        ways = np.maximum(ways, 0)
        chosen, total = _likeliest(_misfit(values, phase, bins), ways, cost)
        extra = options[chosen, 0]
        turns = np.r_[0.0, np.cumsum(ways[np.arange(len(steps)), chosen])] / bins
        taken = np.r_[0.0, np.cumsum(steps + extra)]
        stride_frames = float(1 / np.polyfit(taken, turns, 1)[0])
        phase = taken / stride_frames + _slow(turns - taken / stride_frames, int(2 * stride_frames))
    return Way(extra, stride_frames, phase, total)


def _slow(off: Floats, frames: int) -> Floats:
    """The part of `off` that changes over several strides: a runner who speeds up."""
    near = np.hanning(max(3, frames | 1) + 2)[1:-1]
    wide = np.pad(off, len(near) // 2, mode="edge")
    return np.convolve(wide, near / near.sum(), "valid")


def _series(phase: Floats) -> Floats:
    """(n, 1 + 2 x harmonics) of the Fourier series."""
    angle = 2 * np.pi * np.outer(phase, np.arange(1, HARMONICS + 1))
    return np.column_stack([np.ones(len(phase)), np.cos(angle), np.sin(angle)])


def _misfit(values: Floats, phase: Floats, bins: int) -> Floats:
    """(n, bins) how badly each frame fits each phase of the stride that the phases given make; 0 for a frame not seen."""
    seen = np.isfinite(values).all(axis=1)
    z, design = values[seen], _series(phase[seen])
    weight = np.ones(len(z))
    for _ in range(3):
        weighted = design * weight[:, None]
        shape = np.linalg.solve(weighted.T @ design + RIDGE * np.eye(design.shape[1]), weighted.T @ z)
        off = z - design @ shape
        sd = np.sqrt(weight @ off**2 / weight.sum()) + 1e-9
        far = (off**2 / sd**2).mean(axis=1)
        weight = 1 / np.maximum(1.0, far / (2 * np.median(far) + 1e-12))
    stride = _series(np.arange(bins) / bins) @ shape / sd
    own = z / sd
    cost = ((own**2).sum(axis=1)[:, None] - 2 * own @ stride.T + (stride**2).sum(axis=1)) / TEMPER
    out = np.zeros((len(values), bins))
    out[seen] = np.minimum(cost - cost.min(axis=1, keepdims=True), MOST_COST)
    return out


def _likeliest(misfit: Floats, ways: Ints, cost: Floats) -> tuple[Ints, float]:
    """(n - 1,) which of the ways (n - 1, s), in bins, each step takes: the least sum of misfit and cost, and that sum."""
    n, bins = misfit.shape
    longest = int(ways.max())
    repeats = -(-(bins + longest) // bins)
    back = np.zeros((n, bins), np.uint8)
    total, every = misfit[0], np.arange(bins)
    for k in range(1, n):
        unrolled = np.tile(total, repeats)[-(bins + longest) :]
        reached = sliding_window_view(unrolled, bins)[longest - ways[k - 1]] + cost[k - 1][:, None]
        best = reached.argmin(axis=0)
        back[k] = best
        total = reached[best, every] + misfit[k]
    at = int(total.argmin())
    least = float(total[at])
    chosen = np.zeros(n - 1, dtype=np.int64)
    for k in range(n - 1, 0, -1):
        chosen[k - 1] = back[k, at]
        at = int((at - ways[k - 1, chosen[k - 1]]) % bins)
    return chosen, least
