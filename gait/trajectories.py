"""The track cleaned: exchanged sides put back, outliers and short gaps filled, zero-phase low-pass.

Everything stays in picture coordinates (y down) and at the clip's own frame times. The filter runs on a uniform grid, so a
variable frame rate is respected. A gap longer than the settings allow stays NaN, and nothing is filtered across it.
"""

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import butter, sosfiltfilt

from gait.landmarks import Landmark, Side
from gait.model import Bools, Floats, Ints, PoseTrack, Trajectories
from gait.rhythm import shank_length_px, stride_time_s
from gait.settings import TrajectorySettings

_LEG = ("hip", "knee", "ankle", "heel", "foot_index")
_LEFT = np.array([int(Landmark.of(Side.LEFT, joint)) for joint in _LEG])
_RIGHT = np.array([int(Landmark.of(Side.RIGHT, joint)) for joint in _LEG])
_PAIRS = np.array([[int(m), int(m.opposite)] for m in Landmark if "LEFT" in m.name])

_SWAP_PASSES = 3
"""Two do in the worst case seen (40 frames of a 43-frame stride exchanged), the third finds nothing."""
_SWITCH_COST = 0.6
"""In shank lengths: what an exchange of the legs must save in unsteadiness before it is believed (both ends pay it).
A runner's own unsteadiness is below 0.2 a frame at 60 fps; a true exchange costs about four leg separations."""
_EXCHANGED_COST = 0.02
"""In shank lengths per frame: as tracked is the likelier state."""
_RHYTHM_WEIGHT = 0.5
"""How much distance from where the same legs were one and two strides away counts against unsteadiness."""
_RHYTHM_LIMIT = 1.0
"""In shank lengths: no frame argues more strongly than this."""
_SPIKE_SHANKS = 0.25
"""A lone point is an outlier when it stands off its neighbours' chord by more than this share of the shank ..."""
_SPIKE_SDS = 8.0
"""... and by more than this many robust SDs of that distance over the clip; the chord's own length is allowed for."""
_BUTTERWORTH_ORDER = 2
_MAX_CUTOFF_SHARE = 0.4
"""Of the frame rate: a low-pass nearer to half the frame rate does nothing, so slower clips get a lower cut-off."""


def clean(track: PoseTrack, settings: TrajectorySettings) -> Trajectories:
    """Repair, fill and low-pass one runner's landmarks.

    The low-pass is a second-order Butterworth run forwards and backwards: zero phase, gain 0.5 (not 0.707) at `cutoff_hz`.

    Args:
        track: Points (n, 33, 2) in px, NaN where not seen, at rising times that may be uneven.
        settings: Cut-off in Hz and the longest gap in s that is filled.

    Returns:
        The same frames. Gaps longer than the settings allow stay NaN, and nothing is filtered across them; landmarks never seen are NaN
        throughout. For a clip too slow for the wanted cut-off, `cutoff_hz` is 0.4 times the frame rate. Raises nothing: a track
        without a runner gives NaN, and fewer than four frames come back as they were.

    Example:
        >>> points = np.full((60, 33, 2), 100.0)
        >>> points[20:23, Landmark.LEFT_HEEL] = np.nan
        >>> track = PoseTrack(np.arange(60) / 60, points, np.ones((60, 33)), np.zeros((60, 33, 3)), 720, 1280, "", "", "")
        >>> moves = clean(track, TrajectorySettings())
        >>> np.flatnonzero(moves.filled[:, Landmark.LEFT_HEEL]).tolist()
        [20, 21, 22]
        >>> moves.points_px[21, Landmark.LEFT_HEEL].round(3).tolist()
        [100.0, 100.0]
    """
    times_s = np.asarray(track.times_s, dtype=float)
    points = np.array(track.landmarks_px, dtype=float)
    if len(times_s) < 4:
        return Trajectories(
            times_s,
            points,
            np.zeros(points.shape[:2], bool),
            settings.cutoff_hz,
            0,
            track.width_px,
            track.height_px,
            points,
            track.tracker,
        )
    step_s = float(np.median(np.diff(times_s)))
    rows = track.tracked
    looked_s, looked = times_s[rows], points[rows]
    looked, swaps = _repair_swaps(looked_s, looked)
    looked[_spikes(looked)] = np.nan
    looked, filled = _fill(looked_s, looked, settings.max_gap_s)
    points, filled = _between(times_s, rows, looked, filled, settings.max_gap_s)
    cutoff_hz = min(settings.cutoff_hz, _MAX_CUTOFF_SHARE / float(np.median(np.diff(looked_s))))
    smooth = _low_pass(times_s, points, step_s, cutoff_hz, settings.max_gap_s)
    return Trajectories(
        times_s, smooth, filled, cutoff_hz, swaps, track.width_px, track.height_px, points, track.tracker
    )


def _repair_swaps(times_s: Floats, points: Floats) -> tuple[Floats, int]:
    """Put exchanged left and right back, and how many frames that were.

    Searched again once repaired: an exchange of nearly a stride hides the rhythm, and the first repair goes too far.
    """
    wrong = np.zeros(len(points), dtype=bool)
    for _ in range(_SWAP_PASSES):
        exchanged = _exchanged(times_s, points)
        if not len(exchanged):
            break
        repaired = points.copy()
        for pair in _PAIRS:
            repaired[np.ix_(exchanged, pair)] = points[np.ix_(exchanged, pair[::-1])]
        points = repaired
        wrong[exchanged] ^= True
    return points, int(wrong.sum())


def _exchanged(times_s: Floats, points: Floats) -> Ints:
    """Frames in which left and right are exchanged; the rarer of the two states counts as the exchanged one.

    The most even path (least acceleration of all leg points) through "as tracked" or "exchanged" per frame, by dynamic
    programming over pairs of frames, with the rhythm as witness: each frame is held against where the legs were one and two
    strides before and after. A change of state costs `_SWITCH_COST`, so ambiguous crossings of the feet stay as tracked.
    """
    shank = shank_length_px(points)
    seen = np.flatnonzero(np.isfinite(points[:, np.r_[_LEFT[1:3], _RIGHT[1:3]]]).all(axis=(1, 2)))
    if not np.isfinite(shank) or shank <= 0 or len(seen) < 5:
        return seen[:0]
    joints = np.isfinite(points[:, np.r_[_LEFT, _RIGHT]]).all(axis=2).mean(axis=0).reshape(2, -1).min(axis=0) > 0.5
    left, right = points[seen][:, _LEFT[joints]], points[seen][:, _RIGHT[joints]]
    legs = (
        np.stack([np.stack([left, right], 1), np.stack([right, left], 1)], 1) / shank
    )  # frame, state, side, joint, xy
    alone = np.stack([_off_rhythm(times_s, points, seen, legs[:, 0] - legs[:, c], legs[:, 0]) for c in (0, 1)], axis=1)
    alone[:, 1] += _EXCHANGED_COST
    n = len(seen)
    bend = np.zeros((n, 2, 2, 2))  # unsteadiness at frame t for the states of t-2, t-1, t
    for a, b, c in np.ndindex(2, 2, 2):
        corner = legs[2:, c] - 2 * legs[1:-1, b] + legs[:-2, a]
        bend[2:, a, b, c] = _mean_seen(np.linalg.norm(corner, axis=-1))
    broken = np.r_[True, np.diff(seen) > 1]
    bend[broken | np.r_[True, broken[:-1]]] = 0.0
    switch = _SWITCH_COST * (1 - np.eye(2))
    cost = switch + alone[0][:, None] + alone[1][None, :]  # states of t-1, t
    back = np.zeros((n, 2, 2), dtype=int)
    step_cost = bend + switch[None, None] + alone[:, None, None, :]
    for t in range(2, n):
        total = cost[:, :, None] + step_cost[t]
        back[t] = total.argmin(axis=0)
        cost = total.min(axis=0)
    state = np.zeros(n, dtype=int)
    state[-2], state[-1] = np.unravel_index(int(cost.argmin()), cost.shape)
    for t in range(n - 1, 1, -1):
        state[t - 2] = back[t, state[t - 1], state[t]]
    if 2 * state.sum() > n:
        state = 1 - state
    return np.asarray(seen[state == 1])


def _mean_seen(off: Floats) -> Floats:
    """(m,) mean over sides and joints of what is finite; 0 where nothing is."""
    seen = np.isfinite(off)
    return np.asarray(np.where(seen, off, 0.0).sum(axis=(1, 2)) / np.maximum(seen.sum(axis=(1, 2)), 1))


def _off_rhythm(times_s: Floats, points: Floats, seen: Ints, exchange: Floats, tracked: Floats) -> Floats:
    """(len(seen),) weighted distance, in shanks, of one state of the legs from the same legs one and two strides away.

    `tracked` (m, 2, joints, 2) are the legs as tracked and `tracked - exchange` the state in question. Zero without a rhythm.
    """
    stride_s = stride_time_s(times_s, points)
    own = times_s[seen]
    if not np.isfinite(stride_s):
        return np.zeros(len(seen))
    flat = tracked.reshape(len(seen), -1)
    others = []
    for strides in (-2, -1, 1, 2):
        at = own + strides * stride_s
        nearest = np.clip(np.searchsorted(own, at), 1, len(own) - 1)
        share = np.clip((at - own[nearest - 1]) / (own[nearest] - own[nearest - 1]), 0, 1)[:, None]
        there = flat[nearest - 1] * (1 - share) + flat[nearest] * share
        there[(at < own[0]) | (at > own[-1])] = np.nan
        others.append(there)
    stacked = np.array(others)
    usual = np.full(flat.shape, np.nan)
    any_seen = np.isfinite(stacked).any(axis=0)
    usual[any_seen] = np.nanmedian(stacked[:, any_seen], axis=0)
    off = np.linalg.norm((tracked - exchange) - usual.reshape(tracked.shape), axis=-1)
    return np.asarray(_RHYTHM_WEIGHT * np.minimum(_mean_seen(off), _RHYTHM_LIMIT))


def _spikes(points: Floats) -> Bools:
    """(n, 33) lone points far off the chord of their neighbours."""
    shank = shank_length_px(points)
    found: Bools = np.zeros(points.shape[:2], dtype=bool)
    if not np.isfinite(shank):
        return found
    chord = np.linalg.norm(points[2:] - points[:-2], axis=2)
    off = np.linalg.norm(points[1:-1] - (points[2:] + points[:-2]) / 2, axis=2)
    seen = np.isfinite(off).any(axis=0)
    spread = np.zeros(points.shape[1])
    spread[seen] = 1.4826 * np.nanmedian(off[:, seen], axis=0)
    found[1:-1] = off > np.maximum(_SPIKE_SHANKS * shank, _SPIKE_SDS * spread) + chord
    return found


def _between(times_s: Floats, rows: Ints, looked: Floats, filled: Bools, max_gap_s: float) -> tuple[Floats, Bools]:
    """The points of all frames from those that were tracked: a cubic through them, which no exchange or outlier bends any more.

    A frame counts as filled where the tracked frame before or after it does.
    """
    points: Floats = np.full((len(times_s), *looked.shape[1:]), np.nan)
    points[rows] = looked
    points, _ = _fill(times_s, points, max_gap_s)
    every = np.arange(len(times_s))
    before = np.maximum(np.searchsorted(rows, every, side="right") - 1, 0)
    after = np.minimum(np.searchsorted(rows, every), len(rows) - 1)
    return points, filled[before] | filled[after]


def _fill(times_s: Floats, points: Floats, max_gap_s: float) -> tuple[Floats, Bools]:
    """Fill gaps of at most `max_gap_s` (between the points either side, less one frame) by a cubic through what was seen."""
    out = points.copy()
    filled: Bools = np.zeros(points.shape[:2], dtype=bool)
    frame_s = float(np.median(np.diff(times_s)))
    everywhere = np.isfinite(points).all(axis=2)
    out[~everywhere] = np.nan
    for seen, joints in _seen_alike(everywhere):
        if seen.all() or seen.sum() < 4:
            continue
        at = np.flatnonzero(seen)
        opening = np.flatnonzero((np.diff(at) > 1) & (np.diff(times_s[at]) - frame_s <= max_gap_s))
        if not len(opening):
            continue
        missing = np.concatenate([np.arange(at[k] + 1, at[k + 1]) for k in opening])
        here = np.ix_(missing, joints)
        out[here] = CubicSpline(times_s[at], points[np.ix_(at, joints)])(times_s[missing])
        filled[here] = True
    return out, filled


def _seen_alike(seen: Bools) -> list[tuple[Bools, Ints]]:
    """The joints of (n, 33) that are seen in the same frames, together: (n,) those frames, and which joints."""
    alike: dict[bytes, list[int]] = {}
    for joint in range(seen.shape[1]):
        alike.setdefault(seen[:, joint].tobytes(), []).append(joint)
    return [(seen[:, joints[0]], np.array(joints)) for joints in alike.values()]


def _low_pass(times_s: Floats, points: Floats, step_s: float, cutoff_hz: float, max_gap_s: float) -> Floats:
    """Two-pass Butterworth over every unbroken stretch; stretches shorter than two cut-off periods are left as they are."""
    out = points.copy()
    uniform = bool(np.all(np.abs(np.diff(times_s) - step_s) < 0.02 * step_s))
    sos = butter(_BUTTERWORTH_ORDER, cutoff_hz, fs=1 / step_s, output="sos")
    pad = int(np.ceil(1 / (cutoff_hz * step_s)))
    seen = np.isfinite(points).all(axis=2)
    jump = np.r_[True, np.diff(times_s) > max_gap_s + step_s]
    for frames, joints in _seen_alike(seen):
        for start, stop in _stretches(frames, jump):
            if stop - start <= 2 * pad:
                continue
            own = times_s[start:stop]
            y = points[start:stop, joints].reshape(stop - start, -1)
            grid = own if uniform else np.linspace(own[0], own[-1], max(2, round((own[-1] - own[0]) / step_s) + 1))
            y = y if uniform else CubicSpline(own, y)(grid)
            y = sosfiltfilt(sos, y, axis=0, padtype="odd", padlen=min(pad, len(grid) - 1))
            y = y if uniform else CubicSpline(grid, y)(own)
            out[start:stop, joints] = y.reshape(stop - start, len(joints), 2)
    return out


def _stretches(seen: Bools, jump: Bools) -> list[tuple[int, int]]:
    """Half-open index ranges of unbroken True, also broken where the frame times jump."""
    found: list[tuple[int, int]] = []
    start = -1
    for i, ok in enumerate(seen):
        if start >= 0 and (not ok or jump[i]):
            found.append((start, i))
            start = -1
        if ok and start < 0:
            start = i
    if start >= 0:
        found.append((start, len(seen)))
    return found
