"""overlay.mp4: the runner's lower legs with stance, the two lines and the foot contacts drawn in; plays in a browser.

It is kept and given away, so it shows what `gait.lower_legs` lets through and nothing else of the picture.
H.264 where the computer can, 4:2:0, index at the front; every frame keeps its own time from the clip, so a variable frame rate stays one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from gait import encoders
from gait.drawing.canvas import PLATE_RGB, Canvas, Plane, text_width
from gait.drawing.palette import BRIGHT_RGB, EDGE_RGB, HEEL_RGB, SHANK_RGB, SIDE_RGB, Rgb
from gait.errors import GaitError
from gait.landmarks import Landmark, Side
from gait.lower_legs import Box, kept_boxes, paint_outside
from gait.model import Analysis, Floats, FootAngles, Ints
from gait.words import decimal_sign, phrase

MAX_SIDE_PX, MOST_ENLARGED = 852, 1.5
"""The window is brought to this longer side: more than a page shows of it, nearly a whole screen's height, enough to see a heel; a
fifth less work than 960. Enlarged by no more than that: there is nothing more to see, but lines and numbers stay legible."""
STRIP_LINE_RGB: Rgb = (72, 88, 95)
STRIP_TEXT_RGB: Rgb = (235, 238, 238)
STRIP_PX = 52
WINDOW_S = 3.0
"""Time shown on the strip, the present in its middle: about four strides."""
TIME_BASE = Fraction(1, 90_000)
"""MPEG's own clock: 11 µs, exact for 24, 25, 30, 50, 60 and 120 frames per second."""


class Turned(Protocol):
    """Turns a stored plane to how it is displayed."""

    def show(self, picture: NDArray[np.uint8], /) -> NDArray[np.uint8]:
        """The plane as displayed."""
        ...

    def stored_box(self, box: Box, width: int, height: int, /) -> Box:
        """The box of the displayed picture in the stored one, which is so wide and high."""
        ...


class ShownFrame(Protocol):
    """What is needed of a clip's frame (`gait.clip.Frame` has it)."""

    @property
    def index(self) -> int:
        """Number of the frame in the clip."""
        ...

    @property
    def time_s(self) -> float:
        """Time from the clip's first frame."""
        ...

    @property
    def video(self) -> VideoFrame:
        """As stored, yuv420p or yuvj420p."""
        ...

    @property
    def orientation(self) -> Turned:
        """From stored to displayed."""
        ...


@dataclass(frozen=True, eq=False)
class HeelLines:
    """Both lines in one frame, lower and upper end each, in output pixels."""

    shank_px: Floats
    heel_px: Floats
    angle_deg: float


@dataclass(frozen=True)
class Layer:
    """What is drawn, prepared once; points in output pixels."""

    boxes: Ints
    """(n, 4) what of each frame is shown, in output pixels."""
    points_px: NDArray[np.float64]
    stances_s: Mapping[Side, Floats]
    lines: Mapping[Side, Mapping[int, HeelLines]]
    """Per side and frame of the clip: as measured, and between two measured frames of a step, see `_lines_of`."""
    letters: tuple[str, str]
    """What the strip's two rows are called, left and right."""
    decimal_sign: str


def write_overlay(
    analysis: Analysis,
    frames: Iterable[ShownFrame],
    out: Path,
    tell: Callable[[int, int], None] | None = None,
    encoder: str = "",
) -> Path:
    """Encode `frames` with the analysis drawn in and return `out`.

    Args:
        analysis: Of a clip that was not refused.
        frames: The clip's frames in order. Only their `video` is used, so ask for no RGB image (`max_side_px` 0).
        out: Written beside its place and moved there.
        tell: `tell(done, total)` is called for every frame; when it raises, nothing is left behind.
        encoder: What packs it, as `gait.encoders` names it; empty takes the first that works here.

    Raises:
        GaitError: The file cannot be written, or there is no such encoder here.
    """
    coder = encoders.chosen(encoder)
    with encoders.whole(out) as part:
        _encode(analysis, frames, part, tell or (lambda done, total: None), coder)
    return out


def _encode(
    analysis: Analysis,
    frames: Iterable[ShownFrame],
    part: Path,
    tell: Callable[[int, int], None],
    coder: encoders.Encoder,
) -> None:
    total = analysis.clip.n_frames
    boxes = _boxes(analysis)
    window = shown_window(analysis, boxes)
    size = _shown_size(window)
    shrink = VideoReformatter()
    layer = canvas = None
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = coder.add_to(container, _rate(analysis), coder.film)
        for done, frame in enumerate(frames, start=1):
            if canvas is None or layer is None:
                canvas = Canvas(size[0], size[1] + STRIP_PX)
                layer = prepare(analysis, boxes, window, size)
                stream.width, stream.height = canvas.width, canvas.height
                context, source = stream.codec_context, frame.video
                context.time_base = TIME_BASE
                context.colorspace, context.color_primaries = source.colorspace, source.color_primaries
                context.color_trc = source.color_trc
            _paste(canvas, frame, window, size, shrink)
            paint_outside(_picture_of(canvas), layer.boxes[frame.index])
            draw(canvas, frame.index, frame.time_s, layer)
            # The canvas's own memory: the coder has copied it when `encode` returns.
            video = VideoFrame.from_numpy_buffer(canvas.packed, format="yuv420p")
            video.pts, video.time_base = round(frame.time_s / TIME_BASE), TIME_BASE
            container.mux(stream.encode(video))
            tell(done, total)
        if canvas is None:
            raise GaitError("not_drawn")
        container.mux(stream.encode(None))


def draw(canvas: Canvas, index: int, time_s: float, layer: Layer) -> None:
    """Draw the legs and lines of one frame on it, and the strip of foot contacts below it."""
    for side in Side:
        lines = layer.lines[side].get(index)
        if index < len(layer.points_px):
            standing = _in_stance(layer.stances_s[side], time_s)
            _leg(canvas, layer.points_px[index], side, standing, foot=lines is None)
        if lines is not None:
            _lines(canvas, lines, side)
    _strip(canvas, time_s, layer)


def shown_window(analysis: Analysis, boxes: Ints) -> Box:
    """The part of the picture that the film is of: that of the boxes of all frames; x0, y0, x1, y1, even.

    All of it where there is no box; then all of it is painted over.
    """
    clip = analysis.clip
    there = boxes[boxes[:, 2] > 0]
    if not len(there):
        return 0, 0, clip.width_px // 2 * 2, clip.height_px // 2 * 2
    (x0, y0), (x1, y1) = there[:, :2].min(axis=0), there[:, 2:].max(axis=0)
    return int(x0), int(y0), int(x1), int(y1)


def prepare(analysis: Analysis, boxes: Ints, window: Box, size: tuple[int, int]) -> Layer:
    """What is drawn on frames that show that window and are `size` (width, height) large."""
    corner = np.array(window[:2], float)
    scale = size[0] / (window[2] - window[0])
    moves, steps, rearfoot = analysis.trajectories, analysis.events, analysis.rearfoot
    points_px = (moves.points_px - corner) * scale if moves is not None else np.empty((0, len(Landmark), 2))
    feet = rearfoot.feet if rearfoot else {}
    # Inwards to whole colour pixels: no rim of what is painted over stays.
    inner = (boxes - np.tile(corner, 2)) * np.tile(np.array(size) / (np.array(window[2:]) - corner), 2)
    inner = np.concatenate([2 * np.ceil(inner[:, :2] / 2), 2 * np.floor(inner[:, 2:] / 2)], axis=1)
    return Layer(
        boxes=np.where(boxes[:, 2:3] > 0, np.clip(inner, 0, np.tile(size, 2)), 0).astype(np.int64),
        points_px=points_px,
        stances_s={side: steps.feet[side].stances_s() if steps else np.empty((0, 2)) for side in Side},
        lines={side: _lines_of(feet[side], points_px, side, corner, scale) if side in feet else {} for side in Side},
        letters=(phrase("chart-letter", side="left"), phrase("chart-letter", side="right")),
        decimal_sign=decimal_sign(),
    )


def _boxes(analysis: Analysis) -> Ints:
    """(n, 4) by frame of the clip; zeros where nothing is shown."""
    clip, moves = analysis.clip, analysis.trajectories
    none = np.zeros((clip.n_frames, 4), np.int64)
    if moves is not None:
        none[: len(moves.points_px)] = kept_boxes(moves.points_px, moves.times_s, clip.width_px, clip.height_px)
    return none


def _lines_of(foot: FootAngles, points_px: Floats, side: Side, corner: Floats, scale: float) -> dict[int, HeelLines]:
    """By frame: the lines that were measured, and in the frames between that were not tracked, lines on the way from one to the next.

    Not every frame of a long run is measured, and lines that come and go are no picture of a step. They go along with the
    ankle, which is known in every frame. A frame that was tracked and could not be read stays without.
    """
    good = foot.usable & np.isfinite(foot.angle_deg) & np.isfinite(foot.shank_px).all(axis=(1, 2))
    good &= np.isfinite(foot.heel_px).all(axis=(1, 2))
    ankle_px = points_px[:, Landmark.of(side, "ankle")]
    both = (np.stack([foot.shank_px, foot.heel_px], axis=1) - corner) * scale
    frames = foot.frame.tolist()
    found = {frames[k]: HeelLines(both[k, 0], both[k, 1], float(foot.angle_deg[k])) for k in np.flatnonzero(good)}
    for a, b in pairwise(np.argsort(foot.frame, kind="stable").tolist()):
        if not (good[a] and good[b]) or foot.stance[a] != foot.stance[b]:
            continue
        for frame in range(frames[a] + 1, frames[b]):
            share = (frame - frames[a]) / (frames[b] - frames[a])
            of_ankle = [both[k] - ankle_px[frames[k]] for k in (a, b)]
            lines = ankle_px[frame] + of_ankle[0] + share * (of_ankle[1] - of_ankle[0])
            if np.isfinite(lines).all():
                angle_deg = foot.angle_deg[a] + share * (foot.angle_deg[b] - foot.angle_deg[a])
                found[frame] = HeelLines(lines[0], lines[1], float(angle_deg))
    return found


def _shown_size(window: Box) -> tuple[int, int]:
    """Width and height on the film: fours, as a frame made of the canvas's memory needs."""
    width, height = window[2] - window[0], window[3] - window[1]
    scale = min(MOST_ENLARGED, MAX_SIDE_PX / max(width, height))
    return max(4, 4 * round(width * scale / 4)), max(4, 4 * round(height * scale / 4))


def _paste(
    canvas: Canvas, frame: ShownFrame, window: Box, size: tuple[int, int], reformatter: VideoReformatter
) -> None:
    """Put the window of the picture on the canvas, shrunk to `size` (as shown), plane by plane."""
    video = frame.video
    # Phones' full range of brightness: the canvas paints in the limited one.
    if video.format.name == "yuvj420p" or int(video.color_range) == 2:
        video = reformatter.reformat(video, format="yuv420p", dst_color_range="MPEG")
    x0, y0, x1, y1 = frame.orientation.stored_box(window, video.width, video.height)
    for n, (plane, target) in enumerate(zip(video.planes, _picture_of(canvas), strict=True)):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        shift = min(n, 1)
        cut = frame.orientation.show(rows[y0 >> shift : y1 >> shift, x0 >> shift : x1 >> shift])
        target[:] = _shrunk(cut, size[0] >> shift, size[1] >> shift)


def _picture_of(canvas: Canvas) -> tuple[Plane, Plane, Plane]:
    """The planes without the strip."""
    y, u, v = canvas.planes
    return y[:-STRIP_PX], u[: -STRIP_PX // 2], v[: -STRIP_PX // 2]


def _shrunk(plane: Plane, width: int, height: int) -> Plane:
    """Halved as often as possible, which is quick and counts every pixel, then brought to size."""
    while plane.shape[1] >= 2 * width and plane.shape[0] >= 2 * height:
        half = (plane.shape[1] // 2, plane.shape[0] // 2)
        plane = np.asarray(cv2.resize(plane, half, interpolation=cv2.INTER_AREA), np.uint8)
    if plane.shape == (height, width):
        return plane
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _rate(analysis: Analysis) -> Fraction:
    """Only the codec's hint for its rate control; the frames' own times are what is played."""
    fps = analysis.clip.fps_hz
    return Fraction(fps if np.isfinite(fps) else 30.0).limit_denominator(1001)


def _in_stance(stances_s: Floats, time_s: float) -> bool:
    return bool(((stances_s[:, 0] <= time_s) & (time_s <= stances_s[:, 1])).any())


def _leg(canvas: Canvas, points_px: Floats, side: Side, standing: bool, foot: bool) -> None:
    """Hip to ankle, to the toe if `foot`, in the side's colour; thicker and with a bar below while on the ground."""
    colour = BRIGHT_RGB[side]
    hip, knee, ankle, heel, toe = (
        points_px[Landmark.of(side, joint)] for joint in ("hip", "knee", "ankle", "heel", "foot_index")
    )
    thick = 3 if standing else 2
    for a, b in ((hip, knee), (knee, ankle), *(((ankle, heel), (heel, toe)) if foot else ())):
        canvas.line(a, b, colour, thick)
    for joint in (hip, knee, ankle):
        canvas.dot(joint, 4, colour)
    if standing and np.isfinite([heel, toe]).all():
        reach = max(abs(float(toe[0] - heel[0])) / 2, 0.04 * canvas.width)
        x, y = float(heel[0] + toe[0]) / 2, float(max(heel[1], toe[1])) + 0.016 * canvas.height
        y = min(y, canvas.height - STRIP_PX - 6.0)
        canvas.line(np.array([x - reach, y]), np.array([x + reach, y]), colour, 5, edge=EDGE_RGB)


def _lines(canvas: Canvas, lines: HeelLines, side: Side) -> None:
    """Shank white, heel yellow and twice as long as measured, and the angle on the outside of the foot."""
    shank, heel = lines.shank_px, lines.heel_px
    longer = heel[0] + (heel[1] - heel[0]) * np.array([[-0.2], [1.8]])
    canvas.line(shank[0], shank[1], SHANK_RGB, 3, edge=EDGE_RGB)
    canvas.line(longer[0], longer[1], HEEL_RGB, 3, edge=EDGE_RGB)
    words = f"{round(lines.angle_deg):d}°".replace("-", "−")
    size = round(0.027 * max(canvas.height, canvas.width))
    width = text_width(words, size, plate=True)
    middle = float(heel[:, 0].mean()) + side.lateral_sign * (0.09 * canvas.width + width / 2)
    canvas.text(words, middle - width / 2, float(heel[:, 1].mean()) - size, size, HEEL_RGB, plate=True)


def _strip(canvas: Canvas, time_s: float, layer: Layer) -> None:
    """Foot contacts round the present moment, left above right, and the time."""
    top, width = canvas.height - STRIP_PX, canvas.width
    canvas.put_rows(_bare_strip(width, layer.letters))
    x0, x1, row = 26, width - 6, (STRIP_PX - 8) // 2
    per_s = (x1 - x0) / WINDOW_S

    def x(t: float) -> float:
        return min(max(x0 + (float(t) - time_s + WINDOW_S / 2) * per_s, x0), x1)

    for n, side in enumerate(Side):
        y = top + 3 + n * (row + 2)
        stances = layer.stances_s[side]
        near = stances[(stances[:, 1] > time_s - WINDOW_S / 2) & (stances[:, 0] < time_s + WINDOW_S / 2)]
        for strike, off in near:
            here = strike <= time_s <= off
            canvas.box(x(strike), y + 2, x(off), y + row - 2, BRIGHT_RGB[side] if here else SIDE_RGB[side])
    canvas.box(x(time_s) - 1, top, x(time_s) + 1, canvas.height, (255, 255, 255))
    # In two parts that come again: lettering a new string takes as long as all other drawing together.
    whole, rest = f"{time_s:.2f} s".split(".")
    point, top = width - 40, canvas.height - 20
    canvas.box(point - 12 - 8 * len(whole), top - 4, width, canvas.height, PLATE_RGB)
    canvas.text(whole, point - text_width(whole, 12), top, 12, STRIP_TEXT_RGB)
    canvas.text(f"{layer.decimal_sign}{rest}", point, top, 12, STRIP_TEXT_RGB)


@lru_cache(maxsize=4)
def _bare_strip(width: int, letters: tuple[str, str]) -> tuple[Plane, Plane, Plane]:
    """What is the same on every strip of this width and language."""
    bare = Canvas(width, STRIP_PX)
    bare.box(0, 0, width, STRIP_PX, PLATE_RGB)
    row = (STRIP_PX - 8) // 2
    for n, side in enumerate(Side):
        y = 3 + n * (row + 2)
        bare.text(letters[n], 8, y + 4, 14, BRIGHT_RGB[side])
        bare.box(26, y + row // 2, width - 6, y + row // 2 + 1, STRIP_LINE_RGB)
    return bare.planes
