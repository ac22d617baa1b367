"""CSV and Parquet: the steps, the mean curves, the angle of each measured frame, and the trajectories as rows of points.

Columns are those of the result folder, with their units in their names. Points are picture coordinates as everywhere in a result: pixels,
x to the right, y down, origin at the top left. What was not seen is an empty cell in CSV and null in Parquet.
"""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gait.export.cells import cell
from gait.landmarks import Landmark
from gait.results.folder import ResultFolder
from gait.said import Said


def write_csv(folder: ResultFolder, out: Path) -> Said | None:
    """A file for each table into `out`; what to say where there is none. Raises OSError."""
    found = tables(folder)
    for name, table in found.items():
        _plain(table).to_csv(out / f"{name}.csv", index=False, float_format="%.6f")
    return None if found else Said("export_no_tables")


def write_parquet(folder: ResultFolder, out: Path) -> Said | None:
    """As `write_csv`. The schema of each file says under "gait" what it is of, as JSON. Raises OSError."""
    found = tables(folder)
    for name, table in found.items():
        table.attrs = _about(folder)
        table.to_parquet(out / f"{name}.parquet", engine="pyarrow", index=False)
    return None if found else Said("export_no_tables")


def tables(folder: ResultFolder) -> dict[str, pd.DataFrame]:
    """By name; those that have no row are left out."""
    found = {
        "steps": folder.strides,
        "curves": folder.curves,
        "angles": folder.rearfoot,
        "trajectories": _trajectories(folder),
    }
    return {name: table.copy() for name, table in found.items() if len(table)}


def _trajectories(folder: ResultFolder) -> pd.DataFrame:
    """A row for each frame and landmark that was seen in the clip at all: the columns that `gait analyze` reads as key points, and `filled`."""
    moves = folder.trajectories
    if moves is None or not len(moves.times_s):
        return pd.DataFrame()
    known = [m for m in Landmark if np.isfinite(moves.points_px[:, m]).any()]
    n, k = len(moves.times_s), len(known)
    points = np.asarray(moves.points_px[:, known], dtype=np.float64).reshape(-1, 2)
    columns = {
        "frame": np.repeat(np.arange(n), k),
        "time_s": np.repeat(moves.times_s, k),
        "landmark": np.tile([m.name.lower() for m in known], n),
        "x_px": points[:, 0].round(3),
        "y_px": points[:, 1].round(3),
        "filled": moves.filled[:, known].ravel(),
    }
    if moves.metres_per_px is not None:
        columns |= {"x_m": points[:, 0] * moves.metres_per_px, "y_m": points[:, 1] * moves.metres_per_px}
    return pd.DataFrame(columns)


def _about(folder: ResultFolder) -> dict[Hashable | None, Any]:
    """What a file is of: no name of a person."""
    result, moves = folder.result, folder.trajectories
    clip = result.clip
    return {
        "gait": result.versions.gait,
        "clip_sha256": clip.sha256,
        "fps_hz": clip.fps_hz,
        "width_px": clip.width_px,
        "height_px": clip.height_px,
        "view": str(result.view),
        "metres_per_px": moves.metres_per_px if moves is not None else None,
    }


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """With no text that a spreadsheet would run."""
    texts = table.select_dtypes(include=["object", "str"]).columns
    return table.assign(**{str(name): [cell(v) if isinstance(v, str) else v for v in table[name]] for name in texts})
