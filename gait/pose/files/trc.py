"""TRC, the marker file of Sports2D, Pose2Sim and OpenSim: x, y and z of each marker, with the frame and its time.

In pixels y counts downward or upward: that is told from the bodies. In metres or millimetres y is up. Two dimensions are taken as
they are. Three become the view from behind: across is along the line from the left hip to the right one.
"""

import math
from pathlib import Path

import numpy as np

from gait.landmarks import Landmark, Side
from gait.model import Floats
from gait.pose.files.cells import cell_number, read_text
from gait.pose.files.sightings import SeenPerson, Sighted, Sightings, Unit, Unreadable
from gait.pose.keypoints import landmark_named

_UNITS: dict[str, tuple[Unit, float]] = {
    **{"px": ("px", 1.0), "pixel": ("px", 1.0), "pixels": ("px", 1.0)},
    **{"m": ("m", 1.0), "cm": ("m", 0.01), "mm": ("m", 0.001)},
}
_FLAT = 1e-6
"""Of the depth, in the file's unit: with less the points lie in one plane."""


def read(path: Path) -> Sightings:
    """The file. Raises Unreadable, OSError."""
    lines = [line for line in read_text(path).replace("\r", "").split("\n") if line.strip()]
    if len(lines) < 6:
        raise Unreadable("header")
    keys, values = (lines[k].strip().split("\t") for k in (1, 2))
    told = {key.strip(): value.strip() for key, value in zip(keys, values, strict=False)}
    if told.get("Units", "").lower() not in _UNITS:
        raise Unreadable("units")
    unit, scale = _UNITS[told["Units"].lower()]
    names = [name.strip() for name in lines[3].split("\t")[2:] if name.strip()]
    data = [line for line in lines[4:] if line.split("\t")[0].strip().isdigit()]
    if not names or not data:
        raise Unreadable("rows")
    rows = np.array([_row(line, len(names)) for line in data])
    places = rows[:, 2:].reshape(len(rows), len(names), 3) * scale
    places[(places == 0).all(axis=2)] = np.nan
    if np.nanmax(np.abs(places[..., 2]), initial=0) > _FLAT * scale:
        if unit != "m":
            raise Unreadable("depth")
        places = _from_behind(places, names)
    landmarks = np.full((len(rows), len(Landmark), 2), np.nan)
    for k, name in enumerate(names):
        landmark = landmark_named(name)
        if landmark is not None and not np.isfinite(landmarks[:, landmark]).any():
            landmarks[:, landmark] = places[:, k, :2]
    seen = np.isfinite(landmarks).all(axis=2)
    landmarks[~seen] = np.nan
    order = np.argsort(rows[:, 0], kind="stable")
    if len(np.unique(rows[:, 0])) < len(rows):
        raise Unreadable("twice")
    frames = tuple(
        Sighted(
            int(rows[k, 0]), (SeenPerson(landmarks[k], seen[k].astype(float)),) if seen[k].any() else (), rows[k, 1]
        )
        for k in order
    )
    tool = "sports2d" if "sports2d" in lines[0].lower() else "trc"
    return Sightings(tool, told["Units"].lower(), frames, unit, up=True)


def _row(line: str, markers: int) -> list[float]:
    cells = line.split("\t")
    try:
        row = [cell_number(cell) for cell in cells[: 2 + 3 * markers]]
    except ValueError as error:
        raise Unreadable("number") from error
    if not math.isfinite(row[0]):
        raise Unreadable("frame")
    return row + [math.nan] * (2 + 3 * markers - len(row))


def _from_behind(places: Floats, names: list[str]) -> Floats:
    """(n, k, 2) m, x to the runner's right and y up, of (n, k, 3) with y up. Raises Unreadable without both hips."""
    hips = [
        next((k for k, name in enumerate(names) if landmark_named(name) is Landmark.of(s, "hip")), None) for s in Side
    ]
    if hips[0] is None or hips[1] is None:
        raise Unreadable("hips")
    across = places[:, hips[1]][:, [0, 2]] - places[:, hips[0]][:, [0, 2]]
    across = across[np.isfinite(across).all(axis=1)]
    length = float(np.linalg.norm(across.mean(axis=0))) if len(across) else 0.0
    if not length > 0:
        raise Unreadable("hips")
    right = across.mean(axis=0) / length
    return np.stack([places[..., [0, 2]] @ right, places[..., 1]], axis=-1)
