"""Writing the files of a result folder from an `Analysis`; what each file holds stands in `gait.results`."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import jsonschema
import numpy as np
import pandas as pd

from gait import clip as clips
from gait import overlay, report, stills
from gait.landmarks import Side
from gait.model import Analysis, FootAngles, LegPictures, Picture
from gait.results import schema

LINE_COLUMNS = ["x0_px", "y0_px", "x1_px", "y1_px"]


def write_tables(folder: Path, analysis: Analysis, doc: Mapping[str, Any]) -> None:
    """analysis.json (checked against the schema), and for a clip that was judged the CSV tables and pose.npz."""
    jsonschema.validate(doc, schema())
    text = json.dumps(doc, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "analysis.json").write_text(text + "\n", encoding="utf-8")
    if analysis.refused or analysis.strides is None or analysis.track is None:
        return
    analysis.strides.rows.to_csv(folder / "strides.csv", index=False, float_format="%.5f")
    curves = [
        pd.DataFrame(
            {"side": side.value, "stance_pct": f.curve_pct, "angle_deg": f.curve_deg, "sd_deg": f.curve_sd_deg}
        )
        for side, f in analysis.strides.feet.items()
    ]
    if curves:
        pd.concat(curves).to_csv(folder / "curves.csv", index=False, float_format="%.4f")
    if analysis.rearfoot and analysis.rearfoot.feet:
        frames = [_frames(side, foot) for side, foot in analysis.rearfoot.feet.items()]
        pd.concat(frames).to_csv(folder / "rearfoot.csv", index=False, float_format="%.4f")
    np.savez_compressed(
        folder / "pose.npz",
        times_s=analysis.track.times_s,
        landmarks_px=analysis.track.landmarks_px.astype(np.float32),
        world_m=analysis.track.world_m.astype(np.float32),
        visibility=analysis.track.visibility.astype(np.float32),
    )


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


def write_pictures(folder: Path, analysis: Analysis, pictures: LegPictures) -> None:
    """A thumbnail of every step at its peak, and each foot's freeze frame: the clean step nearest the mean peak."""
    assert analysis.strides is not None
    (folder / "steps").mkdir()
    listed: list[dict[str, Any]] = []
    feet = analysis.rearfoot.feet if analysis.rearfoot else {}
    for side, foot in feet.items():
        rows = analysis.strides.rows
        rows = rows[(rows["side"] == side.value) & (rows["peak_frame"] >= 0)].sort_values("peak_frame")
        shown = _representative(rows, analysis, side)
        wanted = rows["peak_frame"].astype(np.int64).to_numpy()
        for stance, (frame, crop) in zip(rows["stance"], pictures.crops(wanted), strict=True):
            at = np.flatnonzero((foot.stance == stance) & (foot.frame == frame))
            if crop is None or not len(at):
                continue
            i = int(at[0])
            small = stills.step_thumbnail(crop, foot.shank_px[i], foot.heel_px[i])
            name = f"{side.value}_{stance:03d}.png"
            _save(folder / "steps" / name, small.image)
            listed.append(
                {
                    "side": side.value,
                    "stance": stance,
                    "frame": frame,
                    "file": name,
                    "x0_px": small.x0_px,
                    "y0_px": small.y0_px,
                    "scale": small.scale,
                }
            )
            if stance == shown:
                still = stills.peak_still(crop, foot.shank_px[i], foot.heel_px[i], side, float(foot.angle_deg[i]))
                _save(folder / f"peak_{side.value}.png", still)
    pd.DataFrame(listed).to_csv(folder / "steps" / "steps.csv", index=False)


def _representative(rows: pd.DataFrame, analysis: Analysis, side: Side) -> int | None:
    """The clean stance whose own peak is nearest the foot's mean peak."""
    assert analysis.strides is not None
    clean = rows[rows["used"].astype(bool) & rows["peak_eversion_deg"].notna()]
    if clean.empty:
        return None
    foot = analysis.strides.feet[side].peak_eversion_deg
    target = foot.value if foot else float(clean["peak_eversion_deg"].median())
    nearest = int(np.argmin(np.abs(clean["peak_eversion_deg"].to_numpy(float) - target)))
    return int(clean["stance"].to_numpy()[nearest])


def write_overlay(folder: Path, analysis: Analysis, tell: Callable[[int, int], None]) -> None:
    """overlay.mp4: the clip with the legs, the lines and the foot contacts drawn in."""
    overlay.write_overlay(analysis, clips.frames(analysis.clip), folder / "overlay.mp4", tell)


def write_report(folder: Path) -> None:
    """report.pdf, from the files already in the folder."""
    report.write_report(folder)


def _save(path: Path, image: Picture) -> None:
    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
