"""analysis.json and the tables of a result folder, written from an `Analysis`; what each file holds stands in `gait.results.folder`."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from gait import words
from gait.landmarks import Side
from gait.model import Analysis, Floats, FootAngles, StrideTable
from gait.results.codec import encode
from gait.results.folder import others_keys
from gait.results.place import put
from gait.results.result import Result
from gait.results.schema import complaint
from gait.results.trajectories import write_trajectories

LINE_COLUMNS = ["x0_px", "y0_px", "x1_px", "y1_px"]


def write_tables(folder: Path, analysis: Analysis, result: Result) -> None:
    """analysis.json, and for a clip that was judged the CSV tables, pose.npz and trajectories.npz."""
    write_result(folder, result)
    if analysis.refused or analysis.strides is None or analysis.track is None:
        return
    write_strides(folder, analysis.strides)
    if analysis.rearfoot and analysis.rearfoot.feet:
        frames = [_frames(side, foot) for side, foot in analysis.rearfoot.feet.items()]
        pd.concat(frames).to_csv(folder / "rearfoot.csv", index=False, float_format="%.6f")
    np.savez(  # packing it saves a seventh and takes as long as everything else here
        folder / "pose.npz",
        times_s=analysis.track.times_s,
        landmarks_px=analysis.track.landmarks_px.astype(np.float32),
        world_m=analysis.track.world_m.astype(np.float32),
        visibility=analysis.track.visibility.astype(np.float32),
        between=analysis.track.between,
    )
    if analysis.trajectories is not None:
        write_trajectories(folder, analysis.trajectories)


def write_result(folder: Path, result: Result) -> None:
    """analysis.json, checked against the schema. Keys that others added to the one already there stay."""
    document = encode(result)
    if wrong := complaint(document):
        raise ValueError(f"analysis.json would break its contract: {wrong}")
    text = json.dumps(others_keys(folder) | document, indent=1, ensure_ascii=False, allow_nan=False)
    put(folder / "analysis.json", (text + "\n").encode())


def write_strides(folder: Path, table: StrideTable) -> None:
    """strides.csv and curves.csv. The notes are written in English."""
    rows = table.rows.assign(note=[words.note(str(code), words.ENGLISH) for code in table.rows["note"]])
    put(folder / "strides.csv", rows.to_csv(index=False, float_format="%.5f").encode())
    curves = [
        pd.DataFrame(
            {"side": side.value, "stance_pct": f.curve_pct, "angle_deg": f.curve_deg, "sd_deg": f.curve_sd_deg}
        )
        for side, f in table.feet.items()
    ]
    if curves:
        put(folder / "curves.csv", pd.concat(curves).to_csv(index=False, float_format="%.4f").encode())


def _frames(side: Side, foot: FootAngles) -> pd.DataFrame:
    columns = {
        "side": side.value,
        "stance": foot.stance,
        "frame": foot.frame,
        "time_s": foot.time_s,
        "stance_pct": foot.stance_pct,
        "angle_deg": foot.angle_deg,
        "error_deg": foot.error_deg,
        "usable": foot.usable,
    }
    for name, line in (("shank", foot.shank_px), ("heel", foot.heel_px)):
        for column, values in zip(LINE_COLUMNS, line.reshape(-1, 4).T, strict=True):
            columns[f"{name}_{column}"] = values
    return pd.DataFrame(columns)


def lines_of(frames: pd.DataFrame, name: str) -> Floats:
    """(n, 2, 2) the "shank" or "heel" lines of rearfoot.csv's rows: lower end, upper end; x, y in picture coordinates."""
    return frames[[f"{name}_{c}" for c in LINE_COLUMNS]].to_numpy(float).reshape(-1, 2, 2)
