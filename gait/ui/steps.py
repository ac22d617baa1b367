"""The contact sheet: one small picture per step at its furthest tilt, the two lines drawn, steps left out greyed."""

import html
from typing import Any

import pandas as pd

from gait.landmarks import Side
from gait.results import ResultFolder
from gait.ui import pictures

Row = dict[str, Any]

THUMB_PX = 240
SHOWN_PX = 95
"""About how wide a thumbnail stands on the page: line widths are meant at that size."""
LINES = {"shank": "#FFFFFF", "heel": "#FFD400"}
"""White and yellow, both edged in black, stand out on any shoe and skin."""


def sheet(folder: ResultFolder, side: Side) -> str:
    """All steps of one foot as HTML. Empty when the result has no step pictures."""
    steps = folder.steps
    if not len(steps):
        return ""
    mine = steps[steps["side"] == side.value]
    told = _by_stance(folder.strides, side)
    return '<div class="g-steps">' + "".join(_thumb(folder, side, row, told) for row in _records(mine)) + "</div>"


def left_out(folder: ResultFolder, side: Side) -> int:
    """How many of the foot's steps do not count."""
    return sum(not _used(row) for row in _by_stance(folder.strides, side).values())


def _by_stance(strides: pd.DataFrame, side: Side) -> dict[int, Row]:
    if not len(strides):
        return {}
    mine = strides[strides["side"] == side.value]
    return {int(row["stance"]): row for row in _records(mine)}


def _records(table: pd.DataFrame) -> list[Row]:
    """The rows as dicts, with None where a cell is empty."""
    return [{str(k): None if pd.isna(v) else v for k, v in row.items()} for row in table.to_dict("records")]


def _used(row: Row) -> bool:
    return str(row["used"]).lower() == "true"


def _thumb(folder: ResultFolder, side: Side, step: Row, told: dict[int, Row]) -> str:
    stance = int(step["stance"])
    width, height, uri = pictures.thumb(folder.path / "steps" / str(step["file"]), THUMB_PX)
    if not uri:
        return ""
    row = told.get(stance, {})
    used = not row or _used(row)
    peak = row.get("peak_eversion_deg")
    angle = "" if peak is None else f"{float(peak):.1f}°".replace("-", "−")
    note = html.escape(str(row.get("note") or ""))
    caption = f"<b>{angle}</b>" if used else f"<b>left out</b><em>{note}</em>"
    name = f"Step {stance + 1}"
    return (
        f'<figure class="g-step{"" if used else " g-unused"}" title="{name}{": " + note if note else ""}">'
        f'<div><img src="{uri}" alt="{name}, {angle or "no angle"}">'
        f"{_lines(folder, side, step, width, height)}</div>"
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _lines(folder: ResultFolder, side: Side, step: Row, width: int, height: int) -> str:
    """Shank and heel line of the frame shown, as a drawing over the picture. Empty where that frame was not measured."""
    frames = folder.rearfoot
    if not len(frames):
        return ""
    of_step = (frames["side"] == side.value) & (frames["stance"] == step["stance"]) & (frames["frame"] == step["frame"])
    here = _records(frames[of_step])
    if not here:
        return ""
    row = here[0]
    x0, y0, scale = float(step["x0_px"]), float(step["y0_px"]), float(step["scale"])
    drawn = []
    pen = width / SHOWN_PX
    for name, colour in LINES.items():
        ends = [row[f"{name}_{axis}{end}_px"] for end in (0, 1) for axis in "xy"]
        if None in ends:
            continue
        ax, ay, bx, by = ((float(v) - (x0, y0)[i % 2]) * scale for i, v in enumerate(ends))
        path = f'd="M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}" stroke-linecap="round"'
        drawn.append(f'<path {path} stroke="#000" stroke-opacity=".55" stroke-width="{4.6 * pen:.2f}"/>')
        drawn.append(f'<path {path} stroke="{colour}" stroke-width="{2.4 * pen:.2f}"/>')
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    return pictures.drawn(f"{svg}{''.join(drawn)}</svg>", css_class="g-lines") if drawn else ""
