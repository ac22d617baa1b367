"""A person drawn from closed forms: what quality is asked about, with a known bounce, swing, size and place."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from gait import quality
from gait.landmarks import Landmark, Side, View
from gait.model import Clip, Finding, FootEvents, GaitEvents, PoseTrack, Segment, Trajectories
from gait.rhythm import SHANK_M

WIDTH, HEIGHT = 720, 1280
SHANK, TORSO = 200.0, 230.0
HIPS = np.array([360.0, 540.0])
FPS = 60.0

# A standing person from behind, pixels from the middle of the hips; the runner's right is the picture's right.
STANDING = {
    "nose": (0, -300), "ear": (20, -300), "shoulder": (80, -TORSO), "elbow": (110, -120), "wrist": (115, -20),
    "hip": (45, 0), "knee": (45, 200), "ankle": (45, 200 + SHANK), "heel": (45, 220 + SHANK), "foot_index": (55, 245 + SHANK),
}  # fmt: skip


def person(n: int = 1) -> np.ndarray:
    """(n, 33, 2) of a person who stands still."""
    points = np.tile(HIPS, (n, 33, 1))
    for name, (x, y) in STANDING.items():
        if name == "nose":
            points[:, Landmark.NOSE] += (x, y)
            continue
        points[:, Landmark.of(Side.LEFT, name)] += (-x, y)
        points[:, Landmark.of(Side.RIGHT, name)] += (x, y)
    return points


def tracked(
    points: np.ndarray, times_s: np.ndarray | None = None, yaw_deg: float = 0.0, visible: float = 0.9
) -> PoseTrack:
    n = len(points)
    world = np.zeros((n, 33, 3))
    turn = np.array([np.cos(np.radians(yaw_deg)), 0.0, np.sin(np.radians(yaw_deg))])
    world[:, Landmark.RIGHT_SHOULDER], world[:, Landmark.LEFT_SHOULDER] = 0.18 * turn, -0.18 * turn
    times = np.arange(n) / FPS if times_s is None else times_s
    return PoseTrack(times, points, np.full((n, 33), visible), world, WIDTH, HEIGHT, "drawn", "none", "0")


def moved(t: PoseTrack, x: float, y: float) -> PoseTrack:
    return replace(t, landmarks_px=t.landmarks_px + np.array([x, y]))


def rolled(t: PoseTrack, deg: float) -> PoseTrack:
    """As a camera turned clockwise by `deg` sees it: the picture turns counter-clockwise."""
    a = np.radians(deg)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return replace(t, landmarks_px=HIPS + (t.landmarks_px - HIPS) @ turn.T)


def runs(
    seconds: float = 8.0,
    cadence_spm: float = 170.0,
    bounce_g: float = 1.3,
    swing_shanks: float = 1.2,
    spring: bool = True,
) -> PoseTrack:
    """Someone whose ankles differ by a cosine of the stride and whose body bounces by a cosine of the step.

    Running (`spring`): lowest (y largest) when the ankles differ most. Walking: highest there.
    """
    t = np.arange(round(seconds * FPS)) / FPS
    step_hz = cadence_spm / 60
    amplitude_px = bounce_g * 9.81 / (2 * np.pi * step_hz) ** 2 / SHANK_M * SHANK
    points = person(len(t))
    points[..., 1] += ((1 if spring else -1) * amplitude_px * np.cos(2 * np.pi * step_hz * t))[:, None]
    # 5th to 95th percentile of a cosine of amplitude a is 1.975 a.
    lift = swing_shanks * SHANK / 1.975 * np.cos(np.pi * step_hz * t)
    for side, up in ((Side.LEFT, np.maximum(lift, 0)), (Side.RIGHT, np.maximum(-lift, 0))):
        for joint in ("ankle", "heel", "foot_index"):
            points[:, Landmark.of(side, joint), 1] -= up
    return tracked(points, t)


def clip_of(t: PoseTrack) -> Clip:
    return Clip(Path("drawn.mp4"), "0" * 64, t.times_s, t.width_px, t.height_px, 0, "h264")


def timed(times_s: np.ndarray, width: int = WIDTH, height: int = HEIGHT) -> Clip:
    return Clip(Path("drawn.mp4"), "0" * 64, times_s, width, height, 0, "h264")


def smoothed(t: PoseTrack, swaps: int = 0) -> Trajectories:
    return Trajectories(
        t.times_s, t.landmarks_px, np.zeros(t.landmarks_px.shape[:2], bool), 8.0, swaps, t.width_px, t.height_px
    )


def steps(left: int, right: int, end_s: float = 8.0, activity: str = "running") -> GaitEvents:
    feet = {}
    for side, n in ((Side.LEFT, left), (Side.RIGHT, right)):
        strikes = 0.2 + 0.7 * np.arange(n)
        feet[side] = FootEvents(strikes, strikes + 0.25)
    return GaitEvents(feet, (Segment(0.0, end_s, activity),), 0.01, 0.01, 0.01, None)  # type: ignore[arg-type]


def checked(t: PoseTrack, view: View = View.REAR, swaps: int = 0) -> dict[str, Finding]:
    return {f.code: f for f in quality.check_track(clip_of(t), t, smoothed(t, swaps), view)}


def ran(t: PoseTrack, events: GaitEvents | None = None, view: View = View.REAR) -> dict[str, Finding]:
    found = quality.check_running(clip_of(t), t, smoothed(t), events or steps(10, 10), view)
    return {f.code: f for f in found}


def codes(findings, severity: str | None = None) -> set[str]:
    return {f.code for f in findings if severity in (None, f.severity)}
