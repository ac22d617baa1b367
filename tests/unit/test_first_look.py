"""The first look at a clip: the same limits on a dozen pictures, and clips with known truth through the real networks."""

from dataclasses import replace

import av
import numpy as np
import pytest

from gait import clip as clips
from gait import first_look, quality, words
from gait.cli.main import main
from gait.landmarks import Landmark, Side, View
from gait.model import Finding, PoseTrack
from gait.quality.glance import STANDS_SHANKS
from gait.quality.summary import _CODES, standing_line, summarise
from gait.said import AS_WRITTEN
from tests.builders import SAMPLES, SHARED, needs_shared
from tests.builders.drawn import HIPS, SHANK, TORSO, clip_of, codes, moved, person, runs, tracked
from tests.unit.clip.test_clip import write

RADIUS = 1.8 * TORSO


def few(t: PoseTrack, n: int = 10) -> PoseTrack:
    """A track as a glance gives it: single pictures, seconds apart."""
    at = np.linspace(0, len(t.times_s) - 1, n).astype(int)
    return replace(
        t, times_s=t.times_s[at], landmarks_px=t.landmarks_px[at], visibility=t.visibility[at], world_m=t.world_m[at]
    )


def seen(t: PoseTrack, *others, every: int = 1):
    """The runner of the track in every picture, and others in every so many."""
    runner = [*HIPS, RADIUS, 0.95, 0.0]
    rows = [np.array([runner, *others] if i % every == 0 else [runner]) for i in range(len(t.times_s))]
    return tuple(zip(t.times_s, rows, strict=True))


def glanced(t: PoseTrack, view: View = View.REAR, people=None, chosen=False) -> dict[str, Finding]:
    return {f.code: f for f in quality.check_glance(clip_of(t), people or seen(t), t, view, chosen)}


# -- which pictures ----------------------------------------------------------------------------------------------------


def test_pictures_are_taken_close_behind_key_frames(tmp_path):
    clip = clips.open_clip(write(tmp_path / "run.mp4", np.arange(600) / 60, options={"g": "150", "crf": "30"}))
    assert list(clip.key_frames) == [0, 150, 300, 450]
    chosen = clips.spread_out(clip, 10)
    assert len(chosen) == 10
    behind = chosen - clip.key_frames[np.searchsorted(clip.key_frames, chosen, side="right") - 1]
    assert behind.max() <= 3 * 17
    assert set(chosen // 150) == {0, 1, 2, 3}
    grey = [(f.index, f.image[100, 64].mean()) for f in clips.stills(clip, chosen)]
    assert [i for i, _ in grey] == list(chosen)
    np.testing.assert_allclose([g for _, g in grey], 40 + chosen % 150, atol=4)


def test_where_key_frames_are_not_known_pictures_are_spread_evenly(tmp_path):
    clip = clips.open_clip(write(tmp_path / "run.mp4", np.arange(100) / 60))
    unknown = replace(clip, key_frames=np.empty(0, np.int64))
    np.testing.assert_array_equal(clips.spread_out(unknown, 10), np.linspace(0, 99, 10).astype(int))
    assert len(clips.spread_out(replace(clip, times_s=clip.times_s[:3]), 10)) == 3


# -- findings on a dozen pictures --------------------------------------------------------------------------------------


def test_a_runner_alone_has_no_complaint():
    assert glanced(few(runs())) == {}


@pytest.mark.parametrize(("swing", "refused"), [(0.9 * STANDS_SHANKS, True), (1.1 * STANDS_SHANKS, False)])
def test_a_standing_clip_chosen_for_the_run(swing, refused):
    points = person(10)
    points[::2, Landmark.LEFT_ANKLE, 1] -= swing * SHANK
    found = glanced(tracked(points, np.arange(10.0)))
    assert ("not_running" in found) is refused


def test_too_few_people_say_nothing_about_standing():
    points = person(10)
    points[4:] = np.nan
    assert "not_running" not in glanced(tracked(points, np.arange(10.0)))


@pytest.mark.parametrize("view", [View.SIDE, View.FRONT, View.UNKNOWN])
def test_another_view_is_told_and_not_refused(view):
    found = glanced(few(runs()), view)
    assert {f.severity for f in found.values()} == {"warn"}
    assert "not_behind" in found


def test_a_camera_aside_is_no_refusal_before_the_runner_was_followed():
    t = runs()
    assert glanced(few(tracked(t.landmarks_px, t.times_s, yaw_deg=35)))["camera_aside"].severity == "warn"


def test_legs_outside_are_named_even_where_no_whole_person_is_seen():
    t = few(runs())
    points = t.landmarks_px.copy()
    for joint in ("knee", "ankle", "heel", "foot_index"):
        for side in Side:
            points[:, Landmark.of(side, joint), 1] += 1.5 * TORSO + 600  # stilts: no person's proportions
    found = glanced(replace(t, landmarks_px=points))
    assert set(found) == {"feet_out_of_view"}
    assert "legs are outside" in words.message(found["feet_out_of_view"])
    unsure = tuple((time_s, rows * [1, 1, 1, 0.6, 1]) for time_s, rows in seen(t))
    assert set(glanced(replace(t, landmarks_px=points), people=unsure)) == {"no_runner"}


BESIDE = [HIPS[0] + RADIUS, HIPS[1], RADIUS, 0.9, 0.0]


@pytest.mark.parametrize(
    ("other", "every", "asked"),
    [
        (BESIDE, 1, True), (BESIDE, 5, True), (BESIDE, 10, False),
        (np.multiply(BESIDE, [1, 1, 0.45, 1, 1]), 1, False), (np.multiply(BESIDE, [1, 1, 1, 0.6, 1]), 1, False),
    ],
)  # fmt: skip
def test_staff_are_asked_when_several_people_are_seen(other, every, asked):
    t = few(runs())
    found = glanced(t, people=seen(t, list(other), every=every))
    assert ("several_people" in found) is asked
    assert all(f.severity == "warn" for f in found.values())
    assert glanced(t, people=seen(t, list(other), every=every), chosen=True) == {}


def test_a_choice_that_does_not_hold_is_a_refusal():
    t = few(runs())
    hopping = t.landmarks_px + (np.arange(10) % 2)[:, None, None] * np.array([3 * TORSO, 0])
    hopping_track = replace(t, landmarks_px=hopping)
    people = seen(t, BESIDE)
    assert glanced(hopping_track, people=people)["several_people"].severity == "warn"
    assert glanced(hopping_track, people=people, chosen=True)["several_people"].severity == "refuse"


# -- the list ----------------------------------------------------------------------------------------------------------


def lines(t: PoseTrack, findings=(), people: int = 1):
    pictures = quality.Pictures(180.0, 0.1, 9.0, 0.01, 0.6)
    return {c.name: c for c in summarise(clip_of(t), pictures, people, t, View.REAR, findings)}


def test_the_list_has_a_value_and_a_limit_for_everything_that_is_well():
    found = lines(few(runs()))
    assert list(found) == list(_CODES)
    for check in found.values():
        assert check.mark == "ok"
        assert check.value
        assert check.limit
        assert not check.faults
    assert words.say(found["size"].value) == f"lower leg {SHANK:.0f} pixels"
    assert words.say(found["view"].value) == "from behind"


@pytest.mark.parametrize("severity", ["warn", "refuse"])
@pytest.mark.parametrize("name", list(_CODES))
def test_every_finding_has_a_line_that_shows_it(name, severity):
    wrong = {"message": "What is wrong.", "advice": "Do this."}
    for code in _CODES[name]:
        check = lines(few(runs()), [Finding(code, severity, values=wrong, case=AS_WRITTEN)]).get(name)
        assert check is not None
        assert check.mark == severity
        assert words.check_line(check).advice == "What is wrong. Do this."


def test_every_code_of_the_first_look_has_a_line():
    t = few(moved(runs(), 0, 400))
    everything = [
        *quality.check_clip(clip_of(few(runs()))),
        *quality.judge_pictures(quality.Pictures(1.0, 0.9, 0.0, 1.0, 9.0)),
        *quality.judge_pictures(quality.Pictures(50.0, 0.9, 9.0, 1.0, 9.0)),
        *glanced(t).values(),
        *glanced(few(runs()), View.SIDE).values(),
    ]
    known = set().union(*_CODES.values())
    assert {f.code for f in everything} <= known


def test_after_feet_outside_the_picture_nothing_is_measured_on_the_legs():
    t = few(moved(runs(), 0, 400))
    found = lines(t, list(glanced(t).values()))
    assert found["feet"].mark == "refuse"
    assert not {"size", "view", "running"} & set(found)


def test_the_standing_clip_has_its_line():
    assert standing_line(None).mark == "warn"
    assert "cannot tell" in words.check_line(standing_line(None)).advice
    assert standing_line(()).mark == "ok"
    wrong = quality.check_standing(runs(), runs())
    assert standing_line(wrong).mark == "refuse", "a refusal never stands beside a clip that can be analysed"
    assert "moves about" in words.check_line(standing_line(wrong)).advice


# -- real networks -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample():
    return first_look.check(SAMPLES / "treadmill_rear.mp4")


def test_the_sample_is_well(sample):
    assert not sample.refused
    assert sample.reason is None
    assert {c.mark for c in sample.checks} == {"ok"}
    assert sample.view is View.REAR
    (box,) = sample.boxes
    (hips,) = sample.hips
    assert box[0] < hips[0] < box[2]
    assert box[1] < hips[1] < box[3]
    assert box[3] - box[1] > 0.6, "from head to feet"
    assert first_look.check_standing(SAMPLES / "treadmill_rear.standing.mp4", sample) == ()


def test_the_run_taken_for_the_standing_clip_and_the_other_way_round(sample):
    assert "standing_moves" in codes(first_look.check_standing(SAMPLES / "treadmill_rear.mp4", sample))
    standing = first_look.check(SAMPLES / "treadmill_rear.standing.mp4")
    assert codes(standing.findings, "refuse") == {"not_running"}
    assert "place of its own" in words.advice(standing.reason)


def test_check_prints_the_list_and_says_no_with_its_exit_status(capsys):
    assert main(["check", str(SAMPLES / "treadmill_rear.mp4")]) == 0
    said = capsys.readouterr().out
    for name in _CODES:
        assert words.text(f"check-{name}") in said
    assert "LOOK   Standing clip" in said
    assert main(["check", str(SAMPLES / "treadmill_rear.standing.mp4")]) == 2
    heard = capsys.readouterr()
    assert "REFUSE Running" in heard.out
    assert heard.err.startswith("gait: treadmill_rear.standing.mp4 cannot be judged. The person stands still")
    assert main(["check", "nothing.mp4"]) == 2


BAD = SHARED / "clips" / "bad"


@needs_shared
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("empty_treadmill", "no_runner"),
        ("no_person_night_traffic", "no_runner"),
        ("person_without_legs", "feet_out_of_view"),
        ("feet_cut_off", "feet_out_of_view"),
        ("too_dark", "too_dark"),
    ],
)
def test_bad_clips_are_refused_at_first_sight_for_their_own_reason(name, code):
    assert codes(first_look.check(BAD / f"{name}.mp4").findings, "refuse") == {code}


@needs_shared
def test_good_clips_are_not_refused_at_first_sight():
    good = [
        *sorted((SHARED / "clips" / "rendered").glob("dev0?.mp4")),
        BAD / "rotated_metadata.mp4",
        BAD / "variable_rate.mp4",
    ]
    assert len(good) == 10
    assert {p.name: first_look.check(p).reason for p in good if first_look.check(p).refused} == {}


# -- pictures that lie on their side -----------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", range(4))
def test_a_runner_who_lies_is_turned_upright(turns):
    points, width, height = person(10), 720, 1280
    for _ in range(turns):  # a right turn sends (x, y) to (height - y, x)
        points = np.stack([height - points[..., 1], points[..., 0]], axis=-1)
        width, height = height, width
    assert quality.turns_upright(points, width, height) == turns
    mostly = points.copy()
    mostly[:3] = np.nan
    assert quality.turns_upright(mostly, width, height) == 0


def test_nobody_is_not_turned():
    assert quality.turns_upright(np.full((10, 33, 2), np.nan), 720, 1280) == 0
    assert quality.turns_upright(np.empty((0, 33, 2)), 720, 1280) == 0


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_clip_exported_without_its_rotation_is_turned(tmp_path, turns):
    whole = clips.open_clip(SAMPLES / "treadmill_rear.mp4")
    path = tmp_path / "run.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=60, options={"crf": "20", "preset": "ultrafast", "g": "10"})
        stream.width, stream.height = (1280, 720) if turns % 2 else (720, 1280)
        stream.pix_fmt = "yuv420p"
        for frame in clips.frames(whole, stop=90):
            image = np.ascontiguousarray(np.rot90(frame.image, -turns))
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        out.mux(stream.encode(None))
    found = first_look.check(path)
    assert not found.refused
    assert (found.clip.turned, found.clip.width_px, found.clip.height_px) == (turns, 720, 1280)
    assert found.view is View.REAR
    assert found.clip.rotation_deg == 90 * turns  # what the overlay goes by
    assert next(check for check in found.checks if check.name == "picture").value.code == "check_pixels_upright"
    said = next(f for f in found.lasting if f.code == "picture_turned")
    assert ("head" in words.message(said)) is (turns == 2)


@pytest.mark.parametrize("frames", [1, 4])
def test_a_few_frames_are_not_called_a_share_of_the_clip(frames):
    t = few(runs(), frames)
    found = glanced(t)["no_runner"]
    assert (found.case, found.value) == ("few_frames", frames)
    assert "%" not in words.message(found)
