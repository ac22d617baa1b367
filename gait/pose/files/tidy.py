"""Key points as a tidy table: the plainest file, for other trackers and for motion capture.

One row per point and frame: time_s, landmark (BlazePose's name), x_px, y_px (y down), visibility; optionally frame, person, width_px
and height_px of the picture. As spreadsheets and other trackers write it, it may be separated by semicolons or tabs with decimal commas,
hold 0, 0 for what was not seen, percents for visibilities, and give shares of the picture.
"""

import math
from collections.abc import Sequence

import numpy as np

from gait.errors import GaitError
from gait.landmarks import Landmark
from gait.model import Floats
from gait.pose.files.cells import cell_number
from gait.pose.files.sightings import SeenPerson, Sighted, Sightings, unit_of
from gait.pose.keypoints import SKELETONS, landmark_named

_CALLED = {
    "time_s": ("time_s", "t_s", "timestamp_s", "time_seconds"),
    "frame": ("frame", "frame_id", "frame_number", "frame_index", "frame_no", "image_id"),
    "landmark": ("landmark", "landmark_name", "keypoint", "joint", "bodypart", "point", "name", "part"),
    "x_px": ("x_px", "x"),
    "y_px": ("y_px", "y"),
    "visibility": ("visibility", "confidence", "likelihood", "score"),
    "person": ("person", "person_id", "track_id", "people", "individual", "id", "idx"),
    "width_px": ("width_px", "width", "image_width"),
    "height_px": ("height_px", "height", "image_height"),
}
"""What a column may be called, in lower case with underscores; its own name first."""
_NO_LANDMARKS = {
    name.lower().replace("_", "") for s in SKELETONS.values() for name in s.names if landmark_named(name) is None
}
"""Points of known skeletons that BlazePose does not have, such as the neck: they are passed over."""
_NAMES = {"midhip", "pelvis", "hip", "neck", "head", "headtop", "chest", "thorax", "leftsmalltoe", "rightsmalltoe"}


def columns_of(head: Sequence[str]) -> dict[str, int]:
    """Which column is what."""
    plain = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in head]
    found = {}
    for what, names in _CALLED.items():
        at = next((plain.index(name) for name in names if name in plain), None)
        if at is not None:
            found[what] = at
    return found


def is_tidy(head: Sequence[str]) -> bool:
    """Whether the head of a table has a column for the landmark's name."""
    return "landmark" in columns_of(head)


def read(cells: list[list[str]], file: str) -> Sightings:
    """The rows of the file of that name. Raises GaitError with one sentence when it cannot be used."""
    columns = columns_of(cells[0])
    needed = ("landmark", "x_px", "y_px")
    missing = [c for c in needed if c not in columns]
    if "time_s" not in columns and "frame" not in columns:
        missing = ["time_s", *missing]
    if missing:
        raise GaitError("bad_points", "no_column", file=file, column=missing[0])
    rows = cells[1:]
    values = {
        name: _numbers(rows, at, name, file) for name, at in columns.items() if name not in ("landmark", "person")
    }
    when = values.get("frame", values.get("time_s", np.empty(0)))
    times = values.get("time_s", np.full(len(rows), np.nan))
    if not np.isfinite(when).all():
        raise GaitError("bad_points", "no_time", file=file)
    names = [row[columns["landmark"]] if columns["landmark"] < len(row) else "" for row in rows]
    landmarks = {name: _landmark(name, file) for name in set(names)}
    people = [row[columns["person"]] if columns.get("person", len(row)) < len(row) else "" for row in rows]
    visibility = values.get("visibility", np.ones(len(rows)))
    if len(visibility) and 1 < np.nanmax(visibility, initial=0) <= 100:
        visibility = visibility / 100
    xy = np.column_stack([values["x_px"], values["y_px"]])
    unseen = visibility == 0
    # No joint lies in the corner of the picture: that is how trackers write what they have not seen.
    xy[(xy == 0).all(axis=1) | (unseen & (xy <= 0).all(axis=1)) | ~np.isfinite(xy).all(axis=1)] = np.nan
    numbers_, frame_of = np.unique(when, return_inverse=True)
    found: list[dict[str, tuple[Floats, Floats]]] = [{} for _ in numbers_]
    own_s = np.full(len(numbers_), np.nan)
    done = set()
    for k, (name, person) in enumerate(zip(names, people, strict=True)):
        landmark, frame = landmarks[name], int(frame_of[k])
        own_s[frame] = times[k]
        if landmark is None:
            continue
        if (frame, person, landmark) in done:
            raise GaitError("bad_points", "twice", file=file)
        done.add((frame, person, landmark))
        empty = (np.full((len(Landmark), 2), np.nan), np.zeros(len(Landmark)))
        points, sure = found[frame].setdefault(person, empty)
        points[landmark] = xy[k]
        sure[landmark] = np.clip(np.nan_to_num(visibility[k]), 0, 1) if np.isfinite(xy[k]).all() else 0.0
    frames = tuple(
        Sighted(
            int(numbers_[k]) if "frame" in columns and (numbers_ == np.round(numbers_)).all() else k,
            tuple(SeenPerson(p, s, name) for name, (p, s) in found[k].items() if np.isfinite(p).any()),
            float(own_s[k]),
        )
        for k in range(len(numbers_))
    )
    size = tuple(_size(values.get(side)) for side in ("width_px", "height_px"))
    known = (size[0], size[1]) if min(size) > 0 else None
    return Sightings("points", "named points", frames, unit_of([xy]), known)


def _numbers(rows: list[list[str]], at: int, column: str, file: str) -> Floats:
    found = np.full(len(rows), math.nan)
    for k, row in enumerate(rows):
        try:
            found[k] = cell_number(row[at]) if at < len(row) else math.nan
        except ValueError as error:
            raise GaitError("bad_points", "no_number", file=file, column=column, line=k + 2) from error
    return found


def _landmark(name: str, file: str) -> Landmark | None:
    found = landmark_named(name)
    if found is None and name.lower().replace("_", "").replace(" ", "") not in _NO_LANDMARKS | _NAMES:
        raise GaitError("bad_points", "unknown_landmark", file=file, landmark=name)
    return found


def _size(column: Floats | None) -> int:
    """The picture's extent as the file says it, px; 0 where it does not."""
    if column is None or not np.isfinite(column).any():
        return 0
    given = float(np.nanmax(column))
    return int(given) if 2 < given < 1e6 else 0
