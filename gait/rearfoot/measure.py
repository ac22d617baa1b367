"""measure_rearfoot(): both feet from pictures to angles, step by step."""

import itertools
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from gait.landmarks import Side
from gait.model import FootAngles, GaitEvents, LegPictures, PoseTrack, RearfootAngles, Trajectories
from gait.rearfoot.accept import accept, keep_flat_foot
from gait.rearfoot.budget import add_up_errors
from gait.rearfoot.carry import carry
from gait.rearfoot.likeness import likeness
from gait.rearfoot.lines import cut, fit
from gait.rearfoot.marked import use_markers
from gait.rearfoot.readings import Readings
from gait.rearfoot.reference import Leg, Standing, frames_of_stance, own_reference
from gait.rearfoot.windows import average_windows
from gait.said import Said
from gait.settings import RearfootSettings


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


def without(measured: RearfootAngles, lost: Collection[Side]) -> RearfootAngles:
    """The same without what was read of the feet in `lost`: their heel on the run is not what was remembered of it."""
    return replace(measured, feet=dict(measured.feet) | {side: _nothing(Said("heel_not_recognised")) for side in lost})


def _measure_foot(leg: Leg, pictures: LegPictures, standing: Standing | None, tell: Callable[[], None]) -> FootAngles:
    """The steps in their order; a foot without frames or reference ends early, with the reason."""
    if not len(leg.frame):
        return _nothing(Said("no_whole_step"))
    reference = standing.legs[leg.side] if standing is not None else None
    if isinstance(reference, Said):
        return _nothing(reference)
    cuts = cut(leg, pictures, leg.length_px if reference is None else reference.length_px, tell)
    if reference is None:
        reference = own_reference(leg, cuts.heels, cuts.strips)
    if isinstance(reference, Said):
        return _nothing(reference)
    readings = fit(leg, cuts, reference, from_standing=standing is not None)
    readings = carry(readings)
    readings = average_windows(readings)
    readings = use_markers(readings, pictures)
    readings = accept(readings)
    readings = keep_flat_foot(readings)
    readings = add_up_errors(readings)
    return _result(readings)


def _result(readings: Readings) -> FootAngles:
    """What the next stages need of the readings."""
    leg = readings.leg
    return FootAngles(
        stance=leg.stance,
        frame=leg.frame,
        time_s=leg.time_s,
        stance_pct=leg.pct,
        angle_deg=readings.angle_deg,
        error_deg=readings.error_deg,
        usable=readings.usable,
        shank_px=readings.shank_px,
        heel_px=readings.heel_px,
        method="markers" if readings.marked else "heel_counter",
        systematic_sd_deg=readings.systematic_sd_deg,
        standing_deg=readings.standing_deg if readings.from_standing else float("nan"),
        reasons=readings.reasons,
        plain_heel=readings.plain,
        likeness=likeness(readings) if readings.from_standing else None,
        doubts=readings.doubts,
    )


def _nothing(reason: Said) -> FootAngles:
    """A foot without a single reading in the pixels."""
    none, ints = np.empty(0), np.empty(0, dtype=np.int64)
    lines = np.empty((0, 2, 2))
    flags = np.empty(0, dtype=np.bool_)
    nan = float("nan")
    return FootAngles(ints, ints, none, none, none, none, flags, lines, lines, "landmarks", nan, nan, (reason,))
