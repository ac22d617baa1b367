"""The lower legs as a lens that bends nothing would show them."""

from collections.abc import Iterator

import cv2
import numpy as np

from gait.lens import Lens
from gait.model import Crop, Floats, Ints, LegPictures

ALONG = 9
"""Points along each side of a crop whose straight places bound it."""


class StraightLegPictures:
    """`LegPictures` with the lens taken out: crops and their places are those of the straight picture.

    What a lens makes small is enlarged by as much; a straight crop's corners that were in no crop go on in the rim's colours.
    """

    def __init__(self, pictures: LegPictures, lens: Lens) -> None:
        """Of these pictures, which must stay open; `lens` is of their clip's size."""
        self._pictures = pictures
        self._lens = lens

    def crop(self, frame: int) -> Crop | None:
        """See `gait.model.LegPictures`."""
        return self._straight(self._pictures.crop(frame))

    def crops(self, frames: Ints) -> Iterator[tuple[int, Crop | None]]:
        """See `gait.model.LegPictures`."""
        return ((frame, self._straight(crop)) for frame, crop in self._pictures.crops(frames))

    def luma(self, frames: Ints) -> Iterator[tuple[int, Crop | None]]:
        """See `gait.model.LegPictures`."""
        return ((frame, self._straight(crop)) for frame, crop in self._pictures.luma(frames))

    def _straight(self, crop: Crop | None) -> Crop | None:
        if crop is None:
            return None
        high, wide = crop.image.shape[:2]
        share = np.linspace(0, 1, ALONG)
        rim = np.concatenate([np.stack([x, y], axis=1) for x, y in _sides(share)])
        bounds = self._lens.straight(np.array([crop.x0_px, crop.y0_px]) + rim * np.array([wide, high]))
        x0, y0 = np.floor(bounds.min(axis=0)).astype(int).tolist()
        x1, y1 = np.ceil(bounds.max(axis=0)).astype(int).tolist()
        # picture coordinates put the centre of the first pixel at 0.5, array indices at 0
        grid = np.stack(np.meshgrid(np.arange(x0, x1) + 0.5, np.arange(y0, y1) + 0.5), axis=-1)
        seen = (self._lens.seen(grid) - (crop.x0_px + 0.5, crop.y0_px + 0.5)).astype(np.float32)
        image = cv2.remap(crop.image, seen[..., 0], seen[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return Crop(np.asarray(image, np.uint8), x0, y0)


def _sides(share: Floats) -> list[tuple[Floats, Floats]]:
    """Left, right, top and bottom of a unit square."""
    none, whole = np.zeros_like(share), np.ones_like(share)
    return [(none, share), (whole, share), (share, none), (share, whole)]
