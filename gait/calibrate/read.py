"""read_page(): from pictures of the page to what they tell of the camera."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gait import ruler
from gait.calibrate.light import read_light
from gait.calibrate.page import GreyPicture, PageMarks, PagePlace, find_marks, locate, sharpened
from gait.calibrate.wedges import Look, read_wedges
from gait.calibration import Calibration, WedgeRead
from gait.errors import GaitError
from gait.geometry import tilt_deg
from gait.model import Estimate, Floats, Picture
from gait.quality.picture import edge_blur_px

MOST_MM_PER_PX = 2.2
"""A larger pixel does not show the strips of the heels well enough (reports/validation/calibrate.md)."""
MOST_BLUR_PX = 2.5
"""SD of the sharpest edges of a picture in which no page is found: in focus they have 0.5 to 1.3. A mark whose edges are spread over more than
half of its squares is not found."""
MUCH_MORE_BLURRED = 1.5
"""A picture so many times as blurred as the sharpest half was taken while the page moved: it is left out."""
READING_SD_DEG_PER_MM = 0.12
"""What a wedge is read to in clips, 1 SD of what all looks share, for each millimetre that a pixel is large: 0.10 over 20 rendered clips, 0.125 over 24
others (reports/validation/calibrate.md)."""
LEAST_READ = 0.5
"""Share of the looks in which each heel must be read."""
UP_MM = ((98.0, 226.0), (98.0, 40.0))
"""A line up the middle of the page, by which it leans."""
ROLL_SD_DEG = 0.06
"""What the lean of the page is read to, 1 SD: its marks' corners are known to 0.15 pixels, 200 mm apart."""
SCALE_SD = 0.003
"""Of the size of a pixel, as a share of it: likewise."""


@dataclass(frozen=True, eq=False)
class _Seen:
    """A picture with its marks."""

    picture: Picture
    grey: GreyPicture
    marks: PageMarks
    blur_px: float


def read_page(pictures: Sequence[Picture], ruler_mm: float | None = None) -> Calibration:
    """Read the page in pictures of one camera.

    Args:
        pictures: (height, width, 3) RGB each, of one size, at their own resolution: one photo, or some frames of a clip.
        ruler_mm: what a person measured of the printed ruler of 100 mm; None takes the print to be true to scale.

    Raises:
        GaitError: No page is seen, it is blurred, too small, or its heels cannot be read.
    """
    height, width = pictures[0].shape[:2]
    seen = [one for picture in pictures if (one := _look_for(picture))]
    if not seen:
        blur = max(edge_blur_px(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(float)) for picture in pictures)
        if MOST_BLUR_PX < blur < np.inf:
            raise GaitError("page_blurred", blur_px=blur, most=MOST_BLUR_PX)
        raise GaitError("no_page")
    blurs = np.array([one.blur_px for one in seen])
    sharpest = np.sort(blurs)[: (len(blurs) + 1) // 2]
    seen = [one for one in seen if one.blur_px <= MUCH_MORE_BLURRED * np.median(sharpest)]
    places, lens_k1 = locate([one.marks for one in seen], width, height)
    middle = np.array([ruler.SIZE_MM[0] / 2, ruler.SOLE_Y_MM - ruler.HEEL_UP_MM])
    mm_per_px = float(np.median([place.mm_per_px(middle) for place in places])) * _printed_share(ruler_mm)
    blur_mm = float(np.median([one.blur_px for one in seen])) * mm_per_px
    if mm_per_px > MOST_MM_PER_PX:
        raise GaitError("page_small", mm_per_px=mm_per_px, most=MOST_MM_PER_PX)
    found = read_wedges([Look(one.picture, place) for one, place in zip(seen, places, strict=True)])
    if found is None or (np.isfinite(found[0]).mean(axis=1) < LEAST_READ).any():
        raise GaitError("page_unread")
    wedges = _wedges(*found, READING_SD_DEG_PER_MM * mm_per_px)
    error_sd = float(np.mean([wedge.read.sd for wedge in wedges]))
    return Calibration(
        wedges,
        Estimate.from_sd(float(np.mean([wedge.error.value for wedge in wedges])), error_sd),
        _roll(places),
        Estimate.from_sd(mm_per_px, SCALE_SD * mm_per_px),
        lens_k1,
        read_light([one.grey for one in seen], places),
        blur_mm,
        ruler_mm,
        len(seen),
        width,
        height,
    )


def _look_for(picture: Picture) -> _Seen | None:
    """None where no page is seen."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    found = find_marks(grey)
    if found is None:
        return None
    marks, blur = sharpened(grey, found)
    return _Seen(picture, grey, marks, blur) if np.isfinite(blur) else None


def _printed_share(ruler_mm: float | None) -> float:
    return 1.0 if ruler_mm is None else ruler_mm / ruler.RULER_MM


def _wedges(read: Floats, shown: Floats, shared_sd_deg: float) -> tuple[WedgeRead, ...]:
    """The legs that lean, each with what all looks say of it."""
    wedges = []
    for number, wedge_deg in enumerate(ruler.WEDGES_DEG):
        if number == ruler.ZERO:
            continue
        off = read[number] - shown[number]
        off = off[np.isfinite(off)]
        sd = np.hypot(shared_sd_deg, np.std(off) / np.sqrt(len(off)))
        at = float(np.median(shown[number]))
        wedges.append(WedgeRead(wedge_deg, Estimate.from_sd(at + float(np.median(off)), float(sd)), at))
    return tuple(wedges)


def _roll(places: Sequence[PagePlace]) -> Estimate:
    ends = np.array([place.px(np.array(UP_MM)) for place in places])
    lean = tilt_deg(ends[:, 1] - ends[:, 0])
    return Estimate.from_sd(float(np.median(lean)), float(np.hypot(ROLL_SD_DEG, np.std(lean) / np.sqrt(len(lean)))))
