"""The pictures of the heels: light, contrast, blur."""

import cv2
import numpy as np
import pytest

from gait import quality
from gait.model import Crop
from tests.builders.drawn import HEIGHT, HIPS, STANDING, WIDTH, codes, person, smoothed, steps, tracked


class Painted:
    """LegPictures of one picture at every frame."""

    def __init__(self, image):
        self.image = image

    def crop(self, frame):
        """The picture."""
        return Crop(self.image, 0, 0)

    def crops(self, frames):
        """The picture for each frame."""
        return ((int(f), self.crop(int(f))) for f in frames)


def heels(light: float = 150.0, contrast: float = 1.0, blur_px: float = 0.7):
    """A shoe of `light` with a dark sole, either foot, on a floor whose grey differs from it by `contrast`."""
    grey = np.full((HEIGHT, WIDTH), light * (1 - 0.6 * contrast))
    for x in (STANDING["heel"][0], -STANDING["heel"][0]):
        cx, cy = int(HIPS[0] + x), int(HIPS[1] + STANDING["heel"][1])
        grey[cy - 160 : cy + 20, cx - 30 : cx + 30] = light
    grey = cv2.GaussianBlur(grey, (0, 0), blur_px)
    return Painted(np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2))


def looked(pictures):
    t = tracked(person(480))
    return quality.check_legs(pictures, smoothed(t), steps(9, 9))


def test_heels_in_good_light():
    assert looked(heels()) == ()


@pytest.mark.parametrize(("light", "told"), [(32, True), (40, False)])
def test_dark_heels(light, told):
    found = [f for f in looked(heels(light=light)) if f.code == "heel_dark"]
    assert len(found) == (2 if told else 0)


@pytest.mark.parametrize(("contrast", "told"), [(0.02, True), (0.3, False)])
def test_heels_without_contrast(contrast, told):
    assert ("heel_flat" in codes(looked(heels(contrast=contrast)))) is told


@pytest.mark.parametrize(("blur", "told"), [(3.0, False), (5.5, True)])
def test_blurred_heels(blur, told):
    # The limit is 2 % of a shank of 200 px: 4 px.
    assert ("heel_blurred" in codes(looked(heels(blur_px=blur)))) is told


def test_no_steps_no_heels():
    t = tracked(person(480))
    assert quality.check_legs(heels(), smoothed(t), steps(0, 0)) == ()
