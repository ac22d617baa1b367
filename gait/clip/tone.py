"""Clips of high dynamic range, brought to the brightness of ordinary ones.

Phones and newer cameras film in PQ or HLG (ITU-R BT.2100). Read as if they were ordinary, their pictures are flat: edges lie elsewhere
than in an ordinary standing clip of the same shoe. What is needed is one curve for both, not a beautiful picture.
"""

from functools import cache

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter
from numpy.typing import NDArray

from gait.model import Floats

HIGH_RANGE = {16: "pq", 18: "hlg"}
"""FFmpeg's numbers for the transfer characteristics (ITU-T H.273): SMPTE ST 2084 and ARIB STD-B67."""
WHITE_NITS = 203.0
"""What is white on paper in both (ITU-R BT.2408): an ordinary clip's largest value."""
DISPLAY_GAMMA = 2.4
"""Of the screen for which ordinary video is made (ITU-R BT.1886)."""
SHOULDER = 0.9
"""Above this share of white, lamps and glare are pressed together instead of cut off."""


def to_ordinary_range(frame: VideoFrame, reformatter: VideoReformatter) -> VideoFrame:
    """The frame as 8-bit 4:2:0 with the brightness curve of an ordinary clip.

    Each value of brightness has its own in the result. Colour, which lies near grey in these curves, is spread as brightness is at that
    place. Wider primaries are left: they change hues a little and edges not at all.
    """
    kind = HIGH_RANGE[frame.color_trc]
    deep = max(part.bits for part in frame.format.components) > 8
    source = reformatter.reformat(frame, format="yuv420p10le" if deep else "yuv420p")
    full = frame.color_range == ColorRange.JPEG
    brightness, spread = _tables(kind, 10 if deep else 8, full)
    out = VideoFrame(source.width, source.height, "yuv420p")
    luma, *chroma = (_values(source, k, deep) for k in range(3))
    target, *colours = (_values(out, k, False) for k in range(3))
    target[:] = np.take(brightness, luma, mode="clip")
    grey = 512.0 if deep else 128.0
    # The edge of a picture with odd sides has colour of its own but no second row or column of brightness.
    gain = np.take(spread, luma[::2, ::2], mode="clip")
    for old, new in zip(chroma, colours, strict=True):
        rows, columns = min(len(gain), len(old)), min(gain.shape[1], old.shape[1])
        new[:] = 128
        moved = 128.5 + (old[:rows, :columns] - np.float32(grey)) * gain[:rows, :columns]
        new[:rows, :columns] = np.clip(moved, 1, 254).astype(np.uint8)
    out.pts, out.time_base = frame.pts, frame.time_base
    out.colorspace, out.color_range = frame.colorspace, frame.color_range
    return out


def _values(frame: VideoFrame, plane: int, deep: bool) -> "NDArray[np.uint8] | NDArray[np.uint16]":
    """One plane as numbers, a view into the frame."""
    part = frame.planes[plane]
    data = memoryview(part)
    if deep:
        return np.frombuffer(data, np.uint16).reshape(-1, part.line_size // 2)[: part.height, : part.width]
    return np.frombuffer(data, np.uint8).reshape(-1, part.line_size)[: part.height, : part.width]


@cache
def _tables(kind: str, bits: int, full: bool) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """For each stored value: the ordinary 8-bit one, and how much farther apart two neighbours come to lie (in 8-bit steps)."""
    stored = np.arange(2**bits, dtype=float)
    unit = 2 ** (bits - 8)
    low, high = (0.0, 2.0**bits - 1) if full else (16.0 * unit, 235.0 * unit)
    signal = np.clip((stored - low) / (high - low), 0, 1)
    ordinary = ordinary_signal(signal, kind)
    low8, high8 = (0.0, 255.0) if full else (16.0, 235.0)
    value = low8 + ordinary * (high8 - low8)
    # At black the curve is steep without meaning, in the shoulder it is flat: colours neither burst nor vanish.
    slope = np.clip(np.gradient(value), 0.25 / unit, 3.0 / unit)
    return np.round(value).astype(np.uint8), slope.astype(np.float32)


def ordinary_signal(signal: Floats, kind: str) -> Floats:
    """The signal an ordinary clip would have, from one of high dynamic range.

    Args:
        signal: Any shape, 0 (black) to 1, as coded.
        kind: "pq" or "hlg".

    Returns:
        0 to 1, rising with `signal`; paper white comes out just below 1.
    """
    if kind == "pq":
        # ST 2084: nits from the signal, then the signal for which a screen of gamma 2.4 shows them, white being 1.
        root = signal ** (1 / 78.84375)
        nits = 10000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
        plain = (nits / WHITE_NITS) ** (1 / DISPLAY_GAMMA)
    else:
        # B67: light of the scene from the signal, white being 0.75, then what a camera for BT.709 makes of it.
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
        white = (np.exp((0.75 - c) / a) + b) / 12
        share = light / white
        plain = np.where(share < 0.018, 4.5 * share, 1.099 * share**0.45 - 0.099)
    over = np.maximum(plain - SHOULDER, 0)
    return np.where(plain <= SHOULDER, plain, SHOULDER + (1 - SHOULDER) * (1 - np.exp(-over / (1 - SHOULDER))))
