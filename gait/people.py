"""The output of a person detector: what its columns are, and which of the people could be the runner."""

from collections.abc import Sequence

import numpy as np

from gait.model import Floats

People = Sequence[tuple[float, Floats]]
"""Per frame: time_s and (k, 5) rows, best first, with hips x_px, y_px, body radius_px (all in the clip's pixels), score 0-1
and the body's turn in the picture in radians, 0 = upright. k is 0 in a frame without anybody."""

SURE_SCORE = 0.6
"""Score from which something is taken for a person. Night traffic scores 0.51-0.6 with one 0.9; runners 0.9-0.99. Measured on
MediaPipe's detector; another tracker's detector must scale its scores to this."""
SAME_SIZE = 0.5
"""Of the runner or of the largest person: smaller ones stand far behind."""
MIN_FRAMES = 5
"""With a person in them: fewer of a clip's single frames say nothing about the movement."""


def could_run(rows: Floats) -> Floats:
    """The people of one frame who could be the runner: sure, and not far behind the largest.

    Args:
        rows: (k, 5) as in `People`.

    Returns:
        Those of the rows, in the same order; empty when there are none.
    """
    if not len(rows):
        return rows
    return np.asarray(rows[(rows[:, 3] >= SURE_SCORE) & (rows[:, 2] >= SAME_SIZE * rows[:, 2].max())])
