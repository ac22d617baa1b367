"""The report's sentences. Plain words a customer can read; nothing that promises health or calls a foot wrong."""

from collections.abc import Sequence

from gait.landmarks import Side
from gait.model import Estimate
from gait.results.result import ClipInfo, FootResult, Reference, StepEdit

LABEL = {
    "neutral": "Neutral",
    "over": "Over-pronating",
    "under": "Under-pronating",
    "undetermined": "Cannot tell",
}
MEANING = {
    "neutral": "The heel moved within the middle range of runners.",
    "over": "The heel tilted in further than the middle range of runners.",
    "under": "The heel tilted in less than the middle range of runners.",
    "undetermined": "This run does not decide it.",
}
METHOD = {
    "markers": "stick-on dots",
    "heel_counter": "back of the shoe (heel counter)",
    "landmarks": "body key points only",
}
METHOD_SHORT = {"markers": "dots", "heel_counter": "heel counter", "landmarks": "key points"}
CATEGORY = {"neutral": "Neutral", "stability": "Stability", "motion-control": "Motion control"}
SIDE = {Side.LEFT: "Left foot", Side.RIGHT: "Right foot"}
DECIDES = "This picks shoes to try first. Comfort on the run decides."
DEVICE = "A fitting aid, not a medical device."
EXAMPLE = "These shoes are examples with invented names: this store has not entered its shelf yet."
ABSENT = "–"

SURE = ((0.97, "very sure"), (0.85, "quite sure"), (0.0, "fairly sure"))
"""Words for the label's probability; a label is only given above 0.7."""


def judged(foot: FootResult, zero: str) -> Estimate | None:
    """The angle that is spoken of: the peak from standing, or without a reference the excursion."""
    return foot.peak_eversion_deg if zero == "standing" else foot.eversion_excursion_deg


def sentence(foot: FootResult, zero: str) -> str:
    """What was seen, with its likely range."""
    estimate = judged(foot, zero)
    if estimate is None:
        return "From behind, the heel could not be seen well enough to measure its tilt."
    value, (low, high) = estimate.value, estimate.ci95
    if zero != "standing":
        return f"From behind, your heel rolled in by about {value:.0f}° after landing (likely {spread(low, high)}°)."
    way = "in"
    if value < 0:
        value, low, high, way = -value, -high, -low, "out"
    return (
        f"From behind, your heel tilted {way} by about {value:.0f}° (likely {spread(low, high)}°) from how you stand."
    )


def spread(low: float, high: float, digits: int = 0, factor: float = 1.0) -> str:
    """`9–11`; `−1 to 2` where a minus sign would read as a dash; one more digit when both ends would be the same."""
    a, b = (f"{v * factor:.{digits}f}" for v in (low, high))
    if a == b:
        a, b = (f"{v * factor:.{digits + 1}f}" for v in (low, high))
    return minus(f"{a} to {b}" if low < 0 or high < 0 else f"{a}–{b}")


def minus(text: str) -> str:
    """A real minus sign, and no minus before a zero."""
    if text.startswith("-") and not text.strip("-0. "):
        text = text[1:]
    return text.replace("-", "−")


def certainty(foot: FootResult) -> str:
    """How sure the label is; empty for a foot without one."""
    if foot.label not in foot.probability:
        return ""
    return next(said for limit, said in SURE if foot.probability[foot.label] >= limit)


def slow_motion(clip: ClipInfo) -> str:
    """That the clip was filmed in slow motion, and by how much; empty for an ordinary one."""
    factor = clip.slow_motion
    return f"filmed in slow motion ({factor:g} times), as staff confirmed" if factor != 1 else ""


def speed(reference: Reference) -> str:
    """`9.7 km/h`, or that nobody gave it."""
    return f"{reference.speed_kmh:.1f} km/h" if reference.speed_kmh else "speed not given"


def zero(reference: Reference) -> str:
    """What counts as 0°."""
    if reference.zero == "standing":
        return "compared with how you stand"
    return "no standing clip to compare with"


def zero_note(reference: Reference) -> str:
    """What 0° means in the curves."""
    if reference.zero == "standing":
        return "0°: as the runner stands."
    return "0°: heel line along the shin; not referred to standing."


def limits_note(reference: Reference) -> str:
    """The band in one line under the scale."""
    limits, kmh = reference.limits, reference.speed_kmh
    band = f"{limits.under_deg:.1f}–{limits.over_deg:.1f}°"
    return f"Middle range of runners {f'at {kmh:.1f} km/h' if kmh else '(speed not given)'}: {band}."


def by_hand(edits: Sequence[StepEdit]) -> str:
    """What staff changed: `2 steps left out, lines of 1 step moved`; empty when nothing."""
    left_out = sum(e.rejected for e in edits)
    moved = sum(not e.rejected and bool(e.shank_px or e.heel_px) for e in edits)

    def steps(n: int) -> str:
        return f"{n} step{'' if n == 1 else 's'}"

    parts = [f"{steps(left_out)} left out"] * bool(left_out) + [f"lines of {steps(moved)} moved"] * bool(moved)
    return ", ".join(parts)


def method_limits(reference: Reference) -> list[str]:
    """What the figures cannot say, for the second page."""
    standing = reference.zero == "standing"
    said = [
        "The angle is the line of the shoe's heel counter against the line of the shin in a picture from behind"
        + (", minus the same angle standing" if standing else "; nothing was subtracted")
        + ". A foot can move inside its shoe; that is not seen.",
        "It is a two-dimensional angle. Against three-dimensional motion capture of 26 runners (52 feet) its peak differed by "
        "1.4° (SD) from foot to foot. That is not part of the intervals, which say how well the picture was read.",
        "A camera 2° off the line behind the foot changes the angle by about 1° (Areblad 1990).",
        "A change between two sessions below 1.3–4.8° can be measurement error in such rear-view work (Dingenen 2018).",
    ]
    if "1 SD" in reference.source:
        said.append(
            "The limits are where the middle range of runners at this speed ends (mean ± 1 SD), so about one foot in three "
            "lies outside. A label says where a foot stands among runners, not that anything is wrong with it."
        )
    if not reference.speed_kmh:
        said.append("The angle grows with speed. No speed was given, so the label had to hold over the usual speeds.")
    return said
