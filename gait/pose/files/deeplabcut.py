"""DeepLabCut's predictions as CSV: three rows above the numbers (scorer, bodyparts, coords), with several animals a fourth (individuals).

What its body parts are called is up to whoever labelled them. Those that gait does not know by themselves are named once in a small file,
one line each: their name, a comma, gait's name (`read_names`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gait.errors import GaitError
from gait.landmarks import Landmark
from gait.model import Floats
from gait.pose.files.cells import cell_number, read_cells
from gait.pose.files.sightings import SeenPerson, Sighted, Sightings, Unreadable, frame_number
from gait.pose.keypoints import landmark_named

Names = Mapping[str, Landmark]
LIKELY = 0.1
"""DeepLabCut gives a place to every point in every frame. Below this likelihood it is a guess; its own plots leave out what is below 0.6."""
_NEEDED = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)


def read(cells: list[list[str]], names: Names) -> Sightings:
    """The rows of the file. Raises Unreadable, also when its names lead to no ankles."""
    heads = {row[0].lower(): row for row in cells[:4]}
    depth = 4 if "individuals" in heads else 3
    if "bodyparts" not in heads or "coords" not in heads or len(cells) <= depth:
        raise Unreadable("header")
    # Newer versions split "labeled-data/video/img0000.png" into three columns without a head.
    index = max(1, next((k for k, cell in enumerate(heads["coords"][1:], 1) if cell), 1))
    width = len(heads["coords"])
    individuals = heads.get("individuals", [""] * width)
    columns = list(zip(individuals[index:], heads["bodyparts"][index:], heads["coords"][index:], strict=False))
    frames = [frame_number(row[index - 1]) for row in cells[depth:]]
    try:
        values = [[cell_number(cell) for cell in row[index : index + len(columns)]] for row in cells[depth:]]
    except ValueError as error:
        raise Unreadable("number") from error
    full = np.array([row + [np.nan] * (len(columns) - len(row)) for row in values])
    return of_columns(columns, frames, full, names)


def of_columns(
    columns: Sequence[tuple[str, str, str]], frames: Sequence[int], values: Floats, names: Names
) -> Sightings:
    """Of (n, c) values whose columns are (individual, body part, coordinate). Raises as `read` does."""
    known = {part: names.get(part.strip().lower(), landmark_named(part)) for _, part, _ in columns}
    unknown = sorted(part for part, landmark in known.items() if landmark is None)
    if not set(known.values()) - {None} or (unknown and not all(landmark in known.values() for landmark in _NEEDED)):
        raise Unreadable("names", ", ".join(unknown))
    if len(set(frames)) < len(frames):
        raise Unreadable("twice")
    people: dict[str, Floats] = {}
    for k, (individual, part, coordinate) in enumerate(columns):
        landmark, at = known[part], {"x": 0, "y": 1, "likelihood": 2}.get(coordinate.lower())
        if landmark is not None and at is not None:
            empty = np.full((len(frames), len(Landmark), 3), np.nan)
            people.setdefault(individual, empty)[:, landmark, at] = values[:, k]
    likelihoods = any(coordinate.lower() == "likelihood" for *_, coordinate in columns)
    frames_of: list[Sighted] = []
    for row in np.argsort(frames, kind="stable"):
        seen = [_person(name, points[row], likelihoods) for name, points in people.items()]
        frames_of.append(Sighted(frames[row], tuple(person for person in seen if person is not None)))
    return Sightings("deeplabcut", "named points", tuple(frames_of))


def _person(name: str, rows: Floats, likelihoods: bool) -> SeenPerson | None:
    points, sure = rows[:, :2].copy(), rows[:, 2] if likelihoods else np.ones(len(rows))
    seen = np.isfinite(points).all(axis=1) & (sure >= LIKELY)
    points[~seen] = np.nan
    return SeenPerson(points, np.where(seen, np.clip(sure, 0, 1), 0.0), name) if seen.any() else None


def read_names(path: Path | None) -> Names:
    """From a file's names, in lower case, to landmarks. Raises GaitError when the file of names cannot be used."""
    if path is None:
        return {}
    try:
        cells = read_cells(path)
    except (OSError, Unreadable) as error:
        raise GaitError("bad_names", file=path.name) from error
    found = {}
    for row in cells:
        if len(row) < 2 or row[1].lower() in ("landmark", "gait"):  # a head
            continue
        landmark = landmark_named(row[1])
        if landmark is None:
            raise GaitError("bad_names", "unknown", file=path.name, landmark=row[1])
        found[row[0].lower()] = landmark
    if not found:
        raise GaitError("bad_names", file=path.name)
    return found
