"""The shank in every frame of a foot's stances: each by itself, then again from what the other steps show at that phase."""

from collections.abc import Mapping

import numpy as np

from gait.geometry import tilt_deg
from gait.model import Floats, Ints
from gait.rearfoot import shank
from gait.rearfoot.frame import Strip
from gait.rearfoot.phase import OUTSTANDING_DEG, median_at_phase
from gait.rearfoot.reference import Leg, LegReference
from gait.rearfoot.shank import ShankFit


def find_shanks(leg: Leg, strips: Mapping[int, Strip], reference: LegReference) -> dict[int, ShankFit]:
    """Fit the reference's calf outline to every frame.

    Args:
        leg: the frames of stance, with the tracker's ankle and knee.
        strips: by frame index, from `cut_shank`. A frame without a strip gets no fit.
        reference: whose outline is fitted.

    Returns:
        By frame index. A frame whose tilt lies more than `OUTSTANDING_DEG` from the other steps' median at its phase was fitted a second
        time, from that median.
    """
    first = _fit(leg, strips, reference, _rows_with(leg, strips), None)
    rows, usual = _outstanding(leg, first)
    return first | _fit(leg, strips, reference, rows, usual)


def _rows_with(leg: Leg, strips: Mapping[int, Strip]) -> Ints:
    """(k,) the leg's entries that have a strip."""
    return np.array([k for k, f in enumerate(leg.frame.tolist()) if f in strips], dtype=np.int64)


def _fit(
    leg: Leg, strips: Mapping[int, Strip], reference: LegReference, rows: Ints, usual: Floats | None
) -> dict[int, ShankFit]:
    """Those entries' fits; `usual` is (k, 2), the offset and slope to start from, or None."""
    axis = leg.points.knee_px - leg.points.ankle_px
    shortened = np.clip(reference.length_px / np.hypot(axis[:, 0], axis[:, 1]), 0.8, 1.4)
    lean = np.array([shank.lean_sine(pct) for pct in leg.pct]) - reference.lean_sine
    mine = leg.frame[rows].tolist()
    found = shank.fit_outline(
        [strips[f] for f in mine],
        reference.outline,
        shortened[mine],
        lean[rows],
        usual,
        leg.side.lateral_sign,
    )
    return dict(zip(mine, found, strict=True))


def _outstanding(leg: Leg, fits: Mapping[int, ShankFit]) -> tuple[Ints, Floats]:
    """(k,) entries unlike the other steps at their phase, and (k, 2) the offset and slope those steps would have there."""
    frames = leg.frame.tolist()
    own_tilt = tilt_deg(leg.points.knee_px - leg.points.ankle_px)[leg.frame]
    slope = np.array([fits[f].slope if f in fits else np.nan for f in frames])
    offset = np.array([fits[f].offset if f in fits else np.nan for f in frames])
    tilt = own_tilt + np.degrees(np.arctan(slope))
    read = np.isfinite(tilt)
    tilt_usual, offset_usual = median_at_phase(leg.pct, tilt, read), median_at_phase(leg.pct, offset, read)
    rows = np.flatnonzero(np.abs(tilt - tilt_usual) > OUTSTANDING_DEG)
    return rows, np.stack([offset_usual, np.tan(np.radians(tilt_usual - own_tilt))], axis=1)[rows]
