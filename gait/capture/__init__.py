"""Cameras of the store's computer: found, measured, shown live, recorded. Beside `clip` all that opens video.

A camera is named by its address: `usb:0` (or `/dev/video0`), an `rtsp://` or `http://` URL, or `file:PATH`, a clip played in real
time in place of a camera. Frame times are the camera's own wherever it sends any; a nominal rate is never believed.
"""

from gait.capture.camera import BEST_FIRST, CameraInfo, Measured, Mode, cameras, measure, modes
from gait.capture.live import Live
from gait.capture.session import Part, Phase, Session, Take
from gait.capture.source import Source, open_source
from gait.capture.writer import Ended, Recording

__all__ = [
    "BEST_FIRST",
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
]
