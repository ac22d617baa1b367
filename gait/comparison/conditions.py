"""What was not the same when two runs were filmed or measured, and matters for comparing them."""

import numpy as np

from gait.landmarks import Landmark, Side
from gait.results.folder import ResultFolder
from gait.results.result import Result
from gait.said import Said

SPEED_APART_KMH = 0.3
"""RBDS: the mean peak rises by 0.4 degrees per km/h, contact falls by 11 ms. Three tenths are what a belt's display rounds and drifts by."""
SIZE_APART = 0.08
"""Of the lower leg in the picture, as a share: the camera stood elsewhere or zoomed. A runner who drifts on the belt changes by half of that."""
RATE_APART = 1.2
SEPARATE = ("apart_camera", "apart_rate", "apart_reading", "apart_tracker", "apart_version", "apart_view")
"""With one of these the runs were not measured alike, and what their steps share does not cancel, one standing clip or not."""


def same_reference(a: Result, b: Result) -> bool:
    """Whether the error that all steps share cancels in the difference: one standing clip for both runs, in the same shoe as far as is known."""
    if a.standing is None or b.standing is None or a.standing.sha256 != b.standing.sha256:
        return False
    return not _differ(a.shoe_worn, b.shoe_worn)


def different_conditions(a: ResultFolder, b: ResultFolder) -> tuple[Said, ...]:
    """What to be told beside the differences. Empty where everything that is known was the same."""
    one, other = a.result, b.result
    out = []
    if _differ(one.runner, other.runner):
        out.append(Said("apart_runner", {"a": one.runner, "b": other.runner}))
    if one.view is not other.view:
        out.append(Said("apart_view"))
    out += _reference(one, other)
    out += _speed(one, other)
    if _camera_apart(a, b):
        out.append(Said("apart_camera"))
    a_hz, b_hz = one.clip.fps_hz, other.clip.fps_hz
    if a_hz and b_hz and max(a_hz, b_hz) > RATE_APART * min(a_hz, b_hz):
        out.append(Said("apart_rate", {"a_hz": a_hz, "b_hz": b_hz}))
    out += _method(one, other)
    return tuple(out)


def _reference(one: Result, other: Result) -> list[Said]:
    if one.standing is None or other.standing is None:
        return [] if one.standing is None and other.standing is None else [Said("apart_standing_missing")]
    if one.standing.sha256 != other.standing.sha256:
        return [Said("apart_standing")]
    return [] if same_reference(one, other) else [Said("apart_standing_shoe")]


def _speed(one: Result, other: Result) -> list[Said]:
    a_kmh, b_kmh = one.details.speed_kmh, other.details.speed_kmh
    if a_kmh is None or b_kmh is None:
        return [Said("apart_speed_unknown")]
    return [Said("apart_speed", {"a_kmh": a_kmh, "b_kmh": b_kmh})] if abs(b_kmh - a_kmh) > SPEED_APART_KMH else []


def _method(one: Result, other: Result) -> list[Said]:
    out = []
    if one.versions.gait != other.versions.gait:
        out.append(Said("apart_version", {"a": one.versions.gait, "b": other.versions.gait}))
    tools = [(r.versions.tracker, r.versions.tracker_version, r.versions.model_sha256) for r in (one, other)]
    if tools[0] != tools[1]:
        out.append(Said("apart_tracker"))
    if one.judged and other.judged:
        for side in Side:
            feet = (one.judged.feet[side], other.judged.feet[side])
            if feet[0].rearfoot_method != feet[1].rearfoot_method:
                out.append(Said("apart_reading", {"side": side.value}))
    return out


def _camera_apart(a: ResultFolder, b: ResultFolder) -> bool:
    sizes = [(f.result.clip.width_px, f.result.clip.height_px) for f in (a, b)]
    if None not in sizes[0] + sizes[1] and sizes[0] != sizes[1]:
        return True
    shanks = [_shank_px(f) for f in (a, b)]
    return bool(np.isfinite(shanks).all()) and max(shanks) > (1 + SIZE_APART) * min(shanks)


def _shank_px(folder: ResultFolder) -> float:
    """How long the lower legs are in the picture, the upper end over the run: a bent knee shortens it. NaN where that is not kept."""
    moves = folder.trajectories
    if moves is None:
        return float("nan")
    ends = [moves.points_px[:, [Landmark.of(side, "knee"), Landmark.of(side, "ankle")]] for side in Side]
    lengths = np.concatenate([np.linalg.norm(p[:, 0] - p[:, 1], axis=1) for p in ends])
    lengths = lengths[np.isfinite(lengths)]
    return float(np.percentile(lengths, 90)) if len(lengths) else float("nan")


def _differ(one: str, other: str) -> bool:
    """Two texts that somebody wrote and that are not the same."""
    first, second = one.strip().casefold(), other.strip().casefold()
    return bool(first and second and first != second)
