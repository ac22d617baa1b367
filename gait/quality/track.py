"""The runner as tracked: is there one person, are the feet in view, how large, from where.

A detection says little: BlazePose reports a person in night traffic and puts the feet it cannot see outside the picture. What is
asked here is whether the skeleton is a person's, stays the same person's, and lies inside the picture. It works on a whole track
and on a dozen single frames alike.
"""

import numpy as np

from gait.landmarks import Landmark, View
from gait.model import Bools, Clip, Finding, Floats, PoseTrack, Severity, Trajectories
from gait.quality.skeleton import Skeleton, skeleton
from gait.said import Value

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
    """Runner, feet, size, view. Once no runner is there nothing else is said.

    Args:
        clip: The file.
        track: Points in px, NaN where not seen. A dozen single frames serve as well as all.
        trajectories: Tells how many frames had left and right exchanged.
        view: Chosen or guessed; only from behind is there a label.
    """
    body = skeleton(track.landmarks_px)
    found = _runner(body, track.times_s)
    if any(f.severity == "refuse" for f in found):
        return tuple(found)
    found += same_person(body, track)
    found += _feet(body, track)
    found += _size(body)
    found += _view(view)
    return (*found, *legs_confused(track, trajectories))


def legs_confused(track: PoseTrack, trajectories: Trajectories) -> tuple[Finding, ...]:
    """Left and right were exchanged in more than a fifth of the frames, and put back."""
    share = trajectories.swaps_repaired / max(len(track.times_s), 1)
    return (Finding("legs_confused", "warn", round(share, 3), 0.2, {"share": share}),) if share > 0.2 else ()


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
    if share < MIN_PERSON_SHARE or lasting.sum() < MIN_PERSON_FRAMES:
        if share >= MIN_PERSON_SHARE:
            few: dict[str, Value] = {"frames": int(lasting.sum()), "looked_at": len(lasting)}
            return [Finding("no_runner", "refuse", int(lasting.sum()), MIN_PERSON_FRAMES, few, "few_frames")]
        if share > 0:
            return [Finding("no_runner", "refuse", round(share, 3), MIN_PERSON_SHARE, {"share": share}, "hardly")]
        return [Finding("no_runner", "refuse", round(share, 3), MIN_PERSON_SHARE)]
    torso = np.linalg.norm(body.hips_px - body.shoulders_px, axis=1)[body.plausible]
    spread = float(1.4826 * np.median(np.abs(torso - body.torso_px)) / body.torso_px)
    if spread > MAX_TORSO_SPREAD:
        return [Finding("no_runner", "refuse", round(spread, 3), MAX_TORSO_SPREAD, {"spread": spread}, "changes_size")]
    if share < GOOD_PERSON_SHARE:
        return [Finding("runner_lost", "warn", round(share, 3), GOOD_PERSON_SHARE, {"share": share})]
    return []


def same_person(body: Skeleton, track: PoseTrack) -> list[Finding]:
    """Jumps of the whole figure: the tracker went over to another person or thing."""
    at = np.flatnonzero(body.plausible)
    step = np.linalg.norm(np.diff(body.hips_px[at], axis=0), axis=1) / body.torso_px
    allowed = np.minimum(JUMP_TORSOS + JUMP_TORSOS_PER_S * np.diff(track.times_s[at]), JUMP_MOST_TORSOS)
    jumps = int(np.sum(step > allowed))
    if not jumps:
        return []
    severity: Severity = "refuse" if jumps >= JUMPS_REFUSED else "warn"
    return [Finding("several_people", severity, jumps, JUMPS_REFUSED, {"jumps": jumps}, "jumps")]


def feet_finding(landmarks_px: Floats, width_px: int, height_px: int) -> Finding | None:
    """The refusal of frames in which the foot on the ground, or the whole legs, are outside the picture.

    Args:
        landmarks_px: (n, 33, 2) px, y down; NaN counts as inside.
        width_px: Of the picture.
        height_px: Of the picture.

    Returns:
        None when 30 % of the frames or fewer have it outside, or there is no frame.
    """
    if not len(landmarks_px):
        return None
    _, share = _lower_foot(landmarks_px, width_px, height_px)
    if share <= FEET_OUT_REFUSED:
        return None
    knees = landmarks_px[:, [Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE]]
    legs_out = float(((knees < 0) | (knees > (width_px, height_px))).any(axis=(1, 2)).mean()) > FEET_OUT_REFUSED
    value, values = round(share, 3), {"share": share}
    return Finding("feet_out_of_view", "refuse", value, FEET_OUT_REFUSED, values, "legs" if legs_out else "feet")


def _lower_foot(landmarks_px: Floats, width_px: int, height_px: int) -> tuple[Floats, float]:
    """(n, 3, 2) ankle, heel and toe of the foot that is lower, and the share of frames in which it leaves the picture."""
    feet = landmarks_px[:, _FEET].reshape(-1, 2, 3, 2)
    heel_y = np.where(
        np.isfinite(feet[:, :, 1, 1]), feet[:, :, 1, 1], feet[:, :, 0, 1]
    )  # the ankle where no heel was seen
    lower = feet[np.arange(len(feet)), (heel_y[:, 1] > heel_y[:, 0]).astype(int)]
    return lower, float(((lower < 0) | (lower > (width_px, height_px))).any(axis=(1, 2)).mean())


def _feet(body: Skeleton, track: PoseTrack) -> list[Finding]:
    refused = feet_finding(track.landmarks_px[body.plausible], track.width_px, track.height_px)
    if refused is not None:
        return [refused]
    lower, share = _lower_foot(track.landmarks_px[body.plausible], track.width_px, track.height_px)
    if share > FEET_OUT_WARNED:
        return [Finding("feet_out_of_view", "warn", round(share, 3), FEET_OUT_WARNED, {"share": share}, "a_foot")]
    # A tracker or a file may have no heels or toes at all: only what it has is asked for.
    has = _FEET[np.isfinite(track.landmarks_px[:, _FEET]).all(axis=2).any(axis=0)]
    room = float(np.percentile(track.height_px - np.fmax.reduce(lower[:, :, 1], axis=1), 5) / body.shank_px)
    if room < EDGE_SHANKS:
        return [Finding("feet_at_edge", "warn", round(room, 3), EDGE_SHANKS)]
    visible = float(np.median(track.visibility[body.plausible][:, has].astype(np.float64)))
    if visible < HIDDEN_FEET:
        return [Finding("feet_hidden", "warn", round(visible, 2), HIDDEN_FEET)]
    return []


def _size(body: Skeleton) -> list[Finding]:
    if body.shank_px >= GOOD_SHANK_PX:
        return []
    value, values = round(body.shank_px, 1), {"shank_px": body.shank_px}
    if body.shank_px < MIN_SHANK_PX:
        return [Finding("runner_small", "refuse", value, MIN_SHANK_PX, values, "too_small")]
    return [Finding("runner_small", "warn", value, GOOD_SHANK_PX, values, "small")]


def _view(view: View) -> list[Finding]:
    if view is View.REAR:
        return []
    return [Finding("not_behind", "warn", view.value, View.REAR.value, {"view": view.value})]
