"""The contact sheet: every step at its furthest tilt with both lines; staff may leave a step out or put a line right."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.ui.parts import pictures

Row = dict[str, Any]
LINES = ("shank", "heel")
ENDS = ("x0", "y0", "x1", "y1")
PICTURE_PX = 400
"""Longest side sent: sharp when opened large, some 15 kB each."""

_HERE = Path(__file__).parent
_CSS = (_HERE / "steps.css").read_text(encoding="utf-8")
_JS = (_HERE / "steps.js").read_text(encoding="utf-8")


def show(folder: ResultFolder, side: Side) -> Row | None:
    """Put one foot's sheet on the page. The answer is what a person just did: {stance, action, lines}, None otherwise."""
    stamp = (folder.path / "analysis.json").stat().st_mtime_ns
    # Declared at each run: the declaration belongs to the server, which a test starts anew; the same one again is free.
    sheet = st.components.v2.component("steps", html='<div class="sheet"></div>', css=_CSS, js=_JS)
    found = sheet(
        key=f"sheet-{side.value}",
        data={"side": side.value, "steps": _data(str(folder.path), side.value, stamp)},
        on_answer_change=lambda: None,
    )
    answer = found.get("answer")
    return dict(answer) if answer else None


@st.cache_data(max_entries=8, show_spinner=False)
def _data(path: str, side: str, changed_ns: int) -> list[Row]:
    """`data` by file and time of its last change."""
    return data(ResultFolder(Path(path)), Side(side))


def data(folder: ResultFolder, side: Side) -> list[Row]:
    """One entry per step picture: its size and picture, angle, whether it counts and why not, its lines in picture pixels."""
    steps = folder.steps
    if not len(steps):
        return []
    told = {int(row["stance"]): row for row in _records(_of(folder.strides, side))}
    frames = {(int(row["stance"]), int(row["frame"])): row for row in _records(_of(folder.rearfoot, side))}
    edits = {int(e["stance"]): e for e in folder.analysis.get("edits") or () if e["side"] == side.value}
    found = []
    for step in _records(_of(steps, side)):
        stance = int(step["stance"])
        width, height, uri = pictures.thumb(folder.path / "steps" / str(step["file"]), PICTURE_PX)
        if not uri:
            continue
        row = told.get(stance, {})
        edit = edits.get(stance, {})
        frame = frames.get((stance, int(step["frame"])), {})
        lines = {name: _line(frame, edit.get(f"{name}_px"), name, step) for name in LINES}
        peak = row.get("peak_eversion_deg")
        found.append(
            {
                "stance": stance,
                "uri": uri,
                "width": width,
                "height": height,
                "angle": None if peak is None else float(peak),
                "used": str(row.get("used", True)).lower() == "true",
                "note": str(row.get("note") or ""),
                "rejected": bool(edit.get("rejected")),
                "edited": any(edit.get(f"{name}_px") for name in LINES),
                "lines": lines,
            }
        )
    return found


def edited(folder: ResultFolder, side: Side, answer: Mapping[str, Any]) -> list[Row]:
    """The result's edits after that answer, as the keyword arguments of `gait.services.edits.StepEdit`.

    Raises ValueError for an answer about a step that has no picture, or with lines that are none.
    """
    stance, action = int(answer["stance"]), str(answer["action"])
    step = next((s for s in _records(_of(folder.steps, side)) if int(s["stance"]) == stance), None)
    if step is None:
        raise ValueError(f"no step {stance} on the {side.value} sheet")
    keys = ("side", "stance", "rejected", "shank_px", "heel_px")
    others: list[Row] = [{k: e.get(k) for k in keys} for e in folder.analysis.get("edits") or ()]
    blank: Row = {"side": side.value, "stance": stance, "rejected": False, "shank_px": None, "heel_px": None}
    mine = next((e for e in others if (e["side"], e["stance"]) == (side.value, stance)), blank)
    others = [e for e in others if e is not mine]
    if action in ("reject", "accept"):
        mine = mine | {"rejected": action == "reject"}
    elif action == "reset":
        mine = mine | {"shank_px": None, "heel_px": None}
    elif action == "lines":
        mine = mine | {f"{name}_px": _to_picture(answer["lines"][name], step) for name in LINES}
    else:
        raise ValueError(f"unknown action {action}")
    keep = mine["rejected"] or mine["shank_px"] or mine["heel_px"]
    return [_tupled(e) for e in ([*others, mine] if keep else others)]


def _tupled(edit: Row) -> Row:
    return edit | {f"{name}_px": tuple(edit[f"{name}_px"]) if edit[f"{name}_px"] else None for name in LINES}


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


def _to_picture(line: Sequence[float], step: Row) -> list[float]:
    """Back from the step picture's pixels to the clip's."""
    if len(line) != 4:
        raise ValueError(f"a line has four numbers, got {line}")
    origin, scale = (float(step["x0_px"]), float(step["y0_px"])), float(step["scale"])
    return [round(origin[i % 2] + float(v) / scale, 3) for i, v in enumerate(line)]
