"""What `analyze` and `demo` share: one clip into one folder, with a line of progress and the result in words."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.progress_line import ProgressLine
from gait.cli.result_lines import result_lines, what_is_missing
from gait.errors import GaitError
from gait.places import data_folder, reports_root

if TYPE_CHECKING:  # they load NumPy: see main
    from gait.pipeline import Choices
    from gait.results.folder import ResultFolder

FILES = ("analysis.json", "strides.csv", "overlay.mp4", "report.pdf")
"""What is named at the end, if it was written."""


def measure(clip: Path, out: Path, choices: "Choices", reports: Path | None = None, camera: str = "") -> int:
    """Analyse `clip` into the folder `out` and return the exit status. Raises GaitError when there is nothing to show.

    `reports` names the store whose calibration of the camera the result carries, `camera` what it is called there.

    Once the numbers are published a fault or Ctrl-C costs only what was still to be drawn.
    """
    from gait import words
    from gait.services.calibrations import Calibrations
    from gait.services.publish import analyse_to_folder

    kept = Calibrations(data_folder(reports_root(reports)))
    line, status = ProgressLine(), 0
    stands: list[ResultFolder] = []

    def published(folder: "ResultFolder") -> None:
        """Say it at once: what is still to be drawn takes longer than the person wants to wait."""
        stands.append(folder)
        line.clear()
        if judged := folder.result.judged:
            print(*result_lines(folder.result, judged), sep="\n", flush=True)

    try:
        folder = analyse_to_folder(
            clip, out, choices, line, published=published, calibrated=partial(kept.of_clip, called=camera)
        )
    except (GaitError, KeyboardInterrupt) as error:
        if not stands:
            raise
        line.clear()
        stopped, folder = isinstance(error, KeyboardInterrupt), stands[0]
        status = 130 if stopped else 0
        why = words.whole(error) if isinstance(error, GaitError) else words.phrase("cli-stopped_drawing")
        missing = what_is_missing(folder, choices)
        said = words.phrase("cli-whole_but" if missing else "cli-whole", why=why, missing=missing)
        print(f"gait: {said}", file=sys.stderr)
    finally:
        line.clear()
    if folder.result.refused:
        worst = next(f for f in folder.result.findings if f.severity == "refuse")
        said = words.phrase("cli-not_judged", file=clip.name, why=words.whole(worst))
        print(f"gait: {said}", file=sys.stderr)
        return 2
    print(f"\n{words.phrase('cli-written')}")
    for name in FILES:
        if folder.file(name):
            print(f"  {out / name}")
    return status
