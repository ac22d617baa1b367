"""One leg: its frames of stance, and what standing (or mid-stance) looks like, which they are measured against."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from gait.landmarks import Side
from gait.model import Floats, Frozen, GaitEvents, Ints, LegPictures, PoseTrack, Trajectories
from gait.rearfoot import heel, place, shank
from gait.rearfoot.frame import UNITS, HeelPicture, LegPoints, Strip, cut_calf, cut_heel, cut_shank
from gait.rearfoot.marks import Marks, find_marks
from gait.said import Said
from gait.settings import RearfootSettings

STANDING_FRAMES = 15
"""Enough for the median to beat codec noise; more cost time and add nothing."""
EARLIEST_PCT = -7.0
"""A frame before foot strike (a frame at 60 per second is 6-7 % of stance): the angle at touchdown is then read between frames instead of
carried on from those after it, which lay 3 degrees too low on rendered runners."""
FRAMES_PER_FOOT, FRAMES_PER_STANCE = 110, (4, 10)
"""Frames wanted of each foot, and least and most of one stance: the steps are pooled, so many steps need fewer of each. The 8 s clips of
reports/validation/accuracy.md have 110 a foot; with 66 (and a lower cut-off of the landmarks) the peak's mean error grew from 0.545 to 0.563
degrees, touchdown's from 0.89 to 0.93."""
GOLDEN = 0.381966
"""Multiples of the golden section's share are spread evenly however many there are."""
BESIDE = (-0.03, 0.03)
"""Leg lengths (6 patch pixels, 12 mm) a counter's other windows lie lower and higher: over 22 rendered plain heels the mean of the three was off by
0.74 degrees at 0.03 (worst 2.1) and by 0.83 at 0.015 (worst 3.3), of five by 0.77."""


@dataclass(frozen=True)
class StandingInput:
    """The quiet-standing clip: its pictures and its track."""

    pictures: LegPictures
    track: PoseTrack


@dataclass(frozen=True, eq=False)
class LegReference:
    """What standing (or mid-stance) looks like, for one leg."""

    counter: heel.Counter
    beside: tuple[heel.Counter, ...]
    """The same counter through windows a little lower and higher, those that could be remembered; of a plain one `heel.inner_windows`."""
    outline: shank.Outline
    length_px: float
    lean_sine: float
    """Of the shank in the reference: 0 standing, the usual one in mid-stance."""
    heel_tilt_deg: float
    shank_tilt_deg: float
    marks: Marks | None
    turn: int
    """+1 where eversion turns the heel clockwise on the screen (the left), else -1."""
    heel: NDArray[np.uint8]
    """The heel picture the counter was cut from: the median of those remembered."""


@dataclass(frozen=True, eq=False)
class Standing:
    """All that measuring a run needs of the standing clip: whoever has it needs neither its pictures nor its track any more."""

    legs: Mapping[Side, LegReference | Said]
    """Each leg's look, or why it cannot be had."""
    settings: RearfootSettings
    """What it was read with."""

    def enlarged(self, scale: float) -> "Standing":
        """The same for a run whose picture is `scale` times as large: only the leg's length in pixels changes."""
        legs = {
            s: leg if isinstance(leg, Said) else replace(leg, length_px=scale * leg.length_px)
            for s, leg in self.legs.items()
        }
        return replace(self, legs=legs)


@dataclass(frozen=True, eq=False)
class Leg(Frozen):
    """One leg's frames of stance."""

    side: Side
    points: LegPoints
    length_px: float
    stance: Ints
    frame: Ints
    time_s: Floats
    pct: Floats


def frames_of_stance(side: Side, trajectories: Trajectories, events: GaitEvents, settings: RearfootSettings) -> Leg:
    """The frames of stance to measure, thinned evenly where the frame rate is high.

    Args:
        side: the runner's.
        trajectories: cleaned landmarks. Frames in which this ankle or knee is NaN are left out.
        events: a foot without events has no frames.
        settings: `peak_window_pct` is the last phase taken.
    """
    points = LegPoints.of(trajectories.points_px, side)
    stance, frame, pct = [], [], []
    found = events.feet[side].stances_s() if side in events.feet else np.empty((0, 2))
    most = int(np.clip(FRAMES_PER_FOOT // max(1, len(found)), *FRAMES_PER_STANCE))
    for i, (strike, off) in enumerate(found):
        share = 100 * (trajectories.times_s - strike) / (off - strike)
        inside = np.flatnonzero((share >= EARLIEST_PCT) & (share <= settings.peak_window_pct))
        if len(inside) > most:
            # begun elsewhere in every step: a cadence in step with the camera would otherwise always lose the same phase
            begin = i * GOLDEN % 1
            inside = inside[((np.arange(most) + begin) * len(inside) / most).astype(int)]
        inside = inside[
            np.isfinite(points.ankle_px[inside]).all(axis=1) & np.isfinite(points.knee_px[inside]).all(axis=1)
        ]
        stance += [i] * len(inside)
        frame += inside.tolist()
        pct += share[inside].tolist()
    frames = np.array(frame, dtype=np.int64)
    return Leg(
        side,
        points,
        points.length_px(),
        np.array(stance, dtype=np.int64),
        frames,
        trajectories.times_s[frames] if len(frames) else np.empty(0),
        np.array(pct, dtype=float),
    )


def remember_standing(standing: StandingInput, settings: RearfootSettings) -> Standing:
    """Both legs' look in the standing clip. Depends on nothing of the run: it can be had before there is one.

    Args:
        standing: a few seconds of quiet standing from where the run is filmed; landmarks unfiltered, NaN = not seen.
        settings: `use_markers` looks for stick-on dots.
    """
    # One BLAS thread, both legs side by side: see `measure_rearfoot`.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(len(Side), "gait-standing") as pool:
        looks = pool.map(lambda side: standing_reference(side, standing, settings.use_markers), Side)
        return Standing(dict(zip(Side, looks, strict=True)), settings)


def standing_reference(side: Side, standing: StandingInput, use_markers: bool) -> LegReference | Said:
    """The leg's look in the standing clip, or why it cannot be had.

    Up to `STANDING_FRAMES` frames in which the ankle is within 0.06 leg lengths of its median place are averaged; at least 3 are needed.
    """
    points = LegPoints.of(standing.track.landmarks_px, side)
    seen = np.flatnonzero(np.isfinite(points.ankle_px).all(axis=1) & np.isfinite(points.knee_px).all(axis=1))
    if len(seen) < 3:
        return Said("standing_shows_no_leg")
    ankle, knee = np.median(points.ankle_px[seen], axis=0), np.median(points.knee_px[seen], axis=0)
    length = float(np.hypot(*(knee - ankle)))
    still = seen[np.linalg.norm(points.ankle_px[seen] - ankle, axis=1) < 0.06 * length]
    if len(still) < 3:
        return Said("standing_moves_about")
    chosen = still[np.unique(np.linspace(0, len(still) - 1, STANDING_FRAMES).round().astype(int))]
    crops = [c for _, c in standing.pictures.crops(chosen) if c is not None]
    sole = np.median(points.sole_px(length)[still], axis=0)
    heels, strips = [cut_heel(c, sole, length) for c in crops], [cut_shank(c, ankle, knee, length) for c in crops]
    marks = find_marks(heels, [cut_calf(c, ankle, knee, length) for c in crops]) if use_markers and len(heels) else None
    return _reference(side, heels, strips, ankle, knee, sole, length, 0.0, marks)


def own_reference(leg: Leg, heels: Mapping[int, HeelPicture], strips: Mapping[int, Strip]) -> LegReference | Said:
    """Without a standing clip: the runner's own mid-stance; good for how far the heel moves, not for where it starts.

    Args:
        leg: the frames of stance.
        heels: by frame index, from `cut_heel`.
        strips: of the same frames, from `cut_shank`.

    Returns:
        The reference, or why there is none: at least 3 frames between 22 and 38 % of stance are needed.
    """
    rows = [k for k in range(len(leg.frame)) if 22 <= leg.pct[k] <= 38 and int(leg.frame[k]) in heels]
    rows = (
        [rows[i] for i in np.unique(np.linspace(0, len(rows) - 1, STANDING_FRAMES).round().astype(int))] if rows else []
    )
    mid = [int(leg.frame[k]) for k in rows]
    if len(mid) < 3:
        return Said("mid_stance_too_few")
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
) -> LegReference | Said:
    if len(heels) < 3:
        return Said("standing_shows_no_foot")
    outline = shank.find_outline(strips)
    line, shank_tilt = shank.shank_line(shank.resting(outline), ankle, knee, length)
    # where the shank's axis, extended downwards, meets the counter; the tracker's heel has a say
    share = (sole[1] - heel.MIDDLE * length - line[0, 1]) / (line[0, 1] - line[1, 1])
    below = line[0] + (line[0] - line[1]) * share
    middle_px = float(below[0] - sole[0]) / 2 / heels[0].to_picture[0, 0]
    raised = (
        place.raised_by(heels, middle_px)
        if marks is None or marks.heel is None
        else place.raised_to(marks.heel, heels[0])
    )
    counter = heel.remember(heels, middle_px, raised)
    if counter is None:
        return Said("standing_unlike_itself")
    picture = np.asarray(np.median(np.stack([h.image for h in heels]), axis=0), np.uint8)
    if counter.plain:
        heights = [0, *(round(-more * UNITS) for more in BESIDE)]
        beside = heel.inner_windows(counter, picture, heights, -side.lateral_sign)
    else:
        others = (heel.remember(heels, middle_px, raised + more) for more in BESIDE)
        beside = tuple(c for c in others if c is not None)
    return LegReference(
        counter,
        beside,
        outline,
        length,
        lean,
        counter.lean_deg,
        shank_tilt,
        marks,
        -side.lateral_sign,
        picture,
    )
