"""Pose: who is where in every frame. The only folder that knows MediaPipe."""

from collections.abc import Iterable
from contextlib import closing

import numpy as np

from gait import clip as clips
from gait.errors import Cancelled as CancelledError
from gait.model import Clip, PoseTrack
from gait.pose import live
from gait.pose.blazepose import BlazePose, model_sha256
from gait.pose.tracker import Cancelled, Pose, Progress, Tracker
from gait.settings import PoseSettings

__all__ = ["Pose", "Tracker", "live", "model_sha256", "track_clip"]


def track_clip(
    clip: Clip, settings: PoseSettings, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> tuple[PoseTrack, clips.StoredLegPictures]:
    """Follow the runner through the clip. The caller closes the leg pictures. Raises Cancelled, ClipError, GaitError.

    A clip that was tracked while it was recorded (`live.begin`) is not tracked again.
    """
    tracker = BlazePose(settings)
    during = live.take(clip.path, settings)
    known = during.finished(clip, progress, cancelled) if during is not None else None
    if known is not None:
        return _track(clip, tracker, enumerate(known[0])), known[1]
    legs = clips.StoredLegPictures(clip)
    found: list[tuple[int, Pose | None]] = []
    try:
        # Closed here, not when the garbage collector comes round: an error must not leave threads decoding.
        frames = clips.frames(clip, max_side_px=settings.max_side_px)
        with closing(frames), closing(tracker.track(frames)) as seen:
            for done, (frame, pose) in enumerate(seen, 1):
                if cancelled is not None and cancelled():
                    raise CancelledError
                if pose is not None:
                    legs.add(frame, pose.landmarks_px)
                found.append((frame.index, pose))
                if progress is not None:
                    progress(done, clip.n_frames)
    except BaseException:
        legs.close()
        raise
    return _track(clip, tracker, found), legs


def _track(clip: Clip, tracker: Tracker, found: Iterable[tuple[int, Pose | None]]) -> PoseTrack:
    """Poses by frame index as arrays; frames that could not be decoded stay NaN."""
    n = clip.n_frames
    landmarks, visibility, world = np.full((n, 33, 2), np.nan), np.zeros((n, 33)), np.full((n, 33, 3), np.nan)
    for index, pose in found:
        if pose is not None:
            landmarks[index], visibility[index], world[index] = pose.landmarks_px, pose.visibility, pose.world_m
    return PoseTrack(
        clip.times_s,
        landmarks,
        visibility,
        world,
        clip.width_px,
        clip.height_px,
        tracker.name,
        tracker.model,
        tracker.model_sha256,
    )
