"""The figures behind a result, left foot against right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gait.landmarks import Side
from gait.model import Estimate
from gait.results.result import Judged
from gait.ui.parts import words


@dataclass(frozen=True)
class FigureRow:
    """A figure of each foot."""

    name: str
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
    FigureRow("Heel tilt as the foot lands", "°", 1, _foot("touchdown_deg")),
    FigureRow("Furthest heel tilt", "°", 1, _foot("peak_eversion_deg")),
    FigureRow("From landing to furthest", "°", 1, _foot("eversion_excursion_deg")),
    FigureRow("Furthest after this share of ground contact", " %", 0, _foot("time_to_peak_pct")),
    FigureRow("Toes point out by", "°", 0, _foot("toe_out_deg")),
    FigureRow("What motion capture in 3D would likely show", "°", 1, _meaning),
    FigureRow("Hip drops on the other side by", "°", 0, _motion("pelvic_drop_deg")),
    FigureRow("Knee inside the line from hip to ankle", "°", 0, _motion("knee_alignment_deg")),
    FigureRow("Foot turns after leaving the ground by", "°", 0, _motion("heel_whip_deg")),
    FigureRow("Foot lands beside the middle, share of leg length", " %", 0, _motion("step_width_pct_leg")),
    FigureRow("Toes up as the foot lands", "°", 0, _motion("foot_strike_angle_deg")),
    FigureRow("Foot lands ahead of the hip, share of leg length", " %", 0, _motion("overstride_pct_leg")),
    FigureRow("Knee bent as the foot lands", "°", 0, _motion("knee_flexion_contact_deg")),
    FigureRow("Lower leg leans back as the foot lands", "°", 0, _motion("shank_angle_contact_deg")),
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
            rows.append(f"<tr><th>{row.name}</th>{cells}</tr>")
    head = "<tr><th></th><td class='g-ink-left'>Left foot</td><td class='g-ink-right'>Right foot</td></tr>"
    return f'<table class="g-more">{head}{"".join(rows)}</table>' if rows else ""
