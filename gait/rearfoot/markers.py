"""Stick-on dots: two on the calf, two on the heel counter, of any colour that contrasts. Used where found, never required.

They are found in the averaged standing picture as round spots that differ from what surrounds them on every side (a strip does
not), and looked for in each stance frame where the outline fit and the counter's registration say they must be.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from gait.model import Floats, Frozen
from gait.rearfoot.align import Patch

RADII_PX = (3.5, 4.5, 5.5, 6.5)
"""Patch pixels of 2 mm: dots of 14 to 26 mm across."""
MIN_CONTRAST = 30.0
"""Grey levels (RMS over channels) to the least different side: sock folds and lace ends stay below."""
MAX_UNEVEN = 0.35
"""SD of colour within the spot over its contrast."""
APART_PX = (14.0, 130.0)
"""Patch pixels (28-260 mm) between the dots of a pair."""
STILL_PX = 0.02
"""A move that turns a pair's line by less than 0.03 degrees."""
FOUND_AGAIN = 0.5
"""Share of its standing contrast a dot must keep."""


@dataclass(frozen=True, eq=False)
class Dot(Frozen):
    """A round spot of one colour."""

    xy: Floats
    """(2,) patch pixels."""
    radius_px: float
    contrast: float
    colour: Floats
    """(3,)"""


def find_dots(patch: Patch) -> list[Dot]:
    """All round spots of a picture, strongest first, no two closer than a diameter.

    A spot differs by more than `MIN_CONTRAST` from what lies on each of eight sides of it, and is of one colour within.

    Args:
        patch: (height, width, 3) grey levels 0-255 at 2 mm a pixel.
    """
    found: list[Dot] = []
    for radius in RADII_PX:
        inside = cv2.filter2D(patch, -1, _disk(0.75 * radius))
        spread = np.sqrt(np.maximum(cv2.filter2D(patch**2, -1, _disk(0.75 * radius)) - inside**2, 0).mean(axis=2))
        around = cv2.filter2D(patch, -1, _disk(0.4 * radius))
        h, w = patch.shape[:2]
        rim = int(np.ceil(1.7 * radius))
        contrast = np.full((h, w), np.inf, np.float32)
        for angle in np.arange(8) * np.pi / 4:
            dx, dy = round(1.65 * radius * np.cos(angle)), round(1.65 * radius * np.sin(angle))
            side = np.roll(around, (-dy, -dx), axis=(0, 1))
            contrast = np.minimum(contrast, np.sqrt(((inside - side) ** 2).mean(axis=2)))
        contrast[:rim], contrast[-rim:], contrast[:, :rim], contrast[:, -rim:] = 0, 0, 0, 0
        peaks = (contrast == cv2.dilate(contrast, np.ones((7, 7), np.uint8))) & (contrast > MIN_CONTRAST)
        for y, x in np.argwhere(peaks & (spread < MAX_UNEVEN * contrast)):
            spot = Dot(np.array([x, y], float), radius, float(contrast[y, x]), inside[y, x].astype(float))
            found.append(spot)
    found.sort(key=lambda d: d.contrast, reverse=True)
    kept: list[Dot] = []
    for dot in found:
        if all(np.hypot(*(dot.xy - other.xy)) > 2 * max(dot.radius_px, other.radius_px) for other in kept):
            kept.append(dot)
    return [centred(patch, dot) or dot for dot in kept]


def find_pair(patch: Patch, near_x: float, reach_px: float) -> tuple[Dot, Dot] | None:
    """The lower and the upper dot of a pair near a vertical line: alike in size and colour, one roughly above the other.

    Args:
        patch: averaged standing picture, (height, width, 3).
        near_x: where the line is, patch pixels.
        reach_px: how far off it a dot may be, patch pixels.

    Returns:
        Of several pairs the one with the most contrast; None when there is none.
    """
    near = [d for d in find_dots(patch) if abs(d.xy[0] - near_x) <= reach_px]
    best: tuple[float, tuple[Dot, Dot]] | None = None
    for i, a in enumerate(near):
        for b in near[i + 1 :]:
            apart = abs(a.xy[1] - b.xy[1])
            same = float(np.sqrt(((a.colour - b.colour) ** 2).mean()))
            lean = abs(a.xy[0] - b.xy[0]) / max(apart, 1e-6)
            if not APART_PX[0] <= apart <= APART_PX[1] or lean > 0.35 or same > 0.5 * min(a.contrast, b.contrast):
                continue
            if not 0.6 < a.radius_px / b.radius_px < 1.67:
                continue
            worth = min(a.contrast, b.contrast) - 0.5 * same
            if best is None or worth > best[0]:
                best = (worth, (a, b) if a.xy[1] > b.xy[1] else (b, a))
    return best[1] if best else None


def find_again(patch: Patch, dot: Dot, expected: Floats, reach_px: float) -> Dot | None:
    """A known dot in another picture.

    Args:
        patch: (height, width, 3), at the scale the dot was found in.
        dot: as seen standing.
        expected: (2,) where it should be, patch pixels.
        reach_px: how far from there it may be.

    Returns:
        The dot at its new centre; None when nothing within reach looks like it.
    """
    x, y = expected
    r = reach_px + 3 * dot.radius_px
    h, w = patch.shape[:2]
    x0, y0 = max(0, int(x - r)), max(0, int(y - r))
    x1, y1 = min(w, int(x + r) + 2), min(h, int(y + r) + 2)
    if x1 - x0 < 4 * dot.radius_px or y1 - y0 < 4 * dot.radius_px:
        return None
    part = np.ascontiguousarray(patch[y0:y1, x0:x1])
    far = np.sqrt(((cv2.filter2D(part, -1, _disk(0.75 * dot.radius_px)) - dot.colour) ** 2).mean(axis=2))
    ys, xs = np.mgrid[y0:y1, x0:x1]
    far[np.hypot(xs - x, ys - y) > reach_px] = np.inf
    far = far + 0.5 * np.hypot(xs - x, ys - y)
    at = np.unravel_index(int(far.argmin()), far.shape)
    if not np.isfinite(far[at]) or far[at] > dot.contrast:
        return None
    return centred(patch, Dot(np.array([xs[at], ys[at]], float), dot.radius_px, dot.contrast, dot.colour))


def centred(patch: Patch, dot: Dot) -> Dot | None:
    """The dot at its centre of colour, finer than a pixel; None when it has no contrast there."""
    xy, colour = dot.xy, dot.colour
    h, w = patch.shape[:2]
    reach = int(np.ceil(2.2 * dot.radius_px))
    contrast = 0.0
    for _ in range(4):
        cx, cy = round(float(xy[0])), round(float(xy[1]))
        if not reach <= cx < w - reach or not reach <= cy < h - reach:
            return None
        part = patch[cy - reach : cy + reach + 1, cx - reach : cx + reach + 1].astype(float)
        ys, xs = np.mgrid[cy - reach : cy + reach + 1, cx - reach : cx + reach + 1]
        distance = np.hypot(xs - xy[0], ys - xy[1])
        ring = part[(distance > 1.5 * dot.radius_px) & (distance < 2.2 * dot.radius_px)]
        core = part[distance < 0.6 * dot.radius_px]
        if not len(ring) or not len(core):
            return None
        ground, colour = np.median(ring, axis=0), np.median(core, axis=0)
        along = colour - ground
        contrast = float(np.sqrt((along**2).mean()))
        if contrast < FOUND_AGAIN * max(MIN_CONTRAST, 0.6 * dot.contrast):
            return None
        # 1 at the dot's own colour, a half where half is ground, 0 for anything else, bright soles included
        unlike = np.sqrt(((part - colour) ** 2).mean(axis=2)) / contrast
        weight = np.clip(1.5 - 2 * unlike, 0, 1) * (distance < 1.5 * dot.radius_px)
        total = weight.sum()
        if total < 3:
            return None
        before, xy = xy, np.array([(weight * xs).sum() / total, (weight * ys).sum() / total])
        if np.abs(xy - before).max() < STILL_PX:
            break
    return Dot(xy, dot.radius_px, contrast, colour)


def _disk(radius: float) -> Patch:
    """An averaging kernel."""
    reach = int(np.ceil(radius))
    ys, xs = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    kernel = np.clip(radius + 0.5 - np.hypot(xs, ys), 0, 1).astype(np.float32)
    return np.asarray(kernel / kernel.sum(), np.float32)
