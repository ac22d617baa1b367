"""Pose: who is where in every frame. The only folder that knows MediaPipe."""

from contextlib import closing

import numpy as np

from gait import clip as clips
from gait.errors import Cancelled as CancelledError
from gait.model import Clip, PoseTrack
from gait.pose.blazepose import BlazePose, model_sha256
from gait.pose.tracker import Cancelled, Pose, Progress, Tracker
from gait.settings import PoseSettings

__all__ = ["Pose", "Tracker", "model_sha256", "track_clip"]


def track_clip(
    clip: Clip, settings: PoseSettings, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> tuple[PoseTrack, clips.StoredLegPictures]:
    """Follow the runner through the clip. The caller closes the leg pictures. Raises Cancelled, ClipError, GaitError."""
    tracker = BlazePose(settings)
    n = clip.n_frames
    landmarks, visibility, world = np.full((n, 33, 2), np.nan), np.zeros((n, 33)), np.full((n, 33, 3), np.nan)
    legs = clips.StoredLegPictures(clip)
    try:
        # Closed here, not when the garbage collector comes round: an error must not leave threads decoding.
        with (
            closing(clips.frames(clip, max_side_px=settings.max_side_px)) as frames,
            closing(tracker.track(frames)) as seen,
        ):
            for done, (frame, pose) in enumerate(seen, 1):
                if cancelled is not None and cancelled():
                    raise CancelledError
                if pose is not None:
                    landmarks[frame.index] = pose.landmarks_px
                    visibility[frame.index] = pose.visibility
                    world[frame.index] = pose.world_m
                    legs.add(frame, pose.landmarks_px)
                if progress is not None:
                    progress(done, n)
    except BaseException:
        legs.close()
        raise
    track = PoseTrack(
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
    return track, legs
