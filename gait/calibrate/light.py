"""How the page is lit, by its bare paper."""

from collections.abc import Sequence

import cv2
import numpy as np

from gait import ruler
from gait.calibrate.page import GreyPicture, PagePlace
from gait.calibration import Light

HALF_MM, STEPS = 2.0, 5
"""Half of the side of the square that is looked at in each place, and points along it."""


def read_light(pictures: Sequence[GreyPicture], places: Sequence[PagePlace]) -> Light:
    """The median over pictures, in each place.

    Args:
        pictures: at least one.
        places: where the page is in each.
    """
    steps = np.linspace(-HALF_MM, HALF_MM, STEPS)
    square = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    points = np.array(ruler.WHITE_MM)[:, None] + square
    levels = []
    for picture, place in zip(pictures, places, strict=True):
        at = (place.px(points) - 0.5).astype(np.float32)
        levels.append(np.median(cv2.remap(picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR), axis=1))
    paper = np.median(np.array(levels, float), axis=0)
    return Light(float(np.median(paper)), float(paper.min()), float(paper.max()))
