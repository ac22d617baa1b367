"""`analyse()`: the stages in order, from a file to its judgement. Every decision lives in a stage."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from gait import clip as clips
from gait import (
    clock,
    events,
    first_look,
    kinematics,
    pose,
    quality,
    rearfoot,
    trajectories,
)
from gait.bounds import SPEED_KMH
from gait.errors import GaitError
from gait.judge import judge, read_basis
from gait.landmarks import View
from gait.lens import Lens
from gait.model import (
    Analysis,
    Basis,
    Clip,
    Finding,
    LegPictures,
    PoseTrack,
    RearfootAngles,
    Trajectories,
)
from gait.progress import Cancel, Report, Tell, Watch
from gait.settings import PointsTold, PoseSettings, Settings

STANDING_HZ = 15.0
"""Frames per second read of the standing clip: 45 in 3 s give the same medians as 180, in a quarter of the time."""
MAX_SLOW_MOTION = 40.0
"""960 frames per second, the fastest phones record, played at 24."""


@dataclass(frozen=True)
class Choices:
    """What a person chose for one analysis.

    Raises:
        GaitError: The speed, the slow-motion factor or the tracker's name cannot be.

    Example:
        >>> Choices(slow_motion=2).pose.runner_at is None
        True
        >>> Choices(slow_motion=50)
        Traceback (most recent call last):
        gait.errors.GaitError: ...
    """

    standing: Path | None = None
    """The clip of quiet standing that angles are referred to. None: no peak, and hardly ever a label."""
    speed_kmh: float | None = None
    """Of the belt; the limits follow it. None judges over the usual speeds."""
    view: View | None = None
    """Where the camera stands; None guesses it from the landmarks."""
    runner: str = ""
    shoe_worn: str = ""
    """The shoe that is run in, in the words of whoever types it."""
    clip_name: str = ""
    """What the clip is called where it came from, for the result; empty: as its file is called here."""
    shelf: Path | None = None
    """The store's shoes as CSV; None takes the example."""
    rules: Path | None = None
    """The store's own rules, by which shoes of the shelf are suggested; None takes ours."""
    limits: Path | None = None
    """The store's own limits as CSV; None takes the shipped ones."""
    shoe_size: float | None = None
    """In the shelf's own system; None asks for no size."""
    overlay: bool = True
    """Draw the overlay video. It and the PDF are made by `gait.services.publish`, not by `analyse`."""
    encoder: str = ""
    """What packs that video, as `gait.encoders` names it; empty takes the first that works here."""
    report: bool = True
    """Make the PDF."""
    cache: bool = True
    """Take the track of a clip that was tracked before, and keep new ones."""
    slow_motion: float = 1.0
    """How many times slower than life the running clip plays, as a person confirmed. Never taken without asking."""
    runner_at: tuple[float, float] | None = None
    """Where the runner is when others are in the picture too: as `PoseSettings.runner_at`."""
    mirrored: bool | None = False
    """Whether the camera mirrors, as a person confirmed for it: its clips are then read the other way round. None: nobody has said; they are
    read as they are, and the result says that left and right are not confirmed."""
    track: Path | None = None
    """Of a clip of which only the lower legs are left (`gait.services.kept_clips`): its track (`pose.write_track`). Nobody is looked for in it."""
    points: Path | None = None
    """Key points of another tool for the running clip (`pose.read_points`): nobody is tracked in it, and its angles are measured in the
    pixels round these points."""
    standing_points: Path | None = None
    """The same for the standing clip."""
    points_told: PointsTold = field(default_factory=PointsTold)
    """What files of key points do not say themselves."""
    settings: Settings = field(default_factory=Settings)
    judged_by: Basis | None = None
    """An earlier result's, which is put right; None reads the store's tables."""

    @property
    def pose(self) -> PoseSettings:
        """The tracker's settings with the runner who was chosen."""
        return replace(self.settings.pose, runner_at=self.runner_at) if self.runner_at else self.settings.pose

    def basis(self) -> Basis:
        """What the run will be judged by, read from the store's tables now. Raises GaitError about a table that cannot be used."""
        if self.judged_by is not None:
            return self.judged_by
        tables = {"limits": self.limits, "shelf": self.shelf, "rules": self.rules}
        return read_basis(self.speed_kmh, self.settings, shoe_size=self.shoe_size, **tables)

    def __post_init__(self) -> None:
        """Check bounds and names. Raises GaitError."""
        pose.check_tracker(self.settings.pose.tracker)
        if self.standing_points is not None and self.standing is None:
            raise GaitError("no_clip_for_points", file=self.standing_points.name)
        if self.speed_kmh is not None and not SPEED_KMH.least <= self.speed_kmh <= SPEED_KMH.most:
            raise GaitError("bad_speed", least=SPEED_KMH.least, most=SPEED_KMH.most, given=self.speed_kmh)
        if not 1 <= self.slow_motion <= MAX_SLOW_MOTION:
            raise GaitError("bad_slow_motion", most=MAX_SLOW_MOTION, given=self.slow_motion)


def analyse(
    path: Path,
    choices: Choices = Choices(),
    progress: Report | None = None,
    cancelled: Cancel | None = None,
    followed: pose.LiveTrackings | None = None,
) -> Analysis:
    """Analyse a clip: from the file to labels, 3D estimate and shoes. Writes nothing but the cache of tracks.

    `examples/analyse_clip.py` shows it at work; `gait.services.publish.analyse_to_folder` writes the result folder as well.

    Args:
        path: A video, or a file of key points (see `gait.pose.read_points`), of which everything is given that needs no pixels.
        choices: What a person chose.
        progress: Called often, from this thread, with where the work stands.
        cancelled: Asked often, from this thread; True ends the work.
        followed: Clips among those were tracked while they were recorded and are not tracked again.

    Returns:
        A clip that cannot be judged has findings with the severity "refuse" and no judgement; nothing is raised for it. A foot
        that could not be measured has the label "undetermined".

    Raises:
        GaitError: There is nothing to speak of: no video at all, a table that cannot be used, a tracker that is not there.
        Cancelled: The person cancelled.
    """
    with ExitStack() as stack:
        return measure(path, choices, Watch(progress, cancelled), stack, followed)[0]


def track_while_recorded(
    followed: pose.LiveTrackings,
    path: Path,
    written: Callable[[], bool],
    choices: Choices = Choices(),
    *,
    standing: bool = False,
) -> None:
    """Follow the person in a clip that is still being written, so that an analysis with these choices, given `followed`, need not.

    The file must be there; `written` tells that it is whole. Of a `standing` clip the heels and shanks are remembered as well. Returns at
    once, but for libraries that an analysis needs later; faults are logged.
    """

    def remember(track: PoseTrack, pictures: LegPictures) -> rearfoot.Standing:
        return rearfoot.remember_standing(rearfoot.StandingInput(pictures, track), choices.settings.rearfoot)

    followed.begin(path, written, choices.pose, quality.measure_picture, remember if standing else None)


def measure(
    path: Path, choices: Choices, watch: Watch, stack: ExitStack, followed: pose.LiveTrackings | None = None
) -> tuple[Analysis, LegPictures | None]:
    """Everything up to the labels. The pictures stay open until `stack` closes; for `followed` see `analyse`."""
    s = choices.settings
    if pose.holds_points(path):
        if choices.points is not None:
            raise GaitError("no_clip_for_points", file=choices.points.name)
        return _measure_points(path, choices), None
    clip = clips.open_clip(path).slowed(choices.slow_motion)
    standing_clip = clips.open_clip(choices.standing) if choices.standing else None
    kept = _kept(clip, choices)
    if choices.mirrored:
        followed = None  # those were the clips as they lie
        clip = clip if kept else clip.unmirrored()  # it was kept the right way round
        standing_clip = standing_clip.unmirrored() if standing_clip else None
    basis = choices.basis()
    during = None
    if followed is not None and followed.knows(clip.path):
        tell = watch.stage("following")
        during = followed.seen(clip, choices.pose, first_look.SAMPLED_PICTURES, tell, watch.cancelled)
        watch.stage("looking")
    first = kept or first_look.look(clip, choices.pose, view=choices.view, during=during)
    clip = first.clip
    if clip.turned:
        followed = None  # that was the clip as it lay
    if first.refused:
        return Analysis(clip, standing_clip, choices.view or View.UNKNOWN, first.findings), None
    findings = [*first.lasting, *quality.check_sides(choices.mirrored)]
    still = (
        _read_standing(standing_clip, first.lens, choices, watch, stack, followed)
        if standing_clip is not None
        else None
    )
    tell = watch.stage("following")
    pictures: LegPictures
    if kept is not None and kept.track is not None:
        track, pictures = kept.track, stack.enter_context(clips.leg_pictures(clip, kept.track))
    elif choices.points is not None:
        track = _points_of(choices.points, clip, choices, choices.runner_at)
        alone = len(first.hips) < 2 or choices.runner_at is not None  # else the look may be of somebody else
        misplaced = quality.check_points_of_clip(track, first.track if alone else None)
        if misplaced:
            return Analysis(clip, standing_clip, first.view, (*findings, *misplaced), track), None
        pictures = stack.enter_context(clips.leg_pictures(clip, track))
    else:
        track, pictures = _track(clip, choices, tell, watch.cancelled, stack, followed)
    watch.stage("steps")
    taken = clock.read_clock(clip.times_s, track.landmarks_px, pictures)
    repeats = quality.check_repeats(pictures, clip.times_s)
    clip, track = clip.retimed(taken.times_s), replace(track, times_s=taken.times_s)
    moves = trajectories.clean(track, s.trajectories)
    seen = track.without_between
    # What is measured is measured in the picture without the lens; what is drawn lies in the clip's own.
    straight, even, legs = _straightened(track, moves, pictures, first.lens, s)
    view = choices.view or events.guess_view(seen)[0]
    findings += quality.check_track(clip, seen, moves, view)
    findings += quality.check_people(first.people, seen, choices.runner_at is not None)
    findings += [*repeats, *quality.check_clock(taken)]
    partial = Analysis(clip, standing_clip, view, tuple(findings), track, moves)
    if _refused(findings):
        return partial, None
    steps = events.find_events(even, view, s.events, slowed=clip.slow_motion > 1)
    findings += quality.check_running(clip, seen, moves, steps, view, s, choices.speed_kmh)
    if _refused(findings):
        return Analysis(clip, standing_clip, view, tuple(findings), track, moves, steps), None
    if view is View.REAR and steps.slow_motion == 1:
        steps = events.see_contacts(steps, even, legs)
    steps = steps.by_clock(taken.sd_share + quality.playback_sd_share(findings))
    measured = None
    if view is View.REAR:
        standing, complaints = None, list[Finding]()
        if still is not None:
            complaints = [*quality.check_standing(still.track, seen)]
            place = quality.CameraPlace("unknown", float("nan"))
            if first.shots is not None and not _refused(complaints):
                scene = quality.check_same_scene(first.shots, still.shots.result())
                complaints, place = [*complaints, *scene.findings], scene.place
            standing = None if _refused(complaints) else still.remembered.result()
            scale = place.scale * quality.enlargement(still.track, seen)
            standing = standing.enlarged(scale) if standing is not None else None
        findings += quality.check_legs(pictures, moves, steps)
        tell = watch.stage("heels")
        measured = rearfoot.measure_rearfoot(legs, straight, even, steps, standing, s.rearfoot, tell)
        if still is not None and standing is not None:
            bodies = quality.compare_bodies(seen, still.track, scale)
            trust = quality.check_same_body(bodies, measured.feet, place)
            legs_told = quality.check_same_leg(measured.feet, place)
            others = legs_told.findings or trust.findings
            complaints += others
            measured = rearfoot.without(measured, legs_told.lost)
            if _refused(others):
                measured = rearfoot.measure_rearfoot(legs, straight, even, steps, None, s.rearfoot, tell)
            else:
                measured = rearfoot.doubt(measured, trust.probability)
        measured = _as_seen(measured, first.lens)
        # A standing clip that cannot be used costs the reference, not the analysis.
        findings += [replace(f, severity="warn") if f.severity == "refuse" else f for f in complaints]
    found = _judged(Analysis(clip, standing_clip, view, tuple(findings), track, moves, steps, measured), basis)
    return replace(found, lens_k1=first.lens.k1 if first.lens else 0.0), pictures


def _kept(clip: Clip, choices: Choices) -> first_look.Health | None:
    """Of a clip whose track was kept with it; None for any other. Raises GaitError when the track cannot be read."""
    if choices.track is None:
        return None
    track, k1 = pose.read_track(choices.track, clip)
    return first_look.of_kept(clip, track, Lens(k1, clip.width_px, clip.height_px) if k1 else None, choices.view)


@dataclass(frozen=True)
class _Still:
    """The standing clip, read."""

    track: PoseTrack
    remembered: Future[rearfoot.Standing]
    """Its heels and shanks."""
    shots: Future[quality.Shots]
    """A few of its frames."""


def _read_standing(
    clip: Clip, lens: Lens | None, choices: Choices, watch: Watch, stack: ExitStack, followed: pose.LiveTrackings | None
) -> _Still:
    """Before the run is followed: nothing of it depends on the run, and its heels are remembered while that is done."""
    tell = watch.stage("standing")
    # What was tracked while it was recorded is there already, frame by frame, and so is what was remembered of it.
    made: rearfoot.Standing | None = None
    if followed is not None:
        made = followed.made(clip, choices.pose, tell, watch.cancelled)
    shown = clip if followed is not None and followed.knows(clip.path) else clip.thinned(STANDING_HZ)
    pictures: LegPictures
    if choices.standing_points is not None:
        whole = _points_of(choices.standing_points, clip, choices)
        track = whole.only(np.flatnonzero(np.isin(clip.times_s, shown.times_s)))
        made, pictures = None, stack.enter_context(clips.leg_pictures(shown, track))
    else:
        track, pictures = _track(shown, choices, tell, watch.cancelled, stack, followed)
    if turns := quality.turns_upright(track.without_between.landmarks_px, clip.width_px, clip.height_px):
        if choices.standing_points is not None:
            raise GaitError("points_of_clip", "turned", file=choices.standing_points.name)
        upright = clip.upright(turns).thinned(STANDING_HZ)
        made, (track, pictures) = None, _track(upright, choices, tell, watch.cancelled, stack, None)
    seen, settings = rearfoot.StandingInput(pictures, track), choices.settings.rearfoot
    if lens is not None:  # the same camera's
        lens = lens.of_size(track.width_px, track.height_px)
        seen = rearfoot.StandingInput(clips.StraightLegPictures(pictures, lens), lens.straightened(track))
        made = None  # that was of bent pictures

    def remember() -> rearfoot.Standing:
        return made if made is not None and made.settings == settings else rearfoot.remember_standing(seen, settings)

    pool = stack.enter_context(ThreadPoolExecutor(1, "gait-standing"))
    still = track.without_between
    # The frames first: they are few, and decoded behind the run's tracking too.
    shots = pool.submit(first_look.standing_shots, shown, track)
    return _Still(still, pool.submit(remember), shots)


def _straightened(
    track: PoseTrack, moves: Trajectories, pictures: LegPictures, lens: Lens | None, settings: Settings
) -> tuple[PoseTrack, Trajectories, LegPictures]:
    """All three without the lens; as they are where there is none to speak of."""
    if lens is None:
        return track, moves, pictures
    straight = lens.straightened(track)
    even = trajectories.clean(straight, settings.trajectories)
    return straight, even, clips.StraightLegPictures(pictures, lens)


def _as_seen(measured: RearfootAngles, lens: Lens | None) -> RearfootAngles:
    """The lines where the clip's own picture has them."""
    if lens is None:
        return measured
    feet = {
        side: replace(foot, heel_px=lens.seen(foot.heel_px), shank_px=lens.seen(foot.shank_px))
        for side, foot in measured.feet.items()
    }
    return replace(measured, feet=feet)


def _points_of(file: Path, clip: Clip, choices: Choices, runner_at: tuple[float, float] | None = None) -> PoseTrack:
    """The track of a clip from a file of key points, which another tool found in the clip as it lies. Raises GaitError."""
    if clip.turned:
        raise GaitError("points_of_clip", "turned", file=file.name)
    if not clip.mirrored:
        return pose.read_points(file, choices.points_told, clip=clip, runner_at=runner_at)
    as_it_lies = None if runner_at is None else (1 - runner_at[0], runner_at[1])
    return pose.unmirrored(pose.read_points(file, choices.points_told, clip=clip, runner_at=as_it_lies))


def _measure_points(path: Path, choices: Choices) -> Analysis:
    """A key-point file: everything that needs no pixels. The label stays undetermined, with the reason."""
    s = choices.settings
    track = pose.read_points(path, choices.points_told, runner_at=choices.runner_at)
    basis = choices.basis()
    digest = pose.points_digest(path)
    clip = Clip(path, digest, track.times_s, track.width_px, track.height_px, 0, "points").slowed(choices.slow_motion)
    track = replace(track, times_s=clip.times_s)
    moves = trajectories.clean(track, s.trajectories)
    view = choices.view or events.guess_view(track)[0]
    steps = events.find_events(moves, view, s.events, slowed=clip.slow_motion > 1)
    findings = [
        *quality.check_clip(clip),
        *quality.check_points(track, moves),
        *quality.check_running(clip, track, moves, steps, view, s, choices.speed_kmh),
    ]
    steps = steps.by_clock(quality.playback_sd_share(findings))
    analysis = Analysis(clip, None, view, tuple(findings), track, moves, steps)
    return analysis if analysis.refused else _judged(analysis, basis)


def _judged(a: Analysis, basis: Basis) -> Analysis:
    """A clip that was not refused, with what else the view shows and the judgement."""
    assert a.events is not None
    assert a.trajectories is not None
    return replace(
        a,
        kinematics=kinematics.measure_kinematics(a.trajectories, a.events, a.view),
        judgement=judge(a.events, a.rearfoot or RearfootAngles({}, "none"), basis),
    )


def _track(
    clip: Clip,
    choices: Choices,
    tell: Tell,
    cancelled: Cancel | None,
    stack: ExitStack,
    followed: pose.LiveTrackings | None,
) -> tuple[PoseTrack, LegPictures]:
    """The track, from the cache when this clip was tracked before; its leg pictures live until `stack` closes."""
    chosen = choices.pose
    known = pose.load_track(clip, chosen, pose.identify(chosen)) if choices.cache else None
    if known is not None:
        return known, stack.enter_context(clips.leg_pictures(clip, known))
    track, pictures = pose.track_clip(clip, chosen, tell, cancelled, followed)
    stack.enter_context(pictures)
    if choices.cache:
        pose.save_track(clip, chosen, track)
    return track, pictures


def _refused(findings: list[Finding] | tuple[Finding, ...]) -> bool:
    return any(f.severity == "refuse" for f in findings)
