"""A runner whose events are known: simple leg motion seen from behind, as a PoseTrack. For the timing stages' tests."""

import numpy as np

from gait.landmarks import Landmark, Side
from gait.model import PoseTrack

SHANK_PX = 150.0


def runner(
    fps_hz: float = 60.0,
    seconds: float = 10.0,
    stride_s: float = 0.72,
    lift_px: float = 130.0,
    times_s: np.ndarray | None = None,
    tracker: str = "points",
    facing: str = "rear",
) -> PoseTrack:
    """Ankles swing up once a stride, half a stride apart; hips bob twice. Mid-stance of the left foot at 0, T, 2T ...

    Left mid-stance is where the left ankle is lowest in the picture (greatest y).
    """
    t = np.arange(int(seconds * fps_hz)) / fps_hz if times_s is None else times_s
    p = np.full((len(t), 33, 2), np.nan)
    sign = 1 if facing == "rear" else -1
    bob = 12 * np.cos(4 * np.pi * t / stride_s)
    for side, lead in ((Side.LEFT, 0.0), (Side.RIGHT, 0.5)):
        turn = 2 * np.pi * (t / stride_s - lead)
        swing = lift_px * (1 - np.cos(turn)) / 2
        x = 360 + sign * side.lateral_sign * (25 + 4 * np.sin(turn))
        for joint, y, dx in (
            ("shoulder", 300 + bob, 45),
            ("hip", 560 + bob, 20),
            ("knee", 760 + bob / 2 - 0.2 * swing, 0),
            ("ankle", 760 + SHANK_PX - swing, 0),
            ("heel", 790 + SHANK_PX - 1.1 * swing, 0),
            ("foot_index", 800 + SHANK_PX - 0.8 * swing, 8),
        ):
            p[:, Landmark.of(side, joint)] = np.column_stack([x + sign * side.lateral_sign * dx, y])
    seen = np.isfinite(p).all(axis=2).astype(float)
    return PoseTrack(t, p, seen, np.full((len(t), 33, 3), np.nan), 720, 1280, tracker, "", "")


def standing(seconds: float = 5.0, fps_hz: float = 60.0) -> PoseTrack:
    """The same person with still feet."""
    return runner(fps_hz, seconds, lift_px=2.0)


def replaced(track: PoseTrack, landmarks_px: np.ndarray) -> PoseTrack:
    """The track with other points."""
    seen = np.isfinite(landmarks_px).all(axis=2).astype(float)
    return PoseTrack(
        track.times_s,
        landmarks_px,
        seen,
        track.world_m,
        track.width_px,
        track.height_px,
        track.tracker,
        track.model,
        "",
    )


def exchanged(track: PoseTrack, frames: np.ndarray) -> PoseTrack:
    """Left and right named the wrong way round in those frames."""
    p = np.array(track.landmarks_px)
    for left in Landmark:
        if "LEFT" in left.name:
            pair = [int(left), int(Landmark[left.name.replace("LEFT", "RIGHT")])]
            p[np.ix_(frames, pair)] = p[np.ix_(frames, pair[::-1])]
    return replaced(track, p)
