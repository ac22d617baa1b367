"""C3D by ezc3d: the markers of TRC, with foot strikes and toe-offs as events of the runner's left and right.

C3D counts frames at one rate and holds no times. The points are never moved to an even grid: the rate is the clip's mean one, each frame's
own time stands in the analog channel `time_s`, and an event stands where the frames it lies between are.
"""

from collections.abc import Iterator
from pathlib import Path

import ezc3d
import numpy as np

from gait.export.places import NAMES, Places, places_of
from gait.landmarks import Side
from gait.model import Floats
from gait.results.folder import ResultFolder
from gait.said import Said

NAME = "trajectories.c3d"
MOST_FRAMES = 65_535
"""C3D counts them in 16 bits."""
STRIKE, OFF = "Foot Strike", "Foot Off"
"""The names by which programs that read C3D know them."""


def write_c3d(folder: ResultFolder, out: Path) -> Said | None:
    """Write `NAME` into `out`; what to say where it cannot hold the result. Raises OSError."""
    found = places_of(folder)
    if found is None:
        return Said("export_no_trajectories")
    n = len(found.times_s)
    if n > MOST_FRAMES:
        return Said("export_too_long", {"frames": n, "most": MOST_FRAMES})
    made = ezc3d.c3d()
    seen = np.isfinite(found.places).all(axis=2).T
    points = np.ones((4, len(NAMES), n))
    points[:2], points[2] = found.places.transpose(2, 1, 0), np.where(seen, 0.0, np.nan)
    points[:2, ~seen] = np.nan
    made["data"]["points"] = points
    made["data"]["meta_points"]["residuals"] = np.where(seen, 0.0, -1.0)[None]
    made["data"]["meta_points"]["camera_masks"] = np.zeros((7, len(NAMES), n), dtype=bool)
    made["data"]["analogs"] = (found.times_s - found.times_s[0])[None, None]
    for group, name, value in _parameters(found, folder.result.versions.gait):
        if name in made["parameters"].get(group, {}):
            made["parameters"][group][name]["value"] = value
        else:
            made.add_parameter(group, name, value)
    for side, label, time_s in _events(folder, found):
        made.add_event([int(time_s // 60), time_s % 60], context=side.value.capitalize(), label=label)
    made.write(str(out / NAME))
    return None


def _parameters(found: Places, version: str) -> Iterator[tuple[str, str, list[object]]]:
    yield "POINT", "RATE", [found.rate_hz]
    yield "POINT", "LABELS", list(NAMES)
    yield "POINT", "UNITS", [found.unit]
    yield "POINT", "X_SCREEN", ["+X"]
    yield "POINT", "Y_SCREEN", ["+Y"]
    yield "ANALOG", "RATE", [found.rate_hz]
    yield "ANALOG", "LABELS", ["time_s"]
    yield "ANALOG", "UNITS", ["s"]
    yield "MANUFACTURER", "SOFTWARE", ["gait"]
    yield "MANUFACTURER", "VERSION_LABEL", [version]


def _events(folder: ResultFolder, found: Places) -> Iterator[tuple[Side, str, float]]:
    """In the file's own time, seconds from its first frame."""
    judged = folder.result.judged
    for side, own in judged.events.items() if judged else ():
        for label, times in ((STRIKE, own.foot_strike_s), (OFF, own.toe_off_s)):
            for time_s in _in_file(np.array(times, dtype=np.float64), found):
                yield side, label, float(time_s)


def _in_file(times_s: Floats, found: Places) -> Floats:
    """Clip times as the file counts them; those outside it are left out."""
    inside = times_s[(times_s >= found.times_s[0]) & (times_s <= found.times_s[-1])]
    return np.asarray(np.interp(inside, found.times_s, np.arange(len(found.times_s)) / found.rate_hz))
