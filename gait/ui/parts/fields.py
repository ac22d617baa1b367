"""The fields staff fill in for every run, whether the clip was uploaded or recorded here."""

from streamlit.delta_generator import DeltaGenerator


def runner_name(place: DeltaGenerator, key: str) -> str:
    """The name on the report, trimmed; may be empty."""
    return str(place.text_input("Runner's name", placeholder="Optional", key=key, max_chars=60)).strip()


def belt_speed_kmh(place: DeltaGenerator, key: str, value: float | None = None) -> float | None:
    """The treadmill's speed; None when staff leave it out."""
    speed: float | None = place.number_input(
        "Belt speed, km/h",
        min_value=4.0,
        max_value=25.0,
        value=value,
        step=0.5,
        format="%.1f",
        placeholder="e.g. 10",
        key=key,
        help="People tilt more when they run faster: the limits follow the speed.",
    )
    return speed


def shoe_size(place: DeltaGenerator, key: str) -> float | None:
    """Only shoes in stock in this size are suggested; None for any."""
    size: float | None = place.number_input(
        "Shoe size",
        min_value=1.0,
        max_value=60.0,
        value=None,
        step=0.5,
        format="%.1f",
        placeholder="Optional",
        key=key,
        help="As on your shelf: only shoes in stock in this size are suggested.",
    )
    return size
