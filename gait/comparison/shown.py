"""How a figure of a comparison is written, on the terminal and on a page."""

from collections.abc import Mapping
from dataclasses import dataclass

from gait import words
from gait.model import Estimate


@dataclass(frozen=True)
class _Writing:
    digits: int
    factor: float = 1.0
    """From the figure's own unit to the one that is shown: seconds become milliseconds."""


_WRITING: Mapping[str, _Writing] = {
    "peak_eversion_deg": _Writing(1),
    "touchdown_deg": _Writing(1),
    "eversion_excursion_deg": _Writing(1),
    "time_to_peak_pct": _Writing(0),
    "contact_time_s": _Writing(0, 1000),
    "flight_time_s": _Writing(0, 1000),
    "cadence_spm": _Writing(1),
    "step_width_pct_leg": _Writing(1),
}


def name_of(key: str) -> str:
    """What people call the figure."""
    return words.phrase(f"row-{key}")


def amount(key: str, value: float, *, signed: bool = False) -> str:
    """With its unit; `signed` says plus where it is more.

    Example:
        >>> amount("contact_time_s", 0.2494), amount("peak_eversion_deg", 1.26, signed=True)
        ('249 ms', '+1.3°')
    """
    return words.phrase(f"amount-{key}", value=_number(key, value, signed=signed))


def likely(key: str, estimate: Estimate) -> tuple[str, str]:
    """Both ends of the interval as they are read aloud: the first without the unit."""
    low, high = estimate.ci95
    return _number(key, low, signed=True), amount(key, high, signed=True)


def _number(key: str, value: float, *, signed: bool) -> str:
    how = _WRITING[key]
    written = words.number(value * how.factor, how.digits)
    more = signed and any(c in "123456789" for c in written) and value > 0
    return f"+{written}" if more else written
