"""What a clip of the calibration page tells of a camera: how far its angles are off, whether it is level, how large a millimetre is."""

from dataclasses import dataclass
from datetime import datetime

from gait.model import Estimate


@dataclass(frozen=True)
class WedgeRead:
    """One heel of the page, as the code that reads runners' heels reads it."""

    printed_deg: float
    read: Estimate
    """Against the heel at 0 degrees, eversion of a left foot positive."""
    shown_deg: float
    """What the picture shows by the page's marks: what of the error is the camera's place, and not the reading's."""

    @property
    def error(self) -> Estimate:
        """What is read less what is printed."""
        low, high = self.read.ci95
        return Estimate(self.read.value - self.printed_deg, (low - self.printed_deg, high - self.printed_deg))


@dataclass(frozen=True)
class Light:
    """How the page was lit, by its bare paper, grey levels 0-255."""

    paper: float
    """In the middle of the places that were looked at."""
    darkest: float
    brightest: float

    @property
    def uneven(self) -> float:
        """The darkest place as a share of the brightest, 0-1."""
        return self.darkest / self.brightest if self.brightest else 0.0


@dataclass(frozen=True)
class Calibration:
    """One reading of the page. Angles are degrees."""

    wedges: tuple[WedgeRead, ...]
    """Without the heel at 0 degrees, which they are read against."""
    error: Estimate
    """The mean of the wedges' errors."""
    roll: Estimate
    """How far the page leans in the picture, clockwise: it was stood up level, so the camera is turned as far the other way."""
    mm_per_px: Estimate
    """At the page's heels."""
    lens_k1: Estimate | None
    """As in `gait.lens`; None where the page was too small in the picture to tell."""
    light: Light
    blur_mm: float
    """Blur (SD) of the marks' edges, on the page."""
    ruler_mm: float | None
    """What a person measured of the printed ruler; None where nobody said."""
    n_pictures: int
    """How many pictures were read; 1 is a photo."""
    width_px: int
    height_px: int

    @property
    def worst(self) -> WedgeRead:
        """The wedge that is read most wrongly."""
        return max(self.wedges, key=lambda wedge: abs(wedge.error.value))


@dataclass(frozen=True)
class CameraCalibration:
    """A reading that is kept for a camera."""

    camera: str
    """What it goes by, in words of the file or of the person who named it; empty where nobody said."""
    made: datetime
    """With its time zone."""
    read: Calibration
