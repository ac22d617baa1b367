"""Crops without the lens, against the picture that it bent."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from gait.clip import StraightLegPictures
from gait.lens import Lens
from gait.model import Crop, Ints

WIDE, HIGH = 360, 640
LENS = Lens(-0.15, WIDE, HIGH)


def room() -> np.ndarray:
    """A smooth picture in which every place looks different."""
    noise = np.random.default_rng(3).uniform(0, 255, (HIGH + 200, WIDE + 200, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 8)
    return np.clip(128 + (smooth - smooth.mean()) * 12, 0, 255).astype(np.uint8)


def at(picture: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The picture, which reaches 100 pixels beyond the frame, at those places of the frame."""
    maps = (places + 99.5).astype(np.float32)
    return cv2.remap(picture, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR)


class Bent:
    """The legs' part of that picture, seen through the lens."""

    def __init__(self) -> None:
        grid = np.stack(np.meshgrid(np.arange(WIDE) + 0.5, np.arange(HIGH) + 0.5), axis=-1)
        self.image = at(room(), LENS.straight(grid))

    def crop(self, frame: int) -> Crop | None:
        """Of frame 0 alone."""
        return Crop(self.image[400:620, 100:300], 100, 400) if frame == 0 else None

    def crops(self, frames: Ints) -> Iterator[tuple[int, Crop | None]]:
        """One after the other."""
        return ((int(f), self.crop(int(f))) for f in frames)

    def luma(self, frames: Ints) -> Iterator[tuple[int, Crop | None]]:
        """Its green."""
        return ((f, None if c is None else Crop(c.image[..., 1], c.x0_px, c.y0_px)) for f, c in self.crops(frames))


def test_a_crop_is_that_of_the_straight_picture() -> None:
    crop = StraightLegPictures(Bent(), LENS).crop(0)
    assert crop is not None
    high, wide = crop.image.shape[:2]
    grid = np.stack(np.meshgrid(crop.x0_px + np.arange(wide) + 0.5, crop.y0_px + np.arange(high) + 0.5), axis=-1)
    seen = LENS.seen(grid)
    inside = ((seen > (101, 401)) & (seen < (299, 619))).all(axis=-1)
    off = np.abs(crop.image.astype(int) - at(room(), grid))[inside]
    assert off.mean() < 1.0
    assert off.max() <= 12


def test_it_holds_all_that_the_bent_one_held() -> None:
    crop = StraightLegPictures(Bent(), LENS).crop(0)
    assert crop is not None
    corners = LENS.straight(np.array([(100, 400), (300, 400), (100, 620), (300, 620)], float))
    low, high = np.array([crop.x0_px, crop.y0_px]), np.array(crop.image.shape[1::-1])
    assert (corners >= low).all()
    assert (corners <= low + high).all()


def test_brightness_is_straightened_alike_and_what_is_missing_stays_so() -> None:
    pictures = StraightLegPictures(Bent(), LENS)
    frames = np.array([0, 1])
    colour, grey = dict(pictures.crops(frames)), dict(pictures.luma(frames))
    assert colour[1] is None
    assert grey[1] is None
    assert colour[0] is not None
    assert grey[0] is not None
    assert np.array_equal(grey[0].image, colour[0].image[..., 1])
    assert (grey[0].x0_px, grey[0].y0_px) == (colour[0].x0_px, colour[0].y0_px)
    assert pictures.crop(1) is None


@pytest.mark.parametrize("frame", [0])
def test_a_lens_that_bends_nothing_changes_nothing(frame: int) -> None:
    crop, bent = StraightLegPictures(Bent(), Lens(0.0, WIDE, HIGH)).crop(frame), Bent().crop(frame)
    assert crop is not None
    assert bent is not None
    assert (crop.x0_px, crop.y0_px) == (bent.x0_px, bent.y0_px)
    assert np.array_equal(crop.image, bent.image)
