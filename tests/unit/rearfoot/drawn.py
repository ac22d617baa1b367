"""Drawn runners: legs whose heels and shanks turn by known angles, filmed from behind at 60 frames per second."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from gait.landmarks import Landmark, Side
from gait.model import Crop, FootEvents, GaitEvents, PoseTrack, RearfootAngles, Trajectories
from gait.rearfoot import Standing, StandingInput, measure_rearfoot, remember_standing
from gait.settings import RearfootSettings

LENGTH = 200.0
"""Ankle to knee, px."""
WIDTH, HEIGHT = 480, 400
FPS = 60.0
STANCE_S, STRIDE_S = 0.22, 0.606
"""Strides do not end with a frame: the steps show all phases of stance between them."""
UNEQUAL = {Side.LEFT: 12.0, Side.RIGHT: 4.0}
"""Peaks that tell the feet apart."""
NOISE_LEVELS = 2.0
BLANK = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
"""Frames without a stance are never looked at."""

Tilts = dict[Side, tuple[float, float, float]]
"""Per side with a foot on the ground: clockwise tilt of shank and heel, degrees, and the phase of stance, %."""


@dataclass(frozen=True)
class Drawn:
    """A drawn runner: what each leg does, and how the camera sees it."""

    peak_deg: dict[Side, float]
    touchdown_deg: float = -4.0
    standing_deg: float = 2.0
    roll_deg: float = 0.0
    mirrored: bool = False
    crossed: bool = False
    dots: bool = False
    plain: bool = False
    """The counter has no strip and no logo."""
    weave: bool = False
    """It has three faint upright seams."""
    sides_held_back: float = 0.0
    """Share of the turn from standing that its outlines do not make, on the run: a round heel seen from elsewhere."""
    kink_deg: float = 0.0
    """How much farther the counter's upper part turns than the rest, on the run: a heel that is not rigid."""
    glints: bool = False
    """Bright patches wander over the counter on the run, which were not there standing."""
    flap_deg: float = 0.0
    """How much farther the calf seems to lean, inwards, until 8 % of stance than the shank does."""
    steps: int = 4
    feet: tuple[Side, ...] = tuple(Side)
    """Whose steps the run has; one foot is drawn in half the time."""
    odd_step_deg: float = 0.0
    """How much farther the heel turns in the second step than in the others."""
    odd_step_seen_higher_px: float = 0.0
    """How far above its place the tracker sees the heel in the second step alone."""
    wall: tuple[int, int, int] = (96, 100, 104)
    """What is behind the runner; standing it is always the first."""
    hidden: Side | None = None
    heel_seen_higher_px: float = 0.0
    """How far above its place the tracker sees the heel, running and standing alike."""

    def eversion_deg(self, side: Side, pct: float) -> float:
        """From standing, at a phase of stance."""
        return self.touchdown_deg + (self.peak_deg[side] - self.touchdown_deg) * float(
            np.sin(np.pi * min(pct, 90) / 90)
        )


def shank_deg(side: Side, pct: float) -> float:
    """The drawn shank's clockwise tilt: seen from behind, a runner's turns about as fast after foot strike as from there to 40 %."""
    return side.lateral_sign * (3.0 - float(np.interp(pct, (-8.0, 0.0, 12.0, 40.0), (2.1, 1.75, 0.0, -1.9))))


def leg_points(scene: Drawn, side: Side, tilt_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Ankle and knee, px."""
    across = 100 * side.lateral_sign * (-0.5 if scene.crossed else 1)
    ankle = np.array([WIDTH / 2 + across, 300.0])
    r = np.radians(tilt_deg)
    return ankle, ankle + LENGTH * np.array([np.sin(r), -np.cos(r)])


@lru_cache(maxsize=1)
def _noise() -> np.ndarray:
    """One field of noise; every picture takes another part of it."""
    return np.random.default_rng(3).normal(0, NOISE_LEVELS, (HEIGHT + 64, WIDTH + 64, 3)).round().astype(np.int16)


@lru_cache(maxsize=2)
def _ground(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((HEIGHT * 2, WIDTH * 2, 3), colour, np.uint8)


def draw(scene: Drawn, tilts: Tilts, seed: int) -> np.ndarray:
    """A picture of the legs in `tilts`; drawn twice as fine, then averaged."""
    k = 2
    big = _ground(scene.wall).copy()

    def fill(points: list[tuple[float, float]] | np.ndarray, about: np.ndarray, tilt: float, colour: tuple) -> None:
        r = np.radians(tilt)
        turn = np.array([[np.cos(r), -np.sin(r)], [np.sin(r), np.cos(r)]])
        # 4 fractional bits; edges antialiased by OpenCV and by the halving
        placed = np.round((np.asarray(points, float) @ turn.T + about) * k * 16).astype(np.int32)
        cv2.fillPoly(big, [placed], colour, cv2.LINE_AA, 4)

    def disk(at: tuple[float, float], about: np.ndarray, tilt: float) -> None:
        t = np.linspace(0, 2 * np.pi, 40)
        fill(np.stack([at[0] + 4.5 * np.cos(t), at[1] + 4.5 * np.sin(t)], axis=1), about, tilt, (240, 220, 40))

    up = np.linspace(-0.05, 1.0, 40)
    half = LENGTH * np.interp(up, (0, 0.2, 0.55, 1.0), (0.075, 0.08, 0.14, 0.12))
    calf = np.concatenate([np.stack([-half, -up * LENGTH], 1), np.stack([half, -up * LENGTH], 1)[::-1]])
    for side, (shank, heel, pct) in tilts.items():
        ankle, _ = leg_points(scene, side, shank)
        seems = shank - side.lateral_sign * scene.flap_deg * (pct < 8)
        fill(calf, ankle, seems, (200, 150, 120))
        at = ankle + np.array([0.0, 0.13 * LENGTH])
        turned = side.lateral_sign * (shank - heel)
        seen = scene.standing_deg + (1 - scene.sides_held_back) * (turned - scene.standing_deg)
        sides = shank - side.lateral_sign * seen
        fill([(-21, -26), (21, -26), (24, 14), (24, 24), (-24, 24), (-24, 14)], at, sides, (40, 50, 120))
        if scene.weave:
            for x in (-9, 0, 9):
                fill([(x - 1, -24), (x + 1, -24), (x + 1, 13), (x - 1, 13)], at, heel, (48, 58, 128))
        if scene.kink_deg:
            farther = heel - side.lateral_sign * scene.kink_deg
            fill([(-24, -30), (24, -30), (24, -17), (-24, -17)], at, heel, (200, 150, 120))
            fill([(-21, -26), (21, -26), (22, -16), (-22, -16)], at, farther, (40, 50, 120))
        fill([(-25, 15), (25, 15), (25, 25), (-25, 25)], at, sides, (235, 235, 230))
        if scene.dots:
            disk((0, -14), at, heel)
            disk((0, 5), at, heel)
            disk((0, -0.25 * LENGTH), ankle, shank)
            disk((0, -0.60 * LENGTH), ankle, shank)
        elif not scene.plain:
            fill([(-4, -26), (4, -26), (4, 15), (-4, 15)], at, heel, (230, 120, 40))
            fill([(9, -15), (19, -12), (19, -8), (9, -11)], at, heel, (220, 220, 220))
        if scene.glints:
            x, y = seed * 29 % 24 - 20, seed * 17 % 26 - 22
            fill([(x, y), (x + 16, y), (x + 16, y + 14), (x, y + 14)], at, heel, (250, 250, 250))
        if scene.hidden is side:
            fill([(-60, -70), (60, -70), (60, 60), (-60, 60)], at, 0.0, (30, 30, 30))
    small = cv2.resize(big, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    y, x = seed * 37 % 64, seed * 23 % 64
    out = cv2.add(small, np.ascontiguousarray(_noise()[y : y + HEIGHT, x : x + WIDTH]), dtype=cv2.CV_8U)
    if scene.roll_deg:
        m = cv2.getRotationMatrix2D((WIDTH / 2 - 0.5, HEIGHT / 2 - 0.5), scene.roll_deg, 1.0)
        out = cv2.warpAffine(out, m, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return out[:, ::-1].copy() if scene.mirrored else out


class Pictures:
    """The drawn clip as `LegPictures`."""

    def __init__(self, images: list[np.ndarray]) -> None:
        self.images = images

    def crop(self, frame: int) -> Crop:
        """The whole picture."""
        return Crop(self.images[frame], 0, 0)

    def crops(self, frames: np.ndarray) -> Iterator[tuple[int, Crop | None]]:
        """In the order asked for."""
        for frame in frames:
            yield int(frame), self.crop(int(frame))


def track_of(scene: Drawn, tilts: list[Tilts], jitter_px: float) -> PoseTrack:
    """What a tracker would see, each point off by `jitter_px` (SD)."""
    rng = np.random.default_rng(5)
    points = np.full((len(tilts), 33, 2), np.nan)
    for i, now in enumerate(tilts):
        for side in Side:
            p = np.array(leg_points(scene, side, now.get(side, (0.0,))[0]))
            if scene.roll_deg:
                m = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), scene.roll_deg, 1.0)
                p = p @ m[:, :2].T + m[:, 2]
            if scene.mirrored:
                p[:, 0] = WIDTH - p[:, 0]
            named = side.other if scene.mirrored else side
            points[i, Landmark.of(named, "ankle")] = p[0]
            points[i, Landmark.of(named, "heel")] = p[0] + (0, 0.14 * LENGTH - scene.heel_seen_higher_px)
            points[i, Landmark.of(named, "knee")] = p[1]
    points += rng.normal(0, jitter_px, points.shape)
    n = len(tilts)
    return PoseTrack(
        np.arange(n) / FPS, points, np.ones((n, 33)), np.full((n, 33, 3), np.nan), WIDTH, HEIGHT, "drawn", "none", ""
    )


def still(track: PoseTrack) -> Trajectories:
    """The track as cleaned landmarks."""
    n = len(track.times_s)
    return Trajectories(
        track.times_s, track.landmarks_px, np.zeros((n, 33), bool), 8.0, 0, track.width_px, track.height_px
    )


@dataclass(frozen=True)
class Film:
    """A drawn run, ready to be measured."""

    pictures: Pictures
    track: PoseTrack
    trajectories: Trajectories
    events: GaitEvents

    def measure(self, standing: Standing | None) -> RearfootAngles:
        """Both feet."""
        return measure_rearfoot(self.pictures, self.track, self.trajectories, self.events, standing, RearfootSettings())


def film(scene: Drawn, jitter_px: float = 1.0) -> Film:
    """The scene's run."""
    n = int(scene.steps * STRIDE_S * FPS) + 30
    tilts: list[Tilts] = [{} for _ in range(n)]
    events, odd = {}, []
    for side in scene.feet:
        first = 0.1 if side is Side.LEFT else 0.1 + STRIDE_S / 2
        strikes = first + STRIDE_S * np.arange(scene.steps)
        events[side.other if scene.mirrored else side] = FootEvents(strikes, strikes + STANCE_S)
        for step, strike in enumerate(strikes):
            for f in range(int(np.ceil(strike * FPS - 1)), min(n, int((strike + STANCE_S) * FPS) + 1)):
                pct = 100 * (f / FPS - strike) / STANCE_S
                shank = shank_deg(side, pct)
                turned = scene.standing_deg + scene.eversion_deg(side, pct) + (scene.odd_step_deg if step == 1 else 0)
                tilts[f][side] = (shank, shank - side.lateral_sign * turned, pct)
                odd += [(f, Landmark.of(side, "heel"), 1)] if step == 1 else []
    track = track_of(scene, tilts, jitter_px)
    if scene.odd_step_seen_higher_px:
        seen = track.landmarks_px.copy()
        seen[tuple(np.array(odd).T)] -= scene.odd_step_seen_higher_px
        track = replace(track, landmarks_px=seen)
    pictures = Pictures([draw(scene, t, i) if t else BLANK for i, t in enumerate(tilts)])
    return Film(pictures, track, still(track), GaitEvents(events, (), 0.005, 0.005, 0.005, None))


def stand(scene: Drawn) -> Standing:
    """The scene's standing clip, remembered: nobody stands cross-legged, and nothing is in front."""
    return _stand(
        scene.standing_deg,
        scene.roll_deg,
        scene.mirrored,
        scene.dots,
        scene.plain,
        scene.weave,
        scene.heel_seen_higher_px,
    )


@lru_cache
def _stand(
    standing_deg: float,
    roll_deg: float,
    mirrored: bool,
    dots: bool,
    plain: bool,
    weave: bool,
    heel_seen_higher_px: float,
) -> Standing:
    seen = Drawn(
        UNEQUAL,
        standing_deg=standing_deg,
        roll_deg=roll_deg,
        mirrored=mirrored,
        dots=dots,
        plain=plain,
        weave=weave,
        heel_seen_higher_px=heel_seen_higher_px,
    )
    tilts: Tilts = {s: (s.lateral_sign * 3.0, s.lateral_sign * (3.0 - standing_deg), 30.0) for s in Side}
    pictures = Pictures([draw(seen, tilts, 900 + i) for i in range(6)])
    return remember_standing(StandingInput(pictures, track_of(seen, [tilts] * 6, 1.0)), RearfootSettings())


def measure(scene: Drawn, standing: bool = True) -> RearfootAngles:
    """Draw the scene's clips and measure them."""
    return film(scene).measure(stand(scene) if standing else None)


def errors_deg(scene: Drawn, angles: RearfootAngles, side: Side) -> np.ndarray:
    """Of the usable frames; `side` is the drawn leg."""
    foot = angles.feet[side.other if scene.mirrored else side]
    truth = np.array([scene.eversion_deg(side, p) for p in foot.stance_pct])
    return (foot.angle_deg - truth)[foot.usable]
