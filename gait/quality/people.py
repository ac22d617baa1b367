"""Who else is in the picture, by a person detector that sees more than one.

The tracker follows one figure and never mentions another. The detector's persons in a dozen frames tell early that nobody is
there, and later that somebody else is.
"""

import numpy as np

from gait.model import Finding, PoseTrack
from gait.people import SAME_SIZE, SURE_SCORE, People
from gait.quality.skeleton import skeleton
from gait.rhythm import stride_time_s

BODY_RADIUS_TORSOS = 1.8
"""The detector's circle round hips and body over the torso's length: 1.7-1.9 on runners."""
APART_RADII = 0.5
"""From the tracked hips; half a radius is about 45 cm, more than the detector's own error on one person (0.05)."""
MIN_SAMPLES = 2
"""Frames in which another person is seen: one can be a slip of the detector."""


def check_people(people: People, track: PoseTrack | None = None, chosen: bool = False) -> tuple[Finding, ...]:
    """Is anybody there; and once a runner was tracked, is there somebody besides.

    Args:
        people: Per frame its time in s and the detected persons (k, 4): x, y, radius in px and score from 0 to 1.
        track: None: is anybody there at all. Otherwise the runner, in whose frames nearest to those others are looked for;
            frames that show no person are left out.
        chosen: Staff have said who the runner is, so that others are a remark.

    Example:
        >>> [finding.code for finding in check_people([(0.0, np.empty((0, 4))), (1.0, np.empty((0, 4)))])]
        ['no_runner']
    """
    if track is None:
        return _nobody(people)
    body = skeleton(track.landmarks_px)
    if not body.plausible.any():
        return ()
    radius = BODY_RADIUS_TORSOS * body.torso_px
    samples = 0
    for time_s, persons in people:
        k = int(np.argmin(np.abs(track.times_s - time_s)))
        if not body.plausible[k] or not len(persons):
            continue
        away = np.linalg.norm(persons[:, :2] - body.hips_px[k], axis=1) > APART_RADII * radius
        samples += bool(np.any(away & (persons[:, 2] > SAME_SIZE * radius) & (persons[:, 3] >= SURE_SCORE)))
    if samples < MIN_SAMPLES:
        return ()
    runs = np.isfinite(stride_time_s(track.times_s, track.landmarks_px))
    values = {"seen": samples, "pictures": len(people)}
    if chosen:
        return (Finding("runner_chosen", "info", samples, MIN_SAMPLES, values),)
    if runs:
        return (Finding("several_people", "warn", samples, MIN_SAMPLES, values, "one_runs"),)
    return (Finding("several_people", "refuse", samples, MIN_SAMPLES, values, "followed_stands"),)


def _nobody(people: People) -> tuple[Finding, ...]:
    if not people or any(len(persons) for _, persons in people):
        return ()
    return (Finding("no_runner", "refuse", 0, 1, {"pictures": len(people)}, "nobody"),)
