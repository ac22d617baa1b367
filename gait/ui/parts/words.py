"""What the numbers are called on the screen: the report's words, so that both say the same, and some of its own."""

from gait.model import Estimate
from gait.report.words import CATEGORY, DECIDES, DEVICE, LABEL, SIDE, judged, minus, sentence, slow_motion, spread
from gait.report.words import certainty as _certainty
from gait.results.result import FootResult

__all__ = [
    "CATEGORY",
    "FOOTER",
    "LABEL",
    "METHOD",
    "SIDE",
    "SIGN",
    "certainty",
    "judged",
    "likely",
    "minus",
    "number",
    "sentence",
    "slow_motion",
    "spread",
    "time_left",
]

METHOD = {
    "markers": "read from the stick-on dots",
    "heel_counter": "read from the back of the shoe",
    "landmarks": "guessed from the body's joints only",
}
FOOTER = f"{DEVICE} {DECIDES.split('. ')[1]}"
SIGN = "Plus means the heel tilts in towards the other foot; minus means it tilts out."

DECIDED = 0.95
"""Above this the angle is not what left the foot undetermined; its reasons say what did."""


def certainty(foot: FootResult) -> str:
    """How sure the label is, in words. Empty where nothing was measured."""
    if foot.label != "undetermined":
        return _certainty(foot).capitalize()
    probability = foot.probability
    best = sorted(probability, key=lambda k: probability[k], reverse=True)
    if not best or probability[best[0]] >= DECIDED:
        return ""
    return f"Between {LABEL[best[0]].lower()} and {LABEL[best[1]].lower()}"


def number(estimate: Estimate | None, digits: int = 0, factor: float = 1.0) -> str:
    """The value as shown, `–` where there is none."""
    return "–" if estimate is None else minus(f"{estimate.value * factor:.{digits}f}")


def likely(estimate: Estimate | None, unit: str, digits: int = 0, factor: float = 1.0) -> str:
    """`likely 253–265 ms`, empty where there is none."""
    return "" if estimate is None else f"likely {spread(*estimate.ci95, digits, factor)}{unit}"


def time_left(seconds: float | None) -> str:
    """Rounded so that it does not flicker."""
    if seconds is None:
        return "working out how long it takes"
    if seconds < 5:
        return "a few seconds left"
    if seconds < 55:
        return f"about {5 * round(seconds / 5):.0f} s left"
    minutes = max(1, round(seconds / 60))
    return f"about {minutes} min left"
