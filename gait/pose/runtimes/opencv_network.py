"""Networks that OpenCV runs by itself, from files: ONNX, and Caffe's. No other library is needed."""

import hashlib
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2

from gait.errors import GaitError
from gait.model import AnyFloats


class Network:
    """One network, loaded when first asked. From any thread, one picture after the other."""

    def __init__(self, *files: Path) -> None:
        """One ONNX file, or Caffe's two: the network (.prototxt) and its weights (.caffemodel)."""
        self._files = files
        self._lock = threading.Lock()
        self._net: Any = None

    def __call__(self, batch: AnyFloats, outputs: Sequence[str] = ()) -> list[AnyFloats]:
        """The named outputs, or the last one, each (1, maps, rows, columns), of pictures (1, 3, height, width).

        Raises GaitError when the files cannot be read as a network, or this one cannot take such a picture.
        """
        try:
            with self._lock:
                self._net = self._net or _loaded(self._files)
                self._net.setInput(batch)
                return list(self._net.forward(list(outputs)) if outputs else [self._net.forward()])
        except cv2.error as error:
            raise GaitError("no_network", "unreadable", file=self._files[-1].name) from error


def sha256(*files: Path) -> str:
    """Of the content of these files, in turn. Raises OSError."""
    return _sha256(tuple((path, path.stat().st_mtime_ns) for path in files))


@cache
def _sha256(files: tuple[tuple[Path, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _ in files:
        with path.open("rb") as content:
            while piece := content.read(1 << 20):
                digest.update(piece)
    return digest.hexdigest()


def version() -> str:
    """What runs the networks: "OpenCV 4.11.0"."""
    return f"OpenCV {cv2.__version__}"


def _loaded(files: tuple[Path, ...]) -> Any:  # noqa: ANN401  cv2.dnn.Net
    read = cv2.dnn.readNetFromCaffe if len(files) == 2 else cv2.dnn.readNetFromONNX
    return read(*(str(path) for path in files))
