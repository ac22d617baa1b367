"""Tracking a whole clip with the tracker that the settings choose."""

from contextlib import closing
from dataclasses import replace

from gait import clip as clips
from gait.errors import Cancelled
from gait.model import Clip, PoseTrack
from gait.pose.live import LiveTrackings
from gait.pose.poses import Poses, worker_count
from gait.pose.registry import open_tracker
from gait.progress import Cancel, Tell
from gait.settings import PoseSettings


def track_clip(
    clip: Clip,
    settings: PoseSettings,
    tell: Tell | None = None,
    cancelled: Cancel | None = None,
    followed: LiveTrackings | None = None,
) -> tuple[PoseTrack, clips.StoredLegPictures]:
    """Follow the runner through the clip. The caller closes the leg pictures.

    `tell` is called with (frames done, frames in the clip). A clip among those `followed` while they were recorded is not
    tracked again. Raises Cancelled, ClipError, and GaitError when the tracker is unknown or something it needs is missing.
    """
    # Every worker holds networks and a frame; the count changes no result.
    fit = clips.frames_that_fit(clip.width_px, clip.height_px)
    workers = min(worker_count(settings.workers), fit)
    tracker = open_tracker(replace(settings, workers=workers))
    during = followed.take(clip.path, settings) if followed is not None else None
    known = during.finished(clip, tell, cancelled) if during is not None else None
    if known is not None:
        return known[0].track(clip, tracker.identity), known[1]
    legs = clips.StoredLegPictures(clip)
    poses = Poses(clip.n_frames)
    try:
        # Closed here, not when the garbage collector comes round: an error must not leave threads decoding.
        frames = clips.frames(clip, max_side_px=settings.max_side_px, ahead=workers > 1)
        with closing(frames), closing(tracker.track(frames)) as tracked:
            for done, (frame, pose) in enumerate(tracked, 1):
                if cancelled is not None and cancelled():
                    raise Cancelled
                if pose is not None:
                    legs.add(frame, pose.landmarks_px)
                poses.add(frame.index, frame.time_s, pose)
                if tell is not None:
                    tell(done, clip.n_frames)
    except BaseException:
        legs.close()
        raise
    return poses.track(clip, tracker.identity), legs
