"""One tracker on a clip whose truth is known: how long it takes, and how far its points are off."""

import json
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gait import clip as clips
from gait import pose
from gait.landmarks import Landmark, Side
from gait.model import Floats
from gait.settings import PoseSettings

JOINTS = ("knee", "ankle", "heel")
"""Those a truth file of a rendered clip has places for, and a tracker may find."""


@dataclass(frozen=True)
class TrackerFigures:
    """What came of it."""

    detected: int
    """Frames the tracker looked at."""
    seen_share: float
    """Of these, in how many it saw the runner."""
    processor_ms: float
    """Processor time for each of them: decoding and what lies between included, loading not."""
    wall_ms: float
    """The same by the clock, on as many cores as there are."""
    off_px: dict[str, tuple[float, float]]
    """By joint, over swing and stance of both legs: median distance from the truth and its 95th percentile, in the clip's pixels. Not
    there for a joint that the tracker does not have."""
    exchanged_share: float
    """Frames in which the two ankles are nearer to each other's truth than to their own."""


def measure(tracker: str, clip_path: Path, n: int = 120) -> TrackerFigures:
    """Track the first `n` frames of a clip with `NAME.truth.json` beside it, once its network is loaded.

    Raises GaitError when the tracker is not ready, and OSError or KeyError where the truth cannot be read.
    """
    truth = json.loads(clip_path.with_suffix(".truth.json").read_text(encoding="utf-8"))["frames"]
    whole = clips.open_clip(clip_path)
    clip = replace(whole, times_s=whole.times_s[:n])
    settings = PoseSettings(tracker=tracker)
    few = replace(whole, times_s=whole.times_s[:2])
    pose.track_clip(few, settings)[1].close()
    begun_s, processor_s = time.perf_counter(), time.process_time()
    track, legs = pose.track_clip(clip, settings)
    took_s, worked_s = time.perf_counter() - begun_s, time.process_time() - processor_s
    legs.close()
    at = np.setdiff1d(np.arange(clip.n_frames), track.between)
    points = track.landmarks_px[at]
    seen = np.isfinite(points[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 0]).all(axis=1)
    true = {side: {j: np.array(truth[side.value][f"{j}_px"], dtype=np.float64)[at] for j in JOINTS} for side in Side}
    off = {}
    for joint in JOINTS:
        away = np.concatenate([_away(points[:, Landmark.of(side, joint)], true[side][joint]) for side in Side])
        if np.isfinite(away).any():
            off[joint] = float(np.nanmedian(away)), float(np.nanpercentile(away, 95))
    left, right = (points[:, Landmark.of(side, "ankle")] for side in (Side.LEFT, Side.RIGHT))
    own = _away(left, true[Side.LEFT]["ankle"]) + _away(right, true[Side.RIGHT]["ankle"])
    other = _away(left, true[Side.RIGHT]["ankle"]) + _away(right, true[Side.LEFT]["ankle"])
    each = 1000 / max(1, len(at))
    return TrackerFigures(len(at), float(seen.mean()), worked_s * each, took_s * each, off, float((other < own).mean()))


def _away(points_px: Floats, true_px: Floats) -> Floats:
    return np.asarray(np.linalg.norm(points_px - true_px, axis=1))
