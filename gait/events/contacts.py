"""What the pictures show of foot strike and toe-off: when the heel stops falling, and when the sole leaves the belt.

The tables of `gait.events.timing` know how people run and pull everybody a little towards the usual contact time. The shoe
itself does not: on the belt its height in the picture changes evenly, in the air many times faster. So a patch of it (the
heel round foot strike, the sole's end round toe-off) is followed from frame to frame, the steps are laid over one another, and
the kink is found in all of them together, finer than a frame. What the table says and what is seen are then weighed by
their errors. A foot whose kink is hidden, by the other leg at foot strike for instance, keeps more of the table's word.

Strides' own unevenness is left to the rhythm: a foot's strikes all move by one shift, and so do its toe-offs.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gait.events.patch import finer, follow
from gait.landmarks import Landmark, Side
from gait.model import Floats, FootEvents, GaitEvents, Ints, LegPictures, Trajectories
from gait.rhythm import shank_length_px

FRAMES_WANTED = 40
"""Near each event of a foot; at 60 frames per second 7 and 10 steps, spread over the run."""
MIN_STEPS, MAX_STEPS = 4, 16
MIN_FRAMES = 16
"""Fewer say nothing of a line with a kink."""
REACH = 0.13
"""How far a patch may go in a sixtieth of a second beyond what it did before, in shank lengths: 1.7 times the fastest fall seen."""
SPARED = 0.35
"""Frames weigh by their likeness (`gait.events.patch`) above this."""
SPARE_S = 0.025
"""Followed this much beyond the window at either end: the window moves with the kink."""
GRID_S = np.arange(-0.030, 0.0301, 0.0015)
"""Where the kink is looked for, round where the table has the event."""
WIDEST_GAP_S = 0.024
"""Steps that are all seen at the same moments of their stride, as a stride of whole frames is, cannot place a kink between two frames this
far apart: 60 frames per second always serve, 30 where the strides are not of one length to the millisecond, as people's are not."""
GATE_SDS = 2.5
"""What is seen and what the table says may differ by this many SDs of their difference; beyond, something else was seen."""

_PRIOR = np.array([[0.35, -0.19], [-0.19, 0.27]])
"""Of the table's errors of one foot's (foot strike, toe-off), in shares of the variance of its contact time, by clips left out
(`validation.train_events`): a contact found too long begins too early and ends too late."""


@dataclass(frozen=True)
class Kink:
    """How one of the two events shows. Times in s, lengths in shanks, speeds in shanks per s.

    The patch and its window were chosen on 32 rendered clips, the limits on 39 with cameras 0.3 to 1.3 m high and 2.2 to 3.4 m off;
    `offset_s`, `per_speed_s` and `per_slope_s` were measured on these by `validation.picture_contacts`. 80 % of the feet are within 3.0 and 3.7 ms;
    `sd_s` is set to more, because real shoes bend and land more softly.
    """

    event: Literal["strike", "off"]
    centre: Floats
    """(2,) of the patch from its landmark, x to the right and y down."""
    half_size: Floats
    """(2,) of the patch."""
    before_s: float
    after_s: float
    """The window of the fit round the kink."""
    speeds: tuple[float, float]
    """Least and greatest change of speed at the kink that a shoe makes."""
    slopes: tuple[float, float]
    """Least and greatest speed on the belt's side of the kink, down positive. A heel on the belt sinks in the picture with the height of the
    camera; where it sinks faster than this it may land without a kink, and what is found is something else."""
    max_rms: float
    """Distance of the patch from the fitted line."""
    offset_s: float
    per_speed_s: float
    per_slope_s: float
    """The kink lies `offset_s + per_speed_s * speed + per_slope_s * slope` after the event: a foot is set down and taken up gradually, and a sole
    that already rises before it leaves shows its leaving late."""
    sd_s: float

    def after_event_s(self, seen: "Seen") -> float:
        """How long after the event its kink lies, in s."""
        return self.offset_s + self.per_speed_s * seen.speed + self.per_slope_s * seen.slope


STRIKE = Kink(
    "strike",
    np.array([0.0, 0.17]),
    np.array([0.19, 0.20]),
    before_s=0.040,
    after_s=0.067,
    speeds=(0.45, 6.0),
    slopes=(-1.0, 1.7),
    max_rms=0.003,
    offset_s=0.0077,
    per_speed_s=-0.0039,
    per_slope_s=0.0,
    sd_s=0.0045,
)
OFF = Kink(
    "off",
    np.array([0.0, 0.05]),
    np.array([0.17, 0.15]),
    before_s=0.042,
    after_s=0.030,
    speeds=(1.2, 9.0),
    slopes=(-3.0, 1.5),
    max_rms=0.016,
    offset_s=-0.0055,
    per_speed_s=0.0022,
    per_slope_s=-0.0026,
    sd_s=0.0045,
)


@dataclass(frozen=True, eq=False)
class _Heights:
    """The patch in each frame of the steps followed: one entry per frame."""

    after_s: Floats
    """From where the table has the event."""
    y: Floats
    """In shank lengths, down, from the step's own zero."""
    weight: Floats
    step: Ints


@dataclass(frozen=True)
class Seen:
    """A foot's kink."""

    after_s: float
    """From where the table has the event; the event itself once `Kink.after_event_s` is taken off."""
    speed: float
    """How much faster in the air than on the belt, in shanks per s."""
    slope: float
    """On the belt, down positive, in shanks per s."""
    gap_s: float
    """Between the last frame before the kink and the first one after it, over all steps."""
    rms: float
    n_frames: int


def see_contacts(events: GaitEvents, trajectories: Trajectories, pictures: LegPictures) -> GaitEvents:
    """The events of a clip from behind, with each foot's strikes and toe-offs moved to where the pictures have them.

    Args:
        events: As from `find_events`. Times must be true: a clip in slow motion has other speeds at its kinks.
        trajectories: Of the same clip; NaN landmarks cost their step.
        pictures: The legs' crops; frames without one cost their step.

    Returns:
        The same events; all strikes of a foot are moved by one shift and all its toe-offs by another. `seen_contact_sd_s` says how
        sure a foot's contact time is then, in s. Nothing moves for a foot that cannot be followed, and nothing is raised.
    """

    def found_of(side: Side) -> list[tuple[Kink, Seen]]:
        looks = ((kink, look(kink, side, events.feet[side], trajectories, pictures)) for kink in (STRIKE, OFF))
        return [(kink, seen) for kink, seen in looks if seen is not None]

    feet, sds = dict(events.feet), {}
    with ThreadPoolExecutor(len(feet), "gait-contacts") as pool:
        by_foot = dict(zip(feet, pool.map(found_of, feet), strict=True))
    for side, found in by_foot.items():
        foot = feet[side]
        shift_s, covariance = weigh(found, events.contact_bias_sd_s)
        feet[side] = FootEvents(foot.foot_strike_s + shift_s[0], foot.toe_off_s + shift_s[1])
        sds[side] = float(np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]))
    return replace(events, feet=feet, seen_contact_sd_s=sds)


def weigh(found: list[tuple[Kink, Seen]], contact_sd_s: float) -> tuple[Floats, Floats]:
    """How far a foot's events move: the table's word against each thing seen, a Kalman update.

    Args:
        found: What was seen of foot strike and toe-off, none to both. What lies too far from the table is left out.
        contact_sd_s: The table's error in the contact time, 1 SD.

    Returns:
        (2,) shifts of strikes and toe-offs in s, later positive; and the (2, 2) covariance in s² of what is left of their errors.

    Example:
        Nothing seen: nothing moves, and the contact time keeps its error.

        >>> shift_s, covariance = weigh([], 0.010)
        >>> shift_s.tolist(), float(round(np.sqrt(np.array([-1, 1]) @ covariance @ np.array([-1, 1])), 4))
        ([0.0, 0.0], 0.01)
    """
    shift, covariance = np.zeros(2), _PRIOR * contact_sd_s**2
    for kink, seen in found:
        i = 0 if kink.event == "strike" else 1
        surprise = seen.after_s - kink.after_event_s(seen) - shift[i]
        variance = covariance[i, i] + kink.sd_s**2
        if surprise**2 > GATE_SDS**2 * variance:
            continue
        gain = covariance[:, i] / variance
        shift = shift + gain * surprise
        covariance = covariance - np.outer(gain, covariance[i])
    return shift, covariance


def look(kink: Kink, side: Side, foot: FootEvents, trajectories: Trajectories, pictures: LegPictures) -> Seen | None:
    """The kink in a foot's steps.

    Args:
        kink: `STRIKE` or `OFF`.
        side: The foot.
        foot: Its events by the table, in s.
        trajectories: Of the clip; a step whose landmark is NaN is left out.
        pictures: The legs' crops.

    Returns:
        None when it cannot be seen: no step, fewer than 16 frames followed, frames too far apart, a line that fits badly, a change of speed
        no shoe makes, or a camera so high that a landing heel hardly shows one.
    """
    heights = _followed(kink, side, foot, trajectories, pictures)
    seen = None if heights is None else _fit(kink, heights)
    if seen is None or seen.n_frames < MIN_FRAMES or seen.rms > kink.max_rms or seen.gap_s > WIDEST_GAP_S:
        return None
    believed = kink.speeds[0] <= seen.speed <= kink.speeds[1] and kink.slopes[0] <= seen.slope <= kink.slopes[1]
    return seen if believed else None


def _followed(
    kink: Kink, side: Side, foot: FootEvents, trajectories: Trajectories, pictures: LegPictures
) -> _Heights | None:
    """The patch through the frames near the event, in some of the foot's steps; None without any."""
    times_s = trajectories.times_s
    shank_px = shank_length_px(trajectories.unfiltered_px)
    stances = foot.stances_s()
    if not len(stances) or not np.isfinite(shank_px):
        return None
    frame_s = float(np.median(np.diff(times_s)))
    wanted = int(np.clip(np.ceil(FRAMES_WANTED * frame_s / (kink.before_s + kink.after_s)), MIN_STEPS, MAX_STEPS))
    chosen = np.unique(np.linspace(0, len(stances) - 1, wanted).round().astype(int))
    reach_px = REACH * shank_px * max(1.0, frame_s * 60)
    rows: list[tuple[float, float, float, int]] = []
    for step in chosen:
        event_s, at, own = _where_best(kink, side, stances[step], trajectories)
        first, last = np.searchsorted(times_s, event_s + np.array([-kink.before_s - SPARE_S, kink.after_s + SPARE_S]))
        if not np.isfinite(own).all() or not first <= at:
            continue
        frames = np.arange(first, min(max(last, at + 1), len(times_s)))
        luma = {f: crop for f, crop in pictures.luma(frames) if crop is not None}
        if at not in luma:
            continue
        middle, half = own + kink.centre * shank_px, kink.half_size * shank_px
        for order in (range(at, frames[-1] + 1), range(at - 1, frames[0] - 1, -1)):
            for frame, y_px, likeness in follow(luma, at, order, middle - half, middle + half, reach_px):
                rows.append((times_s[frame] - event_s, y_px / shank_px, likeness - SPARED, step))
    if not rows:
        return None
    after_s, y, weight, steps = (np.array(column) for column in zip(*rows, strict=True))
    return _Heights(after_s, y, weight, steps)


def _where_best(kink: Kink, side: Side, stance_s: Floats, trajectories: Trajectories) -> tuple[float, int, Floats]:
    """When the table has the event, the frame whose patch is followed, and the landmark the patch hangs on; NaN where not seen.

    The heel is taken where it stands flat, the sole's end just before it leaves.
    """
    times_s, points = trajectories.times_s, trajectories.points_px
    strike_s, off_s = stance_s
    if kink.event == "strike":
        at = int(np.argmin(np.abs(times_s - (strike_s + 0.3 * (off_s - strike_s)))))
        return float(strike_s), at, points[at, Landmark.of(side, "ankle")]
    at = int(np.argmin(np.abs(times_s - (off_s - 0.008))))
    late = (times_s > off_s - 0.05) & (times_s <= off_s)
    toe = points[late, Landmark.of(side, "foot_index")]
    return float(off_s), at, np.median(toe, axis=0) if late.any() else np.full(2, np.nan)


def _fit(kink: Kink, heights: _Heights) -> Seen | None:
    """The kink of all steps together; None when none fits.

    The window follows the kink: a table that is 20 ms off must not cut it short.
    """
    found, centre_s = None, 0.0
    for _ in range(4):
        off_s = heights.after_s - centre_s
        inside = (off_s > -kink.before_s) & (off_s < kink.after_s)
        if inside.sum() < MIN_FRAMES:
            return None
        found = _kinked_line(kink, off_s[inside], heights.y[inside], heights.weight[inside], heights.step[inside])
        if found is None:
            return None
        centre_s += found.after_s
        if abs(found.after_s) < 0.001:
            break
    return None if found is None else replace(found, after_s=centre_s)


def _kinked_line(kink: Kink, t: Floats, y: Floats, weight: Floats, step: Ints) -> Seen | None:
    """Least squares of a line with a kink, every step with its own zero; the second time frames far off the line count less."""
    sign = -1.0 if kink.event == "strike" else 1.0
    steps = np.unique(step, return_inverse=True)[1]
    w = np.asarray(weight, float)
    beyond = np.maximum(0.0, sign * (t - GRID_S[:, None]))
    for _ in range(2):
        level, tilt, bends = _own(y, w, steps), _own(t, w, steps), -_own(beyond, w, steps)
        # both slopes at every place of the kink at once: the normal equations of two columns, written out
        tilted, bent, mixed = tilt @ tilt, np.einsum("gn,gn->g", bends, bends), bends @ tilt
        even = tilted * bent - mixed**2
        some = even > 1e-9 * tilted * bent
        change = np.divide(tilted * (bends @ level) - mixed * (tilt @ level), even, out=np.zeros(len(even)), where=some)
        slope = (tilt @ level - mixed * change) / tilted
        off = level - slope[:, None] * tilt - change[:, None] * bends
        costs = np.where(change > 0, np.einsum("gn,gn->g", off, off), np.inf)
        best = int(np.argmin(costs))
        if not np.isfinite(costs[best]):
            return None
        speed = float(change[best])
        distance = np.abs(off[best]) / np.sqrt(w)
        w = weight * np.minimum(1.0, 2 * (1.4826 * np.median(distance) + 1e-5) / np.maximum(distance, 1e-9))
    at_s = float(np.interp(finer(-costs, best), np.arange(len(GRID_S)), GRID_S))
    gap_s = float(t[t >= at_s].min(initial=np.inf) - t[t < at_s].max(initial=-np.inf))
    return Seen(at_s, speed, float(slope[best]), gap_s, float(np.sqrt(costs[best] / len(t))), len(t))


def _own(v: Floats, weight: Floats, steps: Ints) -> Floats:
    """Each step's own weighted mean taken off, times the root of the weight; `v` (..., n)."""
    of_step = np.equal.outer(steps, np.arange(steps.max() + 1)).astype(float)
    means = (weight * v) @ of_step / (weight @ of_step)
    return np.asarray((v - means[..., steps]) * np.sqrt(weight))
