"""The movement: does the person run, is the clip's time true, and are there steps enough.

Two facts tell running from walking, whatever the playback speed: in running the body is lowest in mid-stance (a spring), in
walking highest (an inverted pendulum); and one fact gives the playback speed away: a body in flight falls with 9.81 m/s^2.
"""

from dataclasses import dataclass

import numpy as np

from gait.landmarks import Landmark, Side, View
from gait.model import Bools, Clip, Finding, Floats, GaitEvents, PoseTrack, Trajectories
from gait.quality.camera import check_camera
from gait.rhythm import shank_length_px, stride_time_s

MIN_SWING_SHANKS = 0.25
"""Height difference of the ankles, 5th to 95th percentile. Standing 0.02-0.04, running 0.7-2.3 (RBDS and
rendered runners); walking lifts the ankle 0.4 or more."""
MIN_CADENCE_SPM, MAX_CADENCE_SPM = 120.0, 240.0
"""RBDS, 48 trials of 16 runners: 142-223."""
USUAL_CADENCE_SPM = 170.0
"""RBDS: 162 at 2.5, 171 at 3.5 and 184 at 4.5 m/s."""
SHANK_M = 0.42
"""0.246 of a body height of 1.70 m (Drillis & Contini 1966): the picture's scale, to 10 %. RBDS runners: mean
0.42, 0.37-0.48."""
USUAL_BOUNCE_G = 1.3
"""Amplitude of the trunk's vertical acceleration at the step frequency. With half-sine ground forces of contact c in steps of T it is
|2 cos(pi c/T) / (1 - 4 (c/T)^2)| of gravity: 1.1-1.4 g for RBDS' contacts and cadences. Tracked runners: 0.93-1.54."""
WALK_BOUNCE_G = 0.6
"""Running without any flight (c = T) makes 2/3 g; walking, 2.2 cm at 1.9 Hz, 0.3 g; a runner twice slowed a quarter of 1.3 g."""
FAST_BOUNCE_G = 2.4
"""However short the contact, gravity allows 2 g; the rest is for the scale's error."""
BOUNDING_G = 0.9
"""Slower than running and yet springing this hard at the clip's own speed: jumping, not slow motion (1.5 times slowed: 0.6 g)."""
SLOW_FACTORS = {1.5: 0.1, 2.0: 1.0, 2.4: 0.1, 4.0: 1.0, 4.8: 0.1, 8.0: 1.0, 9.6: 0.1, 16.0: 0.1}
"""Cameras' rates over players' with their likelihood: 60/30, 120/30 and 240/30 are what phones make, 60/25 and 90/60 are rare."""
MIN_STEPS, GOOD_STEPS = 3, 7
"""Whole stances a foot. Dingenen 2018: at least 7 are needed; from 2 there is no spread to give an interval."""
_CHOSEN_STEPS_ADVICE = "Record 20 s of steady running with both feet in view."


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
    clip: Clip, track: PoseTrack, trajectories: Trajectories, events: GaitEvents, view: View
) -> tuple[Finding, ...]:
    """Running or not, true speed, steps, and the camera's place. A clip without a run gets only that reason."""
    moves = movement(trajectories, events)
    fault = _activity(moves, clip.slow_motion)
    if fault is not None:
        return (fault,)
    camera = check_camera(track) if view is View.REAR else ()
    return (*_playback_doubt(moves), *_steps(events, clip.slow_motion), *camera)


def movement(trajectories: Trajectories, events: GaitEvents | None = None) -> Movement:
    """Measure the longest running part that the events name, else the longest part in which the legs move."""
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
    trunk = _trunk_y(p)
    step_hz = 2 / stride_s
    bounce = _at_step_rate(t, trunk, step_hz)
    beat = _at_step_rate(t, np.abs(lift - np.nanmean(lift)), step_hz)
    if bounce is None or beat is None or not bounce.std() or not beat.std():
        return Movement(swing, 60 * step_hz, float("nan"), float("nan"))
    amplitude_m = np.sqrt(2) * bounce.std() / shank * SHANK_M
    return Movement(
        swing,
        60 * step_hz,
        float(amplitude_m * (2 * np.pi * step_hz) ** 2 / 9.81),
        float(np.corrcoef(bounce, beat)[0, 1]),
    )


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


def _activity(m: Movement, slowed: float) -> Finding | None:
    """The reason why this is no run at its true speed, if it is none. `slowed` is the factor already taken out."""
    advice = "Record 20 s of steady running on the treadmill."
    if m.swing_shanks < MIN_SWING_SHANKS:
        message = "The person stands still: the legs do not swing."
        return Finding("not_running", "refuse", message, advice, round(m.swing_shanks, 2), MIN_SWING_SHANKS)
    if not np.isfinite(m.cadence_spm):
        message = "The person moves but does not run: there is no steady rhythm of steps."
        return Finding("not_running", "refuse", message, advice, None, MIN_CADENCE_SPM)
    springs = m.bounce_phase > 0
    if m.cadence_spm < MIN_CADENCE_SPM:
        if springs and m.bounce_g < BOUNDING_G:
            return _slow(m, slowed)
        if springs:
            message = f"The person jumps or skips: {m.cadence_spm:.0f} springy steps a minute are no run."
            return Finding("not_running", "refuse", message, advice, round(m.cadence_spm, 1), MIN_CADENCE_SPM)
        message = f"The person walks: {m.cadence_spm:.0f} steps a minute without a spring in them."
        return Finding("not_running", "refuse", message, advice, round(m.cadence_spm, 1), MIN_CADENCE_SPM)
    if m.cadence_spm > MAX_CADENCE_SPM:
        return _fast(m, slowed)
    if m.bounce_phase < 0 and m.bounce_g < WALK_BOUNCE_G:
        message = f"The person walks fast: {m.cadence_spm:.0f} steps a minute without a spring in them."
        return Finding("not_running", "refuse", message, advice, round(m.bounce_g, 2), WALK_BOUNCE_G)
    return None


def _fast(m: Movement, slowed: float) -> Finding:
    rate = f"{m.cadence_spm:.0f} steps a minute are more than anybody runs"
    if slowed != 1:
        message = f"The clip is not {slowed:g} times slowed: with its times divided by that, {rate}."
        advice = "Analyse it again as an ordinary clip, or with a smaller factor."
    else:
        message, advice = (
            f"The clip seems to be played too fast: {rate}.",
            "Use the camera's original file, not a time-lapse.",
        )
    return Finding("fast_motion", "refuse", message, advice, round(m.cadence_spm, 1), MAX_CADENCE_SPM)


def _slow(m: Movement, slowed: float) -> Finding:
    """The finding's value is the whole factor: what a person is asked to confirm."""
    factor = slow_factor(m) * slowed
    said = f"about {factor:g} times slowed: it shows {m.cadence_spm / slowed:.0f} steps a minute"
    also = f" The {slowed:g} times that were given are not enough." if slowed != 1 else ""
    return Finding(
        "slow_motion",
        "refuse",
        f"The clip seems to be in slow motion, {said}.{also}",
        f"If it was filmed so, confirm it: press “It was filmed in slow motion ({factor:g}x): analyse again” on its result page, "
        f"or add --slow-motion {factor:g} to the command. Otherwise record at normal speed.",
        factor,
        MIN_CADENCE_SPM,
    )


def slow_factor(m: Movement) -> float:
    """The likeliest of the usual factors, from cadence (runners: SD 8 %) and from gravity (SD 15 % of the factor)."""

    def misfit(factor: float) -> float:
        rhythm = np.log(m.cadence_spm * factor / USUAL_CADENCE_SPM) / 0.08
        fall = np.log(np.sqrt(USUAL_BOUNCE_G / m.bounce_g) / factor) / 0.15 if m.bounce_g > 0 else 0.0
        return float(rhythm**2 + fall**2 - 2 * np.log(SLOW_FACTORS[factor]))

    return min(SLOW_FACTORS, key=misfit)


def _playback_doubt(m: Movement) -> list[Finding]:
    """A cadence a person can have, but a body that does not fall as bodies do."""
    if not np.isfinite(m.bounce_g) or WALK_BOUNCE_G <= m.bounce_g <= FAST_BOUNCE_G:
        return []
    slow = m.bounce_g < WALK_BOUNCE_G
    return [
        Finding(
            "playback_speed",
            "warn",
            f"The body {'hardly rises' if slow else 'rises too fast'} between steps: a shuffle, or a clip played at another speed.",
            "Check that the clip plays at normal speed; times and cadence depend on it.",
            round(m.bounce_g, 2),
            WALK_BOUNCE_G if slow else FAST_BOUNCE_G,
        )
    ]


def _steps(events: GaitEvents, slowed: float) -> list[Finding]:
    counts = {side: len(events.feet[side].stances_s()) if side in events.feet else 0 for side in Side}
    fewest = min(counts, key=lambda side: counts[side])
    n = counts[fewest]
    if max(counts.values()) < MIN_STEPS:
        message = f"Only {max(counts.values())} whole steps of a foot could be found."
        doubt = f"Check that the clip is {slowed:g} times slowed. " if slowed != 1 else ""
        advice = doubt + _CHOSEN_STEPS_ADVICE
        return [Finding("too_few_steps", "refuse", message, advice, max(counts.values()), MIN_STEPS)]
    if n < GOOD_STEPS:
        message = f"Only {n} whole steps of the {fewest.value} foot were found; 7 are needed for a label."
        return [Finding("too_few_steps", "warn", message, _CHOSEN_STEPS_ADVICE, n, GOOD_STEPS)]
    return []
