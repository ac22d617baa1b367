"""Is the standing clip this runner's, in this shoe, from this camera? What speaks against it is said; a label is never given on another's.

Before anything is measured the background and the clothes say it (`check_same_scene`), afterwards the heel and the calf
(`check_same_leg`): what was remembered of them standing must look the same on the run.
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


def check_same_leg(feet: Mapping[Side, FootAngles], place: CameraPlace) -> tuple[Finding, ...]:
    """Hold the remembered heel and calf against what was found on the run.

    Args:
        feet: As measured with the standing clip; a foot without likeness says nothing.
        place: Its light is taken out where it is known.

    Returns:
        At most one finding, `standing_other_shoe` or `standing_other_person`, "refuse": the clip is no reference.
    """
    light = np.ones(3) if place.light is None else place.light
    for foot in feet.values():
        seen = foot.likeness
        if seen is None:
            continue
        calf = _lab(seen.calf_run) - _lab(seen.calf_standing * light)
        if float(np.hypot(calf[1], calf[2])) > OTHER_CALF_LAB:
            return (
                Finding("standing_other_person", "refuse", round(float(np.hypot(calf[1], calf[2])), 1), OTHER_CALF_LAB),
            )
        if (worst := _shoe(seen, light)) is not None:
            return (Finding("standing_other_shoe", "refuse", *worst),)
    return ()


def _shoe(seen: LegLikeness, light: Floats) -> tuple[float, float] | None:
    """What speaks most against its being the same shoe, with its limit; None where nothing does."""
    apart = float(np.linalg.norm(_lab(seen.heel_run) - _lab(seen.heel_standing * light)))
    if apart > OTHER_SHOE_LAB:
        return round(apart, 1), OTHER_SHOE_LAB
    if seen.score < OTHER_SCORE:
        return round(seen.score, 2), OTHER_SCORE
    if abs(np.log(seen.size)) > OTHER_SIZE and seen.score < OTHER_SIZE_SCORE:
        return round(seen.size, 2), round(float(np.exp(OTHER_SIZE)), 2)
    return None


def _lab(rgb: Floats) -> Floats:
    """(3,) red, green, blue 0-255 as lightness and two colours."""
    pixel = np.clip(rgb, 0, 255).astype(np.float32)[None, None] / 255
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_RGB2LAB)[0, 0], float)
