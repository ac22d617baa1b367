"""Clips drawn here, so that every time, pixel and direction is known; then the sample; then files that are no clips."""

import threading
import tracemalloc
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gait import clip as clips
from gait import words
from gait.clip.container import Orientation, check_size, decoded, frames_that_fit, opened
from gait.clip.frames import QUEUE_FRAMES, _shrunk
from gait.clip.legs import StoredLegPictures, _Cut, _Cuts, _Look, leg_pictures
from gait.errors import ClipError
from gait.landmarks import Landmark
from gait.lower_legs import leg_box
from gait.model import PoseTrack
from tests.builders import SAMPLES

BASE = Fraction(1, 12800)


def picture(index: int, width: int, height: int) -> np.ndarray:
    """Grey level tells the frame; red top-left and blue bottom-right corners tell which way up."""
    drawn = np.full((height, width, 3), 40 + index % 150, np.uint8)
    drawn[: height // 4, : width // 4] = (200, 20, 20)
    drawn[-height // 4 :, -width // 4 :] = (20, 20, 200)
    return drawn


def write(path: Path, times_s, width=128, height=192, codec="libx264", options=None, pix_fmt="yuv420p") -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=60, options=options or {"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        stream.time_base = stream.codec_context.time_base = BASE
        for i, t in enumerate(times_s):
            frame = av.VideoFrame.from_ndarray(picture(i, width, height), format="rgb24")
            frame.pts, frame.time_base = round(t / BASE), BASE
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def rotate(path: Path, quarter_turns_right: int) -> Path:
    """Write a rotation into the track header of an MP4, as phones do."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = {0: (1, 0, 0, 1), 1: (0, 1, -1, 0), 2: (-1, 0, 0, -1), 3: (0, -1, 1, 0)}[quarter_turns_right]
    matrix = np.array([a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30], dtype=">i4")
    data[at : at + 36] = matrix.tobytes()
    path.write_bytes(data)
    return path


def refusal(path: Path) -> ClipError:
    with pytest.raises(ClipError) as caught:
        clips.open_clip(path)
    assert words.message(caught.value).strip().endswith(".")
    assert words.advice(caught.value).strip().endswith(".")
    return caught.value


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov"])
def test_variable_times_come_back_as_they_were_written(tmp_path, suffix):
    times = (np.cumsum([4, 1, 1, 3, 1, 2, 5, 1, 1, 1, 2, 1] * 3) - 4) / 60
    clip = clips.open_clip(write(tmp_path / f"run.{suffix}", times))
    # Matroska keeps whole milliseconds.
    np.testing.assert_allclose(clip.times_s, times, atol=6e-4 if suffix == "mkv" else 1 / 12800)
    assert clip.times_s[0] == 0
    seen = [(f.index, f.time_s) for f in clips.frames(clip)]
    assert seen == list(enumerate(clip.times_s))


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [("avi", "mjpeg"), ("avi", "mpeg4"), ("avi", "libx264"), ("webm", "libvpx-vp9"), ("mp4", "libx265")],
)
def test_containers_and_codecs_people_bring(tmp_path, suffix, codec):
    """AVI keeps no presentation times: there the decoder has to tell (FFmpeg guesses the last time wrong)."""
    layout = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    clip = clips.open_clip(
        write(tmp_path / f"run.{suffix}", np.arange(30) / 60, codec=codec, options={"bf": "0"}, pix_fmt=layout)
    )
    assert clip.n_frames == 30
    np.testing.assert_allclose(clip.times_s[:-1], np.arange(29) / 60, atol=1.1e-3)
    seen = [(f.index, f.image[100, 64].mean()) for f in clips.frames(clip)]
    assert [i for i, _ in seen] == list(range(30))
    np.testing.assert_allclose([grey for _, grey in seen], 40 + np.arange(30), atol=4)


def test_a_third_of_the_size_is_the_rounded_mean_of_nine_whatever_they_are():
    blocks = np.zeros((2296, 9), np.uint8)  # every sum nine brightnesses can have
    for k in range(9):
        blocks[:, k] = np.clip(np.arange(2296) - 255 * k, 0, 255)
    blocks = np.random.default_rng(0).permuted(blocks, axis=1)
    plane = blocks.reshape(41, 56, 3, 3).transpose(0, 2, 1, 3).reshape(123, 168)
    wide = np.zeros((123, 200), np.uint8)  # as FFmpeg keeps planes: rows longer than the picture
    wide[:, :168] = plane
    expected = np.round(blocks.astype(int).sum(axis=1) / 9).reshape(41, 56)
    np.testing.assert_array_equal(_shrunk(wide[:, :168], 56, 41), expected)
    np.testing.assert_array_equal(cv2.resize(plane, (56, 41), interpolation=cv2.INTER_AREA), expected)


def test_the_rate_is_never_rounded(tmp_path):
    clip = clips.open_clip(write(tmp_path / "run.mp4", np.arange(40) * 1001 / 60000))
    assert clip.fps_hz == pytest.approx(60000 / 1001, rel=1e-4)


def test_frames_carry_the_picture_of_their_time(tmp_path):
    """Reordered frames (B-frames) and a start in the middle included."""
    clip = clips.open_clip(write(tmp_path / "run.mp4", np.arange(60) / 60, options={"g": "15", "bf": "3", "crf": "5"}))
    for start, stop in ((0, None), (37, 52)):
        for frame in clips.frames(clip, start=start, stop=stop):
            assert frame.image[100, 64].mean() == pytest.approx(40 + frame.index, abs=2)
    found = list(clips.stills(clip, np.array([50, 3, 4])))
    assert [f.index for f in found] == [3, 4, 50]
    assert [round(float(f.image[100, 64].mean())) for f in found] == pytest.approx([43, 44, 90], abs=2)


def test_slow_motion_changes_the_times_and_nothing_else(tmp_path):
    path = write(tmp_path / "run.mp4", np.arange(180) / 30, options={"g": "15", "bf": "3", "crf": "5"})
    clip = clips.open_clip(path)
    slowed = clip.slowed(4)
    assert (slowed.fps_hz, slowed.duration_s) == (pytest.approx(120, rel=1e-4), pytest.approx(1.5))
    assert slowed.sha256 == clip.sha256
    for start, stop in ((0, None), (100, 130)):
        seen = list(clips.frames(slowed, start=start, stop=stop))
        assert [f.index for f in seen] == list(range(start, stop or 180))
        for frame in seen:
            assert frame.time_s == pytest.approx(frame.index / 120, abs=1e-4)
            assert frame.image[100, 64].mean() == pytest.approx(40 + frame.index % 150, abs=2)
    assert [f.index for f in clips.stills(slowed, np.array([3, 90, 170]))] == [3, 90, 170]
    assert slowed.slowed(2).slow_motion == 8


def test_a_thinned_clip_has_some_of_the_frames_at_their_own_times(tmp_path):
    clip = clips.open_clip(write(tmp_path / "run.mp4", np.arange(60) / 60, options={"g": "15", "bf": "3", "crf": "5"}))
    thin = clip.thinned(15)
    np.testing.assert_array_equal(thin.times_s, clip.times_s[::4])
    for frame in clips.frames(thin):
        assert frame.image[100, 64].mean() == pytest.approx(40 + 4 * frame.index, abs=2)
    assert [f.index for f in clips.stills(thin, np.array([2, 11]))] == [2, 11]
    assert set(clip.times_s[clip.key_frames]) >= set(thin.times_s[thin.key_frames])
    np.testing.assert_array_equal(clip.thinned(500).times_s, clip.times_s)


@pytest.mark.parametrize("turns", range(4))
def test_rotation_is_applied(tmp_path, turns):
    path = rotate(write(tmp_path / "run.mp4", np.arange(4) / 60), turns)
    clip = clips.open_clip(path)
    frame = next(iter(clips.frames(clip)))
    expected = np.rot90(picture(0, 128, 192), -turns)
    assert (clip.height_px, clip.width_px) == expected.shape[:2] == frame.image.shape[:2]
    assert np.abs(frame.image.astype(int) - expected).mean() < 4
    assert frame.full_size_px == (clip.width_px, clip.height_px)


@given(st.integers(0, 3), st.booleans(), st.integers(4, 40), st.integers(4, 40), st.data())
def test_a_box_of_the_shown_picture_is_the_same_pixels_of_the_stored_one(turns, mirror, width, height, data):
    stored = np.arange(width * height).reshape(height, width)
    orientation = Orientation(turns, mirror)
    shown = orientation.show(stored)
    x0, x1 = sorted(data.draw(st.tuples(*[st.integers(0, shown.shape[1])] * 2)))
    y0, y1 = sorted(data.draw(st.tuples(*[st.integers(0, shown.shape[0])] * 2)))
    a0, b0, a1, b1 = orientation.stored_box((x0, y0, x1, y1), width, height)
    np.testing.assert_array_equal(orientation.show(stored[b0:b1, a0:a1]), shown[y0:y1, x0:x1])
    assert orientation.shown_box((a0, b0, a1, b1), width, height) == (x0, y0, x1, y1)


def test_shrinking_averages_and_keeps_colours(tmp_path):
    clip = clips.open_clip(write(tmp_path / "run.mp4", np.arange(4) / 60, 256, 384))
    full, small = next(iter(clips.frames(clip))), next(iter(clips.frames(clip, max_side_px=96)))
    assert small.image.shape == (96, 64, 3)
    blocks = full.image.reshape(96, 4, 64, 4, 3).mean(axis=(1, 3))
    assert np.abs(small.image - blocks).mean() < 2
    np.testing.assert_array_equal(small.picture(), full.image)


@pytest.mark.parametrize("pix_fmt", ["yuv444p", "yuv422p", "yuv420p10le"])
def test_other_colour_layouts_look_the_same(tmp_path, pix_fmt):
    clip = clips.open_clip(write(tmp_path / "run.mp4", np.arange(4) / 60, pix_fmt=pix_fmt))
    assert np.abs(next(iter(clips.frames(clip))).image.astype(int) - picture(0, 128, 192)).mean() < 4


def test_stopping_early_leaves_no_thread(tmp_path):
    clip = clips.open_clip(write(tmp_path / "run.mp4", np.arange(60) / 60))
    reading = clips.frames(clip)
    next(reading)
    reading.close()
    assert not [t for t in threading.enumerate() if t.name == "gait-decode"]


def test_the_same_content_has_the_same_checksum(tmp_path):
    first = write(tmp_path / "a.mp4", np.arange(4) / 60)
    second = tmp_path / "b.mp4"
    second.write_bytes(first.read_bytes())
    assert clips.open_clip(first).sha256 == clips.open_clip(second).sha256 == clips.sha256_of(first)


def a_body(width: float, height: float) -> np.ndarray:
    """Landmarks of somebody in the middle of the picture, feet at 90 % of its height."""
    points = np.full((33, 2), (0.5, 0.3))
    for side, x in (("LEFT", 0.4), ("RIGHT", 0.6)):
        for name, y in (("SHOULDER", 0.2), ("HIP", 0.5), ("KNEE", 0.65), ("ANKLE", 0.85), ("HEEL", 0.87)):
            points[Landmark[f"{side}_{name}"]] = (x, y)
        points[Landmark[f"{side}_FOOT_INDEX"]] = (x, 0.9)
    return points * (width, height)


def test_the_legs_lie_in_the_box_and_the_box_in_the_picture():
    body = a_body(720, 1280)
    x0, y0, x1, y1 = leg_box(body, 720, 1280)
    assert 0 <= x0 < 0.4 * 720
    assert 0.6 * 720 < x1 <= 720
    assert 0.5 * 1280 < y0 < 0.65 * 1280
    assert 0.9 * 1280 < y1 <= 1280
    assert leg_box(np.full((33, 2), np.nan), 720, 1280) is None
    assert leg_box(body + np.array([5000, 0]), 720, 1280) is None


def test_the_places_of_crops_take_little_memory_and_are_found_again_in_any_order():
    looks = [_Look(Orientation(turns), full, space) for turns, full, space in ((0, False, 5), (1, True, 1))]
    added = {
        f: (10**9 + 1000 * f, _Cut(400 + f % 300, 600, f % 500, 700, looks[f // 2 % 2])) for f in range(5, 12_000, 2)
    }
    tracemalloc.start()
    try:
        cuts = _Cuts()
        for frame, (offset, cut) in added.items():
            cuts.add(frame, offset, cut)
        assert tracemalloc.get_traced_memory()[0] < 60 * 12_000
    finally:
        tracemalloc.stop()
    for frame in (11_999, 5, 4001):
        assert cuts.of(frame) == added[frame]
    assert [cuts.of(frame) for frame in (-1, 0, 6, 11_998, 12_000)] == [None] * 5
    cuts.add(6, *added[5])
    assert cuts.of(6) == added[5]


@pytest.mark.parametrize("turns", [0, 1])
@pytest.mark.parametrize("limit", [None, 0, 200_000])
def test_crops_are_the_frames_own_pixels_kept_or_decoded_again(tmp_path, turns, limit):
    path = rotate(write(tmp_path / "run.mp4", np.arange(40) / 60, 384, 256), turns)
    clip = clips.open_clip(path)
    body = a_body(clip.width_px, clip.height_px)
    with StoredLegPictures(clip, limit) as legs:
        whole = {}
        for frame in clips.frames(clip, max_side_px=64):
            whole[frame.index] = frame.picture()
            legs.add(frame, body if frame.index != 7 else np.full((33, 2), np.nan))
        assert legs.crop(7) is None
        wanted = np.array([3, 7, 8, 21, 39])
        for n, crop in legs.crops(wanted):
            if n == 7:
                assert crop is None
                continue
            h, w = crop.image.shape[:2]
            np.testing.assert_array_equal(
                crop.image, whole[n][crop.y0_px : crop.y0_px + h, crop.x0_px : crop.x0_px + w]
            )
            np.testing.assert_array_equal(crop.image, legs.crop(n).image)
        for (n, luma), (_, crop) in zip(legs.luma(wanted), legs.crops(wanted), strict=True):
            if n == 7:
                assert luma is None
                continue
            assert (luma.x0_px, luma.y0_px) == (crop.x0_px, crop.y0_px)
            # BT.601's brightness of the colours, which the file keeps between 16 and 235
            brightness = crop.image @ np.array([0.299, 0.587, 0.114])
            assert np.abs(brightness - (luma.image - 16.0) * 255 / 219).mean() < 2


def test_a_cached_track_gives_the_same_pictures(tmp_path):
    clip = clips.open_clip(write(tmp_path / "run.mp4", np.arange(10) / 60))
    landmarks = np.repeat(a_body(128, 192)[None], 10, axis=0)
    track = PoseTrack(clip.times_s, landmarks, np.ones((10, 33)), np.zeros((10, 33, 3)), 128, 192, "t", "m", "s")
    with StoredLegPictures(clip) as during, leg_pictures(clip, track) as after:
        for frame in clips.frames(clip):
            during.add(frame, landmarks[frame.index])
        for n in range(10):
            np.testing.assert_array_equal(during.crop(n).image, after.crop(n).image)


def test_what_is_no_file(tmp_path):
    assert refusal(tmp_path / "nowhere.mp4").code == "missing_file"
    assert refusal(tmp_path).code == "not_a_file"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"Dear customer, here is your video.\n" * 50, "unreadable"),
        (b"\xff\xd8\xff\xe0" + bytes(2000), "still_picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2000), "still_picture"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n", "unreadable"),
        (b"ffconcat version 1.0\nfile run.mp4\n", "unreadable"),
        (bytes(4096), "unreadable"),
    ],
)
def test_what_is_no_video(tmp_path, content, code):
    path = tmp_path / "run.mp4"
    path.write_bytes(content)
    assert refusal(path).code == code


def test_cut_off_before_the_index(tmp_path):
    path = write(tmp_path / "run.mp4", np.arange(30) / 60)
    path.write_bytes(path.read_bytes()[:-600])
    assert refusal(path).code == "unreadable"


def test_sound_only(tmp_path):
    path = tmp_path / "run.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=16000, layout="mono")
        for i in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 16000, i * 1024
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    error = refusal(path)
    assert error.code == "no_video"
    assert "sound" in words.message(error)


def test_sizes_no_camera_films(tmp_path):
    assert refusal(write(tmp_path / "tiny.mp4", np.arange(5) / 60, 32, 48)).code == "bad_size"


def test_the_largest_picture_that_memory_holds(tmp_path):
    fast = {"preset": "ultrafast"}
    most = write(tmp_path / "most.mp4", np.arange(3) / 60, 4096, 3072, options=fast)
    assert clips.open_clip(most).n_frames == 3
    error = refusal(write(tmp_path / "wide.mp4", np.arange(3) / 60, 4098, 3072, options=fast))
    assert error.code == "bad_size"
    assert "4098 x 3072" in words.message(error)
    deep = write(tmp_path / "deep.mp4", np.arange(3) / 60, 3840, 2160, options=fast, pix_fmt="yuv420p10le")
    assert clips.open_clip(deep).n_frames == 3
    error = refusal(write(tmp_path / "deeper.mp4", np.arange(3) / 60, 3840, 2160, options=fast, pix_fmt="yuv444p10le"))
    assert error.code == "bad_size"
    assert "memory" in words.message(error)


@pytest.mark.parametrize("size", [(7680, 4320), (8192, 8192), (9000, 100), (63, 640), (0, 0)])
def test_sizes_beyond_the_limits(size):
    with pytest.raises(ClipError):
        check_size(Path("run.mp4"), *size)


@pytest.mark.parametrize("size", [(3840, 2160), (4032, 3024), (720, 1280), (64, 64)])
def test_sizes_within_the_limits(size):
    check_size(Path("run.mp4"), *size, "yuv420p")


def test_fewer_large_frames_wait():
    assert frames_that_fit(1080, 1920) >= QUEUE_FRAMES
    assert 2 <= frames_that_fit(4096, 3072) < frames_that_fit(3840, 2160) < frames_that_fit(1080, 1920)


@pytest.mark.parametrize(("width", "height", "seen"), [(1024, 768, True), (4608, 4608, False)])
def test_a_stream_that_grows_on_the_way(tmp_path, width, height, seen):
    # A transport stream may change its size: what is larger than the limit must not even be decoded.
    small = write(tmp_path / "a.ts", np.arange(3) / 60).read_bytes()
    large = write(tmp_path / "b.ts", np.arange(3, 6) / 60, width, height, options={"preset": "ultrafast"}).read_bytes()
    both = tmp_path / "both.ts"
    both.write_bytes(small + large)
    with opened(both) as (container, stream):
        sizes = {(f.width, f.height) for f in decoded(container, stream)}
    assert sizes == ({(128, 192), (width, height)} if seen else {(128, 192)})


def test_a_single_picture_and_times_that_jump(tmp_path):
    assert refusal(write(tmp_path / "one.mp4", [0.0])).code == "no_frames"
    assert refusal(write(tmp_path / "jump.mp4", [0, 1 / 60, 500.0])).code == "bad_times"


def test_damage_in_the_middle_costs_frames_not_the_clip(tmp_path):
    rng = np.random.default_rng(7)
    path = write(tmp_path / "run.mp4", np.arange(60) / 60, options={"g": "10", "crf": "5"})
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    for at in rng.integers(start + 2000, start + (len(data) - start) // 2, 60):
        data[at] ^= 0xFF
    path.write_bytes(data)
    clip = clips.open_clip(path)
    seen = [f.index for f in clips.frames(clip)]
    assert clip.n_frames == 60
    assert seen == sorted(set(seen))
    assert len(seen) >= 10


def test_the_sample_has_the_frames_its_truth_says():
    clip = clips.open_clip(SAMPLES / "treadmill_rear.standing.mp4")
    assert (clip.n_frames, clip.width_px, clip.height_px, clip.rotation_deg) == (180, 720, 1280, 0)
    np.testing.assert_allclose(clip.times_s, np.arange(180) / 60, atol=1e-4)
    assert sum(1 for _ in clips.frames(clip, max_side_px=64)) == 180
