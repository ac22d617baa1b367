"""What the guide says about a picture."""

import cv2
import numpy as np
import pytest

from gait import framing, words
from gait.clip import open_clip, stills
from gait.pose import StillTracker
from gait.services import recordings
from tests.integration.recording.sent import STANDING


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


def test_a_picture_is_measured_before_it_is_unpacked(call, monkeypatch):
    """A megabyte of JPEG can hold more pixels than the computer has memory."""
    small = cv2.imencode(".jpg", np.zeros((640, 360, 3), np.uint8))[1].tobytes()
    at = small.index(b"\xff\xc0")  # the frame's header: length, bits, height, width
    huge = small[: at + 5] + (30_000).to_bytes(2, "big") * 2 + small[at + 9 :]
    monkeypatch.setattr(recordings.cv2, "imdecode", lambda *_: pytest.fail("it was unpacked"))
    for data in (huge, huge[:200], b"\xff\xd8\xff", b"\xff\xd8\xff" + b"\xff\xe1\xff\xff" * 1000):
        assert call("POST", "look?width=720&height=1280", data)[0] == 415


def test_a_picture_that_is_sent_over_and_over_is_not_unpacked(call, monkeypatch):
    """5,000 scans of a picture, 80 kB, took two thirds of a second of a core; 2 MB would take minutes."""
    grey = np.full((640, 360, 3), 128, np.uint8)
    whole = cv2.imencode(".jpg", grey)[1].tobytes()
    layers = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    scan = whole[whole.index(b"\xff\xda") : -2]
    monkeypatch.setattr(recordings.cv2, "imdecode", lambda *_: pytest.fail("it was unpacked"))
    for data in (layers, whole[:-2] + scan * 3 + whole[-2:]):
        assert call("POST", "look?width=720&height=1280", data)[0] == 415
    assert recordings.jpeg_size_px(whole) == (360, 640)
    assert recordings.jpeg_size_px(whole[:-2] + scan * 2 + whole[-2:]) == (360, 640), "one scan a colour is usual"
