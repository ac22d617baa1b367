"""PNG: the freeze frame of each foot."""

from pathlib import Path

from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.said import Said


def write_png(folder: ResultFolder, out: Path) -> Said | None:
    """The freeze frames that there are into `out`; what to say where there is none. Raises OSError."""
    there = [picture for side in Side if (picture := folder.peak_picture(side)) is not None]
    for picture in there:
        (out / picture.name).write_bytes(picture.read_bytes())
    return None if there else Said("export_no_pictures")
