"""Does the standing clip show who runs? A customer does not change shirt and shorts between the two clips."""

import cv2
import numpy as np

from gait.landmarks import Landmark, Side
from gait.model import Floats
from gait.quality.place import CameraPlace, Shots

DARK_COUNTS = 0.4
"""Weight of brightness against colour: shadows change it."""
SHIRT_DOWN, SHORTS_DOWN, OUTWARDS = 0.35, 0.15, 0.4
"""Where the shirt is looked at, from the shoulders to the hips; the shorts, from the hip to the knee; and how far off the back's middle."""
SHIRT_REACH, SHORTS_REACH = 0.08, 0.05
"""Half-width of the patch, torso lengths."""


def compare_clothes(run: Shots, standing: Shots, place: CameraPlace) -> Floats:
    """(2,) how far the colours of shirt and shorts lie apart in the two clips, in steps of Lab colour; NaN = not seen.

    Args:
        run: Frames of the run.
        standing: Frames of the standing clip.
        place: How the two places lie to each other; its light is taken out where it is known.
    """
    light = np.ones(3) if place.light is None else place.light
    a, b = _colours(run), _colours(standing) * light
    lab = [cv2.cvtColor(np.clip(c, 0, 255)[None].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0] for c in (a, b)]
    apart = (lab[0] - lab[1]).astype(float) * (DARK_COUNTS, 1, 1)
    unseen = np.isnan(a).any(axis=1) | np.isnan(b).any(axis=1)  # OpenCV makes a colour of NaN
    return np.where(unseen, np.nan, np.linalg.norm(apart, axis=1))


def _colours(shots: Shots) -> Floats:
    """(2, 3) red, green, blue of shirt and shorts: the median over frames and sides of each patch's median; NaN = not seen."""
    seen: list[list[Floats]] = [[], []]
    for picture, points in zip(shots.pictures, shots.landmarks_px, strict=True):
        at = points * (picture.shape[1] / shots.width_px)
        shoulders, hips = (np.stack([at[Landmark.of(s, n)] for s in Side]) for n in ("shoulder", "hip"))
        torso = float(np.hypot(*(shoulders.mean(axis=0) - hips.mean(axis=0))))
        if not np.isfinite(torso) or torso < 8:
            continue
        for k, side in enumerate(Side):
            top = shoulders.mean(axis=0) + OUTWARDS * (shoulders[k] - shoulders.mean(axis=0))
            low = hips.mean(axis=0) + OUTWARDS * (hips[k] - hips.mean(axis=0))
            knee = at[Landmark.of(side, "knee")]
            places = (
                (top + SHIRT_DOWN * (low - top), SHIRT_REACH * torso),
                (hips[k] + SHORTS_DOWN * (knee - hips[k]), SHORTS_REACH * torso),
            )
            for found, (centre, reach) in zip(seen, places, strict=True):
                if np.isfinite(centre).all():
                    (x0, y0), (x1, y1) = (
                        np.maximum(centre - reach, 0).astype(int),
                        np.maximum(centre + reach + 1, 0).astype(int),
                    )
                    patch = picture[y0:y1, x0:x1].reshape(-1, 3)
                    if len(patch):
                        found.append(np.median(patch, axis=0).astype(float))
    return np.stack([np.median(np.stack(found), axis=0) if found else np.full(3, np.nan) for found in seen])
