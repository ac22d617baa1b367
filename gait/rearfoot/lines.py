"""From pictures to lines: both patches of every frame, the heel and the shank in them, and what a frame by itself tells of its worth."""

from collections.abc import Callable

import numpy as np

from gait.model import Floats, LegPictures
from gait.rearfoot import heel, shank
from gait.rearfoot.frame import cut_heel, cut_shank
from gait.rearfoot.heels import find_heels
from gait.rearfoot.readings import Cuts, Readings
from gait.rearfoot.reference import Leg, LegReference
from gait.rearfoot.shanks import find_shanks

MIN_SHANK_SUPPORT = 0.06
"""Share of the calf's outline that has an edge: below, the leg cannot be told from what is behind it."""


def cut(leg: Leg, pictures: LegPictures, length_px: float, tell: Callable[[], None]) -> Cuts:
    """Cut the heel's and the shank's patch out of every frame of stance.

    Args:
        leg: which frames, and where its ankle, knee and heel are.
        pictures: the running clip's lower legs; a frame without a picture is left out.
        length_px: ankle to knee in the reference: the scale of the patches.
        tell: called once per frame.
    """
    sole = leg.points.sole_px(leg.length_px)
    heels, strips = {}, {}
    for frame, crop in pictures.crops(leg.frame):
        tell()
        if crop is not None:
            heels[frame] = cut_heel(crop, sole[frame], length_px)
            strips[frame] = cut_shank(crop, leg.points.ankle_px[frame], leg.points.knee_px[frame], length_px)
    return Cuts(heels, strips)


def fit(leg: Leg, cuts: Cuts, reference: LegReference, from_standing: bool) -> Readings:
    """Find the heel's and the shank's line in every frame.

    Args:
        leg: the frames of stance (m).
        cuts: their patches.
        reference: what heel and calf look like.
        from_standing: whether the reference is of a standing clip.

    Returns:
        The first readings. Lines, tilts and errors of a frame in which either was not found are NaN. `read` is True where the counter's
        fit is believed and enough of the calf's outline has an edge.
    """
    shanks = find_shanks(leg, cuts.strips, reference)
    found = find_heels(leg, cuts.heels, reference)
    m = len(leg.frame)
    heel_px, shank_px = np.full((m, 2, 2), np.nan), np.full((m, 2, 2), np.nan)
    heel_tilt, shank_tilt, error = np.full(m, np.nan), np.full(m, np.nan), np.full(m, np.nan)
    read = np.zeros(m, np.bool_)
    for k, f in enumerate(leg.frame.tolist()):
        if f not in found or f not in shanks:
            continue
        heel_px[k], heel_tilt[k] = heel.heel_line(reference.counter, found[f], cuts.heels[f])
        ankle, knee = leg.points.ankle_px[f], leg.points.knee_px[f]
        shank_px[k], shank_tilt[k] = shank.shank_line(shanks[f], ankle, knee, reference.length_px)
        error[k] = np.hypot(found[f].rotation_sd_deg, np.degrees(shanks[f].slope_sd))
        read[k] = heel.believed(found[f], heel.MIN_INLIERS_LEARNT) and shanks[f].support > MIN_SHANK_SUPPORT
    return Readings(
        leg,
        reference,
        from_standing,
        cuts,
        found,
        shanks,
        heel_px,
        shank_px,
        heel_tilt,
        shank_tilt,
        reference.heel_tilt_deg,
        reference.shank_tilt_deg,
        error,
        read,
    )


def inner_support(readings: Readings) -> Floats:
    """(m,) share of the calf's inner side with an edge where it should be, 0-1; 0 where the shank was not found."""
    shanks = readings.shanks
    return np.array([shanks[f].inner_support if f in shanks else 0.0 for f in readings.leg.frame.tolist()])
