"""The first look on the New analysis page: the clip with a box round each person, and what was found, the worst first."""

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gait import words
from gait.model import Floats, Picture
from gait.ui.parts.pictures import packed
from gait.words import phrase

if TYPE_CHECKING:
    from gait.first_look import Health
    from gait.quality import Check

PICTURE_PX = 420
"""Longer side on the page."""
SIGNS = {"ok": "✓", "warn": "!", "refuse": "✕"}
_ORDER = {"refuse": 0, "warn": 1, "ok": 2}


def head(found: "Health", checks: "Sequence[Check]", chosen: int | None) -> str:
    """The picture with its people, and the verdict in a line; as HTML. `chosen` counts from 0."""
    warned = sum(c.mark == "warn" for c in checks)
    mark = "refuse" if any(c.mark == "refuse" for c in checks) else "warn" if warned else "ok"
    if mark == "refuse" and not found.refused:
        said, then = phrase("clip-standing"), phrase("clip_then-standing")
    else:
        said, then = phrase(f"clip-{mark}", points=warned), phrase(f"clip_then-{mark}")
    facts = phrase("clip_length_and_rate", length_s=found.clip.duration_s, fps=found.clip.fps_hz)
    return (
        f'<div class="g-look g-look-{mark}" data-mark="{mark}">{_picture(found.picture, found.boxes, chosen)}'
        f"<div><b>{said}</b><span>{then}</span><span>{facts}</span></div></div>"
    )


def rows(checks: "Sequence[Check]") -> str:
    """One line per check, the worst first; as HTML."""
    lines = []
    for c in sorted(checks, key=lambda c: _ORDER[c.mark]):
        line = words.check_line(c)
        limit = f"<u>{html.escape(phrase('page-needed', limit=line.limit))}</u>" if line.limit else ""
        advice = f"<p>{html.escape(line.advice)}</p>" if line.advice else ""
        lines.append(
            f'<li class="g-check g-check-{c.mark}"><i role="img" aria-label="{html.escape(phrase(f"mark-{c.mark}"))}">'
            f"{SIGNS[c.mark]}</i>"
            f"<div><b>{html.escape(line.name)}</b> <span>{html.escape(line.value)}</span> {limit}{advice}</div></li>"
        )
    return f'<ul class="g-checks">{"".join(lines)}</ul>'


def _picture(picture: Picture, boxes: Floats, chosen: int | None) -> str:
    """The picture as a data address with a box over each person; numbered when there are several."""
    drawn = []
    for k, (x0, y0, x1, y1) in enumerate(boxes):
        number = f"<b>{k + 1}</b>" if len(boxes) > 1 else ""
        state = "" if chosen is None else " g-in" if k == chosen else " g-out"
        drawn.append(
            f'<s class="g-person{state}" style="left:{100 * x0:.1f}%;top:{100 * y0:.1f}%;'
            f'width:{100 * (x1 - x0):.1f}%;height:{100 * (y1 - y0):.1f}%">{number}</s>'
        )
    alt = html.escape(phrase("page-picture_of_clip"))
    return f'<figure><img src="{packed(picture, PICTURE_PX)}" alt="{alt}">{"".join(drawn)}</figure>'
