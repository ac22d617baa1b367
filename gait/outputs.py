"""Writing the files of a result folder from an `Analysis`; what each file holds stands in `gait.results`."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import jsonschema
import numpy as np
import pandas as pd

from gait import clip as clips
from gait import overlay, report, stills
from gait.landmarks import Side
from gait.model import Analysis, Crop, Floats, FootAngles, LegPictures, Picture, StrideTable
from gait.results import ResultFolder, schema

LINE_COLUMNS = ["x0_px", "y0_px", "x1_px", "y1_px"]


def write_tables(folder: Path, analysis: Analysis, doc: Mapping[str, Any]) -> None:
    """analysis.json (checked against the schema), and for a clip that was judged the CSV tables and pose.npz."""
    write_document(folder, doc)
    if analysis.refused or analysis.strides is None or analysis.track is None:
        return
    write_strides(folder, analysis.strides)
    if analysis.rearfoot and analysis.rearfoot.feet:
        frames = [_frames(side, foot) for side, foot in analysis.rearfoot.feet.items()]
        pd.concat(frames).to_csv(folder / "rearfoot.csv", index=False, float_format="%.6f")
    np.savez_compressed(
        folder / "pose.npz",
        times_s=analysis.track.times_s,
        landmarks_px=analysis.track.landmarks_px.astype(np.float32),
        world_m=analysis.track.world_m.astype(np.float32),
        visibility=analysis.track.visibility.astype(np.float32),
    )


def write_document(folder: Path, doc: Mapping[str, Any]) -> None:
    """analysis.json, checked against the schema."""
    jsonschema.validate(doc, schema())
    text = json.dumps(doc, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "analysis.json").write_text(text + "\n", encoding="utf-8")


def write_strides(folder: Path, table: StrideTable) -> None:
    """strides.csv and curves.csv."""
    table.rows.to_csv(folder / "strides.csv", index=False, float_format="%.5f")
    curves = [
        pd.DataFrame(
            {"side": side.value, "stance_pct": f.curve_pct, "angle_deg": f.curve_deg, "sd_deg": f.curve_sd_deg}
        )
        for side, f in table.feet.items()
    ]
    if curves:
        pd.concat(curves).to_csv(folder / "curves.csv", index=False, float_format="%.4f")


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
    """A picture of every step at its peak, steps.csv, and each foot's freeze frame."""
    assert analysis.strides is not None
    (folder / "steps").mkdir()
    listed: list[dict[str, Any]] = []
    rows = analysis.strides.rows
    with ThreadPoolExecutor(2, "gait-thumbnails") as pool:
        drawn = []
        for side, foot in (analysis.rearfoot.feet if analysis.rearfoot else {}).items():
            own = rows[(rows["side"] == side.value) & (rows["peak_frame"] >= 0)].sort_values("peak_frame")
            frames = own["peak_frame"].to_numpy(np.int64)
            for stance, (frame, crop) in zip(own["stance"], pictures.crops(frames), strict=True):
                at = np.flatnonzero((foot.stance == stance) & (foot.frame == frame))
                if crop is not None and len(at):
                    name = f"{side.value}_{stance:03d}.jpg"
                    small = stills.step_thumbnail(crop, foot.shank_px[at[0]], foot.heel_px[at[0]])
                    place = {"x0_px": small.x0_px, "y0_px": small.y0_px, "scale": small.scale}
                    listed.append({"side": side.value, "stance": stance, "frame": frame, "file": name, **place})
                    drawn.append(pool.submit(_save, folder / "steps" / name, small.image))
        for saved in drawn:
            saved.result()
    if not listed:
        return
    pd.DataFrame(listed).to_csv(folder / "steps" / "steps.csv", index=False)
    draw_peaks(ResultFolder(folder), analysis.strides, ResultFolder(folder).rearfoot)


def draw_peaks(result: ResultFolder, table: StrideTable, frames: pd.DataFrame) -> None:
    """Each foot's freeze frame: the clean step nearest its mean peak, drawn on that step's picture.

    `frames` has rearfoot.csv's columns; its lines may be a person's. A foot without a peak loses its freeze frame.
    """
    steps: dict[tuple[str, int], dict[str, Any]] = {
        (str(r["side"]), int(r["stance"])): {str(k): v for k, v in r.items()} for r in result.steps.to_dict("records")
    }
    for side, foot in table.feet.items():
        target = result.path / f"peak_{side.value}.png"
        target.unlink(missing_ok=True)
        rows = table.rows[(table.rows["side"] == side.value) & table.rows["used"].astype(bool)]
        rows = rows[[(side.value, stance) in steps for stance in rows["stance"]]]
        if rows.empty:
            continue
        peaks = rows["peak_eversion_deg"].to_numpy(float)
        aim = foot.peak_eversion_deg.value if foot.peak_eversion_deg else float(np.median(peaks))
        stance = int(rows["stance"].to_numpy()[np.argmin(np.abs(peaks - aim))])
        shown = steps[side.value, stance]
        at = frames[(frames["side"] == side.value) & (frames["stance"] == stance) & (frames["frame"] == shown["frame"])]
        picture = cv2.imread(str(result.path / "steps" / shown["file"]))
        if at.empty or picture is None:
            continue
        image = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
        corner, scale = np.array([shown["x0_px"], shown["y0_px"]], float), float(shown["scale"])
        shank, heel = ((lines_of(at, name)[0] - corner) * scale for name in ("shank", "heel"))
        angle = float(at["angle_deg"].to_numpy(float)[0])
        _save(target, stills.peak_still(Crop(image, 0, 0), shank, heel, side, angle))


def lines_of(frames: pd.DataFrame, name: str) -> Floats:
    """(n, 2, 2) the "shank" or "heel" lines of rearfoot.csv's rows: lower end, upper end; x, y in picture coordinates."""
    return frames[[f"{name}_{c}" for c in LINE_COLUMNS]].to_numpy(float).reshape(-1, 2, 2)


def write_overlay(folder: Path, analysis: Analysis, tell: Callable[[int, int], None]) -> None:
    """overlay.mp4: the clip with the legs, the lines and the foot contacts drawn in."""
    overlay.write_overlay(analysis, clips.frames(analysis.clip, max_side_px=0), folder / "overlay.mp4", tell)


def write_report(folder: Path) -> None:
    """report.pdf, from the files already in the folder."""
    report.write_report(folder)


def _save(path: Path, image: Picture) -> None:
    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92])
