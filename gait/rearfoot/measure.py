"""measure_rearfoot(): which frames, both lines in each, what is believed, how well it is known."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gait.landmarks import Side
from gait.model import Bools, Floats, FootAngles, GaitEvents, Ints, LegPictures, PoseTrack, RearfootAngles, Trajectories
from gait.rearfoot import heel, shank
from gait.rearfoot.align import Alignment
from gait.rearfoot.frame import HeelPicture, LegPoints, cut_calf, cut_heel, cut_shank, tilt_deg
from gait.rearfoot.marked import Marks, Pair, find_marks, read_calf, read_heel
from gait.settings import RearfootSettings

STANDING_FRAMES = 15
"""Enough for the median to beat codec noise; more cost time and add nothing."""
SEED_PCT = 30.0
"""Where a stance's search begins: the foot is flat, slow and bare of the other leg."""
EARLIEST_PCT = -7.0
"""A frame before foot strike (a frame at 60 per second is 6-7 % of stance): the angle at touchdown is then read between frames instead of
carried on from those after it, which lay 3 degrees too low on rendered runners."""
MAX_FRAMES_PER_STANCE = 10
"""Of a frame rate above 60 fps nothing more is needed: the steps are pooled."""
GOLDEN = 0.381966
"""Multiples of the golden section's share are spread evenly however many there are."""
MIN_SHANK_SUPPORT = 0.06
"""Share of the calf's outline that has an edge: below, the leg cannot be told from what is behind it."""
OUTSTANDING_DEG = 2.5
"""A frame this far from the other steps at its phase is read again, starting from theirs (steps scatter by 1.2 degrees, RBDS)."""
MIN_POOLED = 8
FOLLOWED_STEPS = 7
"""Steps searched from scratch (Dingenen 2018: as many show a runner's usual step); the rest start from theirs, in a third of the time."""
MIN_MARKED = 0.6
"""Share of the readable frames that must show both dots of a pair for the pair to be used."""
PLAIN_PCT = (10.0, 58.0)
"""A plain counter is read only while the foot is flat: on rendered feet it was 2-10 degrees wrong at touchdown (RMS 5 on seven) and up
to 10 once the heel rises and shows from below."""
LEARN_PCT = (12.0, 55.0)
"""Foot flat: the counter is seen as when standing, so what does not look alike does not belong to it."""
SYSTEMATIC_SD_DEG, PLAIN_SYSTEMATIC_SD_DEG, MARKED_SYSTEMATIC_SD_DEG = 0.75, 1.8, 0.4
"""What all frames of a foot share: the calf's outline and the counter seen from another side than when standing, a plain counter
worse than one with a strip; with dots, the roundness of what they are stuck on. RMS errors of the peak over 29 rendered feet with a
strip (0.64), 16 plain ones (1.8, beside how far its windows disagree) and 5 with dots (0.41), the first a little widened."""
RAISED = (-0.015, 0.015)
"""Leg lengths (6 mm): about the SD with which the sole's place is known."""


Strip = NDArray[np.uint8]


@dataclass(frozen=True)
class StandingInput:
    """The quiet-standing clip: its pictures and its track."""

    pictures: LegPictures
    track: PoseTrack


@dataclass(frozen=True, eq=False)
class _Reference:
    """What standing (or mid-stance) looks like, for one leg."""

    counter: heel.Counter
    beside: tuple[heel.Counter, ...]
    """The same counter through windows a little lower and higher, where it is plain; else none."""
    outline: shank.Outline
    length_px: float
    lean_sine: float
    """Of the shank in the reference: 0 standing, the usual one in mid-stance."""
    heel_tilt_deg: float
    shank_tilt_deg: float
    marks: Marks | None
    turn: int
    """+1 where eversion turns the heel clockwise on the screen (the left), else -1."""


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
        feet[leg.side] = _measure_foot(leg, pictures, standing, settings.use_markers, tell)
        done += len(leg.frame)
    return RearfootAngles(feet, "standing" if standing is not None else "none")


def _leg(side: Side, trajectories: Trajectories, events: GaitEvents, settings: RearfootSettings) -> _Leg:
    """The frames of stance to look at, thinned evenly where the frame rate is high."""
    points = LegPoints.of(trajectories.points_px, side)
    stance, frame, pct = [], [], []
    found = events.feet[side].stances_s() if side in events.feet else np.empty((0, 2))
    for i, (strike, off) in enumerate(found):
        share = 100 * (trajectories.times_s - strike) / (off - strike)
        inside = np.flatnonzero((share >= EARLIEST_PCT) & (share <= settings.peak_window_pct))
        if len(inside) > MAX_FRAMES_PER_STANCE:
            # begun elsewhere in every step: a cadence in step with the camera would otherwise always lose the same phase
            begin = i * GOLDEN % 1
            inside = inside[
                ((np.arange(MAX_FRAMES_PER_STANCE) + begin) * len(inside) / MAX_FRAMES_PER_STANCE).astype(int)
            ]
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
    leg: _Leg, pictures: LegPictures, standing: StandingInput | None, use_markers: bool, tell: Callable[[int], None]
) -> FootAngles:
    if not len(leg.frame):
        return _nothing("No whole step of this foot was seen.")
    reference = _standing_reference(leg.side, standing, use_markers) if standing is not None else None
    if isinstance(reference, str):
        return _nothing(reference)
    length = reference.length_px if reference is not None else leg.length_px
    sole = leg.points.sole_px(leg.length_px)
    heels: dict[int, HeelPicture] = {}
    strips: dict[int, Strip] = {}
    for n, (frame, crop) in enumerate(pictures.crops(leg.frame)):
        tell(n)
        if crop is not None:
            heels[frame] = cut_heel(crop, sole[frame], length)
            strips[frame] = cut_shank(crop, leg.points.ankle_px[frame], leg.points.knee_px[frame], length)
    if reference is None:
        reference = _own_reference(leg, heels, strips)
    if isinstance(reference, str):
        return _nothing(reference)
    fits = _fit_shanks(leg, strips, reference)
    found = _find_heels(leg, heels, reference)
    m = len(leg.frame)
    error = np.full(m, np.nan)
    shank_px, heel_px = np.full((m, 2, 2), np.nan), np.full((m, 2, 2), np.nan)
    heel_tilt, shank_tilt = np.full(m, np.nan), np.full(m, np.nan)
    read = np.zeros(m, bool)
    for k, f in enumerate(leg.frame.tolist()):
        if f not in found or f not in fits:
            continue
        heel_px[k], heel_tilt[k] = heel.heel_line(reference.counter, found[f], heels[f])
        ankle, knee = leg.points.ankle_px[f], leg.points.knee_px[f]
        shank_px[k], shank_tilt[k] = shank.shank_line(fits[f], ankle, knee, length)
        error[k] = np.hypot(found[f].rotation_sd_deg, np.degrees(fits[f].slope_sd))
        read[k] = heel.believed(found[f], heel.MIN_INLIERS_LEARNT) and fits[f].support > MIN_SHANK_SUPPORT
    windows_sd = 0.0
    if reference.beside:
        windows_sd = _mean_of_windows(leg, heels, reference, found, read, heel_px, heel_tilt)
    heel_zero, shank_zero = reference.heel_tilt_deg, reference.shank_tilt_deg
    marked = 0
    if reference.marks is not None and reference.marks.heel is not None:
        pair = reference.marks.heel
        lines = [
            read_heel(pair, reference.counter, found[f], heels[f]) if f in found else None for f in leg.frame.tolist()
        ]
        if _take_over(lines, read, heel_px, heel_tilt):
            heel_zero, marked = reference.marks.heel_tilt_deg, marked + 1
    if reference.marks is not None and reference.marks.calf is not None:
        lines = _calf_lines(leg, pictures, reference.marks.calf, reference.outline, fits, length)
        if _take_over(lines, read, shank_px, shank_tilt):
            shank_zero, marked = reference.marks.calf_tilt_deg, marked + 1
    standing_deg = reference.turn * (heel_zero - shank_zero)
    angle = reference.turn * (heel_tilt - shank_tilt) - (standing_deg if standing is not None else 0.0)
    good = read & _usual(leg.pct, heel_tilt, read) & _usual(leg.pct, shank_tilt, read) & _usual(leg.pct, angle, read)
    connected = _connected(leg.pct, angle, good)
    reasons = []
    planted = leg.pct >= 0
    if (good & ~connected & planted).sum() > 0.03 * m:
        reasons.append(
            "Part of each step could not be read: the other leg or the shoe's own turn hides the heel there."
        )
    good &= connected
    share = good[planted].mean() if planted.any() else 0.0
    if share < 0.5:
        reasons.append(f"The heel was read in only {share:.0%} of the pictures of this foot's steps.")
    systematic = float(np.hypot(PLAIN_SYSTEMATIC_SD_DEG, windows_sd)) if reference.counter.plain else SYSTEMATIC_SD_DEG
    if marked == 2:
        systematic = MARKED_SYSTEMATIC_SD_DEG
    elif reference.counter.plain:
        good &= (leg.pct >= PLAIN_PCT[0]) & (leg.pct <= PLAIN_PCT[1])
        reasons.append("The back of this shoe is plain, which makes its tilt harder to read: stick-on dots would help.")
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
        method="markers" if marked == 2 else "heel_counter",
        systematic_sd_deg=systematic,
        standing_deg=standing_deg if standing is not None else float("nan"),
        reasons=tuple(reasons),
    )


def _mean_of_windows(
    leg: _Leg,
    heels: dict[int, HeelPicture],
    reference: _Reference,
    found: dict[int, Alignment],
    read: Bools,
    heel_px: Floats,
    heel_tilt: Floats,
) -> float:
    """Put the mean over several windows in the place of a plain heel's tilt and line; their SD at mid-stance, degrees.

    A window on a plain heel has only outlines to go by, and which ones are in it decides: on 16 rendered plain heels the mean
    of three was off by 1.3 degrees on average, each alone by 1.4-1.8.
    """
    tilts = [heel_tilt - reference.heel_tilt_deg]
    for counter in reference.beside:
        fits = heel.find_beside(counter, reference.counter, found, heels)
        own = np.full(len(heel_tilt), np.nan)
        for k, f in enumerate(leg.frame.tolist()):
            if f in fits and heel.believed(fits[f], heel.MIN_INLIERS_LEARNT):
                own[k] = heel.heel_line(counter, fits[f], heels[f])[1] - counter.lean_deg
        tilts.append(own)
    stacked = np.array(tilts)
    together = read & np.isfinite(stacked).all(axis=0)
    middle = together & (leg.pct >= LEARN_PCT[0]) & (leg.pct <= LEARN_PCT[1])
    if middle.sum() < MIN_POOLED:
        return 0.0
    offsets = np.median(stacked[:, middle] - stacked[:, middle].mean(axis=0), axis=1)
    # a frame that some windows do not read keeps those that do, each moved by how it lies to the others
    seen = np.isfinite(stacked).sum(axis=0)
    mean = np.nansum(stacked - offsets[:, None], axis=0) / np.maximum(seen, 1) + offsets.mean()
    for k in np.flatnonzero(read & (seen > 0)):
        turn = np.radians(mean[k] + reference.heel_tilt_deg - heel_tilt[k])
        centre = heel_px[k].mean(axis=0)
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        heel_px[k] = centre + (heel_px[k] - centre) @ rotation.T
        heel_tilt[k] = mean[k] + reference.heel_tilt_deg
    return float(np.std(offsets, ddof=1))


def _calf_lines(
    leg: _Leg, pictures: LegPictures, pair: Pair, outline: shank.Outline, fits: dict[int, shank.ShankFit], length: float
) -> list[tuple[Floats, float] | None]:
    """The calf's dots in every frame."""
    lines: list[tuple[Floats, float] | None] = []
    for f, crop in pictures.crops(leg.frame):
        if crop is None or f not in fits:
            lines.append(None)
        else:
            lines.append(read_calf(pair, outline, fits[f], crop, leg.points.ankle_px[f], leg.points.knee_px[f], length))
    return lines


def _take_over(lines: list[tuple[Floats, float] | None], read: Bools, drawn_px: Floats, tilt: Floats) -> bool:
    """Put dot lines in the place of what was read without, in all frames or (too few of them) in none; whether done."""
    seen = np.array([line is not None for line in lines])
    if (seen & read).sum() < MIN_MARKED * max(1, read.sum()) or seen.sum() < MIN_POOLED:
        return False
    for k, line in enumerate(lines):
        if line is not None:
            drawn_px[k], tilt[k] = line
    read &= seen
    return True


def _fit_shanks(leg: _Leg, strips: dict[int, Strip], reference: _Reference) -> dict[int, shank.ShankFit]:
    """Every frame by itself; then again, from what the other steps show at that phase, where it stands out."""
    axis = leg.points.knee_px - leg.points.ankle_px
    shortened = np.clip(reference.length_px / np.hypot(axis[:, 0], axis[:, 1]), 0.8, 1.4)
    rows = [(k, f) for k, f in enumerate(leg.frame.tolist()) if f in strips]

    def fit(k: int, f: int, usual: tuple[float, float] | None) -> shank.ShankFit:
        lean = shank.lean_sine(leg.pct[k]) - reference.lean_sine
        return shank.fit_outline(strips[f], reference.outline, float(shortened[f]), lean, usual, leg.side.lateral_sign)

    fits = {f: fit(k, f, None) for k, f in rows}
    own_tilt = tilt_deg(axis)
    tilt = np.full(len(leg.frame), np.nan)
    for k, f in rows:
        tilt[k] = own_tilt[f] + np.degrees(np.arctan(fits[f].slope))
    offset = np.array([fits[f].offset if f in fits else np.nan for f in leg.frame.tolist()])
    read = np.isfinite(tilt)
    tilt_usual, offset_usual = _median_at_phase(leg.pct, tilt, read), _median_at_phase(leg.pct, offset, read)
    for k, f in rows:
        if abs(tilt[k] - tilt_usual[k]) > OUTSTANDING_DEG:
            slope = float(np.tan(np.radians(tilt_usual[k] - own_tilt[f])))
            fits[f] = fit(k, f, (float(offset_usual[k]), slope))
    return fits


def _find_heels(leg: _Leg, heels: dict[int, HeelPicture], reference: _Reference) -> dict[int, Alignment]:
    """A few steps frame by frame, from which the counter is learnt; the others from what those show at each phase."""
    frames = leg.frame.tolist()
    there = np.array([f in heels for f in frames])
    stances = np.unique(leg.stance[there])
    if not len(stances):
        return {}
    first = stances[np.unique(np.linspace(0, len(stances) - 1, FOLLOWED_STEPS).round().astype(int))]
    found: dict[int, Alignment] = {}
    for stance in first:
        found |= _follow(leg, heels, reference, reference.counter, stance)
    middle = {int(f) for f, p in zip(leg.frame, leg.pct, strict=True) if LEARN_PCT[0] <= p <= LEARN_PCT[1]}
    good = [a for f, a in found.items() if f in middle]
    good = [a for a in good if heel.score(a) >= np.median([heel.score(b) for b in good]) - 0.15]
    counter = heel.learn(reference.counter, good) if len(good) >= MIN_POOLED else reference.counter
    for f in list(found):
        again = heel.find(counter, heels[f], [found[f].matrix])
        if again is not None:
            found[f] = again
        else:
            del found[f]
    usual = _usual_pose(leg, found)
    for stance in stances[~np.isin(stances, first)]:
        rows = np.flatnonzero((leg.stance == stance) & there)
        known = {frames[k]: usual[k].reshape(2, 3) for k in rows if np.isfinite(usual[k]).all()}
        own = {f: fit for f, start in known.items() if (fit := heel.find(counter, heels[f], [start])) is not None}
        if sum(heel.score(a) >= heel.GOOD_SCORE for a in own.values()) < len(rows) / 2:
            own = _follow(leg, heels, reference, counter, stance)
        found |= own
    usual = _usual_pose(leg, found)
    for k, f in enumerate(frames):
        if f not in heels or not np.isfinite(usual[k]).all():
            continue
        known_fit = found.get(f)
        sure = known_fit is not None and heel.believed(known_fit, heel.MIN_INLIERS_LEARNT)
        if sure and known_fit is not None and np.degrees(abs(known_fit.matrix[0, 1] - usual[k][1])) <= OUTSTANDING_DEG:
            continue
        again = heel.find(counter, heels[f], [usual[k].reshape(2, 3)])
        if again is not None and (known_fit is None or heel.score(again) > heel.score(known_fit)):
            found[f] = again
    return found


def _follow(
    leg: _Leg, heels: dict[int, HeelPicture], reference: _Reference, counter: heel.Counter, stance: int
) -> dict[int, Alignment]:
    """One step from its steadiest frame forwards and backwards."""
    here = [int(k) for k in np.flatnonzero(leg.stance == stance) if int(leg.frame[k]) in heels]
    seed = min(here, key=lambda k: abs(leg.pct[k] - SEED_PCT))
    own = {int(leg.frame[k]): heels[int(leg.frame[k])] for k in here}
    return heel.follow(counter, own, int(leg.frame[seed]), reference.turn)


def _usual_pose(leg: _Leg, found: dict[int, Alignment]) -> Floats:
    """(m, 6) the median pose of the believed fits of all steps at each frame's phase; NaN with too few."""
    m = len(leg.frame)
    pose, read = np.full((m, 6), np.nan), np.zeros(m, bool)
    for k, f in enumerate(leg.frame.tolist()):
        if f in found:
            pose[k] = found[f].matrix.ravel()
            read[k] = heel.believed(found[f], heel.MIN_INLIERS_LEARNT)
    if read.sum() < MIN_POOLED:
        return np.full((m, 6), np.nan)
    return _median_at_phase(leg.pct, pose, read)


def _median_at_phase(pct: Floats, values: Floats, read: Bools) -> Floats:
    """(m, ...) median of the read values of all steps within 5 % of stance; NaN with fewer than 3."""
    out = np.full(values.shape, np.nan)
    rows = np.flatnonzero(read)
    rows = rows[np.argsort(pct[rows], kind="stable")]
    low = np.searchsorted(pct[rows], pct - 5, side="right")
    high = np.searchsorted(pct[rows], pct + 5, side="left")
    for k in np.flatnonzero(high - low >= 3):
        out[k] = np.median(values[rows[low[k] : high[k]]], axis=0)
    return out


def _usual(pct: Floats, values: Floats, read: Bools) -> Bools:
    """Within 4 robust SD (at least 4 degrees) of the median at that phase: strides on a treadmill repeat."""
    middle = _median_at_phase(pct, values, read)
    off = np.abs(values - middle)
    spread = np.maximum(1.0, 1.48 * _median_at_phase(pct, off, read & np.isfinite(off)))
    return np.asarray(off < 4 * spread)


def _connected(pct: Floats, angle: Floats, good: Bools) -> Bools:
    """Frames joined to mid-stance by a curve a heel can follow; beyond a leap the fits are of something else, all alike.

    A heel that goes through 25 degrees in the first 30 % of stance moves 1.3 degrees per % at its fastest.
    """
    out = good.copy()
    for direction in (1, -1):
        last: float | None = None
        for i in range(16):
            low = SEED_PCT + direction * 5 * i - 2.5
            here = good & (pct >= low) & (pct < low + 5)
            if not here.any():
                continue
            now = float(np.median(angle[here]))
            leap = last is not None and abs(now - last) > 1.3 * 5 + 1
            # before the peak a heel only rolls in: one that lies higher nearer to foot strike is something else
            falling = last is not None and direction < 0 and low < 20 and now > last + 2
            if leap or falling:
                out &= pct < low if direction > 0 else pct >= low + 5
                break
            last = now
    return out


def _standing_reference(side: Side, standing: StandingInput, use_markers: bool) -> _Reference | str:
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
    sole = np.median(points.sole_px(length)[still], axis=0)
    heels, strips = [cut_heel(c, sole, length) for c in crops], [cut_shank(c, ankle, knee, length) for c in crops]
    marks = find_marks(heels, [cut_calf(c, ankle, knee, length) for c in crops]) if use_markers and len(heels) else None
    return _reference(side, heels, strips, ankle, knee, sole, length, 0.0, marks)


def _own_reference(leg: _Leg, heels: dict[int, HeelPicture], strips: dict[int, Strip]) -> _Reference | str:
    """Without a standing clip: the runner's own mid-stance; good for how far the heel moves, not for where it starts."""
    rows = [k for k in range(len(leg.frame)) if 22 <= leg.pct[k] <= 38 and int(leg.frame[k]) in heels]
    rows = (
        [rows[i] for i in np.unique(np.linspace(0, len(rows) - 1, STANDING_FRAMES).round().astype(int))] if rows else []
    )
    mid = [int(leg.frame[k]) for k in rows]
    if len(mid) < 3:
        return "Too few pictures of this foot in mid-stance."
    ankle, knee = np.median(leg.points.ankle_px[mid], axis=0), np.median(leg.points.knee_px[mid], axis=0)
    sole = np.median(leg.points.sole_px(leg.length_px)[mid], axis=0)
    lean = shank.lean_sine(30.0)
    return _reference(
        leg.side, [heels[f] for f in mid], [strips[f] for f in mid], ankle, knee, sole, leg.length_px, lean, None
    )


def _reference(
    side: Side,
    heels: list[HeelPicture],
    strips: list[Strip],
    ankle: Floats,
    knee: Floats,
    sole: Floats,
    length: float,
    lean: float,
    marks: Marks | None,
) -> _Reference | str:
    if len(heels) < 3:
        return "The standing clip does not show this foot."
    outline = shank.find_outline(strips)
    line, shank_tilt = shank.shank_line(shank.resting(outline), ankle, knee, length)
    # where the shank's axis, extended downwards, meets the counter; the tracker's heel has a say
    share = (sole[1] - heel.MIDDLE * length - line[0, 1]) / (line[0, 1] - line[1, 1])
    below = line[0] + (line[0] - line[1]) * share
    middle_px = float(below[0] - sole[0]) / 2 / heels[0].to_picture[0, 0]
    counter = heel.remember(heels, middle_px)
    if counter is None:
        return "The pictures of the standing heel do not fit one another: was the runner standing still?"
    others = (heel.remember(heels, middle_px, raised) for raised in RAISED) if counter.plain else ()
    return _Reference(
        counter,
        tuple(c for c in others if c is not None),
        outline,
        length,
        lean,
        counter.lean_deg,
        shank_tilt,
        marks,
        -side.lateral_sign,
    )


def _nothing(reason: str) -> FootAngles:
    """A foot without a single reading in the pixels."""
    none, ints = np.empty(0), np.empty(0, dtype=np.int64)
    lines = np.empty((0, 2, 2))
    flags = np.empty(0, dtype=np.bool_)
    nan = float("nan")
    return FootAngles(ints, ints, none, none, none, none, flags, lines, lines, "landmarks", nan, nan, (reason,))
