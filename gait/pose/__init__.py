"""The runner's landmarks in every frame, found by the tracker that was chosen. The only door to trackers, their networks and their files.

Nothing outside imports below it: what is not named here is the room's own. See docs/add_a_tracker.md for a tracker of your own.
"""

from gait.pose.base import Detector, Identity, Pose, Tracker, TrackerKind
from gait.pose.cache import clear_tracks, drop_half_kept, forget_tracks, load_track, save_track, tracks_of
from gait.pose.files.kept import read_track, write_track
from gait.pose.files.read import points_digest, read_points, unmirrored
from gait.pose.files.recognise import holds_points
from gait.pose.files.write import FORMS, MARKERS, write_markers, write_points
from gait.pose.glance import Glance, find_people, glance
from gait.pose.keypoints import BLAZEPOSE_33, COCO_17, Layout
from gait.pose.live import EarlyGlance, LiveTrackings
from gait.pose.openpose_files import allow_openpose, openpose_in
from gait.pose.people import nearest
from gait.pose.poses import worker_count
from gait.pose.registry import TRACKERS, check_tracker, identify, open_tracker, tracker_kind, tracker_named
from gait.pose.runtimes.network import drop_half_copied
from gait.pose.still import StillTracker
from gait.pose.tracking import track_clip

__all__ = [
    "BLAZEPOSE_33",
    "COCO_17",
    "FORMS",
    "MARKERS",
    "TRACKERS",
    "Detector",
    "EarlyGlance",
    "Glance",
    "Identity",
    "Layout",
    "LiveTrackings",
    "Pose",
    "StillTracker",
    "Tracker",
    "TrackerKind",
    "allow_openpose",
    "check_tracker",
    "clear_tracks",
    "drop_half_copied",
    "drop_half_kept",
    "find_people",
    "forget_tracks",
    "glance",
    "holds_points",
    "identify",
    "load_track",
    "nearest",
    "open_tracker",
    "openpose_in",
    "points_digest",
    "read_points",
    "read_track",
    "save_track",
    "track_clip",
    "tracker_kind",
    "tracker_named",
    "tracks_of",
    "unmirrored",
    "worker_count",
    "write_markers",
    "write_points",
    "write_track",
]
