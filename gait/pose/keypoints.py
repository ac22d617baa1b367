"""The one table of skeletons: which of BlazePose's 33 landmarks the points of another tool fill, by their order and by their names."""

import re
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


_OTHER_WORDS = {"bigtoe": "footindex", "hallux": "footindex", "toe": "footindex", "toetip": "footindex"}
"""What BlazePose calls otherwise. Its foot index is the tip of the shoe, which a big toe lies a finger's breadth behind."""
_PLAIN = {re.sub("[^a-z]", "", m.name.lower()): m for m in Landmark}
_SIDE_FIRST, _SIDE_LAST = re.compile(r"^(left|right|l|r)(?=[a-z])"), re.compile(r"(left|right|l|r)$")


def landmark_named(name: str) -> Landmark | None:
    """The landmark that a point of this name is, however it is spelled; None when BlazePose has no such point.

    Example:
        >>> [landmark_named(n) for n in ("left_heel", "RBigToe", "Left Ankle", "leftHip", "ankle_r", "Neck")]  # doctest: +NORMALIZE_WHITESPACE
        [<Landmark.LEFT_HEEL: 29>, <Landmark.RIGHT_FOOT_INDEX: 32>, <Landmark.LEFT_ANKLE: 27>, <Landmark.LEFT_HIP: 23>,
         <Landmark.RIGHT_ANKLE: 28>, None]
    """
    plain = re.sub("[^a-z]", "", name.lower())
    if plain in _PLAIN:
        return _PLAIN[plain]
    for where in (_SIDE_FIRST, _SIDE_LAST):
        side = where.search(plain)
        if side is not None:
            joint = plain[: side.start()] + plain[side.end() :]
            found = _PLAIN.get(("right" if side[0][0] == "r" else "left") + _OTHER_WORDS.get(joint, joint))
            if found is not None:
                return found
    return None


def named(*names: str) -> Layout:
    """A skeleton by its points' names, in its own order. Of two names for one landmark the first fills it."""
    found: list[Landmark | None] = []
    for name in names:
        landmark = landmark_named(name)
        found.append(landmark if landmark not in found else None)
    return Layout(names, tuple(found))


BLAZEPOSE_33 = named(*(m.name.lower() for m in Landmark))
COCO_17 = named(
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow"),
    *("right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee"),
    *("left_ankle", "right_ankle"),
)
"""cocodataset.org, "keypoints" of the category person. MoveNet, PoseNet and the COCO models of Detectron2 and MMPose give this order."""
_COCO_FEET = ("left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel")
COCO_23 = named(*COCO_17.names, *_COCO_FEET)
"""COCO-WholeBody's body and feet."""
COCO_133 = named(*COCO_23.names, *(f"face_or_hand_{k}" for k in range(110)))
"""COCO-WholeBody with the face and both hands, of which BlazePose has nothing."""
HALPE_26 = named(
    *("Nose", "LEye", "REye", "LEar", "REar", "LShoulder", "RShoulder", "LElbow", "RElbow", "LWrist", "RWrist"),
    *("LHip", "RHip", "LKnee", "RKnee", "LAnkle", "RAnkle", "Head", "Neck", "Hip"),
    *("LBigToe", "RBigToe", "LSmallToe", "RSmallToe", "LHeel", "RHeel"),
)
"""Fang-Haoshu/Halpe-FullBody-Dataset. AlphaPose and RTMPose give it."""
HALPE_136 = named(*HALPE_26.names, *(f"face_or_hand_{k}" for k in range(110)))
_ARMS = ("Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist")
_LEGS = ("RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle")
COCO_18 = named("Nose", *_ARMS, *_LEGS, "REye", "LEye", "REar", "LEar")
MPI_15 = named("Head", *_ARMS, *_LEGS, "Chest")
BODY_25 = named(
    *("Nose", *_ARMS, "MidHip", *_LEGS, "REye", "LEye", "REar", "LEar"),
    *("LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel"),
)
BODY_25B = named(
    *("Nose", "LEye", "REye", "LEar", "REar", "LShoulder", "RShoulder", "LElbow", "RElbow", "LWrist", "RWrist"),
    *("LHip", "RHip", "LKnee", "RKnee", "LAnkle", "RAnkle", "UpperNeck", "HeadTop"),
    *("LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel"),
)
"""OpenPose's, src/openpose/pose/poseParameters.cpp; COCO_18 and MPI_15 too."""
MPII_16 = named(
    *("RAnkle", "RKnee", "RHip", "LHip", "LKnee", "LAnkle", "Pelvis", "Thorax", "UpperNeck", "HeadTop"),
    *("RWrist", "RElbow", "RShoulder", "LShoulder", "LElbow", "LWrist"),
)
"""human-pose.mpi-inf.mpg.de."""

SKELETONS = {
    **{"BlazePose-33": BLAZEPOSE_33, "COCO-17": COCO_17, "COCO-23": COCO_23, "COCO-WholeBody-133": COCO_133},
    **{"Halpe-26": HALPE_26, "Halpe-136": HALPE_136, "COCO-18": COCO_18, "MPI-15": MPI_15, "MPII-16": MPII_16},
    **{"BODY_25": BODY_25, "BODY_25B": BODY_25B},
}
"""By the name that a result and the pages of this project have them under."""
_LIMBS = [
    (Landmark[f"{side}_{a}"], Landmark[f"{side}_{b}"])
    for side in ("LEFT", "RIGHT")
    for a, b in (("SHOULDER", "ELBOW"), ("ELBOW", "WRIST"), ("HIP", "KNEE"), ("KNEE", "ANKLE"), ("ANKLE", "HEEL"))
]


def skeleton_of(points: Floats) -> str | None:
    """The skeleton, among those with as many points, under which the limbs are shortest; None when none has as many.

    Args:
        points: (m, k, 2) of m people, NaN = not seen.
    """
    names = [name for name, layout in SKELETONS.items() if len(layout.names) == points.shape[-2]]
    if len(names) < 2:
        return names[0] if names else None
    return min(names, key=lambda name: _limbs(SKELETONS[name].spread(points)))


def _limbs(landmarks: Floats) -> float:
    """Mean length of the limbs; infinite where none is seen."""
    ends = landmarks[:, [int(a) for a, _ in _LIMBS]] - landmarks[:, [int(b) for _, b in _LIMBS]]
    length = np.linalg.norm(ends, axis=-1)
    return float(length[np.isfinite(length)].mean()) if np.isfinite(length).any() else np.inf
