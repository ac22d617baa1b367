"""Drawing straight on a video frame's own planes (yuv420p), so that no frame has to become RGB and back."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gait.drawing.fonts import lettering
from gait.drawing.palette import Rgb
from gait.model import Floats

Plane = NDArray[np.uint8]
Mix = NDArray[np.uint16]

PLATE_RGB: Rgb = (23, 37, 43)
"""Behind words on a picture."""
SHIFT = 4
"""Fractional bits of drawn coordinates: lines move smoothly from frame to frame."""


class Canvas:
    """A picture of `width` x `height` pixels (both even) as the planes Y, U, V; drawn on in place.

    Coordinates are pixels of the Y plane. `packed` is what an encoder takes: (height * 3 / 2, width).
    """

    def __init__(self, width: int, height: int) -> None:
        if width % 2 or height % 2:
            raise ValueError(f"width and height must be even. Got {width} x {height}")
        self.width, self.height = width, height
        self.packed: Plane = np.empty((height * 3 // 2, width), np.uint8)
        flat = self.packed.reshape(-1)
        n = width * height
        self.planes: tuple[Plane, Plane, Plane] = (
            flat[:n].reshape(height, width),
            flat[n : n + n // 4].reshape(height // 2, width // 2),
            flat[n + n // 4 :].reshape(height // 2, width // 2),
        )

    def paste(self, planes: tuple[Plane, Plane, Plane]) -> None:
        """Copy a picture's planes to the top-left corner; it may be as large as the canvas or smaller."""
        for mine, given in zip(self.planes, planes, strict=True):
            h, w = min(mine.shape[0], given.shape[0]), min(mine.shape[1], given.shape[1])
            mine[:h, :w] = given[:h, :w]

    def line(self, a: Floats, b: Floats, colour: Rgb, thick: float, edge: Rgb | None = None) -> None:
        """A line with round ends, with an edge round it if given. Nothing when an end is not finite."""
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            return
        if edge is not None:
            self.line(a, b, edge, thick + 2)
        (ax, ay), (bx, by), whole, half = _fixed(a), _fixed(b), max(1, round(thick)), max(1, round(thick / 2))
        y, u, v = yuv(colour)
        cv2.line(self.planes[0], (ax, ay), (bx, by), (y,), whole, cv2.LINE_AA, SHIFT)
        ax, ay, bx, by = ax >> 1, ay >> 1, bx >> 1, by >> 1
        cv2.line(self.planes[1], (ax, ay), (bx, by), (u,), half, cv2.LINE_AA, SHIFT)
        cv2.line(self.planes[2], (ax, ay), (bx, by), (v,), half, cv2.LINE_AA, SHIFT)

    def dot(self, at: Floats, radius: float, colour: Rgb) -> None:
        """A filled circle. Nothing when `at` is not finite."""
        if not np.isfinite(at).all():
            return
        x, y = _fixed(at)
        size = round(radius * (1 << SHIFT))
        for n, (plane, value) in enumerate(zip(self.planes, yuv(colour), strict=True)):
            k = 0 if n == 0 else 1
            cv2.circle(plane, (x >> k, y >> k), size >> k, (value,), -1, cv2.LINE_AA, SHIFT)

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: Rgb) -> None:
        """A filled rectangle."""
        y, u, v = yuv(colour)
        self.planes[0][round(y0) : round(y1), round(x0) : round(x1)] = y
        rows, columns = slice(round(y0 / 2), round(y1 / 2)), slice(round(x0 / 2), round(x1 / 2))
        self.planes[1][rows, columns] = u
        self.planes[2][rows, columns] = v

    def put_rows(self, rows: tuple[Plane, Plane, Plane]) -> None:
        """Put rows back at the bottom."""
        for mine, given in zip(self.planes, rows, strict=True):
            mine[len(mine) - len(given) :] = given

    def text(self, words: str, x: float, y: float, height_px: int, colour: Rgb, plate: bool = False) -> None:
        """Words with their top-left corner at x, y, moved inside the picture; on a dark plate if asked for."""
        patches = _patch(words, height_px, colour, plate)
        h, w = patches[0][0].shape
        x, y = min(max(x, 0), max(self.width - w, 0)), min(max(y, 0), max(self.height - h, 0))
        for n, (plane, (ink, through)) in enumerate(zip(self.planes, patches, strict=True)):
            left, top = int(x) // 2, int(y) // 2
            if n == 0:
                left, top = 2 * left, 2 * top
            region = plane[top : top + ink.shape[0], left : left + ink.shape[1]]
            h, w = region.shape
            region[:] = (region * through[:h, :w] + ink[:h, :w]) >> 8


def text_width(words: str, height_px: int, plate: bool = False) -> int:
    """How wide `Canvas.text` draws these words."""
    return int(_patch(words, height_px, (0, 0, 0), plate)[0][0].shape[1])


@lru_cache(maxsize=256)
def yuv(colour: Rgb) -> tuple[int, int, int]:
    """A colour as limited-range Y, U, V (BT.709)."""
    r, g, b = (c / 255 for c in colour)
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return round(16 + 219 * y), round(128 + 224 * (b - y) / 1.8556), round(128 + 224 * (r - y) / 1.5748)


def _fixed(point: Floats) -> tuple[int, int]:
    return round(float(point[0]) * (1 << SHIFT)), round(float(point[1]) * (1 << SHIFT))


@lru_cache(maxsize=4096)
def _patch(words: str, height_px: int, colour: Rgb, plate: bool) -> tuple[tuple[Mix, Mix], ...]:
    """Per plane the words, drawn once and kept: new = (old * second + first) / 256."""
    font = lettering(words, height_px)
    x0, y0, x1, y1 = font.getbbox(words)
    pad = round(0.35 * height_px) if plate else 1
    width, height = (2 * ((int(v) + 2 * pad + 1) // 2) for v in (x1 - x0, y1 - y0))
    picture = Image.new("RGBA", (width, height), (*PLATE_RGB, 0) if plate else (*colour, 0))
    draw = ImageDraw.Draw(picture)
    if plate:
        draw.rounded_rectangle((0, 0, width - 1, height - 1), pad, fill=(*PLATE_RGB, 210))
    draw.text((pad - x0, pad - y0), words, font=font, fill=colour)
    rgba = np.asarray(picture, np.float32)
    rgb, alpha = rgba[..., :3] / 255, rgba[..., 3] / 255
    y = rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    u, v = 128 + 224 * (rgb[..., 2] - y) / 1.8556, 128 + 224 * (rgb[..., 0] - y) / 1.5748

    def halved(a: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(a.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)), np.float32)

    def mix(value: NDArray[np.float32], a: NDArray[np.float32]) -> tuple[Mix, Mix]:
        through = np.round(256 * (1 - a)).astype(np.uint16)
        return (np.round(value * (256 - through.astype(np.float32))) + 127).astype(np.uint16), through

    return (
        mix(np.asarray(16 + 219 * y, np.float32), alpha),
        mix(halved(u), halved(alpha)),
        mix(halved(v), halved(alpha)),
    )
