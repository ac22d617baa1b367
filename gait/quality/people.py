"""Who else is in the picture, by a person detector that sees more than one.

The tracker follows one figure and never mentions another. The detector's persons in a dozen pictures tell early that nobody is
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
"""Pictures in which another person is seen: one can be a slip of the detector."""


def check_people(people: People, track: PoseTrack | None = None, chosen: bool = False) -> tuple[Finding, ...]:
    """Without a track: is anybody there at all. With it: is there somebody besides the tracked runner, whom staff may have `chosen`."""
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
    message = f"Another person is seen in {samples} of {len(people)} pictures"
    if chosen:
        told = f"{message}; the one staff chose was taken."
        return (Finding("runner_chosen", "info", told, "", samples, MIN_SAMPLES),)
    if runs:
        advice = "Look at the overlay: the skeleton must be on the runner. Ask others to step aside."
        return (
            Finding("several_people", "warn", f"{message}; the one who runs was taken.", advice, samples, MIN_SAMPLES),
        )
    return (
        Finding(
            "several_people",
            "refuse",
            f"{message}, and the one the tracker follows does not run: which one is the runner?",
            "Choose the runner on the New analysis page, or add --runner-at X,Y to the command (shares of the picture's width "
            "and height); better ask others to step aside and record again.",
            samples,
            MIN_SAMPLES,
        ),
    )


def _nobody(people: People) -> tuple[Finding, ...]:
    if not people or any(len(persons) for _, persons in people):
        return ()
    return (
        Finding(
            "no_runner",
            "refuse",
            f"Nobody is seen in any of {len(people)} pictures of the clip.",
            "Film the runner from behind, the whole body in the picture, with enough light.",
            0,
            1,
        ),
    )
