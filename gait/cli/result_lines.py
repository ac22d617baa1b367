"""A result in words for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # they load NumPy: see main
    from gait.pipeline import Choices
    from gait.results.folder import ResultFolder
    from gait.results.result import Judged, Result

LABELS = {"neutral": "neutral", "over": "over-pronating", "under": "under-pronating", "undetermined": "cannot tell"}


def result_lines(result: "Result", judged: "Judged") -> Iterator[str]:
    """Warnings, one line a foot with its reasons below it, and the cadence, of a result that was not refused."""
    from gait import words

    for finding in result.findings:
        if finding.severity == "warn":
            yield f"Note: {words.whole(finding)}"
    zero = "from standing" if judged.reference.zero == "standing" else "no standing reference"
    for side, foot in judged.feet.items():
        peak = foot.peak_eversion_deg
        angle = (
            f"peak heel tilt {peak.value:5.1f}° (likely {peak.ci95[0]:.1f} to {peak.ci95[1]:.1f}°) {zero}"
            if peak
            else "peak heel tilt not measured"
        )
        yield f"{side.capitalize():5} foot: {LABELS[foot.label]:16} {angle}, {foot.n_strides} steps"
        for reason in foot.reasons:
            yield f"            {words.say(reason)}"
    if judged.cadence_spm:
        yield f"Cadence: {judged.cadence_spm.value:.1f} steps/min"


def what_is_missing(folder: "ResultFolder", choices: "Choices") -> str:
    """What was asked for and is not in the folder, as the end of a sentence; empty when nothing is missing."""
    owed = {
        "the step pictures": ("steps/steps.csv", folder.file("rearfoot.csv") is not None),
        "the PDF": ("report.pdf", choices.report),
        "the overlay video": ("overlay.mp4", choices.overlay),
    }
    names = [words for words, (file, wanted) in owed.items() if wanted and not folder.file(file)]
    return f" but for {' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)}" if names else ""
