"""The file and its frames, before anyone is detected."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gait.model import Clip, Finding, Floats, Frozen, Picture
from gait.said import Value

MIN_FPS_HZ, GOOD_FPS_HZ = 20.0, 50.0
"""A fast runner's contact lasts 0.2 s (evidence: 201 ± 15 ms at 4.5 m/s): 4 frames at 20 frames per second, 10 at 50."""
UNEVEN_SHARE = 0.1
"""Frame intervals that differ from the median by more than a fifth: from this share on the rate is called variable."""
MAX_STALL_S = 0.25
"""A longer hole between two frames swallows a whole contact."""
MIN_LENGTH_S, GOOD_LENGTH_S, LONG_S = 1.0, 7.0, 120.0
"""1 s holds no two steps of a foot; 7 s holds 7 whole steps of each foot at 140 steps/min, the slowest usual cadence; beyond
2 min the analysis takes many minutes and learns nothing."""
MIN_SIDE_PX, GOOD_SIDE_PX = 240, 480
"""Shorter side. Whether the runner is large enough is judged on the runner; below 240 no framing can help."""
DARK_LIGHTS, DIM_LIGHTS = 40.0, 90.0
"""Brightness (0-255) that the lightest twentieth of the picture exceeds. Any lit room has a white wall, shirt or lamp above 90;
below 40 a picture has under 5 bits left, and BlazePose finds nobody (rendered runner at 12: none in 240 frames)."""
BRIGHT_SHARE = 0.5
"""Share of the picture at 250 or more: overexposed."""
FLICKER = 0.08
"""SD over mean of the background's brightness. Auto-exposure and mains flicker; a steady lamp stays below 0.02."""
BLUR_PX = 2.0
"""Blur (SD) of the sharpest edges in a picture of 640 pixels: 3 % of a lower leg that is 90 pixels long, or 1 cm. In focus: 0.45-0.7 (36 clips)."""
STILL = 2.0
"""Largest change, grey levels, of any 16th of a side from sample to sample. A still picture stays below 1 even recompressed."""
_SIDE_PX = 640


def check_clip(clip: Clip) -> tuple[Finding, ...]:
    """Frame rate from the true times, length and picture size; nothing of the pixels is read.

    Args:
        clip: Opened and indexed. A single frame has no rate and is refused.

    Example:
        >>> from pathlib import Path
        >>> clip = Clip(Path("run.mp4"), "", np.arange(720) / 24, 720, 1280, 0, "h264")
        >>> [(finding.code, finding.severity, finding.value) for finding in check_clip(clip)]
        [('frame_rate', 'warn', 24.0)]
    """
    found = [*_confirmed_slow_motion(clip), *_mended(clip), _frame_rate(clip)]
    steps = np.diff(clip.times_s)
    if len(steps):
        usual = float(np.median(steps))
        uneven = float(np.mean(np.abs(steps - usual) > 0.2 * usual))
        if uneven > UNEVEN_SHARE:
            found.append(Finding("variable_frame_rate", "info", round(uneven, 3), UNEVEN_SHARE, {"uneven": uneven}))
        longest = float(steps.max())
        if longest > MAX_STALL_S:
            found.append(Finding("frames_missing", "warn", round(longest, 3), MAX_STALL_S, {"longest_s": longest}))
    return (*found, *_length(clip), *_size(clip))


def _confirmed_slow_motion(clip: Clip) -> list[Finding]:
    """What a person told of the clip, so that nobody who reads the result can miss it."""
    if clip.slow_motion == 1:
        return []
    return [Finding("slow_motion_confirmed", "info", clip.slow_motion, 1.0, {"times": clip.slow_motion})]


def _mended(clip: Clip) -> list[Finding]:
    """What was done to the frames, or to their times, so that they show what the camera saw."""
    found = []
    if clip.mirrored:
        found.append(Finding("picture_unmirrored", "info"))
    if clip.turned:
        found.append(Finding("picture_turned", "info", 90 * clip.turned, 0, {"turns": clip.turned}))
    if clip.interlaced:
        found.append(Finding("interlaced", "info"))
    if clip.transfer:
        found.append(Finding("high_range", "info", clip.transfer, None, {"transfer": clip.transfer.upper()}))
    if clip.other_sizes_px:
        others = ", ".join(f"{width} x {height}" for width, height in clip.other_sizes_px)
        values: dict[str, Value] = {"others": others, "width_px": clip.width_px, "height_px": clip.height_px}
        found.append(Finding("picture_resized", "info", others, None, values))
    if clip.edit_rate != 1:
        found.append(Finding("edit_rate", "info", clip.edit_rate, 1.0, {"times": clip.edit_rate}))
    return found


def _frame_rate(clip: Clip) -> Finding:
    fps = clip.fps_hz
    value = round(fps, 2) if np.isfinite(fps) else None
    values = {"fps": fps if np.isfinite(fps) else 0.0}
    if not fps >= MIN_FPS_HZ:
        return Finding("frame_rate", "refuse", value, MIN_FPS_HZ, values, "too_low")
    if fps < GOOD_FPS_HZ:
        return Finding("frame_rate", "warn", value, GOOD_FPS_HZ, values, "low")
    return Finding("frame_rate", "info", value, GOOD_FPS_HZ, values)


def _length(clip: Clip) -> list[Finding]:
    length = clip.duration_s
    value = round(length, 2)
    values = {"length_s": length}
    if length < MIN_LENGTH_S:
        return [Finding("length", "refuse", value, MIN_LENGTH_S, values, "too_short")]
    if length < GOOD_LENGTH_S:
        return [Finding("length", "warn", value, GOOD_LENGTH_S, values, "short")]
    if length > LONG_S:
        return [Finding("length", "warn", value, LONG_S, values, "long")]
    return []


def _size(clip: Clip) -> list[Finding]:
    side = min(clip.width_px, clip.height_px)
    if side >= GOOD_SIDE_PX:
        return []
    values = {"width_px": clip.width_px, "height_px": clip.height_px}
    if side < MIN_SIDE_PX:
        return [Finding("picture_size", "refuse", side, MIN_SIDE_PX, values, "too_small")]
    return [Finding("picture_size", "warn", side, GOOD_SIDE_PX, values, "small")]


def check_pictures(samples: Sequence[tuple[float, Picture]]) -> tuple[Finding, ...]:
    """Light, flicker, sharpness, and whether anything moves.

    Args:
        samples: About ten (time_s, picture) spread over the clip, in the order of their times. None gives no finding.
    """
    return judge_pictures(measure_pictures(samples))


@dataclass(frozen=True)
class Pictures:
    """What a dozen frames measure; NaN without any."""

    lights: float
    """Brightness (0-255) that the lightest twentieth exceeds, median over the frames."""
    burnt: float
    """Share of the picture that is overexposed, likewise."""
    change: float
    """Grey levels; NaN for fewer than 3 frames of one size."""
    flicker: float
    """SD over mean; NaN likewise."""
    blur_px: float


@dataclass(frozen=True, eq=False)
class OnePicture(Frozen):
    """What one picture measures, as in `Pictures`."""

    lights: float
    burnt: float
    blur_px: float
    tiles: Floats
    """Mean grey levels of its 16ths."""


def measure_pictures(samples: Sequence[tuple[float, Picture]]) -> Pictures:
    """Measure (time_s, picture) samples. Pictures of 640 pixels or less take 15 ms each, several at a time.

    Args:
        samples: Pictures (height, width, 3) RGB; larger ones are made smaller first.

    Returns:
        NaN where there are too few pictures to tell.
    """
    with ThreadPoolExecutor(4, "gait-pictures") as pool:
        return sum_up(list(pool.map(measure_picture, [picture for _, picture in samples])))


def measure_picture(picture: Picture) -> OnePicture:
    """What can be said of a single picture: one of several for `sum_up`.

    Args:
        picture: (height, width, 3) RGB, 0-255.
    """
    grey = _small_grey(picture)
    h, w = grey.shape
    tiles = cv2.resize(grey, (max(1, w // 16), max(1, h // 16)), interpolation=cv2.INTER_AREA)
    lights, burnt = float(np.percentile(grey, 95)), float(np.mean(grey >= 250))
    return OnePicture(lights, burnt, edge_blur_px(grey), np.asarray(tiles, dtype=np.float64))


def sum_up(pictures: Sequence[OnePicture]) -> Pictures:
    """Medians over the pictures of one clip, and what changes from one to the next.

    Args:
        pictures: In the order of their times.

    Returns:
        All NaN without a picture; change and flicker NaN with fewer than three of one size.
    """
    nan = float("nan")
    if not pictures:
        return Pictures(nan, nan, nan, nan, nan)
    lights, burnt, blur = (float(np.median([getattr(p, k) for p in pictures])) for k in ("lights", "burnt", "blur_px"))
    return Pictures(lights, burnt, *_changes([p.tiles for p in pictures]), blur)


def judge_pictures(m: Pictures) -> tuple[Finding, ...]:
    """What is wrong with them. A figure that is NaN is not judged."""
    return (*_light(m.lights, m.burnt), *_movement(m.change, m.flicker), *_sharpness(m.blur_px))


def _small_grey(picture: Picture) -> Floats:
    """Grey, longer side at most 640 pixels, by area averaging."""
    h, w = picture.shape[:2]
    scale = min(1.0, _SIDE_PX / max(h, w))
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.float64)


def _light(lights: float, burnt: float) -> list[Finding]:
    if lights < DARK_LIGHTS:
        return [Finding("too_dark", "refuse", round(lights, 1), DARK_LIGHTS)]
    if lights < DIM_LIGHTS:
        return [Finding("dim", "warn", round(lights, 1), DIM_LIGHTS)]
    if burnt > BRIGHT_SHARE:
        return [Finding("overexposed", "warn", round(burnt, 2), BRIGHT_SHARE)]
    return []


def _changes(pictures: list[Floats]) -> tuple[float, float]:
    """How much anything changes, and how much the light does, from the pictures' tiles."""
    if len(pictures) < 3 or len({p.shape for p in pictures}) > 1:
        return float("nan"), float("nan")
    tiles = np.stack(pictures)
    # The median over the tiles follows the background's light, not the runner's movement.
    ratio = np.median(tiles / np.maximum(np.median(tiles, axis=0), 1.0), axis=(1, 2))
    return float(np.abs(np.diff(tiles, axis=0)).max()), float(np.std(ratio))


def _movement(change: float, flicker: float) -> list[Finding]:
    """A still picture passed off as a clip, and light that comes and goes."""
    found = []
    if change < STILL:
        found.append(Finding("still_picture", "refuse", round(change, 2), STILL))
    if flicker > FLICKER:
        found.append(Finding("flicker", "warn", round(flicker, 3), FLICKER, {"flicker": flicker}))
    return found


def _sharpness(blur: float) -> list[Finding]:
    return [Finding("blurred", "warn", round(blur, 2), BLUR_PX)] if blur > BLUR_PX else []


def edge_blur_px(grey: Floats) -> float:
    """Blur of the picture's strongest edges.

    A step edge blurred by s has a gradient peak proportional to 1/s. Blurred by 1 and by 2 px more, the peaks' ratio squared
    is (s² + 1) / (s² + 4), which gives s whatever the scene's contrast; the first blur takes the noise away. The strongest
    thousandth of gradients is compared, so a smooth wall does not count as blur.

    Args:
        grey: (height, width) grey levels, 0-255.

    Returns:
        1 SD of a Gaussian, in px; inf for a picture without contrast.

    Example:
        >>> edge = np.zeros((200, 200))
        >>> edge[:, 100:] = 200
        >>> round(edge_blur_px(cv2.GaussianBlur(edge, (0, 0), 3.0)))
        3
    """
    image = np.asarray(grey, dtype=np.float32)
    once, twice = (_strong_gradient(np.asarray(cv2.GaussianBlur(image, (0, 0), s), np.float32)) for s in (1.0, 2.0))
    if once < 1.0 or twice >= once:
        return float("inf")
    squared = (twice / once) ** 2
    return float(np.sqrt(max(0.0, (4 * squared - 1) / (1 - squared))))


def _strong_gradient(image: NDArray[np.float32]) -> float:
    dx, dy = np.diff(image, axis=1)[:-1], np.diff(image, axis=0)[:, :-1]
    return float(np.sqrt(np.percentile(dx * dx + dy * dy, 99.9))) if dx.size else 0.0
