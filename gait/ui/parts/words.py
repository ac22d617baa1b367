"""What the numbers are called on the screen: the report's words, so that both say the same, and some of its own."""

from gait.model import Estimate
from gait.report.words import (
    ABSENT,
    category,
    corrected,
    foot_of,
    judged,
    label,
    price,
    put_right,
    runner,
    sentence,
    shoe_worn,
    slow_motion,
    spread,
)
from gait.report.words import certainty as _certainty
from gait.results.result import FootResult
from gait.words import capital, phrase
from gait.words import number as decimal

__all__ = [
    "category",
    "certainty",
    "corrected",
    "foot_of",
    "footer",
    "judged",
    "label",
    "likely",
    "method",
    "number",
    "price",
    "put_right",
    "runner",
    "sentence",
    "shoe_worn",
    "sign",
    "slow_motion",
    "spread",
    "time_left",
]

DECIDED = 0.95
"""Above this the angle is not what left the foot undetermined; its reasons say what did."""


def method(code: str) -> str:
    """How the angle was read."""
    return phrase(f"read-{code}")


def footer() -> str:
    """What stands below every page."""
    return phrase("page_footer")


def sign() -> str:
    """What plus and minus mean."""
    return phrase("page_sign")


def certainty(foot: FootResult) -> str:
    """How sure the label is, in words. Empty where nothing was measured."""
    if foot.label != "undetermined":
        return capital(_certainty(foot))
    probability = foot.probability
    best = sorted(probability, key=lambda k: probability[k], reverse=True)
    if not best or probability[best[0]] >= DECIDED:
        return ""
    return phrase("between_labels", first=best[0], second=best[1])


def number(estimate: Estimate | None, digits: int = 0, factor: float = 1.0) -> str:
    """The value as shown, `–` where there is none."""
    return ABSENT if estimate is None else decimal(estimate.value * factor, digits)


def likely(estimate: Estimate | None, unit: str, digits: int = 0, factor: float = 1.0) -> str:
    """`likely 253–265 ms`, empty where there is none."""
    return "" if estimate is None else phrase("likely", range=spread(*estimate.ci95, digits, factor), unit=unit)


def time_left(seconds: float | None) -> str:
    """Rounded so that it does not flicker."""
    if seconds is None:
        return phrase("time_unknown")
    if seconds < 5:
        return phrase("time_few_seconds")
    if seconds < 55:
        return phrase("time_seconds", seconds=5 * round(seconds / 5))
    return phrase("time_minutes", minutes=max(1, round(seconds / 60)))
