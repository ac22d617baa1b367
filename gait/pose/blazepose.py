"""MediaPipe BlazePose: finds a person, follows them from frame to frame, and finds them again when lost."""

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

from gait.clip import Frame
from gait.errors import GaitError
from gait.pose.tracker import Pose
from gait.settings import PoseSettings

os.environ.setdefault("GLOG_minloglevel", "2")  # read when mediapipe is imported


class BlazePose:
    """`Tracker` by MediaPipe's BlazePose, its own smoothing off: `trajectories` filters without delay."""

    name = "mediapipe-blazepose"

    def __init__(self, settings: PoseSettings) -> None:
        """Raises GaitError when the model's file is not there."""
        self.model = settings.model
        self.model_sha256 = model_sha256(settings.model)
        self._settings = settings

    def track(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Pose | None]]:
        """Each frame with its pose."""
        from mediapipe.python.solutions.pose import Pose as Graph

        graph = Graph(
            static_image_mode=self._settings.static_image_mode,
            model_complexity=2 if self.model == "heavy" else 1,
            smooth_landmarks=False,
            min_detection_confidence=self._settings.min_detection_confidence,
            min_tracking_confidence=self._settings.min_tracking_confidence,
        )
        with contextlib.closing(graph):
            for frame in frames:
                found = graph.process(frame.image)
                if not found.pose_landmarks:
                    yield frame, None
                    continue
                video = frame.video
                size = (video.width, video.height)[:: -1 if frame.orientation.turns % 2 else 1]
                points = np.array([(p.x, p.y, p.visibility) for p in found.pose_landmarks.landmark])
                world = np.array([(p.x, p.y, p.z) for p in found.pose_world_landmarks.landmark])
                yield frame, Pose(points[:, :2] * size, points[:, 2], world)


def model_file(model: str) -> Path:
    """Where the network's file is. Raises GaitError when it is not there (it is never fetched silently)."""
    import mediapipe

    path = Path(mediapipe.__file__).parent / "modules" / "pose_landmark" / f"pose_landmark_{model}.tflite"
    if not path.is_file():
        raise GaitError(
            f"The pose model '{model}' is not on this computer.",
            f"Put the file {path.name} into {path.parent} or choose the model 'full'.",
            "no_model",
        )
    return path


@cache
def model_sha256(model: str) -> str:
    """The checksum of the network's file."""
    return hashlib.sha256(model_file(model).read_bytes()).hexdigest()
