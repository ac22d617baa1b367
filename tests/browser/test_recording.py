"""Recording in a real browser with a made-up camera: what it sends reaches the disk complete."""

import re
import shutil
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from gait.clip import follow, frames, open_clip
from gait.services import recordings
from gait.services.settings import SECONDS_VARIABLE, VIRTUAL_CAMERA_VARIABLE
from gait.words import phrase
from tests.builders.browser import FLAGS, chromium_path
from tests.builders.browser import dashboard as served
from tests.builders.recorder import Recorder
from tests.integration.recording.sent import STANDING

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
    folder = tmp_path_factory.mktemp("dashboard")
    own = {SECONDS_VARIABLE: "1,6", VIRTUAL_CAMERA_VARIABLE: str(STANDING)}
    with served(folder, **own) as address:
        yield address, folder


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
    """By their clips' time: the page keeps pictures beside the clips of earlier visits."""

    def last_clip(visit):
        return max((p.stat().st_mtime for p in visit.iterdir() if p.suffix in (".mp4", ".webm")), default=0.0)

    return sorted((folder / ".uploads").glob("rec-*"), key=last_clip)


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
    page.get_by_role("button", name="Analyse the run", disabled=False).first.wait_for()
    for clip in clips.values():
        check_followed(clip.path)


HOLD_PICTURES = """
const pack = HTMLCanvasElement.prototype.toBlob;
window.held = [];
HTMLCanvasElement.prototype.toBlob = function (...given) {
  if (window.holding) window.held.push(() => pack.apply(this, given)); else pack.apply(this, given);
};
"""
"""While `window.holding` no picture for the guide is packed to its end."""


@pytest.mark.browser
def test_a_page_that_was_left_asks_nothing_of_a_recording_that_was_handed_over(page, dashboard):
    address, folder = dashboard
    page.add_init_script(HOLD_PICTURES)
    page.goto(f"{address}/record")
    take(page, "run")
    (clip,) = recordings.takes(visits(folder)[-1]).values()
    page.evaluate("() => { window.holding = true; }")
    while not page.evaluate("window.held.length"):  # until a look has begun
        page.wait_for_timeout(100)
    asked = []
    page.on("request", lambda one: asked.append(one.url) if one.url.split("?")[0].endswith("/look") else None)
    page.get_by_role("button", name="Analyse the run", disabled=False).first.click()
    while clip.path.exists():  # nobody is seen in it: it goes with its analysis
        page.wait_for_timeout(100)
    page.evaluate("() => { window.holding = false; for (const go of window.held) go(); }")
    page.wait_for_timeout(2500)  # longer than from one look to the next
    assert asked == []


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
def test_a_waiting_run_can_be_analysed_without_scrolling(page, dashboard):
    """On a small phone, a tablet and a desk: the button is the next thing, whatever is typed beside it."""
    address, folder = dashboard
    others = set((folder / ".uploads").glob("rec-*"))
    page.goto(f"{address}/record")
    page.locator(".take[data-part=run]").wait_for()
    (own,) = set((folder / ".uploads").glob("rec-*")) - others
    shutil.copyfile(STANDING, own / "run-1.mp4")
    page.get_by_text(phrase("source-computer")).click()  # the page runs again
    analyse = page.locator(".st-key-record_go button:not([disabled])")
    analyse.wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    for width, height in ((320, 568), (820, 1180), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(500)
        box = analyse.bounding_box()
        assert box["y"] + box["height"] <= height, f"{width} px: {box}"
        assert box["x"] + box["width"] <= width


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 820])
def test_what_is_said_where_there_is_no_picture_lies_within_it(page, dashboard, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(f"{dashboard[0]}/record")
    page.locator(".stage .wait", has_text="https").wait_for()
    said, stage = page.locator(".stage .wait"), page.locator(".stage")
    said.evaluate("e => { e.textContent = 'rtsp://user:password@192.168.178.120:8554/a/name/without/any/blank'; }")
    inside, outside = said.bounding_box(), stage.bounding_box()
    assert inside["x"] >= outside["x"]
    assert inside["x"] + inside["width"] <= outside["x"] + outside["width"]


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
