"""How a store signs its PDFs: its name, its logo and its colour."""

import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gait.errors import GaitError

COLOUR = "#14424f"
"""Of a store that named none."""
LEAST_CONTRAST = 4.5
"""Of small letters on white: WCAG 2.2, success criterion 1.4.3."""
MOST_LOGO_BYTES = 20 << 20
LOGO_PX = 640
"""A logo is made no wider or higher than this: 45 mm of paper at 360 dots an inch."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Brand:
    """As the store set it up."""

    name: str = ""
    colour: str = COLOUR
    """`#rrggbb`, dark enough for small letters on white."""
    logo: bytes = b""
    """A PNG; empty where there is none."""


def read_brand(name: str = "", logo: Path | None = None, colour: str = "") -> Brand:
    """The brand as it was typed.

    Args:
        name: The store's.
        logo: A PNG or JPEG.
        colour: `#rrggbb`; empty takes the usual one.

    Raises:
        GaitError: The logo is no picture, or the colour none that can be read on white.
    """
    colour = colour.strip().lower()
    if colour and not _COLOUR.fullmatch(colour):
        raise GaitError("bad_brand", "colour", colour=colour[:40])
    if colour and contrast_on_white(colour) < LEAST_CONTRAST:
        raise GaitError("bad_brand", "pale", colour=colour, least=LEAST_CONTRAST, contrast=contrast_on_white(colour))
    return Brand(" ".join(name.split()), colour or COLOUR, _logo(logo) if logo is not None else b"")


def contrast_on_white(colour: str) -> float:
    """Contrast ratio by WCAG 2.2: 1 for white, 21 for black.

    Example:
        >>> contrast_on_white("#ffffff"), contrast_on_white("#000000")
        (1.0, 21.0)
    """
    shares = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float(round(1.05 / (float(linear @ (0.2126, 0.7152, 0.0722)) + 0.05), 4))


def _logo(path: Path) -> bytes:
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST_LOGO_BYTES else b""
        picture = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_UNCHANGED) if raw else None
    except (OSError, cv2.error) as error:
        raise GaitError("bad_brand", "logo", file=path.name) from error
    if picture is None:
        raise GaitError("bad_brand", "logo", file=path.name)
    factor = LOGO_PX / max(picture.shape[:2])
    if factor < 1:
        size = tuple(max(1, round(side * factor)) for side in picture.shape[1::-1])
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".png", picture)[1].tobytes())
