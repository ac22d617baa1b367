"""What a result was judged by. Results keep it; for those written before they did, as much of it as can still be known.

Of an old result the limits are those it printed. Where the table it named (ours, when it named none) still gives that band, the
whole table is taken; else the printed band stands alone, which is all that a result with a stated speed was held against. Without
a stated speed the bands of the other usual speeds are lost, and `reference.source` says so. The shelf is the one it named; where
that is gone there is no new recommendation, and the old one stays with a remark.
"""

from dataclasses import replace
from pathlib import Path

from gait import words
from gait.errors import GaitError
from gait.model import Basis, Recommendation, Shelf, SpeedLimits
from gait.pronation import UNSTATED_SPEEDS_KMH, limits_at, read_limits
from gait.results.result import Judged
from gait.said import Said
from gait.shoes import in_stock, read_shelf

PRINTED_DEG = 1e-4
"""Printed limits are rounded to five decimals."""


def basis_of(judged: Judged) -> Basis:
    """The basis the result carries, else what can be known of it."""
    return judged.basis or Basis(
        _limits(judged), shelf_of(judged, judged.choices.shoe_size), judged.reference.speed_kmh
    )


def shelf_of(judged: Judged, size: float | None) -> Shelf | None:
    """What is in stock now in that size by the table that the result names; None where it is gone."""
    named = judged.choices.shelf
    try:
        return in_stock(read_shelf(Path(named) if named else None), size)
    except GaitError:
        return None


def stays(before: Recommendation, *, corrected: bool) -> Recommendation:
    """The recommendation that was given, where no new one can be made; of a `corrected` result it says so."""
    said = Said("shoes_as_before")
    remarks = tuple(r for r in before.remarks if r != said)
    return replace(before, remarks=(*remarks, said) if corrected else remarks)


def _limits(judged: Judged) -> tuple[SpeedLimits, ...]:
    reference = judged.reference
    usual = UNSTATED_SPEEDS_KMH[len(UNSTATED_SPEEDS_KMH) // 2]
    speed_kmh = reference.limits_speed_kmh or reference.speed_kmh or usual
    printed = reference.limits
    try:
        table = read_limits(Path(judged.choices.limits) if judged.choices.limits else None)
    except GaitError:
        table = ()
    if table:
        now = limits_at(speed_kmh, table)
        if max(abs(now.under_deg - printed.under_deg), abs(now.over_deg - printed.over_deg)) < PRINTED_DEG:
            return table
    source = reference.source
    if reference.speed_kmh is None:
        source = f"{source}; {words.say(Said('limits_one_band'), words.ENGLISH)}"
    return (SpeedLimits(speed_kmh, printed.under_deg, printed.over_deg, source),)
