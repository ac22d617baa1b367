"""MOT, OpenSim's file of motions: the rearfoot angle of each foot over time, one file a foot.

A foot is measured while it stands, never both feet at every moment. OpenSim's older reader stops at the first cell that is no number, so
a file has the frames of its own foot alone, with their own times, and no gaps to fill.
"""

from pathlib import Path

import pandas as pd

from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.said import Said

NEEDED = {"side", "time_s", "angle_deg", "usable"}


def write_mot(folder: ResultFolder, out: Path) -> Said | None:
    """A file for each foot that was measured into `out`; what to say where none was. Raises OSError."""
    frames = folder.rearfoot
    if not set(frames) >= NEEDED:
        return Said("export_no_angles")
    written = [_write(frames[frames["side"] == side.value], side, out) for side in Side]
    return None if any(written) else Said("export_no_angles")


def _write(frames: pd.DataFrame, side: Side, out: Path) -> bool:
    """Degrees, eversion positive for both feet, referred to standing where the result's angles are; usable frames, by rising time."""
    usable = frames[frames["usable"].astype(bool)].dropna(subset=["time_s", "angle_deg"])
    rows = usable.sort_values("time_s").drop_duplicates("time_s")
    if rows.empty:
        return False
    column = f"rearfoot_eversion_{side.value[0]}"
    lines = [
        column,
        "version=1",
        f"nRows={len(rows)}",
        "nColumns=2",
        "inDegrees=yes",
        "endheader",
        f"time\t{column}",
        *(f"{t:.6f}\t{deg:.6f}" for t, deg in zip(rows["time_s"], rows["angle_deg"], strict=True)),
    ]
    (out / f"angles_{side.value}.mot").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return True
