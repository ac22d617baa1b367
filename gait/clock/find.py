"""Pictures, points and the times in the file -> when the frames were taken."""

from dataclasses import replace

import numpy as np

from gait.clock.sights import Sights, lively, look, repeated
from gait.clock.stride import Way, free_steps, whole_steps
from gait.model import Bools, Floats, FrameTimes, Ints, LegPictures
from gait.rhythm import shank_length_px, stride_time_s

MOST_LOST = 3
"""Frames lost at one place that are looked for: more is a recording that stalls, and most files have its time."""
UNEVEN_SHARE = 0.1
"""Times that are uneven in more than this share of the frames are the camera's own, gaps and all. Nobody closes them up and writes them unevenly."""
UNEVEN = 0.3
"""Of a frame, off the usual time between two."""
MIN_STRIDES = 4
"""Fewer do not say what a stride looks like."""
MOST_FRAMES = 20_000
"""Of a clip: five minutes at 60 a second."""
MIN_PLACES, MIN_SHARE = 5, 0.015
"""Places where the times are wrong, and their share of the frames. Fewer make an error of less than 4 ms in a contact of 250, and a stumble or a
cut looks the same."""
SHARP = 0.6
"""At those places the step is longer by at least this part of a frame, in the median, before whole frames are asked for."""
MANY, LONGER = 0.05, (1.03, 1.06)
"""From this share of places on, the stride to begin with is uncertain by several in a hundred: longer ones are tried too."""
RUN = 3
"""So many steps in a row that are all longer are no lost frames but another speed, or somebody who stumbles."""
GATHERED, SAME_MOMENT = 0.5, 6.0
"""Length of the phases' mean vector, and its square times the places (Rayleigh's test: chance makes more once in 400 clips). What happens at
the same moment of every stride belongs to the runner: on a real clip, filmed at 30 per second, the crossing of the legs."""
DOUBTFUL, SD_IN_DOUBT = 0.045, 1.5
"""Steps that look longer or shorter, where no better times can be told. Clips without a lost frame: at most 0.02 (10 clips);
with 8 in 100 lost, at least 0.054. They are fewer than what was lost: times are short by about twice this share."""
SD_SHARE, SD_PER_LOST = 0.003, 0.12
"""Error of the mended time, 1 SD as a share of it; the second times the share of frames lost. Frames taken out of 8 rendered clips at random:
of 3, 8 and 15 % lost, 0-10, 0-15 and 2-25 in a hundred were not found."""


def read_clock(times_s: Floats, points_px: Floats, pictures: LegPictures) -> FrameTimes:
    """When the frames of a clip of a runner were taken.

    Args:
        times_s: (n,) times in the file, rising, first = 0.
        points_px: (n, 33, 2) px, NaN where not seen; the length of the shank and of a stride are taken from them.
        pictures: The legs' crops; frames without one say nothing.

    Returns:
        The times themselves where nothing speaks against them, or where nothing can be told: no rhythm, fewer than four strides. Else times
        that are longer by what was lost and shorter by what was put in twice.
    """
    same = FrameTimes(times_s)
    n, shank_px = len(times_s), shank_length_px(points_px)
    if n < 30 or n > MOST_FRAMES or not np.isfinite(shank_px):
        return same
    frame_s = float(np.median(np.diff(times_s)))
    sights = look(pictures, n, shank_px)
    if sights is None:
        return same
    first, last = lively(sights, max(3, round(1 / frame_s)))
    inside = np.arange(first, last)
    if last - first < 30:
        return same
    stride_s = stride_time_s(times_s[inside], points_px[inside])
    if not np.isfinite(stride_s) or times_s[last - 1] - times_s[first] < MIN_STRIDES * stride_s:
        return same
    new = inside[~repeated(Sights(sights.values[inside]))]
    way, longer = _mended(sights.values[new], times_s[new] / frame_s, stride_s / frame_s, np.diff(new) - 1)
    if way is not None:
        return _told(times_s, new, way.extra, frame_s)
    if longer > DOUBTFUL:
        return FrameTimes(times_s, sd_share=SD_IN_DOUBT * longer, doubtful=longer)
    return same


def _mended(values: Floats, stamps: Floats, stride_frames: float, copies: Ints) -> tuple[Way | None, float]:
    """The likeliest way through frames that are all new, and the share of steps that do not fit the file's times.

    `copies` (n - 1,) are the repeated frames between them. None where the file's times stand, or no better ones can be told.
    """
    steps = np.diff(stamps)
    even = np.abs(steps - 1 - copies) < UNEVEN
    if len(steps) < 30 or 1 - even.mean() > UNEVEN_SHARE:
        return None, 0.0
    stamps = stamps - stamps[0]
    phase, moved = free_steps(values, stamps, stride_frames)
    single = _single(moved / steps, even)
    freely = moved / single - steps
    longer = _places(np.abs(freely) > SHARP, RUN)
    if longer.sum() < _fewest(len(steps)):
        return None, 0.0
    # Where many frames are lost, some steps of two are taken for one, and the stride comes out too short by some of the rest of the way.
    begin = 1 / single + 0.4 * (1 / single - stride_frames)
    allowed = np.stack([-copies, np.where(even, MOST_LOST, 0)], axis=1)
    ways = [whole_steps(values, stamps, phase, begin, allowed)]
    if (ways[0].extra != 0).mean() > MANY:
        ways += [whole_steps(values, stamps, phase, more * begin, allowed) for more in LONGER]
    way = min(ways, key=lambda w: w.cost)
    as_stored = whole_steps(values, stamps, stamps / stride_frames, stride_frames, np.zeros_like(allowed))
    if as_stored.cost <= way.cost:
        return None, float(longer.mean())
    found = _places(way.extra != 0, RUN)
    if found.sum() < _fewest(len(steps)):
        return None, float(longer.mean())
    towards = np.sign(way.extra[found]) * freely[found]
    if np.median(towards) < SHARP or _same_moment(way.phase[1:][found]):
        return None, float(longer.mean())
    return replace(way, extra=np.where(found, way.extra, 0)), float(longer.mean())


def _same_moment(phase: Floats) -> bool:
    """Whether the phases, in turns, gather at one moment of the stride, or of the step: then they are the runner's."""
    gathered = max(float(np.abs(np.exp(2j * np.pi * times * phase).mean())) for times in (1, 2))
    return gathered > GATHERED and len(phase) * gathered**2 > SAME_MOMENT


def _fewest(steps: int) -> float:
    return max(MIN_PLACES, MIN_SHARE * steps)


def _single(moved: Floats, even: Bools) -> float:
    """The step of one frame, in turns: the mean of those that are not longer by half."""
    moved = moved[even]
    usual = float(np.median(moved))
    for _ in range(5):
        near = moved[(moved > 0.5 * usual) & (moved < 1.5 * usual)]
        usual = float(near.mean()) if len(near) else usual
    return max(usual, 1e-6)


def _places(found: Bools, run: int) -> Bools:
    """Those of the places that do not stand in a row of `run` or more.

    Example:
        >>> _places(np.array([True, False, True, True, True]), 3).tolist()
        [True, False, False, False, False]
    """
    out = found.copy()
    edges = np.flatnonzero(np.diff(np.r_[False, found, False]))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start >= run:
            out[start:stop] = False
    return out


def _told(times_s: Floats, new: Ints, extra: Ints, frame_s: float) -> FrameTimes:
    """The times with whole frames put in before frames, and taken out where copies were put in.

    Copies lie evenly between the new frames either side of them.
    """
    ahead = np.zeros(len(times_s))
    for start, stop, more in zip(new[:-1], new[1:], extra, strict=True):
        ahead[start + 1 : stop + 1] += more / (stop - start)
    lost, added = int(extra[extra > 0].sum()), int(-extra[extra < 0].sum())
    share = (lost + added) / (len(times_s) + lost)
    return FrameTimes(times_s + frame_s * np.cumsum(ahead), lost, added, SD_SHARE + SD_PER_LOST * share)
