"""The standing clip: a person standing still, from behind, filmed as the run was."""

import numpy as np

from gait.landmarks import Landmark
from gait.model import Finding, PoseTrack
from gait.quality.skeleton import Skeleton, skeleton
from gait.quality.track import FEET_OUT_REFUSED, MIN_PERSON_SHARE

MIN_STILL_S = 0.5
"""Half a second of frames; the median of 30 frames is as good as that of 180 for a person who stands still."""
MAX_SWAY_SHANKS, GOOD_SWAY_SHANKS = 0.25, 0.08
"""90th percentile of an ankle's distance from its median place. Standing: below 0.03 on 10 clips; one step moves it by 0.5 or more."""
SIZE_RANGE = 0.75, 1.33
"""Torso in the standing clip over torso in the run. Standing on the same belt it is 1.02-1.06; a quarter means another place or zoom."""
SAME_SHAPE = 0.02
"""Two pictures whose sides differ by less than this from one ratio are one picture with different numbers of pixels."""
MAX_LIFT_SHANKS = 0.25
"""Height difference of the ankles: standing on both feet 0.02."""


def check_standing(standing: PoseTrack, run: PoseTrack) -> tuple[Finding, ...]:
    """Whether a standing clip serves as the zero of a run.

    Args:
        standing: The person standing still; frames that show no person are left out.
        run: The same person running, filmed from the same place.

    Returns:
        Findings with codes `standing_*`; "refuse" means that this clip is no reference, and the run may still be judged without.
    """
    body, runner = skeleton(standing.landmarks_px), skeleton(run.landmarks_px)
    seen = body.plausible
    share = float(seen.mean()) if len(seen) else 0.0
    if share < MIN_PERSON_SHARE or seen.sum() < 2 or np.ptp(standing.times_s[seen]) < MIN_STILL_S:
        return (Finding("standing_no_person", "refuse", round(share, 2), MIN_PERSON_SHARE),)
    return tuple(
        f
        for f in (
            _still(body),
            _from_behind(standing, run, body),
            _feet(standing, body),
            _size(body, runner, enlargement(standing, run)),
        )
        if f
    )


def _still(body: Skeleton) -> Finding | None:
    ankles = body.feet_px[body.plausible][:, :, 0]
    sway = float(np.percentile(np.linalg.norm(ankles - np.median(ankles, axis=0), axis=2), 90) / body.shank_px)
    if sway > MAX_SWAY_SHANKS:
        return Finding("standing_moves", "refuse", round(sway, 3), MAX_SWAY_SHANKS)
    lift = float(abs(np.median(ankles[:, 0, 1] - ankles[:, 1, 1])) / body.shank_px)
    if lift > MAX_LIFT_SHANKS:
        return Finding("standing_one_leg", "refuse", round(lift, 3), MAX_LIFT_SHANKS)
    if sway > GOOD_SWAY_SHANKS:
        return Finding("standing_moves", "warn", round(sway, 3), GOOD_SWAY_SHANKS, case="a_little")
    return None


def _from_behind(standing: PoseTrack, run: PoseTrack, body: Skeleton) -> Finding | None:
    """Shoulder line against the run's: its direction turns over between front and back, its length shrinks from the side."""
    share = _shoulder_share(standing, body)
    if share > 0.5 * _shoulder_share(run, skeleton(run.landmarks_px)):
        return None
    return Finding("standing_view", "refuse", round(share, 2), None)


def _shoulder_share(track: PoseTrack, body: Skeleton) -> float:
    """Right minus left shoulder, along the picture, in torso lengths: 0.7 from behind, 0.2 from the side, -0.7 from the front."""
    across = track.landmarks_px[:, Landmark.RIGHT_SHOULDER, 0] - track.landmarks_px[:, Landmark.LEFT_SHOULDER, 0]
    return float(np.median(across[body.plausible]) / body.torso_px) if body.plausible.any() else float("nan")


def _feet(standing: PoseTrack, body: Skeleton) -> Finding | None:
    feet = body.feet_px[body.plausible]
    size = np.array([standing.width_px, standing.height_px], dtype=float)
    out = float(((feet < 0) | (feet > size)).any(axis=(1, 2, 3)).mean())
    if out <= FEET_OUT_REFUSED:
        return None
    return Finding("standing_feet_out_of_view", "refuse", round(out, 2), FEET_OUT_REFUSED)


def enlargement(standing: PoseTrack, run: PoseTrack) -> float:
    """How many times larger the run's picture is than the standing clip's, where both have one shape; 1 where they have not.

    The same camera may record the two clips with different numbers of pixels.
    """
    across, down = run.width_px / standing.width_px, run.height_px / standing.height_px
    return across if abs(across / down - 1) < SAME_SHAPE else 1.0


def _size(body: Skeleton, runner: Skeleton, enlarged: float) -> Finding | None:
    ratio = enlarged * body.torso_px / runner.torso_px
    if SIZE_RANGE[0] <= ratio <= SIZE_RANGE[1] or not np.isfinite(ratio):
        return None
    return Finding("standing_size", "refuse", round(ratio, 2), f"{SIZE_RANGE[0]}-{SIZE_RANGE[1]}", {"ratio": ratio})
