"""Is whoever stands built as the one who runs? Seen from one place a body has one size, whatever it wears."""

import numpy as np

from gait.landmarks import Landmark
from gait.model import Floats, PoseTrack
from gait.quality.skeleton import skeleton


def compare_bodies(run: PoseTrack, standing: PoseTrack, enlarged: float) -> Floats:
    """(2,) shoulder width and torso length standing over running, as natural logarithms; NaN = not seen.

    Medians over the frames with a plausible person: arms swing and shoulders turn, which takes a little off the run's.

    Args:
        run: The runner, followed.
        standing: The person in the standing clip, filmed from the same place.
        enlarged: How many times larger the run's picture shows things.
    """
    return np.asarray(np.log(enlarged) + _sizes(standing) - _sizes(run))


def _sizes(track: PoseTrack) -> Floats:
    """(2,) logarithms of pixels."""
    body = skeleton(track.landmarks_px)
    if not body.plausible.any():
        return np.full(2, np.nan)
    points = track.landmarks_px[body.plausible]
    across = points[:, Landmark.LEFT_SHOULDER] - points[:, Landmark.RIGHT_SHOULDER]
    return np.asarray(np.log([float(np.median(np.linalg.norm(across, axis=1))), body.torso_px]), float)
