"""Key points from a file: the door for other trackers and for motion capture.

Tidy CSV, one row per point and frame: time_s, landmark (BlazePose's name in lower case), x_px, y_px (y down), visibility;
optionally width_px and height_px of the picture. Landmarks that are missing, in a frame or altogether, are "not seen".
"""

from pathlib import Path

import numpy as np
import pandas as pd

from gait.errors import GaitError
from gait.landmarks import Landmark
from gait.model import Floats, PoseTrack
from gait.pose.keypoints import BLAZEPOSE_33

_COLUMNS = ("time_s", "landmark", "x_px", "y_px", "visibility")
_COLUMN_OF = {name: int(m) for name, m in zip(BLAZEPOSE_33.names, BLAZEPOSE_33.landmarks, strict=True) if m is not None}
_MIN_FRAMES = 10


def read_points(path: Path) -> PoseTrack:
    """The file as a PoseTrack with tracker "points".

    Times keep their spacing and start at 0. Without width_px and height_px the picture's size is that of the box
    round all points, from the origin. Raises GaitError with one sentence when the file cannot be used.
    """
    table = _table(path)
    names = [str(name).strip().lower() for name in table["landmark"]]
    unknown = sorted(set(names) - set(_COLUMN_OF))
    if unknown:
        raise GaitError("bad_points", "unknown_landmark", file=path.name, landmark=unknown[0])
    stamps = table["time_s"].to_numpy(dtype=float)
    times, frame = np.unique(stamps, return_inverse=True)
    if len(times) < _MIN_FRAMES:
        raise GaitError("bad_points", "short", file=path.name, frames=len(times))
    column = np.array([_COLUMN_OF[name] for name in names])
    if len(np.unique(frame * len(Landmark) + column)) < len(table):
        raise GaitError("bad_points", "twice", file=path.name)
    xy = table[["x_px", "y_px"]].to_numpy(dtype=float)
    landmarks = np.full((len(times), len(Landmark), 2), np.nan)
    landmarks[frame, column] = np.where(np.isfinite(xy).all(axis=1, keepdims=True), xy, np.nan)
    if not np.isfinite(landmarks).any():
        raise GaitError("bad_points", "empty", file=path.name)
    visibility = np.zeros(landmarks.shape[:2])
    visibility[frame, column] = np.nan_to_num(table["visibility"].to_numpy(dtype=float))
    visibility[~np.isfinite(landmarks).all(axis=2)] = 0.0
    return PoseTrack(
        times - times[0],
        landmarks,
        visibility,
        np.full((*landmarks.shape[:2], 3), np.nan),
        _size(table, "width_px", landmarks[..., 0]),
        _size(table, "height_px", landmarks[..., 1]),
        "points",
        path.name,
        "",
    )


def _table(path: Path) -> pd.DataFrame:
    """The CSV with numeric columns. Raises GaitError."""
    if not path.is_file():
        raise GaitError("no_file", path=str(path))
    try:
        table = pd.read_csv(path, skipinitialspace=True)
    except (ValueError, OSError) as error:  # pandas' parser and decoding errors are ValueErrors
        raise GaitError("bad_points", file=path.name) from error
    missing = [c for c in _COLUMNS if c not in table.columns]
    if missing:
        raise GaitError("bad_points", "no_column", file=path.name, column=missing[0])
    for column in ("time_s", "x_px", "y_px", "visibility"):
        numbers = pd.to_numeric(table[column], errors="coerce")
        bad = numbers.isna() & table[column].notna()
        if bad.any():
            line = int(np.flatnonzero(bad.to_numpy())[0]) + 2
            raise GaitError("bad_points", "no_number", file=path.name, column=column, line=line)
        table[column] = numbers
    if not np.isfinite(table["time_s"].to_numpy(dtype=float)).all():
        raise GaitError("bad_points", "no_time", file=path.name)
    return table


def _size(table: pd.DataFrame, column: str, coordinate: Floats) -> int:
    """The picture's extent along one axis, px."""
    if column in table.columns:
        given = pd.to_numeric(table[column], errors="coerce").max()
        if np.isfinite(given) and given >= 1:
            return int(given)
    return max(1, int(np.ceil(np.nanmax(coordinate))))
