"""The colours that mean something, once for charts, freeze frames and the overlay.

The left foot is blue and the right vermilion: Okabe & Ito's palette, told apart with every common colour blindness. Style sheets
and the PDF's template cannot import this; a test holds that they name the same colours.
"""

from gait.landmarks import Side

Rgb = tuple[int, int, int]

SIDE_RGB: dict[Side, Rgb] = {Side.LEFT: (0, 114, 178), Side.RIGHT: (213, 94, 0)}
BRIGHT_RGB: dict[Side, Rgb] = {Side.LEFT: (86, 180, 233), Side.RIGHT: (255, 148, 60)}
"""Their lighter sisters, for thin lines on video."""
SHANK_RGB: Rgb = (255, 255, 255)
HEEL_RGB: Rgb = (255, 212, 0)
EDGE_RGB: Rgb = (16, 18, 22)
"""Round both lines, so that they stand out on any shoe and skin."""


def css(rgb: Rgb, alpha: float | None = None) -> str:
    """The colour as a style sheet writes it.

    Example:
        >>> css(HEEL_RGB), css(HEEL_RGB, 0.5)
        ('#FFD400', 'rgba(255,212,0,0.50)')
    """
    if alpha is None:
        return "#{:02X}{:02X}{:02X}".format(*rgb)
    return f"rgba({rgb[0]},{rgb[1]},{rgb[2]},{alpha:.2f})"
