"""Why a figure cannot be compared, and why a difference is no real one. Codes: the catalogue has the sentences."""

from gait.comparison.values import RUNS
from gait.landmarks import Side
from gait.model import Estimate
from gait.results.result import Judged
from gait.said import Said

OF_ANGLES = ("peak_eversion_deg", "touchdown_deg", "eversion_excursion_deg", "time_to_peak_pct")
FROM_STANDING = ("peak_eversion_deg", "touchdown_deg")
FROM_STRIKE = ("touchdown_deg", "eversion_excursion_deg")


def why_not(judged: tuple[Judged, Judged], key: str, side: Side | None) -> Said:
    """Which of the two runs lacks the figure, and why."""
    lacking = [(run, _missing(one, key, side)) for run, one in zip(RUNS, judged, strict=True)]
    told = [(run, why) for run, why in lacking if why is not None]
    run = "both" if len(told) == 2 and told[0][1] == told[1][1] else told[0][0]
    return Said("change_not_measured", {"run": run, "why": told[0][1]})


def _missing(judged: Judged, key: str, side: Side | None) -> Said | None:
    found = (
        getattr(judged.feet[side], key)
        if side is not None
        else judged.cadence_spm
        if key == "cadence_spm"
        else judged.kinematics.both.get(key)
    )
    if found is not None:
        return None
    if side is None or key not in OF_ANGLES:
        return Said("figure_not_measured")
    foot = judged.feet[side]
    if foot.rearfoot_method == "landmarks":
        return Said("key_points_only")
    if key in FROM_STANDING and judged.reference.zero == "none":
        return Said("no_zero")
    if key in FROM_STRIKE and foot.eversion_excursion_deg is None:
        return Said("no_touchdown")
    return Said("figure_not_measured")


def why_noise(difference: Estimate, p: float, level: float) -> Said:
    """What a difference that is not real is: within the error of measuring, within what a runner shows from run to run, or one chance in many."""
    if difference.value == 0:
        return Said("change_none")
    low, high = difference.ci95
    if low <= 0 <= high:
        return Said("change_within_error")
    return Said("change_by_chance") if p <= level else Said("change_within_runs")
