"""Rearfoot angle: drawn legs with a heel and a shank turned by known angles, then invariants, then the sample clip's own truth."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest

from gait.landmarks import Landmark, Side
from gait.model import Crop, FootEvents, GaitEvents, PoseTrack, RearfootAngles, Trajectories
from gait.rearfoot import StandingInput, heel, measure_rearfoot, remember_standing
from gait.rearfoot.align import align, make_template, similarity
from gait.rearfoot.frame import UNITS, HeelPicture, expected_heel
from gait.rearfoot.markers import find_dots
from gait.settings import RearfootSettings

LENGTH = 200.0
"""Ankle to knee, px."""
WIDTH, HEIGHT = 480, 400
FPS = 60.0
STANCE_S, STRIDE_S, STEPS = 0.22, 0.60, 4


BLANK = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
"""Frames without a stance are never looked at."""


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
    hidden: Side | None = None
    heel_seen_higher_px: float = 0.0
    """How far above its place the tracker sees the heel, running and standing alike."""

    def eversion_deg(self, side: Side, pct: float) -> float:
        """From standing."""
        return self.touchdown_deg + (self.peak_deg[side] - self.touchdown_deg) * float(
            np.sin(np.pi * min(pct, 90) / 90)
        )


def _leg_points(scene: Drawn, side: Side, shank_deg: float) -> tuple[np.ndarray, np.ndarray]:
    across = 100 * side.lateral_sign * (-0.5 if scene.crossed else 1)
    ankle = np.array([WIDTH / 2 + across, 300.0])
    r = np.radians(shank_deg)
    return ankle, ankle + LENGTH * np.array([np.sin(r), -np.cos(r)])


def _draw(scene: Drawn, angles: dict[Side, tuple[float, float]], seed: int) -> np.ndarray:
    """A picture with, per side, (shank tilt, heel tilt) clockwise in degrees; twice as fine, then averaged."""
    k = 2
    big = np.full((HEIGHT * k, WIDTH * k, 3), (96, 100, 104), np.uint8)

    def fill(points: np.ndarray, about: np.ndarray, tilt_deg: float, colour: tuple[int, int, int]) -> None:
        r = np.radians(tilt_deg)
        turn = np.array([[np.cos(r), -np.sin(r)], [np.sin(r), np.cos(r)]])
        # 4 fractional bits; edges antialiased by OpenCV and by the halving
        cv2.fillPoly(big, [np.round((points @ turn.T + about) * k * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)

    def disk(at: tuple[float, float], about: np.ndarray, tilt_deg: float) -> None:
        t = np.linspace(0, 2 * np.pi, 40)
        fill(np.stack([at[0] + 4.5 * np.cos(t), at[1] + 4.5 * np.sin(t)], axis=1), about, tilt_deg, (240, 220, 40))

    up = np.linspace(-0.05, 1.0, 40)
    half = LENGTH * np.interp(up, (0, 0.2, 0.55, 1.0), (0.075, 0.08, 0.14, 0.12))
    calf = np.concatenate([np.stack([-half, -up * LENGTH], 1), np.stack([half, -up * LENGTH], 1)[::-1]])
    for side, (shank_deg, heel_deg) in angles.items():
        ankle, _ = _leg_points(scene, side, shank_deg)
        fill(calf, ankle, shank_deg, (200, 150, 120))
        heel = ankle + np.array([0.0, 0.13 * LENGTH])
        counter = np.array([(-21, -26), (21, -26), (24, 14), (24, 24), (-24, 24), (-24, 14)], float)
        fill(counter, heel, heel_deg, (40, 50, 120))
        fill(np.array([(-25, 15), (25, 15), (25, 25), (-25, 25)], float), heel, heel_deg, (235, 235, 230))
        if not scene.dots:
            fill(np.array([(-4, -26), (4, -26), (4, 15), (-4, 15)], float), heel, heel_deg, (230, 120, 40))
            fill(np.array([(9, -15), (19, -12), (19, -8), (9, -11)], float), heel, heel_deg, (220, 220, 220))
        else:
            disk((0, -14), heel, heel_deg)
            disk((0, 5), heel, heel_deg)
            disk((0, -0.25 * LENGTH), ankle, shank_deg)
            disk((0, -0.60 * LENGTH), ankle, shank_deg)
        if scene.hidden is side:
            fill(np.array([(-60, -70), (60, -70), (60, 60), (-60, 60)], float), heel, 0.0, (30, 30, 30))
    small = cv2.resize(big, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(float)
    small += np.random.default_rng(seed).normal(0, 2.0, small.shape)
    out = np.clip(small, 0, 255).astype(np.uint8)
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


def _track(scene: Drawn, angles: list[dict[Side, tuple[float, float]]], jitter_px: float) -> PoseTrack:
    rng = np.random.default_rng(5)
    points = np.full((len(angles), 33, 2), np.nan)
    for i, now in enumerate(angles):
        for side in Side:
            ankle, knee = _leg_points(scene, side, now.get(side, (0.0, 0.0))[0])
            p = np.array([ankle, knee])
            if scene.roll_deg:
                m = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), scene.roll_deg, 1.0)
                p = p @ m[:, :2].T + m[:, 2]
            if scene.mirrored:
                p[:, 0] = WIDTH - p[:, 0]
            named = side.other if scene.mirrored else side
            points[i, Landmark.of(named, "ankle")] = p[0]
            points[i, Landmark.of(named, "heel")] = p[0] + (
                0,
                0.14 * LENGTH - scene.heel_seen_higher_px,
            )
            points[i, Landmark.of(named, "knee")] = p[1]
    points += rng.normal(0, jitter_px, points.shape)
    n = len(angles)
    return PoseTrack(
        np.arange(n) / FPS, points, np.ones((n, 33)), np.full((n, 33, 3), np.nan), WIDTH, HEIGHT, "drawn", "none", ""
    )


def measure(scene: Drawn, standing: bool = True, jitter_px: float = 1.0) -> RearfootAngles:
    """Draw the scene's clips and measure them."""
    n = int(STEPS * STRIDE_S * FPS) + 30
    angles: list[dict[Side, tuple[float, float]]] = [{} for _ in range(n)]
    events = {}
    for side in Side:
        first = 0.1 if side is Side.LEFT else 0.1 + STRIDE_S / 2
        strikes = first + STRIDE_S * np.arange(STEPS)
        named = side.other if scene.mirrored else side
        events[named] = FootEvents(strikes, strikes + STANCE_S)
        for strike in strikes:
            for f in range(int(np.ceil(strike * FPS)), min(n, int((strike + STANCE_S) * FPS) + 1)):
                pct = 100 * (f / FPS - strike) / STANCE_S
                shank_deg = side.lateral_sign * (2 + 4 * pct / 100)
                eversion = scene.standing_deg + scene.eversion_deg(side, pct)
                angles[f][side] = (shank_deg, shank_deg - side.lateral_sign * eversion)
    still = [{s: (s.lateral_sign * 3.0, s.lateral_sign * (3.0 - scene.standing_deg)) for s in Side}] * 6
    track, standing_track = _track(scene, angles, jitter_px), _track(scene, still, jitter_px)
    pictures = Pictures([_draw(scene, a, i) if a else BLANK for i, a in enumerate(angles)])
    seen = replace(scene, crossed=False, hidden=None)
    remembered = None
    if standing:
        # nobody stands cross-legged
        standing_track = _track(seen, still, jitter_px)
        standing_input = StandingInput(Pictures([_draw(seen, a, 900 + i) for i, a in enumerate(still)]), standing_track)
        remembered = remember_standing(standing_input, RearfootSettings())
    moves = Trajectories(
        track.times_s, track.landmarks_px, np.zeros((n, 33), bool), 8.0, 0, track.width_px, track.height_px
    )
    found = GaitEvents(events, (), 0.005, 0.005, 0.005, None)
    return measure_rearfoot(pictures, track, moves, found, remembered, RearfootSettings())


def errors_deg(scene: Drawn, angles: RearfootAngles, side: Side) -> np.ndarray:
    """Of the usable frames; `side` is the drawn leg."""
    foot = angles.feet[side.other if scene.mirrored else side]
    truth = np.array([scene.eversion_deg(side, p) for p in foot.stance_pct])
    return (foot.angle_deg - truth)[foot.usable]


UNEQUAL = {Side.LEFT: 12.0, Side.RIGHT: 4.0}


@pytest.fixture(scope="module")
def plain() -> tuple[Drawn, RearfootAngles]:
    scene = Drawn(UNEQUAL)
    return scene, measure(scene)


@pytest.mark.parametrize("side", list(Side))
def test_drawn_angles_are_recovered(plain: tuple[Drawn, RearfootAngles], side: Side) -> None:
    scene, angles = plain
    off = errors_deg(scene, angles, side)
    foot = angles.feet[side]
    assert angles.zero == "standing"
    assert foot.method == "heel_counter"
    assert foot.usable.mean() > 0.9
    assert abs(np.median(off)) < 0.4
    assert np.percentile(np.abs(off), 90) < 1.2


@pytest.mark.parametrize("side", list(Side))
def test_lines_are_drawn_on_the_heel_and_the_shank(plain: tuple[Drawn, RearfootAngles], side: Side) -> None:
    scene, angles = plain
    foot = angles.feet[side]
    ankle, _ = _leg_points(scene, side, 0.0)
    heel_middle = foot.heel_px[foot.usable].mean(axis=1)
    assert np.abs(heel_middle - (ankle + np.array([0, 0.115 * LENGTH]))).max() < 10
    shank_low = foot.shank_px[foot.usable][:, 0]
    assert np.abs(shank_low - (ankle - np.array([0, 0.10 * LENGTH]))).max() < 8
    assert (foot.heel_px[foot.usable][:, 0, 1] > foot.heel_px[foot.usable][:, 1, 1]).all()


@pytest.mark.parametrize("higher_px", [-16.0, 28.0])
def test_a_tracker_that_sees_the_heel_too_high_or_low_changes_nothing(higher_px: float) -> None:
    scene = Drawn(UNEQUAL, heel_seen_higher_px=higher_px)
    angles = measure(scene)
    for side in Side:
        off = errors_deg(scene, angles, side)
        assert angles.feet[side].usable.mean() > 0.9
        assert abs(np.median(off)) < 0.4


@pytest.mark.parametrize("lower_px", [-8, 0, 6, 14])
def test_the_counter_is_found_where_colours_change_least(lower_px: int) -> None:
    """A collar, a counter of 36 rows and a midsole, one colour each; the counter's middle is `lower_px` below where it is expected."""
    height, width = 124, 128
    picture = HeelPicture(np.full((height, width, 3), 90, np.uint8), np.array([[1.0, 0, 0], [0, 1, 0]]))
    middle = round(expected_heel(picture)[1] - heel.MIDDLE * UNITS) + lower_px
    for first, last, grey in ((0, middle - 18, 220), (middle - 18, middle + 18, 60), (middle + 18, middle + 30, 250)):
        picture.image[first:last] = grey
    found_px = -heel.raised_by([picture], 0.0) * UNITS
    # the window's 31 rows fit into the 36 in several places; the prior chooses among them
    assert abs(found_px - lower_px) <= 3.0


@pytest.mark.parametrize("everted", [8.0, -6.0])
@pytest.mark.parametrize("crossed", [False, True])
def test_direction(everted: float, crossed: bool) -> None:
    scene = Drawn({Side.LEFT: everted, Side.RIGHT: everted}, touchdown_deg=0.0, crossed=crossed)
    angles = measure(scene)
    for side in Side:
        foot = angles.feet[side]
        near = foot.usable & (np.abs(foot.stance_pct - 45) < 10)
        assert near.any()
        assert np.median(foot.angle_deg[near]) == pytest.approx(everted, abs=1.0)


def test_a_mirrored_clip_swaps_the_feet_and_nothing_else(plain: tuple[Drawn, RearfootAngles]) -> None:
    _, angles = plain
    mirrored = measure(Drawn(UNEQUAL, mirrored=True))
    for side in Side:
        a, b = angles.feet[side], mirrored.feet[side.other]
        both = a.usable & b.usable
        assert both.mean() > 0.85
        assert np.abs(np.median((a.angle_deg - b.angle_deg)[both])) < 0.3
        assert np.array_equal(a.frame, b.frame)


def test_camera_roll_cancels(plain: tuple[Drawn, RearfootAngles]) -> None:
    _, angles = plain
    rolled = measure(Drawn(UNEQUAL, roll_deg=4.0))
    for side in Side:
        a, b = angles.feet[side], rolled.feet[side]
        both = a.usable & b.usable
        assert np.abs(np.median((a.angle_deg - b.angle_deg)[both])) < 0.4


def test_without_a_standing_clip_the_excursion_holds() -> None:
    scene = Drawn(UNEQUAL)
    angles = measure(scene, standing=False)
    assert angles.zero == "none"
    for side in Side:
        foot = angles.feet[side]
        off = errors_deg(scene, angles, side)
        assert np.isnan(foot.standing_deg)
        assert np.std(off - np.median(off)) < 1.0


def test_dots_are_found_and_used() -> None:
    scene = Drawn(UNEQUAL, dots=True)
    angles = measure(scene)
    for side in Side:
        assert angles.feet[side].method == "markers"
        assert abs(np.median(errors_deg(scene, angles, side))) < 0.3


def test_a_hidden_heel_is_not_read() -> None:
    angles = measure(Drawn(UNEQUAL, hidden=Side.RIGHT))
    assert angles.feet[Side.RIGHT].usable.mean() < 0.1
    assert angles.feet[Side.RIGHT].reasons
    assert angles.feet[Side.LEFT].usable.mean() > 0.9


def test_no_steps_gives_a_reason() -> None:
    scene = Drawn(UNEQUAL)
    track = _track(scene, [{}] * 5, 0.0)
    moves = Trajectories(track.times_s, track.landmarks_px, np.zeros((5, 33), bool), 8.0, 0, WIDTH, HEIGHT)
    none = GaitEvents({s: FootEvents(np.empty(0), np.empty(0)) for s in Side}, (), 0.0, 0.0, 0.0, None)
    angles = measure_rearfoot(Pictures([]), track, moves, none, None, RearfootSettings())
    for side in Side:
        assert angles.feet[side].method == "landmarks"
        assert len(angles.feet[side].frame) == 0
        assert angles.feet[side].reasons


@pytest.mark.parametrize("turn_deg", [-9.0, -2.0, 0.5, 7.0])
def test_align_recovers_a_turn(turn_deg: float) -> None:
    rng = np.random.default_rng(3)
    picture = cv2.GaussianBlur(rng.uniform(0, 255, (120, 120, 3)).astype(np.float32), (0, 0), 3.0) * 2
    template = make_template(np.ascontiguousarray(picture[40:80, 30:90]), np.ones((40, 60), np.float32))
    m = cv2.getRotationMatrix2D((59.5, 59.5), -turn_deg, 1.0)
    turned = cv2.warpAffine(picture, m, (120, 120), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    found = align(template, [turned], [similarity(template, (60.0, 59.0), 0.0)], iterations=30)[0]
    assert found is not None
    linear = found.matrix[:, :2]
    assert np.degrees(np.arctan2(linear[1, 0], linear[0, 0])) == pytest.approx(turn_deg, abs=0.3)


def test_a_strip_is_no_dot() -> None:
    patch = np.full((80, 80, 3), 60, np.float32)
    patch[10:70, 36:45] = (230, 210, 40)
    assert not [d for d in find_dots(patch) if 20 < d.xy[1] < 60]
    cv2.circle(patch, (20, 40), 5, (230, 210, 40), -1)
    near = find_dots(patch)
    assert any(np.hypot(*(d.xy - (20, 40))) < 0.5 for d in near)
