"""Small drawings in SVG and pictures as HTML: what a person would rather look at than read."""

import base64
import html
import math
from pathlib import Path

import cv2
import numpy as np

from gait.drawing.figures import COLOUR
from gait.landmarks import Side
from gait.model import Estimate, Picture
from gait.results.result import Limits
from gait.words import number, phrase

ZONES = {"under": "#DFE3F1", "neutral": "#CBE3DA", "over": "#F7DFBB"}
"""Pale, told apart by lightness and position as well as hue; each carries its word."""
_GUIDE = ("page-guide_camera", "page-guide_picture", "page-guide_order", "page-guide_light")


def scale(value: Estimate, limits: Limits, side: Side) -> str:
    """The value with its interval on the band under / neutral / over for the speed, as HTML boxes placed in per cent."""
    mean, (low, high) = value.value, value.ci95
    under, over = limits.under_deg, limits.over_deg
    reach = max(6.0, over - under)
    left, right = min(under - reach, low - 1.5), max(over + reach, high + 1.5)

    def x(deg: float) -> float:
        return 100 * (deg - left) / (right - left)

    zones = "".join(
        f'<i style="left:{x(a):.2f}%;width:{x(b) - x(a):.2f}%;background:{ZONES[name]}"></i>'
        for name, a, b in (("under", left, under), ("neutral", under, over), ("over", over, right))
    )
    ticks = "".join(f'<u style="left:{x(limit):.2f}%">{number(limit, 1)}°</u>' for limit in (under, over))
    names = "".join(
        f'<q style="left:{(x(a) + x(b)) / 2:.2f}%">{phrase(f"zone-{name}")}</q>'
        for name, a, b in (("under", left, under), ("neutral", under, over), ("over", over, right))
    )
    told = {"value": mean, "low": low, "high": high, "under": under, "over": over}
    said = html.escape(phrase("page-scale", **{name: number(deg, 1) for name, deg in told.items()}))
    return (
        f'<div class="g-scale" role="img" aria-label="{said}"><div class="g-zones">{zones}</div>{names}{ticks}'
        f'<s style="left:{x(low):.2f}%;width:{x(high) - x(low):.2f}%;background:{COLOUR[side]}"></s>'
        f'<em style="left:{x(mean):.2f}%;background:{COLOUR[side]}"></em>'
        f'<b style="left:{min(max(x(mean), 7), 93):.2f}%">{number(mean, 1)}°</b></div>'
    )


def drawn(svg: str, alt: str = "", css_class: str = "") -> str:
    """An SVG drawing as an image element: streamlit takes bare SVG out of HTML. It cannot use the page's fonts."""
    uri = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    return f'<img class="{css_class}" src="{uri}" alt="{html.escape(alt)}">'


def packed(picture: Picture, longest_px: int) -> str:
    """A picture (height, width, 3) in red, green and blue as a data address, shrunk to keep the page light."""
    height, width = picture.shape[:2]
    scale = min(1.0, longest_px / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode()


def thumb(path: Path, longest_px: int) -> tuple[int, int, str]:
    """A picture file's own width and height, and the picture as a data address, shrunk and packed to keep the page light.

    The address is empty when the file cannot be read.
    """
    image = cv2.imread(str(path))
    if image is None:
        return 0, 0, ""
    height, width = image.shape[:2]
    factor = longest_px / max(height, width)
    if factor < 1:
        image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    good, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 86])
    return width, height, "data:image/jpeg;base64," + base64.b64encode(packed.tobytes()).decode() if good else ""


def shoe(category: str) -> str:
    """A shoe seen from its inner side; the sole shows what the category adds."""
    wedge = ""
    if category in ("stability", "motion-control"):
        reach = 70 if category == "stability" else 108
        wedge = f'<path d="M14 60h{reach}l-10 13H17q-5 0-5-6z" fill="#14424F"/>'
    return drawn(
        '<svg xmlns="http://www.w3.org/2000/svg" width="170" height="84" viewBox="0 0 170 84">'
        '<path d="M14 58V22q0-7 7-6l13 3q6 2 9-3l3-5q3-4 8-1 18 24 45 32l36 8q17 4 19 11z" fill="#E9E5DB" '
        'stroke="#17252B" stroke-width="2.2" stroke-linejoin="round"/>'
        '<path d="M62 22l11-7M71 31l11-8M82 38l10-9" stroke="#17252B" stroke-width="2.2" stroke-linecap="round"/>'
        '<path d="M12 58h143q4 15-9 15H18q-8 0-8-8z" fill="#fff" stroke="#17252B" stroke-width="2.2" '
        f'stroke-linejoin="round"/>{wedge}</svg>',
        css_class="g-shoe",
    )


def filming_guide() -> str:
    """How to film, as a drawing with four short lines."""

    def leg(x: float, tilt_deg: float, lift: float) -> str:
        dx = 34 * math.sin(math.radians(tilt_deg))
        return (
            f'<path d="M{x} {92 - lift}v66" stroke="#C9A98D" stroke-width="17" stroke-linecap="round"/>'
            f'<path d="M{x + dx - 12} {160 - lift}h24l4 30q0 8-8 8h-16q-8 0-8-8z" fill="#14424F" '
            f'transform="rotate({tilt_deg} {x} {190 - lift})"/>'
        )

    return (
        drawn(
            '<svg xmlns="http://www.w3.org/2000/svg" width="360" height="300" viewBox="0 0 360 300">'
            '<rect x="62" y="18" width="236" height="216" rx="12" fill="#FBFAF7" stroke="#17252B" stroke-width="2.2"/>'
            '<path d="M96 200h168l26 33H70z" fill="#DAD6CB"/>'
            f"{leg(150, 0, 0)}{leg(212, 0, 22)}"
            '<path d="M121 52h118q0 32-10 46h-40l-9-18-9 18h-40q-10-14-10-46z" fill="#66747A"/>'
            '<g stroke="#D55E00" stroke-width="2.4" fill="none" stroke-linecap="round">'
            '<path d="M84 140V122h18M84 206v18h18M276 140V122h-18M276 206v18h-18"/></g>'
            '<path d="M180 242v18" stroke="#66747A" stroke-width="2" stroke-dasharray="3 4"/>'
            '<rect x="156" y="262" width="48" height="30" rx="6" fill="#17252B"/>'
            '<circle cx="180" cy="277" r="9" fill="#F6F5F1"/><circle cx="180" cy="277" r="4.5" fill="#17252B"/>'
            "</svg>",
            alt=phrase("page-guide"),
        )
        + f"<ol>{''.join(f'<li>{phrase(line)}</li>' for line in _GUIDE)}</ol>"
    )
