"""Which cameras mirror, as staff confirmed, once for each: nobody can tell from a picture, for a mirrored runner looks like any other."""

import contextlib
import json
import threading
from dataclasses import dataclass
from pathlib import Path

from gait.errors import GaitError
from gait.results.place import put

FILE = ".cameras.json"
"""Beside the results. It goes by cameras, not by people."""
MOST = 500
"""Cameras remembered; those confirmed longest ago are asked about again."""


@dataclass(frozen=True)
class CameraId:
    """What filmed a clip, as far as can be told."""

    name: str
    """Make and model, or what a recording's camera is called; empty where the file does not say."""
    width_px: int
    height_px: int
    """An app that mirrors often stores another size than the camera's own, and a messenger another still."""

    @property
    def key(self) -> str:
        """The same for clips that are taken to be of one camera: a phone held upright or across is one."""
        sides = sorted((self.width_px, self.height_px))
        return f"{' '.join(self.name.split()).lower()}|{sides[0]}x{sides[1]}"


class Cameras:
    """What a store's staff confirmed of its cameras. Any thread may call it."""

    def __init__(self, folder: Path) -> None:
        """`folder` keeps the note; it need not exist yet."""
        self._path = folder / FILE
        self._lock = threading.Lock()

    def mirrored(self, camera: CameraId) -> bool | None:
        """Whether it mirrors; None when nobody has said."""
        return self._read().get(camera.key)

    def confirm(self, camera: CameraId, mirrored: bool) -> None:
        """Staff have looked. Raises GaitError when it cannot be kept."""
        with self._lock:
            known = self._read()
            known.pop(camera.key, None)
            known[camera.key] = mirrored
            self._write(dict(list(known.items())[-MOST:]))

    def forget(self, camera: CameraId) -> None:
        """Ask again at its next clip. Raises GaitError."""
        with self._lock:
            known = self._read()
            if known.pop(camera.key, None) is not None:
                self._write(known)

    def _read(self) -> dict[str, bool]:
        """A note that is gone or damaged says nothing, and staff are asked again."""
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(kept, dict):
                return {key: value for key, value in kept.items() if isinstance(value, bool)}
        return {}

    def _write(self, known: dict[str, bool]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            put(self._path, json.dumps(known, indent=1).encode())
        except OSError as error:
            raise GaitError("cannot_save") from error
