"""What the person does when: running, walking, standing, or something that cannot be named."""

from typing import Literal

import numpy as np

from gait.landmarks import Landmark, Side
from gait.model import Floats, Segment
from gait.rhythm import shank_length_px, stride_time_s

Activity = Literal["running", "walking", "standing", "unknown"]

_WINDOW_S = 3.0
"""Four running strides: enough for a rhythm."""
_HOP_S = 0.5
"""From one window's middle to the next."""
_STANDING_SHANKS = 0.15
"""Standing feet move less than this (5th to 95th percentile of ankle height): quiet standing clips show below 0.05."""
_RUNNING_SHANKS = 0.6
"""Who lifts the ankle this high in the picture runs, whatever the cadence (slow motion): walkers lift it by about 0.4."""
_RUNNING_CADENCE_SPM = 140.0
_RUNNING_LOW_SHANKS = 0.3
"""At this cadence people run, even when a high camera or a shuffling gait makes the lift look small."""
_MIN_SEEN_SHARE = 0.7
"""Of a window's frames with both ankles in them; with fewer its activity is unknown."""


def segments(times_s: Floats, points_px: Floats) -> tuple[Segment, ...]:
    """The whole clip, in order, each part with its activity. Parts shorter than a window take their neighbours' name.

    Args:
        times_s: (n,) rising, first = 0.
        points_px: (n, 33, 2) px, y down; NaN where not seen. A window of 3 s in which an ankle is missing from more than
            three frames in ten is "unknown".

    Returns:
        Parts that touch and cover the clip; none below ten frames.
    """
    if len(times_s) < 10:
        return ()
    end_s = float(times_s[-1])
    shank_px = shank_length_px(points_px)
    if not np.isfinite(shank_px) or shank_px <= 0:
        return (Segment(0.0, end_s, "unknown"),)
    window_s = min(_WINDOW_S, end_s)
    middles = np.arange(window_s / 2, end_s - window_s / 2 + 1e-6, _HOP_S)
    named: list[Activity] = []
    for middle in middles:
        inside = (times_s >= middle - window_s / 2) & (times_s <= middle + window_s / 2)
        named.append(_activity(times_s[inside], points_px[inside], shank_px))
    found: list[Segment] = []
    edges = np.r_[0.0, (middles[1:] + middles[:-1]) / 2, end_s]
    for name, start, stop in zip(named, edges[:-1], edges[1:], strict=True):
        if found and found[-1].activity == name:
            found[-1] = Segment(found[-1].start_s, float(stop), name)
        else:
            found.append(Segment(float(start), float(stop), name))
    return tuple(found)


def _activity(times_s: Floats, points_px: Floats, shank_px: float) -> Activity:
    """The name for one window."""
    ankles = points_px[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]]
    if len(times_s) < 10 or np.isfinite(ankles).all(axis=(1, 2)).mean() < _MIN_SEEN_SHARE:
        return "unknown"
    lift = min(ankle_lift_shanks(points_px, side, shank_px) for side in Side)
    if lift < _STANDING_SHANKS:
        return "standing"
    stride_s = stride_time_s(times_s, points_px)
    if not np.isfinite(stride_s):
        return "unknown"
    quick = 120 / stride_s >= _RUNNING_CADENCE_SPM and lift >= _RUNNING_LOW_SHANKS
    return "running" if quick or lift >= _RUNNING_SHANKS else "walking"


def ankle_lift_shanks(points_px: Floats, side: Side, shank_px: float) -> float:
    """How far the ankle rises and falls in the picture (5th to 95th percentile), in shank lengths.

    Args:
        points_px: (n, 33, 2) px; NaN is left out, and the answer is NaN when the ankle was never seen.
        side: The runner's.
        shank_px: As from `gait.rhythm.shank_length_px`.
    """
    low, high = np.nanpercentile(points_px[:, Landmark.of(side, "ankle"), 1], [5, 95])
    return float((high - low) / shank_px)
