"""People out of OpenPose's maps: peaks of the heat maps, joined along the part-affinity fields.

Z. Cao and others: OpenPose: Realtime Multi-Person 2D Pose Estimation Using Part Affinity Fields. IEEE TPAMI 2021, section 3. Written from
that paper; which map is what follows OpenPose's own numbering (poseParameters.cpp), which is that of the networks' files.

A network gives one heat map for each point, one for the background, and then a field of directions (x, y) for each bone.
"""

from dataclasses import dataclass

import numpy as np

from gait.model import AnyFloats, Floats
from gait.pose.keypoints import BODY_25, COCO_18, MPI_15, Layout

PEAK = 0.1
"""A point is looked for where its heat map is higher."""
ALONG, STEPS = 0.05, 10
"""A bone's field must point its way by so much, looked at in so many places."""
AGREEING = 0.8
"""Of those places."""
MOST_PEAKS = 12
"""Of one heat map, the highest."""
LEAST_POINTS = 4
"""Of somebody: fewer are nobody."""


@dataclass(frozen=True)
class BodyParts:
    """What a network's maps are."""

    layout: Layout
    bones: tuple[tuple[str, str, int], ...]
    """Its two ends, and which of the network's fields is its own: 0 is the first after the background."""

    @property
    def maps(self) -> int:
        """How many the network gives: 78, 57 or 44."""
        return len(self.layout.names) + 1 + self.fields

    @property
    def fields(self) -> int:
        """Maps of directions, two for each bone. COCO_18 and BODY_25 have two bones more than are used here (shoulder to ear)."""
        extra = 0 if self.layout is MPI_15 else 2
        return 2 * (len(self.bones) + extra)


def _bones(*rows: str) -> tuple[tuple[str, str, int], ...]:
    return tuple((a, b, int(field)) for a, b, field in (row.split() for row in rows))


PARTS = {
    "body_25": BodyParts(
        BODY_25,
        _bones(
            *("Neck MidHip 0", "Neck RShoulder 7", "Neck LShoulder 11", "RShoulder RElbow 8", "RElbow RWrist 9"),
            *("LShoulder LElbow 12", "LElbow LWrist 13", "MidHip RHip 3", "RHip RKnee 1", "RKnee RAnkle 2"),
            *("MidHip LHip 4", "LHip LKnee 5", "LKnee LAnkle 6", "Neck Nose 15", "Nose REye 16", "REye REar 18"),
            *("Nose LEye 17", "LEye LEar 19", "LAnkle LBigToe 20", "LBigToe LSmallToe 21", "LAnkle LHeel 22"),
            *("RAnkle RBigToe 23", "RBigToe RSmallToe 24", "RAnkle RHeel 25"),
        ),
    ),
    "coco": BodyParts(
        COCO_18,
        _bones(
            *("Neck RShoulder 6", "Neck LShoulder 10", "RShoulder RElbow 7", "RElbow RWrist 8", "LShoulder LElbow 11"),
            *("LElbow LWrist 12", "Neck RHip 0", "RHip RKnee 1", "RKnee RAnkle 2", "Neck LHip 3", "LHip LKnee 4"),
            *("LKnee LAnkle 5", "Neck Nose 14", "Nose REye 15", "REye REar 17", "Nose LEye 16", "LEye LEar 18"),
        ),
    ),
    "mpi": BodyParts(
        MPI_15,
        _bones(
            *("Head Neck 0", "Neck RShoulder 1", "RShoulder RElbow 2", "RElbow RWrist 3", "Neck LShoulder 4"),
            *("LShoulder LElbow 5", "LElbow LWrist 6", "Neck Chest 7", "Chest RHip 8", "RHip RKnee 9"),
            *("RKnee RAnkle 10", "Chest LHip 11", "LHip LKnee 12", "LKnee LAnkle 13"),
        ),
    ),
}
"""By the name that OpenPose's own folders of networks have."""

FoundPerson = tuple[Floats, Floats]
"""(k, 2) points x, y in cells of the maps, NaN where there is none, and (k,) scores, 0 there. The middle of the first cell is 0, 0."""


def people_in(maps: AnyFloats, parts: BodyParts) -> list[FoundPerson]:
    """Everybody in the (maps, rows, columns) of one picture, in any order. Where no heat map has two peaks that is one person."""
    k = len(parts.layout.names)
    peaks = [_peaks(np.asarray(heat, dtype=np.float64)) for heat in maps[:k]]
    if all(len(found) < 2 for found in peaks):
        alone = {part: 0 for part, found in enumerate(peaks) if len(found)}
        return _people([alone], peaks)
    return _people(_joined(peaks, maps[k + 1 :], parts), peaks)


def _peaks(heat: Floats) -> Floats:
    """(m, 3) x, y and height of what no neighbouring cell surpasses, the highest first, finer than a cell.

    The peaks that these networks learn are Gaussian, whose logarithm is a parabola: three cells in a row give its top exactly.
    """
    wide = np.pad(heat, 1, constant_values=-np.inf)
    rows, columns = heat.shape
    around = [wide[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
    # Of two equal neighbours the first in reading order is the peak.
    top = np.logical_and.reduce([heat > other if i < 4 else heat >= other for i, other in enumerate(around) if i != 4])
    y, x = np.nonzero(top & (heat > PEAK))
    order = np.argsort(-heat[y, x], kind="stable")[:MOST_PEAKS]
    logs = np.log(np.maximum(np.pad(heat, 1, mode="edge"), 1e-6))

    def finer(row: int, column: int, down: int, right: int) -> float:
        before, here, after = (logs[row + 1 + s * down, column + 1 + s * right] for s in (-1, 0, 1))
        bend = before - 2 * here + after
        return float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0

    return np.array(
        [(x[i] + finer(y[i], x[i], 0, 1), y[i] + finer(y[i], x[i], 1, 0), heat[y[i], x[i]]) for i in order],
        dtype=np.float64,
    ).reshape(-1, 3)


def _joined(peaks: list[Floats], fields: AnyFloats, parts: BodyParts) -> list[dict[int, int]]:
    """Per person, by part, which of its peaks is theirs. Each bone's best pairs are taken first."""
    people: list[dict[int, int]] = []
    for a_name, b_name, field in parts.bones:
        a, b = parts.layout.names.index(a_name), parts.layout.names.index(b_name)
        for i, j in _pairs(peaks[a], peaks[b], np.asarray(fields[2 * field : 2 * field + 2], dtype=np.float64)):
            at_a = next((p for p in people if p.get(a) == i), None)
            at_b = next((p for p in people if p.get(b) == j), None)
            if at_a is None and at_b is None:
                people.append({a: i, b: j})
            elif at_b is None and at_a is not None:
                at_a.setdefault(b, j)
            elif at_a is None and at_b is not None:
                at_b.setdefault(a, i)
            elif at_a is not at_b and at_a is not None and at_b is not None and not at_a.keys() & at_b.keys():
                at_a.update(at_b)
                people = [p for p in people if p is not at_b]
    return people


def _pairs(starts: Floats, ends: Floats, field: Floats) -> list[tuple[int, int]]:
    """Which start goes with which end, by how well the field points along the line between them: each is taken once, the best first."""
    scored = []
    for i, start in enumerate(starts[:, :2]):
        for j, end in enumerate(ends[:, :2]):
            way = end - start
            length = float(np.hypot(*way))
            if length == 0:
                continue
            places = start + np.linspace(0, 1, STEPS)[:, None] * way
            along = (way / length) @ _at(field, places)
            if (along > ALONG).mean() >= AGREEING:
                scored.append((float(along.mean()), i, j))
    taken: list[tuple[int, int]] = []
    for _, i, j in sorted(scored, key=lambda one: -one[0]):
        if all(i != a and j != b for a, b in taken):
            taken.append((i, j))
    return taken


def _at(field: Floats, places: Floats) -> Floats:
    """(2, n) the field at places x, y between the cells, on the straight line between neighbours."""
    rows, columns = field.shape[1:]
    x, y = np.clip(places[:, 0], 0, columns - 1), np.clip(places[:, 1], 0, rows - 1)
    x0, y0 = np.minimum(x.astype(int), max(columns - 2, 0)), np.minimum(y.astype(int), max(rows - 2, 0))
    x1, y1 = np.minimum(x0 + 1, columns - 1), np.minimum(y0 + 1, rows - 1)
    u, v = x - x0, y - y0
    upper = field[:, y0, x0] * (1 - u) + field[:, y0, x1] * u
    lower = field[:, y1, x0] * (1 - u) + field[:, y1, x1] * u
    return np.asarray(upper * (1 - v) + lower * v)


def _people(found: list[dict[int, int]], peaks: list[Floats]) -> list[FoundPerson]:
    people = []
    for one in found:
        if len(one) < LEAST_POINTS:
            continue
        points, scores = np.full((len(peaks), 2), np.nan), np.zeros(len(peaks))
        for part, which in one.items():
            points[part], scores[part] = peaks[part][which, :2], min(1.0, peaks[part][which, 2])
        people.append((points, scores))
    return people
