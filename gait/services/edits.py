"""A person's corrections: a step rejected, or a line put right by hand. Angle, label and PDF follow; the record says so.

The measured frames in rearfoot.csv are never changed. The result is always judged anew from them and the whole list of
edits, so taking every edit back gives the first result again, to the rounding of the tables.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from gait.errors import GaitError
from gait.geometry import eversion_deg
from gait.judge import judge
from gait.landmarks import Side
from gait.model import FootAngles, FootEvents, GaitEvents, RearfootAngles
from gait.results import tables
from gait.results.folder import ResultFolder
from gait.results.lock import one_writer
from gait.results.place import next_version
from gait.results.record import judged_again
from gait.results.result import EditRecord, Judged, Measurement, Result, StepEdit
from gait.services import publish
from gait.services.old_basis import basis_of, stays

First: TypeAlias = Callable[[], None]
"""What has to be done before a result is changed (`gait.services.depot.Depot.begin_change`)."""


def nothing() -> None:
    """Nothing has to be done before."""


def edits_of(folder: Path) -> tuple[StepEdit, ...]:
    """The edits a result carries."""
    judged = ResultFolder(folder).result.judged
    return tuple(record.edit for record in judged.edits) if judged else ()


def reject_steps(
    folder: Path, steps: Mapping[Side, Sequence[int]], seen: int | None = None, first: First = nothing
) -> ResultFolder:
    """Reject exactly these steps; lines moved by hand stay. `seen`, `first` and what is raised as in `apply`."""
    with one_writer(folder):
        check_seen(folder, seen, first)
        moved = {(e.side, e.stance): replace(e, rejected=False) for e in edits_of(folder) if e.shank_px or e.heel_px}
        wanted = {(Side(side), int(stance)) for side, stances in steps.items() for stance in stances}
        edits = [replace(moved.get(key, StepEdit(*key)), rejected=True) for key in sorted(wanted)]
        return _apply(folder, [*edits, *(e for key, e in sorted(moved.items()) if key not in wanted)])


def change_step(folder: Path, edit: StepEdit, seen: int | None = None, first: First = nothing) -> ResultFolder:
    """Put this in place of what was said of that step; what says nothing any more goes. What was said of others stays.

    The edits there are are read while nobody else writes, so that two people's edits are both kept. `seen`, `first` and what is
    raised as in `apply`.
    """
    with one_writer(folder):
        check_seen(folder, seen, first)
        others = [e for e in edits_of(folder) if (e.side, e.stance) != (edit.side, edit.stance)]
        says = edit.rejected or edit.shank_px or edit.heel_px
        return _apply(folder, [*others, edit] if says else others)


def apply(folder: Path, edits: Sequence[StepEdit], seen: int | None = None, first: First = nothing) -> ResultFolder:
    """Judge the result anew with these edits in place of any earlier ones, by its own basis: its next version.

    `seen` is the version the person looked at; when another one stands by now nothing is changed, and GaitError says so. None
    asks for none. `first` is called before anything is changed, while nobody else writes; it may refuse (GaitError).

    A moved line turns all of that step's frames by as much as it turned the one at the peak: a line lies wrong on a shoe in
    the same way throughout a step. A result whose pictures are still being drawn is waited for. Raises GaitError for a step
    that does not exist or a result without measured feet.
    """
    with one_writer(folder):
        check_seen(folder, seen, first)
        return _apply(folder, edits)


def check_seen(folder: Path, seen: int | None, first: First = nothing) -> None:
    """Raises GaitError when somebody else has changed the result since that version, or as `first` does. The caller is the one writer."""
    if seen is not None and ResultFolder(folder).result.version != seen:
        raise GaitError("changed_meanwhile")
    first()


def publish_next(folder: Path, result: Result, edits: Sequence[StepEdit], *, judge_again: bool = True) -> ResultFolder:
    """`result` as the next version of the folder's, with its PDF, its feet judged again by its basis and with these edits.

    Without `judge_again` they stay as they are. The caller is the one writer. Raises GaitError for a result that was judged but
    cannot be again.
    """
    if result.judged is not None and judge_again:
        return _judged_anew(folder, result, result.judged, edits)
    with next_version(folder, of_present=True) as new:
        tables.write_result(new, replace(result, version=result.version + 1))
        _write_report(new)
    return ResultFolder(folder)


def _apply(folder: Path, edits: Sequence[StepEdit]) -> ResultFolder:
    found = ResultFolder(folder)
    if found.result.judged is None or found.rearfoot.empty:
        raise GaitError("no_steps")
    return publish_next(folder, found.result, edits)


def _judged_anew(folder: Path, result: Result, judged: Judged, edits: Sequence[StepEdit]) -> ResultFolder:
    found = ResultFolder(folder)
    if judged.measurement is None or (judged.measurement.feet and found.rearfoot.empty):
        raise GaitError("no_steps")
    frames, records = _edited(found, edits) if judged.measurement.feet else (found.rearfoot, [])
    judgement = judge(
        _events(judged, judged.measurement), angles_of(judged, judged.measurement, frames), basis_of(judged)
    )
    table = judgement.strides
    for edit in edits:
        if edit.rejected:
            row = (table.rows["side"] == edit.side) & (table.rows["stance"] == edit.stance)
            table.rows.loc[row, "note"] = "rejected_by_hand"
    advice = judgement.recommendation or stays(judged.recommendation, corrected=bool(edits or result.given_first))
    again = judged_again(judged, judgement, advice, records)
    with next_version(folder, of_present=True) as new:
        tables.write_result(new, replace(result, judged=again, version=result.version + 1))
        tables.write_strides(new, table)
        publish.draw_peaks(ResultFolder(new), table, frames)
        _write_report(new)
    return ResultFolder(folder)


def _write_report(new: Path) -> None:
    """The PDF of a version that was begun with the files of the one before; none where that had none."""
    if (new / "report.pdf").is_file():
        publish.write_report(new)


def _edited(result: ResultFolder, edits: Sequence[StepEdit]) -> tuple[pd.DataFrame, list[EditRecord]]:
    """The frames as edited, and the record of what was changed by how much."""
    frames = result.rearfoot.copy()
    frames["usable"] = frames["usable"].astype(bool)
    records = []
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
        records.append(EditRecord(replace(edit, side=Side(edit.side)), round(change, 3)))
    return frames, records


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


def _events(judged: Judged, measured: Measurement) -> GaitEvents:
    errors = measured.events
    return GaitEvents(
        {side: FootEvents(np.array(own.foot_strike_s), np.array(own.toe_off_s)) for side, own in judged.events.items()},
        judged.activity,
        errors.strike_sd_s,
        errors.toe_off_sd_s,
        errors.contact_bias_sd_s,
        judged.cadence_spm,
        errors.seen_contact_sd_s,
    )


def angles_of(judged: Judged, measured: Measurement, frames: pd.DataFrame) -> RearfootAngles:
    """The angles of a result as they were measured, of `frames` as rearfoot.csv has them."""
    feet = {}
    for side, how in measured.feet.items():
        own = frames[frames["side"] == side]
        feet[side] = FootAngles(
            stance=own["stance"].to_numpy(np.int64),
            frame=own["frame"].to_numpy(np.int64),
            time_s=own["time_s"].to_numpy(float),
            stance_pct=own["stance_pct"].to_numpy(float),
            angle_deg=own["angle_deg"].to_numpy(float),
            error_deg=own["error_deg"].to_numpy(float),
            usable=own["usable"].to_numpy(bool),
            shank_px=tables.lines_of(own, "shank"),
            heel_px=tables.lines_of(own, "heel"),
            method=how.method,
            systematic_sd_deg=how.systematic_sd_deg or 0.0,
            standing_deg=np.nan if how.standing_deg is None else how.standing_deg,
            reasons=how.reasons,
            plain_heel=how.plain_heel,
        )
    return RearfootAngles(feet, judged.reference.zero, {side: judged.feet[side].toe_out_deg for side in feet})
