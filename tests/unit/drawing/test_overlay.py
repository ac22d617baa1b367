"""The overlay video read back: its times, its format, what is drawn where; nothing left behind when it fails."""

import base64
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import pytest

from gait.clip import Orientation, frames, open_clip
from gait.drawing.canvas import Canvas, text_width, yuv
from gait.drawing.overlay import STRIP_PX, prepare, write_overlay
from gait.drawing.palette import BRIGHT_RGB, HEEL_RGB
from gait.errors import Cancelled, GaitError
from gait.landmarks import Landmark, Side, View
from gait.model import Analysis, Clip, FootAngles, FootEvents, GaitEvents, RearfootAngles, Trajectories
from tests.builders import SAMPLES

TIMES_S = np.array([0, 1, 2, 4, 5, 6.5, 7, 8, 9, 12, 13, 14]) / 30  # variable: dropped and late frames
N = len(TIMES_S)
GREY_YUV = 110
WINDOW = (46, 194, 144, 312)
"""What is shown of `analysis()`: legs from x = 60 to 130 and y = 200 to 300, 100 high, with 14 beside, 6 above and 12 below."""
SHOWN = (148, 176)
"""Width and height on the film: one and a half times, in fours."""


@dataclass
class Shown:
    """A frame as `gait.clip.Frame` has it, without its RGB picture."""

    index: int
    time_s: float
    video: av.VideoFrame
    orientation: Orientation


def analysis(width=201, height=360, rotation_deg=0, times_s=TIMES_S):
    """A left foot in stance from 0.1 to 0.3 s; in frames 3 and 4 a heel line at x = 60-64, y = 300-260 is measured."""
    n = len(times_s)
    clip = Clip(Path("clip.mp4"), "0" * 64, times_s, width, height, rotation_deg, "h264")
    points = np.full((n, len(Landmark), 2), np.nan)
    for side, x in ((Side.LEFT, 60.0), (Side.RIGHT, 130.0)):
        for joint, y in (("hip", 150.0), ("knee", 200.0), ("ankle", 260.0), ("heel", 290.0), ("foot_index", 300.0)):
            points[:, Landmark.of(side, joint)] = x, y
    moves = Trajectories(times_s, points, np.zeros((n, len(Landmark)), bool), 8.0, 0, width, height)
    none = FootEvents(np.empty(0), np.empty(0))
    steps = GaitEvents(
        {Side.LEFT: FootEvents(np.array([0.1]), np.array([0.3])), Side.RIGHT: none}, (), 0.01, 0.01, 0.01, None
    )
    shank, heel = np.array([[60.0, 250.0], [60.0, 200.0]]), np.array([[60.0, 300.0], [64.0, 260.0]])
    foot = FootAngles(
        np.zeros(3, np.int64), np.array([3, 4, 5]), times_s[3:6], np.array([10.0, 20.0, 30.0]), np.array([5.7, 5.7, 5.7]),
        np.ones(3), np.array([True, True, False]), np.stack([shank] * 3), np.stack([heel] * 3), "heel_counter", 1.0, 0.0,
    )  # fmt: skip
    return Analysis(clip, None, View.REAR, (), None, moves, steps, RearfootAngles({Side.LEFT: foot}, "standing"))


def grey_frames(width=201, height=360, turns=0, times_s=TIMES_S):
    stored = (height, width) if turns % 2 == 0 else (width, height)
    for i, t in enumerate(times_s):
        rgb = np.full((*stored, 3), GREY_YUV, np.uint8)
        yield Shown(
            i, float(t), av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p"), Orientation(turns)
        )


def read_back(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        shown = [(float(f.pts * f.time_base), f.to_ndarray(format="rgb24")) for f in container.decode(stream)]
        return stream.codec_context, shown


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    told = []
    out = write_overlay(
        analysis(),
        grey_frames(),
        tmp_path_factory.mktemp("o") / "overlay.mp4",
        lambda done, total: told.append((done, total)),
    )
    return out, told, *read_back(out)


def test_every_frame_keeps_its_own_time(made):
    assert [t for t, _ in made[3]] == pytest.approx(list(TIMES_S), abs=1 / 90_000)
    assert made[1] == [(i + 1, N) for i in range(N)]


def test_format_that_browsers_play_with_even_sides(made):
    out, _, codec, shown = made
    assert (codec.name, codec.pix_fmt, codec.profile) == ("h264", "yuv420p", "Constrained Baseline")
    assert shown[0][1].shape == (SHOWN[1] + STRIP_PX, SHOWN[0], 3)
    data = out.read_bytes()
    assert data.find(b"moov") < data.find(b"mdat"), "the index must come first"


def test_a_film_of_another_encoder_has_the_same_frames_at_the_same_times(made, tmp_path):
    out = write_overlay(analysis(), grey_frames(), tmp_path / "o.mp4", encoder="libvpx-vp9")
    codec, shown = read_back(out)
    assert codec.name == "vp9"
    assert [t for t, _ in shown] == pytest.approx(list(TIMES_S), abs=1 / 90_000)
    for (_, ours), (_, usual) in zip(shown, made[3], strict=True):
        assert np.abs(ours.astype(int) - usual).mean() < 4, "grey levels of 255"


def test_an_encoder_that_is_not_here_is_told_of_before_anything_is_written(tmp_path):
    with pytest.raises(GaitError, match="packs no videos on this computer"):
        write_overlay(analysis(), grey_frames(), tmp_path / "o.mp4", encoder="mpeg4")
    assert list(tmp_path.iterdir()) == []


def near(image, colour, box):
    """How many pixels of the film where the clip has the box (x0, y0, x1, y1) are within 60 of the colour in every channel."""
    scale = np.tile(np.array(SHOWN) / (WINDOW[2] - WINDOW[0], WINDOW[3] - WINDOW[1]), 2)
    x0, y0, x1, y1 = np.round((np.array(box) - np.tile(WINDOW[:2], 2)) * scale).astype(int).clip(0)
    return int((np.abs(image[y0:y1, x0:x1].astype(int) - colour) < 60).all(axis=2).sum())


def test_heel_line_is_drawn_in_measured_frames_only(made):
    counts = [near(image, HEEL_RGB, (50, 250, 80, 300)) for _, image in made[3]]
    assert min(counts[3], counts[4]) > 40
    assert max(counts[:3] + counts[5:]) == 0, "frame 5 is not usable"


def lines_of(frames, usable, angles, stances, n=20):
    """The left foot's lines by frame: measured 5 px right of an ankle that moves by 3 px a frame."""
    times_s = np.arange(n) / 60
    whole = analysis(times_s=times_s)
    points = np.array(whole.trajectories.points_px)
    points[:, Landmark.LEFT_ANKLE, 0] = 60 + 3 * np.arange(n)
    frames = np.array(frames, np.int64)
    line = np.stack([[[5.0, 40.0], [5.0, 0.0]]] * len(frames)) + points[frames, Landmark.LEFT_ANKLE][:, None]
    foot = replace(
        whole.rearfoot.feet[Side.LEFT],
        stance=np.array(stances), frame=frames, time_s=times_s[frames], stance_pct=np.full(len(frames), 30.0),
        angle_deg=np.array(angles, float), error_deg=np.ones(len(frames)), usable=np.array(usable),
        shank_px=line - [[0, 50]], heel_px=line,
    )  # fmt: skip
    moves = replace(whole.trajectories, points_px=points)
    found = replace(whole, trajectories=moves, rearfoot=RearfootAngles({Side.LEFT: foot}, "standing"))
    return prepare(found, np.zeros((n, 4), np.int64), (0, 0, 200, 360), (200, 360)).lines[Side.LEFT]


def test_between_two_measured_frames_of_a_step_the_lines_go_with_the_ankle():
    lines = lines_of([3, 7], [True, True], [10, 18], [0, 0])
    assert sorted(lines) == [3, 4, 5, 6, 7]
    for frame, found in lines.items():
        np.testing.assert_allclose(found.heel_px, [[65 + 3 * frame, 300], [65 + 3 * frame, 260]])
        np.testing.assert_allclose(found.shank_px[:, 1], found.heel_px[:, 1] - 50)
        assert found.angle_deg == pytest.approx(10 + 2 * (frame - 3))


def test_no_lines_where_a_frame_could_not_be_read_or_between_two_steps():
    assert sorted(lines_of([3, 6, 9], [True, False, True], [10, 11, 12], [0, 0, 0])) == [3, 9]
    assert sorted(lines_of([3, 5, 12, 14], [True] * 4, [10, 11, 12, 13], [0, 0, 1, 1])) == [3, 4, 5, 12, 13, 14]
    assert sorted(lines_of([3, 6], [True, True], [10, np.nan], [0, 0])) == [3]


@pytest.mark.parametrize("size", [(201, 361), (202, 359), (198, 354), (321, 179), (1280, 720), (1080, 1920)])
@pytest.mark.parametrize("turns", [0, 1])
def test_colours_lie_where_brightness_does(tmp_path, size, turns):
    """A red square on grey: its colour must cover the same pixels as its brightness, whatever the sides divide by."""
    width, height = size
    picture = np.full((height, width, 3), 60, np.uint8)
    top, left = height // 3 // 2 * 2, width // 2 // 2 * 2
    picture[top : top + height // 4, left : left + width // 4] = (230, 30, 30)
    stored = np.ascontiguousarray(np.rot90(picture, -turns))
    video = av.VideoFrame.from_ndarray(stored, format="rgb24").reformat(format="yuv420p")
    whole = all_legs(Clip(Path("c.mp4"), "0" * 64, TIMES_S[:1], width, height, 90 * turns, "h264"))
    out = write_overlay(whole, [Shown(0, 0.0, video, Orientation(turns))], tmp_path / "o.mp4")
    image = read_back(out)[1][0][1][:-STRIP_PX].astype(int)
    scale = image.shape[0] / height
    red = np.argwhere(image[..., 0] - image[..., 2] > 60)
    assert len(red), "there is a red square"
    expected = np.array([[top, left], [top + height // 4, left + width // 4]]) * scale
    assert np.abs(np.stack([red.min(axis=0), red.max(axis=0) + 1]) - expected).max() <= 5 * max(1, scale)


def all_legs(clip: Clip) -> Analysis:
    """Of somebody so near that the whole picture is legs: nothing is painted over, and no line is drawn."""
    points = np.full((clip.n_frames, len(Landmark), 2), np.nan)
    points[:, Landmark.LEFT_HIP] = -100
    points[:, Landmark.LEFT_KNEE], points[:, Landmark.RIGHT_FOOT_INDEX] = -50, (clip.width_px, clip.height_px)
    size = clip.width_px, clip.height_px
    moves = Trajectories(clip.times_s, points, np.zeros(points.shape[:2], bool), 8.0, 0, *size)
    return Analysis(clip, None, View.REAR, (), None, moves)


def test_bar_under_the_foot_only_in_stance(made):
    below = (45, 303, 75, 314)
    for t, image in made[3]:
        assert (near(image, BRIGHT_RGB[Side.LEFT], below) > 20) == (0.1 <= t <= 0.3), t


def test_legs_have_their_own_colours(made):
    image = made[3][0][1]
    assert near(image, BRIGHT_RGB[Side.LEFT], (50, 200, 70, 260)) > 50
    assert near(image, BRIGHT_RGB[Side.RIGHT], (120, 200, 140, 260)) > 50
    assert near(image, BRIGHT_RGB[Side.RIGHT], (50, 200, 70, 260)) == 0


def test_contact_on_the_strip_lights_up_under_the_present(made):
    middle = 26 + (SHOWN[0] - 6 - 26) // 2
    # Read 4 px right of the present line: less than 0.15 s later.
    for t, image in made[3]:
        row = image[SHOWN[1] + 6 : SHOWN[1] + 20, middle + 3 : middle + 5].astype(int)
        lit = int((np.abs(row - BRIGHT_RGB[Side.LEFT]) < 60).all(axis=2).sum())
        if 0.11 < t < 0.15:
            assert lit > 10
        if t > 0.31:
            assert lit == 0


def test_rotated_clip_is_drawn_upright(tmp_path):
    out = write_overlay(analysis(200, 360, rotation_deg=90), grey_frames(200, 360, turns=1), tmp_path / "o.mp4")
    image = read_back(out)[1][3][1]
    assert image.shape == (SHOWN[1] + STRIP_PX, SHOWN[0], 3)
    assert near(image, HEEL_RGB, (50, 250, 80, 300)) > 40


def test_large_clips_are_shrunk_and_the_lines_with_them():
    made = prepare(analysis(1080, 1920), np.zeros((N, 4), np.int64), (10, 20, 1070, 1900), (530, 940))
    assert made.points_px[0, Landmark.LEFT_HEEL] == pytest.approx([25, 135])


def test_cancel_leaves_nothing_behind(tmp_path):
    def cancel(done, total):
        if done > 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_overlay(analysis(), grey_frames(), tmp_path / "o.mp4", cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_and_a_clip_without_frames(tmp_path):
    with pytest.raises(GaitError, match="cannot be written"):
        write_overlay(analysis(), grey_frames(), tmp_path / "absent" / "o.mp4")
    with pytest.raises(GaitError, match="No frame"):
        write_overlay(analysis(), iter(()), tmp_path / "o.mp4")
    assert list(tmp_path.iterdir()) == []


def test_the_sample_clip_keeps_its_times(tmp_path):
    clip = open_clip(SAMPLES / "treadmill_rear.mp4")
    out = write_overlay(all_legs(clip), frames(clip, max_side_px=16, stop=12), tmp_path / "o.mp4")
    codec, shown = read_back(out)
    assert [t for t, _ in shown] == pytest.approx(list(clip.times_s[:12]), abs=1 / 90_000)
    assert (codec.width, codec.height) == (480, 852 + STRIP_PX)


def test_canvas_colours_come_back():
    for colour in ((255, 255, 255), (0, 0, 0), (255, 212, 0), (0, 114, 178)):
        y, u, v = yuv(colour)
        # The inverse of BT.709, limited range.
        luma = (y - 16) / 219
        red, blue = luma + 1.5748 * (v - 128) / 224, luma + 1.8556 * (u - 128) / 224
        green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152
        assert np.array([red, green, blue]) * 255 == pytest.approx(colour, abs=3)


def test_canvas_keeps_inside_and_skips_what_is_not_finite():
    canvas = Canvas(64, 48)
    canvas.box(0, 0, 64, 48, (0, 0, 0))
    before = canvas.packed.copy()
    canvas.line(np.array([np.nan, 1.0]), np.array([3.0, 4.0]), (255, 0, 0), 3)
    canvas.dot(np.array([np.inf, 1.0]), 3, (255, 0, 0))
    assert (canvas.packed == before).all()
    canvas.text("12°", -50, 500, 14, (255, 255, 255), plate=True)
    assert (canvas.packed != before).any()
    canvas.text("wider than the picture", 0, 0, 20, (255, 255, 255))
    assert text_width("12°", 14) > text_width("1", 14)
    with pytest.raises(ValueError, match="even"):
        Canvas(63, 48)


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs an installed Chromium")
def test_plays_in_a_browser(made):
    sync_api = pytest.importorskip("playwright.sync_api")
    video = base64.b64encode(made[0].read_bytes()).decode()
    with sync_api.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(f'<video muted src="data:video/mp4;base64,{video}"></video>')
        state = page.evaluate(
            """async () => {
                const v = document.querySelector("video");
                await new Promise((good, bad) => { v.onended = good; v.onerror = () => bad(v.error.message);
                    v.play().catch(bad); });
                return [v.videoWidth, v.videoHeight, v.duration];
            }"""
        )
        browser.close()
    assert state[:2] == [SHOWN[0], SHOWN[1] + STRIP_PX]
    assert state[2] >= TIMES_S[-1]
