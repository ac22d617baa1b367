"""MediaPipe's own building blocks of BlazePose, one frame at a time, with the region given from outside.

The ready-made `Pose` graph keeps the region of the runner to itself: it follows from the last frame's landmarks, so frames can only be
tracked one after the other. The same calculators, wired without that loop, take the region as an input. What is
done with it is `blazepose.py`'s business. Landmarks for a given picture and region do not depend on anything else.

The pins in pyproject.toml that follow from MediaPipe, all because of `VERSION`:
- mediapipe itself: the last release whose wheel carries the calculator graphs and the models. Later ones fetch models and look up an
  outside address while they run; a product that promises that nothing leaves the store must not.
- Python below 3.13: there are no later wheels of it.
- numpy below 2: its metadata asks for it; it was built against numpy 1.
- OpenCV 4.11: the last release for numpy 1, and of the build that mediapipe asks for; two builds would write the same `cv2` twice.
- protobuf below 5: its metadata asks for it. Streamlit asks for 5 from 1.61 on, so 1.60 is the newest that stands beside it.
- flatbuffers: read by `network`; mediapipe brings it anyway.
A test compares `VERSION` with pyproject.toml.
"""

import hashlib
import os
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from gait.errors import GaitError
from gait.model import Floats, Picture
from gait.pose.own_files import OwnFile
from gait.pose.runtimes.network import without_mask

os.environ.setdefault("GLOG_minloglevel", "2")  # read when mediapipe is loaded: it would tell staff about its delegates

VERSION = "0.10.21"
"""The one release the graphs below are written for."""
_AT = "https://storage.googleapis.com/mediapipe-assets/"
"""MediaPipe's public model collection, as its `download_utils` has it."""
OWN_FILES = {
    "heavy": OwnFile(
        "blazepose-heavy",
        "pose_landmark_heavy.tflite",
        "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
        f"{_AT}pose_landmark_heavy.tflite",
        "GAIT_POSE_MODEL",
    ),
    "lite": OwnFile(
        "blazepose-lite",
        "pose_landmark_lite.tflite",
        "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
        f"{_AT}pose_landmark_lite.tflite",
        "GAIT_POSE_MODEL_LITE",
    ),
}
"""By model, those that are not in the wheel (27.7 and 2.8 MB). The checksums are those of the npm package @mediapipe/pose 0.5.1675469404."""
_COMPLEXITY = {"lite": 0, "full": 1, "heavy": 2}

_LANDMARKS = """
input_stream: "image"
input_stream: "region"
input_side_packet: "complexity"
output_stream: "landmarks"
output_stream: "world"
output_stream: "next_region"
num_threads: 1
node {
  calculator: "PoseLandmarkByRoiCpu"
  input_side_packet: "MODEL_COMPLEXITY:complexity"
  input_stream: "IMAGE:image"
  input_stream: "ROI:region"
  output_stream: "LANDMARKS:landmarks"
  output_stream: "AUXILIARY_LANDMARKS:auxiliary"
  output_stream: "WORLD_LANDMARKS:world"
}
node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE_CPU:image" output_stream: "SIZE:size" }
node {
  calculator: "PoseLandmarksToRoi"
  input_stream: "LANDMARKS:auxiliary"
  input_stream: "IMAGE_SIZE:size"
  output_stream: "ROI:next_region"
}
"""
_PEOPLE = """
input_stream: "image"
output_stream: "people"
num_threads: 1
node { calculator: "PoseDetectionCpu" input_stream: "IMAGE:image" output_stream: "DETECTIONS:people" }
"""
_DETECTION = """
input_stream: "image"
output_stream: "region"
num_threads: 1
node { calculator: "PoseDetectionCpu" input_stream: "IMAGE:image" output_stream: "DETECTIONS:found" }
node {
  calculator: "SplitDetectionVectorCalculator"
  input_stream: "found"
  output_stream: "first"
  options { [mediapipe.SplitVectorCalculatorOptions.ext] { ranges { begin: 0 end: 1 } element_only: true } }
}
node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE_CPU:image" output_stream: "SIZE:size" }
node {
  calculator: "PoseDetectionToRoi"
  input_stream: "DETECTION:first"
  input_stream: "IMAGE_SIZE:size"
  output_stream: "ROI:region"
}
"""


class Graph:
    """One MediaPipe graph, fed one frame at a time. Not for two threads at once; it lets go of the interpreter while it works."""

    def __init__(self, config: str, side: dict[str, Any], outputs: tuple[str, ...]) -> None:
        """Load the networks and start. Raises GaitError when MediaPipe cannot."""
        mp = _mediapipe()
        self._time = 0
        self._found: dict[str, Any] = {}
        # Not a method of this object: MediaPipe would hold it, it holds MediaPipe's, and neither would ever be freed.
        keep = self._found.__setitem__
        try:
            self._graph = mp.graph.CalculatorGraph(graph_config=config)
            for name in outputs:
                self._graph.observe_output_stream(name, keep, False)
            self._graph.start_run(side)
        except (RuntimeError, ValueError) as error:
            raise GaitError("no_model") from error

    def __call__(self, image: Picture, region: Floats | None = None) -> dict[str, Any]:
        """The outputs as protos; those the graph did not produce for this frame are absent."""
        mp = _mediapipe()
        self._found.clear()
        self._time += 1
        picture = mp.create.create_image_frame(image_format=mp.image_format.SRGB, data=image).at(self._time)
        self._graph.add_packet_to_input_stream("image", picture)
        if region is not None:
            x, y, width, height, rotation = (float(v) for v in region)
            rect = mp.rect(x_center=x, y_center=y, width=width, height=height, rotation=rotation)
            self._graph.add_packet_to_input_stream("region", mp.create.create_proto(rect).at(self._time))
        self._graph.wait_until_idle()
        return {
            name: mp.get.get_proto_list(packet) if name == "people" else mp.get.get_proto(packet)
            for name, packet in self._found.items()
        }

    def close(self) -> None:
        """Stop; frees the networks."""
        self._graph.close()


def landmark_graph(model: str, min_tracking_confidence: float) -> Graph:
    """Landmarks, world landmarks and the next region from a picture and a region."""
    config = _expanded(_LANDMARKS, "threshold: 0.5", f"threshold: {min_tracking_confidence}")
    path = model_file(model)
    bundled = f"mediapipe/modules/pose_landmark/pose_landmark_{model}.tflite"
    config = config.replace(bundled, without_mask(path, path.stat().st_mtime_ns).as_posix())
    complexity = _mediapipe().create.create_int(_COMPLEXITY[model])
    return Graph(config, {"complexity": complexity}, ("landmarks", "world", "next_region"))


def detection_graph(min_detection_confidence: float) -> Graph:
    """The region of the person seen best, from a picture."""
    config = _expanded(_DETECTION, "min_score_thresh: 0.5", f"min_score_thresh: {min_detection_confidence}")
    return Graph(config, {}, ("region",))


def people_graph(min_detection_confidence: float) -> Graph:
    """Every person in a picture, as a list of detections: see `people_in` for what is in one."""
    config = _expanded(_PEOPLE, "min_score_thresh: 0.5", f"min_score_thresh: {min_detection_confidence}")
    return Graph(config, {}, ("people",))


def version() -> str:
    """What is installed: "mediapipe 0.10.21". Raises GaitError when it is not."""
    try:
        return f"mediapipe {metadata.version('mediapipe')}"
    except metadata.PackageNotFoundError as error:
        raise _absent() from error


def region_of(proto: Any) -> Floats:  # noqa: ANN401  a NormalizedRect
    """(5,) centre x, y, width, height as shares of the picture, rotation in radians."""
    return np.array([proto.x_center, proto.y_center, proto.width, proto.height, proto.rotation], dtype=np.float64)


def model_file(model: str) -> Path:
    """Where the landmark network is. Raises GaitError when it is not there; nothing is ever fetched here."""
    if model == "full":
        path = _mediapipe().root / "mediapipe" / "modules" / "pose_landmark" / "pose_landmark_full.tflite"
        if not path.is_file():
            raise GaitError("no_model", "bundled")
        return path
    return OWN_FILES[model].path()


@cache
def _sha256(path: Path, _modified_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def model_sha256(model: str) -> str:
    """The checksum of the landmark network's file. Raises GaitError when it is absent or one of `OWN_FILES` that is another."""
    path = model_file(model)
    found = _sha256(path, path.stat().st_mtime_ns)
    if model in OWN_FILES:
        OWN_FILES[model].check(found)
    return found


@cache
def _expanded(config: str, threshold: str, replacement: str) -> str:
    """The graph with MediaPipe's sub-graphs written out, one threshold replaced."""
    validated = _mediapipe().validated()
    validated.initialize(graph_config=config)
    text: str = validated.text_config
    if text.count(threshold) != 1:
        raise GaitError("no_model", "release", release=VERSION)
    return text.replace(threshold, replacement)


class _MediaPipe:
    """The parts of MediaPipe that are used, imported once: 2 s, so not before somebody tracks."""

    def __init__(self) -> None:
        import mediapipe
        from mediapipe.framework.formats.rect_pb2 import NormalizedRect
        from mediapipe.python import packet_creator, packet_getter
        from mediapipe.python._framework_bindings import (
            calculator_graph,
            image_frame,
            resource_util,
            validated_graph_config,
        )

        self.root = Path(mediapipe.__file__).parent.parent
        self.create, self.get, self.rect = packet_creator, packet_getter, NormalizedRect
        self.graph, self.validated = calculator_graph, validated_graph_config.ValidatedGraphConfig
        self.image_format = image_frame.ImageFormat
        resource_util.set_resource_dir(str(self.root))


@cache
def _mediapipe() -> _MediaPipe:
    try:
        return _MediaPipe()
    except ImportError as error:
        raise _absent() from error


def _absent() -> GaitError:
    return GaitError("no_model", "absent")
