"""The first look as a list that staff can read: one line per thing checked, with a mark, its value, its limit and advice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gait.landmarks import View
from gait.model import Clip, Finding, PoseTrack
from gait.quality import picture, track
from gait.quality.glance import STANDS_SHANKS, swing_shanks
from gait.quality.picture import Pictures
from gait.quality.skeleton import skeleton
from gait.said import Explained, Said

Mark = Literal["ok", "warn", "refuse"]
_CODES = {
    "frame_rate": {"frame_rate", "variable_frame_rate", "frames_missing", "slow_motion_confirmed", "edit_rate"},
    "length": {"length"},
    "picture": {"picture_size", "picture_turned", "picture_unmirrored", "picture_resized", "interlaced", "high_range"},
    "light": {"too_dark", "dim", "overexposed", "flicker"},
    "sharpness": {"blurred"},
    "runner": {"no_runner", "runner_lost", "several_people", "runner_chosen"},
    "running": {"not_running", "still_picture"},
    "feet": {"feet_out_of_view", "feet_at_edge", "feet_hidden"},
    "size": {"runner_small"},
    "view": {"not_behind", "camera_aside", "camera_rolled", "runner_off_centre", "lens_bends"},
}
"""Which findings belong to which line."""


@dataclass(frozen=True)
class Check:
    """One line of the list; `gait.words.check_line` reads it out."""

    name: str
    """The thing that was checked: a code."""
    mark: Mark
    value: Said
    limit: Said | None = None
    faults: tuple[Explained, ...] = ()
    """What is wrong and what to do, the worst first; empty for what is well."""


def summarise(
    clip: Clip,
    pictures: Pictures,
    people: int,
    runner: PoseTrack | None,
    view: View,
    findings: Sequence[Finding],
    chosen: bool = False,
) -> tuple[Check, ...]:
    """The list, without lines that nothing is known of.

    `people` are those who could be the runner, of whom staff may have `chosen` one; `runner` is None when nobody was looked for.
    """
    lines = [
        ("frame_rate", _frame_rate(clip), Said("check_least_fps", {"fps": picture.GOOD_FPS_HZ})),
        (
            "length",
            Said("check_seconds", {"length_s": clip.duration_s}),
            Said("check_least_seconds", {"length_s": picture.GOOD_LENGTH_S}),
        ),
        ("picture", _size(clip), Said("check_least_side", {"side_px": picture.GOOD_SIDE_PX})),
    ]
    if np.isfinite(pictures.lights):
        least = Said("check_least_light", {"lights": picture.DIM_LIGHTS, "flicker": picture.FLICKER})
        lines.append(("light", _light(pictures), least))
    if np.isfinite(pictures.blur_px):
        blur = Said("check_blur", {"blur_px": pictures.blur_px})
        lines.append(("sharpness", blur, Said("check_most_blur", {"blur_px": picture.BLUR_PX})))
    refused = {f.code for f in findings if f.severity == "refuse"}
    listed = [_check(name, value, limit, findings) for name, value, limit in lines]
    if runner is not None:
        listed += [_check(*line, findings) for line in _runner(runner, people, view, refused, chosen)]
    elif "still_picture" in refused:
        listed.append(_check("running", Said("check_nothing_moves"), None, findings))
    return tuple(listed)


def standing_line(findings: Sequence[Explained] | None) -> Check:
    """The standing clip's line from its findings; None: there is no standing clip."""
    if findings is None:
        missing = Finding("no_standing_clip", "warn")
        return Check("standing", "warn", Said("check_missing"), Said("check_standing_wanted"), (missing,))
    refused = any(isinstance(f, Finding) and f.severity == "refuse" for f in findings)
    mark: Mark = "refuse" if refused else "warn" if findings else "ok"
    return Check("standing", mark, Said("check_chosen"), Said("check_standing_as_run"), tuple(findings))


def _frame_rate(clip: Clip) -> Said:
    if clip.slow_motion == 1:
        return Said("check_fps", {"fps": clip.fps_hz})
    return Said("check_fps_slowed", {"fps": clip.fps_hz, "times": clip.slow_motion})


def _size(clip: Clip) -> Said:
    values = {"width_px": clip.width_px, "height_px": clip.height_px}
    if clip.turned:
        return Said("check_pixels_upright", values)
    if not clip.rotation_deg:
        return Said("check_pixels", values)
    return Said("check_pixels_turned", {**values, "rotation_deg": clip.rotation_deg})


def _light(pictures: Pictures) -> Said:
    if np.isfinite(pictures.flicker):
        return Said("check_light_flicker", {"lights": pictures.lights, "flicker": pictures.flicker})
    return Said("check_light", {"lights": pictures.lights})


def _who(people: int, chosen: bool, seen: int, pictures: int) -> Said:
    if people == 0:
        return Said("check_nobody")
    if people == 1:
        return Said("check_one_person", {"seen": seen, "pictures": pictures})
    return Said("check_people_chosen" if chosen else "check_people", {"people": people})


def _runner(
    runner: PoseTrack, people: int, view: View, refused: set[str], chosen: bool
) -> list[tuple[str, Said, Said]]:
    body = skeleton(runner.landmarks_px)
    seen = body.plausible
    lines = [("runner", _who(people, chosen, int(runner.detected.sum()), len(seen)), Said("check_one"))]
    if "no_runner" in refused:
        return lines
    cut_off = "feet_out_of_view" in refused
    swing = None if cut_off else swing_shanks(runner)
    if swing is not None:
        least = Said("check_least_swing", {"shanks": STANDS_SHANKS})
        lines.append(("running", Said("check_swing", {"shanks": swing}), least))
    size = (runner.width_px, runner.height_px)
    feet = body.feet_px[seen if seen.any() else runner.detected]
    inside = float(((feet >= 0) & (feet <= size)).all(axis=(1, 2, 3)).mean()) if len(feet) else float("nan")
    least = Said("check_least_share", {"share": 1 - track.FEET_OUT_WARNED})
    lines.append(("feet", Said("check_feet_inside", {"share": inside}), least))
    if np.isfinite(body.shank_px) and not cut_off:
        least = Said("check_least_shank", {"shank_px": track.GOOD_SHANK_PX})
        lines.append(("size", Said("check_shank", {"shank_px": body.shank_px}), least))
        lines.append(("view", Said("check_view", {"view": view.value}), Said("check_view", {"view": View.REAR.value})))
    return lines


def _check(name: str, value: Said, limit: Said | None, findings: Sequence[Finding]) -> Check:
    """The line with its worst finding's mark, and all that are worse than a remark."""
    mine = [f for f in findings if f.code in _CODES[name] and f.severity != "info"]
    mine.sort(key=lambda f: f.severity != "refuse")
    mark: Mark = "refuse" if any(f.severity == "refuse" for f in mine) else "warn" if mine else "ok"
    return Check(name, mark, value, limit, tuple(mine))
