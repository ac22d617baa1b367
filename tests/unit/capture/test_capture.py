"""Cameras by stand-ins: a clip played in real time, a network camera on this computer, a disk that fills up, a cut cable."""

import http.server
import subprocess
import sys
import threading
import time
from fractions import Fraction

import av
import numpy as np
import pytest

from gait import capture, words
from gait.clip import frames, open_clip
from gait.errors import GaitError
from tests.builders import ROOT
from tests.builders.rtsp import RtspServer

RATE_HZ = 30


def write_clip(path, times_s, codec="libx264", size=(192, 256), key_every=15):
    """Frame k is a picture of brightness 40 + 6k (mod 150) on noise, shown at times_s[k]."""
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 30, (size[1], size[0], 3), dtype=np.uint8)
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=RATE_HZ, options={"bf": "0", "g": str(key_every), "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = stream.time_base = Fraction(1, 90_000)
        for k, t in enumerate(times_s):
            frame = av.VideoFrame.from_ndarray(noise + np.uint8(40 + 6 * k % 150), format="rgb24")
            frame.pts, frame.time_base = round(t * 90_000), Fraction(1, 90_000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """6 s with a key frame twice a second and frame times that are uneven by a quarter of their distance."""
    k = np.arange(180)
    times = (k + 0.25 * (k % 3 == 1)) / RATE_HZ
    return write_clip(tmp_path_factory.mktemp("camera") / "camera.mp4", times)


@pytest.fixture
def camera():
    opened = []

    def make(address, encoder=""):
        whole = address if isinstance(address, capture.Camera) else capture.set_up(address)
        opened.append(capture.Live(whole, encoder=encoder))
        opened[-1].wait_for_picture()
        return opened[-1]

    yield make
    for live in opened:
        live.close()


def recorded(live, path, seconds, timeout_s=20):
    recording = live.record(path, seconds)
    assert recording.wait(timeout_s)
    return recording


def assert_steps_of_the_clip(times_s, count):
    """Distances between frames as in `clip`: 1.25, 0.75 and 1 thirtieth of a second in turn."""
    steps = np.diff(times_s)[: count - 1] * RATE_HZ
    turns = np.array([1.25, 0.75, 1.0])
    best = min(np.abs(steps - np.resize(np.roll(turns, -k), len(steps))).max() for k in range(3))
    assert best < 0.01


def test_a_clip_from_a_camera_has_the_cameras_own_times(clip, camera, tmp_path):
    recording = recorded(camera(capture.stand_in(clip)), tmp_path / "run.mp4", 2.0)
    assert recording.ended == "complete"
    assert recording.fault() is None
    got = open_clip(recording.path)
    lead = got.duration_s - 2.0  # from the key frame before
    assert -0.001 <= lead <= 0.56
    assert got.n_frames == recording.n_frames
    assert_steps_of_the_clip(got.times_s, got.n_frames)
    grey = np.array([f.image.mean() for f in frames(got)])
    assert np.abs(np.diff(grey)[np.diff(grey) > -50] - 6).max() < 3, "a frame is missing or shown twice"


def test_the_rate_is_measured_not_believed(clip):
    got = capture.measure(capture.stand_in(clip))
    assert got.rate_hz == pytest.approx(RATE_HZ, rel=0.05)
    assert (got.width_px, got.height_px) == (192, 256)
    lying = capture.Measured(capture.Mode(192, 256, 60), 192, 256, got.rate_hz, 0.0)
    assert not lying.honest


def test_the_highest_true_rate_is_preferred_unless_the_picture_is_too_small():
    def measured(width, height, rate):
        return capture.Measured(capture.Mode(), width, height, rate, 0.0)

    hd60, hd30, full30, tiny120 = (
        measured(*m) for m in ((1280, 720, 59), (1280, 720, 30), (1920, 1080, 30), (320, 240, 119))
    )
    assert sorted([tiny120, full30, hd60, hd30], key=lambda m: m.rank, reverse=True) == [hd60, full30, hd30, tiny120]


@pytest.mark.parametrize(("encoder", "codec"), [("", "h264"), ("libvpx-vp9", "vp9")])
def test_raw_pictures_are_packed(tmp_path, camera, encoder, codec):
    k = np.arange(90)
    raw = write_clip(tmp_path / "raw.avi", k / RATE_HZ, codec="rawvideo")
    recording = recorded(camera(capture.stand_in(raw), encoder), tmp_path / "run.mp4", 1.5)
    assert recording.ended == "complete"
    got = open_clip(recording.path)
    assert got.codec == codec
    assert got.n_frames == pytest.approx(46, abs=1)
    assert np.diff(got.times_s) == pytest.approx(1 / RATE_HZ, abs=2e-4)


def test_a_recording_that_nothing_here_can_pack_does_not_begin(tmp_path, camera):
    raw = write_clip(tmp_path / "raw.avi", np.arange(30) / RATE_HZ, codec="rawvideo")
    live = camera(capture.stand_in(raw), "mpeg4")
    with pytest.raises(GaitError, match="packs no videos on this computer"):
        live.record(tmp_path / "made" / "run.mp4", 0.5)
    assert not (tmp_path / "made").exists()


def test_what_a_camera_packed_itself_needs_no_encoder(clip, tmp_path, camera):
    assert recorded(camera(capture.stand_in(clip), "mpeg4"), tmp_path / "run.mp4", 0.5).ended == "complete"


def test_standing_and_run_stop_by_themselves_and_a_retake_replaces_the_first(clip, camera, tmp_path):
    session = capture.Session(camera(capture.stand_in(clip)), tmp_path, {"standing": 0.5, "run": 1.0}, 0.2)
    for part in ("standing", "run", "run"):
        session.begin(part)
        assert session.phase == "countdown"
        with pytest.raises(GaitError):
            session.begin(part)
        assert session.wait(15)
        assert session.fault is None
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(t.path.name for t in session.takes.values())
    assert session.takes["run"].path.name == "run-2.mp4"
    assert session.takes["standing"].length_s == pytest.approx(0.5, abs=0.1)
    assert open_clip(session.takes["run"].path).duration_s >= 1.0


def test_a_countdown_can_be_cancelled_and_leaves_nothing(clip, camera, tmp_path):
    session = capture.Session(camera(capture.stand_in(clip)), tmp_path, {"standing": 0.5, "run": 1.0}, 5.0)
    session.begin("run")
    session.cancel()
    assert session.wait(5)
    assert session.takes == {}
    assert list(tmp_path.iterdir()) == []


def test_a_camera_lost_on_the_way_keeps_what_was_recorded(clip, camera, tmp_path):
    live = camera(capture.stand_in(clip, once=True))
    session = capture.Session(live, tmp_path, {"standing": 0.5, "run": 20.0}, 0.0)
    session.begin("run")
    assert session.wait(20)
    assert session.fault.code == "camera_lost"
    assert "are kept" in words.message(session.fault)
    got = open_clip(session.takes["run"].path)
    assert got.duration_s > 3
    assert_steps_of_the_clip(got.times_s, got.n_frames)
    with pytest.raises(GaitError, match="stopped sending"):
        live.record(tmp_path / "again.mp4", 1.0)


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to fill up")
def test_a_full_disk_ends_in_a_sentence_and_a_clip_that_plays(clip, tmp_path):
    code = """
import resource, sys
from pathlib import Path
from gait import capture
live = capture.Live(capture.stand_in(Path(sys.argv[1])))
live.wait_for_picture()
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
session = capture.Session(live, Path(sys.argv[2]), {"standing": 1.0, "run": 20.0}, 0.0)
session.begin("run")
assert session.wait(30)
print(session.fault.code, session.fault)
live.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(clip), str(tmp_path)], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("disk_full The disk of this computer is full.")
    assert "are kept" in done.stdout
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_size <= 60_000
    got = open_clip(kept)
    assert_steps_of_the_clip(got.times_s, got.n_frames - 1)


def test_nearly_full_disks_are_refused_before_recording(clip, camera, tmp_path, monkeypatch):
    live = camera(capture.stand_in(clip))
    monkeypatch.setattr("gait.capture.writer.MIN_FREE_BYTES", 10**18)
    with pytest.raises(GaitError, match="nearly full"):
        live.record(tmp_path / "run.mp4", 1.0)


def test_a_killed_program_leaves_a_clip_that_plays(clip, tmp_path):
    code = """
import os, sys, time
from pathlib import Path
from gait import capture
live = capture.Live(capture.stand_in(Path(sys.argv[1])))
live.wait_for_picture()
recording = live.record(Path(sys.argv[2]), 20.0)
while recording.length_s < 2.0:
    time.sleep(0.05)
os._exit(9)
"""
    target = tmp_path / "run.mp4"
    done = subprocess.run([sys.executable, "-c", code, str(clip), str(target)], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 9
    assert open_clip(target).duration_s >= 1.4


def test_a_network_camera_by_rtsp_keeps_its_times(clip, camera, tmp_path):
    with RtspServer(clip) as server:
        live = camera(server.url)
        recording = recorded(live, tmp_path / "run.mp4", 2.0)
        assert recording.ended == "complete"
        assert live.rate_hz == pytest.approx(RATE_HZ, rel=0.15)
    got = open_clip(recording.path)
    assert got.codec == "h264"
    assert 2.0 <= got.duration_s < 2.6
    assert_steps_of_the_clip(got.times_s, got.n_frames)


def test_a_network_camera_that_falls_silent_is_lost(clip, camera, tmp_path):
    with RtspServer(clip, mute=True) as server:
        recording = recorded(camera(server.url), tmp_path / "run.mp4", 20.0)
    assert recording.ended == "camera_lost"
    assert open_clip(recording.path).duration_s > 2


class _Jpegs(http.server.BaseHTTPRequestHandler):
    """A web camera of the old kind: JPEGs without times, 20 a second."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            for k in range(400):
                picture = self.server.pictures[k % len(self.server.pictures)]
                self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture))
                self.wfile.write(picture + b"\r\n")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, *_):
        pass


def test_pictures_without_times_get_the_time_they_arrived(tmp_path, camera, monkeypatch):
    import cv2

    rng = np.random.default_rng(2)
    pictures = [rng.integers(0, 255, (240, 320, 3), dtype=np.uint8) // 4 + 40 for _ in range(4)]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Jpegs)
    server.daemon_threads = True
    server.pictures = [cv2.imencode(".jpg", p)[1].tobytes() for p in pictures]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        recording = recorded(camera(f"http://127.0.0.1:{server.server_port}/video"), tmp_path / "run.mp4", 2.0)
    finally:
        server.shutdown()
    got = open_clip(recording.path)
    assert got.codec == "mjpeg"
    assert 12 < got.fps_hz < 20.5, "FFmpeg's made-up 25 pictures a second were believed"
    assert got.duration_s == pytest.approx(2.0, abs=0.3)


@pytest.mark.parametrize(
    "address", ["", "usb:97", "/etc/passwd", "ftp://example.invalid/x", "rtsp://127.0.0.1:9/x", "file:/nowhere.mp4"]
)
def test_what_is_no_camera_is_said_in_a_sentence(address):
    with pytest.raises(GaitError) as caught:
        capture.open_source(capture.set_up(address))
    assert caught.value.code == "camera_missing"
    assert words.message(caught.value)
    assert words.advice(caught.value)
