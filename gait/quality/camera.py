"""Where the camera stands, judged on the runner, who is upright on average; and whether it is known which foot is which."""

import numpy as np

from gait.geometry import tilt_deg
from gait.landmarks import Landmark
from gait.model import Finding, PoseTrack, Severity
from gait.quality.skeleton import skeleton
from gait.said import Value

MAX_ROLL_DEG = 3.0
"""Line from the ankles' to the shoulders' middle over all frames. It meets the true roll within 0.4 degrees on 8 rendered clips;
a runner's own asymmetry adds about one."""
MAX_YAW_DEG, REFUSED_YAW_DEG = 15.0, 30.0
"""Shoulder line of the tracker's 3D guess, mean over frames. Rendered clips from straight behind read -3.4 to 1.2; a man filmed from
the rear corner 33. About 1 degree of error per 2 degrees of misalignment (Areblad 1990): at 30 the error is as large as the
movement."""
MAX_OFFSET = 0.25
"""Mean hip position from the picture's middle, share of the width: a phone sees 60 degrees, so a quarter is 16 degrees aside."""


def check_sides(mirrored: bool | None) -> tuple[Finding, ...]:
    """`sides_unconfirmed` where nobody has said whether the camera mirrors: a mirrored runner looks like any other."""
    return (Finding("sides_unconfirmed", "warn"),) if mirrored is None else ()


def check_camera(track: PoseTrack) -> tuple[Finding, ...]:
    """Roll, angle and offset of a camera behind the runner.

    Args:
        track: As many frames of the run as there are. Points in px with y down; `world_m` gives the angle, and where it is NaN
            nothing is said of it.

    Returns:
        None of the findings when no frame shows a person. Roll is positive for a camera turned clockwise.
    """
    body = skeleton(track.landmarks_px)
    if not body.plausible.any():
        return ()
    found = []
    up = (body.shoulders_px - body.ankles_px)[body.plausible].mean(axis=0)
    roll = -float(tilt_deg(up))
    if abs(roll) > MAX_ROLL_DEG:
        # What leans to the left in the picture was filmed by a camera turned clockwise: its right side is low.
        lower = "right" if roll > 0 else "left"
        said: dict[str, Value] = {"roll_deg": abs(roll), "lower": lower}
        found.append(Finding("camera_rolled", "warn", round(roll, 1), MAX_ROLL_DEG, said))
    world = track.world_m[body.plausible].astype(np.float64)
    across = (world[:, Landmark.RIGHT_SHOULDER] - world[:, Landmark.LEFT_SHOULDER]).mean(axis=0)
    if np.isfinite(across).all() and np.hypot(across[0], across[2]) > 0:
        yaw = float(np.degrees(np.arctan2(across[2], across[0])))
        if abs(yaw) > MAX_YAW_DEG:
            refuse = abs(yaw) > REFUSED_YAW_DEG
            limit = REFUSED_YAW_DEG if refuse else MAX_YAW_DEG
            severity: Severity = "refuse" if refuse else "warn"
            found.append(Finding("camera_aside", severity, round(yaw, 1), limit, {"yaw_deg": abs(yaw)}))
    offset = float(np.mean(body.hips_px[body.plausible, 0]) / track.width_px - 0.5)
    if abs(offset) > MAX_OFFSET:
        side = "right" if offset > 0 else "left"
        found.append(Finding("runner_off_centre", "warn", round(offset, 2), MAX_OFFSET, {"side": side}))
    return tuple(found)
