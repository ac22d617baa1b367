"""trajectories.npz: the filtered landmarks of a result, as steps and angles were found on them; for exports and comparison.

Arrays: times_s (n,), points_px (n, 33, 2), filled (n, 33), cutoff_hz (), and metres_per_px () when the scale is known.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gait.model import AnyFloats, Bools, Floats, Frozen, Trajectories

NAME = "trajectories.npz"


@dataclass(frozen=True, eq=False)
class SavedTrajectories(Frozen):
    """As in `gait.model.Trajectories`, in single precision: off by less than 0.001 px."""

    times_s: Floats
    """(n,) clip time."""
    points_px: AnyFloats
    """(n, 33, 2) picture coordinates, y down; NaN where the runner was not seen for longer than a gap that is filled."""
    filled: Bools
    """(n, 33) True where a short gap or an outlier was filled by interpolation."""
    cutoff_hz: float
    """Of the two-pass low-pass: gain 0.5 at this frequency."""
    metres_per_px: float | None = None
    """In the plane the runner moves in; None where the scale is not known."""


def write_trajectories(folder: Path, moves: Trajectories, metres_per_px: float | None = None) -> None:
    """Write trajectories.npz. Raises OSError."""
    scale = {} if metres_per_px is None else {"metres_per_px": np.float64(metres_per_px)}
    np.savez(  # packing it saves a quarter and takes seven times as long
        folder / NAME,
        times_s=moves.times_s,
        points_px=moves.points_px.astype(np.float32),
        filled=moves.filled,
        cutoff_hz=np.float64(moves.cutoff_hz),
        **scale,
    )


def read_trajectories(file: Path | BinaryIO) -> SavedTrajectories:
    """Read a trajectories.npz. Raises OSError, ValueError or KeyError when it is none."""
    with np.load(file, allow_pickle=False) as z:
        scale = float(z["metres_per_px"]) if "metres_per_px" in z.files else None
        return SavedTrajectories(z["times_s"], z["points_px"], z["filled"], float(z["cutoff_hz"]), scale)
