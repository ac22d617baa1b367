"""A result in words for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # they load NumPy: see main
    from gait.pipeline import Choices
    from gait.results.folder import ResultFolder
    from gait.results.result import Judged, Result


def result_lines(result: "Result", judged: "Judged") -> Iterator[str]:
    """Warnings, one line a foot with its reasons below it, and the cadence, of a result that was not refused."""
    from gait import words

    for finding in result.findings:
        if finding.severity == "warn":
            yield words.phrase("cli-note", finding=words.whole(finding))
    sides = [words.phrase("cli-side", side=side.value) for side in judged.feet]
    for side, foot in zip(sides, judged.feet.values(), strict=True):
        angle = words.phrase("cli-no_peak")
        if peak := foot.peak_eversion_deg:
            low, high = (_written(end) for end in peak.ci95)
            told = {"deg": f"{_written(peak.value):>5}", "low": low, "high": high}
            angle = words.phrase(
                "cli-peak_standing" if judged.reference.zero == "standing" else "cli-peak_alone", **told
            )
        label = words.phrase(f"label_within-{foot.label}")
        side, label = f"{side:{max(map(len, sides))}}", f"{label:16}"
        yield words.phrase("cli-foot", side=side, label=label, angle=angle, steps=foot.n_strides)
        for reason in foot.reasons:
            yield f"            {words.say(reason)}"
    if judged.cadence_spm:
        yield words.phrase("cli-cadence", spm=_written(judged.cadence_spm.value))


def what_is_missing(folder: "ResultFolder", choices: "Choices") -> str:
    """What was asked for and is not in the folder, in a row; empty when nothing is missing."""
    from gait import words

    owed = {
        "missing_steps": ("steps/steps.csv", folder.file("rearfoot.csv") is not None),
        "missing_pdf": ("report.pdf", choices.report),
        "missing_overlay": ("overlay.mp4", choices.overlay),
    }
    names = [words.phrase(f"cli-{name}") for name, (file, wanted) in owed.items() if wanted and not folder.file(file)]
    if len(names) < 2:
        return "".join(names)
    return words.phrase("cli-list_end", most=", ".join(names[:-1]), last=names[-1])


def _written(value: float) -> str:
    """One decimal, with a minus sign that every terminal can write."""
    from gait import words

    return words.number(value, 1).replace("\N{MINUS SIGN}", "-")
