"""A camera is calibrated: the page is printed, a clip or photo of it read, the reading kept and held against the one before."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np

from gait import clip as clips
from gait.calibrate import read_page
from gait.calibration import CameraCalibration
from gait.errors import GaitError
from gait.model import Picture
from gait.report import ruler_pdf
from gait.results.place import put
from gait.said import Said
from gait.services.brand import store_brand
from gait.services.calibration_told import changes, notes
from gait.services.calibrations import Calibrations
from gait.services.cameras import CameraId

PHOTOS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
MOST_PHOTO_PX = 100_000_000
"""More than any camera has: a file that would fill the memory."""
PICTURES, LARGE_PICTURES, LARGE_PX = 16, 8, 4_000_000
"""Frames of a clip that are read, spread over it: as many as the reading takes looks, and of large ones what fits into 200 MB."""


@dataclass(frozen=True)
class Calibrated:
    """A calibration that was made, and what is to be said of it."""

    camera: CameraId
    made: CameraCalibration
    before: CameraCalibration | None
    """What it was held against: the one the camera was set up with; None at the first."""
    notes: tuple[Said, ...]


def page_to_print(paper: str) -> bytes:
    """The page as a PDF, signed by the store. `paper`: one of `gait.ruler.PAPERS_MM`. Raises OSError."""
    return ruler_pdf(paper, store_brand())


def print_page(file: Path, paper: str) -> Path:
    """Write the page as a PDF to `file`. Raises GaitError when it cannot be written.

    Args:
        file: its folder is made where there is none.
        paper: one of `gait.ruler.PAPERS_MM`.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        put(file, page_to_print(paper))
    except OSError as error:
        raise GaitError("cannot_write", "page", file=file.name, folder=str(file.parent)) from error
    return file


def calibrate(
    file: Path,
    kept: Calibrations,
    *,
    camera: str = "",
    ruler_mm: float | None = None,
    anew: bool = False,
) -> Calibrated:
    """Read the page in a clip or photo and keep what it tells of the camera.

    Args:
        file: the clip or photo.
        kept: the store's calibrations.
        camera: what a person calls the camera; empty takes what the file says.
        ruler_mm: what the printed ruler measures; None where nobody measured it.
        anew: the camera was moved on purpose: what is read is held against nothing, and later ones against it.

    Raises:
        GaitError: The page cannot be read, or the reading not be kept. Then nothing is kept.
    """
    pictures, its_own = _photo(file) if file.suffix.lower() in PHOTOS else _of_clip(file)
    read = read_page(pictures, ruler_mm)
    one = CameraId(camera.strip() or its_own, read.width_px, read.height_px)
    made = CameraCalibration(one.name, datetime.now(UTC), read)
    known = kept.of(one)
    before = known.set_up if known and not anew else None
    kept.keep(one, made, anew)
    return Calibrated(one, made, before, (*changes(made, before), *notes(read)))


def _photo(file: Path) -> tuple[list[Picture], str]:
    """The photo as it is displayed, RGB. Raises GaitError when it is none."""
    try:
        raw = np.fromfile(file, np.uint8)
        picture = cv2.imdecode(raw, cv2.IMREAD_COLOR) if len(raw) else None
    except (OSError, cv2.error) as error:
        raise GaitError("no_photo", file=file.name) from error
    if picture is None or picture.shape[0] * picture.shape[1] > MOST_PHOTO_PX:
        raise GaitError("no_photo", file=file.name)
    return [np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)], ""


def _of_clip(file: Path) -> tuple[list[Picture], str]:
    """Some frames of the clip, and what camera it says it is of. Raises GaitError."""
    clip = clips.open_clip(file)
    most = LARGE_PICTURES if clip.width_px * clip.height_px > LARGE_PX else PICTURES
    wanted = np.unique(np.linspace(0, clip.n_frames - 1, most).round().astype(np.int64))
    pictures = [frame.picture() for frame in clips.stills(clip, wanted)]
    size = (clip.height_px, clip.width_px)
    pictures = [picture for picture in pictures if picture.shape[:2] == size]
    if not pictures:
        raise GaitError("no_photo", file=file.name)
    return pictures, clip.camera
