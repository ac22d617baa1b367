"""Writing the files of a result folder from an `Analysis`; what each file holds stands in `gait.results`."""

import json
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import jsonschema
import numpy as np
import pandas as pd

from gait import clip as clips
from gait import overlay, report, stills
from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Analysis, Crop, Floats, FootAngles, FootSummary, LegPictures, Picture, StrideTable
from gait.results import STEPS_PART, ResultFolder, put, schema

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
    np.savez(  # packing it saves a seventh and takes as long as everything else here
        folder / "pose.npz",
        times_s=analysis.track.times_s,
        landmarks_px=analysis.track.landmarks_px.astype(np.float32),
        world_m=analysis.track.world_m.astype(np.float32),
        visibility=analysis.track.visibility.astype(np.float32),
        between=analysis.track.between,
    )


def write_document(folder: Path, doc: Mapping[str, Any]) -> None:
    """analysis.json, checked against the schema."""
    _validator().validate(doc)
    text = json.dumps(doc, indent=1, ensure_ascii=False, allow_nan=False)
    put(folder / "analysis.json", (text + "\n").encode())


@cache
def _validator() -> jsonschema.Draft202012Validator:
    """Made once: checking that the schema itself is one (a test does) takes ten times as long as checking a result."""
    return jsonschema.Draft202012Validator(schema())


def write_strides(folder: Path, table: StrideTable) -> None:
    """strides.csv and curves.csv."""
    put(folder / "strides.csv", table.rows.to_csv(index=False, float_format="%.5f").encode())
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


def write_pictures(
    folder: Path, analysis: Analysis, pictures: LegPictures, tell: Callable[[int, int], None] | None = None
) -> None:
    """A picture of every step at its peak with steps.csv, appearing together, and then each foot's freeze frame.

    The tables must be in the folder. `tell(done, total)` is called for every step; when it raises, no step picture is left.
    Raises GaitError when they cannot be written.
    """
    assert analysis.strides is not None
    work = folder / STEPS_PART
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        if _write_steps(work, analysis, pictures, tell or (lambda done, total: None)):
            work.replace(folder / "steps")
            draw_peaks(ResultFolder(folder), analysis.strides, ResultFolder(folder).rearfoot)
    except OSError as error:
        raise GaitError(
            f"The pictures of the steps cannot be written to {folder}.", "Check that the disk is not full."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write_steps(folder: Path, analysis: Analysis, pictures: LegPictures, tell: Callable[[int, int], None]) -> bool:
    """The step pictures and steps.csv into an empty folder; False when there is none."""
    assert analysis.strides is not None
    listed: list[dict[str, Any]] = []
    rows = analysis.strides.rows
    total = int((rows["peak_frame"] >= 0).sum())
    with ThreadPoolExecutor(2, "gait-thumbnails") as pool:
        drawn: list[Future[None]] = []
        for side, foot in (analysis.rearfoot.feet if analysis.rearfoot else {}).items():
            own = rows[(rows["side"] == side.value) & (rows["peak_frame"] >= 0)].sort_values("peak_frame")
            frames = own["peak_frame"].to_numpy(np.int64)
            for stance, (frame, crop) in zip(own["stance"], pictures.crops(frames), strict=True):
                tell(len(drawn), total)
                at = np.flatnonzero((foot.stance == stance) & (foot.frame == frame))
                if crop is not None and len(at):
                    name = f"{side.value}_{stance:03d}.jpg"
                    small = stills.step_thumbnail(crop, foot.shank_px[at[0]], foot.heel_px[at[0]])
                    place = {"x0_px": small.x0_px, "y0_px": small.y0_px, "scale": small.scale}
                    listed.append({"side": side.value, "stance": stance, "frame": frame, "file": name, **place})
                    drawn.append(pool.submit(_save, folder / name, small.image))
        for saved in drawn:
            saved.result()
    if listed:
        pd.DataFrame(listed).to_csv(folder / "steps.csv", index=False)
    return bool(listed)


def draw_peaks(result: ResultFolder, table: StrideTable, frames: pd.DataFrame) -> None:
    """Each foot's freeze frame: the clean step nearest its mean peak, drawn on that step's picture.

    `frames` has rearfoot.csv's columns; its lines may be a person's. A foot without a peak loses its freeze frame.
    """
    for side, foot in table.feet.items():
        target = result.path / f"peak_{side.value}.png"
        drawn = _peak(result, table.rows, frames, side, foot)
        if drawn is None:
            target.unlink(missing_ok=True)
        else:
            _save(target, drawn)


def _peak(
    result: ResultFolder, rows: pd.DataFrame, frames: pd.DataFrame, side: Side, foot: FootSummary
) -> Picture | None:
    steps: dict[int, dict[str, Any]] = {
        int(r["stance"]): {str(k): v for k, v in r.items()}
        for r in result.steps.to_dict("records")
        if r["side"] == side.value
    }
    rows = rows[(rows["side"] == side.value) & rows["used"].astype(bool) & rows["stance"].isin(list(steps))]
    if rows.empty:
        return None
    peaks = rows["peak_eversion_deg"].to_numpy(float)
    aim = foot.peak_eversion_deg.value if foot.peak_eversion_deg else float(np.median(peaks))
    stance = int(rows["stance"].to_numpy()[np.argmin(np.abs(peaks - aim))])
    shown = steps[stance]
    at = frames[(frames["side"] == side.value) & (frames["stance"] == stance) & (frames["frame"] == shown["frame"])]
    picture = cv2.imread(str(result.path / "steps" / shown["file"]))
    if at.empty or picture is None:
        return None
    image = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    corner, scale = np.array([shown["x0_px"], shown["y0_px"]], float), float(shown["scale"])
    shank, heel = ((lines_of(at, name)[0] - corner) * scale for name in ("shank", "heel"))
    return stills.peak_still(Crop(image, 0, 0), shank, heel, side, float(at["angle_deg"].to_numpy(float)[0]))


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
    _, packed = cv2.imencode(path.suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92])
    put(path, packed.tobytes())
