"""Pose: who is where in every frame. The only folder that knows MediaPipe."""

from contextlib import closing
from dataclasses import replace

from gait import clip as clips
from gait.errors import Cancelled as CancelledError
from gait.model import Clip, PoseTrack
from gait.pose import live
from gait.pose.base import Cancelled, Pose, Poses, Progress, Tracker, worker_count
from gait.pose.glance import Glance, glance
from gait.pose.trackers.blazepose import BlazePose, model_sha256
from gait.settings import PoseSettings

__all__ = ["Glance", "Pose", "Tracker", "glance", "live", "model_sha256", "track_clip"]


def track_clip(
    clip: Clip,
    settings: PoseSettings,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    followed: live.LiveTrackings | None = None,
) -> tuple[PoseTrack, clips.StoredLegPictures]:
    """Follow the runner through the clip. The caller closes the leg pictures. Raises Cancelled, ClipError, GaitError.

    A clip among those `followed` while they were recorded is not tracked again.
    """
    # Every worker holds networks and a frame; the count changes no result.
    fit = clips.frames_that_fit(clip.width_px, clip.height_px)
    workers = min(worker_count(settings.workers), fit)
    tracker = BlazePose(replace(settings, workers=workers))
    during = followed.take(clip.path, settings) if followed is not None else None
    known = during.finished(clip, progress, cancelled) if during is not None else None
    if known is not None:
        return known[0].track(clip, tracker), known[1]
    legs = clips.StoredLegPictures(clip)
    poses = Poses(clip.n_frames)
    try:
        # Closed here, not when the garbage collector comes round: an error must not leave threads decoding.
        frames = clips.frames(clip, max_side_px=settings.max_side_px, ahead=workers > 1)
        with closing(frames), closing(tracker.track(frames)) as seen:
            for done, (frame, pose) in enumerate(seen, 1):
                if cancelled is not None and cancelled():
                    raise CancelledError
                if pose is not None:
                    legs.add(frame, pose.landmarks_px)
                poses.add(frame.index, frame.time_s, pose)
                if progress is not None:
                    progress(done, clip.n_frames)
    except BaseException:
        legs.close()
        raise
    return poses.track(clip, tracker), legs
