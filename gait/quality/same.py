"""Is the standing clip this runner's, in this shoe, from this camera? What speaks against it is said; a label is never given on another's.

Before anything is measured the background and the clothes say it (`check_same_scene`), afterwards the heel and the calf
(`check_same_leg`): what was remembered of them standing must look the same on the run. Somebody dressed alike has another body
(`check_same_body`): the probability that it is the runner's widens the interval before it is low enough to refuse.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from gait.landmarks import Side
from gait.model import Finding, Floats, FootAngles, LegLikeness
from gait.quality.clothes import compare_clothes
from gait.quality.place import CameraPlace, Shots, compare_places

MOST_SCALE, MOST_ROLL_DEG, MOST_SHIFT = 1.25, 6.0, 0.15
"""How far the camera may be zoomed, rolled or moved (of the picture's height) between the clips: more is another camera's place."""
OTHER_CLOTHES = 25.0
"""Steps of Lab colour. The same clothes: up to 4 over 20 rendered pairs, 10 under another light; other people's 29-77."""
OTHER_SHOE_LAB, OTHER_CALF_LAB = 14.0, 12.0
"""The heel's colour standing and on the run, with the light taken out: 16 rendered pairs differ by up to 9, under another light by up to
12, other shoes by 14-65. The calf's colour without its brightness, which the shank's lean changes: own up to 6, other people's 3-27."""
OTHER_SCORE = 0.6
"""Correlation times inlier share of the remembered heel on the run: the same shoe 0.76 and more, other shoes mostly below 0.5."""
OTHER_SIZE, OTHER_SIZE_SCORE = 0.13, 0.9
"""A heel that fits the run only a size smaller or larger (share), and not well: another shoe or another person's."""

OTHER_LOOK_LAB, LOOK_SHARE = 9.0, 75
"""The shoe round the counter: below which colour difference so many % of its places lie, on the foot that is more alike. A counter alone may look like
another shoe's, or be found on a dark sock. Of 54 rendered pairs 52 have up to 8.8, one 12.9 (its heels are hidden) and one 13.2 (hard light from
the side; the heel is sure); 5 with other shoes have 9.6 to 26."""
SURE_SCORE, SURE_SIZE, SURE_LAB = 0.85, 0.08, 6.0
"""A heel found again as well as this, of about its size (share) and in its colour, is the standing clip's: of 12 rendered feet in other shoes the best
score was 0.64. People wear pairs, so it speaks for the other foot as well, whose heel was hidden or misread where it fits badly: 2 of 30 rendered
runners (0.72 and 0.63 at three quarters and five sixths of the size, in the right colour)."""

MEASURES: Mapping[str, tuple[float, float]] = {
    "shoulders": (0.013, 0.02),
    "torso": (0.037, 0.02),
    "calf": (0.005, 0.015),
    "skin_red": (0.8, 1.4),
    "skin_yellow": (0.9, 1.4),
}
"""Of each measure: mean and SD that the same person's two clips give. Logarithms of standing over running, and for the calf's width of running
over standing: 13 rendered runners gave SD 0.015, 0.015 and 0.012, without correlation, and are taken to be larger, for real ones run in more ways.
The two colours of the calf in steps of Lab, running less standing, the light taken out: SD 0.8 over 8 of them."""
SKIN, MOST_SKIN = ("skin_red", "skin_yellow"), 2.5
"""So many SD count of a colour and no more: light can change it, so that colour alone never refuses a standing clip here."""
USUAL_ODDS = 900.0
"""For the runner, where all measures are exactly usual: by how much two people taken for each other (SD 0.06 of stature, breadth and calf, 5 steps
of colour) spread wider in the five measures together, before it is known how many standing clips are another's."""
REFUSED_BELOW, DOUBTED_BELOW = 0.5, 0.97
"""Probability that the standing clip is the runner's."""


@dataclass(frozen=True)
class Trust:
    """Whether the standing clip shows the runner, by the body's measures."""

    probability: float
    """0-1."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Legs:
    """What heel and calf say."""

    findings: tuple[Finding, ...]
    lost: tuple[Side, ...]
    """Feet whose heel was not found again though the other foot shows that the shoes are the right ones: nothing was measured there."""


@dataclass(frozen=True)
class Scene:
    """What the two clips' backgrounds and clothes say."""

    findings: tuple[Finding, ...]
    place: CameraPlace


def check_same_scene(run: Shots, standing: Shots) -> Scene:
    """Hold background and clothes of the standing clip against the run's.

    Args:
        run: Frames of the run.
        standing: Frames of the standing clip.

    Returns:
        Findings with codes `standing_mirrored`, `standing_other_place`, `standing_camera_moved`, `standing_other_person`; "refuse" means that
        this clip is no reference.
    """
    place = compare_places(run, standing)
    findings = []
    if place.kind == "mirrored":
        findings.append(Finding("standing_mirrored", "refuse", round(place.likeness, 2), None))
    elif place.kind == "other":
        findings.append(Finding("standing_other_place", "refuse", round(place.likeness, 2), None))
    elif place.kind == "moved":
        far = max(
            abs(np.log(place.scale)) / np.log(MOST_SCALE), abs(place.roll_deg) / MOST_ROLL_DEG, place.shift / MOST_SHIFT
        )
        value = round(float(far), 2)
        findings.append(
            Finding("standing_camera_moved", "refuse", value, 1.0, case="too_far")
            if far > 1
            else Finding("standing_camera_moved", "warn", value, 1.0)
        )
    if place.kind in ("same", "moved"):
        apart = compare_clothes(run, standing, place)
        if np.isfinite(apart).any() and float(np.nanmax(apart)) > OTHER_CLOTHES:
            findings.append(
                Finding("standing_other_person", "refuse", round(float(np.nanmax(apart)), 1), OTHER_CLOTHES)
            )
    return Scene(tuple(findings), place)


def check_same_leg(feet: Mapping[Side, FootAngles], place: CameraPlace) -> Legs:
    """Hold the remembered heel and calf against what was found on the run.

    Args:
        feet: As measured with the standing clip; a foot without likeness says nothing.
        place: Its light is taken out where it is known.

    Returns:
        At most one finding, `standing_other_shoe` or `standing_other_person`, "refuse": the clip is no reference. Where one foot's heel is
        surely the standing clip's, another that fits badly is `lost` and not refused, unless its colour is another shoe's.
    """
    light = np.ones(3) if place.light is None else place.light
    legs = {side: foot.likeness for side, foot in feet.items() if foot.likeness is not None}
    for seen in legs.values():
        calf = _lab(seen.calf_run) - _lab(seen.calf_standing * light)
        far = float(np.hypot(calf[1], calf[2]))
        if far > OTHER_CALF_LAB:
            return Legs((Finding("standing_other_person", "refuse", round(far, 1), OTHER_CALF_LAB),), ())
    sure = any(_surely(seen, light) for seen in legs.values())
    looks = [apart for seen in legs.values() if np.isfinite(apart := _look_apart(seen, light))]
    if not sure and looks and min(looks) > OTHER_LOOK_LAB:
        return Legs((Finding("standing_other_shoe", "refuse", round(min(looks), 1), OTHER_LOOK_LAB),), ())
    shoes = {side: told for side, seen in legs.items() if (told := _shoe(seen, light)) is not None}
    if sure and all(_heel_apart(legs[side], light) <= OTHER_SHOE_LAB for side in shoes):
        return Legs((), tuple(shoes))
    return Legs(tuple(Finding("standing_other_shoe", "refuse", *told) for told in shoes.values())[:1], ())


def check_same_body(bodies: Floats, feet: Mapping[Side, FootAngles], place: CameraPlace) -> Trust:
    """Weigh body and calves: is it the runner who stands, or somebody dressed alike?

    The odds for the runner fall with the squares of how many SD each measure that was seen lies from the usual.

    Args:
        bodies: From `compare_bodies`. Counts only where both clips show one place.
        feet: As measured with the standing clip.
        place: How the two places lie to each other.

    Returns:
        At most one finding: `standing_other_person`, "refuse", or `standing_doubtful`, "warn", with the measure that differs most.
    """
    seen = {"calf": _mean([np.log(leg.calf_width) for leg in _legs(feet)])}
    if place.kind in ("same", "moved"):
        seen |= {"shoulders": float(bodies[0]), "torso": float(bodies[1])}
    if (light := place.light) is not None:
        apart = [_lab(leg.calf_run) - _lab(leg.calf_standing * light) for leg in _legs(feet)]
        seen |= {"skin_red": _mean([a[1] for a in apart]), "skin_yellow": _mean([a[2] for a in apart])}
    far = {name: (value - MEASURES[name][0]) / MEASURES[name][1] for name, value in seen.items() if np.isfinite(value)}
    far |= {name: float(np.clip(far[name], -MOST_SKIN, MOST_SKIN)) for name in SKIN if name in far}
    odds = np.log(USUAL_ODDS) - sum(z**2 for z in far.values()) / 2
    probability = float(1 / (1 + np.exp(-np.clip(odds, -50, 50))))
    if probability >= DOUBTED_BELOW:
        return Trust(probability, ())
    worst = max(far, key=lambda name: abs(far[name])).partition("_")[0]
    value, said = round(probability, 2), {"measure": worst}
    if probability < REFUSED_BELOW:
        told = Finding("standing_other_person", "refuse", value, REFUSED_BELOW, said, case="body")
        return Trust(probability, (told,))
    return Trust(probability, (Finding("standing_doubtful", "warn", value, DOUBTED_BELOW, said),))


def _legs(feet: Mapping[Side, FootAngles]) -> list[LegLikeness]:
    return [foot.likeness for foot in feet.values() if foot.likeness is not None]


def _mean(values: list[float]) -> float:
    """Of those that were seen; NaN without any."""
    good = [v for v in values if np.isfinite(v)]
    return float(np.mean(good)) if good else float("nan")


def _shoe(seen: LegLikeness, light: Floats) -> tuple[float, float] | None:
    """What speaks most against its being the same shoe, with its limit; None where nothing does."""
    apart = _heel_apart(seen, light)
    if apart > OTHER_SHOE_LAB:
        return round(apart, 1), OTHER_SHOE_LAB
    if seen.score < OTHER_SCORE:
        return round(seen.score, 2), OTHER_SCORE
    if abs(np.log(seen.size)) > OTHER_SIZE and seen.score < OTHER_SIZE_SCORE:
        return round(seen.size, 2), round(float(np.exp(OTHER_SIZE)), 2)
    return None


def _surely(seen: LegLikeness, light: Floats) -> bool:
    """Whether this heel is the standing clip's beyond doubt."""
    alike = seen.score >= SURE_SCORE and abs(np.log(seen.size)) <= SURE_SIZE
    return bool(alike and _heel_apart(seen, light) <= SURE_LAB)


def _heel_apart(seen: LegLikeness, light: Floats) -> float:
    """Steps of Lab colour between the heel's two looks."""
    return float(np.linalg.norm(_lab(seen.heel_run) - _lab(seen.heel_standing * light)))


def _look_apart(seen: LegLikeness, light: Floats) -> float:
    """Steps of Lab colour below which `LOOK_SHARE` % of the shoe's places differ between the clips; NaN where it was not looked at."""
    pairs = zip(seen.shoe_run, seen.shoe_standing * light, strict=True)
    apart = [float(np.linalg.norm(_lab(run) - _lab(standing))) for run, standing in pairs]
    return float(np.percentile(apart, LOOK_SHARE)) if apart else float("nan")


def _lab(rgb: Floats) -> Floats:
    """(3,) red, green, blue 0-255 as lightness and two colours."""
    pixel = np.clip(rgb, 0, 255).astype(np.float32)[None, None] / 255
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_RGB2LAB)[0, 0], float)
