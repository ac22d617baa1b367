"""What is kept of each camera's calibrations: the one it was set up with, and the latest."""

import contextlib
import json
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from gait.calibration import CameraCalibration
from gait.errors import GaitError
from gait.model import Clip
from gait.results.calibration import calibration_document, read_calibration
from gait.results.place import put
from gait.services.cameras import CameraId

FILE = "calibrations.json"
"""In the store's data folder. It goes by cameras, not by people."""
OLD = timedelta(days=45)
"""The page says: once a month. Half a month of grace."""
MOST = 100
"""Cameras whose calibrations are kept; those calibrated longest ago are forgotten."""


@dataclass(frozen=True)
class OfCamera:
    """A camera's calibrations."""

    set_up: CameraCalibration
    """The first since it was last moved on purpose: later ones are held against it, so that a slow drift is seen too."""
    latest: CameraCalibration


class Calibrations:
    """The calibrations of a store's cameras. Any thread may call it."""

    def __init__(self, data: Path) -> None:
        """`data` is the store's data folder; it need not exist yet."""
        self._path = data / FILE
        self._lock = threading.Lock()

    def of(self, camera: CameraId) -> OfCamera | None:
        """What is kept of this camera; None where it was never calibrated."""
        return self._read().get(camera.key)

    def of_clip(self, clip: Clip, called: str = "") -> CameraCalibration | None:
        """The latest of the camera that filmed it: the one of that name, else the one that the clip names; None where it was not calibrated.

        A clip whose container says nothing of its camera counts as of the camera without a name.
        """
        known = self.of(CameraId(called.strip() or clip.camera, clip.width_px, clip.height_px))
        return known.latest if known else None

    def every(self) -> list[OfCamera]:
        """Of all cameras, the one calibrated last at the end."""
        return list(self._read().values())

    def keep(self, camera: CameraId, made: CameraCalibration, anew: bool) -> None:
        """Keep a calibration as the camera's latest; `anew` also as the one it is set up with. Raises GaitError when it cannot be kept."""
        with self._lock:
            known = self._read()
            before = known.pop(camera.key, None)
            known[camera.key] = OfCamera(made if anew or before is None else before.set_up, made)
            document = {
                key: {"set_up": calibration_document(one.set_up), "latest": calibration_document(one.latest)}
                for key, one in list(known.items())[-MOST:]
            }
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                put(self._path, json.dumps(document, indent=1, ensure_ascii=False).encode())
            except OSError as error:
                raise GaitError("cannot_save") from error

    def _read(self) -> dict[str, OfCamera]:
        """A file that is gone or damaged, or what is damaged in it, says nothing: the camera is calibrated again."""
        known: dict[str, OfCamera] = {}
        with contextlib.suppress(OSError, ValueError):
            kept: Any = json.loads(self._path.read_text(encoding="utf-8"))
            for key, one in kept.items() if isinstance(kept, dict) else ():
                with contextlib.suppress(KeyError, TypeError, ValueError):
                    known[key] = OfCamera(read_calibration(one["set_up"]), read_calibration(one["latest"]))
        return known
