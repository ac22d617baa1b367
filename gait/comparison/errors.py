"""What the error of one figure of one run is made of: chance from step to step, and what all steps share."""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from gait.landmarks import Side
from gait.model import Estimate, Floats
from gait.results.folder import ResultFolder
from gait.results.result import Judged

IN_STRIDES = ("touchdown_deg", "peak_eversion_deg", "eversion_excursion_deg")
"""Figures that every step has for itself."""
TIMES = ("contact_time_s", "flight_time_s")


@dataclass(frozen=True)
class Parts:
    """1 SD each, in the figure's unit."""

    chance: float
    """Of the mean, from the steps' scatter."""
    freedom: float
    """Degrees of freedom that `chance` is known with."""
    shared: float
    """What all steps of the run have in common: the standing angle, how the heel is read, the bias of an event."""


def parts(folder: ResultFolder, judged: Judged, key: str, side: Side | None, found: Estimate) -> Parts:
    """Take a figure's interval apart.

    Args:
        folder: Whose `strides.csv` has the steps. Without it everything counts as chance, which no comparison cancels.
        judged: Of the same result.
        key: As in analysis.json.
        side: None for a figure of both feet.
        found: The figure, whose interval holds both parts.
    """
    if key == "cadence_spm":
        return Parts(found.sd, inf, 0.0)
    if side is not None and key in IN_STRIDES:
        steps = _steps(folder, key, side)
        if len(steps) < 2:
            return Parts(found.sd, inf, 0.0)
        chance = float(steps.std(ddof=1)) / sqrt(len(steps))
        return Parts(chance, len(steps) - 1, sqrt(max(0.0, found.sd**2 - chance**2)))
    if side is not None and key in TIMES:
        shared = _event_sd_s(judged, side)
        return Parts(sqrt(max(0.0, found.sd**2 - shared**2)), max(1, judged.feet[side].n_strides - 1), shared)
    # Mostly what the points or the curve of all steps are off by; their scatter is in `Noise.method`.
    return Parts(0.0, inf, found.sd)


def _steps(folder: ResultFolder, key: str, side: Side) -> Floats:
    """Of the steps that count; none where the table is not there or cannot be read."""
    try:
        table = folder.strides
    except (OSError, ValueError):  # pandas' own errors are among these
        return np.empty(0)
    if not {"side", "used", key} <= set(table.columns):
        return np.empty(0)
    own = table[(table["side"] == side.value) & table["used"].astype(bool)]
    values = np.asarray(own[key], float)
    return np.asarray(values[np.isfinite(values)])


def _event_sd_s(judged: Judged, side: Side) -> float:
    if judged.measurement is None:
        return 0.0
    events = judged.measurement.events
    return events.seen_contact_sd_s.get(side, events.contact_bias_sd_s)
