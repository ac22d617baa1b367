"""Every limit from both sides, on runners drawn from closed forms; then the real clips."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gait import clip as clips
from gait import quality
from gait.landmarks import Landmark, Side, View
from gait.model import Clip, Crop, Finding, FootEvents, GaitEvents, PoseTrack, Segment, Trajectories
from gait.pipeline import Choices, analyse
from gait.pose.people import find_people
from gait.quality import people, picture, running
from gait.quality.picture import edge_blur_px
from gait.quality.running import Movement, movement, slow_factor
from tests.builders import SHARED, needs_shared

WIDTH, HEIGHT = 720, 1280
SHANK, TORSO = 200.0, 230.0
HIPS = np.array([360.0, 540.0])
FPS = 60.0

# A standing person from behind, pixels from the middle of the hips; the runner's right is the picture's right.
STANDING = {
    "nose": (0, -300), "ear": (20, -300), "shoulder": (80, -TORSO), "elbow": (110, -120), "wrist": (115, -20),
    "hip": (45, 0), "knee": (45, 200), "ankle": (45, 200 + SHANK), "heel": (45, 220 + SHANK), "foot_index": (55, 245 + SHANK),
}  # fmt: skip


def person(n: int = 1) -> np.ndarray:
    """(n, 33, 2) of a person who stands still."""
    points = np.tile(HIPS, (n, 33, 1))
    for name, (x, y) in STANDING.items():
        if name == "nose":
            points[:, Landmark.NOSE] += (x, y)
            continue
        points[:, Landmark.of(Side.LEFT, name)] += (-x, y)
        points[:, Landmark.of(Side.RIGHT, name)] += (x, y)
    return points


def tracked(
    points: np.ndarray, times_s: np.ndarray | None = None, yaw_deg: float = 0.0, visible: float = 0.9
) -> PoseTrack:
    n = len(points)
    world = np.zeros((n, 33, 3))
    turn = np.array([np.cos(np.radians(yaw_deg)), 0.0, np.sin(np.radians(yaw_deg))])
    world[:, Landmark.RIGHT_SHOULDER], world[:, Landmark.LEFT_SHOULDER] = 0.18 * turn, -0.18 * turn
    times = np.arange(n) / FPS if times_s is None else times_s
    return PoseTrack(times, points, np.full((n, 33), visible), world, WIDTH, HEIGHT, "drawn", "none", "0")


def moved(t: PoseTrack, x: float, y: float) -> PoseTrack:
    return replace(t, landmarks_px=t.landmarks_px + np.array([x, y]))


def runs(
    seconds: float = 8.0,
    cadence_spm: float = 170.0,
    bounce_g: float = 1.3,
    swing_shanks: float = 1.2,
    spring: bool = True,
) -> PoseTrack:
    """Someone whose ankles differ by a cosine of the stride and whose body bounces by a cosine of the step.

    Running (`spring`): lowest (y largest) when the ankles differ most. Walking: highest there.
    """
    t = np.arange(round(seconds * FPS)) / FPS
    step_hz = cadence_spm / 60
    amplitude_px = bounce_g * 9.81 / (2 * np.pi * step_hz) ** 2 / running.SHANK_M * SHANK
    points = person(len(t))
    points[..., 1] += ((1 if spring else -1) * amplitude_px * np.cos(2 * np.pi * step_hz * t))[:, None]
    # 5th to 95th percentile of a cosine of amplitude a is 1.975 a.
    lift = swing_shanks * SHANK / 1.975 * np.cos(np.pi * step_hz * t)
    for side, up in ((Side.LEFT, np.maximum(lift, 0)), (Side.RIGHT, np.maximum(-lift, 0))):
        for joint in ("ankle", "heel", "foot_index"):
            points[:, Landmark.of(side, joint), 1] -= up
    return tracked(points, t)


def clip_of(t: PoseTrack) -> Clip:
    return Clip(Path("drawn.mp4"), "0" * 64, t.times_s, t.width_px, t.height_px, 0, "h264")


def timed(times_s: np.ndarray, width: int = WIDTH, height: int = HEIGHT) -> Clip:
    return Clip(Path("drawn.mp4"), "0" * 64, times_s, width, height, 0, "h264")


def smoothed(t: PoseTrack, swaps: int = 0) -> Trajectories:
    return Trajectories(
        t.times_s, t.landmarks_px, np.zeros(t.landmarks_px.shape[:2], bool), 8.0, swaps, t.width_px, t.height_px
    )


def steps(left: int, right: int, end_s: float = 8.0, activity: str = "running") -> GaitEvents:
    feet = {}
    for side, n in ((Side.LEFT, left), (Side.RIGHT, right)):
        strikes = 0.2 + 0.7 * np.arange(n)
        feet[side] = FootEvents(strikes, strikes + 0.25)
    return GaitEvents(feet, (Segment(0.0, end_s, activity),), 0.01, 0.01, 0.01, None)  # type: ignore[arg-type]


def checked(t: PoseTrack, view: View = View.REAR, swaps: int = 0) -> dict[str, Finding]:
    return {f.code: f for f in quality.check_track(clip_of(t), t, smoothed(t, swaps), view)}


def ran(t: PoseTrack, events: GaitEvents | None = None, view: View = View.REAR) -> dict[str, Finding]:
    found = quality.check_running(clip_of(t), t, smoothed(t), events or steps(10, 10), view)
    return {f.code: f for f in found}


def codes(findings, severity: str | None = None) -> set[str]:
    return {f.code for f in findings if severity in (None, f.severity)}


# The file


@pytest.mark.parametrize(
    ("fps", "severity"), [(19.9, "refuse"), (20.1, "warn"), (49.9, "warn"), (50.1, "info"), (240.0, "info")]
)
def test_frame_rate(fps, severity):
    found = {f.code: f for f in quality.check_clip(timed(np.arange(round(10 * fps)) / fps))}
    assert found["frame_rate"].severity == severity
    assert found["frame_rate"].value == pytest.approx(fps, abs=0.01)


@pytest.mark.parametrize(
    ("seconds", "severity"), [(0.9, "refuse"), (1.1, "warn"), (6.9, "warn"), (7.1, None), (119, None), (121, "warn")]
)
def test_length(seconds, severity):
    found = {f.code: f.severity for f in quality.check_clip(timed(np.arange(round(seconds * 60)) / 60))}
    assert found.get("length") == severity


@pytest.mark.parametrize(("side", "severity"), [(239, "refuse"), (241, "warn"), (479, "warn"), (481, None)])
@pytest.mark.parametrize("portrait", [True, False])
def test_picture_size(side, severity, portrait):
    size = (side, 900) if portrait else (900, side)
    found = {f.code: f.severity for f in quality.check_clip(timed(np.arange(600) / 60, *size))}
    assert found.get("picture_size") == severity


def test_uneven_frame_times_are_told_but_not_held_against_the_clip():
    times = np.delete(np.arange(600) / 60, np.arange(3, 600, 5))
    found = {f.code: f for f in quality.check_clip(timed(times))}
    assert found["variable_frame_rate"].severity == "info"
    assert found["frame_rate"].severity == "warn"  # 48 a second
    even = {f.code for f in quality.check_clip(timed(np.arange(600) / 60 + 0.001 * np.sin(np.arange(600))))}
    assert "variable_frame_rate" not in even


@pytest.mark.parametrize(("gap", "told"), [(0.2, False), (0.3, True)])
def test_a_hole_in_the_recording(gap, told):
    times = np.arange(600) / 60
    times[300:] += gap - 1 / 60
    assert ("frames_missing" in codes(quality.check_clip(timed(times)))) is told


def test_a_single_frame_is_refused_not_divided_by():
    assert "frame_rate" in codes(quality.check_clip(timed(np.zeros(1))), "refuse")


# The pictures


def scene(light: float = 160.0, shift: int = 0, blur_px: float = 0.0, seed: int = 1) -> np.ndarray:
    """A room with an object that moves by `shift`; its lightest parts are at `light`."""
    grey = np.full((640, 360), 0.55)
    grey[100:300, 40:150] = 0.8
    grey[400:640, :] = 0.3
    grey[200:560, 180 + shift : 260 + shift] = 1.0
    grey[540:560, 180 + shift : 260 + shift] = 0.1
    noise = np.random.default_rng(seed).normal(0, 1.0, grey.shape)
    grey = grey * light
    if blur_px:
        grey = cv2.GaussianBlur(grey, (0, 0), blur_px)
    return np.repeat(np.clip(grey + noise, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def spread(pictures):
    return [(float(i), p) for i, p in enumerate(pictures)]


def moving(**kw):
    return spread([scene(shift=6 * i, seed=i, **kw) for i in range(8)])


def test_a_plain_room_has_no_complaint():
    assert quality.check_pictures(moving()) == ()


@pytest.mark.parametrize(("light", "code"), [(0.95, "too_dark"), (1.05, "dim"), (2.2, "dim"), (2.4, None)])
def test_light(light, code):
    # 95th percentile: the object covers 13 % of the picture, so it is the object's light.
    found = {f.code: f.severity for f in quality.check_pictures(moving(light=light * picture.DARK_LIGHTS))}
    assert (code in found) if code else not {"too_dark", "dim"} & set(found)
    assert found.get("too_dark", "refuse") == "refuse"


@pytest.mark.parametrize(("share", "told"), [(0.45, False), (0.55, True)])
def test_overexposure(share, told):
    pictures = [p.copy() for _, p in moving()]
    for p in pictures:
        p[:, : round(share * p.shape[1])] = 255
    assert ("overexposed" in codes(quality.check_pictures(spread(pictures)))) is told


def test_a_still_picture_sold_as_a_clip():
    still = [scene(seed=i) for i in range(8)]  # the same room, sensor noise only
    assert "still_picture" in codes(quality.check_pictures(spread(still)), "refuse")
    still[4] = scene(shift=10, seed=4)
    assert "still_picture" not in codes(quality.check_pictures(spread(still)))


@pytest.mark.parametrize(("depth", "told"), [(0.05, False), (0.15, True)])
def test_flicker(depth, told):
    # An alternating light of 1 +- depth has an SD of depth.
    pictures = [scene(light=160 * (1 + depth * (-1) ** i), shift=6 * i) for i in range(8)]
    assert ("flicker" in codes(quality.check_pictures(spread(pictures)))) is told


@pytest.mark.parametrize(("blur", "told"), [(0.0, False), (1.5, False), (2.6, True)])
def test_blur(blur, told):
    assert ("blurred" in codes(quality.check_pictures(moving(blur_px=blur)))) is told


@pytest.mark.parametrize("blur", [1.0, 2.0, 4.0])
def test_edge_blur_reads_the_blur_that_was_put_in(blur):
    step = np.zeros((400, 400))
    step[:, 200:] = 180.0
    assert edge_blur_px(cv2.GaussianBlur(step, (0, 0), blur)) == pytest.approx(blur, rel=0.12)


def test_no_pictures_no_findings():
    assert quality.check_pictures([]) == ()
    assert edge_blur_px(np.full((50, 50), 7.0)) == float("inf")


# The runner


def test_a_good_run_has_no_complaint():
    t = runs()
    assert checked(t) == {}
    assert ran(t) == {}


def test_nobody():
    t = tracked(np.full((200, 33, 2), np.nan))
    assert set(checked(t)) == {"no_runner"}
    assert checked(t)["no_runner"].severity == "refuse"


@pytest.mark.parametrize(
    ("share", "code", "severity"),
    [(0.25, "no_runner", "refuse"), (0.35, "runner_lost", "warn"), (0.75, "runner_lost", "warn"), (0.85, None, None)],
)
def test_a_runner_in_part_of_the_frames(share, code, severity):
    t = runs()
    points = t.landmarks_px.copy()
    points[round(share * len(points)) :] = np.nan
    found = checked(replace(t, landmarks_px=points))
    assert set(found) == ({code} if code else set())
    assert code is None or found[code].severity == severity


@pytest.mark.parametrize(("frames", "refused"), [(10, True), (20, False)])
def test_a_figure_that_flashes_up_is_no_runner(frames, refused):
    # Seen for `frames` of every 30: 0.15 s is no person, 0.32 s is; the share of frames is above the limit either way.
    t = runs()
    points = t.landmarks_px.copy()
    points[np.arange(len(points)) % 30 >= frames] = np.nan
    assert ("no_runner" in checked(replace(t, landmarks_px=points))) is refused


@pytest.mark.parametrize(
    "deform",
    [
        pytest.param(lambda p: HIPS + (p - HIPS) @ np.array([[0, 1], [-1, 0]]), id="lying"),
        pytest.param(lambda p: HIPS + (p - HIPS) * [1, -1], id="upside down"),
        pytest.param(lambda p: np.where(p[..., 1:] > HIPS[1], HIPS + (p - HIPS) * 0.3, p), id="tiny legs"),
        pytest.param(lambda p: np.where(p[..., 1:] > HIPS[1], HIPS + (p - HIPS) * [1, 2.2], p), id="stilts"),
    ],
)
def test_a_figure_that_is_no_person_is_no_runner_however_visible(deform):
    t = runs()
    found = checked(replace(t, landmarks_px=deform(t.landmarks_px)))
    assert found["no_runner"].severity == "refuse"


@pytest.mark.parametrize(("spread_", "refused"), [(0.1, False), (0.6, True)])
def test_a_figure_that_keeps_changing_size_is_no_runner(spread_, refused):
    t = runs()
    rng = np.random.default_rng(3)
    scale = rng.uniform(1 - spread_, 1 + spread_, len(t.times_s))[:, None, None]
    found = checked(replace(t, landmarks_px=HIPS + (t.landmarks_px - HIPS) * scale))
    assert ("no_runner" in found) is refused


@pytest.mark.parametrize(("jumps", "severity"), [(0, None), (1, "warn"), (2, "refuse")])
def test_jumps_to_another_person(jumps, severity):
    t = runs()
    points = t.landmarks_px.copy()
    for k in range(jumps):
        points[150 * (k + 1) :] += (-1) ** k * np.array([0.7 * TORSO, 0])
    found = checked(replace(t, landmarks_px=points))
    assert (found["several_people"].severity if severity else found.get("several_people")) == severity


def test_drifting_on_the_belt_is_no_jump():
    t = runs()
    drift = 0.8 * TORSO * np.sin(2 * np.pi * t.times_s / 2.5)[:, None, None] * [1, 0]
    assert "several_people" not in checked(replace(t, landmarks_px=t.landmarks_px * [1, 1] + drift))


@pytest.mark.parametrize(
    ("below", "code", "severity"),
    [
        (-60, None, None),
        (-10, "feet_at_edge", "warn"),
        (40, "feet_out_of_view", "refuse"),
        (400, "feet_out_of_view", "refuse"),
    ],
)
def test_feet_against_the_lower_edge(below, code, severity):
    # `below`: how far the lowest toe of the standing foot reaches under the picture's edge on average.
    t = runs(bounce_g=0.8)
    shift = HEIGHT + below - t.landmarks_px[:, Landmark.LEFT_FOOT_INDEX, 1].max()
    found = checked(moved(t, 0, shift))
    assert (set(found) == {code}) if code else not found
    assert code is None or found[code].severity == severity


def test_legs_and_feet_outside_are_told_apart():
    t = runs()
    feet = checked(moved(t, 0, 330))["feet_out_of_view"]
    both = checked(moved(t, 0, 620))["feet_out_of_view"]
    assert "feet are outside" in feet.message
    assert "legs are outside" in both.message


def test_a_foot_that_leaves_now_and_then_is_a_warning():
    t = runs()
    points = t.landmarks_px.copy()
    points[:48] += [0, 400]  # a tenth of the frames, at the start: the camera was still being aimed
    assert checked(replace(t, landmarks_px=points))["feet_out_of_view"].severity == "warn"


@pytest.mark.parametrize(("visible", "told"), [(0.45, True), (0.55, False)])
def test_feet_the_tracker_only_guesses(visible, told):
    t = runs()
    assert ("feet_hidden" in checked(replace(t, visibility=np.full((len(t.times_s), 33), visible)))) is told


@pytest.mark.parametrize(("shank", "severity"), [(58, "refuse"), (62, "warn"), (118, "warn"), (122, None)])
def test_size_of_the_runner(shank, severity):
    # The drawn shank bounces nothing: its 90th percentile is its length.
    t = runs()
    found = checked(replace(t, landmarks_px=HIPS + (t.landmarks_px - HIPS) * shank / SHANK))
    assert (found["runner_small"].severity if severity else found.get("runner_small")) == severity


@pytest.mark.parametrize("view", list(View))
def test_only_from_behind_is_there_a_label_but_no_view_is_refused(view):
    found = checked(runs(), view)
    assert ("not_behind" in found) is (view is not View.REAR)
    assert all(f.severity == "warn" for f in found.values())


def test_legs_that_were_exchanged_often():
    assert "legs_confused" in checked(runs(), swaps=100)
    assert "legs_confused" not in checked(runs(), swaps=90)


# The camera


def rolled(t: PoseTrack, deg: float) -> PoseTrack:
    """As a camera turned clockwise by `deg` sees it: the picture turns counter-clockwise."""
    a = np.radians(deg)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return replace(t, landmarks_px=HIPS + (t.landmarks_px - HIPS) @ turn.T)


@pytest.mark.parametrize(("deg", "told"), [(2.5, False), (3.5, True), (-2.5, False), (-3.5, True)])
def test_camera_roll(deg, told):
    found = {f.code: f for f in quality.check_camera(rolled(runs(), deg))}
    assert ("camera_rolled" in found) is told
    if told:
        assert found["camera_rolled"].value == pytest.approx(deg, abs=0.3)
        assert ("right" if deg > 0 else "left") in found["camera_rolled"].message


@pytest.mark.parametrize(
    ("deg", "severity"), [(13, None), (17, "warn"), (28, "warn"), (32, "refuse"), (-17, "warn"), (-32, "refuse")]
)
def test_camera_aside(deg, severity):
    t = runs()
    found = ran(tracked(t.landmarks_px, t.times_s, yaw_deg=deg))
    assert (found["camera_aside"].severity if severity else found.get("camera_aside")) == severity


def test_the_camera_of_a_side_view_is_not_judged_as_one_from_behind():
    t = runs()
    assert ran(tracked(t.landmarks_px, t.times_s, yaw_deg=80), view=View.SIDE) == {}


@pytest.mark.parametrize(("share", "told"), [(0.2, False), (0.3, True), (-0.3, True)])
def test_runner_off_centre(share, told):
    t = runs()
    found = quality.check_camera(moved(t, share * WIDTH, 0))
    assert ("runner_off_centre" in codes(found)) is told


# The movement


@given(cadence=st.floats(130, 230), bounce=st.floats(0.7, 2.2), swing=st.floats(0.5, 1.6))
@settings(max_examples=25, deadline=None)
def test_movement_reads_what_was_drawn(cadence, bounce, swing):
    m = movement(smoothed(runs(cadence_spm=cadence, bounce_g=bounce, swing_shanks=swing)))
    assert m.cadence_spm == pytest.approx(cadence, rel=0.01)
    assert m.swing_shanks == pytest.approx(swing, rel=0.05)
    assert m.bounce_g == pytest.approx(bounce, rel=0.1)
    assert m.bounce_phase > 0.8


def test_a_run_between_standing_is_judged_on_the_run():
    run = runs()
    points = np.concatenate([person(180), run.landmarks_px, person(180)])
    m = movement(smoothed(tracked(points)))
    assert m.cadence_spm == pytest.approx(170, rel=0.02)
    assert m.bounce_g == pytest.approx(1.3, rel=0.15)


def test_standing_still_is_not_running():
    found = ran(tracked(person(480)), steps(0, 0, activity="standing"))
    assert set(found) == {"not_running"}
    assert found["not_running"].severity == "refuse"


@pytest.mark.parametrize(("swing", "refused"), [(0.2, True), (0.3, False)])
def test_the_least_swing_of_the_legs(swing, refused):
    assert ("not_running" in ran(runs(swing_shanks=swing))) is refused


def test_moving_about_without_a_rhythm_is_not_running():
    points = person(480)
    rng = np.random.default_rng(7)
    wander = np.cumsum(rng.normal(0, 8, (480, 2, 2)), axis=0)
    points[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]] += wander
    assert ran(tracked(points), steps(0, 0, activity="unknown"))["not_running"].severity == "refuse"


@pytest.mark.parametrize("cadence", [100.0, 118.0, 130.0])
def test_walking_is_refused_by_its_pendulum(cadence):
    t = runs(cadence_spm=cadence, bounce_g=0.3, swing_shanks=0.5, spring=False)
    assert ran(t)["not_running"].severity == "refuse"


def test_a_run_whose_trunk_was_misread_is_not_called_walking():
    assert "not_running" not in ran(runs(bounce_g=0.7, spring=False))


@pytest.mark.parametrize("factor", [2.0, 4.0, 8.0])
def test_slow_motion_is_asked_about_with_its_factor(factor):
    # Played n times slower, cadence falls n-fold and acceleration n^2-fold.
    t = runs(seconds=8.0 * factor, cadence_spm=170 / factor, bounce_g=1.3 / factor**2)
    found = ran(t, steps(0, 0, activity="unknown"))
    assert set(found) == {"slow_motion"}
    assert found["slow_motion"].severity == "refuse"
    assert found["slow_motion"].value == factor


@pytest.mark.parametrize("cadence", [150.0, 170.0, 190.0])
@pytest.mark.parametrize("factor", [2.0, 4.0, 8.0])
@pytest.mark.parametrize("bounce", [1.1, 1.5])
def test_the_factor_fits_any_usual_runner(cadence, factor, bounce):
    assert slow_factor(Movement(1.2, cadence / factor, bounce / factor**2, 0.8)) == factor


def test_a_confirmed_slow_motion_passes():
    slow = runs(seconds=16.0, cadence_spm=85, bounce_g=1.3 / 4)
    assert ran(replace(slow, times_s=slow.times_s / 2)) == {}


def test_what_staff_confirmed_is_told_and_counts_towards_what_is_left():
    four = runs(seconds=32.0, cadence_spm=170 / 4, bounce_g=1.3 / 16)
    clip = clip_of(four).slowed(2)
    t = replace(four, times_s=clip.times_s)
    told = {f.code: f for f in quality.check_clip(clip)}["slow_motion_confirmed"]
    assert (told.severity, told.value) == ("info", 2)
    assert "2 times slower" in told.message
    (left,) = quality.check_running(clip, t, smoothed(t), steps(0, 0, activity="unknown"), View.REAR)
    assert (left.code, left.value) == ("slow_motion", 4)
    assert "--slow-motion 4" in left.advice
    assert "(4x)" in left.advice
    assert "slow_motion_confirmed" not in codes(quality.check_clip(clip_of(four)))


def test_a_factor_that_is_wrong_is_named_as_the_fault():
    t = runs(seconds=8.0)
    clip = clip_of(t).slowed(1.5)
    fast = replace(t, times_s=clip.times_s)
    (found,) = quality.check_running(clip, fast, smoothed(fast), steps(9, 9), View.REAR)
    assert (found.code, found.severity) == ("fast_motion", "refuse")
    assert "not 1.5 times slowed" in found.message
    lost = quality.check_running(clip_of(t).slowed(2), t, smoothed(t), steps(0, 0), View.REAR)
    assert "Check that the clip is 2 times slowed." in lost[-1].advice


@pytest.mark.parametrize(
    ("cadence", "bounce", "code"),
    [
        (118.0, 0.85, "slow_motion"),
        (118.0, 0.95, "not_running"),
        (122.0, 0.85, None),
        (236.0, 1.3, None),
        (244.0, 1.3, "fast_motion"),
    ],
)
def test_cadence_limits(cadence, bounce, code):
    assert set(ran(runs(cadence_spm=cadence, bounce_g=bounce))) == ({code} if code else set())


@pytest.mark.parametrize("contact", [0.99, 0.75, 0.66, 0.3])
def test_what_gravity_allows_a_runner_lies_between_the_limits(contact):
    # Half-sine ground forces over the share `contact` of each step, with a mean of one body weight.
    phase = np.linspace(0, 1, 100_000, endpoint=False)
    force = np.where(phase < contact, np.sin(np.pi * phase / contact), 0.0)
    amplitude_g = 2 * abs(np.mean(force / force.mean() * np.exp(-2j * np.pi * phase)))
    assert amplitude_g == pytest.approx(2 * abs(np.cos(np.pi * contact) / (1 - 4 * contact**2)), rel=1e-3)
    assert running.WALK_BOUNCE_G < amplitude_g < running.FAST_BOUNCE_G


@pytest.mark.parametrize(("bounce", "told"), [(0.55, True), (0.65, False), (2.2, False), (2.6, True)])
def test_a_body_that_falls_as_no_body_does(bounce, told):
    assert ("playback_speed" in ran(runs(bounce_g=bounce))) is told


@pytest.mark.parametrize(
    ("left", "right", "severity"),
    [(2, 2, "refuse"), (3, 3, "warn"), (0, 9, "warn"), (6, 9, "warn"), (9, 6, "warn"), (7, 7, None)],
)
def test_steps_needed(left, right, severity):
    found = ran(runs(), steps(left, right))
    assert (found["too_few_steps"].severity if severity else found.get("too_few_steps")) == severity


def test_the_foot_with_too_few_steps_is_named():
    assert "left foot" in ran(runs(), steps(5, 9))["too_few_steps"].message
    assert "right foot" in ran(runs(), steps(9, 5))["too_few_steps"].message


def test_key_points_without_a_trunk_are_judged_on_what_there_is():
    t = runs()
    points = np.full_like(t.landmarks_px, np.nan)
    for side in Side:
        for joint in ("knee", "ankle", "heel", "foot_index"):
            points[:, Landmark.of(side, joint)] = t.landmarks_px[:, Landmark.of(side, joint)]
    assert ran(replace(t, landmarks_px=points)) == {}


# Other people


def seen(*persons, samples=10, every=1, n=480):
    rows = np.array(persons, dtype=float).reshape(-1, 4)
    return [(i * (n - 1) / FPS / samples, rows if i % every == 0 else rows[:1]) for i in range(samples)]


RUNNER = (*HIPS, people.BODY_RADIUS_TORSOS * TORSO, 0.97)


def beside(radii: float, size: float = 1.0, score: float = 0.9):
    r = people.BODY_RADIUS_TORSOS * TORSO
    return (HIPS[0] + radii * r, HIPS[1], size * r, score)


def test_nobody_in_any_picture_is_refused_before_tracking():
    empty = [(float(i), np.empty((0, 4))) for i in range(10)]
    assert codes(quality.check_people(empty), "refuse") == {"no_runner"}
    assert quality.check_people([*empty, (10.0, np.array([RUNNER]))]) == ()
    assert quality.check_people([]) == ()


def test_the_runner_alone():
    assert quality.check_people(seen(RUNNER), runs()) == ()


def test_somebody_beside_a_runner_is_told_and_beside_a_stander_refused():
    both = seen(RUNNER, beside(1.0))
    assert codes(quality.check_people(both, runs()), "warn") == {"several_people"}
    assert codes(quality.check_people(both, tracked(person(480))), "refuse") == {"several_people"}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (beside(0.45), False), (beside(0.55), True),
        (beside(1, size=0.45), False), (beside(1, size=0.55), True),
        (beside(1, score=0.55), False), (beside(1, score=0.65), True),
    ],
)  # fmt: skip
def test_who_counts_as_another_person(other, told):
    assert bool(quality.check_people(seen(RUNNER, other), runs())) is told


@pytest.mark.parametrize(("every", "told"), [(10, False), (5, True)])
def test_one_picture_can_be_a_slip(every, told):
    assert bool(quality.check_people(seen(RUNNER, beside(1.0), every=every), runs())) is told


# The heels


class Painted:
    """LegPictures of one picture at every frame."""

    def __init__(self, image):
        self.image = image

    def crop(self, frame):
        """The picture."""
        return Crop(self.image, 0, 0)

    def crops(self, frames):
        """The picture for each frame."""
        return ((int(f), self.crop(int(f))) for f in frames)


def heels(light: float = 150.0, contrast: float = 1.0, blur_px: float = 0.7):
    """A shoe of `light` with a dark sole, either foot, on a floor whose grey differs from it by `contrast`."""
    grey = np.full((HEIGHT, WIDTH), light * (1 - 0.6 * contrast))
    for x in (STANDING["heel"][0], -STANDING["heel"][0]):
        cx, cy = int(HIPS[0] + x), int(HIPS[1] + STANDING["heel"][1])
        grey[cy - 160 : cy + 20, cx - 30 : cx + 30] = light
    grey = cv2.GaussianBlur(grey, (0, 0), blur_px)
    return Painted(np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2))


def looked(pictures):
    t = tracked(person(480))
    return quality.check_legs(pictures, smoothed(t), steps(9, 9))


def test_heels_in_good_light():
    assert looked(heels()) == ()


@pytest.mark.parametrize(("light", "told"), [(32, True), (40, False)])
def test_dark_heels(light, told):
    found = [f for f in looked(heels(light=light)) if f.code == "heel_dark"]
    assert len(found) == (2 if told else 0)


@pytest.mark.parametrize(("contrast", "told"), [(0.02, True), (0.3, False)])
def test_heels_without_contrast(contrast, told):
    assert ("heel_flat" in codes(looked(heels(contrast=contrast)))) is told


@pytest.mark.parametrize(("blur", "told"), [(3.0, False), (5.5, True)])
def test_blurred_heels(blur, told):
    # The limit is 2 % of a shank of 200 px: 4 px.
    assert ("heel_blurred" in codes(looked(heels(blur_px=blur)))) is told


def test_no_steps_no_heels():
    t = tracked(person(480))
    assert quality.check_legs(heels(), smoothed(t), steps(0, 0)) == ()


# The standing clip


def test_quiet_standing_is_a_reference():
    assert quality.check_standing(tracked(person(180)), runs()) == ()


def test_a_run_is_no_standing_clip():
    assert "standing_moves" in codes(quality.check_standing(runs(), runs()), "refuse")


@pytest.mark.parametrize(("sway", "severity"), [(0.06, None), (0.1, "warn"), (0.23, "warn"), (0.27, "refuse")])
def test_sway(sway, severity):
    # Half of the time at one place, half at another: the median lies at one of them, the 90th percentile at the other.
    points = person(201)
    points[101:, :, 0] += sway * SHANK
    found = {f.code: f.severity for f in quality.check_standing(tracked(points), runs())}
    assert found.get("standing_moves") == severity


@pytest.mark.parametrize(("lift", "told"), [(0.2, False), (0.3, True)])
def test_on_one_leg(lift, told):
    points = person(180)
    points[:, Landmark.LEFT_ANKLE, 1] -= lift * SHANK
    assert ("standing_one_leg" in codes(quality.check_standing(tracked(points), runs()))) is told


@pytest.mark.parametrize(("ratio", "told"), [(0.7, True), (0.8, False), (1.25, False), (1.4, True)])
def test_another_distance(ratio, told):
    points = HIPS + (person(180) - HIPS) * ratio
    found = codes(quality.check_standing(tracked(points), runs()), "refuse")
    assert ("standing_size" in found) is told


def test_standing_seen_from_the_front_or_the_side():
    mirrored = person(180)
    mirrored = HIPS + (mirrored - HIPS) * [-1, 1]
    assert "standing_view" in codes(quality.check_standing(tracked(mirrored), runs()), "refuse")
    narrow = HIPS + (person(180) - HIPS) * [0.3, 1]
    assert "standing_view" in codes(quality.check_standing(tracked(narrow), runs()), "refuse")


def test_standing_without_feet_or_without_anybody():
    low = moved(tracked(person(180)), 0, 400)
    assert "standing_feet_out_of_view" in codes(quality.check_standing(low, runs()), "refuse")
    nobody = tracked(np.full((180, 33, 2), np.nan))
    assert codes(quality.check_standing(nobody, runs())) == {"standing_no_person"}


@pytest.mark.parametrize(("frames", "told"), [(25, True), (40, False)])
def test_the_shortest_standing(frames, told):
    assert ("standing_no_person" in codes(quality.check_standing(tracked(person(frames)), runs()))) is told


def test_a_dozen_single_frames_are_enough_to_judge_by():
    t = runs()
    few = np.linspace(0, len(t.times_s) - 1, 12).astype(int)
    sparse = PoseTrack(
        t.times_s[few], t.landmarks_px[few], t.visibility[few], t.world_m[few], WIDTH, HEIGHT, "drawn", "none", "0"
    )
    assert checked(sparse) == {}
    assert checked(moved(sparse, 0, 400))["feet_out_of_view"].severity == "refuse"


# What holds for every finding


def test_every_finding_is_a_sentence_with_advice():
    everything = [
        *quality.check_clip(timed(np.arange(8) / 10, 200, 200)),
        *checked(tracked(np.full((9, 33, 2), np.nan))).values(),
        *checked(rolled(moved(runs(), 0, 400), 5)).values(),
        *checked(runs(), View.FRONT).values(),
        *ran(runs(cadence_spm=85, bounce_g=0.3)).values(),
        *ran(runs(cadence_spm=85, bounce_g=0.3, spring=False)).values(),
        *ran(runs(), steps(4, 4)).values(),
        *quality.check_standing(runs(), runs()),
    ]
    assert len(everything) > 8
    for f in everything:
        assert f.message.endswith(".") or f.message.endswith("?")
        assert f.message[0].isupper()
        assert f.severity == "info" or f.advice
        assert f.limit is not None or f.code == "standing_view"


@pytest.mark.parametrize("n", [0, 1, 3])
def test_hardly_any_frames_crash_nothing(n):
    t = tracked(person(n))
    found = [
        *checked(t).values(),
        *ran(t, steps(0, 0)).values(),
        *quality.check_standing(t, runs()),
        *quality.check_camera(t),
    ]
    assert codes(found, "refuse")


# Real clips

BAD = SHARED / "clips" / "bad"


def sampled(name: str) -> tuple[Clip, list[tuple[float, np.ndarray]]]:
    c = clips.open_clip(BAD / name)
    indices = np.unique(np.linspace(0, c.n_frames - 1, 12).astype(np.int64))
    return c, [(f.time_s, f.image) for f in clips.stills(c, indices, max_side_px=640)]


@needs_shared
@pytest.mark.parametrize(("name", "code"), [("too_dark.mp4", "too_dark"), ("empty_treadmill.mp4", "no_runner")])
def test_a_dozen_pictures_refuse_the_hopeless(name, code):
    c, samples = sampled(name)
    found = [*quality.check_pictures(samples), *quality.check_people(find_people(samples, c.width_px, c.height_px))]
    assert code in codes(found, "refuse")


@needs_shared
@pytest.mark.parametrize("name", ["rotated_metadata.mp4", "variable_rate.mp4"])
def test_a_dozen_pictures_pass_the_good(name):
    c, samples = sampled(name)
    persons = find_people(samples, c.width_px, c.height_px)
    found = [*quality.check_clip(c), *quality.check_pictures(samples), *quality.check_people(persons)]
    assert not codes(found, "refuse")
    assert all(len(p) == 1 for _, p in persons)
    assert np.median([p[0, 0] for _, p in persons]) == pytest.approx(c.width_px / 2, abs=0.05 * c.width_px)


@needs_shared
def test_the_detector_sees_the_second_person():
    c, samples = sampled("two_people_one_facing.mp4")
    assert max(len(p) for _, p in find_people(samples, c.width_px, c.height_px)) == 2


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bad/no_person_night_traffic", {"no_runner"}),
        ("bad/person_without_legs", {"feet_out_of_view"}),
        ("bad/feet_cut_off", {"feet_out_of_view"}),
        ("bad/two_people_vp9", {"several_people"}),
        ("bad/two_people_one_facing", {"several_people", "not_running"}),
        ("bad/slow_motion", {"slow_motion"}),
        ("bad/rotated_metadata", set()),
        ("real/rear_oblique_standing_60fps", {"not_running"}),
        ("real/side_treadmill_run_30fps", set()),
    ],
)
def test_each_clip_is_refused_for_its_own_reason(name, expected):
    found = analyse(SHARED / "clips" / f"{name}.mp4").findings
    refusals = codes(found, "refuse")
    assert refusals <= expected
    assert bool(refusals) is bool(expected)
    assert ("not_behind" in codes(found, "warn")) is (name == "real/side_treadmill_run_30fps" or "vp9" in name)


@needs_shared
@pytest.mark.slow
def test_slow_motion_once_confirmed_has_the_times_of_its_origin():
    """The clip is the first 4 s of dev01, 60 pictures a second stored as 30 and compressed once more."""
    slow = analyse(BAD / "slow_motion.mp4", Choices(slow_motion=2))
    origin = analyse(SHARED / "clips" / "rendered" / "dev01.mp4")
    assert not slow.refused
    assert slow.events is not None
    assert slow.events.cadence_spm is not None
    assert slow.events.cadence_spm.value == pytest.approx(167.44, abs=0.3)
    for side in Side:
        ours, theirs = slow.events.feet[side].stances_s(), origin.events.feet[side].stances_s()
        assert len(ours) >= 5
        np.testing.assert_allclose(np.diff(ours), np.diff(theirs[: len(ours)]), atol=0.005)
        np.testing.assert_allclose(ours, theirs[: len(ours)], atol=0.005)
