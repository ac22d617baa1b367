"""Pictures whose angles are known."""

import cv2
import numpy as np

from gait.landmarks import Side


def leg_picture(side: Side, angle_deg: float, size: tuple[int, int] = (240, 200)) -> np.ndarray:
    """RGB picture of a vertical shank over a heel that everts by `angle_deg`, on grey."""
    height, width = size
    image = np.full((height, width, 3), 120, np.uint8)
    cv2.rectangle(image, (85, 0), (115, 170), (205, 160, 130), -1)
    tilt = -side.lateral_sign * angle_deg
    box = cv2.boxPoints(((100.0, 195.0), (50.0, 60.0), float(tilt)))
    cv2.fillPoly(image, [box.astype(np.int32)], (30, 50, 90))
    strip = cv2.boxPoints(((100.0, 195.0), (10.0, 56.0), float(tilt)))
    cv2.fillPoly(image, [strip.astype(np.int32)], (250, 120, 30))
    return image
