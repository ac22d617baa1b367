"""Which frame an entry of a JSON file is, and when: as people name that in files of their own."""

import math

from gait.pose.files.sightings import frame_number, number

_FRAME = ("frame", "frame_id", "frame_number", "frame_index", "frameIndex", "frameNumber", "index")
_TIME_S = ("time_s", "time", "timestamp_s", "t")
_TIME_MS = ("timestamp_ms", "timestampMs", "time_ms")
_TIME = ("timestamp",)
"""Of either: `gait.pose.files.read` tells by how far they are apart."""


def stamp(entry: object, number_in_file: int) -> tuple[int, float]:
    """Its number and its time, NaN where it says none. Raises Unreadable for one that is no number."""
    if not isinstance(entry, dict):
        return number_in_file, math.nan
    frame = next((frame_number(entry[key]) for key in _FRAME if key in entry), number_in_file)
    for keys, unit_s in ((_TIME_S, 1.0), (_TIME_MS, 1e-3), (_TIME, 1.0)):
        for key in keys:
            if key in entry:
                return frame, number(entry[key]) * unit_s
    return frame, math.nan
