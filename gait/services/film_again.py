"""The film of a result drawn again from its kept clip: the program ended while it was drawn, the disk was full, or somebody left it out.

The clip is followed by its kept track; angles and lines are the result's own, which were referred to a standing clip that nobody keeps.
"""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from gait.errors import GaitError
from gait.pipeline import Choices, measure
from gait.progress import Cancel, Report, Watch
from gait.results.folder import ResultFolder
from gait.services.edits import angles_of
from gait.services.publish import write_film


def draw_film_again(
    folder: Path, clip: Path, choices: Choices, progress: Report | None = None, cancelled: Cancel | None = None
) -> None:
    """overlay.mp4 of the result that stands there; nothing else of it changes. `choices` names the kept track.

    Raises GaitError where the result was not judged or the clip cannot be used any more, and Cancelled.
    """
    found, watch = ResultFolder(folder), Watch(progress, cancelled)
    judged = found.result.judged
    if judged is None or judged.measurement is None:
        raise GaitError("no_film_again")
    with ExitStack() as stack:
        analysis, _ = measure(clip, choices, watch, stack)
    if analysis.refused:
        raise GaitError("no_film_again")
    shown = replace(analysis, rearfoot=angles_of(judged, judged.measurement, found.rearfoot))
    write_film(folder, shown, found.result, watch.stage("overlay"), choices.encoder)
