"""Every clip of a folder into a result folder each, and one table: python examples/folder_of_clips.py CLIPS OUT.

NAME.standing.mp4 is taken for the standing clip of NAME.mp4.
"""

import csv
import sys
from pathlib import Path

from gait.errors import GaitError
from gait.landmarks import Side
from gait.pipeline import Choices
from gait.services.publish import analyse_to_folder

clips, out = Path(sys.argv[1]), Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
with (out / "feet.csv").open("w", newline="", encoding="utf-8") as file:
    table = csv.writer(file)
    table.writerow(["clip", "side", "label", "peak_eversion_deg", "low", "high"])
    for run in sorted(p for p in clips.glob("*.mp4") if not p.stem.endswith(".standing")):
        standing = run.with_suffix(".standing.mp4")
        choices = Choices(standing=standing if standing.is_file() else None, overlay=False, report=False)
        try:
            result = analyse_to_folder(run, out / run.stem, choices).result
        except GaitError as error:  # no clip at all; a clip that cannot be judged has a result that says so
            print(run.name, error, file=sys.stderr)
            continue
        for side in Side:
            foot = result.judged.feet[side] if result.judged else None
            peak = foot.peak_eversion_deg if foot else None
            numbers = (peak.value, *peak.ci95) if peak else ("", "", "")
            table.writerow([run.name, side, foot.label if foot else "refused", *numbers])
            file.flush()
print(out / "feet.csv")
