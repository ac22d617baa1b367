"""comparison.mp4: two runs side by side, locked to the gait cycle: contact meets contact and toe-off toe-off at every step of each foot.

Made of the overlay films of both results, so it shows the lower legs and nothing else of the picture. It plays at the first run's pace; of the
second run the frame nearest in the cycle is shown.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from gait import encoders
from gait.comparison.locked import LEAD_S, Locked, other_time
from gait.drawing.canvas import PLATE_RGB, Canvas, Plane
from gait.drawing.overlay import TIME_BASE
from gait.errors import GaitError

MOST_HIGH_PX = 640
"""Of either picture: two of them side by side fill a page's width, and a heel is still seen."""
HEAD_PX, GAP_PX, LETTERS_PX = 36, 8, 18
NAME_RGB = (235, 238, 238)
Size = tuple[int, int]
"""Width and height."""


def write_side_by_side(
    films: tuple[Path, Path],
    locked: Sequence[Locked],
    names: tuple[str, str],
    out: Path,
    tell: Callable[[int, int], None] | None = None,
    encoder: str = "",
) -> Path:
    """Encode both films side by side and return `out`.

    Args:
        films: The overlay films; their frames have the times of the clips.
        locked: The steps that are shown, at least one, as from `gait.comparison.locked.lock_steps`.
        names: What stands above each.
        out: Written beside its place and moved there.
        tell: `tell(done, total)` is called for every frame; when it raises, nothing is left behind.
        encoder: What packs it, as `gait.encoders` names it; empty takes the first that works here.

    Raises:
        GaitError: A film cannot be read or the new one not be written, or there is no such encoder here.
    """
    coder = encoders.chosen(encoder)
    begins, ends = locked[0].a.contact_s - locked[0].film.contact_s, locked[-1].a.toe_off_s + LEAD_S
    with encoders.whole(out) as part, av.open(str(films[0])) as first, av.open(str(films[1])) as second:
        from_s = float(other_time(np.array([begins]), locked)[0])
        pairs = _pairs(_from(first, begins, ends), _from(second, from_s, np.inf), locked)
        streams = (first.streams.video[0], second.streams.video[0])
        total = max(1, round((ends - begins) * float(streams[0].average_rate or 30)))
        sizes = _sizes([(s.width, s.height) for s in streams])
        _encode(pairs, sizes, names, begins, part, coder, lambda done: (tell or _nobody)(min(done, total), total))
    return out


def _nobody(done: int, total: int) -> None:
    """Nobody is told."""


def _from(film: av.container.InputContainer, start_s: float, end_s: float) -> Iterator[tuple[float, VideoFrame]]:
    """Time and frame, from the last one before `start_s` to the first after `end_s`, not itself."""
    stream = film.streams.video[0]
    assert stream.time_base is not None
    film.seek(max(0, int(start_s / stream.time_base)), stream=stream, backward=True)
    before: tuple[float, VideoFrame] | None = None
    for frame in film.decode(stream):
        if frame.pts is None:
            continue
        time_s = float(frame.pts * stream.time_base)
        if time_s > end_s:
            break
        if time_s < start_s:
            before = (time_s, frame)
            continue
        if before is not None:
            yield before
            before = None
        yield time_s, frame
    if before is not None:
        yield before


def _pairs(
    first: Iterator[tuple[float, VideoFrame]], second: Iterator[tuple[float, VideoFrame]], locked: Sequence[Locked]
) -> Iterator[tuple[float, VideoFrame, VideoFrame]]:
    """Each frame of the first film with the one of the second that is nearest to the same moment of the gait cycle."""
    shown, following = next(second, None), next(second, None)
    for time_s, frame in first:
        if shown is None:
            return
        wanted_s = float(other_time(np.array([time_s]), locked)[0])
        while following is not None and abs(following[0] - wanted_s) <= abs(shown[0] - wanted_s):
            shown, following = following, next(second, None)
        yield time_s, frame, shown[1]


def _encode(
    pairs: Iterator[tuple[float, VideoFrame, VideoFrame]],
    sizes: tuple[Size, Size],
    names: tuple[str, str],
    begins_s: float,
    part: Path,
    coder: encoders.Encoder,
    tell: Callable[[int], None],
) -> None:
    places = (0, sizes[0][0] + GAP_PX)
    canvas = Canvas(places[1] + sizes[1][0], sizes[0][1] + HEAD_PX)
    canvas.box(0, 0, canvas.width, canvas.height, PLATE_RGB)
    for name, x in zip(names, places, strict=True):
        canvas.text(name, x + 8, (HEAD_PX - LETTERS_PX) / 2, LETTERS_PX, NAME_RGB)
    shrink, last = VideoReformatter(), -1
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = coder.add_to(container, Fraction(60), coder.film)
        stream.width, stream.height = canvas.width, canvas.height
        stream.codec_context.time_base = TIME_BASE
        for done, (time_s, *frames) in enumerate(pairs, start=1):
            if done == 1:
                source, context = frames[0], stream.codec_context
                context.colorspace, context.color_primaries = source.colorspace, source.color_primaries
                context.color_trc = source.color_trc
            for frame, x, size in zip(frames, places, sizes, strict=True):
                _paste(canvas, frame, x, size, shrink)
            # The canvas's own memory: the coder has copied it when `encode` returns.
            video = VideoFrame.from_numpy_buffer(canvas.packed, format="yuv420p")
            last = max(last + 1, round(max(0.0, time_s - begins_s) / TIME_BASE))
            video.pts, video.time_base = last, TIME_BASE
            container.mux(stream.encode(video))
            tell(done)
        if last < 0:
            raise GaitError("not_drawn")
        container.mux(stream.encode(None))


def _paste(canvas: Canvas, frame: VideoFrame, x: int, size: Size, shrink: VideoReformatter) -> None:
    if frame.format.name != "yuv420p":
        frame = shrink.reformat(frame, format="yuv420p")
    for n, (plane, target) in enumerate(zip(frame.planes, canvas.planes, strict=True)):
        half = min(n, 1)
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        width, height = size[0] >> half, size[1] >> half
        target[HEAD_PX >> half :, x >> half : (x >> half) + width] = _sized(rows, width, height)


def _sized(plane: Plane, width: int, height: int) -> Plane:
    if plane.shape == (height, width):
        return plane
    way = cv2.INTER_AREA if plane.shape[0] > height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, (width, height), interpolation=way), np.uint8)


def _sizes(films: Sequence[Size]) -> tuple[Size, Size]:
    """Both equally high, widths in fours, as a frame made of the canvas's memory needs."""
    height = min(MOST_HIGH_PX, *(h for _, h in films)) // 4 * 4
    first, second = (max(4, 4 * round(w * height / h / 4)) for w, h in films)
    return (first, height), (second, height)
