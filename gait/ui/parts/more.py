"""The figures behind a result, left foot against right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gait.landmarks import Side
from gait.model import Estimate
from gait.results.result import Judged
from gait.ui.parts import words
from gait.words import phrase


@dataclass(frozen=True)
class FigureRow:
    """A figure of each foot."""

    name: str
    """Of its words: the entry `more-NAME`."""
    unit: str
    digits: int
    of: Callable[[Judged, Side], Estimate | None]


def _foot(key: str) -> Callable[[Judged, Side], Estimate | None]:
    return lambda judged, side: getattr(judged.feet[side], key)


def _meaning(judged: Judged, side: Side) -> Estimate | None:
    return judged.meaning_3d[side].peak_eversion_3d_deg if side in judged.meaning_3d else None


def _motion(key: str) -> Callable[[Judged, Side], Estimate | None]:
    return lambda judged, side: judged.kinematics.feet[side].get(key)


ROWS: Sequence[FigureRow] = (
    FigureRow("touchdown_deg", "°", 1, _foot("touchdown_deg")),
    FigureRow("peak_eversion_deg", "°", 1, _foot("peak_eversion_deg")),
    FigureRow("eversion_excursion_deg", "°", 1, _foot("eversion_excursion_deg")),
    FigureRow("time_to_peak_pct", " %", 0, _foot("time_to_peak_pct")),
    FigureRow("toe_out_deg", "°", 0, _foot("toe_out_deg")),
    FigureRow("peak_3d", "°", 1, _meaning),
    FigureRow("pelvic_drop_deg", "°", 0, _motion("pelvic_drop_deg")),
    FigureRow("knee_alignment_deg", "°", 0, _motion("knee_alignment_deg")),
    FigureRow("heel_whip_deg", "°", 0, _motion("heel_whip_deg")),
    FigureRow("step_width_pct_leg", " %", 0, _motion("step_width_pct_leg")),
    FigureRow("foot_strike_angle_deg", "°", 0, _motion("foot_strike_angle_deg")),
    FigureRow("overstride_pct_leg", " %", 0, _motion("overstride_pct_leg")),
    FigureRow("knee_flexion_contact_deg", "°", 0, _motion("knee_flexion_contact_deg")),
    FigureRow("shank_angle_contact_deg", "°", 0, _motion("shank_angle_contact_deg")),
)


def table(judged: Judged) -> str:
    """As an HTML table; a row without any figure is left out, and so is a table without rows."""
    rows = []
    for row in ROWS:
        found = [row.of(judged, side) for side in Side]
        if any(found):
            cells = "".join(
                f"<td><b>{words.number(one, row.digits)}{row.unit if one else ''}</b> "
                f"<i>{words.likely(one, row.unit, row.digits)}</i></td>"
                for one in found
            )
            name = phrase(f"more-{row.name}")
            rows.append(f"<tr><th>{name}</th>{cells}</tr>")
    feet = "".join(f"<td class='g-ink-{side.value}'>{words.foot_of(side)}</td>" for side in Side)
    head = f"<tr><td></td>{feet}</tr>"
    return f'<table class="g-more">{head}{"".join(rows)}</table>' if rows else ""
