"""Video files: opened, indexed, read frame by frame. Beside `capture` (and `overlay`, which writes one) all that opens video.

Times come from the container, frame by frame; a frame rate is never rounded or guessed. The picture is always given as it
is displayed (the container's rotation applied). Never more than a few frames are in memory.
"""

from gait.clip.container import Orientation, frames_that_fit
from gait.clip.frames import Frame, frames, spread_out, stills
from gait.clip.growing import follow
from gait.clip.index import open_clip, sha256_of
from gait.clip.keep import write_legs
from gait.clip.legs import StoredLegPictures, leg_pictures
from gait.clip.straight import StraightLegPictures
from gait.errors import ClipError

__all__ = [
    "ClipError",
    "Frame",
    "Orientation",
    "StoredLegPictures",
    "StraightLegPictures",
    "follow",
    "frames",
    "frames_that_fit",
    "leg_pictures",
    "open_clip",
    "sha256_of",
    "spread_out",
    "stills",
    "write_legs",
]
