"""Analysing into a result folder: the numbers first, then the pictures, the PDF and the film; what each file holds stands in `gait.results.folder`."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from gait import clip as clips
from gait import report
from gait.calibration import CameraCalibration
from gait.drawing import overlay, stills
from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Analysis, Clip, Crop, FootSummary, LegPictures, Picture, StrideTable
from gait.pipeline import Choices, measure
from gait.pose import LiveTrackings
from gait.progress import Cancel, Report, Tell, Watch
from gait.results.folder import ResultFolder
from gait.results.lock import one_writer
from gait.results.place import FILM, NUMBERS, next_version, own_work, put, working
from gait.results.record import result_of
from gait.results.result import Chosen, Result
from gait.results.tables import lines_of, write_tables
from gait.services.brand import store_brand
from gait.words import speaking

log = logging.getLogger(__name__)


def analyse_to_folder(
    path: Path,
    out: Path,
    choices: Choices = Choices(),
    progress: Report | None = None,
    cancelled: Cancel | None = None,
    published: Callable[[ResultFolder], None] | None = None,
    pictured: Callable[[ResultFolder], None] | None = None,
    followed: LiveTrackings | None = None,
    instead_of: Result | None = None,
    keep: Callable[[Analysis, Tell], None] | None = None,
    first: Callable[[], None] = lambda: None,
    calibrated: Callable[[Clip], CameraCalibration | None] = lambda _: None,
) -> ResultFolder:
    """Analyse and write the result folder (see `gait.results.folder`). A refused clip gets an analysis.json saying why.

    `published` is called as soon as the numbers stand, `pictured` when the step pictures and the PDF do too; the overlay
    video takes longest and is drawn last. `instead_of`: the result that stands there, whose standing clip is put right; it stays where
    the run is refused now or somebody has changed it meanwhile, and GaitError says so. `keep` is given what was analysed before the film is
    drawn, while the clip is there. `first` is called before a result that stands there is changed, while nobody else writes; it may refuse
    (GaitError). `calibrated` knows the calibration of the clip's camera. For `followed` see `gait.pipeline.analyse`. Raises GaitError (nothing is written) when the file is no clip, Cancelled when
    the person cancelled; raised after `published`, either costs only what was not drawn yet.
    """
    watch = Watch(progress, cancelled)
    with ExitStack() as stack:
        analysis, pictures = measure(path, choices, watch, stack, followed)
        result = result_of(
            analysis,
            runner=choices.runner,
            shoe_worn=choices.shoe_worn,
            created=datetime.now(UTC),
            chosen=Chosen(choices.shoe_size, *(str(p) if p else None for p in (choices.shelf, choices.limits))),
            calibration=calibrated(analysis.clip),
        )
        if instead_of is not None:
            if analysis.refused:
                raise GaitError("not_put_right")
            result = replace(result, given_first=instead_of.given_first, standing_put_right=True)
        if choices.clip_name:
            result = replace(result, clip=replace(result.clip, file=choices.clip_name))

        def draw(folder: Path) -> None:
            if pictures is not None and not analysis.refused:
                write_pictures(folder, analysis, pictures, watch.stage("drawing_steps"))
            if choices.report and not analysis.refused:
                watch.stage("pdf")
                write_report(folder)

        with one_writer(out):
            before, fault = _version(out), None
            if instead_of is not None and before != instead_of.version:
                raise GaitError("changed_meanwhile")
            if before:
                first()
            with next_version(out) as new:
                write_tables(new, analysis, replace(result, version=before + 1))
                if before:  # the result that stands gives way to a whole one
                    try:
                        draw(new)
                    except Exception as error:  # noqa: BLE001  raised below: it costs what was not drawn, not the numbers
                        fault = error
            if published is not None:
                published(ResultFolder(out))
            if fault is not None:
                raise fault
            if not before:
                draw(out)
    if pictured is not None:
        pictured(ResultFolder(out))
    if keep is not None and not analysis.refused:
        keep(analysis, watch.stage("keeping"))
    if choices.overlay and not analysis.refused and analysis.clip.codec != "points":
        write_film(out, analysis, result, watch.stage("overlay"), choices.encoder)
    return ResultFolder(out)


def _version(folder: Path) -> int:
    """Of the result that stands there; 0 where none does."""
    try:
        return ResultFolder(folder).result.version
    except GaitError:  # none, or one that cannot be read
        return int((folder / NUMBERS).exists())


def write_pictures(
    folder: Path, analysis: Analysis, pictures: LegPictures, tell: Callable[[int, int], None] | None = None
) -> None:
    """A picture of every step at its peak with steps.csv, appearing together, and then each foot's freeze frame.

    The tables must be in the folder, whose one writer the caller is. `tell(done, total)` is called for every step; when it raises, no step picture is left.
    Raises GaitError when they cannot be written.
    """
    assert analysis.strides is not None
    try:
        with working(folder) as work:
            (work / "steps").mkdir()
            if _write_steps(work / "steps", analysis, pictures, tell or (lambda done, total: None)):
                (work / "steps").replace(folder / "steps")
                draw_peaks(ResultFolder(folder), analysis.strides, ResultFolder(folder).rearfoot)
    except OSError as error:
        raise GaitError("cannot_write", "steps", folder=str(folder)) from error


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
    """Each foot's freeze frame: the clean step nearest its number, drawn on that step's picture.

    The number is the peak, or without a standing clip how far the heel rolled in since landing.
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
    stance = _typical(rows, frames[frames["side"] == side.value], steps, foot)
    shown = steps[stance]
    at = frames[(frames["side"] == side.value) & (frames["stance"] == stance) & (frames["frame"] == shown["frame"])]
    picture = cv2.imread(str(result.path / "steps" / shown["file"]))
    if at.empty or picture is None:
        return None
    image = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    corner, scale = np.array([shown["x0_px"], shown["y0_px"]], float), float(shown["scale"])
    shank, heel = ((lines_of(at, name)[0] - corner) * scale for name in ("shank", "heel"))
    angle_deg = float(at["angle_deg"].to_numpy(float)[0]) - _zero_deg(rows, foot, stance)
    return stills.peak_still(Crop(image, 0, 0), shank, heel, side, angle_deg)


def _typical(
    rows: pd.DataFrame, frames: pd.DataFrame, steps: Mapping[int, Mapping[str, Any]], foot: FootSummary
) -> int:
    """The step whose own number, in the table and as its picture shows it, is nearest to the foot's."""
    # One of the two alone could be near by chance: the picture is a single frame, and noisier than the step.
    said = foot.peak_eversion_deg or foot.eversion_excursion_deg
    column = "peak_eversion_deg" if foot.peak_eversion_deg else "eversion_excursion_deg"
    told = rows.set_index("stance")[column].astype(float)
    aim = said.value if said else float(told.median())
    pictured = {
        int(r["stance"]): float(r["angle_deg"]) - _zero_deg(rows, foot, int(r["stance"]))
        for r in frames.to_dict("records")
        if int(r["stance"]) in told.index and int(r["frame"]) == int(steps[int(r["stance"])]["frame"])
    }
    away = {k: max(abs(told[k] - aim), abs(pictured.get(k, np.inf) - aim)) for k in told.index}
    return int(min(away, key=lambda k: (not np.isfinite(away[k]), away[k])))


def _zero_deg(rows: pd.DataFrame, foot: FootSummary, stance: int) -> float:
    """What that step's number is counted from: 0 where the foot has a peak from standing, else the step's own tilt as it lands."""
    if foot.peak_eversion_deg is not None:
        return 0.0
    return float(rows.loc[rows["stance"] == stance, "touchdown_deg"].to_numpy(float)[0])


def write_film(
    folder: Path, analysis: Analysis, result: Result, tell: Callable[[int, int], None], encoder: str = ""
) -> None:
    """overlay.mp4 of the analysis that gave `result`, drawn beside the result, which others may correct meanwhile.

    Where another analysis has taken the result's place, or it was deleted, the film is let go. Raises GaitError.
    """
    with own_work(folder.resolve().parent) as work:
        write_overlay(work, analysis, tell, encoder)
        with one_writer(folder):
            try:
                if ResultFolder(folder).result.is_of_run(result):
                    (work / FILM).replace(folder / FILM)
            except OSError as error:
                raise GaitError("cannot_write", "overlay", folder=str(folder)) from error
            except GaitError as error:
                log.info("a film is not wanted any more: %s", error.code)


def write_overlay(folder: Path, analysis: Analysis, tell: Callable[[int, int], None], encoder: str) -> None:
    """overlay.mp4: the clip with the legs, the lines and the foot contacts drawn in."""
    overlay.write_overlay(analysis, clips.frames(analysis.clip, max_side_px=0), folder / FILM, tell, encoder)


def write_report(folder: Path) -> None:
    """report.pdf, from the files already in the folder. The caller is the folder's one writer, or its only one."""
    report.write_report(folder, store_brand())


def make_report(folder: Path) -> None:
    """report.pdf of a result that was written without one. Waits for whoever corrects it. Raises GaitError."""
    with one_writer(folder):
        write_report(folder)


def report_in(folder: Path, language: str) -> bytes:
    """The PDF of a result in that language, as `gait.report.spoken_report` gives it. Raises GaitError or OSError."""
    with speaking(language):
        return report.spoken_report(ResultFolder(folder), store_brand())


def _save(path: Path, image: Picture) -> None:
    _, packed = cv2.imencode(path.suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92])
    put(path, packed.tobytes())
