"""The letters that the PDF and words on pictures are set in: Inter, and Noto for every script that Inter lacks.

They come with the program: one result looks the same on every computer, whatever is installed there.
"""

import re
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import manimgx_fonts
import manimgx_fonts_cjk
from fontTools.ttLib import TTFont
from PIL import ImageFont

STAND_IN = "?"
"""For letters that no font has: what would be printed instead is a black bar or an empty box."""
BOLD = 600
"""Weight of words on pictures, as Inter SemiBold has."""

_FIRST = "Inter-SemiBold.otf"
_UNSEEN = re.compile("[\\s\u200c\u200d\ufe00-\ufe0f]")
"""What needs no glyph: blanks, joiners, and the signs that choose between two looks of a letter."""


def folders() -> list[Path]:
    """Where the font files lie."""
    with as_file(files("gait.data") / "fonts") as own:
        return [own, *(Path(str(package.__file__)).parent for package in (manimgx_fonts, manimgx_fonts_cjk))]


def printable(text: str) -> str:
    """The text with a question mark for each run of letters that no font has."""
    lacking = _seen(text)
    for path in _files():
        if not lacking:
            return text
        lacking = {letter for letter in lacking if ord(letter) not in _letters(path)}
    return re.sub(f"[{re.escape(''.join(lacking))}]+", STAND_IN, text) if lacking else text


def lettering(words: str, height_px: int) -> ImageFont.FreeTypeFont:
    """The font for these words on a picture: the first that has all their letters, else the first of all."""
    wanted = {ord(letter) for letter in _seen(words)}
    return _font(next((path for path in _files() if wanted <= _letters(path)), _files()[0]), height_px)


def _seen(text: str) -> set[str]:
    """Its letters that need a glyph."""
    return {letter for letter in text if not _UNSEEN.match(letter)}


@cache
def _files() -> tuple[Path, ...]:
    """Every upright font, the bold Inter first: most texts need no other."""
    found = [p for f in folders() for p in sorted(f.iterdir()) if p.suffix in (".otf", ".ttf", ".ttc")]
    return tuple(sorted((p for p in found if "-Italic" not in p.name), key=lambda p: p.name != _FIRST))


@cache
def _letters(path: Path) -> frozenset[int]:
    """The code points that a font has; all of a collection have the same."""
    with TTFont(str(path), fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _font(path: Path, height_px: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(path), height_px)
    if path.suffix != ".otf":  # Noto's weights are in one file, and the one that comes first is often the thinnest
        font.set_variation_by_axes([BOLD])
    return font
