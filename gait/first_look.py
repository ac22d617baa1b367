"""The first look: a few frames of a clip are judged, before minutes are spent on all of them.

What `pipeline` refuses early and what the New analysis page shows come from here, so that the two never differ.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gait import clip as clips
from gait import events, pose, quality
from gait.landmarks import View
from gait.lens import Lens
from gait.model import Clip, Finding, Floats, Frozen, Ints, Picture, PoseTrack
from gait.people import People
from gait.settings import PoseSettings

SAMPLED_PICTURES = 10
"""Frames measured for light and blur and searched for people; 0.1 s each on one busy core."""
STANDING_PICTURES = 3
"""Of a standing clip are enough to see its background and clothes."""
PICTURE_SIDE_PX = 640
LARGE_PX = 1920 * 1088
"""A decoder holds up to a dozen frames: 40 MB at this size, 230 MB at 4096 x 3072."""


@dataclass(frozen=True, eq=False)
class Health(Frozen):
    """What the first look found."""

    clip: Clip
    findings: tuple[Finding, ...]
    lasting: tuple[Finding, ...]
    """Those of the findings that a whole track does not replace: of the file, its frames, and of nobody being there."""
    checks: tuple[quality.Check, ...]
    """The same and what is well, as a list for staff."""
    view: View
    people: People
    track: PoseTrack | None
    """One entry per frame; None when the file or its light refused the clip before anybody was detected."""
    picture: Picture
    """The one with the most people in it, at most `PICTURE_SIDE_PX`."""
    boxes: Floats
    """(k, 4) round each person in it who could be the runner, left to right: x0, y0, x1, y1 as shares of the picture."""
    hips: Floats
    """(k, 2) of each: what `PoseSettings.runner_at` takes."""
    shots: quality.Shots | None = None
    """The frames that were looked at, with the runner in them; None without a track."""
    lens: Lens | None = None
    """None where the lens bends nothing that matters."""

    @property
    def refused(self) -> bool:
        """Whether the clip cannot be judged, as far as can be told without following the runner."""
        return any(f.severity == "refuse" for f in self.findings)

    @property
    def reason(self) -> Finding | None:
        """Why it is refused; None when it is not."""
        return next((f for f in self.findings if f.severity == "refuse"), None)


def check(
    path: Path,
    settings: PoseSettings | None = None,
    *,
    slow_motion: float = 1.0,
    view: View | None = None,
    mirrored: bool = False,
) -> Health:
    """Judge a clip by a few of its frames.

    Args:
        path: The clip.
        settings: The tracker's; `runner_at` is the runner whom staff chose.
        slow_motion: How many times slower than life the file plays, as staff confirmed.
        view: As staff chose; None guesses it.
        mirrored: The camera mirrors, as staff confirmed: the clip is looked at the other way round.

    Raises:
        ClipError: The file is no video that could be analysed.
    """
    clip = clips.open_clip(path).slowed(slow_motion)
    return look(clip.unmirrored() if mirrored else clip, settings or PoseSettings(), view=view)


def look(
    clip: Clip, settings: PoseSettings, *, view: View | None = None, during: pose.EarlyGlance | None = None
) -> Health:
    """`check` for a clip that is open.

    With what was seen `during` its recording, with `quality.measure_picture` as its note, nothing is left to decode or detect. A clip
    that lies on its side or stands on its head is turned, and looked at again: `Health.clip` is the turned one.
    """
    samples = _samples(clip) if during is None else during.samples
    measured = quality.sum_up(during.notes) if during and during.notes else quality.measure_pictures(samples)
    lasting = [*quality.check_clip(clip), *quality.judge_pictures(measured)]
    if not samples or any(f.severity == "refuse" for f in lasting):
        shown = samples[len(samples) // 2][1] if samples else np.zeros((1, 1, 3), np.uint8)
        checks = quality.summarise(clip, measured, 0, None, View.UNKNOWN, lasting)
        none = np.empty((0, 4))
        told = tuple(lasting)
        return Health(clip, told, told, checks, view or View.UNKNOWN, (), None, shown, none, np.empty((0, 2)))
    seen = pose.glance(samples, clip, settings) if during is None else during.glance
    if not clip.turned and (turns := quality.turns_upright(seen.track.landmarks_px, clip.width_px, clip.height_px)):
        return look(clip.upright(turns), settings, view=view)
    shots = _shots(clip, samples, seen.track)
    lens = quality.measure_lens(shots)
    lasting += [*quality.check_people(seen.people), *quality.check_lens(lens)]
    guessed = view or events.guess_view(seen.track)[0]
    found = list(lasting)
    if not any(f.severity == "refuse" for f in lasting):
        found += quality.check_glance(clip, seen.people, seen.track, guessed, settings.runner_at is not None)
    checks = quality.summarise(
        clip, measured, len(seen.boxes), seen.track, guessed, found, settings.runner_at is not None
    )
    return Health(
        clip,
        tuple(found),
        tuple(lasting),
        checks,
        guessed,
        seen.people,
        seen.track,
        seen.picture,
        seen.boxes,
        seen.hips,
        shots,
        lens,
    )


def of_kept(clip: Clip, track: PoseTrack, lens: Lens | None, view: View | None = None) -> Health:
    """Of a clip of which only the lower legs were kept, with its track: nobody can be looked for in it, nor a background."""
    lasting = (*quality.check_clip(clip), *quality.check_lens(lens))
    guessed, none = view or events.guess_view(track)[0], np.empty((0, 4))
    blank = np.zeros((1, 1, 3), np.uint8)
    told = (clip, lasting, lasting, (), guessed, (), track, blank, none, np.empty((0, 2)))
    return Health(*told, lens=lens)


def check_standing(path: Path, run: Health, settings: PoseSettings | None = None) -> tuple[Finding, ...]:
    """What speaks against a standing clip as the reference of that run, on a few of its frames.

    Args:
        path: The standing clip.
        run: What `check` said of the run. Where that was looked at the other way round, so is this.
        settings: The tracker's.

    Raises:
        ClipError: The file is no video that could be analysed.
    """
    clip = clips.open_clip(path)
    if run.clip.mirrored:
        clip = clip.unmirrored()
    samples = _samples(clip)
    if run.track is None or not samples:
        return ()
    track = pose.glance(samples, clip, settings or PoseSettings()).track
    if turns := quality.turns_upright(track.landmarks_px, clip.width_px, clip.height_px):
        clip = clip.upright(turns)
        samples = _samples(clip)
        track = pose.glance(samples, clip, settings or PoseSettings()).track
    found = quality.check_standing(track, run.track)
    if run.shots is None or any(f.severity == "refuse" for f in found):
        return found
    return (*found, *quality.check_same_scene(run.shots, _shots(clip, samples, track)).findings)


def standing_shots(clip: Clip, track: PoseTrack) -> quality.Shots:
    """A few frames of a standing clip that was tracked, with the person in them."""
    seen = np.flatnonzero(track.detected)
    at = seen[np.unique(np.linspace(0, len(seen) - 1, STANDING_PICTURES).astype(int))] if len(seen) else seen
    samples = [(f.time_s, f.image) for f in clips.stills(clip, at, max_side_px=PICTURE_SIDE_PX)]
    return _shots(clip, samples, track.only(at))


def _shots(clip: Clip, samples: list[tuple[float, Picture]], track: PoseTrack) -> quality.Shots:
    return quality.Shots(tuple(p for _, p in samples), track.landmarks_px, clip.width_px, clip.height_px)


def _samples(clip: Clip) -> list[tuple[float, Picture]]:
    """Decoded in two threads, each from its own key frames on; in one where frames are so large that two decoders fill the memory."""

    def read(indices: Ints) -> list[tuple[float, Picture]]:
        return [(f.time_s, f.image) for f in clips.stills(clip, indices, max_side_px=PICTURE_SIDE_PX)]

    indices = clips.spread_out(clip, SAMPLED_PICTURES)
    threads = 2 if clip.width_px * clip.height_px <= LARGE_PX else 1
    with ThreadPoolExecutor(threads, "gait-look") as pool:
        return [sample for part in pool.map(read, np.array_split(indices, threads)) for sample in part]
