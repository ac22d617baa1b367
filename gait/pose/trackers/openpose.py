"""OpenPose's networks, run by OpenCV: the user's own files, since their licence lets nobody pass them on or use them for business.

A person names their folder and confirms the licence once: see `openpose_files`. Nothing was measured with them: loading, maps and people are
tested with networks and maps that tests make.
"""

from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np

from gait.errors import GaitError
from gait.model import Picture
from gait.pose.base import Identity, Pose, Tracker, TrackerKind
from gait.pose.frame_by_frame import FrameByFrame
from gait.pose.openpose_files import openpose_files
from gait.pose.runtimes.opencv_network import Network, sha256, version
from gait.pose.trackers.openpose_people import PARTS, BodyParts, people_in
from gait.said import Said
from gait.settings import PoseSettings

MADE = "openpose 1"
"""Raised when its numbers change."""
HEIGHT_PX, CELL_PX, MOST_PX = 368, 8, 656
"""Of the network's picture: OpenPose's own default height, and its width for a picture of 16:9. Sides are whole pairs of cells."""


def see(picture: Picture, name: str, network: Network) -> Sequence[Pose]:
    """Everybody in an RGB picture, in its own pixels. Raises GaitError when the network gives other maps than it should."""
    parts: BodyParts = PARTS[name]
    height, width = picture.shape[:2]
    scale = min(HEIGHT_PX / height, MOST_PX / width)
    side = 2 * CELL_PX
    inner = tuple(side * max(1, round(v * scale / side)) for v in (width, height))
    batch = cv2.dnn.blobFromImage(np.ascontiguousarray(picture), 1 / 255, inner, swapRB=True)  # they learned blue first
    (answer,) = network(np.asarray(batch, dtype=np.float32))
    if answer.ndim != 4 or answer.shape[1] != parts.maps:
        found = int(answer.shape[1]) if answer.ndim == 4 else 0
        raise GaitError("no_openpose", "maps", network=name.upper(), found=found, expected=parts.maps)
    maps = answer[0]
    # A cell's value stands for its middle.
    size = np.array([width / maps.shape[2], height / maps.shape[1]])
    nothing = np.full((33, 3), np.nan)
    return [
        Pose(parts.layout.spread((points + 0.5) * size - 0.5), parts.layout.spread(scores[:, None], 0.0)[:, 0], nothing)
        for points, scores in people_in(maps, parts)
    ]


def identify(name: str) -> Identity:
    """That network of OpenPose's. Raises GaitError as `openpose_files`."""
    pair = openpose_files(name)
    try:
        return Identity("openpose", name, sha256(*pair), f"{MADE}, {version()}", pair[1].name)
    except OSError as error:
        raise GaitError("no_network", "unreadable", file=pair[1].name) from error


@cache
def _network(network: Path, weights: Path) -> Network:
    """One for all clips of this process: they take half a gigabyte."""
    return Network(network, weights)


def _open(name: str, settings: PoseSettings) -> Tracker:
    return FrameByFrame(identify(name), partial(see, name=name, network=_network(*openpose_files(name))), settings)


def _kind(name: str) -> TrackerKind:
    return TrackerKind(
        title=f"OpenPose {name.upper()}",
        joints=PARTS[name].layout.joints,
        world=False,
        visibility=True,
        licence="OpenPose, non-commercial",
        needs=Said("needs_openpose"),
        distributions=(),
        identify=partial(identify, name),
        open=partial(_open, name),
        forbids=Said("openpose_forbids"),
    )


BODY = _kind("body_25")
COCO = _kind("coco")
MPI = _kind("mpi")
