"""Where a calf's sides are sought: as far from each other as a calf is wide, whatever else has an edge there."""

import numpy as np
import pytest

from gait.rearfoot import calf, shank
from gait.rearfoot.frame import SHANK_COLUMN, SHANK_HALF_WIDTH, shank_columns, shank_rows
from tests.unit.rearfoot.test_shank import degrees, strip


def edges(middle: float, slope: float, scale: float) -> np.ndarray:
    """(2, rows, columns) faint edges of a calf as drawn."""
    rows = shank_rows()
    half = scale * np.interp(rows, calf.USUAL_ROWS, calf.USUAL_HALF_WIDTH)
    axis = middle + slope * (rows - calf.PIVOT)
    across = np.arange(len(shank_columns())) * SHANK_COLUMN - SHANK_HALF_WIDTH
    drawn = [np.exp(-(((across - side[:, None]) / 0.01) ** 2) / 2) for side in (axis - half, axis + half)]
    return 0.3 * np.array(drawn, np.float32)


@pytest.mark.parametrize(("middle", "slope", "scale"), [(0.0, 0.0, 1.0), (-0.05, 0.08, 0.85), (0.06, -0.1, 1.2)])
def test_a_calf_s_own_edges_stay_as_they_are(middle: float, slope: float, scale: float) -> None:
    drawn = edges(middle, slope, scale)
    near = calf.near_usual(drawn)
    assert near.sum() > 0.9 * drawn.sum()
    assert (near.argmax(axis=2) == drawn.argmax(axis=2)).all()


def test_a_stronger_edge_that_is_no_calf_s_fades() -> None:
    """A post to the left of the calf from top to bottom, three times as strong."""
    drawn = edges(0.0, 0.03, 1.0)
    column = round((-0.24 + SHANK_HALF_WIDTH) / SHANK_COLUMN)
    drawn[0][:, column] = 0.9
    near = calf.near_usual(drawn)
    assert near[0][:, column].max() < 0.01
    assert (near[0].max(axis=1) > 0.25).all()


def test_a_post_behind_a_faint_leg_does_not_draw_the_axis() -> None:
    """The leg differs from the wall by a seventh of what skin does; a post stands to its left from top to bottom."""
    picture = 96 + 0.15 * (strip().astype(float) - 96)
    columns = shank_columns()
    picture[:, (columns > -0.25) & (columns < -0.2)] = (120, 90, 72)
    found = shank.find_outline([picture.clip(0, 255).astype(np.uint8)])
    assert degrees(found.slope) == pytest.approx(0.0, abs=1.0)
