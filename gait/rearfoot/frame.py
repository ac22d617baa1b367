"""Cuts the two patches a leg is measured in, heel and shank, out of a picture at a scale that does not depend on the camera.

One leg length (ankle to knee, about 0.4 m) is `UNITS` patch pixels: 2 mm each, about the scale of a 720 x 1280 clip from 2.8 m.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gait.geometry import up_and_right
from gait.landmarks import Landmark, Side
from gait.model import Crop, Floats, Frozen
from gait.rearfoot.align import Matrix, Patch

Strip = NDArray[np.uint8]
"""(rows, columns, 3) a shank straightened, see `cut_shank`."""

UNITS = 200.0
"""Patch pixels per leg length."""
HEEL_HALF_WIDTH, HEEL_UP, HEEL_DOWN = 0.32, 0.46, 0.16
"""Reach of the heel picture round the sole's expected place, in leg lengths: the counter, plus room to search."""
SOLE_BELOW_ANKLE, SOLE_BELOW_HEEL, HEEL_SHARE = 0.25, 0.095, 0.7
"""Where the sole's back edge is, leg lengths below BlazePose's ankle (0.21-0.32 over eight rendered runners standing) and
its heel (0.06-0.13: the steadier of the two while standing, the noisier while running), and how much the heel says."""
HEEL_BLUR_PX = 1.2
"""Patch pixels: removes codec noise and aliasing, keeps a strip of 8 mm."""
SHANK_LOW, SHANK_HIGH, SHANK_STEP = 0.10, 0.72, 0.01
"""Rows of the shank strip, in standing leg lengths above the ankle: above the shoe's collar, below the knee's bulge even where
the shank leans away from the camera and looks a fifth shorter."""
SHANK_HALF_WIDTH, SHANK_COLUMN = 0.36, 0.005
"""Half-width of the shank strip and width of its columns, in leg lengths (a calf is 0.08-0.17 to each side)."""


CALF_LOW, CALF_HIGH, CALF_HALF_WIDTH = 0.08, 1.0, 0.2
"""Reach of the calf picture in which dots are looked for, leg lengths."""


@dataclass(frozen=True, eq=False)
class LegPoints(Frozen):
    """One leg's ankle and knee as the tracker sees them, lightly smoothed."""

    ankle_px: Floats
    """(n, 2)"""
    knee_px: Floats
    """(n, 2)"""
    heel_px: Floats
    """(n, 2)"""

    @classmethod
    def of(cls, points_px: Floats, side: Side) -> "LegPoints":
        """From (n, 33, 2) landmarks."""
        return cls(
            points_px[:, Landmark.of(side, "ankle")],
            points_px[:, Landmark.of(side, "knee")],
            points_px[:, Landmark.of(side, "heel")],
        )

    def sole_px(self, length_px: float) -> Floats:
        """(n, 2) about where the back edge of the sole is."""
        ankle = self.ankle_px + np.array([0.0, SOLE_BELOW_ANKLE * length_px])
        heel = self.heel_px + np.array([0.0, SOLE_BELOW_HEEL * length_px])
        return np.where(np.isfinite(heel), HEEL_SHARE * heel + (1 - HEEL_SHARE) * ankle, ankle)

    def length_px(self) -> float:
        """Median distance ankle-knee over the frames both are seen in; NaN when none."""
        lengths = np.linalg.norm(self.knee_px - self.ankle_px, axis=1)
        return float(np.nanmedian(lengths)) if np.isfinite(lengths).any() else float("nan")


@dataclass(frozen=True, eq=False)
class HeelPicture(Frozen):
    """The picture round one heel at patch scale."""

    image: NDArray[np.uint8]
    to_picture: Matrix
    """Patch pixel (index) -> picture coordinates."""

    def patch(self) -> Patch:
        """As floats for the fit."""
        return self.image.astype(np.float32)


def expected_heel(picture: HeelPicture) -> tuple[float, float]:
    """(x, y) where a heel picture expects the sole's back edge, patch pixels."""
    h, w = picture.image.shape[:2]
    return (w - 1) / 2, h * HEEL_UP / (HEEL_UP + HEEL_DOWN)


def cut_heel(crop: Crop, sole_px: Floats, length_px: float) -> HeelPicture:
    """The heel picture of one frame.

    Args:
        crop: the frame, or the part of it round the legs. Beyond its rim the rim's colours go on.
        sole_px: (2,) where the back edge of the sole is expected, picture coordinates. Must be finite.
        length_px: ankle to knee. The same for all frames of a clip, or heels would not be of one scale.
    """
    step = length_px / UNITS
    width, height = round(2 * HEEL_HALF_WIDTH * UNITS), round((HEEL_UP + HEEL_DOWN) * UNITS)
    origin = sole_px - step * np.array([(width - 1) / 2, HEEL_UP * UNITS])
    to_picture = np.array([[step, 0.0, origin[0]], [0.0, step, origin[1]]])
    image = _warp(crop, to_picture, (width, height), step)
    return HeelPicture(np.asarray(cv2.GaussianBlur(image, (0, 0), HEEL_BLUR_PX), np.uint8), to_picture)


def shank_rows() -> Floats:
    """(rows,) standing leg lengths above the ankle, top row first."""
    return np.arange(SHANK_LOW, SHANK_HIGH, SHANK_STEP)[::-1]


def shank_columns() -> Floats:
    """(columns,) leg lengths to the picture's right of the ankle-knee line."""
    return np.arange(-SHANK_HALF_WIDTH, SHANK_HALF_WIDTH + SHANK_COLUMN / 2, SHANK_COLUMN)


def cut_shank(crop: Crop, ankle_px: Floats, knee_px: Floats, length_px: float) -> NDArray[np.uint8]:
    """The shank straightened along the line ankle-knee, at the scale of `length_px` both ways.

    Args:
        crop: as in `cut_heel`.
        ankle_px: (2,) picture coordinates, finite.
        knee_px: (2,) likewise; only the direction from the ankle counts.
        length_px: ankle to knee when standing.

    Returns:
        (rows, columns, 3) grey levels. Rows as `shank_rows`, the top first; columns as `shank_columns`, the picture's left first.
    """
    up, right = up_and_right(ankle_px, knee_px)
    rows, columns = shank_rows(), shank_columns()
    start = ankle_px + (rows[0] * up + columns[0] * right) * length_px
    to_picture = np.column_stack([right * SHANK_COLUMN * length_px, -up * SHANK_STEP * length_px, start])
    return _warp(crop, to_picture, (len(columns), len(rows)), SHANK_COLUMN * length_px)


def cut_calf(crop: Crop, ankle_px: Floats, knee_px: Floats, length_px: float) -> HeelPicture:
    """The calf from ankle to knee at patch scale, upright along the line ankle-knee: where its stick-on dots are looked for.

    Args and scale as in `cut_shank`.
    """
    up, right = up_and_right(ankle_px, knee_px)
    step = length_px / UNITS
    size = (round(2 * CALF_HALF_WIDTH * UNITS) + 1, round((CALF_HIGH - CALF_LOW) * UNITS))
    start = ankle_px + (CALF_HIGH * up - CALF_HALF_WIDTH * right) * length_px
    to_picture = np.column_stack([right * step, -up * step, start])
    image = _warp(crop, to_picture, size, step)
    return HeelPicture(np.asarray(cv2.GaussianBlur(image, (0, 0), HEEL_BLUR_PX), np.uint8), to_picture)


def _warp(crop: Crop, to_picture: Matrix, size: tuple[int, int], step_px: float) -> NDArray[np.uint8]:
    """Resample; a crop is blurred first where a patch pixel covers more than one of its own."""
    matrix = to_picture.copy()
    # picture coordinates put the centre of the first pixel at 0.5, array indices at 0
    matrix[:, 2] -= (crop.x0_px + 0.5, crop.y0_px + 0.5)
    corners = matrix @ np.array([[0, size[0], 0, size[0]], [0, 0, size[1], size[1]], [1, 1, 1, 1]])
    reach = int(np.ceil(3 * step_px)) + 2
    h, w = crop.image.shape[:2]
    x0, y0 = np.clip(np.floor(corners.min(axis=1)).astype(int) - reach, 0, (w - 1, h - 1))
    x1, y1 = np.clip(np.ceil(corners.max(axis=1)).astype(int) + reach, (x0 + 1, y0 + 1), (w, h))
    source = np.ascontiguousarray(crop.image[y0:y1, x0:x1])
    if step_px > 1.2:
        source = cv2.GaussianBlur(source, (0, 0), 0.5 * step_px)
    matrix[:, 2] -= (x0, y0)
    out = cv2.warpAffine(
        source, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(out, np.uint8)
