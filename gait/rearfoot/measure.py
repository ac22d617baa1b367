"""measure_rearfoot(): which frames, both lines in each, what is believed, how well it is known."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gait.landmarks import Side
from gait.model import Bools, Floats, FootAngles, GaitEvents, Ints, LegPictures, PoseTrack, RearfootAngles, Trajectories
from gait.rearfoot import heel, shank
from gait.rearfoot.align import Alignment
from gait.rearfoot.frame import HeelPicture, LegPoints, cut_heel, cut_shank, tilt_deg
from gait.settings import RearfootSettings

STANDING_FRAMES = 15
"""Enough for the median to beat codec noise; more cost time and add nothing."""
SEED_PCT = 30.0
"""Where a stance's search begins: the foot is flat, slow and bare of the other leg."""
MAX_FRAMES_PER_STANCE = 14
SYSTEMATIC_SD_DEG = 0.7
"""What all frames of a foot share: the outline of the calf and the counter seen from another side than when standing."""


@dataclass(frozen=True)
class StandingInput:
    """The quiet-standing clip: its pictures and its track."""

    pictures: LegPictures
    track: PoseTrack


@dataclass(frozen=True, eq=False)
class _Reference:
    """What standing (or mid-stance) looks like, for one leg."""

    counter: heel.Counter
    outline: shank.Outline
    heel_tilt_deg: float
    axis_tilt_deg: float
    """Of the ankle-knee line the outline is told from."""
    angle_deg: float
    """Absolute picture angle of the reference, eversion positive."""


@dataclass(frozen=True, eq=False)
class _Leg:
    """One leg's frames of stance."""

    side: Side
    points: LegPoints
    length_px: float
    stance: Ints
    frame: Ints
    time_s: Floats
    pct: Floats


def measure_rearfoot(
    pictures: LegPictures,
    track: PoseTrack,
    trajectories: Trajectories,
    events: GaitEvents,
    standing: StandingInput | None,
    settings: RearfootSettings,
    progress: Callable[[int, int], None] | None = None,
) -> RearfootAngles:
    """Measure both feet.

    Args:
        pictures: the running clip's lower legs.
        track: its landmarks, unfiltered.
        trajectories: its landmarks, cleaned: where ankle and knee are looked for.
        events: the stances to measure.
        standing: the quiet-standing clip of the same person, shoes and camera; without it angles have no common zero.
        settings: see `RearfootSettings`.
        progress: called with (frames done, frames in all).

    Returns:
        Angles per frame, eversion positive; a foot that could not be measured has `method` "landmarks", no frames and reasons.
    """
    legs = [_leg(side, trajectories, events, settings) for side in Side]
    total = sum(len(leg.frame) for leg in legs)
    done = 0

    def tell(n: int) -> None:
        if progress is not None:
            progress(done + n, total)

    feet: dict[Side, FootAngles] = {}
    for leg in legs:
        feet[leg.side] = _measure_foot(leg, pictures, standing, tell)
        done += len(leg.frame)
    return RearfootAngles(feet, "standing" if standing is not None else "none")


def _leg(side: Side, trajectories: Trajectories, events: GaitEvents, settings: RearfootSettings) -> _Leg:
    """The frames of stance to look at, thinned evenly where the frame rate is high."""
    points = LegPoints.of(trajectories.points_px, side)
    stance, frame, pct = [], [], []
    found = events.feet[side].stances_s() if side in events.feet else np.empty((0, 2))
    for i, (strike, off) in enumerate(found):
        share = 100 * (trajectories.times_s - strike) / (off - strike)
        inside = np.flatnonzero((share >= 0) & (share <= settings.peak_window_pct))
        if len(inside) > MAX_FRAMES_PER_STANCE:
            inside = inside[np.unique(np.linspace(0, len(inside) - 1, MAX_FRAMES_PER_STANCE).round().astype(int))]
        inside = inside[
            np.isfinite(points.ankle_px[inside]).all(axis=1) & np.isfinite(points.knee_px[inside]).all(axis=1)
        ]
        stance += [i] * len(inside)
        frame += inside.tolist()
        pct += share[inside].tolist()
    frames = np.array(frame, dtype=np.int64)
    return _Leg(
        side,
        points,
        points.length_px(),
        np.array(stance, dtype=np.int64),
        frames,
        trajectories.times_s[frames] if len(frames) else np.empty(0),
        np.array(pct, dtype=float),
    )


def _measure_foot(
    leg: _Leg, pictures: LegPictures, standing: StandingInput | None, tell: Callable[[int], None]
) -> FootAngles:
    turn = -leg.side.lateral_sign
    if not len(leg.frame):
        return _nothing("No whole step of this foot was seen.")
    heels: dict[int, HeelPicture] = {}
    strips: dict[int, NDArray[np.uint8]] = {}
    for n, (frame, crop) in enumerate(pictures.crops(leg.frame)):
        tell(n)
        if crop is not None:
            heels[frame] = cut_heel(crop, leg.points.ankle_px[frame], leg.length_px)
            strips[frame] = cut_shank(crop, leg.points.ankle_px[frame], leg.points.knee_px[frame])
    reference = _standing_reference(leg.side, standing) if standing is not None else _own_reference(leg, heels, strips)
    if isinstance(reference, str):
        return _nothing(reference)
    fits = {f: shank.fit_outline(shank.edge_strength(strip), reference.outline) for f, strip in strips.items()}
    found: dict[int, Alignment] = {}
    for stance in np.unique(leg.stance):
        here = [int(k) for k in np.flatnonzero(leg.stance == stance) if int(leg.frame[k]) in heels]
        if here:
            seed = min(here, key=lambda k: abs(leg.pct[k] - SEED_PCT))
            own = {int(leg.frame[k]): heels[int(leg.frame[k])] for k in here}
            found |= heel.follow(reference.counter, own, int(leg.frame[seed]), turn)
    m = len(leg.frame)
    angle, error = np.full(m, np.nan), np.full(m, np.nan)
    shank_px, heel_px = np.full((m, 2, 2), np.nan), np.full((m, 2, 2), np.nan)
    good = np.zeros(m, bool)
    for k, f in enumerate(leg.frame.tolist()):
        if f not in found:
            continue
        heel_px[k], heel_tilt = heel.heel_line(reference.counter, found[f], heels[f])
        ankle, knee = leg.points.ankle_px[f], leg.points.knee_px[f]
        shank_px[k], fit_tilt = shank.shank_line(fits[f], reference.outline, ankle, knee)
        shank_turn = float(tilt_deg(knee - ankle)) + fit_tilt - reference.axis_tilt_deg
        angle[k] = turn * ((heel_tilt - reference.heel_tilt_deg) - shank_turn)
        error[k] = np.hypot(found[f].rotation_sd_deg, np.degrees(fits[f].scatter) * 0.3)
        good[k] = heel.believed(found[f])
    if standing is None:
        angle = angle + reference.angle_deg
    good &= _plausible(leg.pct, angle, good)
    reasons = []
    if good.mean() < 0.5:
        reasons.append(f"The heel was read in only {good.mean():.0%} of the pictures of this foot's steps.")
    return FootAngles(
        stance=leg.stance,
        frame=leg.frame,
        time_s=leg.time_s,
        stance_pct=leg.pct,
        angle_deg=angle,
        error_deg=error,
        usable=good,
        shank_px=shank_px,
        heel_px=heel_px,
        method="heel_counter",
        systematic_sd_deg=SYSTEMATIC_SD_DEG,
        standing_deg=reference.angle_deg if standing is not None else float("nan"),
        reasons=tuple(reasons),
    )


def _plausible(pct: Floats, angle: Floats, good: Bools) -> Bools:
    """Within 4 robust SD (at least 4 degrees) of the median of frames at a like phase: strides on a treadmill repeat."""
    out = good.copy()
    for k in np.flatnonzero(good):
        like = good & (np.abs(pct - pct[k]) < 5)
        middle = np.median(angle[like])
        spread = max(1.0, 1.48 * float(np.median(np.abs(angle[like] - middle))))
        out[k] = abs(angle[k] - middle) < 4 * spread
    return out


def _standing_reference(side: Side, standing: StandingInput) -> _Reference | str:
    """The leg's look in the standing clip; a reason in words when it cannot be had."""
    points = LegPoints.of(standing.track.landmarks_px, side)
    seen = np.flatnonzero(np.isfinite(points.ankle_px).all(axis=1) & np.isfinite(points.knee_px).all(axis=1))
    if len(seen) < 3:
        return "The standing clip does not show this leg."
    ankle, knee = np.median(points.ankle_px[seen], axis=0), np.median(points.knee_px[seen], axis=0)
    length = float(np.hypot(*(knee - ankle)))
    still = seen[np.linalg.norm(points.ankle_px[seen] - ankle, axis=1) < 0.06 * length]
    if len(still) < 3:
        return "The runner moves about in the standing clip: film two seconds of quiet standing."
    chosen = still[np.unique(np.linspace(0, len(still) - 1, STANDING_FRAMES).round().astype(int))]
    crops = [c for _, c in standing.pictures.crops(chosen) if c is not None]
    return _reference(
        side, [cut_heel(c, ankle, length) for c in crops], [cut_shank(c, ankle, knee) for c in crops], ankle, knee
    )


def _own_reference(leg: _Leg, heels: dict[int, HeelPicture], strips: dict[int, NDArray[np.uint8]]) -> _Reference | str:
    """Without a standing clip: the runner's own mid-stance; good for how far the heel moves, not for where it starts."""
    mid = [int(f) for f, p in zip(leg.frame, leg.pct, strict=True) if 20 <= p <= 40 and int(f) in heels][
        :STANDING_FRAMES
    ]
    if len(mid) < 3:
        return "Too few pictures of this foot in mid-stance."
    ankle, knee = np.median(leg.points.ankle_px[mid], axis=0), np.median(leg.points.knee_px[mid], axis=0)
    return _reference(leg.side, [heels[f] for f in mid], [strips[f] for f in mid], ankle, knee)


def _reference(
    side: Side, heels: list[HeelPicture], strips: list[NDArray[np.uint8]], ankle: Floats, knee: Floats
) -> _Reference | str:
    if len(heels) < 3:
        return "The standing clip does not show this foot."
    outline = shank.find_outline(strips)
    axis_tilt = float(tilt_deg(knee - ankle))
    line, _ = shank.shank_line(shank.ShankFit(0, 0, 1, 0, 1), outline, ankle, knee)
    # where the shank's axis meets the counter: extended down to mid-counter
    down = line[0] + (line[0] - line[1]) * 0.3
    counter = heel.remember(heels, (down[0] - ankle[0]) / heels[0].to_picture[0, 0])
    if counter is None:
        return "The pictures of the standing heel do not fit one another: is the runner standing still?"
    shank_tilt = float(tilt_deg(line[1] - line[0]))
    angle = -side.lateral_sign * (counter.lean_deg - shank_tilt)
    return _Reference(counter, outline, counter.lean_deg, axis_tilt, angle)


def _nothing(reason: str) -> FootAngles:
    """A foot without a single reading in the pixels."""
    none, ints = np.empty(0), np.empty(0, dtype=np.int64)
    return FootAngles(
        ints,
        ints,
        none,
        none,
        none,
        none,
        np.empty(0, bool),
        np.empty((0, 2, 2)),
        np.empty((0, 2, 2)),
        "landmarks",
        float("nan"),
        float("nan"),
        (reason,),
    )
