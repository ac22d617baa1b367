"""The report's sentences, in the store's language. Plain words a customer can read; nothing that promises health or calls a foot wrong."""

import unicodedata
from collections.abc import Sequence

from gait.landmarks import Side
from gait.model import Estimate, Shoe
from gait.results.result import ClipInfo, FootResult, Reference, Result, StepEdit
from gait.said import Said
from gait.words import money, number, phrase

ABSENT = "–"
TILT_DIGITS = 1
"""Of a heel's tilt, wherever it is said or shown: rounded in two ways, one number is two. Its entries in the catalogue have as many."""
SURE = ((0.97, "sure_very"), (0.85, "sure_quite"), (0.0, "sure_fairly"))
"""Words for the label's probability; a label is only given above 0.8."""

NAME_LETTERS = 60
"""A runner's name is shown up to this length."""
_JOINERS = "\u200c\u200d"
"""Unseen, but part of a word in Persian, of letters in Hindi, and of an emoji that is made of several."""
_ATTACHED = ("Mn", "Mc", "Me", "Cf", "Sk")
"""Unicode's general categories that belong to the letter before: accents, vowel signs, joiners, the colour of a skin."""


def short(text: str, most: int) -> str:
    """On one line and at most `most` characters long. What is too much is cut between two letters, and an ellipsis says so."""
    plain = " ".join("".join(c if c.isprintable() or c in _JOINERS else " " for c in text).split())
    end = most - 1
    if len(plain) <= most:
        return plain
    while end and (unicodedata.category(plain[end]) in _ATTACHED or plain[end - 1] in _JOINERS):
        end -= 1
    return plain[:end].rstrip() + "…"


def runner(name: str) -> str:
    """A runner's name as it is shown."""
    return short(name, NAME_LETTERS)


def label(code: str) -> str:
    """`Over-pronating`."""
    return phrase(f"label-{code}")


def meaning(code: str) -> str:
    """What that label says, in a sentence."""
    return phrase(f"meaning-{code}")


def method(code: str) -> str:
    """Where the angle was read."""
    return phrase(f"method-{code}")


def method_short(code: str) -> str:
    """The same in a table."""
    return phrase(f"method_short-{code}")


def category(code: str) -> str:
    """`Motion control`; one that nobody knows as it is."""
    return phrase(f"category-{code}") if code in ("neutral", "stability", "motion-control") else code


def price(shoe: Shoe) -> str:
    """`130 EUR` as the language writes it, in the shelf's currency; empty where the price is not known."""
    return "" if shoe.price is None else money(shoe.price, shoe.currency)


def foot_of(side: Side) -> str:
    """`Left foot`."""
    return phrase(f"foot-{side.value}")


def judged(foot: FootResult, zero: str) -> Estimate | None:
    """The angle that is spoken of: the peak from standing, or without a reference the excursion."""
    return foot.peak_eversion_deg if zero == "standing" else foot.eversion_excursion_deg


def sentence(foot: FootResult, zero: str) -> str:
    """What was seen, with its likely range."""
    estimate = judged(foot, zero)
    if estimate is None:
        return phrase("heel_not_seen")
    value, (low, high) = estimate.value, estimate.ci95
    value, low, high = (round(deg, TILT_DIGITS) + 0.0 for deg in (value, low, high))  # -0.0 is 0.0
    if zero != "standing":
        return phrase("heel_rolled_in", deg=value, range=spread(low, high, TILT_DIGITS))
    if value < 0:
        return phrase("heel_tilted_out", deg=-value, range=spread(-high, -low, TILT_DIGITS))
    return phrase("heel_tilted_in", deg=value, range=spread(low, high, TILT_DIGITS))


def spread(low: float, high: float, digits: int = 0, factor: float = 1.0) -> str:
    """`9–11`; `−1 to 2` where a minus sign would read as a dash; one more digit when both ends would be the same."""
    a, b = (number(v * factor, digits) for v in (low, high))
    if a == b:
        a, b = (number(v * factor, digits + 1) for v in (low, high))
    return phrase("range_signed" if low < 0 or high < 0 else "range", low=a, high=b)


def certainty(foot: FootResult) -> str:
    """How sure the label is; empty for a foot without one."""
    if foot.label not in foot.probability:
        return ""
    return phrase(next(said for limit, said in SURE if foot.probability[foot.label] >= limit))


def slow_motion(clip: ClipInfo) -> str:
    """That the clip was filmed in slow motion, and by how much; empty for an ordinary one."""
    return phrase("filmed_slow", times=clip.slow_motion) if clip.slow_motion != 1 else ""


def speed(reference: Reference) -> str:
    """`9.7 km/h`, or that nobody gave it."""
    return phrase("speed", kmh=reference.speed_kmh) if reference.speed_kmh else phrase("speed_not_given")


def zero(reference: Reference) -> str:
    """What counts as 0°."""
    return phrase("zero_standing" if reference.zero == "standing" else "zero_none")


def zero_note(reference: Reference) -> str:
    """What 0° means in the curves."""
    return phrase("zero_note_standing" if reference.zero == "standing" else "zero_note_none")


def limits_note(reference: Reference) -> str:
    """The band in one line under the scale."""
    limits, kmh = reference.limits, reference.speed_kmh
    if kmh:
        return phrase("band_at_speed", under_deg=limits.under_deg, over_deg=limits.over_deg, kmh=kmh)
    return phrase("band_no_speed", under_deg=limits.under_deg, over_deg=limits.over_deg)


def shoe_worn(result: Result) -> str:
    """`in Brooks Ghost 15`; empty where nobody said what was worn."""
    return phrase("ran_in", shoe=result.shoe_worn) if result.shoe_worn else ""


def corrected(result: Result, side: Side) -> str:
    """That somebody put right what this foot's judgement is made of, and what was done; empty when nobody did."""
    edits = [record.edit for record in result.judged.edits if record.edit.side == side] if result.judged else []
    said = ", ".join(part for part in (_speed_before(result), _standing(result), by_hand(edits)) if part)
    return phrase("corrected_by_hand", what=said) if said else ""


def put_right(result: Result) -> str:
    """What of the details was put right after the analysis: `name, speed (before: 9.7 km/h)`; empty when nothing was."""
    first, now = result.given_first, result.details
    if first is None:
        return _standing(result)
    size = first.shoe_size or Said("not_given")
    said = (
        phrase("put_right-runner") if first.runner != now.runner else "",
        _speed_before(result),
        phrase("put_right-size", before=size) if first.shoe_size != now.shoe_size else "",
        phrase("put_right-shoe") if first.shoe_worn != now.shoe_worn else "",
        _standing(result),
    )
    return ", ".join(part for part in said if part)


def _standing(result: Result) -> str:
    return phrase("put_right-standing") if result.standing_put_right else ""


def _speed_before(result: Result) -> str:
    first, now = result.given_first, result.details
    if first is None or first.speed_kmh == now.speed_kmh:
        return ""
    before = Said("speed", {"kmh": first.speed_kmh}) if first.speed_kmh else Said("not_given")
    return phrase("put_right-speed", before=before)


def by_hand(edits: Sequence[StepEdit]) -> str:
    """What staff changed: `2 steps left out, lines of 1 step moved`; empty when nothing."""
    left_out = sum(e.rejected for e in edits)
    moved = sum(not e.rejected and bool(e.shank_px or e.heel_px) for e in edits)
    parts = []
    if left_out:
        parts.append(phrase("steps_left_out", n=left_out))
    if moved:
        parts.append(phrase("steps_moved", n=moved))
    return ", ".join(parts)


def method_limits(reference: Reference) -> list[str]:
    """What the figures cannot say, for the second page."""
    said = [
        phrase("limit_angle_standing" if reference.zero == "standing" else "limit_angle"),
        phrase("limit_two_dimensions"),
        phrase("limit_camera"),
        phrase("limit_sessions"),
    ]
    if "1 SD" in reference.source:
        said.append(phrase("limit_band"))
    if not reference.speed_kmh:
        said.append(phrase("limit_speed"))
    return said
