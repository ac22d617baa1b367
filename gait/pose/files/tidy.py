"""Key points from a file: the door for other trackers and for motion capture.

Tidy CSV, one row per point and frame: time_s, landmark (BlazePose's name in lower case), x_px, y_px (y down), visibility;
optionally width_px and height_px of the picture. Landmarks that are missing, in a frame or altogether, are "not seen". As spreadsheets and
other trackers write it, a file may be separated by semicolons or tabs with decimal commas, hold 0, 0 for what was not seen, and give shares
of the picture beside its size in pixels.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gait.errors import GaitError
from gait.landmarks import Landmark, Side
from gait.model import Floats, PoseTrack
from gait.pose.keypoints import BLAZEPOSE_33

_COLUMNS = ("time_s", "landmark", "x_px", "y_px", "visibility")
_COLUMN_OF = {name: int(m) for name, m in zip(BLAZEPOSE_33.names, BLAZEPOSE_33.landmarks, strict=True) if m is not None}
_MIN_FRAMES = 10
LARGEST_SHARE = 2.0
"""Coordinates are shares of the picture, not pixels, where 99 % of them are smaller: a point outside the picture can lie beyond 1."""


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
    xy = _positions_px(table, path)
    landmarks = np.full((len(times), len(Landmark), 2), np.nan)
    landmarks[frame, column] = np.where(np.isfinite(xy).all(axis=1, keepdims=True), xy, np.nan)
    if not np.isfinite(landmarks).any():
        raise GaitError("bad_points", "empty", file=path.name)
    if _upside_down(landmarks):
        raise GaitError("bad_points", "y_up", file=path.name)
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
        table = _separated(path)
    except (ValueError, OSError) as error:  # pandas' parser and decoding errors are ValueErrors
        raise GaitError("bad_points", file=path.name) from error
    missing = [c for c in _COLUMNS if c not in table.columns]
    if missing:
        raise GaitError("bad_points", "no_column", file=path.name, column=missing[0])
    for column in ("time_s", "x_px", "y_px", "visibility"):
        numbers = _numbers(table[column])
        bad = numbers.isna() & table[column].notna()
        if bad.any():
            line = int(np.flatnonzero(bad.to_numpy())[0]) + 2
            raise GaitError("bad_points", "no_number", file=path.name, column=column, line=line)
        table[column] = numbers
    if not np.isfinite(table["time_s"].to_numpy(dtype=float)).all():
        raise GaitError("bad_points", "no_time", file=path.name)
    return table


def _separated(path: Path) -> pd.DataFrame:
    """The table, whatever its columns are separated by. Raises pandas' errors."""
    with path.open(encoding="utf-8-sig") as file:
        head = file.readline()
    separator = max((",", ";", "\t"), key=head.count)
    return pd.read_csv(path, sep=separator, skipinitialspace=True, encoding="utf-8-sig")


def _numbers(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Numbers with a decimal point or comma; NaN for what is none."""
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(float)
    return pd.to_numeric(column.astype("string").str.replace(",", "."), errors="coerce").astype(float)


def _positions_px(table: pd.DataFrame, path: Path) -> Floats:
    """(rows, 2) px, NaN for what was not seen. Raises GaitError for shares of a picture whose size is not given.

    Exactly 0, 0 is how trackers write that they have not seen a point: no joint lies in the corner of the picture.
    """
    xy = table[["x_px", "y_px"]].to_numpy(dtype=float).copy()
    unseen = table["visibility"].to_numpy(dtype=float) == 0
    xy[(xy == 0).all(axis=1) | (unseen & (xy <= 0).all(axis=1))] = np.nan
    seen = xy[np.isfinite(xy).all(axis=1)]
    if not len(seen) or np.percentile(np.abs(seen), 99) > LARGEST_SHARE:
        return xy
    size = np.array([_given(table, column) for column in ("width_px", "height_px")])
    if not (size > LARGEST_SHARE).all():
        raise GaitError("bad_points", "shares", file=path.name)
    return np.asarray(xy * size)


def _upside_down(landmarks_px: Floats) -> bool:
    """Whether shoulders lie below hips and hips below ankles in nearly all frames that show all of them."""

    def height(joint: str) -> Floats:
        return np.asarray(
            landmarks_px[:, Landmark.of(Side.LEFT, joint), 1] + landmarks_px[:, Landmark.of(Side.RIGHT, joint), 1]
        )

    shoulders, hips, ankles = height("shoulder"), height("hip"), height("ankle")
    seen = np.isfinite(shoulders + hips + ankles)
    if not seen.any():
        return False
    return bool(((shoulders > hips) & (hips > ankles))[seen].mean() > 0.9)


def _given(table: pd.DataFrame, column: str) -> float:
    """The picture's extent as the file says it, px; 0 where it does not."""
    return float(np.nan_to_num(_numbers(table[column]).max())) if column in table.columns else 0.0


def _size(table: pd.DataFrame, column: str, coordinate: Floats) -> int:
    """The picture's extent along one axis, px."""
    given = _given(table, column)
    return int(given) if given >= 1 else max(1, int(np.ceil(np.nanmax(coordinate))))
