"""A figure of your own from the filtered points: how far the knees are apart in mid-stance, in percent of the hips' breadth.

python examples/own_metric.py [RUN.mp4]
"""

import sys
from pathlib import Path

import numpy as np

from gait import places
from gait.landmarks import Landmark, Side
from gait.model import Estimate
from gait.pipeline import analyse

analysis = analyse(Path(sys.argv[1]) if len(sys.argv) > 1 else places.sample_run())
moves, events = analysis.trajectories, analysis.events
if moves is None or events is None:
    sys.exit("refused")


def x_px(joint: str, side: Side) -> np.ndarray:
    """(n,) where a joint is, across the picture; NaN where it was not seen."""
    return moves.points_px[:, Landmark.of(side, joint), 0]


knees_px = np.abs(x_px("knee", Side.RIGHT) - x_px("knee", Side.LEFT))
hips_px = np.nanmedian(np.abs(x_px("hip", Side.RIGHT) - x_px("hip", Side.LEFT)))
for side in Side:
    middles_s = events.feet[side].stances_s().mean(axis=1)  # one a step
    apart = 100 * np.interp(middles_s, moves.times_s, knees_px) / hips_px
    apart = apart[np.isfinite(apart)]
    # This interval holds the steps' scatter alone. What all steps share (a tracker's own bias) must be added: see docs/add_a_metric.md.
    print(side, Estimate.from_sd(np.mean(apart), np.std(apart, ddof=1) / np.sqrt(len(apart))))
