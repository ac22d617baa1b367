"""Every person in a few pictures: BlazePose's detector alone, which unlike its tracker reports more than one."""

from collections.abc import Sequence

import numpy as np

from gait.model import Floats, Picture

_GRAPH = """
input_stream: "image"
output_stream: "detections"
node { calculator: "PoseDetectionCpu" input_stream: "IMAGE:image" output_stream: "DETECTIONS:detections" }
"""


def find_people(
    samples: Sequence[tuple[float, Picture]], width_px: int, height_px: int
) -> tuple[tuple[float, Floats], ...]:
    """Per (time_s, picture): time_s and (k, 4) with hips x_px, y_px, body radius_px and score 0-1.

    The pictures may be shrunk; positions are in pixels of a picture of `width_px` x `height_px`. About 40 ms a picture.
    """
    from google.protobuf import text_format  # type: ignore[import-untyped]
    from mediapipe.framework import calculator_pb2
    from mediapipe.python.solution_base import SolutionBase

    size = np.array([width_px, height_px], dtype=float)
    graph = text_format.Parse(_GRAPH, calculator_pb2.CalculatorGraphConfig())
    found = []
    with SolutionBase(graph_config=graph, outputs=["detections"]) as detector:
        for time_s, picture in samples:
            rows = []
            for person in detector.process({"image": picture}).detections or []:
                # The detector's first key point is the middle of the hips, its second lies on the circle round the body.
                points = np.array([(p.x, p.y) for p in person.location_data.relative_keypoints[:2]]) * size
                rows.append((*points[0], np.linalg.norm(points[1] - points[0]), person.score[0]))
            found.append((time_s, np.array(rows, dtype=float).reshape(-1, 4)))
    return tuple(found)
