"""The file and its pictures: every limit from both sides."""

import cv2
import numpy as np
import pytest

from gait import quality
from gait.quality import picture
from gait.quality.picture import edge_blur_px
from tests.builders.drawn import codes, timed


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
