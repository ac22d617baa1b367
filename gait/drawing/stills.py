"""Freeze frames and step thumbnails: part of one frame, enlarged, with the shank and heel lines and the angle between them.

Line colours are the dashboard's: shank white, heel yellow, edged in black so that they stand out on any shoe and skin.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image, ImageDraw

from gait.drawing.fonts import lettering
from gait.drawing.palette import EDGE_RGB, HEEL_RGB, SHANK_RGB
from gait.landmarks import Side
from gait.model import Crop, Floats, Picture
from gait.words import number

PILL_RGB = (22, 26, 32)

STILL_SIZE_PX = (720, 900)
"""Width, height of a freeze frame: enough for a print at 7 cm and 250 dpi, little enough to send."""
THUMB_SIZE_PX = (400, 500)
"""Holds all that a 1080p clip shows of a lower leg: the freeze frame and hand corrections are drawn on it."""
LEG_HEIGHT = 1.25
"""Height shown over the distance from the heel line's lower end to the shank line's upper end."""
SUBPIXEL_BITS = 4
MIN_DRAWN_DEG = 0.05
"""Angles below this have no arc."""


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A plain small picture; picture point = (x0_px, y0_px) + (column, row) / scale."""

    image: Picture
    x0_px: float
    y0_px: float
    scale: float


def step_thumbnail(crop: Crop, shank_px: Floats, heel_px: Floats) -> Thumbnail:
    """The lower leg of one step, no lines drawn: whoever shows it draws them, or not.

    Args:
        crop: Of the step's frame, at the clip's own resolution.
        shank_px: (2, 2) lower end, upper end in picture coordinates. They say what is shown; with NaN the whole crop is.
        heel_px: (2, 2) likewise.
    """
    return _window(crop, shank_px, heel_px, THUMB_SIZE_PX)


def peak_still(crop: Crop, shank_px: Floats, heel_px: Floats, side: Side, angle_deg: float) -> Picture:
    """The freeze frame of one step: the lower leg enlarged, with both lines and `angle_deg` drawn on it.

    Args:
        crop: Of the step's frame, at the clip's own resolution.
        shank_px: (2, 2) lower end, upper end in picture coordinates; NaN draws nothing.
        heel_px: (2, 2) likewise.
        side: Whose foot it is.
        angle_deg: The number shown, eversion positive.
    """
    window = _window(crop, shank_px, heel_px, STILL_SIZE_PX)
    origin = np.array([window.x0_px, window.y0_px])
    return draw_lines(
        window.image, (shank_px - origin) * window.scale, (heel_px - origin) * window.scale, side, angle_deg
    )


def draw_lines(image: Picture, shank_px: Floats, heel_px: Floats, side: Side, angle_deg: float) -> Picture:
    """A copy of `image` with the lines, given in its own pixels, and the angle as an arc with its number.

    The arc opens from where the heel line would be at 0° (dashed: the shank's direction, or the heel as it stands when
    the angle is referred to standing) to the heel line. Nothing is drawn when a line is not finite.

    Args:
        image: (height, width, 3) RGB.
        shank_px: (2, 2) lower end, upper end in the image's own pixels.
        heel_px: (2, 2) likewise.
        side: Whose foot it is: the arc opens inward for eversion.
        angle_deg: Eversion positive; with NaN the lines stand alone.
    """
    canvas = image.copy()
    if not (np.isfinite(shank_px).all() and np.isfinite(heel_px).all()):
        return canvas
    size = max(canvas.shape[0] / STILL_SIZE_PX[1], 0.2)
    pivot, top = heel_px
    length = float(np.hypot(*(top - pivot)))
    if not np.isfinite(angle_deg):
        _line(canvas, shank_px[0], shank_px[1], SHANK_RGB, 4 * size)
        _line(canvas, pivot, top, HEEL_RGB, 5 * size)
        return canvas
    up = (top - pivot) / max(length, 1e-6)
    # Turning the heel line back by its angle: eversion tilts the top inward, to -lateral_sign in the picture.
    back = np.radians(side.lateral_sign * angle_deg)
    zero = np.array([up[0] * np.cos(back) - up[1] * np.sin(back), up[0] * np.sin(back) + up[1] * np.cos(back)])
    # Long enough to see the angle, short enough to stay off the shank line.
    reach = max(length, min(2.1 * length, 0.45 * float(np.hypot(*(shank_px[1] - pivot)))))
    _wedge(canvas, pivot, zero, up, 0.83 * reach, size)
    _dashed(canvas, pivot, pivot + zero * reach, size)
    shank_up = (shank_px[1] - shank_px[0]) / max(float(np.hypot(*(shank_px[1] - shank_px[0]))), 1e-6)
    _line(canvas, shank_px[0] - 0.15 * length * shank_up, shank_px[1] + 0.15 * length * shank_up, SHANK_RGB, 4 * size)
    _line(canvas, pivot - 0.25 * length * up, pivot + up * reach, HEEL_RGB, 5 * size)
    ends = pivot + np.stack([zero, up]) * 0.83 * reach
    return _number(canvas, ends, side, angle_deg, size)


def put_text(
    image: Picture, texts: list[tuple[str, tuple[float, float], float, tuple[int, int, int], str]], pill: bool = True
) -> Picture:
    """A copy with texts (words, anchor point, height px, colour, PIL anchor), each on a dark rounded plate if `pill`."""
    picture = Image.fromarray(image)
    draw = ImageDraw.Draw(picture, "RGBA")
    for words, at, height, colour, anchor in texts:
        font = lettering(words, max(8, round(height)))
        if pill:
            x0, y0, x1, y1 = draw.textbbox(at, words, font=font, anchor=anchor)
            pad = 0.38 * height
            draw.rounded_rectangle((x0 - pad, y0 - pad, x1 + pad, y1 + pad), 0.45 * height, fill=(*PILL_RGB, 215))
        draw.text(at, words, font=font, fill=colour, anchor=anchor)
    return np.asarray(picture)


def _window(crop: Crop, shank_px: Floats, heel_px: Floats, size_px: tuple[int, int]) -> Thumbnail:
    """The part of the crop that shows foot and lower leg, at `size_px`; beyond the crop the border is repeated.

    Without finite lines: the whole crop's height.
    """
    width, height = size_px
    low, high = heel_px[0], shank_px[1]
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        h, w = crop.image.shape[:2]
        low = np.array([crop.x0_px + w / 2, crop.y0_px + 0.9 * h])
        high = low - np.array([0.0, 0.8 * h])
    tall = max(LEG_HEIGHT * float(np.hypot(*(high - low))), 16.0)
    scale = height / tall
    x0 = float((0.65 * low[0] + 0.35 * high[0]) - width / scale / 2)
    y0 = float(low[1] - 0.84 * tall)
    move = np.array([[scale, 0, -(x0 - crop.x0_px) * scale], [0, scale, -(y0 - crop.y0_px) * scale]])
    how = cv2.INTER_CUBIC if scale >= 1 else cv2.INTER_AREA
    image = cv2.warpAffine(crop.image, move, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE)
    return Thumbnail(np.asarray(image, np.uint8), x0, y0, scale)


def _fixed(point: Floats) -> tuple[int, int]:
    x, y = np.round(np.asarray(point) * (1 << SUBPIXEL_BITS)).astype(int)
    return int(x), int(y)


def _line(image: Picture, a: Floats, b: Floats, colour: tuple[int, int, int], thick: float) -> None:
    for c, extra in ((EDGE_RGB, max(2.0, 0.8 * thick)), (colour, 0.0)):
        cv2.line(image, _fixed(a), _fixed(b), c, max(1, round(thick + extra)), cv2.LINE_AA, SUBPIXEL_BITS)


def _dashed(image: Picture, a: Floats, b: Floats, size: float) -> None:
    length = float(np.hypot(*(b - a)))
    n = max(2, round(length / (22 * size)))
    for i in range(n):
        _line(image, a + (b - a) * (i + 0.2) / n, a + (b - a) * (i + 0.75) / n, SHANK_RGB, 3 * size)


def _wedge(image: Picture, pivot: Floats, zero: Floats, up: Floats, radius: float, size: float) -> None:
    """The angle as a see-through sector with an edged arc."""
    start = np.arctan2(zero[1], zero[0])
    span = np.arctan2(zero[0] * up[1] - zero[1] * up[0], float(zero @ up))
    if abs(np.degrees(span)) < MIN_DRAWN_DEG:
        return
    turn = start + np.linspace(0, span, 24)
    arc = pivot + radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    tint = image.copy()
    cv2.fillPoly(
        tint,
        [np.round(np.vstack([pivot, arc]) * (1 << SUBPIXEL_BITS)).astype(np.int32)],
        HEEL_RGB,
        cv2.LINE_AA,
        SUBPIXEL_BITS,
    )
    cv2.addWeighted(tint, 0.35, image, 0.65, 0, dst=image)
    for a, b in pairwise(arc):
        cv2.line(image, _fixed(a), _fixed(b), HEEL_RGB, max(1, round(3 * size)), cv2.LINE_AA, SUBPIXEL_BITS)


def _number(image: Picture, ends: Floats, side: Side, angle_deg: float, size: float) -> Picture:
    """The number beside the arc (`ends` (2, 2)), on the outside of the leg, where the other leg is not."""
    height, width = image.shape[:2]
    outward = side.lateral_sign
    x = float(max(ends[:, 0] * outward)) * outward + outward * 48 * size
    x = float(np.clip(x, 200 * size, width - 200 * size)) if width > 400 * size else width / 2
    y = float(np.clip(ends[:, 1].mean(), 60 * size, height - 60 * size))
    words = f"{number(angle_deg, 1)}°"
    return put_text(image, [(words, (x, y), 54 * size, HEEL_RGB, "lm" if outward > 0 else "rm")])
