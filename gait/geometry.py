"""Lines in the picture and their angles: the one home of every sign convention.

Picture coordinates have x to the right and y *down*. A line is a (2, 2) array: lower end, upper end. A tilt is measured
from the vertical, clockwise as seen on the screen, so a line whose top leans to the right has a positive tilt.
"""

import numpy as np

from gait.landmarks import Side
from gait.model import Floats


def tilt_deg(upward: Floats) -> Floats:
    """Clockwise tilt from the vertical.

    Args:
        upward: (..., 2) vectors in picture coordinates that point up along a line; any length but zero.

    Returns:
        (...) degrees, -180 to 180; NaN where a vector holds NaN.

    Example:
        >>> float(tilt_deg(np.array([1.0, -1.0])))  # one to the right, one up
        45.0
    """
    return np.asarray(np.degrees(np.arctan2(upward[..., 0], -upward[..., 1])))


def outward_tilt_deg(upward: Floats, side: Side) -> Floats:
    """Tilt of a leg's line away from the body's middle in a rear view: the top further out is positive.

    Args:
        upward: (..., 2) as in `tilt_deg`.
        side: Whose leg it is, the runner's own left or right.
    """
    return np.asarray(side.lateral_sign * tilt_deg(upward))


def eversion_deg(shank_px: Floats, heel_px: Floats, side: Side) -> float:
    """Angle of the heel line against the shank line in a rear view, eversion positive for both feet.

    Args:
        shank_px: (2, 2) lower end, upper end in picture coordinates.
        heel_px: (2, 2) likewise.
        side: Whose foot it is.

    Returns:
        Degrees, no standing angle subtracted; NaN when an end is NaN.

    Example:
        >>> shank = np.array([[0.0, 0.0], [0.0, -1.0]])  # upright
        >>> heel = np.array([[0.0, 0.0], [-1.0, -1.0]])  # its top leans to the picture's left
        >>> eversion_deg(shank, heel, Side.RIGHT), eversion_deg(shank, heel, Side.LEFT)
        (45.0, -45.0)
    """
    shank, heel = tilt_deg(np.stack([shank_px[1] - shank_px[0], heel_px[1] - heel_px[0]])).tolist()
    return float(-side.lateral_sign * (heel - shank))


def turned(line_px: Floats, clockwise_deg: float) -> Floats:
    """(2, 2) the line turned about its middle, clockwise as seen on the screen; its tilt grows by that much."""
    a = np.radians(clockwise_deg)
    rotation = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    middle = line_px.mean(axis=0)
    return np.asarray(middle + (line_px - middle) @ rotation.T)


def up_and_right(low_px: Floats, high_px: Floats) -> tuple[Floats, Floats]:
    """Unit vectors (2,) along the line from its lower to its upper end, and at right angles to it.

    The second points to the picture's right when the line is upright. Both are NaN when the ends are one point.
    """
    axis = high_px - low_px
    up = axis / float(np.hypot(*axis))
    return up, np.array([-up[1], up[0]])
