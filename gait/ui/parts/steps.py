"""The contact sheet: every step at its furthest tilt with both lines; staff may leave a step out or put a line right."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.results.result import Line, StepEdit
from gait.ui.parts import pictures
from gait.ui.parts.words import foot_of
from gait.words import chosen, note_read, templates

Row = dict[str, Any]
LINES = ("shank", "heel")
ENDS = ("x0", "y0", "x1", "y1")
PICTURE_PX = 400
"""Longest side sent: sharp when opened large, some 15 kB each."""
_HERE = Path(__file__).parent
_CSS = (_HERE / "steps.css").read_text(encoding="utf-8")
_JS = (_HERE / "steps.js").read_text(encoding="utf-8")


def show(folder: ResultFolder, side: Side) -> Row | None:
    """Put one foot's sheet on the page. The answer is what a person just did: {stance, action, lines, version}, None otherwise."""
    stamp = folder.changed_ns
    # Declared at each run: the declaration belongs to the server, which a test starts anew; the same one again is free.
    sheet = st.components.v2.component("steps", html='<div class="sheet"></div>', css=_CSS, js=_JS)
    language = chosen()
    found = sheet(
        key=f"sheet-{side.value}",
        data={
            "side": side.value,
            "steps": _data(str(folder.path), side.value, stamp, language),
            "words": templates("sheet"),
            "language": language,
        },
        on_answer_change=lambda: None,
    )
    answer = found.get("answer")
    return dict(answer) if answer else None


@st.cache_data(max_entries=8, show_spinner=False)
def _data(path: str, side: str, changed_ns: int, language: str) -> list[Row]:
    """`data` by file, time of its last change, and the language of its notes."""
    return data(ResultFolder(Path(path)), Side(side))


def data(folder: ResultFolder, side: Side) -> list[Row]:
    """One entry per step picture: its size and picture, its number, whether it counts and why not, its lines in picture pixels.

    The number is of the kind that the card says. `follows`: it changes with a moved line; the roll since landing does not, because
    the whole step turns.
    """
    steps = folder.steps
    if not len(steps):
        return []
    told = {int(row["stance"]): row for row in _records(_of(folder.strides, side))}
    frames = {(int(row["stance"]), int(row["frame"])): row for row in _records(_of(folder.rearfoot, side))}
    judged = folder.result.judged
    standing = judged is not None and judged.reference.zero == "standing"
    found = []
    for step in _records(_of(steps, side)):
        stance = int(step["stance"])
        width, height, uri = pictures.thumb(folder.path / "steps" / str(step["file"]), PICTURE_PX)
        if not uri:
            continue
        row = told.get(stance, {})
        edit = _edit_of(folder, side, stance)
        frame = frames.get((stance, int(step["frame"])), {})
        by_hand = {"shank": edit.shank_px, "heel": edit.heel_px}
        tilt = row.get("peak_eversion_deg" if standing else "eversion_excursion_deg")
        found.append(
            {
                "stance": stance,
                "foot": foot_of(side),
                "uri": uri,
                "width": width,
                "height": height,
                "angle": None if tilt is None else float(tilt),
                "follows": standing,
                "used": str(row.get("used", True)).lower() == "true",
                "note": note_read(str(row.get("note") or "")),
                "rejected": edit.rejected,
                "edited": any(by_hand.values()),
                "lines": {name: _line(frame, by_hand[name], name, step) for name in LINES},
            }
        )
    return found


def edit(folder: ResultFolder, side: Side, answer: Mapping[str, Any]) -> StepEdit:
    """That step's edit after what a person just did; it may hold nothing any more.

    Raises ValueError for an answer about a step that has no picture, or with lines that are none.
    """
    stance, action = int(answer["stance"]), str(answer["action"])
    step = next((s for s in _records(_of(folder.steps, side)) if int(s["stance"]) == stance), None)
    if step is None:
        raise ValueError(f"no step {stance} on the {side.value} sheet")
    before = _edit_of(folder, side, stance)
    if action in ("reject", "accept"):
        return replace(before, rejected=action == "reject")
    if action == "reset":
        return replace(before, shank_px=None, heel_px=None)
    if action == "lines":
        shank, heel = (_to_picture(answer["lines"][name], step) for name in LINES)
        return replace(before, shank_px=shank, heel_px=heel)
    raise ValueError(f"unknown action {action}")


def _edit_of(folder: ResultFolder, side: Side, stance: int) -> StepEdit:
    """What a person has said of that step; an edit that says nothing if nobody has."""
    judged = folder.result.judged
    edits = (record.edit for record in judged.edits) if judged else ()
    return next((e for e in edits if (e.side, e.stance) == (side, stance)), StepEdit(side, stance))


def _of(table: pd.DataFrame, side: Side) -> pd.DataFrame:
    return table[table["side"] == side.value] if len(table) else table


def _records(table: pd.DataFrame) -> list[Row]:
    """The rows as dicts, with None where a cell is empty."""
    return [{str(k): None if pd.isna(v) else v for k, v in row.items()} for row in table.to_dict("records")]


def _line(frame: Row, by_hand: Sequence[float] | None, name: str, step: Row) -> list[float] | None:
    """A line in the step picture's pixels: as a person put it, else as measured; None where it was not measured."""
    ends: Sequence[Any] = by_hand or [frame.get(f"{name}_{end}_px") for end in ENDS]
    if any(v is None for v in ends):
        return None
    origin, scale = (float(step["x0_px"]), float(step["y0_px"])), float(step["scale"])
    return [round((float(v) - origin[i % 2]) * scale, 2) for i, v in enumerate(ends)]


def _to_picture(line: Sequence[float], step: Row) -> Line:
    """Back from the step picture's pixels to the clip's."""
    if len(line) != 4:
        raise ValueError(f"a line has four numbers, got {line}")
    origin, scale = (float(step["x0_px"]), float(step["y0_px"])), float(step["scale"])
    x0, y0, x1, y1 = (round(origin[i % 2] + float(v) / scale, 3) for i, v in enumerate(line))
    return x0, y0, x1, y1
