"""A person's corrections: a step rejected, or a line put right by hand. Angle, label and PDF follow; the record says so.

The measured frames in rearfoot.csv are never changed. The result is always judged anew from them and the whole list of
edits, so taking every edit back gives the first result again, to the rounding of the tables.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gait.errors import GaitError
from gait.geometry import eversion_deg
from gait.landmarks import Side
from gait.model import Estimate, FootAngles, FootEvents, GaitEvents, RearfootAngles
from gait.pipeline import judge
from gait.results import tables
from gait.results.folder import ResultFolder
from gait.results.lock import one_writer
from gait.results.record import foot_document
from gait.results.result import StepEdit
from gait.services import publish
from gait.settings import Settings


def edits_of(folder: Path) -> tuple[StepEdit, ...]:
    """The edits a result carries."""
    return tuple(
        StepEdit(
            Side(e["side"]),
            e["stance"],
            e["rejected"],
            *(tuple(e[k]) if e[k] else None for k in ("shank_px", "heel_px")),
        )
        for e in ResultFolder(folder).analysis.get("edits", [])
    )


def reject_steps(folder: Path, steps: Mapping[Side, Sequence[int]]) -> ResultFolder:
    """Reject exactly these steps; lines moved by hand stay."""
    moved = {(e.side, e.stance): replace(e, rejected=False) for e in edits_of(folder) if e.shank_px or e.heel_px}
    wanted = {(Side(side), int(stance)) for side, stances in steps.items() for stance in stances}
    edits = [replace(moved.get(key, StepEdit(*key)), rejected=True) for key in sorted(wanted)]
    return apply(folder, [*edits, *(e for key, e in sorted(moved.items()) if key not in wanted)])


def change_step(folder: Path, edit: StepEdit) -> ResultFolder:
    """Put this in place of what was said of that step; what says nothing any more goes. What was said of others stays.

    The edits there are are read while nobody else writes, so that two people's edits are both kept. Raises as `apply`.
    """
    with one_writer(folder):
        others = [e for e in edits_of(folder) if (e.side, e.stance) != (edit.side, edit.stance)]
        says = edit.rejected or edit.shank_px or edit.heel_px
        return _apply(folder, [*others, edit] if says else others, Settings())


def apply(folder: Path, edits: Sequence[StepEdit], settings: Settings | None = None) -> ResultFolder:
    """Judge the result anew with these edits in place of any earlier ones, and rewrite its files.

    A moved line turns all of that step's frames by as much as it turned the one at the peak: a line lies wrong on a shoe in
    the same way throughout a step. A result whose pictures are still being drawn is waited for. Raises GaitError for a step
    that does not exist or a result without measured feet.
    """
    with one_writer(folder):
        return _apply(folder, edits, settings or Settings())


def _apply(folder: Path, edits: Sequence[StepEdit], settings: Settings) -> ResultFolder:
    result = ResultFolder(folder)
    doc = json.loads(json.dumps(result.analysis))
    if doc["status"] != "ok" or result.rearfoot.empty:
        raise GaitError("no_steps")
    frames, record = _edited(result, edits)
    events = _events(doc)
    table, labels, extra = judge(events, _angles(doc, frames), _speed(doc), settings, _choices(doc))
    for edit in edits:
        if edit.rejected:
            row = (table.rows["side"] == edit.side) & (table.rows["stance"] == edit.stance)
            table.rows.loc[row, "note"] = "rejected by hand"
    doc["edits"] = record
    doc["feet"] = {side.value: foot_document(table.feet.get(side), labels.feet[side]) for side in Side}
    doc |= {key: value for key, value in extra.items() if key in ("recommendation", "meaning_3d")}
    tables.write_document(folder, doc)
    tables.write_strides(folder, table)
    publish.draw_peaks(result, table, frames)
    if result.file("report.pdf"):
        publish.write_report(folder)
    return ResultFolder(folder)


def _edited(result: ResultFolder, edits: Sequence[StepEdit]) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """The frames as edited, and the record of what was changed by how much."""
    frames = result.rearfoot.copy()
    frames["usable"] = frames["usable"].astype(bool)
    record = []
    for edit in edits:
        step = (frames["side"] == edit.side) & (frames["stance"] == edit.stance)
        if not step.any():
            raise GaitError("no_step", side=str(edit.side), step=edit.stance)
        change = _angle_change_deg(result, frames[step], edit)
        frames.loc[step, "angle_deg"] += change
        for name, line in (("shank", edit.shank_px), ("heel", edit.heel_px)):
            if line is not None:
                at = step & (frames["frame"] == _peak_frame(result, edit))
                frames.loc[at, [f"{name}_{c}" for c in tables.LINE_COLUMNS]] = line
        frames.loc[step, "usable"] &= not edit.rejected
        record.append({**asdict(edit), "angle_change_deg": round(change, 3)})
    return frames, record


def _angle_change_deg(result: ResultFolder, step: pd.DataFrame, edit: StepEdit) -> float:
    """How much more eversion the moved lines show than the measured ones, at the frame the person saw."""
    if edit.shank_px is None and edit.heel_px is None:
        return 0.0
    at = step[step["frame"] == _peak_frame(result, edit)]
    if at.empty:
        raise GaitError("no_step", "no_peak", side=str(edit.side), step=edit.stance)
    before = {name: tables.lines_of(at, name)[0] for name in ("shank", "heel")}
    after = {
        "shank": before["shank"] if edit.shank_px is None else np.reshape(edit.shank_px, (2, 2)),
        "heel": before["heel"] if edit.heel_px is None else np.reshape(edit.heel_px, (2, 2)),
    }
    for line in after.values():
        if np.hypot(*(line[1] - line[0])) < 3:
            raise GaitError("no_line")
    side = Side(edit.side)
    return eversion_deg(after["shank"], after["heel"], side) - eversion_deg(before["shank"], before["heel"], side)


def _peak_frame(result: ResultFolder, edit: StepEdit) -> int:
    """The frame on the contact sheet, which is the one a person corrects."""
    steps = result.steps
    row = steps[(steps["side"] == edit.side) & (steps["stance"] == edit.stance)] if not steps.empty else steps
    return int(row["frame"].iloc[0]) if len(row) else -1


def _events(doc: Mapping[str, Any]) -> GaitEvents:
    feet = {s: FootEvents(*(np.array(doc["events"][s.value][k]) for k in ("foot_strike_s", "toe_off_s"))) for s in Side}
    cadence = doc["cadence_spm"]
    return GaitEvents(
        feet,
        (),
        **doc["measurement"]["events"],
        cadence_spm=Estimate(cadence["value"], tuple(cadence["ci95"])) if cadence else None,
    )


def _angles(doc: Mapping[str, Any], frames: pd.DataFrame) -> RearfootAngles:
    feet, toe_out = {}, {}
    for name, how in doc["measurement"]["feet"].items():
        own = frames[frames["side"] == name]
        feet[Side(name)] = FootAngles(
            stance=own["stance"].to_numpy(np.int64),
            frame=own["frame"].to_numpy(np.int64),
            **{c: own[c].to_numpy(float) for c in ("time_s", "stance_pct", "angle_deg", "error_deg")},
            usable=own["usable"].to_numpy(bool),
            shank_px=tables.lines_of(own, "shank"),
            heel_px=tables.lines_of(own, "heel"),
            method=how["method"],
            systematic_sd_deg=how["systematic_sd_deg"] or 0.0,
            standing_deg=np.nan if how["standing_deg"] is None else how["standing_deg"],
            reasons=tuple(how["reasons"]),
            plain_heel=how.get("plain_heel", False),  # results written before it was told
        )
        found = doc["feet"][name]["toe_out_deg"]
        toe_out[Side(name)] = Estimate(found["value"], tuple(found["ci95"])) if found else None
    return RearfootAngles(feet, doc["reference"]["zero"], toe_out)


def _speed(doc: Mapping[str, Any]) -> float | None:
    speed = doc["reference"]["speed_kmh"]
    return None if speed is None else float(speed)


def _choices(doc: Mapping[str, Any]) -> Mapping[str, Any]:
    chosen: Mapping[str, Any] = doc.get("choices", {})
    return chosen
