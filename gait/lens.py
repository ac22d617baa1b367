"""A wide lens bends straight lines: where a point of the picture would lie if it did not."""

from dataclasses import dataclass, replace

import numpy as np

from gait.model import Floats, PoseTrack

ROUNDS = 12
"""Newton's steps from seen to straight: enough up to the rim of the strongest lens that is believed."""
STEEPEST = 0.05
"""The least rate at which a step counts on the picture to grow outwards: at the rim it stops growing."""


@dataclass(frozen=True)
class Lens:
    """Radial distortion about the picture's middle, its first term alone (Brown 1966): seen = straight (1 + k1 r²).

    Half the picture's diagonal is 1. The middle keeps its scale.

    Example:
        >>> wide = Lens(-0.15, 720, 1280)
        >>> wide.straight(np.array([360.0, 640.0])).tolist()
        [360.0, 640.0]
        >>> wide.seen(wide.straight(np.array([400.0, 1200.0]))).round(6).tolist()
        [400.0, 1200.0]
    """

    k1: float
    """Negative for a barrel, as wide lenses have it."""
    width_px: int
    height_px: int

    def of_size(self, width_px: int, height_px: int) -> "Lens":
        """The same lens in a picture of another size."""
        return replace(self, width_px=width_px, height_px=height_px)

    def seen(self, points_px: Floats) -> Floats:
        """(..., 2) straight points as the picture has them."""
        off = (points_px - self._middle) / self._unit
        return np.asarray(self._middle + self._unit * off * (1 + self.k1 * (off**2).sum(axis=-1, keepdims=True)))

    def straight(self, points_px: Floats) -> Floats:
        """(..., 2) points of the picture as they would lie without the lens; NaN stays NaN."""
        off = (points_px - self._middle) / self._unit
        seen = np.sqrt((off**2).sum(axis=-1, keepdims=True))
        radius = seen.copy()
        farthest = 1 / np.sqrt(-3 * self.k1) if self.k1 < 0 else np.inf
        for _ in range(ROUNDS):
            rate = np.maximum(1 + 3 * self.k1 * radius**2, STEEPEST)
            radius = np.minimum(radius - (radius * (1 + self.k1 * radius**2) - seen) / rate, farthest)
        grown = np.divide(radius, seen, out=np.ones_like(seen), where=seen > 0)
        return np.asarray(self._middle + self._unit * off * grown)

    def straightened(self, track: PoseTrack) -> PoseTrack:
        """The track as it would lie without the lens; the picture's size stays."""
        lens = self.of_size(track.width_px, track.height_px)
        return replace(track, landmarks_px=lens.straight(track.landmarks_px))

    @property
    def _middle(self) -> Floats:
        return np.array([self.width_px / 2, self.height_px / 2])

    @property
    def _unit(self) -> float:
        return float(np.hypot(self.width_px, self.height_px)) / 2
