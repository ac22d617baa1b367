"""The fields staff fill in for every run, whether the clip was uploaded or recorded here."""

from dataclasses import dataclass

from streamlit.delta_generator import DeltaGenerator

from gait.bounds import SHOE_SIZE, SPEED_KMH, Bounds
from gait.services import trackers
from gait.ui.engine import engine
from gait.ui.parts import notes
from gait.words import number, phrase, say

VIDEO_TYPES = ["mp4", "mov", "mkv", "webm", "avi", "m4v", "mts", "m2ts", "ts", "3gp"]
"""Endings of the clips that may be chosen."""
LONGEST = 200
"""Letters of a name that is typed."""


def runner_name(place: DeltaGenerator, key: str, value: str = "") -> str:
    """The name on the report, trimmed; may be empty."""
    return _name(place, phrase("page-runner_name"), key, value)


def shoe_worn(place: DeltaGenerator, key: str, value: str = "") -> str:
    """The shoe that is run in, trimmed; may be empty."""
    return _name(place, phrase("page-shoe_worn"), key, value, phrase("page-shoe_worn_help"))


def _name(place: DeltaGenerator, label: str, key: str, value: str, told: str | None = None) -> str:
    most = max(LONGEST, len(value))  # the command sets no limit
    typed = place.text_input(
        label, value=value, placeholder=phrase("page-optional"), key=key, help=told, max_chars=most
    )
    return str(typed).strip()


@dataclass(frozen=True)
class Given:
    """What staff typed into a field for a number."""

    value: float | None
    """None when it was left empty, or cannot be."""
    wrong: str = ""
    """Why it cannot be, in a sentence; then nothing may begin with it."""


def belt_speed_kmh(place: DeltaGenerator, key: str, value: float | None = None) -> Given:
    """The treadmill's speed; no value when staff leave it out."""
    return _number(
        place, "belt_speed", "belt_speed_wrong", SPEED_KMH, key, value,
        phrase("page-belt_speed_example"), phrase("page-belt_speed_help"),
    )  # fmt: skip


def shoe_size(place: DeltaGenerator, key: str, value: float | None = None) -> Given:
    """Only shoes in stock in this size are suggested; no value for any."""
    return _number(
        place, "shoe_size", "shoe_size_wrong", SHOE_SIZE, key, value,
        phrase("page-optional"), phrase("page-shoe_size_help"),
    )  # fmt: skip


def tracker(place: DeltaGenerator, key: str) -> str:
    """What follows the runner; the store's own choice unless another is taken."""
    titles, usual = trackers.titles(), engine().store.tracker
    names = list(titles)
    chosen = place.selectbox(
        phrase("page-tracker"), names, names.index(usual), titles.__getitem__, key, phrase("page-tracker_help")
    )
    if (forbids := trackers.forbids(chosen)) is not None:
        place.html(notes.problem(say(forbids)))
    return str(chosen)


def complaints(*given: Given) -> str:
    """What is wrong with them, as HTML; empty when nothing is."""
    return "".join(notes.problem(one.wrong) for one in given if one.wrong)


def _number(
    place: DeltaGenerator, name: str, wrong: str, bounds: Bounds, key: str, value: float | None, example: str, told: str
) -> Given:
    """A field of text, not the browser's own for numbers: that one drops a comma, and a value beyond its bounds, without a word."""
    shown = "" if value is None else written(value)
    typed = place.text_input(
        phrase(f"page-{name}"), value=shown, placeholder=example, key=key, help=told, max_chars=20
    ).strip()
    if not typed:
        return Given(None)
    try:
        return Given(bounds.read(typed))
    except ValueError:
        return Given(None, phrase(f"page-{wrong}", least=bounds.least, most=bounds.most, typed=typed))


def written(value: float) -> str:
    """As staff would type it: at most two decimals, none that say nothing."""
    digits = next(n for n in (0, 1, 2) if n == 2 or round(value, n) == round(value, 2))
    return number(value, digits)
