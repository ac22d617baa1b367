"""PoseNet: MobileNetV1 0.75 of TensorFlow.js, run by OpenCV. COCO's 17 points, so neither heels nor toes.

Its network comes with gait, made by `validation/posenet_network.py`; NOTICE says of what.
"""

from collections.abc import Sequence
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np

from gait.errors import GaitError
from gait.model import Picture
from gait.pose.base import Identity, Pose, Tracker, TrackerKind
from gait.pose.frame_by_frame import FrameByFrame
from gait.pose.keypoints import COCO_17
from gait.pose.runtimes.opencv_network import Network, sha256, version
from gait.pose.trackers.posenet_people import Maps, people_in
from gait.said import Said
from gait.settings import PoseSettings

MADE = "posenet 3"
"""Raised when its numbers change."""
SIDE_PX = 385
"""Longer side of the network's picture, cells of 16 px. A smaller picture hides the foot in swing: in 60 frames of each sample the ankles rise by
0.1, 0.4 and 0.6 of a shank at 257, 321 and 385 px (0.86 in truth), and at 257 px a run is taken for standing. A larger one exchanges
ankles more often: in 0, 2 and 11 of 90 frames of three rendered runners; `trajectories` puts those back. 15, 21 and 32 ms a picture.
Cells of 8 px: 57, 89 and 104 ms, and nothing better.
Looking closer once he was seen: in 60 frames of four rendered runners the ankles' median distance from the truth falls from 18-28 to 13-26 px and they
rise by 0.49-0.95 of a shank instead of 0.28-0.65 (0.82-0.93 in truth). The ankles' own scores fall with it, to 0.34-0.65."""
OUTPUTS = ("heatmap_2", "offset_2", "displacement_fwd_2", "displacement_bwd_2")


def see(picture: Picture, stride_px: int, least: float = 0.5) -> Sequence[Pose]:
    """Everybody in an RGB picture, in its own pixels. `least`: see `people_in`."""
    size = np.array(picture.shape[1::-1], dtype=np.float64)
    # Whole cells and one pixel more, each side by itself: the picture is pulled by less than a cell.
    width, height = (16 * max(1, round((v - 1) / 16)) + 1 for v in size * (SIDE_PX / size.max()))
    small = cv2.resize(
        picture, (width, height), interpolation=cv2.INTER_AREA if size.max() > SIDE_PX else cv2.INTER_LINEAR
    )
    batch = np.asarray(cv2.dnn.blobFromImage(small, 1 / 127.5, mean=(127.5, 127.5, 127.5)), dtype=np.float32)
    heat, offset, forward, backward = _network(stride_px)(batch, OUTPUTS)
    nothing = np.full((33, 3), np.nan)
    # The first and last cell lie on the picture's edges.
    scale = (size - 1) / (width - 1, height - 1)
    return [
        Pose(COCO_17.spread(points * scale), COCO_17.spread(score[:, None], 0.0)[:, 0], nothing)
        for points, score in people_in(Maps.of(heat, offset, forward, backward, stride_px), least)
    ]


def identify(stride_px: int) -> Identity:
    """PoseNet with cells of that size. Raises GaitError when its file is not there."""
    path = _file(stride_px)
    try:
        return Identity("posenet", f"mobilenet-0.75/{stride_px}", sha256(path), f"{MADE}, {version()}", path.name)
    except OSError as error:
        raise GaitError("no_network", "bundled", file=path.name) from error


def _file(stride_px: int) -> Path:
    return Path(str(files("gait.data") / "networks" / f"posenet_{stride_px}.onnx"))


@cache
def _network(stride_px: int) -> Network:
    """One for all clips of this process."""
    return Network(_file(stride_px))


def _open(stride_px: int, settings: PoseSettings) -> Tracker:
    look = partial(see, stride_px=stride_px, least=settings.min_detection_confidence)
    return FrameByFrame(identify(stride_px), look, settings, closer=True)


def _kind(stride_px: int, title: str) -> TrackerKind:
    return TrackerKind(
        title=title,
        joints=COCO_17.joints,
        world=False,
        visibility=True,
        licence="Apache-2.0",
        needs=Said("needs_nothing"),
        distributions=(),
        identify=partial(identify, stride_px),
        open=partial(_open, stride_px),
    )


POSENET = _kind(16, "PoseNet")
FINE = _kind(8, "PoseNet, cells of 8 pixels")
