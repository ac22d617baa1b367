"""What may be opened as a camera, and what FFmpeg is kept from opening behind a camera's address."""

import http.server
import os
import shutil
import threading

import pytest

from gait import capture
from gait.errors import GaitError
from tests.builders import SAMPLES

CLIP = SAMPLES / "treadmill_rear.standing.mp4"
NEVER = [
    f"file:{CLIP}",
    f" file:{CLIP}",
    f"\tfile:{CLIP}",
    f"\x00file:{CLIP}",
    f"\u00a0file:{CLIP}",
    f"FILE:{CLIP}",
    f"File://{CLIP}",
    f"fi\nle:{CLIP}",
    str(CLIP),
    f"concat:{CLIP}|{CLIP}",
    f"subfile,,start,0,end,0,,:{CLIP}",
    f"crypto:{CLIP}",
    f"async:{CLIP}",
    f"cache:{CLIP}",
    f"fd:{CLIP}",
    "pipe:0",
    "data:video/mp4;base64,AAAA",
    "unix:/tmp/socket",
    "tcp://127.0.0.1:22",
    "udp://127.0.0.1:22",
    "hls+http://127.0.0.1/x.m3u8",
    "rtsp:" + str(CLIP),
    "rtsp:///" + str(CLIP),
    "rtsp://a b/",
    "rtsp://[::1/",
    "rtsp://host:0/",
    "rtsp://host:99999/",
    "rtsp\t://host/",
    "usb:",
    "usb:../../etc/passwd",
    "usb:/dev/video0/../../etc/passwd",
    "/dev/video0/../mem",
    "/dev/video",
    "usb:²",
    "/dev/video٣",
    "rtsp://" + "a" * 600,
    "stand-in",
    "store:1",
    "",
]


@pytest.mark.parametrize("text", NEVER)
@pytest.mark.parametrize("parse", [capture.typed, capture.set_up])
def test_only_a_cameras_address_is_one(text, parse):
    with pytest.raises(GaitError) as caught:
        parse(text)
    assert caught.value.code == "camera_missing"


def test_web_addresses_are_the_managers_alone():
    for text in ("http://127.0.0.1/video", " HTTPS://store.lan/video", "http:\\\\host"):
        with pytest.raises(GaitError):
            capture.typed(text)
    assert capture.set_up(" HTTPS://store.lan/video ").name == "https://store.lan/video"
    assert (
        capture.typed("\tRTSP://user:secret@192.168.1.20:554/s?x=1").name == "rtsp://user:secret@192.168.1.20:554/s?x=1"
    )


def test_a_password_is_not_shown():
    assert capture.set_up("http://user:secret@store.lan/video").shown == "store.lan"


def test_a_link_that_is_named_like_a_camera_stays_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("video0", "usb:0", "rtsp:host", "camera.m3u8"):
        os.symlink(CLIP, tmp_path / name)
    for text in ("video0", "./video0", "rtsp:host", "camera.m3u8", str(tmp_path / "video0")):
        with pytest.raises(GaitError):
            capture.open_source(capture.set_up(text))


@pytest.fixture
def web(tmp_path):
    """A web camera's address, which answers with whatever a test puts there."""
    asked = []

    class Answer(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, directory=tmp_path, **kwargs)

        def do_GET(self):
            asked.append(self.path)
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", f"file:{CLIP}")
                self.end_headers()
            else:
                super().do_GET()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", tmp_path, asked
    server.shutdown()


@pytest.mark.parametrize("segment", ["local", "web"])
def test_a_playlist_is_followed_nowhere(web, segment):
    address, folder, asked = web
    shutil.copy(CLIP, folder / "segment.mp4")
    named = folder / "segment.mp4" if segment == "local" else f"{address}/segment.mp4"
    for name, text in (
        ("list.m3u8", f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{named}\n#EXT-X-ENDLIST\n"),
        ("list.txt", f"ffconcat version 1.0\nfile '{named}'\n"),
    ):
        (folder / name).write_text(text)
        with pytest.raises(GaitError):
            capture.open_source(capture.set_up(f"{address}/{name}"))
        with pytest.raises(GaitError):
            capture.open_source(capture.stand_in(folder / name))
    assert not [path for path in asked if "segment" in path]


def test_a_web_camera_sends_on_to_no_file(web):
    with pytest.raises(GaitError):
        capture.open_source(capture.set_up(f"{web[0]}/moved"))
