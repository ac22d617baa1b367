"""Pictures of the calibration page with known truth: drawn flat, then seen by a camera that is turned, looks down, or bends lines."""

import cv2
import numpy as np

from gait import ruler
from gait.calibrate.page import PagePlace
from gait.lens import Lens

DOTS_PER_MM = 8
WIDTH_PX, HEIGHT_PX = 720, 960
SAMPLES = 2


def flat():
    """(rows, columns) the page without its margins, grey levels."""
    shape = tuple(round(DOTS_PER_MM * side) for side in reversed(ruler.SIZE_MM))
    page = np.full(shape, 255, np.uint8)

    def lay(outline, grey):
        cv2.fillPoly(page, [np.round((outline * DOTS_PER_MM - 0.5) * 16).astype(np.int32)], grey, cv2.LINE_AA, 4)

    for number in range(len(ruler.WEDGES_DEG)):
        leg = ruler.printed_leg(number)
        lay(leg.calf_mm, 120)
        lay(leg.heel_mm, 30)
        for light in (leg.strip_mm, *leg.tabs_mm):
            lay(light, 255)
    for number in range(len(ruler.MARKS_MM)):
        corners = ruler.mark_corners(number)
        square = (corners - corners[0]) / ruler.MARK_SQUARES
        for row, line in enumerate(ruler.mark_black(number)):
            for column, black in enumerate(line):
                if black:
                    lay(corners[0] + ruler.MARK_MM / ruler.MARK_SQUARES * np.array([column, row]) + square, 0)
    return page


def place(roll_deg=0.0, down_deg=0.0, mm_per_px=1.0, k1=0.0, distance_mm=2800.0):
    """Where a camera sees the page: its middle in the middle of the picture, turned, and looked down upon."""
    focal = distance_mm / mm_per_px
    p, r = np.radians([down_deg, roll_deg])
    turn = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    turn = turn @ np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    inner = np.array([[focal, 0, WIDTH_PX / 2], [0, focal, HEIGHT_PX / 2], [0, 0, 1]])
    onto = np.array([[1, 0, -ruler.SIZE_MM[0] / 2], [0, 1, -ruler.SIZE_MM[1] / 2], [0, 0, 1]])
    seen = np.column_stack([turn[:, 0], turn[:, 1], (0, 0, distance_mm)])
    return PagePlace(inner @ seen @ onto, Lens(k1, WIDTH_PX, HEIGHT_PX))


def picture(where, blur_px=0.6, noise=2.0, seed=0, page=None):
    """(height, width, 3) the page as it is seen there, on a grey wall."""
    x, y = ((np.arange(n * SAMPLES) + 0.5) / SAMPLES for n in (WIDTH_PX, HEIGHT_PX))
    straight = where.lens.straight(np.stack(np.meshgrid(x, y), axis=-1))
    back = np.concatenate([straight, np.ones((*straight.shape[:2], 1))], axis=-1) @ np.linalg.inv(where.homography).T
    at = (back[..., :2] / back[..., 2:] * DOTS_PER_MM - 0.5).astype(np.float32)
    # paper beyond the drawn part, as far as an A4 sheet goes
    sheet = cv2.copyMakeBorder(flat() if page is None else page, 56, 56, 56, 56, cv2.BORDER_CONSTANT, value=255)
    seen = cv2.remap(sheet, at[..., 0] + 56, at[..., 1] + 56, cv2.INTER_LINEAR, borderValue=80)
    seen = cv2.resize(seen, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA).astype(float)
    seen = 20 + 0.8 * cv2.GaussianBlur(seen, (0, 0), blur_px)
    grain = np.random.default_rng(seed).normal(0, noise, (*seen.shape, 3))
    return np.clip(seen[..., None] + grain, 0, 255).astype(np.uint8)
