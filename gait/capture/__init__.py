"""Cameras of the store's computer: found, measured, shown live and recorded. Beside `clip` all that opens video.

`gait.capture.address` says which camera is meant, and what is none. Frame times are the camera's own wherever it sends any; a nominal rate is never believed.
"""

from gait.capture.address import Camera, set_up, stand_in, typed
from gait.capture.camera import BEST_FIRST, CameraInfo, Measured, Mode, cameras, measure, modes
from gait.capture.live import Live
from gait.capture.session import Part, Phase, Session, Take
from gait.capture.source import Source, open_source
from gait.capture.writer import Ended, Recording

__all__ = [
    "BEST_FIRST",
    "Camera",
    "CameraInfo",
    "Ended",
    "Live",
    "Measured",
    "Mode",
    "Part",
    "Phase",
    "Recording",
    "Session",
    "Source",
    "Take",
    "cameras",
    "measure",
    "modes",
    "open_source",
    "set_up",
    "stand_in",
    "typed",
]
