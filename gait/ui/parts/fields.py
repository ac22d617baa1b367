"""The fields staff fill in for every run, whether the clip was uploaded or recorded here."""

from streamlit.delta_generator import DeltaGenerator

from gait.words import phrase


def runner_name(place: DeltaGenerator, key: str) -> str:
    """The name on the report, trimmed; may be empty."""
    name = place.text_input(phrase("page-runner_name"), placeholder=phrase("page-optional"), key=key, max_chars=60)
    return str(name).strip()


def belt_speed_kmh(place: DeltaGenerator, key: str, value: float | None = None) -> float | None:
    """The treadmill's speed; None when staff leave it out."""
    speed: float | None = place.number_input(
        phrase("page-belt_speed"),
        min_value=4.0,
        max_value=25.0,
        value=value,
        step=0.5,
        format="%.1f",
        placeholder=phrase("page-belt_speed_example"),
        key=key,
        help=phrase("page-belt_speed_help"),
    )
    return speed


def shoe_size(place: DeltaGenerator, key: str) -> float | None:
    """Only shoes in stock in this size are suggested; None for any."""
    size: float | None = place.number_input(
        phrase("page-shoe_size"),
        min_value=1.0,
        max_value=60.0,
        value=None,
        step=0.5,
        format="%.1f",
        placeholder=phrase("page-optional"),
        key=key,
        help=phrase("page-shoe_size_help"),
    )
    return size
