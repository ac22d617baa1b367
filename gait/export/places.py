"""The trajectories as markers in space for TRC and C3D: y up, in millimetres where the scale is known, else in pixels.

The picture's plane is x and y, and z is 0: x to the picture's right, which filmed from behind is the runner's right, and y up. The origin is
the picture's lower left corner. Where the picture's height is not known (key points from a file) it is the upper left one, and y below 0.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gait.model import Floats, Frozen
from gait.pose import MARKERS
from gait.results.folder import ResultFolder

NAMES = tuple(name for name, _ in MARKERS)


@dataclass(frozen=True, eq=False)
class Places(Frozen):
    """Where each marker is in each frame."""

    times_s: Floats
    """(n,) clip time."""
    places: Floats
    """(n, k, 2) of `NAMES`; NaN = not seen."""
    unit: Literal["px", "mm"]

    @property
    def rate_hz(self) -> float:
        """The mean one. A clip's frames may be uneven: their own times are `times_s`."""
        return (len(self.times_s) - 1) / float(self.times_s[-1] - self.times_s[0])


def places_of(folder: ResultFolder) -> Places | None:
    """None where the result has no trajectories."""
    moves = folder.trajectories
    if moves is None or len(moves.times_s) < 2:
        return None
    points = np.array(moves.points_px[:, [int(landmark) for _, landmark in MARKERS]], dtype=np.float64)
    if not np.isfinite(points).any():
        return None
    points[..., 1] = (folder.result.clip.height_px or 0) - points[..., 1]
    if moves.metres_per_px is None:
        return Places(moves.times_s, points, "px")
    return Places(moves.times_s, points * (moves.metres_per_px * 1000), "mm")
