"""The first look as a list that staff can read: one line per thing looked at, with a mark, its value, its limit and advice."""

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

Mark = Literal["ok", "warn", "refuse"]
VIEWS = {
    View.REAR: "from behind",
    View.FRONT: "from the front",
    View.SIDE: "from the side",
    View.UNKNOWN: "cannot be told",
}
_CODES = {
    "Frame rate": {"frame_rate", "variable_frame_rate", "frames_missing", "slow_motion_confirmed"},
    "Length": {"length"},
    "Picture": {"picture_size"},
    "Light": {"too_dark", "dim", "overexposed", "flicker"},
    "Sharpness": {"blurred"},
    "Runner": {"no_runner", "runner_lost", "several_people", "runner_chosen"},
    "Running": {"not_running", "still_picture"},
    "Feet": {"feet_out_of_view", "feet_at_edge", "feet_hidden"},
    "Size": {"runner_small"},
    "View": {"not_behind", "camera_aside", "camera_rolled", "runner_off_centre"},
}
"""Which findings belong to which line."""


@dataclass(frozen=True)
class Check:
    """One line of the list."""

    name: str
    mark: Mark
    value: str
    limit: str = ""
    advice: str = ""
    """What is wrong and what to do; empty for what is well."""


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
    fps, side = clip.fps_hz, f"{clip.width_px} x {clip.height_px} pixels"
    turned = f", turned by {clip.rotation_deg}°" if clip.rotation_deg else ""
    slowed = f", slow motion ({clip.slow_motion:g} times) taken out" if clip.slow_motion != 1 else ""
    lines = [
        ("Frame rate", f"{fps:.1f} pictures a second{slowed}", f"{picture.GOOD_FPS_HZ:.0f} or more"),
        ("Length", f"{clip.duration_s:.1f} s", f"{picture.GOOD_LENGTH_S:.0f} s or more"),
        ("Picture", f"{side}{turned}", f"shorter side {picture.GOOD_SIDE_PX} or more"),
    ]
    if np.isfinite(pictures.lights):
        flicker = f", flicker {pictures.flicker:.0%}" if np.isfinite(pictures.flicker) else ""
        lines.append(
            (
                "Light",
                f"brightness {pictures.lights:.0f} of 255{flicker}",
                f"{picture.DIM_LIGHTS:.0f} or more, {picture.FLICKER:.0%} or less",
            )
        )
    if np.isfinite(pictures.blur_px):
        lines.append(("Sharpness", f"edges blurred by {pictures.blur_px:.1f} pixels", f"{picture.BLUR_PX:.0f} or less"))
    refused = {f.code for f in findings if f.severity == "refuse"}
    if runner is not None:
        lines += _runner(runner, people, view, refused, chosen)
    elif "still_picture" in refused:
        lines.append(("Running", "nothing moves", ""))
    return tuple(_check(name, value, limit, findings) for name, value, limit in lines)


def standing_line(findings: Sequence[Finding] | None) -> Check:
    """The standing clip's line from its findings; None: there is no standing clip."""
    if findings is None:
        advice = "Without it the label is less certain, and often “cannot tell”: add 3 s of quiet standing."
        return Check("Standing clip", "warn", "missing", "3 s of quiet standing", advice)
    words = " ".join(dict.fromkeys(f"{f.message} {f.advice}".strip() for f in findings))
    return Check("Standing clip", "warn" if words else "ok", "chosen", "quiet, from behind, as the run", words)


def _runner(runner: PoseTrack, people: int, view: View, refused: set[str], chosen: bool) -> list[tuple[str, str, str]]:
    body = skeleton(runner.landmarks_px)
    seen = body.plausible
    who = {0: "nobody", 1: "one person"}.get(people, f"{people} people{', one of them chosen' if chosen else ''}")
    share = f", seen in {int(runner.detected.sum())} of {len(seen)} pictures" if people == 1 else ""
    lines = [("Runner", who + share, "one")]
    if "no_runner" in refused:
        return lines
    cut_off = "feet_out_of_view" in refused
    swing = None if cut_off else swing_shanks(runner)
    if swing is not None:
        lines.append(("Running", f"the legs swing by {swing:.1f} lower-leg lengths", f"{STANDS_SHANKS} or more"))
    size = (runner.width_px, runner.height_px)
    feet = body.feet_px[seen if seen.any() else runner.detected]
    inside = float(((feet >= 0) & (feet <= size)).all(axis=(1, 2, 3)).mean()) if len(feet) else float("nan")
    lines.append(("Feet", f"both in {inside:.0%} of the pictures", f"{1 - track.FEET_OUT_WARNED:.0%} or more"))
    if np.isfinite(body.shank_px) and not cut_off:
        lines.append(("Size", f"lower leg {body.shank_px:.0f} pixels", f"{track.GOOD_SHANK_PX:.0f} or more"))
        lines.append(("View", VIEWS[view], VIEWS[View.REAR]))
    return lines


def _check(name: str, value: str, limit: str, findings: Sequence[Finding]) -> Check:
    """The line with its worst finding's mark, and the words of all that are worse than a remark."""
    mine = [f for f in findings if f.code in _CODES[name] and f.severity != "info"]
    mine.sort(key=lambda f: f.severity != "refuse")
    mark: Mark = "refuse" if any(f.severity == "refuse" for f in mine) else "warn" if mine else "ok"
    words = dict.fromkeys(f"{f.message} {f.advice}".strip() for f in mine)
    return Check(name, mark, value, limit, " ".join(words))
