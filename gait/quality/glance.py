"""The first look: a runner judged on a dozen single frames, so that staff hear in a second what minutes would tell.

Held against the limits of the whole track, by the same functions; what needs a rhythm (cadence, steps, slow motion) waits for
the track. Only what is plain in single frames refuses.
"""

from dataclasses import replace

import numpy as np

from gait.landmarks import Landmark, View
from gait.model import Clip, Finding, PoseTrack, Trajectories
from gait.people import MIN_FRAMES, SURE_SCORE, People, could_run
from gait.quality.camera import check_camera
from gait.quality.people import MIN_SAMPLES
from gait.quality.skeleton import skeleton
from gait.quality.track import check_track, feet_finding

STANDS_SHANKS = 0.12
"""Largest less smallest height difference of the ankles over the frames. Ten standing clips: 0.02-0.04; running 0.9 and more."""


def check_glance(clip: Clip, people: People, track: PoseTrack, view: View, chosen: bool = False) -> tuple[Finding, ...]:
    """Judge a runner on a dozen single frames.

    Args:
        clip: The file.
        people: Per frame its time in s and the detected persons.
        track: One entry per frame; NaN where nobody was tracked.
        view: Chosen or guessed.
        chosen: Staff have said who the runner is.

    Returns:
        Several people are a refusal only once staff have chosen and the choice does not hold; before, they are asked.
    """
    none = np.empty((len(track.times_s), 33, 2))
    unrepaired = Trajectories(
        track.times_s, none, np.zeros(none.shape[:2], bool), 0.0, 0, track.width_px, track.height_px
    )
    found = list(check_track(clip, track, unrepaired, view))
    if any(f.code == "no_runner" for f in found):
        feet = _cut_off(people, track)
        return (feet,) if feet else tuple(found)
    together = _together(people)
    if together >= MIN_SAMPLES and not chosen:
        found = [f for f in found if f.code != "several_people"]
        values = {"seen": together, "pictures": len(people)}
        found.append(Finding("several_people", "warn", together, MIN_SAMPLES, values, "in_pictures"))
    if (swing := swing_shanks(track)) is not None and swing < STANDS_SHANKS:
        found.append(Finding("not_running", "refuse", round(swing, 2), STANDS_SHANKS, case="in_pictures"))
    if view is View.REAR:
        found += [replace(f, severity="warn") if f.severity == "refuse" else f for f in check_camera(track)]
    return tuple(found)


def swing_shanks(track: PoseTrack) -> float | None:
    """How much the ankles' height difference changes over the frames, largest less smallest.

    Args:
        track: Whole or a dozen frames; those that show no person are left out.

    Returns:
        In shank lengths; None when too few frames show a person.
    """
    body = skeleton(track.landmarks_px)
    if body.plausible.sum() < MIN_FRAMES:
        return None
    points = track.landmarks_px[body.plausible]
    return float(np.ptp(points[:, Landmark.LEFT_ANKLE, 1] - points[:, Landmark.RIGHT_ANKLE, 1]) / body.shank_px)


def _cut_off(people: People, track: PoseTrack) -> Finding | None:
    """Somebody is plainly there, and is no whole person because the legs are outside the picture."""
    sure = np.array([len(rows) > 0 and rows[:, 3].max() >= SURE_SCORE for _, rows in people])
    if sure.mean() <= 0.5:
        return None
    return feet_finding(track.landmarks_px[sure & track.detected], track.width_px, track.height_px)


def _together(people: People) -> int:
    """Frames with more than one person who could be the runner."""
    return sum(len(could_run(rows)) > 1 for _, rows in people)
