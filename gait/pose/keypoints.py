"""Key-point layouts: which of BlazePose's 33 landmarks a foreign skeleton fills."""

from dataclasses import dataclass

import numpy as np

from gait.landmarks import Landmark
from gait.model import AnyFloats, Floats


@dataclass(frozen=True)
class Layout:
    """The points of one skeleton in its own order. Several may fill no landmark; none is filled twice."""

    names: tuple[str, ...]
    """As its makers spell them."""
    landmarks: tuple[Landmark | None, ...]
    """For each name the landmark it fills; None where BlazePose has no such point."""

    def __post_init__(self) -> None:
        """Raises ValueError when names and landmarks do not go together."""
        filled = [m for m in self.landmarks if m is not None]
        if len(self.names) != len(self.landmarks) or len(set(self.names)) != len(self.names):
            raise ValueError(f"Layout: each point must have a name of its own. Got {self.names}")
        if len(set(filled)) != len(filled):
            raise ValueError(f"Layout: no landmark must be filled twice. Got {self.landmarks}")

    @property
    def joints(self) -> frozenset[Landmark]:
        """The landmarks it fills."""
        return frozenset(m for m in self.landmarks if m is not None)

    def spread(self, points: AnyFloats, empty: float = np.nan) -> Floats:
        """Values in this layout's order, (..., k, d), as (..., 33, d) in BlazePose's; `empty` for landmarks it does not fill.

        Raises ValueError when k is not the number of this layout's points.
        """
        if points.ndim < 2 or points.shape[-2] != len(self.names):
            raise ValueError(f"points must be (..., {len(self.names)}, d). Got {points.shape}")
        rows = [i for i, m in enumerate(self.landmarks) if m is not None]
        found = np.full((*points.shape[:-2], len(Landmark), points.shape[-1]), empty, dtype=np.float64)
        found[..., [int(m) for m in self.landmarks if m is not None], :] = points[..., rows, :]
        return found


def _alike(*names: str) -> Layout:
    """A skeleton whose points are called as BlazePose's are."""
    return Layout(names, tuple(Landmark[name.upper()] for name in names))


BLAZEPOSE_33 = _alike(*(m.name.lower() for m in Landmark))
COCO_17 = _alike(
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow"),
    *("right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee"),
    *("left_ankle", "right_ankle"),
)
"""cocodataset.org, "keypoints" of the category person. MoveNet, PoseNet and the COCO models of Detectron2 and MMPose give this order."""
