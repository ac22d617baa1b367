"""What the numbers are called on the screen: the report's words, so that both say the same, and some of its own."""

from collections.abc import Mapping
from typing import Any

from gait.report.words import CATEGORY, DECIDES, DEVICE, LABEL, SIDE, judged, minus, sentence, slow_motion, spread
from gait.report.words import certainty as _certainty

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

Json = Mapping[str, Any]


def certainty(foot: Json) -> str:
    """How sure the label is, in words. Empty where nothing was measured."""
    probability = {k: float(v) for k, v in (foot.get("probability") or {}).items()}
    if foot.get("label") != "undetermined":
        return _certainty(foot).capitalize()
    best = sorted(probability, key=lambda k: probability[k], reverse=True)
    if not best or probability[best[0]] >= DECIDED:
        return ""
    return f"Between {LABEL[best[0]].lower()} and {LABEL[best[1]].lower()}"


def number(estimate: Json | None, digits: int = 0, factor: float = 1.0) -> str:
    """The value as shown, `–` where there is none."""
    return "–" if estimate is None else minus(f"{float(estimate['value']) * factor:.{digits}f}")


def likely(estimate: Json | None, unit: str, digits: int = 0, factor: float = 1.0) -> str:
    """`likely 253–265 ms`, empty where there is none."""
    if estimate is None:
        return ""
    low, high = (float(v) for v in estimate["ci95"])
    return f"likely {spread(low, high, digits, factor)}{unit}"


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
