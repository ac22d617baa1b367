"""Recording from the page: the pieces on their way to the disk, the guide in words, the store's camera, and a real browser."""

import asyncio
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from fractions import Fraction
from types import SimpleNamespace

import av
import cv2
import numpy as np
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from gait import framing, words
from gait.clip import follow, frames, open_clip, stills
from gait.errors import GaitError
from gait.pipeline import Choices
from gait.pose import StillTracker
from gait.services import recordings, studio
from gait.services.engine import Engine
from gait.services.head_start import HeadStart
from gait.services.settings import SECONDS_VARIABLE, VIRTUAL_CAMERA_VARIABLE, StoreSettings
from gait.ui import routes
from gait.ui.engine import engine
from tests.browser.test_browser import FLAGS, chromium_path
from tests.builders import ROOT, SAMPLES
from tests.builders.recorder import Recorder
from tests.builders.trackers import use_canned
from tests.integration.test_app import PAGE_TIMEOUT_S, pretend, text

SHORT_S = {"standing": 0.3, "run": 1.0}
STANDING = SAMPLES / "treadmill_rear.standing.mp4"


@pytest.fixture(autouse=True)
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_REPORTS_DIR", str(tmp_path))
    monkeypatch.setattr(HeadStart, "begin", lambda *_: None)
    return tmp_path


@pytest.fixture
def own(reports):
    """An engine that records short clips, with a clip in place of a camera."""
    with Engine(StoreSettings(reports, record_s=SHORT_S, countdown_s=0.1, virtual_camera=STANDING)) as engine:
        yield engine


@pytest.fixture
def ticket(own):
    return own.recordings.new_ticket()


@pytest.fixture
def folder(own, ticket):
    return own.recordings.folder_of(ticket)


@pytest.fixture
def call(own, ticket):
    """Send a request to the routes: (status, answer)."""
    app = Starlette(routes=routes.routes(own))

    def send(method, path, body=b"", headers=None, who=None, client=None):
        async def go():
            where, _, query = path.partition("?")
            scope = {
                "type": "http",
                "method": method,
                "path": f"/api/record/{who or ticket}/{where}",
                "query_string": query.encode(),
                "client": client,
                "headers": [(b"host", b"store:8501"), *((k.encode(), v.encode()) for k, v in (headers or {}).items())],
            }
            sent = []
            pieces = [body[i : i + 65_536] for i in range(0, len(body), 65_536)] or [b""]

            async def receive():
                piece = pieces.pop(0)
                return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

            async def note(message):
                sent.append(message)

            await app(scope, receive, note)
            return sent[0]["status"], json.loads(b"".join(m.get("body", b"") for m in sent[1:]) or b"{}")

        return asyncio.run(go())

    return send


def browser_clip(path, kind, seconds=3.0):
    """What a browser sends: pieces that follow one another, no index, no length in the header."""
    options = {".mp4": {"movflags": "frag_keyframe+empty_moov"}, ".webm": {"live": "1"}}[kind]
    codec = {".mp4": "libx264", ".webm": "libvpx"}[kind]
    rng = np.random.default_rng(3)
    with av.open(str(path), "w", format=kind[1:], options=options) as out:
        stream = out.add_stream(
            codec, rate=30, options={"g": "15", "bf": "0"} if kind == ".mp4" else {"g": "15", "deadline": "realtime"}
        )
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for k in range(round(30 * seconds)):
            noise = rng.integers(0, 80, (120, 160, 3), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(noise + np.uint8(k), format="rgb24")
            frame.pts, frame.time_base = k, Fraction(1, 30)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path.read_bytes()


# -- pieces ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [".mp4", ".webm"])
def test_pieces_become_the_clip_whatever_is_sent_twice(call, folder, tmp_path, kind):
    data = browser_clip(tmp_path / "sent", kind)
    cuts = [0, 1000, 1001, len(data) // 2, len(data)]
    for a, b in itertools.pairwise(cuts):
        assert call("PUT", f"run/1?offset={a}", data[a:b]) == (200, {"size": b})
        assert call("PUT", f"run/1?offset={a}", data[a:b]) == (200, {"size": b}), "a piece sent again is acknowledged"
    assert call("PUT", f"run/1?offset={len(data) - 500}", data[-500:])[1]["size"] == len(data)
    (clip,) = folder.glob("run-1.*")
    assert clip.read_bytes() == data
    assert clip.suffix == kind
    status, answer = call("POST", f"run/1?size={len(data)}")
    assert status == 200
    assert answer["n_frames"] == 90
    assert answer["length_s"] == pytest.approx(3.0, abs=0.05)


def test_a_missing_piece_is_asked_for(call, tmp_path):
    data = browser_clip(tmp_path / "sent", ".mp4")
    call("PUT", "run/1?offset=0", data[:1000])
    status, answer = call("PUT", "run/1?offset=2000", data[2000:])
    assert (status, answer["size"]) == (409, 1000)
    status, answer = call("POST", f"run/1?size={len(data)}")
    assert (status, answer["size"]) == (409, 1000)


@pytest.mark.parametrize("kind", [".mp4", ".webm"])
def test_a_closed_tab_leaves_a_clip(call, folder, tmp_path, kind):
    data = browser_clip(tmp_path / "sent", kind)
    call("PUT", "run/1?offset=0", data[: len(data) * 2 // 3])
    clip = recordings.takes(folder)["run"]
    assert 1.2 < clip.length_s < 2.2
    assert sum(1 for _ in frames(open_clip(clip.path))) >= clip.n_frames - 1


def test_what_is_no_video_is_refused_by_its_content(call, folder):
    for data in (b"\xff\xd8\xff\xe0 a picture", b"GET / HTTP/1.1", b"MZ\x90\x00", b"\0" * 64):
        assert call("PUT", "run/1?offset=0", data)[0] == 415
    assert list(folder.iterdir()) == []
    nonsense = b"\x1a\x45\xdf\xa3 and then nonsense"
    call("PUT", "run/1?offset=0", nonsense)
    status, answer = call("POST", f"run/1?size={len(nonsense)}")
    assert status == 422
    assert answer["message"]
    assert recordings.takes(folder) == {}


def test_only_the_own_page_with_its_ticket_gets_through(call, ticket):
    for who in ("x" * 32, "..", "%2e%2e", ticket[:-1]):
        assert call("PUT", "run/1?offset=0", b"\x1a\x45\xdf\xa3", who=who)[0] in (403, 404)
    assert call("PUT", "run/1?offset=0", b"\x1a\x45\xdf\xa3", {"origin": "https://elsewhere.example"})[0] == 403
    assert call("PUT", "run/1?offset=0", b"\x1a\x45\xdf\xa3", {"origin": "http://store:8501"})[0] == 200


def test_tickets_cannot_be_read_off_the_disk(own, ticket, folder):
    assert ticket not in str(folder)
    assert own.recordings.new_ticket() != ticket


@pytest.mark.parametrize("path", ["walk/1?offset=0", "run/1?offset=-1", "run/1?offset=x", "run/1000?offset=0", "run/1"])
def test_nonsense_is_refused(call, folder, path):
    assert call("PUT", path, b"\x1a\x45\xdf\xa3")[0] == 400
    assert list(folder.iterdir()) == []


def test_a_recording_without_end_is_stopped_and_kept(call, folder, tmp_path, monkeypatch):
    data = browser_clip(tmp_path / "sent", ".mp4")
    monkeypatch.setattr(recordings, "MAX_BYTES", len(data) // 2)
    assert call("PUT", "run/1?offset=0", data[: len(data) // 2])[0] == 200
    status, answer = call("PUT", f"run/1?offset={len(data) // 2}", data[len(data) // 2 :])
    assert status == 413
    assert "kept" in answer["message"]
    assert "run" in recordings.takes(folder)
    monkeypatch.setattr(routes, "MAX_PIECE_BYTES", 1000)
    assert call("PUT", f"run/1?offset={len(data) // 2}", data[:5000])[0] == 413


def test_a_full_disk_keeps_what_was_there(call, folder, tmp_path, monkeypatch):
    data = browser_clip(tmp_path / "sent", ".mp4")
    half = len(data) // 2
    call("PUT", "run/1?offset=0", data[:half])
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    status, answer = call("PUT", f"run/1?offset={half}", data[half:])
    assert (status, answer["size"]) == (507, half)
    assert "full" in answer["message"]
    (path,) = folder.glob("run-1.*")
    assert path.stat().st_size == half
    monkeypatch.undo()
    assert call("PUT", f"run/1?offset={half}", data[half:])[0] == 200


def test_the_latest_take_counts_unless_it_was_cut_off(own, folder, call, tmp_path):
    for number, length in ((1, 2.0), (2, 3.0), (3, 0.5)):
        (folder / f"run-{number}.mp4").write_bytes(browser_clip(tmp_path / "sent", ".mp4", length))
    assert recordings.takes(folder)["run"].path.name == "run-2.mp4"
    assert call("GET", "run") == (200, {"take": 4})
    own.recordings.drop_replaced(folder, "run")
    assert sorted(p.name for p in folder.glob("run-*")) == ["run-2.mp4", "run-3.mp4"]


# -- tracking while recording ------------------------------------------------------------------------------------------

BEGIN = HeadStart.begin


@pytest.fixture
def followed(own, monkeypatch):
    """Clips are followed while they come, by a tracker that sees nobody, at once."""
    monkeypatch.setattr(HeadStart, "begin", BEGIN)
    use_canned(monkeypatch)
    return own.followed._running


def used(own, path):
    """Whether an analysis would take over what was tracked of the file."""
    during = own.followed.take(path, Choices().pose)
    found = during.finished(open_clip(path), None, None) if during else None
    if found:
        found[1].close()
    return found is not None


@pytest.mark.parametrize("kind", [".mp4", ".webm"])
@pytest.mark.parametrize("part", ["standing", "run"])
def test_a_clip_is_tracked_while_its_pieces_come(own, call, folder, tmp_path, followed, kind, part):
    data = browser_clip(tmp_path / "sent", kind)
    cuts = [0, 1500, len(data) // 3, len(data) // 2, len(data)]
    for a, b in itertools.pairwise(cuts):
        assert call("PUT", f"{part}/1?offset={a}", data[a:b])[0] == 200
        time.sleep(0.1)
    path = folder / f"{part}-1{kind}"
    assert path in followed
    assert followed[path]._thread.is_alive(), "more may come"
    assert call("POST", f"{part}/1?size={len(data)}")[0] == 200
    assert used(own, path)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_on_the_same_computer_tracking_waits_for_the_end(own, call, folder, tmp_path, followed, host):
    """The browser needs the cores for the recording itself."""
    data = browser_clip(tmp_path / "sent", ".mp4")
    here = {"client": (host, 5)}
    for part in ("standing", "run"):
        for a, b in ((0, 1500), (1500, len(data))):
            assert call("PUT", f"{part}/1?offset={a}", data[a:b], **here)[0] == 200
        assert not followed
        assert call("POST", f"{part}/1?size={len(data)}", **here)[0] == 200
    assert list(followed) == [folder / "run-1.mp4"]
    call("PUT", "run/2?offset=0", data[:1500], **here)
    assert not followed, "the retake needs them again"
    call("PUT", "run/2?offset=1500", data[1500:], **here)
    call("POST", f"run/2?size={len(data)}", **here)
    assert used(own, folder / "run-2.mp4")


def test_a_retake_takes_the_place_of_its_own_part_only(own, call, folder, tmp_path, followed):
    data = browser_clip(tmp_path / "sent", ".mp4")
    for part, take in (("standing", 1), ("run", 1), ("run", 2)):
        call("PUT", f"{part}/{take}?offset=0", data)
        call("POST", f"{part}/{take}?size={len(data)}")
    assert sorted(p.name for p in followed) == ["run-2.mp4", "standing-1.mp4"]
    assert used(own, folder / "standing-1.mp4")
    assert used(own, folder / "run-2.mp4")


def test_an_analysis_does_not_wait_for_pieces_of_a_closed_tab(own, call, folder, tmp_path, followed):
    data = browser_clip(tmp_path / "sent", ".mp4")
    call("PUT", "run/1?offset=0", data[: len(data) * 2 // 3])
    (path,) = folder.glob("run-1.*")
    own.head_start.settle(folder)
    followed[path]._thread.join(10)
    assert not followed[path]._thread.is_alive()


def test_a_head_start_that_fails_costs_no_piece(call, folder, tmp_path, followed, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no model, no memory, anything")

    monkeypatch.setattr("gait.pipeline.track_while_recorded", broken)
    data = browser_clip(tmp_path / "sent", ".mp4")
    assert call("PUT", "run/1?offset=0", data)[0] == 200
    assert call("POST", f"run/1?size={len(data)}")[0] == 200


def test_heels_are_remembered_of_the_standing_clip_only(own, tmp_path, monkeypatch):
    given = {}
    monkeypatch.setattr(
        "gait.pipeline.track_while_recorded", lambda _, path, __, standing: given.update({path.name: standing})
    )
    for name in ("standing-1.webm", "run-1.webm", "run-12.mp4"):
        BEGIN(own.head_start, tmp_path / name, lambda: True)
    assert given == {"standing-1.webm": True, "run-1.webm": False, "run-12.mp4": False}


def test_the_stores_camera_is_tracked_while_it_records(own, folder, call, followed):
    call("POST", "camera/open", json.dumps({"address": f"file:{STANDING}"}).encode())
    try:
        for take in (1, 2):
            assert call("POST", "camera/begin", b'{"part": "run"}')[0] == 200
            for _ in range(200):
                if call("GET", "camera/status")[1]["phase"] == "ready":
                    break
                time.sleep(0.1)
            assert [p.name for p in followed] == [f"run-{take}.mp4"]
    finally:
        call("POST", "camera/close", b"{}")
    assert used(own, folder / "run-2.mp4")


# -- the guide ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pictures():
    clip = open_clip(STANDING)
    return [f.image for f in stills(clip, np.array([20, 90, 160]), max_side_px=640)]


def advice_for(pictures, change, rate_hz=60.0, factor=2):
    guide = framing.Guide(StillTracker())
    for k, picture in enumerate(pictures):
        changed = np.ascontiguousarray(change(picture))
        height, width = changed.shape[:2]
        seen = guide.look(float(k), changed, (width * factor, height * factor), rate_hz)
    return seen


def turned(picture, deg):
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), deg, 1.0)
    return cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def test_a_good_picture_needs_no_advice(pictures):
    seen = advice_for(pictures, lambda p: p)
    assert seen.advice == ()
    assert seen.landmarks.shape == (33, 2)


@pytest.mark.parametrize(
    ("change", "rate_hz", "code", "told"),
    [
        (lambda p: p[: int(0.80 * len(p))], 60.0, "feet_out_of_view", "until both feet are visible"),
        (lambda p: p // 8, 60.0, "too_dark", "Too dark"),
        (lambda p: turned(p, 7), 60.0, "camera_rolled", "rolled by about"),
        (lambda p: np.full_like(p, 128), 60.0, "no_runner", "Nobody is seen whole"),
        (lambda p: p, 30.0, "slow", "only 30 frames per second"),
        (lambda p: (p * 0.3).astype(np.uint8), 30.0, "slow", "too dark for more"),
    ],
)
def test_the_guide_says_what_to_change(pictures, change, rate_hz, code, told):
    seen = advice_for(pictures, change, rate_hz)
    assert code in seen.codes
    assert any(told in words.sentence(one) for one in seen.advice), seen.advice


def test_the_guide_answers_the_page(call, pictures):
    packed = cv2.imencode(".jpg", cv2.cvtColor(pictures[0], cv2.COLOR_RGB2BGR))[1].tobytes()
    status, answer = call("POST", "look?width=720&height=1280&rate=60", packed)
    assert status == 200
    assert answer["advice"] == []
    assert len(answer["landmarks"]) == 33
    assert call("POST", "look?width=720&height=1280", b"not a picture")[0] == 415
    assert call("POST", "look?width=720", packed)[0] == 400


# -- the store's camera ------------------------------------------------------------------------------------------------


def test_no_other_file_of_the_computer_can_be_opened_as_a_camera(call):
    for what in ("open", "modes"):
        status, answer = call("POST", f"camera/{what}", json.dumps({"address": f"file:{ROOT}/README.md"}).encode())
        assert status == 409
        assert answer["code"] == "camera_missing"


def test_the_stores_camera_records_to_the_visits_folder(own, folder, call):
    listed = call("GET", "camera/list")[1]["cameras"]
    assert call("POST", "camera/open", json.dumps({"address": listed[-1]["address"]}).encode())[0] == 200
    try:
        other = own.recordings.new_ticket()
        assert call("GET", "camera/status", who=other)[0] == 409
        assert call("POST", "camera/begin", b'{"part": "run"}')[0] == 200
        for _ in range(200):
            status, now = call("GET", "camera/status")
            assert status == 200
            if now["phase"] == "ready":
                break
            time.sleep(0.1)
        assert now["fault"] is None
        assert now["takes"]["run"]["length_s"] == pytest.approx(1.0, abs=0.1)
        assert recordings.takes(folder)["run"].n_frames == now["takes"]["run"]["n_frames"]
    finally:
        call("POST", "camera/close", b"{}")
    assert call("GET", "camera/status")[0] == 409


def test_a_camera_nobody_watches_is_let_go(own, folder, ticket, monkeypatch):
    monkeypatch.setattr(studio, "UNWATCHED_S", 0.2)
    monkeypatch.setattr(studio, "LOOK_EVERY_S", 0.1)
    room = own.studio
    room.open(ticket, folder, f"file:{STANDING}", studio.capture.Mode())
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            room.session(ticket)
        except GaitError:
            return
        time.sleep(0.1)
    pytest.fail("the camera is still open")


# -- the page ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pages(reports):
    """The pages' own engine keeps its files here."""
    engine.clear()
    yield
    engine.clear()


def record_page():
    def run():
        from gait.ui.pages import record

        record.show()

    app = AppTest.from_function(run, default_timeout=PAGE_TIMEOUT_S).run()
    assert not app.exception, app.exception
    return app


def put_clips(folder, tmp_path, *parts):
    for part in parts:
        (folder / f"{part}-1.mp4").write_bytes(browser_clip(tmp_path / "sent", ".mp4"))


def test_the_form_comes_with_the_first_clip_and_needs_the_run(pages, tmp_path):
    app = record_page()
    assert not app.button
    folder = engine().recordings.folder_of(app.session_state["record_ticket"])
    put_clips(folder, tmp_path, "standing")
    assert app.run().button(key="record_go").disabled
    put_clips(folder, tmp_path, "run")
    assert not app.run().button(key="record_go").disabled


@pytest.mark.parametrize("fails", [False, True])
def test_the_clips_go_to_the_analysis_and_stay_when_it_fails(pages, tmp_path, monkeypatch, fails, reports):
    asked = []

    def work(clip, out, choices, progress, cancelled, published, pictured, followed):
        asked.append((clip.name, choices.standing.name, choices.speed_kmh, choices.runner))
        if fails:
            raise GaitError("The disk is full.")
        out.mkdir(parents=True)
        (out / "analysis.json").write_text("{}")

    pretend(monkeypatch, work)
    went = []
    monkeypatch.setattr("gait.ui.nav.go", lambda name, **query: went.append((name, query)))
    app = record_page()
    folder = engine().recordings.folder_of(app.session_state["record_ticket"])
    put_clips(folder, tmp_path, "standing", "run")
    app.run()
    app.text_input(key="record_runner").input("Robin")
    app.number_input(key="record_speed").set_value(9.5)
    app.button(key="record_go").click().run()
    assert not app.exception
    assert asked == [("run-1.mp4", "standing-1.mp4", 9.5, "Robin")]
    job = engine().jobs.get(went[0][1]["job"])
    assert went[0][0] == "new"
    assert job.wait(10)
    until = time.monotonic() + 10
    while time.monotonic() < until and (folder.exists() if not fails else (folder / recordings.HANDED_OVER).exists()):
        time.sleep(0.05)
    assert folder.exists() == fails, "a recording goes once there is a result, not before"


def test_a_recording_cut_short_by_a_closed_tab_is_offered_later(pages, tmp_path, monkeypatch):
    folder = engine().recordings.folder_of(engine().recordings.new_ticket())
    put_clips(folder, tmp_path, "run")
    assert "Not analysed yet" not in text(record_page()), "it may still be arriving"
    monkeypatch.setattr(recordings, "BUSY_S", -1.0)
    app = record_page()
    assert "Not analysed yet: 3.0 s running" in text(app)
    app.button(key=f"drop-{folder.name}").click().run()
    assert not folder.exists()


# -- a real browser ----------------------------------------------------------------------------------------------------

FAKE_FRAMES, FAKE_HZ, BITS, BLOCK_PX = 240, 30, 8, 30


@pytest.fixture(scope="module")
def fake_camera(tmp_path_factory):
    """Pictures that carry their own number in eight black or white squares."""
    path = tmp_path_factory.mktemp("fake") / "camera.mjpeg"
    backdrop = cv2.GaussianBlur(np.random.default_rng(5).integers(60, 200, (320, 240, 3), dtype=np.uint8), (0, 0), 3)
    with path.open("wb") as out:
        for k in range(FAKE_FRAMES):
            picture = backdrop.copy()
            for bit in range(BITS):
                x = bit * BLOCK_PX
                picture[:BLOCK_PX, x : x + BLOCK_PX] = 255 if k >> bit & 1 else 0
            out.write(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    return path


NOTE_WISHES = """
window.wishes = [];
const media = navigator.mediaDevices, lend = media?.getUserMedia.bind(media);
if (media) media.getUserMedia = (asked) => { window.wishes.push(asked.video); return lend(asked); };
const apply = MediaStreamTrack.prototype.applyConstraints;
MediaStreamTrack.prototype.applyConstraints = function (asked) { window.wishes.push(asked); return apply.call(this, asked); };
"""


def number_of(picture):
    blocks = picture[: BLOCK_PX - 8, : BITS * BLOCK_PX].mean(axis=(0, 2)).reshape(BITS, BLOCK_PX)[:, 8:-8].mean(axis=1)
    return sum(1 << bit for bit in range(BITS) if blocks[bit] > 128)


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory):
    """(address, reports folder) of a running dashboard that records 1 s standing and 6 s running."""
    if chromium_path() is None:
        pytest.skip("no Chromium on this computer: install the package 'chromium' to run the browser tests")
    folder = tmp_path_factory.mktemp("dashboard")
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    own = {"GAIT_REPORTS_DIR": str(folder), SECONDS_VARIABLE: "1,6", VIRTUAL_CAMERA_VARIABLE: str(STANDING)}
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), f"--server.port={port}"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=log, stderr=log)
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2).close()
                    break
                except OSError:
                    assert server.poll() is None, (folder / "server.log").read_text()
                    time.sleep(0.25)
            yield f"http://localhost:{port}", folder
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="module")
def tablet(tmp_path_factory, fake_camera):
    """A browser with a camera fed from the numbered pictures."""
    from playwright.sync_api import sync_playwright

    flags = [
        *FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={fake_camera}",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")),
            executable_path=chromium_path(),
            args=flags,
            viewport={"width": 1180, "height": 820},
        )
        yield context
        context.close()


@pytest.fixture
def page(dashboard, tablet):
    page = tablet.new_page()
    page.set_default_timeout(90_000)
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    yield page
    page.close()
    assert faults == []


def take(page, part):
    card = page.locator(f".take[data-part={part}]")
    card.get_by_role("button").click()
    page.locator(f".take.done[data-part={part}]").wait_for()
    return card.locator("p").inner_text()


def visits(folder):
    return sorted((folder / ".uploads").glob("rec-*"), key=lambda p: p.stat().st_mtime)


@pytest.mark.browser
def test_a_browsers_recording_reaches_the_disk_complete(page, dashboard):
    address, folder = dashboard
    page.goto(f"{address}/record")
    page.locator(".advice li", has_text="Nobody is seen whole").wait_for()
    page.locator(".truth b", has_text="240 x 320").wait_for()
    take(page, "standing")
    said = take(page, "run")
    clips = recordings.takes(visits(folder)[-1])
    assert clips["standing"].length_s == pytest.approx(1.2, abs=0.4)
    run = open_clip(clips["run"].path)
    assert f"{run.n_frames} frames" in said
    assert 6.0 <= run.duration_s < 7.0
    numbers = np.array([number_of(f.image) for f in frames(run)])
    assert len(numbers) == run.n_frames
    # Pictures the camera sent between the first and the last on the disk; each must be there, once.
    steps = np.diff(numbers) % FAKE_FRAMES
    assert run.n_frames - 1 >= 0.98 * steps.sum(), f"{steps.sum() + 1 - run.n_frames} of {steps.sum() + 1} frames lost"
    # Each at its time: the camera sends 30 a second, as far as a busy computer lets it.
    times = np.concatenate([[0], np.cumsum(steps)]) / FAKE_HZ
    slope = np.polyfit(times, run.times_s, 1)[0]
    assert slope == pytest.approx(1.0, abs=0.15)
    page.get_by_role("button", name="Analyse the run").wait_for()
    for clip in clips.values():
        check_followed(clip.path)


def check_followed(path):
    """The browser's file, followed while it grows, gives the frames of the finished one."""
    growing = path.with_name(f"growing{path.suffix}")
    recorder = Recorder(growing, path.read_bytes(), chunk=30_000)
    found = [f.time_s for f in follow(growing, recorder.done.is_set, lambda: False, max_side_px=320)]
    np.testing.assert_array_equal(found, open_clip(path).times_s)


@pytest.mark.browser
def test_a_tab_closed_while_recording_leaves_its_clip(page, dashboard):
    address, folder = dashboard
    page.add_init_script(NOTE_WISHES)
    page.goto(f"{address}/record")
    page.locator(".truth b").wait_for()
    wishes = page.evaluate("window.wishes")
    assert wishes
    assert all(w["resizeMode"] == {"ideal": "none"} for w in wishes), (
        "an upright camera would be cut to the wished shape"
    )
    first = take(page, "standing")
    page.locator(".take[data-part=standing]").get_by_role("button", name="Record again").click()
    page.locator(".stage.live").wait_for()
    page.locator(".take.done[data-part=standing] p", has_text="frames").wait_for()
    assert first
    assert recordings.takes(visits(folder)[-1])["standing"].path.stem == "standing-2"
    page.locator(".take[data-part=run]").get_by_role("button").click()
    page.locator(".stage.live").wait_for()
    page.wait_for_timeout(4000)
    page.goto("about:blank")
    clip = recordings.takes(visits(folder)[-1])["run"]
    assert clip.length_s > 1.0


@pytest.mark.browser
def test_a_lost_network_delays_and_loses_nothing(page, dashboard):
    address, folder = dashboard
    page.goto(f"{address}/record")
    page.locator(".truth b").wait_for()
    cut = SimpleNamespace(count=0)

    def sometimes(route):
        cut.count += 1
        if cut.count in (2, 3, 5):
            route.abort()
        else:
            route.continue_()

    page.route(re.compile(r"/api/record/[\w-]+/run/\d+"), sometimes)
    take(page, "run")
    assert cut.count > 5
    run = open_clip(recordings.takes(visits(folder)[-1])["run"].path)
    numbers = np.array([number_of(f.image) for f in frames(run)])
    steps = np.diff(numbers) % FAKE_FRAMES
    assert run.n_frames - 1 >= 0.98 * steps.sum()
    assert run.duration_s >= 6.0


@pytest.mark.browser
def test_an_insecure_page_says_why_there_is_no_camera(page, dashboard):
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(f"{dashboard[0]}/record")
    page.locator(".wait", has_text="https").wait_for()
    assert page.locator(".take[data-part=run] button").is_disabled()


@pytest.mark.browser
def test_the_stores_camera_is_seen_and_recorded_from_the_page(page, dashboard):
    address, folder = dashboard
    page.goto(f"{address}/record")
    page.locator(".truth b").wait_for()
    page.get_by_text("A camera on the store's computer").click()
    page.locator(".advice li.good").wait_for()
    said = take(page, "standing")
    clip = recordings.takes(visits(folder)[-1])["standing"]
    assert f"{clip.n_frames} frames" in said
    assert open_clip(clip.path).width_px == 720
