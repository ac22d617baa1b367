"""Where the counter lies on a standing heel: a stretch that is much of one colour, between the collar's edge and the midsole's.

How high it is in the picture depends on the camera: seen from above it is shorter, and farther below where the tracker has the heel. So
each stretch of the heel's middle that may be the counter is weighed, of every height and at every place. A sock is of one colour too, but
a midsole and the floor do not follow it.
"""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from gait.model import Floats
from gait.rearfoot.frame import UNITS, HeelPicture, expected_heel
from gait.rearfoot.heel import MIDDLE
from gait.rearfoot.marks import Pair

EXPECTED = MIDDLE
"""Leg lengths above the sole's expected back edge: the middle of the counter, as the tracker's points have it."""
LOWER_PX = np.arange(-16, 33)
"""Patch pixels below that: where the counter is sought. The tracker's heel is off by up to 30 (60 mm) where the camera stands high."""
HEIGHTS_PX = np.arange(24, 42, 3)
"""Of the counter, from the collar's edge to the midsole's, in the picture."""
USUAL_HEIGHT_PX = 32
FLOOR_PX = range(6, 18)
"""Rows below its lower end: where a midsole ends and the floor begins. Below a sock a whole counter follows."""
MIDDLE_PX, CHANGE_OVER_PX, EDGE_PX, MOST_LEVELS = 6, 2, 2, 30.0
"""Columns to either side of the leg's axis; rows to either side between which colours are compared; how far from its place an edge may lie; and the
change, in grey levels, above which an edge is no likelier to be one."""
WEIGHTS: Mapping[str, float] = {
    "within": -0.320,
    "collar": 0.131,
    "midsole": 0.147,
    "floor": 0.0503,
    "lower": 0.0757,
    "lower_squared": -0.0019,
    "height": -0.0037,
}
"""What each counts for, in log likelihood: learnt by `validation/train_place.py`."""


def weighed(pictures: Sequence[HeelPicture], middle_px: float) -> Floats:
    """What speaks for each stretch.

    Args:
        pictures: of quiet standing, alike, all cut at the same place.
        middle_px: where the leg's axis meets the counter, patch pixels to the right of the expected sole.

    Returns:
        (places, heights, features), in the order of `LOWER_PX`, `HEIGHTS_PX` and `WEIGHTS`. The mean change of colour within it and the
        strongest at its upper end, its lower end and at `FLOOR_PX` (grey levels over 4 rows), how much lower than expected it lies and the square of
        that, and how far its height is from the usual, squared.
    """
    ax, ay = expected_heel(pictures[0])
    image = np.median(np.stack([p.image for p in pictures]), axis=0).astype(np.float32)
    first = int(np.clip(round(ax + middle_px) - MIDDLE_PX, 0, image.shape[1] - 2 * MIDDLE_PX - 1))
    band = cv2.GaussianBlur(np.ascontiguousarray(image[:, first : first + 2 * MIDDLE_PX + 1]), (0, 0), 1.0)
    n, last = CHANGE_OVER_PX, len(band) - 1
    change = np.zeros(len(band))
    change[n:-n] = np.median(np.linalg.norm(band[2 * n :] - band[: -2 * n], axis=2), axis=1)
    change = np.minimum(change, MOST_LEVELS)
    edge = cv2.dilate(change[:, None], np.ones((2 * EDGE_PX + 1, 1)))[:, 0]
    so_far = np.concatenate([[0.0], np.cumsum(change)])

    middle = round(ay - EXPECTED * UNITS) + LOWER_PX[:, None]
    top, bottom = (np.clip(middle + up * (HEIGHTS_PX // 2), 0, last) for up in (-1, 1))
    inner_top, inner_bottom = top + 2 * EDGE_PX, np.maximum(bottom - 2 * EDGE_PX, top + 2 * EDGE_PX)
    inner_top, inner_bottom = np.minimum(inner_top, last), np.minimum(inner_bottom, last)
    within = (so_far[inner_bottom + 1] - so_far[inner_top]) / (inner_bottom + 1 - inner_top)
    floor = np.max([change[np.minimum(bottom + below, last)] for below in FLOOR_PX], axis=0)
    lower = np.broadcast_to(LOWER_PX[:, None].astype(float), within.shape)
    unusual = np.broadcast_to((HEIGHTS_PX - USUAL_HEIGHT_PX) ** 2.0, within.shape)
    return np.stack([within, edge[top], edge[bottom], floor, lower, lower**2, unusual], axis=-1)


def raised_by(pictures: Sequence[HeelPicture], middle_px: float) -> float:
    """How much higher than expected the standing counter lies, leg lengths: negative where it lies lower.

    Args:
        pictures: as in `weighed`.
        middle_px: likewise.
    """
    likely = weighed(pictures, middle_px) @ np.array(list(WEIGHTS.values()))
    # every height may be the counter's
    of_places = np.logaddexp.reduce(likely, axis=1)
    return -float(LOWER_PX[int(of_places.argmax())]) / UNITS


def raised_to(dots: Pair, picture: HeelPicture) -> float:
    """The same for a heel that wears dots: the counter's middle is midway between them. They would be taken for its edges."""
    middle = (dots[0].xy[1] + dots[1].xy[1]) / 2
    return float(expected_heel(picture)[1] - EXPECTED * UNITS - middle) / UNITS
