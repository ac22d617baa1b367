"""overlay.mp4: the clip with legs, stance, the two lines and the foot contacts drawn in; plays in a browser.

H.264, yuv420p, index at the front; every frame keeps its own time from the clip, so a variable frame rate stays one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Protocol

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gait.errors import GaitError
from gait.landmarks import Landmark, Side
from gait.model import Analysis, Floats, FootAngles, Picture

MAX_SIDE_PX = 960
"""The picture is shrunk to this longer side: half of what phones film, enough to see a heel, a quarter of the work."""
COLOUR = {Side.LEFT: (0, 114, 178), Side.RIGHT: (213, 94, 0)}
"""RGB; the dashboard's two (Okabe & Ito's blue and vermilion, told apart by colour-blind people)."""
BRIGHT = {Side.LEFT: (86, 180, 233), Side.RIGHT: (255, 148, 60)}
"""Their lighter sisters, for thin lines on video."""
SHANK_RGB, HEEL_RGB, EDGE_RGB = (255, 255, 255), (255, 212, 0), (16, 18, 22)
STRIP_RGB, STRIP_LINE_RGB, STRIP_TEXT_RGB = (23, 37, 43), (72, 88, 95), (235, 238, 238)
STRIP_PX = 52
WINDOW_S = 3.0
"""Time shown on the strip, the present in its middle: about four strides."""
TIME_BASE = Fraction(1, 90_000)
"""MPEG's own clock: 11 µs, exact for 24, 25, 30, 50, 60 and 120 frames per second."""
CODEC_OPTIONS = {"preset": "veryfast", "crf": "23", "bf": "0", "g": "60", "profile": "high"}
"""No B frames: the first frame is shown at 0 and stepping back stays cheap. A key frame a second: quick seeking."""
BT709 = 1
SHIFT = 4


class ShownFrame(Protocol):
    """What is needed of a clip's frame."""

    @property
    def index(self) -> int:
        """Number of the frame in the clip."""
        ...

    @property
    def time_s(self) -> float:
        """Time from the clip's first frame."""
        ...

    @property
    def image(self) -> Picture:
        """The picture as displayed, at any scale."""
        ...


@dataclass(frozen=True)
class _Layer:
    """What is drawn, prepared once: everything in output pixels."""

    scale: float
    points_px: NDArray[np.float64]
    stances_s: Mapping[Side, Floats]
    measured: Mapping[Side, Mapping[int, int]]
    angles: Mapping[Side, FootAngles]


def write_overlay(
    analysis: Analysis, frames: Iterable[ShownFrame], out: Path, tell: Callable[[int, int], None] | None = None
) -> Path:
    """Encode `frames` with the analysis drawn in and return `out`.

    `frames` may be shrunk already (`max_side_px=MAX_SIDE_PX` saves most of the decoding); larger ones are shrunk here.
    `tell(done, total)` is called for every frame; when it raises, nothing is left behind. Raises GaitError when the file
    cannot be written.
    """
    part = out.with_name(f".{out.name}.part")
    try:
        _encode(analysis, frames, part, tell or (lambda done, total: None))
        part.replace(out)
    except (OSError, av.error.FFmpegError) as error:
        raise GaitError(
            f"The overlay video cannot be written to {out.parent}.", "Check that the disk is not full."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return out


def _encode(analysis: Analysis, frames: Iterable[ShownFrame], part: Path, tell: Callable[[int, int], None]) -> None:
    total = analysis.clip.n_frames
    layer: _Layer | None = None
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = None
        for done, frame in enumerate(frames, start=1):
            image = _shrunk(frame.image)
            if stream is None or layer is None:
                height, width = image.shape[:2]
                stream = container.add_stream("libx264", rate=_rate(analysis), options=CODEC_OPTIONS)
                stream.width, stream.height, stream.pix_fmt = width, height + STRIP_PX, "yuv420p"
                context = stream.codec_context
                context.time_base = TIME_BASE
                context.colorspace = context.color_primaries = context.color_trc = BT709
                layer = _prepare(analysis, width)
            picture = draw_frame(image, frame.index, frame.time_s, layer)
            video = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
            )
            video.pts, video.time_base = round(frame.time_s / TIME_BASE), TIME_BASE
            container.mux(stream.encode(video))
            tell(done, total)
        if stream is None:
            raise GaitError("No frame of the clip could be drawn.", "Export the clip again as MP4 (H.264).")
        container.mux(stream.encode(None))


def draw_frame(image: Picture, index: int, time_s: float, layer: "_Layer") -> Picture:
    """The frame with the legs and lines drawn in, and the strip of foot contacts below it."""
    height, width = image.shape[:2]
    canvas = np.empty((height + STRIP_PX, width, 3), np.uint8)
    canvas[:height] = image
    for side in Side:
        standing = _in_stance(layer.stances_s[side], time_s)
        if index < len(layer.points_px):
            _leg(canvas[:height], layer.points_px[index], side, standing)
    for side in Side:
        at = layer.measured[side].get(index)
        if at is not None:
            foot = layer.angles[side]
            _lines(
                canvas[:height],
                foot.shank_px[at] * layer.scale,
                foot.heel_px[at] * layer.scale,
                side,
                float(foot.angle_deg[at]),
            )
    _strip(canvas[height:], time_s, layer)
    return canvas


def _prepare(analysis: Analysis, width: int) -> _Layer:
    scale = width / analysis.clip.width_px
    moves, steps, rearfoot = analysis.trajectories, analysis.events, analysis.rearfoot
    angles = dict(rearfoot.feet) if rearfoot else {}
    measured: dict[Side, dict[int, int]] = {side: {} for side in Side}
    for side, foot in angles.items():
        whole = foot.usable & np.isfinite(foot.shank_px).all(axis=(1, 2)) & np.isfinite(foot.heel_px).all(axis=(1, 2))
        measured[side] = {int(foot.frame[i]): int(i) for i in np.flatnonzero(whole & np.isfinite(foot.angle_deg))}
    return _Layer(
        scale=scale,
        points_px=moves.points_px * scale if moves is not None else np.empty((0, len(Landmark), 2)),
        stances_s={side: steps.feet[side].stances_s() if steps else np.empty((0, 2)) for side in Side},
        measured=measured,
        angles=angles,
    )


def _shrunk(image: Picture) -> Picture:
    """At most `MAX_SIDE_PX`, both sides even as the codec needs."""
    height, width = image.shape[:2]
    scale = min(1.0, MAX_SIDE_PX / max(height, width))
    if scale < 1.0:
        image = np.asarray(
            cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        )
        height, width = image.shape[:2]
    return image[: height // 2 * 2, : width // 2 * 2]


def _rate(analysis: Analysis) -> Fraction:
    """Only the codec's hint for its rate control; the frames' own times are what is played."""
    fps = analysis.clip.fps_hz
    return Fraction(fps if np.isfinite(fps) else 30.0).limit_denominator(1001)


def _in_stance(stances_s: Floats, time_s: float) -> bool:
    return bool(((stances_s[:, 0] <= time_s) & (time_s <= stances_s[:, 1])).any())


def _fixed(point: Floats) -> tuple[int, int]:
    return round(float(point[0]) * (1 << SHIFT)), round(float(point[1]) * (1 << SHIFT))


def _segment(image: Picture, a: Floats, b: Floats, colour: tuple[int, int, int], thick: int) -> None:
    if np.isfinite(a).all() and np.isfinite(b).all():
        cv2.line(image, _fixed(a), _fixed(b), colour, thick, cv2.LINE_AA, SHIFT)


def _leg(image: Picture, points_px: Floats, side: Side, standing: bool) -> None:
    """Hip to toe in the side's colour; thicker, with a bar under the foot, while the foot is on the ground."""
    colour = BRIGHT[side]
    hip, knee, ankle, heel, toe = (
        points_px[Landmark.of(side, joint)] for joint in ("hip", "knee", "ankle", "heel", "foot_index")
    )
    thick = 3 if standing else 2
    for a, b in ((hip, knee), (knee, ankle), (ankle, heel), (heel, toe)):
        _segment(image, a, b, colour, thick)
    for joint in (hip, knee, ankle):
        if np.isfinite(joint).all():
            cv2.circle(image, _fixed(joint), 4 << SHIFT, colour, -1, cv2.LINE_AA, SHIFT)
    if standing and np.isfinite([heel, toe]).all():
        reach = max(abs(float(toe[0] - heel[0])) / 2, 0.04 * image.shape[1])
        x, y = float(heel[0] + toe[0]) / 2, float(max(heel[1], toe[1])) + 0.016 * image.shape[0]
        _segment(image, np.array([x - reach, y]), np.array([x + reach, y]), EDGE_RGB, 8)
        _segment(image, np.array([x - reach, y]), np.array([x + reach, y]), colour, 5)


def _lines(image: Picture, shank_px: Floats, heel_px: Floats, side: Side, angle_deg: float) -> None:
    """Shank white, heel yellow and twice as long as measured, and the angle on the outside of the foot."""
    longer = heel_px[0] + (heel_px[1] - heel_px[0]) * np.array([[-0.2], [1.8]])
    for line, colour in ((shank_px, SHANK_RGB), (longer, HEEL_RGB)):
        _segment(image, line[0], line[1], EDGE_RGB, 5)
        _segment(image, line[0], line[1], colour, 3)
    words = f"{angle_deg:.0f}°".replace("-0°", "0°").replace("-", "−")
    patch = _text(words, round(0.027 * max(image.shape[:2])), HEEL_RGB, plate=True)
    x = heel_px[:, 0].mean() + side.lateral_sign * (0.09 * image.shape[1] + patch.shape[1] / 2) - patch.shape[1] / 2
    _blit(image, patch, float(x), float(heel_px[:, 1].mean()) - patch.shape[0])


def _strip(strip: Picture, time_s: float, layer: "_Layer") -> None:
    """Foot contacts round the present moment, left above right, and the time."""
    height, width = strip.shape[:2]
    strip[:] = STRIP_RGB
    x0, row = 26, (height - 8) // 2
    per_s = (width - x0 - 6) / WINDOW_S

    def x(t: float) -> int:
        return int(np.clip(x0 + (t - time_s + WINDOW_S / 2) * per_s, x0, width - 6))

    for n, side in enumerate(Side):
        top = 3 + n * (row + 2)
        _blit(strip, _text("L" if side is Side.LEFT else "R", 14, BRIGHT[side]), 8, top + 4)
        cv2.line(strip, (x0, top + row // 2), (width - 6, top + row // 2), STRIP_LINE_RGB, 1)
        stances = layer.stances_s[side]
        near = stances[(stances[:, 1] > time_s - WINDOW_S / 2) & (stances[:, 0] < time_s + WINDOW_S / 2)]
        for strike, off in near:
            here = strike <= time_s <= off
            cv2.rectangle(
                strip, (x(strike), top + 2), (x(off), top + row - 2), BRIGHT[side] if here else COLOUR[side], -1
            )
    cv2.line(strip, (x(time_s), 0), (x(time_s), height), (255, 255, 255), 1)
    _blit(strip, _text(f"{time_s:.2f} s", 12, STRIP_TEXT_RGB, plate=True), width - 68, height - 22)


@lru_cache(maxsize=4096)
def _text(words: str, height_px: int, colour: tuple[int, int, int], plate: bool = False) -> NDArray[np.float32]:
    """Words as a small RGBA picture (0-255, alpha 0-1), drawn once and kept."""
    font = _font(height_px)
    x0, y0, x1, y1 = font.getbbox(words)
    pad = round(0.35 * height_px) if plate else 1
    picture = Image.new("RGBA", (int(x1 - x0) + 2 * pad, int(y1 - y0) + 2 * pad), (*STRIP_RGB, 0))
    draw = ImageDraw.Draw(picture)
    if plate:
        draw.rounded_rectangle((0, 0, picture.width - 1, picture.height - 1), pad, fill=(*STRIP_RGB, 210))
    draw.text((pad - x0, pad - y0), words, font=font, fill=colour)
    patch = np.asarray(picture, np.float32).copy()
    patch[..., 3] /= 255
    return patch


@lru_cache(maxsize=8)
def _font(height_px: int) -> ImageFont.FreeTypeFont:
    with as_file(files("gait.data") / "fonts" / "Inter-SemiBold.otf") as path:
        return ImageFont.truetype(str(path), height_px)


def _blit(image: Picture, patch: NDArray[np.float32], x: float, y: float) -> None:
    """Lay the patch on the picture in place, moved inside its edges."""
    height, width = image.shape[:2]
    h, w = min(patch.shape[0], height), min(patch.shape[1], width)
    left, top = int(np.clip(x, 0, width - w)), int(np.clip(y, 0, height - h))
    region = image[top : top + h, left : left + w]
    alpha = patch[:h, :w, 3:]
    region[:] = (region * (1 - alpha) + patch[:h, :w, :3] * alpha + 0.5).astype(np.uint8)
