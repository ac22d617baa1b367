"""The runner as tracked: is there one person, are the feet in view, how large, from where.

A detection says little: BlazePose reports a person in night traffic and puts the feet it cannot see outside the picture. What is
asked here is whether the skeleton is a person's, stays the same person's, and lies inside the picture. It works on a whole track
and on a dozen single frames alike.
"""

import numpy as np

from gait.landmarks import Landmark, View
from gait.model import Bools, Clip, Finding, Floats, PoseTrack, Trajectories
from gait.quality.skeleton import Skeleton, skeleton

MIN_PERSON_SHARE, GOOD_PERSON_SHARE = 0.3, 0.8
"""Share of frames with a person in them. Clips of a runner: 1.0; night traffic: 0.00; a clip that shows the belt before and after a
run keeps more than a third."""
MIN_PERSON_FRAMES = 5
MIN_STRETCH_S, CONTINUOUS_S = 0.2, 0.1
"""A plausible skeleton counts as a person where it lasts this long without a break. In traffic a fifth of the frames hold one, but
never for more than three frames (0.13 s). Not asked of single frames further apart than `CONTINUOUS_S`."""
MAX_TORSO_SPREAD = 0.3
"""Robust SD over median of the torso's length. On a treadmill the distance stays: 0.04 or less on 22 clips; 0.38 in traffic."""
JUMP_TORSOS, JUMP_TORSOS_PER_S, JUMP_MOST_TORSOS = 0.5, 6.0, 2.0
"""A person's hips cannot move half a torso from one frame to the next plus 3 m/s; seen in runners: 0.09 at 60, 0.15 at 30 fps."""
JUMPS_REFUSED = 2
FEET_OUT_REFUSED, FEET_OUT_WARNED = 0.3, 0.03
"""Share of frames in which the *lower* foot, the one on the ground, leaves the picture. Two rendered clips cut lower and lower: 0 with
floor below the soles, 0.2-0.5 where the edge cuts the soles, 0.92 or more from 4 cm above."""
EDGE_SHANKS = 0.1
"""BlazePose puts the heel 23-25 px too high where a shank is 215 px (evidence): the sole ends that much lower."""
MIN_SHANK_PX, GOOD_SHANK_PX = 60.0, 120.0
"""A shank of 0.42 m on 60 px makes 7 mm a pixel: a heel counter of 7 cm is 10 px high, and 1 degree of tilt moves its top by a
sixth of a pixel, which no registration resolves. At 120 px it is a third."""
HIDDEN_FEET = 0.5
"""Median visibility of the feet. High visibility proves nothing; low visibility means the tracker itself is guessing."""
_FEET = np.array([int(Landmark[f"{s}_{j}"]) for s in ("LEFT", "RIGHT") for j in ("ANKLE", "HEEL", "FOOT_INDEX")])


def check_track(clip: Clip, track: PoseTrack, trajectories: Trajectories, view: View) -> tuple[Finding, ...]:
    """Runner, feet, size, view. Once no runner is there nothing else is said."""
    body = skeleton(track.landmarks_px)
    found = _runner(body, track.times_s)
    if any(f.severity == "refuse" for f in found):
        return tuple(found)
    found += _same_person(body, track)
    found += _feet(body, track)
    found += _size(body)
    found += _view(view)
    if trajectories.swaps_repaired > 0.2 * len(track.times_s):
        share = trajectories.swaps_repaired / len(track.times_s)
        found.append(
            Finding(
                "legs_confused",
                "warn",
                f"The tracker exchanged left and right leg in {share:.0%} of the frames; they were put back.",
                "Look at the overlay: the left leg's colour must stay on the left leg.",
                round(share, 3),
                0.2,
            )
        )
    return tuple(found)


def _lasting(plausible: Bools, times_s: Floats) -> Bools:
    """Plausible frames inside an unbroken stretch of at least `MIN_STRETCH_S`."""
    if len(times_s) < 2 or np.median(np.diff(times_s)) > CONTINUOUS_S:
        return plausible
    edges = np.flatnonzero(np.diff(np.r_[False, plausible, False]))
    kept: Bools = np.zeros(len(plausible), dtype=bool)
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        kept[start:stop] = times_s[stop - 1] - times_s[start] >= MIN_STRETCH_S
    return kept


def _runner(body: Skeleton, times_s: Floats) -> list[Finding]:
    lasting = _lasting(body.plausible, times_s)
    share = float(lasting.mean()) if len(lasting) else 0.0
    advice = "Film the runner from behind, the whole body in the picture, and check that nothing stands in between."
    if share < MIN_PERSON_SHARE or lasting.sum() < MIN_PERSON_FRAMES:
        message = "There is no runner to be seen in this clip."
        if share > 0:
            message = f"A person-like figure is seen in only {share:.0%} of the clip."
        return [Finding("no_runner", "refuse", message, advice, round(share, 3), MIN_PERSON_SHARE)]
    torso = np.linalg.norm(body.hips_px - body.shoulders_px, axis=1)[body.plausible]
    spread = float(1.4826 * np.median(np.abs(torso - body.torso_px)) / body.torso_px)
    if spread > MAX_TORSO_SPREAD:
        message = f"What the tracker follows changes its size by {spread:.0%} and is not one runner on a treadmill."
        return [Finding("no_runner", "refuse", message, advice, round(spread, 3), MAX_TORSO_SPREAD)]
    if share < GOOD_PERSON_SHARE:
        message = f"The runner is seen in {share:.0%} of the clip."
        return [Finding("runner_lost", "warn", message, "Cut the clip to the run.", round(share, 3), GOOD_PERSON_SHARE)]
    return []


def _same_person(body: Skeleton, track: PoseTrack) -> list[Finding]:
    """Jumps of the whole figure: the tracker went over to another person or thing."""
    at = np.flatnonzero(body.plausible)
    step = np.linalg.norm(np.diff(body.hips_px[at], axis=0), axis=1) / body.torso_px
    allowed = np.minimum(JUMP_TORSOS + JUMP_TORSOS_PER_S * np.diff(track.times_s[at]), JUMP_MOST_TORSOS)
    jumps = int(np.sum(step > allowed))
    if not jumps:
        return []
    return [
        Finding(
            "several_people",
            "refuse" if jumps >= JUMPS_REFUSED else "warn",
            f"The tracker jumped {jumps} time{'s' if jumps > 1 else ''} from one figure to another: which one is the runner?",
            "Only the runner should be in the picture: ask others to step aside and record again.",
            jumps,
            JUMPS_REFUSED,
        )
    ]


def feet_finding(landmarks_px: Floats, width_px: int, height_px: int) -> Finding | None:
    """The refusal of frames (n, 33, 2) in which the foot on the ground, or the whole legs, are outside the picture."""
    if not len(landmarks_px):
        return None
    _, share = _lower_foot(landmarks_px, width_px, height_px)
    if share <= FEET_OUT_REFUSED:
        return None
    knees = landmarks_px[:, [Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE]]
    legs_out = float(((knees < 0) | (knees > (width_px, height_px))).any(axis=(1, 2)).mean()) > FEET_OUT_REFUSED
    what = "legs are" if legs_out else "feet are"
    return Finding(
        "feet_out_of_view",
        "refuse",
        f"The {what} outside the picture in {share:.0%} of the clip.",
        "Step back or tilt the camera down until both feet stay in the picture with some floor below them.",
        round(share, 3),
        FEET_OUT_REFUSED,
    )


def _lower_foot(landmarks_px: Floats, width_px: int, height_px: int) -> tuple[Floats, float]:
    """(n, 3, 2) ankle, heel and toe of the foot that is lower, and the share of frames in which it leaves the picture."""
    feet = landmarks_px[:, _FEET].reshape(-1, 2, 3, 2)
    heel_y = feet[:, :, 1, 1]
    lower = feet[np.arange(len(feet)), (heel_y[:, 1] > heel_y[:, 0]).astype(int)]
    return lower, float(((lower < 0) | (lower > (width_px, height_px))).any(axis=(1, 2)).mean())


def _feet(body: Skeleton, track: PoseTrack) -> list[Finding]:
    refused = feet_finding(track.landmarks_px[body.plausible], track.width_px, track.height_px)
    if refused is not None:
        return [refused]
    lower, share = _lower_foot(track.landmarks_px[body.plausible], track.width_px, track.height_px)
    if share > FEET_OUT_WARNED:
        message = f"A foot on the ground leaves the picture in {share:.0%} of the clip."
        advice = "Step back a little or centre the runner."
        return [Finding("feet_out_of_view", "warn", message, advice, round(share, 3), FEET_OUT_WARNED)]
    room = float(np.percentile(track.height_px - lower[:, :, 1].max(axis=1), 5) / body.shank_px)
    if room < EDGE_SHANKS:
        message = "The soles touch the lower edge of the picture."
        advice = "Tilt the camera down until there is some floor below the feet."
        return [Finding("feet_at_edge", "warn", message, advice, round(room, 3), EDGE_SHANKS)]
    visible = float(np.median(track.visibility[body.plausible][:, _FEET].astype(np.float64)))
    if visible < HIDDEN_FEET:
        message = "The feet are hidden or hard to see, so the tracker guesses where they are."
        advice = (
            "Nothing may stand between the camera and the heels; film from 0.4-0.6 m above the belt with more light."
        )
        return [Finding("feet_hidden", "warn", message, advice, round(visible, 2), HIDDEN_FEET)]
    return []


def _size(body: Skeleton) -> list[Finding]:
    if body.shank_px >= GOOD_SHANK_PX:
        return []
    refuse = body.shank_px < MIN_SHANK_PX
    return [
        Finding(
            "runner_small",
            "refuse" if refuse else "warn",
            f"The runner's lower leg is {body.shank_px:.0f} pixels long, "
            f"{'too small to measure' if refuse else 'which makes'} the heel's angle{'' if refuse else ' coarse'}.",
            "Come closer, zoom in, hold the phone upright or record at a higher resolution.",
            round(body.shank_px, 1),
            MIN_SHANK_PX if refuse else GOOD_SHANK_PX,
        )
    ]


def _view(view: View) -> list[Finding]:
    seen = {
        View.SIDE: "The runner is filmed from the side",
        View.FRONT: "The runner is filmed from the front",
        View.UNKNOWN: "It is not clear from where the runner is filmed",
    }
    if view not in seen:
        return []
    return [
        Finding(
            "not_behind",
            "warn",
            f"{seen[view]}: the heel's tilt cannot be seen, so there is no label; the timing of the steps still holds.",
            "For a label put the camera straight behind the treadmill.",
            view.value,
            View.REAR.value,
        )
    ]
