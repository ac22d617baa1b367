"""Faces searched for in pictures: MediaPipe's own two detectors, as its wheel brings them. A proof for tests; the program searches for none."""

from collections.abc import Iterable
from functools import cache

import numpy as np

SURE = 0.68
"""Surer than usual: an elbow and the leaves of a tree were taken for faces with 0.67."""


def faces_in(pictures: Iterable[np.ndarray]) -> list[int]:
    """Of each RGB picture, how many faces either detector finds, near ones and far ones."""
    return [sum(s >= SURE for d in _detectors() for s in scores(d, picture)) for picture in pictures]


def scores(detector, picture: np.ndarray) -> list[float]:
    return [float(found.score[0]) for found in detector.process(picture).detections or ()]


@cache
def _detectors():
    from mediapipe.python.solutions.face_detection import FaceDetection

    return [FaceDetection(model_selection=model) for model in (0, 1)]
