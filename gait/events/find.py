"""Trajectories -> GaitEvents."""

from dataclasses import replace

import numpy as np

from gait.events.activity import segments
from gait.events.timing import LOW_AT_STANCE, TimingTable, contact_sd_s, event_shares, timing_table, trunk_table
from gait.events.waves import Beat, find_beat, full_swing, mean_wave, trunk_low_share
from gait.landmarks import Side, View
from gait.model import Estimate, Floats, FootEvents, GaitEvents, Segment, Trajectories
from gait.rhythm import bounce, shank_length_px, slow_factor, stride_time_s
from gait.settings import EventSettings

_UNSTEADY_SHARE = 0.12
"""A stride whose time is off the median by more than this ends the steady part (runners vary by 1-2 %)."""
_MIN_STRIDES = 3
"""Fewer steady strides are no rhythm to average over."""
_MIDDLE_SD_S = 0.004
"""SD of a stance's middle about the true rhythm (measured on RBDS); gives the cadence its interval."""
_LEVEL_SHARE, _LEVEL_STRIDES = 0.01, 6
"""Overlapping strides of a level rhythm differ by less: 0.7 % on 8 rendered runners at their true speed, 3-16 % where a clip goes from
true speed to half. So many overlapping strides last as long as three and a half."""
_TRUNK_WEIGHT = 0.7
"""The trunk is better seen than feet that swing: SD of mid-stance about 5 ms from it, 10 ms from the legs' waveform. Only for
key points without a table of their own that counts from the trunk."""
_TRUNK_LIMIT_SHARE = 0.12
"""A trunk that disagrees by more than this part of a stride is not the runner's bob. Of 36 rendered runners the furthest, under a camera
1.2 m high and 2.3 m off, is 0.08 away, and it is the legs' waveform that is wrong there."""
_EDGE_S = 0.015
"""An event this near the end of what was seen may lie beyond it: three SDs of its error."""


def find_events(trajectories: Trajectories, view: View, settings: EventSettings, *, slowed: bool = False) -> GaitEvents:
    """Sub-frame foot strikes and toe-offs of the longest steady stretch of running.

    Times come from each foot's mean waveform over all its steps and from every step's own place in the rhythm.

    Args:
        trajectories: Its `unfiltered_px` (n, 33, 2) are read, in px with y down. Points that are NaN are left out; ankles that are
            hardly seen leave no rhythm. At least ten frames are needed.
        view: Chooses the table of timings; an unknown view is taken as from behind.
        settings: The range of cadences, in steps per minute, that people run at.
        slowed: The clip was filmed in slow motion. Phones go over into it and out of it gradually, so that the stretch is narrowed to
            where the rhythm is level.

    Returns:
        Times in s, ascending, per foot. No event is given within 15 ms of the end of what was seen. Without running there are no
        events, `cadence_spm` is None and `segments` say what was seen instead; nothing is raised. A cadence above the settings'
        range is still reported; one below it is read as slow motion (`GaitEvents.slow_motion`), and the times stay the clip's own.

    Example:
        Ankles that rise and fall by turns, a stride of 0.7 s:

        >>> from gait.landmarks import Landmark
        >>> times_s = np.arange(600) / 60
        >>> swing = np.cos(2 * np.pi * times_s / 0.7)
        >>> points = np.full((600, 33, 2), np.nan)
        >>> for side, down in ((Side.LEFT, swing), (Side.RIGHT, -swing)):
        ...     for joint, y, share in (("knee", 300, 0.2), ("ankle", 450, 1.0), ("heel", 475, 1.1), ("foot_index", 485, 0.8)):
        ...         x = np.full(600, 360 + 30 * side.lateral_sign)
        ...         points[:, Landmark.of(side, joint)] = np.column_stack([x, y + 60 * share * down])
        >>> filled = np.zeros((600, 33), dtype=bool)
        >>> moves = Trajectories(times_s, points, filled, 8.0, 0, 720, 1280, points)
        >>> events = find_events(moves, View.REAR, EventSettings())
        >>> round(events.cadence_spm.value, 1), [len(events.feet[side].stances_s()) for side in Side]
        (171.4, [14, 14])
    """
    times_s, points = trajectories.times_s, trajectories.unfiltered_px
    parts = segments(times_s, points)
    table = timing_table(view, trajectories.tracker)
    running = [p for p in parts if p.activity == "running"]
    nothing = {side: FootEvents(np.empty(0), np.empty(0)) for side in Side}
    none = GaitEvents(nothing, parts, table.strike_step_sd_s, table.toe_off_step_sd_s, table.contact_foot_sd_s, None)
    if not running:
        return none
    longest = max(running, key=lambda p: p.end_s - p.start_s)
    steady = _steady_stretch(times_s, points, longest, slowed)
    if steady is None:
        return replace(none, segments=_renamed(parts, longest, []))
    beat, start_s, end_s = steady
    inside = (times_s >= start_s) & (times_s <= end_s)
    own_s, own = times_s[inside], points[inside]
    slow = _slow_motion(own_s, own, beat.stride_s, settings)
    shares, table = _shares(own_s, own, beat, beat.stride_s / slow, table, trunk_table(view, trajectories.tracker))
    edge_s = _EDGE_S * slow
    feet = {}
    for side, moments in zip(Side, shares * beat.stride_s, strict=True):
        feet[side] = FootEvents(
            *(_within(beat.middles_s[side] + after, start_s + edge_s, end_s - edge_s) for after in moments)
        )
    return GaitEvents(
        feet,
        _renamed(parts, longest, [Segment(start_s, end_s, "running")]),
        table.strike_step_sd_s,
        table.toe_off_step_sd_s,
        contact_sd_s(table, trajectories.tracker, own) * slow,
        _cadence(beat, start_s, end_s, slowed),
        slow_motion=slow,
    )


def _slow_motion(times_s: Floats, points_px: Floats, stride_s: float, settings: EventSettings) -> float:
    """How many times slower than life a cadence too low for a run is taken to play; 1 for a cadence that people run at."""
    cadence_spm = 120 / stride_s
    if cadence_spm >= settings.min_cadence_spm:
        return 1.0
    factor = slow_factor(cadence_spm, bounce(times_s, points_px, stride_s, shank_length_px(points_px))[0])
    believable = settings.min_cadence_spm <= cadence_spm * factor <= settings.max_cadence_spm
    return factor if believable else 1.0


def _shares(
    times_s: Floats, points_px: Floats, beat: Beat, stride_s: float, table: TimingTable, by_trunk: TimingTable | None
) -> tuple[Floats, TimingTable]:
    """(2 feet, 2) strike and toe-off after the foot's middle, in strides, and the table they come from.

    `stride_s` is the stride's time in life. A trunk that bobs as a runner's does tells mid-stance: phases are counted from
    its lowest point where there is a table for that, otherwise both events are moved towards agreement with it.
    """
    shank_px = shank_length_px(points_px)

    def read(own: TimingTable, from_share: float) -> Floats:
        moved = beat.moved(from_share)
        waves = [mean_wave(times_s, points_px, moved, side, shank_px) for side in Side]
        return from_share + np.array([event_shares(own, wave, stride_s) for wave in waves])

    shares = read(table, 0.0)
    low = trunk_low_share(times_s, points_px, beat)
    if low is None:
        return shares, table
    strike, off = shares.mean(axis=0)
    apart = low - (strike + LOW_AT_STANCE * (off - strike))
    if abs(apart) > _TRUNK_LIMIT_SHARE:
        return shares, table
    if by_trunk is not None:
        return read(by_trunk, low), by_trunk
    return shares + _TRUNK_WEIGHT * apart, table


def _within(times_s: Floats, start_s: float, end_s: float) -> Floats:
    return times_s[(times_s >= start_s) & (times_s <= end_s)]


def _steady_stretch(
    times_s: Floats, points_px: Floats, part: Segment, slowed: bool = False
) -> tuple[Beat, float, float] | None:
    """The beat of the steady running in a part of the clip, with its start and end; None where there is none."""
    start_s, end_s = part.start_s, part.end_s
    beat: Beat | None = None
    span = (-np.inf, np.inf)
    for narrowing in ("swing", "rhythm", *(("level",) if slowed else ()), "none"):
        if (start_s, end_s) != span:
            inside = (times_s >= start_s) & (times_s <= end_s)
            own_s, own = times_s[inside], points_px[inside]
            stride_s = stride_time_s(own_s, own) if len(own_s) > 10 else float("nan")
            beat = find_beat(own_s, own, stride_s) if np.isfinite(stride_s) else None
        if beat is None or own_s[-1] - own_s[0] < _MIN_STRIDES * beat.stride_s:
            return None
        start_s, end_s = span = (float(own_s[0]), float(own_s[-1]))
        if narrowing == "swing":
            start_s, end_s = full_swing(own_s, own, beat.stride_s)
        elif narrowing == "rhythm":
            start_s, end_s = _even_rhythm(beat, start_s, end_s)
        elif narrowing == "level":
            start_s, end_s = _level_rhythm(beat, start_s, end_s)
    return None if beat is None else (beat, start_s, end_s)


def _even_rhythm(beat: Beat, start_s: float, end_s: float) -> tuple[float, float]:
    """The longest run of strides of nearly the same length, widened to the stretch's ends where it reaches them."""
    middles = np.sort(np.concatenate([beat.middles_s[side] for side in Side]))
    middles = middles[(middles >= start_s) & (middles <= end_s)]
    if len(middles) < 4:
        return start_s, start_s
    strides = middles[2:] - middles[:-2]
    edges = np.flatnonzero(
        np.diff(np.r_[False, np.abs(strides / np.median(strides) - 1) <= _UNSTEADY_SHARE, False].astype(int))
    )
    first, last = max(edges.reshape(-1, 2), key=lambda run: run[1] - run[0])
    return (
        start_s if first == 0 else float(middles[first]),
        end_s if last == len(strides) else float(middles[last + 1]),
    )


def _level_rhythm(beat: Beat, start_s: float, end_s: float) -> tuple[float, float]:
    """The longest run of strides that hardly differ; all where it would be too short."""
    middles = np.sort(np.concatenate([beat.middles_s[side] for side in Side]))
    middles = middles[(middles >= start_s) & (middles <= end_s)]
    strides = middles[2:] - middles[:-2]
    best = (0, 0)
    for first in range(len(strides)):
        lows, highs = np.minimum.accumulate(strides[first:]), np.maximum.accumulate(strides[first:])
        n = int((highs / lows - 1 <= _LEVEL_SHARE).sum())
        best = max(best, (n, -first))
    n, first = best[0], -best[1]
    if n < _LEVEL_STRIDES:
        return start_s, end_s
    return (
        start_s if first == 0 else float(middles[first]),
        end_s if first + n == len(strides) else float(middles[first + n + 1]),
    )


def _renamed(parts: tuple[Segment, ...], longest: Segment, steady: list[Segment]) -> tuple[Segment, ...]:
    """The parts with the longest running one cut down to its steady stretch; what is left of it is "unknown"."""
    out: list[Segment] = []
    for part in parts:
        if part is not longest:
            out.append(part)
            continue
        at = part.start_s
        for s in steady:
            if s.start_s - at > 1e-3:
                out.append(Segment(at, s.start_s, "unknown"))
            out.append(s)
            at = s.end_s
        if part.end_s - at > 1e-3:
            out.append(Segment(at, part.end_s, "unknown"))
    return tuple(out)


def _cadence(beat: Beat, start_s: float, end_s: float, slowed: bool = False) -> Estimate | None:
    """Steps per minute over the steady stretch, first middle to last; the interval from the middles' own scatter.

    Of a clip that was filmed in slow motion and has no level stretch, it holds the different speeds too.
    """
    middles = np.sort(np.concatenate([_within(beat.middles_s[side], start_s, end_s) for side in Side]))
    if len(middles) < 3:
        return None
    # ends averaged over a stride of either foot, so that a left-right unevenness cancels
    step_s = (middles[-1] + middles[-2] - middles[0] - middles[1]) / 2 / (len(middles) - 2)
    value = 60 / step_s
    sd = value * _MIDDLE_SD_S / ((len(middles) - 2) * step_s)
    strides = middles[2:] - middles[:-2]
    if slowed and strides.max() / strides.min() - 1 > _LEVEL_SHARE:
        sd = float(np.hypot(sd, value * strides.std() / strides.mean()))
    return Estimate.from_sd(value, sd)
