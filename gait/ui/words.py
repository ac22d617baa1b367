"""What the numbers are called on the screen. Plain words for staff and customers; none that `evidence` forbids."""

from collections.abc import Mapping
from typing import Any

from gait.landmarks import Side

LABEL = {
    "neutral": "Neutral",
    "over": "Over-pronating",
    "under": "Under-pronating",
    "undetermined": "Cannot tell",
}
CATEGORY = {
    "neutral": "Neutral",
    "stability": "Stability",
    "motion-control": "Motion control",
}
METHOD = {
    "markers": "read from the stick-on dots",
    "heel_counter": "read from the back of the shoe",
    "landmarks": "guessed from the body's joints only",
}
SIDE = {Side.LEFT: "Left foot", Side.RIGHT: "Right foot"}
FOOTER = "A fitting aid, not a medical device. Comfort on the run decides."
SIGN = "Plus means the heel tilts in towards the other foot; minus means it tilts out."

Json = Mapping[str, Any]


def judged(foot: Json, zero: str) -> tuple[str, Json | None]:
    """Name and estimate of the angle the label rests on: the peak from standing, or the roll-in where there is none."""
    key = "peak_eversion_deg" if zero == "standing" else "eversion_excursion_deg"
    return key, foot.get(key)


def interval(low: float, high: float, unit: str = "°", digits: int = 0) -> str:
    """`9–11°`; `-1 to 2°` where a minus sign would read as a dash."""
    a, b = f"{low:.{digits}f}", f"{high:.{digits}f}"
    if a == b and digits == 0:
        a, b = f"{low:.1f}", f"{high:.1f}"
    joint = " to " if low < 0 or high < 0 else "–"
    return f"{a}{joint}{b}{unit}".replace("-", "−")


def sentence(foot: Json, zero: str) -> str:
    """The customer's sentence for one foot."""
    key, estimate = judged(foot, zero)
    if estimate is None:
        return "The heel could not be seen well enough to measure its tilt."
    value = float(estimate["value"])
    low, high = (float(v) for v in estimate["ci95"])
    if key == "eversion_excursion_deg":
        return f"From behind, your heel rolled in by about {value:.0f}° after landing (likely {interval(low, high)})."
    if value >= 0:
        return (
            f"From behind, your heel tilted in by about {value:.0f}° (likely {interval(low, high)}) from how you stand."
        )
    low, high = -high, -low
    return (
        f"From behind, your heel tilted out by about {-value:.0f}° (likely {interval(low, high)}) from how you stand."
    )


def certainty(foot: Json) -> str:
    """How sure the label is, in words. Empty where nothing was measured."""
    probability = {k: float(v) for k, v in (foot.get("probability") or {}).items()}
    label = foot.get("label")
    if not probability:
        return ""
    if label == "undetermined":
        best = sorted(probability, key=lambda k: probability[k], reverse=True)
        if probability[best[0]] >= 0.95:
            return ""
        return f"Between {LABEL[best[0]].lower()} and {LABEL[best[1]].lower()}"
    p = probability.get(str(label), 0.0)
    for limit, said in ((0.97, "Very sure"), (0.85, "Quite sure"), (0.0, "Fairly sure")):
        if p >= limit:
            return said
    return ""


def number(estimate: Json | None, digits: int = 0, factor: float = 1.0) -> str:
    """The value as shown, `–` where there is none."""
    return "–" if estimate is None else f"{float(estimate['value']) * factor:.{digits}f}".replace("-", "−")


def likely(estimate: Json | None, unit: str, digits: int = 0, factor: float = 1.0) -> str:
    """`likely 253–265 ms`, empty where there is none."""
    if estimate is None:
        return ""
    low, high = (float(v) * factor for v in estimate["ci95"])
    return f"likely {interval(low, high, unit, digits)}"


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
