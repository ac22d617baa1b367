"""One set of colours: what cannot import it names the same."""

import re
from pathlib import Path

import pytest

from gait.drawing.figures import GREY, INK, RULE, ZERO
from gait.drawing.palette import HEEL_RGB, SHANK_RGB, SIDE_RGB, css
from gait.landmarks import Side

ROOT = Path(__file__).resolve().parents[3]
LEFT, RIGHT = css(SIDE_RGB[Side.LEFT]), css(SIDE_RGB[Side.RIGHT])


@pytest.mark.parametrize(
    ("path", "colours"),
    [
        ("gait/ui/style.css", (LEFT, RIGHT, css(HEEL_RGB))),
        ("gait/ui/parts/steps.js", (css(SHANK_RGB), css(HEEL_RGB))),
        ("gait/ui/pages/record.js", (css(HEEL_RGB),)),
        ("gait/report/style.typ", (LEFT, RIGHT)),
        (".streamlit/config.toml", (LEFT, RIGHT)),
    ],
)
def test_style_sheets_and_templates_name_the_palette(path, colours):
    text = (ROOT / path).read_text(encoding="utf-8").upper()
    for colour in colours:
        assert colour in text


@pytest.mark.parametrize("colour", [INK, GREY, RULE, ZERO, LEFT, RIGHT])
def test_every_colour_of_a_chart_has_its_like_on_a_dark_screen(colour):
    """The style sheet knows a chart's lines and words by the colour that Plotly writes at each."""
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    dark = (ROOT / "gait/ui/style.css").read_text(encoding="utf-8").partition("prefers-color-scheme: dark")[2]
    assert re.search(rf'style\*="(fill|stroke): rgb\({r}, {g}, {b}\)"', dark)
