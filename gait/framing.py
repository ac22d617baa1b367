"""Advice before recording: a few live frames are judged, and what to change is said.

The frames are judged one by one, seconds apart; the last few together are held against the limits that the clip will be
held against, and what would be complained about is said as something to do now.
"""

import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gait import events, pose, quality
from gait.landmarks import View
from gait.model import Clip, Finding, Floats, Picture, PoseTrack, Trajectories
from gait.quality.picture import GOOD_FPS_HZ
from gait.said import Said

REMEMBERED = 5
"""Looks that count: `quality` asks for five frames with a person, and older ones show how the camera stood before."""
MOST_ADVICE = 3
"""More at once is not read."""
_NOWHERE = Path()
_NOT_NOW = {"still_picture", "runner_lost", "several_people", "frame_rate", "length", "legs_confused"}
"""True of clips, meaningless for frames seconds apart of somebody who is getting ready."""
_DO = {
    "no_runner": "do_no_runner",
    "too_dark": "do_too_dark",
    "dim": "do_dim",
    "overexposed": "do_overexposed",
    "flicker": "do_flicker",
    "blurred": "do_blurred",
    "feet_out_of_view": "do_feet_out_of_view",
    "feet_at_edge": "do_feet_at_edge",
    "feet_hidden": "do_feet_hidden",
    "runner_small": "do_runner_small",
    "picture_size": "do_picture_size",
    "not_behind": "do_not_behind",
    "camera_aside": "do_camera_aside",
}
"""Findings that are told as something to do now, with the same values; others are told as they are."""
_FIRST = ("too_dark", "no_runner", "feet_out_of_view", "not_behind", "camera_aside", "slow", "camera_rolled")
"""What matters most is said first; the rest follows as found."""


@dataclass(frozen=True, eq=False)
class Framing:
    """What one look came to. Empty `advice` means: ready to record."""

    advice: tuple[Said | Finding, ...]
    landmarks: Floats | None
    """(33, 2) as shares of the picture's width and height; None when nobody was seen."""
    codes: tuple[str, ...] = ()
    """Of the findings behind the advice, all of them."""


class Guide:
    """Judges frames of one camera. Any thread may call it; one look takes about a tenth of a second."""

    def __init__(self, tracker: pose.StillTracker) -> None:
        """Every guide of a program is given the same tracker."""
        self._tracker = tracker
        self._looks: deque[tuple[float, Picture, Floats, Floats, Floats]] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()

    def look(self, time_s: float, picture: Picture, size_px: tuple[int, int], rate_hz: float = 0.0) -> Framing:
        """One more frame, RGB, shrunk or not; `size_px` is the camera's own size, `rate_hz` what it was seen to deliver (0: unknown).

        Raises GaitError when the tracker cannot be loaded.
        """
        with self._lock:
            if self._looks and self._looks[-1][1].shape != picture.shape:
                self._looks.clear()  # the camera was turned or exchanged
            shares, visibility, world = self._see(picture)
            self._looks.append((time_s, picture, shares, visibility, world))
            findings = self._findings(size_px)
        told: dict[str, Said | Finding] = {f.code: _to_do(f) for f in findings}
        if any(f.code == "not_behind" or (f.code == "camera_aside" and f.severity == "refuse") for f in findings):
            told.pop("camera_rolled", None)  # from the side, a leaning runner looks like a rolled camera
        if "not_behind" in told:
            told.pop("camera_aside", None)
        if 0 < rate_hz < 0.9 * GOOD_FPS_HZ:
            dark = "dim" in told or "too_dark" in told
            told["slow"] = Said("do_slow_dark" if dark else "do_slow", {"fps": rate_hz})
        order = sorted(told, key=lambda code: _FIRST.index(code) if code in _FIRST else len(_FIRST))
        seen = None if np.isnan(shares).all() else shares
        return Framing(tuple(told[code] for code in order[:MOST_ADVICE]), seen, tuple(order))

    def _see(self, picture: Picture) -> tuple[Floats, Floats, Floats]:
        """(33, 2) shares of the picture, (33,) visibility, (33, 3) world; NaN and 0 when nobody is seen."""
        seen = self._tracker.see(picture)
        if seen is None:
            return np.full((33, 2), np.nan), np.zeros(33), np.full((33, 3), np.nan)
        return seen.landmarks_px, seen.visibility, seen.world_m

    def _findings(self, size_px: tuple[int, int]) -> list[Finding]:
        times, pictures, shares, visibility, world = (list(column) for column in zip(*self._looks, strict=True))
        findings = list(quality.check_pictures(list(zip(times, pictures, strict=True))))
        # Fewer looks than quality wants frames: the same ones again.
        again = np.resize(np.arange(len(times)), max(REMEMBERED, len(times)))
        clock = np.arange(len(again), dtype=np.float64)
        points = np.asarray(np.array(shares)[again] * np.array(size_px, dtype=np.float64), dtype=np.float64)
        track = PoseTrack(clock, points, np.array(visibility)[again], np.array(world)[again], *size_px, "", "", "")
        moves = Trajectories(clock, points, np.zeros(points.shape[:2], dtype=bool), 0.0, 0, *size_px)
        clip = Clip(_NOWHERE, "", clock, *size_px, 0, "")
        view = events.guess_view(track)[0] if track.detected.any() else View.UNKNOWN
        findings += [f for f in quality.check_clip(clip) if f.code == "picture_size"]
        findings += quality.check_track(clip, track, moves, view)
        if not any(f.code == "no_runner" for f in findings):
            findings += quality.check_camera(track)
        return [f for f in findings if f.code not in _NOT_NOW and f.severity != "info"]


def _to_do(finding: Finding) -> Said | Finding:
    return Said(_DO[finding.code], finding.values) if finding.code in _DO else finding
