"""Files as phones, cameras, browsers and programs write them, drawn here so that every time and pixel is known."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import av.filter
import numpy as np
import pytest

from gait import clip as clips
from gait import words
from gait.capture import stand_in
from gait.capture.source import open_source
from gait.clip.edits import Edit, played, rated_edits
from gait.clip.fields import both_halves_s
from gait.clip.growing import follow
from gait.clip.tone import ordinary_signal
from tests.builders import ROOT
from tests.unit.clip.test_clip import picture, refusal, write

GREY = (100, 64)
"""A place that is nothing but the frame's own grey."""


def greys(frames) -> dict[int, float]:
    return {f.index: float(f.image[GREY].mean()) for f in frames}


def numbered(found: dict[int, float], tolerance: float = 3.0) -> None:
    """Each frame shows its own number."""
    for index, grey in found.items():
        assert grey == pytest.approx(40 + index % 150, abs=tolerance), index


# -- transport streams -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["ts", "mts", "m2ts"])
@pytest.mark.parametrize(
    ("codec", "options"),
    [
        ("libx264", {"g": "30", "bf": "3", "crf": "5"}),
        ("libx264", {"g": "30", "bf": "3", "crf": "5", "x264-params": "open-gop=1"}),
        ("mpeg2video", {"g": "15", "bf": "2", "qscale": "2", "b": "8M"}),
    ],
)
def test_a_transport_stream_is_read_from_any_place(tmp_path, suffix, codec, options):
    path = tmp_path / f"run.{suffix}"
    with av.open(str(path), "w", format="mpegts") as out:
        stream = out.add_stream(codec, rate=60, options=options)
        stream.width, stream.height, stream.pix_fmt = 128, 192, "yuv420p"
        for i in range(240):
            frame = av.VideoFrame.from_ndarray(picture(i, 128, 192), format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, 60)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    clip = clips.open_clip(path)
    assert clip.n_frames == 240
    np.testing.assert_allclose(clip.times_s, np.arange(240) / 60, atol=1e-4)
    wanted = clips.spread_out(clip, 14)
    found = greys(clips.stills(clip, wanted))
    assert list(found) == list(wanted)
    numbered(found)
    for start in (0, 1, 29, 31, 100, 239):
        found = greys(clips.frames(clip, start=start, stop=start + 3))
        assert list(found) == [i for i in range(start, start + 3) if i < 240]
        numbered(found)


def interlaced(path: Path, codec: str, n: int = 60, top_first: bool = True, options=None) -> Path:
    """Half picture k is all of grey 40 + k, with a bar that moves 4 pixels to the right from each to the next."""
    flags = {"flags": "+ildct+ilme"}
    marked = av.filter.Graph()
    marked.link_nodes(
        marked.add_buffer(width=256, height=192, format=av.VideoFormat("yuv420p"), time_base=Fraction(1, 25)),
        marked.add("setfield", "tff" if top_first else "bff"),
        marked.add("buffersink"),
    ).configure()
    with av.open(str(path), "w", format="mpegts") as out:
        stream = out.add_stream(codec, rate=25, options={**(options or {}), **flags})
        stream.width, stream.height, stream.pix_fmt = 256, 192, "yuv420p"
        for i in range(n):
            first, second = half_picture(2 * i), half_picture(2 * i + 1)
            woven = first.copy()
            rows = slice(1, None, 2) if top_first else slice(0, None, 2)
            woven[rows] = second[rows]
            frame = av.VideoFrame.from_ndarray(woven, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = i, Fraction(1, 25)
            marked.push(frame)
            out.mux(stream.encode(marked.pull()))
        out.mux(stream.encode(None))
    return path


def half_picture(k: int) -> np.ndarray:
    drawn = np.full((192, 256, 3), 40 + k, np.uint8)
    at = 40 + 4 * (k % 40)
    drawn[60:140, at : at + 16] = 235
    return drawn


@pytest.mark.parametrize(
    ("codec", "top_first", "options"),
    [
        ("mpeg2video", True, {"g": "12", "b": "20M"}),
        ("mpeg2video", False, {"g": "12", "bf": "2", "b": "20M"}),
        ("libx264", True, {"g": "12", "crf": "4"}),
        ("libx264", False, {"g": "12", "crf": "4", "bf": "3"}),
    ],
)
def test_both_half_pictures_of_an_interlaced_clip_are_frames(tmp_path, codec, top_first, options):
    clip = clips.open_clip(interlaced(tmp_path / "run.mts", codec, top_first=top_first, options=options))
    assert (clip.interlaced, clip.n_frames) == (True, 120)
    np.testing.assert_allclose(clip.times_s, np.arange(120) / 50, atol=1e-4)
    whole = {f.index: f.image for f in clips.frames(clip)}
    assert list(whole) == list(range(120))
    for k, image in whole.items():
        assert image[20].mean() == pytest.approx(40 + k, abs=6), k
        # No combs: the bar's left edge is at one place in all rows.
        edges = np.argmax(image[66:134, :, 0] > 190, axis=1)
        assert np.ptp(edges) <= 2, k
        assert np.median(edges) == pytest.approx(40 + 4 * (k % 40), abs=2), k
    for start in (7, 50, 119):
        for frame in clips.frames(clip, start=start, stop=start + 2):
            np.testing.assert_array_equal(frame.image, whole[frame.index])


def test_half_pictures_lie_in_the_middle_between_frames():
    np.testing.assert_allclose(both_halves_s(np.array([0.0, 0.04, 0.1])), [0, 0.02, 0.04, 0.07, 0.1, 0.13])


# -- which way up ------------------------------------------------------------------------------------------------------


MATRICES = {
    (1, 0, 0, 1): lambda p: p,
    (0, 1, -1, 0): lambda p: np.rot90(p, -1),
    (-1, 0, 0, -1): lambda p: np.rot90(p, 2),
    (0, -1, 1, 0): lambda p: np.rot90(p, 1),
    (-1, 0, 0, 1): lambda p: p[:, ::-1],
    (1, 0, 0, -1): lambda p: p[::-1],
    (0, 1, 1, 0): lambda p: p.transpose(1, 0, 2),
    (0, -1, -1, 0): lambda p: np.rot90(p, 2).transpose(1, 0, 2),
}
"""a, b, c, d of x' = a x + c y, y' = b x + d y (y down), and what it does to a picture."""


@pytest.mark.parametrize("matrix", MATRICES, ids=str)
def test_all_eight_display_matrices_are_applied(tmp_path, matrix):
    path = write(tmp_path / "run.mp4", np.arange(4) / 60)
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (v << 16 for v in matrix)
    data[at : at + 36] = np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], dtype=">i4").tobytes()
    path.write_bytes(data)
    clip = clips.open_clip(path)
    frame = next(iter(clips.frames(clip)))
    expected = MATRICES[matrix](picture(0, 128, 192))
    assert (clip.height_px, clip.width_px) == expected.shape[:2] == frame.image.shape[:2]
    assert np.abs(frame.image.astype(int) - expected).mean() < 4


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("matrix", [(1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, 1)], ids=str)
def test_a_clip_that_was_turned_upright_is_shown_so(tmp_path, matrix, turns):
    path = write(tmp_path / "run.mp4", np.arange(4) / 60)
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (v << 16 for v in matrix)
    data[at : at + 36] = np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], dtype=">i4").tobytes()
    path.write_bytes(data)
    clip = clips.open_clip(path).upright(turns)
    frame = next(iter(clips.frames(clip)))
    expected = np.rot90(MATRICES[matrix](picture(0, 128, 192)), turns)
    assert (clip.height_px, clip.width_px) == expected.shape[:2] == frame.image.shape[:2]
    assert np.abs(frame.image.astype(int) - expected).mean() < 4
    assert clip.upright(4 - turns).turned == 0


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("matrix", MATRICES, ids=str)
def test_a_mirrored_camera_is_shown_the_other_way_round_and_then_turned(tmp_path, matrix, turns):
    path = write(tmp_path / "run.mp4", np.arange(4) / 60)
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (v << 16 for v in matrix)
    data[at : at + 36] = np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], dtype=">i4").tobytes()
    path.write_bytes(data)
    clip = clips.open_clip(path).unmirrored().upright(turns)
    frame = next(iter(clips.frames(clip)))
    expected = np.rot90(MATRICES[matrix](picture(0, 128, 192))[:, ::-1], turns)
    assert (clip.height_px, clip.width_px) == expected.shape[:2] == frame.image.shape[:2]
    assert np.abs(frame.image.astype(int) - expected).mean() < 4


@pytest.mark.parametrize(
    ("tags", "camera"),
    [
        ({}, ""),
        ({"com.apple.quicktime.make": "Apple", "com.apple.quicktime.model": "iPhone 13"}, "Apple iPhone 13"),
        ({"COM.ANDROID.MODEL": "Pixel 7"}, "Pixel 7"),
        ({"make": "Acme", "model": "Acme"}, "Acme"),
        ({"model": "x" * 500}, "x" * 80),
    ],
)
def test_a_file_says_what_filmed_it(tmp_path, tags, camera):
    path = tmp_path / "run.mkv"
    with av.open(str(path), "w") as out:
        out.metadata.update(tags)
        stream = out.add_stream("libx264", rate=60)
        stream.width, stream.height, stream.pix_fmt = 128, 192, "yuv420p"
        for i in range(4):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture(i, 128, 192), format="rgb24")))
        out.mux(stream.encode(None))
    assert clips.open_clip(path).camera == camera


# -- order, size and choice of what is stored --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "options"),
    [
        ("libx264", {"g": "30", "bf": "3", "crf": "5"}),
        ("mpeg4", {"g": "30", "bf": "2", "b": "20M", "qmax": "2"}),
        ("libx264", {"g": "250", "bf": "8", "crf": "5", "b-pyramid": "normal", "x264-params": "b-adapt=0"}),
    ],
)
def test_an_avi_gives_all_frames_in_the_order_they_are_shown(tmp_path, codec, options):
    clip = clips.open_clip(avi(tmp_path / "run.avi", codec, options))
    assert clip.n_frames == 120
    np.testing.assert_allclose(clip.times_s, np.arange(120) / 60, atol=1e-4)
    found = greys(clips.frames(clip))
    assert list(found) == list(range(120))
    numbered(found)
    numbered(greys(clips.frames(clip, ahead=False)))
    for start in (1, 37, 90, 118):
        found = greys(clips.frames(clip, start=start, stop=start + 2))
        assert list(found) == [start, start + 1]
        numbered(found)
    thin = clip.thinned(15)
    assert [f.index for f in clips.frames(thin)] == list(range(30))
    found = greys(clips.stills(clip, clips.spread_out(clip, 10)))
    assert len(found) == 10
    numbered(found)


def avi(path: Path, codec: str, options: dict[str, str]) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=60, options=options)
        stream.width, stream.height, stream.pix_fmt = 128, 192, "yuv420p"
        for i in range(120):
            frame = av.VideoFrame.from_ndarray(picture(i, 128, 192), format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, 60)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(("before", "after"), [(12, 48), (48, 12)])
def test_a_stream_that_changes_its_size_is_brought_to_the_usual_one(tmp_path, before, after):
    small = write(tmp_path / "a.webm", np.arange(before) / 60, 128, 192, codec="libvpx", options={"b": "2M"})
    large = write(tmp_path / "b.webm", np.arange(after) / 60, 256, 384, codec="libvpx", options={"b": "2M"})
    path = tmp_path / "run.webm"
    with av.open(str(path), "w") as out, av.open(str(small)) as first, av.open(str(large)) as second:
        stream = out.add_stream_from_template(first.streams.video[0])
        for source, offset in ((first, 0), (second, round(1000 * before / 60))):
            for packet in source.demux(source.streams.video[0]):
                if packet.size:
                    packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
                    packet.stream = stream
                    out.mux(packet)
    clip = clips.open_clip(path)
    usual, other = ((256, 384), (128, 192)) if after > before else ((128, 192), (256, 384))
    assert (clip.width_px, clip.height_px) == usual
    assert clip.other_sizes_px == (other,)
    found = list(clips.frames(clip))
    assert [f.index for f in found] == list(range(60))
    assert {f.image.shape for f in found} == {(usual[1], usual[0], 3)}
    for f in found:
        number = f.index if f.index < before else f.index - before
        assert f.image[usual[1] // 2, usual[0] // 2].mean() == pytest.approx(40 + number, abs=6)


def two_tracks(path: Path, sizes, default: int | None) -> Path:
    with av.open(str(path), "w") as out:
        streams = []
        for k, (width, height) in enumerate(sizes):
            stream = out.add_stream("libx264", rate=60, options={"crf": "12"})
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            marked = av.stream.Disposition.default if k == default else av.stream.Disposition(0)
            stream.disposition = marked
            streams.append(stream)
        for i in range(20):
            for stream in streams:
                frame = av.VideoFrame.from_ndarray(picture(i, stream.width, stream.height), format="rgb24")
                frame.pts, frame.time_base = i, Fraction(1, 60)
                out.mux(stream.encode(frame))
        for stream in streams:
            out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("suffix", ["mov", "mkv"])
@pytest.mark.parametrize(
    ("sizes", "default", "taken"),
    [
        (((96, 96), (128, 192)), 1, 1),
        (((512, 512), (256, 384)), 1, 1),
        (((96, 96), (256, 384)), None, 1),
        (((256, 384), (96, 96)), None, 0),
        (((96, 160), (256, 384)), 0, 1),
    ],
)
def test_the_track_that_is_meant_is_taken(tmp_path, suffix, sizes, default, taken):
    clip = clips.open_clip(two_tracks(tmp_path / f"run.{suffix}", sizes, default))
    assert (clip.width_px, clip.height_px) == sizes[taken]
    assert next(iter(clips.frames(clip))).image.shape == (*sizes[taken][::-1], 3)
    if suffix == "mkv":  # what can be read while it is written is read as it will be
        grown = next(follow(clip.path, lambda: True, lambda: False))
        assert grown.image.shape == (*sizes[taken][::-1], 3)


@pytest.mark.parametrize(
    ("sizes", "default", "taken"), [(((96, 96), (256, 384)), None, 1), (((512, 512), (256, 384)), 1, 1)]
)
def test_a_camera_that_sends_a_preview_too_is_taken_for_its_whole_picture(tmp_path, sizes, default, taken):
    source = open_source(stand_in(two_tracks(tmp_path / "camera.mkv", sizes, default)))
    try:
        assert source.size_px == sizes[taken]
        first = next(source.packets())
        assert first.packet.stream.index == taken
    finally:
        source.close()


# -- edits that play faster or slower ----------------------------------------------------------------------------------


def with_rate(path: Path, rate: float, lasts_s: float | None = None) -> Path:
    """Write a rate into an MP4's only edit, and how long it is played."""
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 4
    assert struct.unpack_from(">I", data, at + 4)[0] == 1
    if lasts_s is not None:
        scale = struct.unpack_from(">I", data, data.index(b"mvhd") + 16)[0]
        struct.pack_into(">I", data, at + 8, round(lasts_s * scale))
    struct.pack_into(">i", data, at + 16, round(rate * 65536))
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("rate", "lasts_s"), [(2.0, 0.5), (2.0, None), (0.5, 2.0), (0.5, None), (1.0, None)])
def test_the_rate_of_an_edit_is_followed(tmp_path, rate, lasts_s):
    path = with_rate(
        write(tmp_path / "run.mp4", np.arange(60) / 60, options={"bf": "2", "crf": "5", "g": "20"}), rate, lasts_s
    )
    clip = clips.open_clip(path)
    assert clip.edit_rate == rate
    np.testing.assert_allclose(clip.times_s, np.arange(60) / 60 / rate, atol=1e-3)
    found = greys(clips.frames(clip))
    assert list(found) == list(range(60))
    numbered(found)
    numbered(greys(clips.frames(clip, start=45, stop=50)))


def test_what_an_edit_leaves_out_is_left_out():
    edits = (Edit(-1.0, 0.5, 1.0), Edit(1.0, 1.0, 2.0), Edit(0.0, 1.0, 0.0), Edit(4.0, 1.0, 1.0))
    media_s = np.array([0.0, 1.0, 2.0, 2.9, 3.0, 4.0, 4.5, 5.0])
    np.testing.assert_allclose(played(media_s, edits), [np.nan, 0.5, 1.0, 1.45, np.nan, 2.5, 3.0, np.nan])


def test_what_is_no_movie_has_no_edits(tmp_path):
    path = tmp_path / "run.mp4"
    for content in (
        b"",
        b"\0\0\0\1moov",
        b"\0\0\0\x18moov" + bytes(16),
        b"\0\0\0\x20ftypisom" + bytes(20) + b"\0\0\1\0moovelst",
    ):
        path.write_bytes(content)
        assert rated_edits(path) == {}
    assert rated_edits(tmp_path / "nowhere") == {}


# -- names, colours ----------------------------------------------------------------------------------------------------


def test_a_relative_name_with_a_colon(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(Path("run.mp4"), np.arange(4) / 60).rename("2024-05-01T10:22:33.mp4")
    clip = clips.open_clip("2024-05-01T10:22:33.mp4")
    assert clip.n_frames == sum(1 for _ in clips.frames(clip)) == 4


@pytest.mark.parametrize(("pixels", "named"), [("yuv422p10le", "10-bit 4:2:2"), ("yuv444p10le", "10-bit 4:4:4")])
def test_the_setting_that_is_wrong_is_named(tmp_path, pixels, named):
    error = refusal(
        write(tmp_path / "run.mp4", np.arange(3) / 60, 3840, 2160, options={"preset": "ultrafast"}, pix_fmt=pixels)
    )
    assert named in words.message(error)
    assert "4:2:0" in words.advice(error)
    assert "3840 x 2160" not in words.advice(error)


def pq(light: np.ndarray) -> np.ndarray:
    """ST 2084's signal of `light`, 1 being 10000 nits."""
    power = light**0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(light: np.ndarray) -> np.ndarray:
    """B67's signal of a scene's `light`, 0 to 1."""
    return np.where(
        light <= 1 / 12, np.sqrt(3 * light), 0.17883277 * np.log(np.maximum(12 * light - 0.28466892, 1e-9)) + 0.55991073
    )


def coded(signal: np.ndarray, kind: str) -> np.ndarray:
    """An ordinary signal as it is stored in high dynamic range."""
    if kind == "pq":
        return pq(signal**2.4 * 203 / 10000)
    light = np.where(signal < 0.081, signal / 4.5, ((signal + 0.099) / 1.099) ** (1 / 0.45))
    return hlg(light * 0.26496256)


@pytest.mark.parametrize("kind", ["pq", "hlg"])
def test_high_range_undone_is_the_ordinary_signal(kind):
    signal = np.linspace(0.02, 0.9, 50)
    np.testing.assert_allclose(ordinary_signal(coded(signal, kind), kind), signal, atol=1e-5)
    rising = ordinary_signal(np.linspace(0, 1, 500), kind)
    assert (np.diff(rising) >= 0).all()
    assert rising[0] == pytest.approx(0, abs=1e-6)
    assert 0.95 < rising[-1] <= 1


@pytest.mark.parametrize("kind", ["pq", "hlg"])
@pytest.mark.parametrize("pixels", ["yuv420p10le", "yuv422p10le", "yuv420p"])
def test_a_clip_of_high_range_looks_like_an_ordinary_one(tmp_path, kind, pixels):
    """A ramp of greys and two coloured corners, coded channel by channel as the standard has it."""
    ordinary = np.repeat(np.linspace(0.05, 0.85, 128)[None, :, None], 192, axis=0).repeat(3, axis=2)
    ordinary[:48, :32] = (0.6, 0.3, 0.3)
    ordinary[-48:, -32:] = (0.3, 0.4, 0.6)
    stored = np.round(coded(ordinary, kind) * 65535).astype(np.uint16)
    path = tmp_path / "run.mp4"
    with av.open(str(path), "w") as out:
        transfer = "smpte2084" if kind == "pq" else "arib-std-b67"
        parameters = f"log-level=none:lossless=1:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc"
        stream = out.add_stream("libx265", rate=60, options={"x265-params": parameters})
        stream.width, stream.height, stream.pix_fmt = 128, 192, pixels
        stream.codec_context.color_trc = 16 if kind == "pq" else 18
        stream.codec_context.colorspace = 9
        for i in range(4):
            frame = av.VideoFrame.from_ndarray(stored, format="rgb48le")
            frame = frame.reformat(format=pixels, dst_colorspace=9)
            frame.pts, frame.time_base = i, Fraction(1, 60)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    clip = clips.open_clip(path)
    assert clip.transfer == kind
    image = next(iter(clips.frames(clip))).image / 255.0
    tolerance = 0.02 if "10" in pixels else 0.05
    ramp = slice(40, 90)
    assert np.abs(image[100, ramp] - ordinary[100, ramp]).max() < tolerance
    assert np.abs(image[20, 10] - ordinary[20, 10]).max() < 0.08
    assert np.abs(image[-20, -10] - ordinary[-20, -10]).max() < 0.08


def test_an_ordinary_clip_has_nothing_to_mend(tmp_path):
    clip = clips.open_clip(write(tmp_path / "run.mp4", np.arange(30) / 60, options={"bf": "3", "g": "10"}))
    assert not len(clip.stamps)
    assert (clip.interlaced, clip.transfer, clip.other_sizes_px, clip.edit_rate, clip.turned) == (False, "", (), 1.0, 0)


def test_the_page_takes_what_the_reader_reads():
    page = (ROOT / "gait" / "ui" / "parts" / "fields.py").read_text(encoding="utf-8")
    listed = next(line for line in page.splitlines() if line.startswith("VIDEO_TYPES"))
    for ending in ("mp4", "mov", "mkv", "webm", "avi", "m4v", "mts", "m2ts", "ts"):
        assert f'"{ending}"' in listed
