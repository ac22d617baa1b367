"""The result folder: the one thing the dashboard, the PDF, comparison and other programs read.

    analysis.json        the contract (schema "gait.analysis/1", `gait/results/analysis.schema.json`)
    strides.csv          one row per stance: `StrideTable.rows`
    rearfoot.csv         one row per measured frame: side, stance, frame, time_s, stance_pct, angle_deg, error_deg, usable,
                         shank_x0_px ... shank_y1_px, heel_x0_px ... heel_y1_px (lower end 0, upper end 1; picture coordinates)
    curves.csv           side, stance_pct (0-100), angle_deg, sd_deg: the mean rearfoot curve of each foot
    pose.npz             times_s (n,), landmarks_px (n, 33, 2), world_m (n, 33, 3), visibility (n, 33), between (m,): frames that
                         were not tracked, whose points lie on the way between their neighbours'
    trajectories.npz     times_s (n,), points_px (n, 33, 2) filtered, filled (n, 33), cutoff_hz (), metres_per_px () where the scale
                         is known: see `gait.results.trajectories`
    steps/left_003.jpg   plain picture of the lower leg at each step's peak; steps/steps.csv says side, stance, frame,
                         file, x0_px, y0_px, scale (picture point = x0_px + column / scale)
    peak_left.png        the freeze frame of the step nearest the foot's mean peak, the two lines and the angle drawn on it
    report.pdf           two pages
    overlay.mp4          H.264, plays in a browser

A version of a result is built whole beside its place and put there in one step (`gait.results.place`), and a correction is a
version: page and PDF never tell two stories. Of a new run the numbers come first: analysis.json with the tables and both npz. The
pictures follow in the order above, `steps` whole, the rest file by file, while the result is already read; where the work was
stopped or failed they stay away. A run that takes the place of another one comes with its pictures and PDF.
"""

import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.errors import GaitError
from gait.landmarks import Side
from gait.results.codec import decode
from gait.results.place import NUMBERS
from gait.results.result import Result
from gait.results.schema import SCHEMA, schema
from gait.results.trajectories import NAME as TRAJECTORIES
from gait.results.trajectories import SavedTrajectories, read_trajectories


@dataclass(frozen=True)
class ResultFolder:
    """A finished result on disk, read on first use; a file an older version did not write reads as empty."""

    path: Path

    @cached_property
    def result(self) -> Result:
        """analysis.json. Raises GaitError when it is absent, no JSON, of another schema or breaks its contract."""
        return decode(_document(self.path))

    @property
    def changed_ns(self) -> int:
        """When its numbers were last written, as the disk has it: what is made of them is made anew after that. Raises OSError."""
        return (self.path / NUMBERS).stat().st_mtime_ns

    @cached_property
    def strides(self) -> pd.DataFrame:
        """strides.csv."""
        return self._table("strides.csv")

    @cached_property
    def rearfoot(self) -> pd.DataFrame:
        """rearfoot.csv."""
        return self._table("rearfoot.csv")

    @cached_property
    def curves(self) -> pd.DataFrame:
        """curves.csv."""
        return self._table("curves.csv")

    @cached_property
    def steps(self) -> pd.DataFrame:
        """steps/steps.csv."""
        return self._table("steps/steps.csv")

    @cached_property
    def pose(self) -> dict[str, NDArray[np.float64]]:
        """pose.npz as a dict; empty when there is none that can be read."""
        try:
            with np.load(self.path / "pose.npz") as z:
                return {name: z[name] for name in z.files}
        except (OSError, ValueError, BadZipFile):
            return {}

    @cached_property
    def trajectories(self) -> SavedTrajectories | None:
        """trajectories.npz; None when there is none that can be read."""
        try:
            return read_trajectories(self.path / TRAJECTORIES)
        except (OSError, ValueError, KeyError, BadZipFile):
            return None

    def file(self, name: str) -> Path | None:
        """A file of the folder if it is there."""
        found = self.path / name
        return found if found.is_file() else None

    def peak_picture(self, side: Side) -> Path | None:
        """The foot's freeze frame, if its peak could be measured."""
        return self.file(f"peak_{side.value}.png")

    def _table(self, name: str) -> pd.DataFrame:
        found = self.path / name
        return pd.read_csv(found) if found.is_file() else pd.DataFrame()


def others_keys(folder: Path) -> dict[str, Any]:
    """What stands at the top of a folder's analysis.json and is not of the contract: a later version's, or another program's."""
    try:
        found = _document(folder)
    except GaitError:
        return {}
    return {key: value for key, value in found.items() if key not in schema()["properties"]}


def _document(folder: Path) -> dict[str, Any]:
    try:
        found = _load((folder / "analysis.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise GaitError("no_result", folder=str(folder)) from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise GaitError("other_version", folder=str(folder))
    return found


def _load(text: str) -> object:
    """The JSON, whose numbers are finite and whose text can be written again. Raises ValueError or RecursionError."""
    found: object = json.loads(text, parse_float=_finite, parse_int=_whole, parse_constant=_finite)
    if "\\u" in text:
        json.dumps(found, ensure_ascii=False).encode()  # half of a surrogate pair cannot
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no finite number")
    return value


def _whole(text: str) -> int:
    value = int(text)
    if abs(value) > 2**53:
        raise ValueError(f"{text} is larger than any number here")
    return value
