"""People out of PoseNet's maps: from one sure point along the skeleton to all others.

G. Papandreou and others: PersonLab: Person Pose Estimation and Instance Segmentation with a Bottom-Up, Part-Based, Geometric
Embedding Model. ECCV 2018, section 3.1. The steps and numbers are those of TensorFlow.js's PoseNet 2.2.2.

The network answers for cells of the picture. For each cell and point it gives how likely the point is in the cell, and where in it
(*offset*). For each bone it gives the way from one of its ends to the other (*displacement*). Taking the most likely cell for each point on
its own is simpler, but exchanges the ankles of a runner seen from behind: the two look alike, and only the way from the knee tells them apart.
"""

from dataclasses import dataclass

import numpy as np

from gait.model import AnyFloats, Floats
from gait.pose.keypoints import COCO_17

BONES = tuple(
    (COCO_17.names.index(a), COCO_17.names.index(b))
    for a, b in (
        *(("nose", "left_eye"), ("left_eye", "left_ear"), ("nose", "right_eye"), ("right_eye", "right_ear")),
        *(("nose", "left_shoulder"), ("left_shoulder", "left_elbow"), ("left_elbow", "left_wrist")),
        *(("left_shoulder", "left_hip"), ("left_hip", "left_knee"), ("left_knee", "left_ankle")),
        *(("nose", "right_shoulder"), ("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist")),
        *(("right_shoulder", "right_hip"), ("right_hip", "right_knee"), ("right_knee", "right_ankle")),
    )
)
"""The order of the network's displacements. Forward is from the first to the second end."""
REFINED = 2
"""Times that the far end of a bone is put to its own cell's offset."""
ROOT_SCORE = 0.5
"""Of a point from which a person may be found."""
APART_PX = 20.0
"""Of the network's picture: two people whose same points are nearer are one."""
MOST_PEOPLE = 5


@dataclass(frozen=True, eq=False)
class Maps:
    """What the network says of one picture: rows and columns of cells, y before x throughout."""

    score: Floats
    """(17, r, c) 0-1."""
    offset_px: Floats
    """(17, 2, r, c) from the cell's corner to the point."""
    forward_px: Floats
    """(16, 2, r, c) from the first end of each bone to the second."""
    backward_px: Floats
    """(16, 2, r, c) from the second end to the first."""
    stride_px: int
    """Side of a cell."""

    @classmethod
    def of(cls, heat: AnyFloats, offset: AnyFloats, forward: AnyFloats, backward: AnyFloats, stride_px: int) -> "Maps":
        """From the network's four outputs, (1, maps, r, c). Each holds all y before all x."""
        sides = heat.shape[-2:]

        def yx(maps: AnyFloats) -> Floats:
            return np.asarray(maps[0].reshape(2, -1, *sides).swapaxes(0, 1), dtype=np.float64)

        score = 1 / (1 + np.exp(-heat[0].astype(np.float64)))
        return cls(score, yx(offset), yx(forward), yx(backward), stride_px)

    def cell(self, yx_px: Floats) -> tuple[int, int]:
        """The nearest cell within the picture."""
        row, column = np.clip(np.round(yx_px / self.stride_px), 0, np.array(self.score.shape[1:]) - 1).astype(int)
        return int(row), int(column)

    def point(self, k: int, cell: tuple[int, int]) -> Floats:
        """(2,) y and x of that point, as the cell has it."""
        return np.array(cell) * self.stride_px + self.offset_px[k, :, *cell]


def people_in(maps: Maps, least: float = 0.5) -> list[tuple[Floats, Floats]]:
    """Everybody, surest first: (17, 2) points x, y in pixels of the network's picture and (17,) scores.

    Args:
        maps: The network's answer.
        least: Mean score of somebody's points that nobody before has: below it he is a shadow of those, or nobody. A runner's is
            0.66 or more (270 frames of three rendered runners, one real one from the side), a shadow's 0.43 or less.
    """
    found: list[tuple[Floats, Floats]] = []
    for k, cell in _roots(maps.score):
        if len(found) == MOST_PEOPLE:
            break
        root = maps.point(k, cell)
        if any(np.hypot(*(points[k] - root)) <= APART_PX for points, _ in found):
            continue
        points, scores = _person(maps, k, cell)
        taken = [np.hypot(*(points - others).T) <= APART_PX for others, _ in found]
        if np.where(np.any(taken, axis=0) if taken else False, 0, scores).mean() >= least:
            found.append((points, scores))
    return [(points[:, ::-1], scores) for points, scores in found]


def _roots(score: Floats) -> list[tuple[int, tuple[int, int]]]:
    """Points that no neighbouring cell surpasses, surest first: which point and its cell."""
    wide = np.pad(score, ((0, 0), (1, 1), (1, 1)), constant_values=-1)
    rows, columns = score.shape[1:]
    around = np.max([wide[:, y : y + rows, x : x + columns] for y in range(3) for x in range(3)], axis=0)
    which, row, column = np.nonzero((score >= ROOT_SCORE) & (score == around))
    order = np.argsort(-score[which, row, column], kind="stable")
    return [(int(which[i]), (int(row[i]), int(column[i]))) for i in order]


def _person(maps: Maps, root: int, cell: tuple[int, int]) -> tuple[Floats, Floats]:
    """(17, 2) y, x and (17,) scores of the person to whom that point belongs."""
    points, scores = np.full((17, 2), np.nan), np.zeros(17)
    points[root], scores[root] = maps.point(root, cell), maps.score[root, *cell]
    towards_root = [(i, b, a, maps.backward_px) for i, (a, b) in reversed(list(enumerate(BONES)))]
    from_root = [(i, a, b, maps.forward_px) for i, (a, b) in enumerate(BONES)]
    for i, here, there, way_px in towards_root + from_root:
        if scores[here] > 0 and scores[there] == 0:
            at = points[here] + way_px[i, :, *maps.cell(points[here])]
            for _ in range(REFINED):
                at = maps.point(there, maps.cell(at))
            points[there], scores[there] = at, maps.score[there, *maps.cell(at)]
    return points, scores
