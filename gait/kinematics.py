"""Figures from the landmarks: angles and distances per foot and of both feet, each with its interval.

Only what the camera can see is given: frontal-plane figures from behind or in front, sagittal ones from the side.
All are 2D readings of a tracker's points. Intervals hold the steps' scatter and `_POINT_BIAS_*`, the error all steps share;
lengths are in percent of leg length in the picture because metres are unknown.
"""

from collections.abc import Callable

import numpy as np
from scipy.interpolate import CubicSpline

from gait.landmarks import Landmark, Side, View
from gait.model import Estimate, Floats, GaitEvents, Kinematics, StepMean, Trajectories

_MIN_STEPS = 3
"""With fewer the scatter of the steps says nothing, and the figure is left out."""
_POINT_BIAS_DEG = 2.0
"""A tracker's joint centres sit off by a few pixels all the time (BlazePose on rendered runners: 3-6 px SD, and a shared offset
of up to 10 px): about 2° over a shank or the pelvis."""
_FOOT_BIAS_DEG = 6.0
"""A foot is short: BlazePose's heel and toe are 5-12 px off on a foot of 60 px."""
_LENGTH_BIAS_PCT = 1.0
_STEP_WIDTH_BIAS_PCT = 1.6
"""The mean absolute error on 41 rendered runners is 1.3 (`gait validate`), which is that of a normal error with this SD."""


def measure_kinematics(trajectories: Trajectories, events: GaitEvents, view: View) -> Kinematics:
    """The figures that this view shows, per foot and of the whole body, by name.

    From behind or in front
      pelvic_drop_deg         in mid-stance, positive when the swing side's hip is lower than the stance side's
      knee_alignment_deg      in mid-stance, hip-knee-ankle in the picture, positive = knee inward (valgus), 0 = straight
      heel_whip_deg           swing, how far the foot (heel to toe in the picture) turns from mid-stance, positive = heel inward
      step_width_pct_leg      mid-stance ankle from the pelvis's middle, positive = on the foot's own side, negative = crossover
      both: step_width_pct_leg (between the feet's lines), vertical_oscillation_pct_leg (trunk, top to bottom of a step)
    From the side
      foot_strike_angle_deg   at foot strike, heel-toe line against the horizontal, positive = toe up (rearfoot strike)
      overstride_pct_leg      at foot strike, ankle in front of the hip's middle, positive = in front
      knee_flexion_contact_deg  at foot strike, 0 = straight leg
      shank_angle_contact_deg at foot strike, ankle-knee line against the vertical, positive = ankle in front of the knee
      both: trunk_lean_deg (hips to shoulders against the vertical, positive = forward), vertical_oscillation_pct_leg

    Args:
        trajectories: Filtered points in px, y down. A step whose points are NaN, or further than 0.1 s from a seen frame, is left out.
        events: Both feet's foot strikes and toe-offs in s.
        view: What the camera can see decides what is given; an unknown view gives nothing.

    Returns:
        A figure without at least three steps or without its landmarks is left out, never NaN.

    Example:
        Someone on the spot whose right hip is 10 px lower over a breadth of 60 px:

        >>> from gait.model import FootEvents
        >>> points = np.full((300, 33, 2), np.nan)
        >>> for side, lower in ((Side.LEFT, 0), (Side.RIGHT, 10)):
        ...     for joint, y in (("hip", 300 + lower), ("knee", 450), ("ankle", 600)):
        ...         points[:, Landmark.of(side, joint)] = 360 + 30 * side.lateral_sign, y
        >>> moves = Trajectories(np.arange(300) / 60, points, np.zeros((300, 33), bool), 8.0, 0, 720, 1280)
        >>> steps = FootEvents(0.5 + 0.7 * np.arange(5), 0.75 + 0.7 * np.arange(5))
        >>> events = GaitEvents({side: steps for side in Side}, (), 0.004, 0.004, 0.004, None)
        >>> found = measure_kinematics(moves, events, View.REAR)
        >>> [round(found.feet[side]["pelvic_drop_deg"].value, 2) for side in Side]
        [9.46, -9.46]
    """
    feet: dict[Side, dict[str, StepMean]] = {side: {} for side in Side}
    body: dict[str, StepMean] = {}
    found = Kinematics(feet, body)
    picture = _Picture(trajectories)
    if view is View.UNKNOWN or not picture.usable:
        return found
    stances = {side: events.feet[side].stances_s() for side in Side}
    per_foot = _SIDE_VIEW if view is View.SIDE else _REAR_VIEW
    direction = picture.running_direction() if view is View.SIDE else (-1.0 if view is View.FRONT else 1.0)
    for side in Side:
        for name, (measure, bias) in per_foot.items():
            if len(stances[side]):
                _add(feet[side], name, measure(picture, side, stances[side], direction), bias)
    both = np.concatenate([stances[side] for side in Side])
    if not len(both):
        return found
    both = both[np.argsort(both[:, 0])]
    _add(body, "vertical_oscillation_pct_leg", picture.oscillation(both), _LENGTH_BIAS_PCT)
    if view is View.SIDE:
        _add(body, "trunk_lean_deg", _trunk_lean(picture, both, direction), _POINT_BIAS_DEG)
    else:
        widths = [_step_width(picture, side, stances[side], direction) for side in Side]
        seen = [w[np.isfinite(w)] for w in widths]
        if min(len(w) for w in seen) >= _MIN_STEPS:
            k = min(len(w) for w in seen)
            _add(body, "step_width_pct_leg", seen[0][:k] + seen[1][:k], _STEP_WIDTH_BIAS_PCT)
    return found


class _Picture:
    """The filtered points as functions of time, in picture coordinates with y turned up."""

    def __init__(self, trajectories: Trajectories) -> None:
        self._times_s = trajectories.times_s
        self._points = trajectories.points_px * np.array([1.0, -1.0])
        leg = []
        for side in Side:
            hip, knee, ankle = (self._points[:, Landmark.of(side, j)] for j in ("hip", "knee", "ankle"))
            leg.append(np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1))
        lengths = np.concatenate(leg)
        lengths = lengths[np.isfinite(lengths)]
        self.leg_px = float(np.percentile(lengths, 90)) if len(lengths) else float("nan")
        """NaN without hips."""
        self.usable = len(self._times_s) >= 10
        self._curves: dict[Landmark, tuple[Floats, CubicSpline] | None] = {}

    def at(self, side: Side, joint: str, times_s: Floats) -> Floats:
        """(k, 2) the point at those times; NaN where not seen."""
        curve = self._curve(Landmark.of(side, joint))
        if curve is None:
            return np.full((len(times_s), 2), np.nan)
        own, spline = curve
        value = spline(times_s)
        right = np.clip(np.searchsorted(own, times_s), 1, len(own) - 1)
        near = np.minimum(np.abs(own[right] - times_s), np.abs(own[right - 1] - times_s)) < 0.1
        near &= (times_s >= own[0]) & (times_s <= own[-1])
        return np.asarray(np.where(near[:, None], value, np.nan))

    def _curve(self, landmark: Landmark) -> tuple[Floats, CubicSpline] | None:
        """When the point was seen and the curve through it, made once: asked for some 130 times. None when hardly seen."""
        if landmark not in self._curves:
            p = self._points[:, landmark]
            seen = np.isfinite(p).all(axis=1)
            own = self._times_s[seen]
            self._curves[landmark] = (own, CubicSpline(own, p[seen])) if seen.sum() >= 4 else None
        return self._curves[landmark]

    def middle(self, joint: str, times_s: Floats) -> Floats:
        """(k, 2) midway between left and right."""
        return np.asarray((self.at(Side.LEFT, joint, times_s) + self.at(Side.RIGHT, joint, times_s)) / 2)

    def running_direction(self) -> float:
        """+1 where the runner faces the picture's right, -1 left: toes are in front of heels."""
        ahead = [
            self._points[:, Landmark.of(side, "foot_index"), 0] - self._points[:, Landmark.of(side, "heel"), 0]
            for side in Side
        ]
        ahead_px = np.concatenate(ahead)
        ahead_px = ahead_px[np.isfinite(ahead_px)]
        return float(np.sign(np.median(ahead_px)) or 1.0) if len(ahead_px) else float("nan")

    def oscillation(self, stances: Floats) -> Floats:
        """Per step, highest less lowest hip middle from this foot strike to the next, % of leg length."""
        out = []
        for start, stop in zip(stances[:-1, 0], stances[1:, 0], strict=True):
            if 0.15 < stop - start < 0.8:
                y = self.middle("hip", np.linspace(start, stop, 25))[:, 1]
                out.append(100 * (y.max() - y.min()) / self.leg_px)
        return np.array(out)


def _add(to: dict[str, StepMean], name: str, steps: Floats, bias: float) -> None:
    """The mean over steps with its interval, unless too few steps were seen."""
    steps = steps[np.isfinite(steps)]
    if len(steps) < _MIN_STEPS:
        return
    sd = float(np.hypot(np.std(steps, ddof=1) / np.sqrt(len(steps)), bias))
    mean = Estimate.from_sd(float(np.mean(steps)), sd)
    to[name] = StepMean(mean.value, mean.ci95, len(steps))


def _mid(stances: Floats) -> Floats:
    return np.asarray(stances.mean(axis=1))


def _pelvic_drop(p: _Picture, side: Side, stances: Floats, direction: float) -> Floats:
    across = p.at(side, "hip", _mid(stances)) - p.at(side.other, "hip", _mid(stances))
    return np.asarray(np.degrees(np.arctan2(across[:, 1], np.abs(across[:, 0]))))


def _knee_alignment(p: _Picture, side: Side, stances: Floats, direction: float) -> Floats:
    hip, knee, ankle = (p.at(side, joint, _mid(stances)) for joint in ("hip", "knee", "ankle"))
    out_x = direction * side.lateral_sign
    thigh = np.arctan2(out_x * (hip - knee)[:, 0], (hip - knee)[:, 1])
    shank = np.arctan2(out_x * (knee - ankle)[:, 0], (knee - ankle)[:, 1])
    return np.asarray(np.degrees(thigh - shank))


def _heel_whip(p: _Picture, side: Side, stances: Floats, direction: float) -> Floats:
    """The toe's sideways place against the heel, in early swing less in mid-stance, over a foot of a quarter leg."""
    swing_s = stances[:, 1] + 0.35 * float(np.median(stances[:, 1] - stances[:, 0]))
    out_x = direction * side.lateral_sign
    turned = []
    for times_s in (swing_s, _mid(stances)):
        foot = p.at(side, "foot_index", times_s) - p.at(side, "heel", times_s)
        turned.append(np.degrees(np.arcsin(np.clip(out_x * foot[:, 0] / (0.25 * p.leg_px), -1, 1))))
    return np.asarray(turned[0] - turned[1])


def _step_width(p: _Picture, side: Side, stances: Floats, direction: float) -> Floats:
    off = p.at(side, "ankle", _mid(stances)) - p.middle("hip", _mid(stances))
    return np.asarray(100 * direction * side.lateral_sign * off[:, 0] / p.leg_px)


def _foot_strike_angle(p: _Picture, side: Side, stances: Floats, direction: float) -> Floats:
    foot = p.at(side, "foot_index", stances[:, 0]) - p.at(side, "heel", stances[:, 0])
    flat_s = stances[:, 0] + 0.4 * (stances[:, 1] - stances[:, 0])
    flat = p.at(side, "foot_index", flat_s) - p.at(side, "heel", flat_s)
    lying = np.nanmedian(np.arctan2(flat[:, 1], direction * flat[:, 0])) if np.isfinite(flat).any() else np.nan
    return np.asarray(np.degrees(np.arctan2(foot[:, 1], direction * foot[:, 0]) - lying))


def _overstride(p: _Picture, side: Side, stances: Floats, direction: float) -> Floats:
    ahead = p.at(side, "ankle", stances[:, 0]) - p.middle("hip", stances[:, 0])
    return np.asarray(100 * direction * ahead[:, 0] / p.leg_px)


def _knee_flexion(p: _Picture, side: Side, stances: Floats, direction: float) -> Floats:
    hip, knee, ankle = (p.at(side, joint, stances[:, 0]) for joint in ("hip", "knee", "ankle"))
    thigh = np.arctan2(direction * (knee - hip)[:, 0], (hip - knee)[:, 1])
    shank = np.arctan2(direction * (ankle - knee)[:, 0], (knee - ankle)[:, 1])
    return np.asarray(np.degrees(thigh - shank))


def _shank_angle(p: _Picture, side: Side, stances: Floats, direction: float) -> Floats:
    knee, ankle = (p.at(side, joint, stances[:, 0]) for joint in ("knee", "ankle"))
    return np.asarray(np.degrees(np.arctan2(direction * (ankle - knee)[:, 0], (knee - ankle)[:, 1])))


def _trunk_lean(p: _Picture, stances: Floats, direction: float) -> Floats:
    up = p.middle("shoulder", _mid(stances)) - p.middle("hip", _mid(stances))
    return np.asarray(np.degrees(np.arctan2(direction * up[:, 0], up[:, 1])))


_Step = Callable[[_Picture, Side, Floats, float], Floats]

_REAR_VIEW: dict[str, tuple[_Step, float]] = {
    "pelvic_drop_deg": (_pelvic_drop, _POINT_BIAS_DEG),
    "knee_alignment_deg": (_knee_alignment, _POINT_BIAS_DEG),
    "heel_whip_deg": (_heel_whip, _FOOT_BIAS_DEG),
    "step_width_pct_leg": (_step_width, _STEP_WIDTH_BIAS_PCT),
}
_SIDE_VIEW: dict[str, tuple[_Step, float]] = {
    "foot_strike_angle_deg": (_foot_strike_angle, _FOOT_BIAS_DEG),
    "overstride_pct_leg": (_overstride, _LENGTH_BIAS_PCT),
    "knee_flexion_contact_deg": (_knee_flexion, _POINT_BIAS_DEG),
    "shank_angle_contact_deg": (_shank_angle, _POINT_BIAS_DEG),
}
