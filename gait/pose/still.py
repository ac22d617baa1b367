"""Whoever is seen best in single pictures that have nothing to do with each other: for cameras before the recording."""

import threading

import numpy as np

from gait.model import Picture
from gait.pose.base import Pose
from gait.pose.registry import open_tracker
from gait.settings import PoseSettings


class StillTracker:
    """One set of networks for all cameras that share this: its pictures are looked at one after the other, from any thread.

    Nothing is loaded before the first picture.
    """

    def __init__(self, settings: PoseSettings | None = None) -> None:
        """The settings choose the tracker."""
        self._settings = settings or PoseSettings()
        self._lock = threading.Lock()

    def see(self, picture: Picture) -> Pose | None:
        """The pose of whoever is seen best, its points as shares of the picture's width and height; None when nobody is.

        Raises GaitError when the tracker cannot be loaded.
        """
        with self._lock, open_tracker(self._settings).detector() as detector:
            return detector.best(picture, 1, 1)

    def warm(self) -> None:
        """Load the networks, so that the first clip or camera picture is answered as quickly as the next ones. Raises GaitError."""
        with self._lock, open_tracker(self._settings).detector() as detector:
            detector.people(np.zeros((64, 64, 3), np.uint8), 64, 64)
