"""The movement: does the person run, is the clip's time true, and are there steps enough.

Two facts tell running from walking, whatever the playback speed: in running the body is lowest in mid-stance (a spring), in
walking highest (an inverted pendulum); and one fact gives the playback speed away: a body in flight falls with 9.81 m/s^2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gait.landmarks import Landmark, Side, View
from gait.model import Bools, Clip, Finding, Floats, GaitEvents, PoseTrack, Trajectories
from gait.quality.camera import check_camera
from gait.rhythm import bounce, playback, shank_length_px, slow_factor, stride_time_s
from gait.said import Value
from gait.settings import EventSettings, Settings

MIN_SWING_SHANKS = 0.25
"""Height difference of the ankles, 5th to 95th percentile. Standing 0.02-0.04, running 0.7-2.3 (RBDS and
rendered runners); walking lifts the ankle 0.4 or more."""
WALK_BOUNCE_G = 0.6
"""Running without any flight (c = T) makes 2/3 g; walking, 2.2 cm at 1.9 Hz, 0.3 g; a runner twice slowed a quarter of 1.3 g."""
FAST_BOUNCE_G = 2.4
"""However short the contact, gravity allows 2 g; the rest is for the scale's error."""
BOUNDING_G = 0.9
"""Slower than running and yet springing this hard at the clip's own speed: jumping, not slow motion (1.5 times slowed: 0.6 g)."""
USUAL_PLAYBACK = 0.13
"""Logarithm of the playback speed by cadence and fall together (`gait.rhythm.playback`): -0.07 to 0.11 on 13 clips at true speed. 60 frames per
second stored as 50 move it by -0.18, 24 stored as 30 by 0.22."""
DOUBT_SDS = 0.6
"""Of what the speed seems to be off: the 95 % interval then holds true times and those of the speed that it seems to be."""
AS_IF = ("as_if_slow", "as_if_fast")
MIN_STEPS = 3
"""Whole stances a foot: from 2 there is no spread to give an interval. A label needs more: `PronationSettings.min_steps`."""


@dataclass(frozen=True)
class Movement:
    """Rhythm of one steady part of the clip, in the clip's own time."""

    swing_shanks: float
    cadence_spm: float
    """NaN without a rhythm."""
    bounce_g: float
    """Acceleration amplitude of the trunk at the step frequency, in g if the clip's time is true; NaN without hips."""
    bounce_phase: float
    """Correlation, -1 to 1, of the trunk's depth with the ankles' height difference, which is largest in mid-stance: positive
    in running."""


def check_running(
    clip: Clip,
    track: PoseTrack,
    trajectories: Trajectories,
    events: GaitEvents,
    view: View,
    settings: Settings | None = None,
    speed_kmh: float | None = None,
) -> tuple[Finding, ...]:
    """Running or not, true speed, steps, and the camera's place.

    Args:
        clip: How many times slower it was confirmed to play counts towards what is left.
        track: Of the frames the tracker saw; the camera's place is read from it.
        trajectories: The same, cleaned.
        events: Foot strikes and toe-offs of the same clip.
        view: The camera's place is judged from behind only.
        settings: The range of a runner's cadence and the steps that a label needs.
        speed_kmh: Of the belt, which the usual cadence goes with.

    Returns:
        A clip without a run at its true speed gets only that reason.
    """
    s = settings or Settings()
    moves = movement(trajectories, events)
    fault = _activity(moves, clip.slow_motion, s.events)
    if fault is not None:
        return (fault,)
    camera = check_camera(track) if view is View.REAR else ()
    return (*_playback_doubt(moves, speed_kmh), *_steps(events, clip.slow_motion, s.pronation.min_steps), *camera)


def movement(trajectories: Trajectories, events: GaitEvents | None = None) -> Movement:
    """Measure the longest running part that the events name, else the longest part in which the legs move.

    Args:
        trajectories: Filtered points in px, y down; NaN is left out.
        events: None: look for the part oneself.

    Returns:
        In the clip's own time. Swing 0 and NaN for the rest where the ankles are hardly seen; NaN cadence without a rhythm; NaN bounce
        without hips.
    """
    times_s, points = trajectories.times_s, trajectories.points_px
    shank = shank_length_px(points)
    inside = _part(times_s, points, shank, events)
    if not np.isfinite(shank) or inside.sum() < 10:
        return Movement(0.0, float("nan"), float("nan"), float("nan"))
    t, p = times_s[inside], points[inside]
    lift = p[:, Landmark.LEFT_ANKLE, 1] - p[:, Landmark.RIGHT_ANKLE, 1]
    if np.isfinite(lift).sum() < 10:
        return Movement(0.0, float("nan"), float("nan"), float("nan"))
    swing = float(np.subtract(*np.nanpercentile(lift, [95, 5])) / shank)
    stride_s = stride_time_s(t, p)
    if not np.isfinite(stride_s):
        return Movement(swing, float("nan"), float("nan"), float("nan"))
    return Movement(swing, 120 / stride_s, *bounce(t, p, stride_s, shank))


def _part(times_s: Floats, points: Floats, shank: float, events: GaitEvents | None) -> Bools:
    runs = [s for s in events.segments if s.activity == "running"] if events is not None else []
    if runs:
        longest = max(runs, key=lambda s: s.end_s - s.start_s)
        return np.asarray((times_s >= longest.start_s) & (times_s <= longest.end_s))
    lift = points[:, Landmark.LEFT_ANKLE, 1] - points[:, Landmark.RIGHT_ANKLE, 1]
    moving = np.zeros(len(times_s), dtype=bool)
    for start in np.arange(0.0, times_s[-1] + 0.5, 0.5) if len(times_s) else ():
        window = (times_s >= start - 1.0) & (times_s < start + 1.0)
        seen = lift[window][np.isfinite(lift[window])]
        if len(seen) > 2 and np.ptp(seen) > MIN_SWING_SHANKS * shank:
            moving |= (times_s >= start - 0.25) & (times_s < start + 0.25)
    edges = np.flatnonzero(np.diff(np.r_[False, moving, False]))
    if not len(edges):
        return np.ones(len(times_s), dtype=bool)
    k = int(np.argmax(edges[1::2] - edges[::2]))
    part = np.zeros(len(times_s), dtype=bool)
    part[edges[2 * k] : edges[2 * k + 1]] = True
    return part


def _activity(m: Movement, slowed: float, settings: EventSettings) -> Finding | None:
    """The reason why this is no run at its true speed, if it is none. `slowed` is the factor already taken out."""
    slowest = settings.min_cadence_spm
    if m.swing_shanks < MIN_SWING_SHANKS:
        return Finding("not_running", "refuse", round(m.swing_shanks, 2), MIN_SWING_SHANKS, case="stands")
    if not np.isfinite(m.cadence_spm):
        return Finding("not_running", "refuse", None, slowest, case="no_rhythm")
    springs = m.bounce_phase > 0
    steps = {"cadence_spm": m.cadence_spm}
    if m.cadence_spm < slowest:
        if springs and m.bounce_g < BOUNDING_G:
            return _slow(m, slowed, slowest)
        if springs:
            return Finding("not_running", "refuse", round(m.cadence_spm, 1), slowest, steps, "jumps")
        return Finding("not_running", "refuse", round(m.cadence_spm, 1), slowest, steps, "walks")
    if m.cadence_spm > settings.max_cadence_spm:
        return _fast(m, slowed, settings.max_cadence_spm)
    if m.bounce_phase < 0 and m.bounce_g < WALK_BOUNCE_G:
        return Finding("not_running", "refuse", round(m.bounce_g, 2), WALK_BOUNCE_G, steps, "walks_fast")
    return None


def _fast(m: Movement, slowed: float, fastest: float) -> Finding:
    value, values = round(m.cadence_spm, 1), {"cadence_spm": m.cadence_spm}
    if slowed != 1:
        told = {**values, "slowed": slowed}
        return Finding("fast_motion", "refuse", value, fastest, told, "not_so_slow")
    return Finding("fast_motion", "refuse", value, fastest, values)


def _slow(m: Movement, slowed: float, slowest: float) -> Finding:
    """The finding's value is the whole factor: what a person is asked to confirm."""
    factor = slow_factor(m.cadence_spm, m.bounce_g) * slowed
    values = {"factor": factor, "cadence_spm": m.cadence_spm / slowed}
    if slowed != 1:
        told = {**values, "slowed": slowed}
        return Finding("slow_motion", "refuse", factor, slowest, told, "slower_still")
    return Finding("slow_motion", "refuse", factor, slowest, values)


def playback_sd_share(findings: Sequence[Finding]) -> float:
    """What the findings' doubt about the clip's speed adds to every time, 1 SD as a share of it: 0 where there is none."""
    doubts = [float(f.value or 1) for f in findings if f.code == "playback_speed" and f.case in AS_IF]
    return max((DOUBT_SDS * abs(times - 1) for times in doubts), default=0.0)


def _playback_doubt(m: Movement, speed_kmh: float | None) -> list[Finding]:
    """A cadence a person can have, but a body that does not fall as bodies do, or a cadence and a fall that together are rare."""
    if not np.isfinite(m.bounce_g):
        return []
    if WALK_BOUNCE_G <= m.bounce_g <= FAST_BOUNCE_G:
        times = playback(m.cadence_spm, m.bounce_g, speed_kmh)
        if abs(np.log(times)) < USUAL_PLAYBACK:
            return []
        slower, value = times < 1, round(times, 2)
        values = {"times": 1 / times if slower else times}
        return [Finding("playback_speed", "warn", value, 1.0, values, "as_if_slow" if slower else "as_if_fast")]
    value = round(m.bounce_g, 2)
    if m.bounce_g < WALK_BOUNCE_G:
        return [Finding("playback_speed", "warn", value, WALK_BOUNCE_G, case="hardly_rises")]
    return [Finding("playback_speed", "warn", value, FAST_BOUNCE_G, case="rises_fast")]


def _steps(events: GaitEvents, slowed: float, needed: int) -> list[Finding]:
    counts = {side: len(events.feet[side].stances_s()) if side in events.feet else 0 for side in Side}
    fewest = min(counts, key=lambda side: counts[side])
    n, most = counts[fewest], max(counts.values())
    if most < MIN_STEPS:
        if slowed != 1:
            values: dict[str, Value] = {"steps": most, "slowed": slowed}
            return [Finding("too_few_steps", "refuse", most, MIN_STEPS, values, "hardly_any_slowed")]
        return [Finding("too_few_steps", "refuse", most, MIN_STEPS, {"steps": most}, "hardly_any")]
    if n < needed:
        told: dict[str, Value] = {"steps": n, "side": fewest.value, "needed": needed}
        return [Finding("too_few_steps", "warn", n, needed, told)]
    return []
