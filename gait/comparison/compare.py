"""`compare()`: two finished results, figure by figure.

The interval of a difference holds the errors of measuring: chance from both runs' steps, what the method's error changes by from run to
run, and what all steps of a run share. The last cancels where both runs were referred to the same standing clip; with two standing
clips both errors count. The verdict asks for more: the runner differs from run to run too, in the same shoe. What that comes to
is in `gait.comparison.noise`, never only the scatter within a run.
"""

from dataclasses import dataclass
from math import inf, sqrt

from gait.comparison.conditions import SEPARATE, different_conditions, same_reference
from gait.comparison.errors import Parts, parts
from gait.comparison.holm import LEVEL, critical_levels, half_width, two_sided
from gait.comparison.noise import ASKED, BLIND_DEG, NOISE, OF_A_FOOT, OF_BOTH
from gait.comparison.values import Compared, ComparedRun, Comparison, Verdict
from gait.comparison.why import why_noise, why_not
from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Estimate
from gait.results.folder import ResultFolder
from gait.results.result import Judged, Result
from gait.said import Said


@dataclass(frozen=True)
class _Measured:
    """A figure that both runs have."""

    key: str
    side: Side | None
    a: Estimate
    b: Estimate
    measuring_sd: float
    measuring_freedom: float
    whole_sd: float
    """With the runner's own noise."""
    whole_freedom: float

    @property
    def value(self) -> float:
        return self.b.value - self.a.value


def compare(a: ResultFolder, b: ResultFolder) -> Comparison:
    """Compare two runs.

    Args:
        a: The first, which is compared with.
        b: The second. Differences are b - a.

    Returns:
        Every figure of `gait.comparison.noise` for each foot, in that order. One that either run lacks is `cannot_tell`, with the reason; so
        is a peak of which even a large change would pass for noise. Among the others Holm's method keeps the chance that any is called real
        by accident below 5 %, in two groups: the peak of both feet, which is what the comparison is made for, and everything else. Swapping the
        two changes signs and nothing else.

    Raises:
        GaitError: One of them is no result, or its clip was refused.

    Example:
        >>> from pathlib import Path
        >>> compare(ResultFolder(Path("nowhere")), ResultFolder(Path("nowhere")))
        Traceback (most recent call last):
        gait.errors.GaitError: There is no readable result in nowhere. Analyse the clip again.
    """
    runs = (a.result, b.result)
    judged = (_judged(a, runs[0]), _judged(b, runs[1]))
    conditions = different_conditions(a, b)
    same = same_reference(runs[0], runs[1]) and not any(said.code in SEPARATE for said in conditions)
    found: dict[tuple[str, Side | None], _Measured | Compared] = {}
    for key, side in [(key, side) for side in Side for key in OF_A_FOOT] + [(key, None) for key in OF_BOTH]:
        pair = tuple(figure(one, key, side) for one in judged)
        if pair[0] is None or pair[1] is None:
            found[key, side] = Compared(
                key, side, pair[0], pair[1], None, None, "cannot_tell", why_not(judged, key, side)
            )
            continue
        taken = [parts(f, j, key, side, e) for f, j, e in zip((a, b), judged, (pair[0], pair[1]), strict=True)]
        itself = runs[0].clip.sha256 == runs[1].clip.sha256 and pair[0] == pair[1]
        found[key, side] = _measured(key, side, (pair[0], pair[1]), (taken[0], taken[1]), same=same, itself=itself)
    verdicts = _verdicts([one for one in found.values() if isinstance(one, _Measured)])
    return Comparison(
        a=_run(a, runs[0]),
        b=_run(b, runs[1]),
        measures=tuple(one if isinstance(one, Compared) else verdicts[place] for place, one in found.items()),
        conditions=conditions,
    )


def figure(judged: Judged, key: str, side: Side | None) -> Estimate | None:
    """A figure of a result by its key; None where it was not measured."""
    if side is not None:
        found: Estimate | None = getattr(judged.feet[side], key)
        return found
    return judged.cadence_spm if key == "cadence_spm" else judged.kinematics.both.get(key)


def _judged(folder: ResultFolder, result: Result) -> Judged:
    if result.judged is None:
        raise GaitError("not_comparable", folder=str(folder.path))
    return result.judged


def _measured(
    key: str,
    side: Side | None,
    pair: tuple[Estimate, Estimate],
    taken: tuple[Parts, Parts],
    *,
    same: bool,
    itself: bool,
) -> _Measured:
    noise = NOISE[key]
    chance = [0.0 if itself else one.chance**2 for one in taken]
    shared = 0.0 if same or itself else sum(one.shared**2 for one in taken)
    method = 0.0 if itself else 2 * noise.method**2
    measuring = sum(chance) + shared + method
    whole = measuring + 2 * noise.runner**2
    # Welch and Satterthwaite: only the steps' scatter is estimated from few.
    known = sum(v**2 / one.freedom for v, one in zip(chance, taken, strict=True))
    freedom = [total**2 / known if known > 0 else inf for total in (measuring, whole)]
    return _Measured(key, side, *pair, sqrt(measuring), freedom[0], sqrt(whole), freedom[1])


def _verdicts(measured: list[_Measured]) -> dict[tuple[str, Side | None], Compared]:
    out = {}
    for asked in (True, False):
        group = [one for one in measured if (one.key in ASKED) == asked]
        p = [two_sided(one.value, one.whole_sd, one.whole_freedom) for one in group]
        for one, own, level in zip(group, p, critical_levels(p), strict=True):
            half = half_width(one.measuring_sd, one.measuring_freedom)
            difference = Estimate(one.value, (one.value - half, one.value + half))
            smallest = half_width(one.whole_sd, one.whole_freedom, level)
            verdict: Verdict = "real" if own <= level else "noise"
            reason = Said("change_real") if own <= level else why_noise(difference, own, LEVEL)
            if asked and verdict == "noise" and smallest > BLIND_DEG:
                verdict, reason = "cannot_tell", Said("change_too_uncertain")
            out[one.key, one.side] = Compared(one.key, one.side, one.a, one.b, difference, smallest, verdict, reason)
    return out


def _run(folder: ResultFolder, result: Result) -> ComparedRun:
    return ComparedRun(
        folder=folder.path.resolve().name,
        file=result.clip.file,
        sha256=result.clip.sha256,
        standing_sha256=result.standing.sha256 if result.standing else None,
        version=result.version,
        gait=result.versions.gait,
        runner=result.runner,
        shoe_worn=result.shoe_worn,
        speed_kmh=result.details.speed_kmh,
        created=result.created,
    )
