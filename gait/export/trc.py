"""TRC, the marker file that OpenSim, Pose2Sim and Sports2D read."""

from pathlib import Path

from gait.export.places import places_of
from gait.pose import write_markers
from gait.results.folder import ResultFolder
from gait.said import Said

NAME = "trajectories.trc"


def write_trc(folder: ResultFolder, out: Path) -> Said | None:
    """Write `NAME` into `out`; what to say where there are no trajectories. Raises OSError."""
    found = places_of(folder)
    if found is None:
        return Said("export_no_trajectories")
    write_markers(found.times_s, found.places, found.unit, out / NAME)
    return None
