"""measure_rearfoot(): which frames, both lines in each, what is believed, how well it is known."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_limits

from gait.landmarks import Side
from gait.model import Bools, Floats, FootAngles, GaitEvents, Ints, LegPictures, PoseTrack, RearfootAngles, Trajectories
from gait.rearfoot import heel, shank
from gait.rearfoot.carry import carry_back
from gait.rearfoot.frame import HeelPicture, cut_heel, cut_shank, tilt_deg, turned
from gait.rearfoot.heels import find_heels, mean_of_windows, unlikeness_sd_deg
from gait.rearfoot.marked import Pair, read_calf, read_heel
from gait.rearfoot.phase import MIN_POOLED, OUTSTANDING_DEG, as_usual, joined_to_mid_stance, median_at_phase
from gait.rearfoot.reference import Leg, Reference, Standing, Strip, frames_of_stance, own_reference
from gait.settings import RearfootSettings

MIN_SHANK_SUPPORT = 0.06
"""Share of the calf's outline that has an edge: below, the leg cannot be told from what is behind it."""
MIN_MARKED = 0.6
"""Share of the readable frames that must show both dots of a pair for the pair to be used."""
PLAIN_PCT = (10.0, 58.0)
"""A plain counter is read only while the foot is flat: on rendered feet it was up to 10 degrees wrong at touchdown and once the heel
rises and shows from below."""
SYSTEMATIC_SD_DEG, PLAIN_SYSTEMATIC_SD_DEG, MARKED_SYSTEMATIC_SD_DEG = 0.55, 0.95, 0.5
"""What all frames of a foot share: the calf's outline and the counter seen from another side than when standing, a plain counter
worse than one with a strip; with dots, the roundness of what they are stuck on. RMS errors of the peak over rendered feet: with a strip
0.51 (40 that look on the run as they did standing), plain 1.08 (26, part of it in the two terms below), dots 0.49 (11). How far a
plain heel's windows disagree, and how unlike the standing heel it looks, come on top."""
UNLIKE_WORTH_SAYING_DEG = 1.0
"""Above it the foot's result says so: more than the rest of what is unknown about a heel with a strip."""


def measure_rearfoot(
    pictures: LegPictures,
    track: PoseTrack,
    trajectories: Trajectories,
    events: GaitEvents,
    standing: Standing | None,
    settings: RearfootSettings,
    progress: Callable[[int, int], None] | None = None,
) -> RearfootAngles:
    """Measure both feet.

    Args:
        pictures: the running clip's lower legs.
        track: its landmarks, unfiltered.
        trajectories: its landmarks, cleaned: where ankle and knee are looked for.
        events: the stances to measure.
        standing: of the quiet-standing clip of the same person, shoes and camera; without it angles have no common zero.
        settings: see `RearfootSettings`.
        progress: called with (frames done, frames in all).

    Returns:
        Angles per frame, eversion positive; a foot that could not be measured has `method` "landmarks", no frames and reasons.
    """
    legs = [frames_of_stance(side, trajectories, events, settings) for side in Side]
    total = sum(len(leg.frame) for leg in legs)
    done = itertools.count(1)

    def tell() -> None:
        if progress is not None:
            progress(next(done), total)

    # Side by side: most of the time is spent inside OpenCV and numpy, which let go of the interpreter. BLAS's own threads would take
    # three times the processor time for nothing: the products are small.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(len(legs), "gait-heels") as pool:
        measured = [pool.submit(_measure_foot, leg, pictures, standing, tell) for leg in legs]
    feet = {leg.side: foot.result() for leg, foot in zip(legs, measured, strict=True)}
    return RearfootAngles(feet, "standing" if standing is not None else "none")


def _measure_foot(leg: Leg, pictures: LegPictures, standing: Standing | None, tell: Callable[[], None]) -> FootAngles:
    if not len(leg.frame):
        return _nothing("No whole step of this foot was seen.")
    reference = standing.legs[leg.side] if standing is not None else None
    if isinstance(reference, str):
        return _nothing(reference)
    length = reference.length_px if reference is not None else leg.length_px
    sole = leg.points.sole_px(leg.length_px)
    heels: dict[int, HeelPicture] = {}
    strips: dict[int, Strip] = {}
    for frame, crop in pictures.crops(leg.frame):
        tell()
        if crop is not None:
            heels[frame] = cut_heel(crop, sole[frame], length)
            strips[frame] = cut_shank(crop, leg.points.ankle_px[frame], leg.points.knee_px[frame], length)
    if reference is None:
        reference = own_reference(leg, heels, strips)
    if isinstance(reference, str):
        return _nothing(reference)
    fits = _fit_shanks(leg, strips, reference)
    found = find_heels(leg, heels, reference)
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
    inner = np.array([fits[f].inner_support if f in fits else 0.0 for f in leg.frame.tolist()])
    turn = float(reference.turn)
    carried = np.asarray(turn * carry_back(leg.pct, leg.stance, turn * shank_tilt, read, inner))
    for k in np.flatnonzero(np.isfinite(carried)):
        shank_px[k] = turned(shank_px[k], float(carried[k] - shank_tilt[k]))
    shank_tilt = carried
    windows_sd = 0.0
    if reference.beside:
        windows_sd = mean_of_windows(leg, heels, reference, found, read, heel_px, heel_tilt)
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
    good = (
        read & as_usual(leg.pct, heel_tilt, read) & as_usual(leg.pct, shank_tilt, read) & as_usual(leg.pct, angle, read)
    )
    connected = joined_to_mid_stance(leg.pct, angle, good)
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
    plain = reference.counter.plain
    unlike_sd = unlikeness_sd_deg(leg, found)
    systematic = float(
        np.hypot(np.hypot(PLAIN_SYSTEMATIC_SD_DEG if plain else SYSTEMATIC_SD_DEG, windows_sd), unlike_sd)
    )
    if marked != 2 and unlike_sd > UNLIKE_WORTH_SAYING_DEG:
        reasons.append("On the run this heel does not look as it did standing, which makes its tilt less certain.")
    if marked == 2:
        systematic = MARKED_SYSTEMATIC_SD_DEG
    elif plain:
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
        plain_heel=reference.counter.plain,
    )


def _calf_lines(
    leg: Leg, pictures: LegPictures, pair: Pair, outline: shank.Outline, fits: dict[int, shank.ShankFit], length: float
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


def _fit_shanks(leg: Leg, strips: dict[int, Strip], reference: Reference) -> dict[int, shank.ShankFit]:
    """Every frame by itself; then again, from what the other steps show at that phase, where it stands out."""
    axis = leg.points.knee_px - leg.points.ankle_px
    shortened = np.clip(reference.length_px / np.hypot(axis[:, 0], axis[:, 1]), 0.8, 1.4)
    lean = np.array([shank.lean_sine(pct) for pct in leg.pct]) - reference.lean_sine
    frames = leg.frame.tolist()

    def fit(rows: Ints, usual: Floats | None) -> dict[int, shank.ShankFit]:
        mine = [frames[k] for k in rows]
        found = shank.fit_outline(
            [strips[f] for f in mine],
            reference.outline,
            shortened[mine],
            lean[rows],
            usual,
            leg.side.lateral_sign,
        )
        return dict(zip(mine, found, strict=True))

    fits = fit(np.array([k for k, f in enumerate(frames) if f in strips], dtype=np.int64), None)
    own_tilt = tilt_deg(axis)[leg.frame]
    slope = np.array([fits[f].slope if f in fits else np.nan for f in frames])
    offset = np.array([fits[f].offset if f in fits else np.nan for f in frames])
    tilt = own_tilt + np.degrees(np.arctan(slope))
    read = np.isfinite(tilt)
    tilt_usual, offset_usual = median_at_phase(leg.pct, tilt, read), median_at_phase(leg.pct, offset, read)
    rows = np.flatnonzero(np.abs(tilt - tilt_usual) > OUTSTANDING_DEG)
    usual = np.stack([offset_usual, np.tan(np.radians(tilt_usual - own_tilt))], axis=1)[rows]
    return fits | fit(rows, usual)


def _nothing(reason: str) -> FootAngles:
    """A foot without a single reading in the pixels."""
    none, ints = np.empty(0), np.empty(0, dtype=np.int64)
    lines = np.empty((0, 2, 2))
    flags = np.empty(0, dtype=np.bool_)
    nan = float("nan")
    return FootAngles(ints, ints, none, none, none, none, flags, lines, lines, "landmarks", nan, nan, (reason,))
