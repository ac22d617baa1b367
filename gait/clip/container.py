"""Containers and codecs: opening a file safely, decoding what is left of a damaged one, which way up it is shown."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from gait.clip.edits import rated_edits
from gait.clip.tone import HIGH_RANGE, to_ordinary_range
from gait.errors import ClipError

MIN_SIDE_PX, MAX_SIDE_PX = 64, 8192
"""Below, no foot has a direction; above, no camera films."""
PREVIEW_PX = 240
"""Shorter side: below it no heel can be measured, so that a second track of more is what was filmed."""
MAX_PIXELS = 4096 * 3072
"""4K in 4:3, 12.6 million: all a phone films but 8K. At most 1.5 GB may be used, and following a runner takes 0.5 of small frames.
Measured on two cores: 0.9-1.0 GB for 10-bit HEVC of 3840 x 2160, 1.2-1.5 for H.264 of 5312 x 2988 that tells the decoder to
keep 16 frames, 1.7-1.9 for HEVC of 7680 x 4320."""
MAX_FRAME_BYTES = 3840 * 2160 * 3
"""One decoded frame: 25 MB, 4K in 10-bit 4:2:0 as phones film high dynamic range. At 27 MB and with 16 frames kept: 1.3-1.4 GB."""
AHEAD_BYTES = 60_000_000
"""Decoded frames that wait for somebody, at each place where they wait: 3 of the largest, 4 of 3840 x 2160, 19 of 1080 x 1920."""
SAME_SHAPE = 0.02
"""Of width over height, between sizes of one picture: encoders round sides to whole blocks of up to 16 pixels."""
CAMERA_TAGS = (
    ("com.apple.quicktime.make", "com.android.manufacturer", "make"),
    ("com.apple.quicktime.model", "com.android.model", "model"),
    ("com.apple.quicktime.camera.lens_model", "lens_model"),
)
"""Where containers keep a camera's make, model and lens."""
MAX_CAMERA_NAME = 80
"""Anything can stand there."""
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts"
"""Containers that are opened. Playlists and picture lists, which can point at other files, are not among them."""
OPEN_OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": "file", "max_pixels": str(MAX_PIXELS)}


@dataclass(frozen=True)
class Orientation:
    """How stored pixels become the displayed picture: first `mirror` left-right, then `turns` quarter turns to the left."""

    turns: int = 0
    mirror: bool = False

    def then(self, mirrored: bool, turns: int) -> "Orientation":
        """What is shown, mirrored left-right if so, then turned to the left once more."""
        # A mirror after so many turns is a mirror before as many turns the other way.
        return Orientation((turns - self.turns if mirrored else turns + self.turns) % 4, self.mirror != mirrored)

    def show(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A stored picture (h, w[, 3]) as displayed."""
        if self.mirror:
            picture = picture[:, ::-1]
        return np.ascontiguousarray(np.rot90(picture, self.turns)) if self.turns or self.mirror else picture

    def stored_box(self, box: tuple[int, int, int, int], width: int, height: int) -> tuple[int, int, int, int]:
        """The box (x0, y0, x1, y1; displayed picture) in the stored picture of `width` x `height`."""
        x0, y0, x1, y1 = box
        # Undo the turns one by one; after k left turns of a stored (w, h) picture the shown size is (h, w) for odd k.
        for k in range(self.turns, 0, -1):
            before_w = width if (k - 1) % 2 == 0 else height
            # A left turn sends stored (x, y) to shown (y, before_w - x).
            x0, y0, x1, y1 = before_w - y1, x0, before_w - y0, x1
        if self.mirror:
            x0, x1 = width - x1, width - x0
        return x0, y0, x1, y1

    def shown_box(self, box: tuple[int, int, int, int], width: int, height: int) -> tuple[int, int, int, int]:
        """The inverse of `stored_box`."""
        x0, y0, x1, y1 = box
        if self.mirror:
            x0, x1 = width - x1, width - x0
        for k in range(self.turns):
            before_w = width if k % 2 == 0 else height
            x0, y0, x1, y1 = y0, before_w - x1, y1, before_w - x0
        return x0, y0, x1, y1


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its video stream (see `main_video`), closed afterwards; every failure of FFmpeg's becomes a ClipError."""
    _give_back()
    unreadable = ClipError("unreadable", file=path.name)
    # FFmpeg knows no rates of edits and would cut such a clip short: `gait.clip.index` goes by the stored times instead.
    options = OPEN_OPTIONS | ({"ignore_editlist": "1"} if rated_edits(path) else {})
    try:
        # From the root: of a name like 10:22:33.mp4 FFmpeg would take what stands before the colon for a protocol.
        container = av.open(str(path.absolute()), options=options, timeout=30.0, metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError, OverflowError, MemoryError) as error:
        raise unreadable from error
    with container:
        if not container.streams.video:
            raise ClipError("no_video", "sound_only" if container.streams.audio else "", file=path.name)
        stream = main_video(container)
        context = stream.codec_context
        if context is None:
            raise ClipError("unknown_codec", file=path.name)
        check_size(path, context.width, context.height, context.pix_fmt)
        # For what comes later in the file: a stream can change its size on the way, and decoders allocate before they tell.
        context.options = {"max_pixels": str(MAX_PIXELS)}
        fit = frames_that_fit(context.width, context.height, context.pix_fmt)
        context.thread_count = min(fit, (os.cpu_count() or 1) + 1, 16)
        try:
            yield container, stream
        except av.error.FFmpegError as error:
            raise unreadable from error


def main_video(container: InputContainer) -> VideoStream:
    """The track that is to be shown: the one marked as the default, else the largest, else the longest; never a cover.

    A preview or the cover of an album can come first in a file. Where all or none are marked, the marks say nothing; where a mark is on
    something too small or too short to be what was filmed, a program put it on whatever came first.
    """
    tracks = [s for s in container.streams.video if s.codec_context is not None] or list(container.streams.video)
    shown = [s for s in tracks if not s.disposition & Disposition.attached_pic] or tracks
    whole = [s for s in shown if not _is_preview(s, shown)]
    marked = [s for s in whole if s.disposition & Disposition.default] or whole
    return max(marked, key=lambda s: (_pixels(s), _length_s(s)))


def _is_preview(stream: VideoStream, shown: list[VideoStream]) -> bool:
    """Whether another track has a picture of a film's size where this has not, or is more than twice as long and as large."""
    side, pixels, length_s = _side_px(stream), _pixels(stream), _length_s(stream)
    return any(
        (side < PREVIEW_PX <= _side_px(other) and _length_s(other) >= length_s / 2)
        or (_length_s(other) > 2 * length_s > 0 and _pixels(other) >= pixels)
        for other in shown
    )


def _side_px(stream: VideoStream) -> int:
    context = stream.codec_context
    return min(context.width, context.height) if context is not None else 0


def _pixels(stream: VideoStream) -> int:
    context = stream.codec_context
    return context.width * context.height if context is not None else 0


def _length_s(stream: VideoStream) -> float:
    """0 where the container does not say."""
    return float((stream.duration or 0) * (stream.time_base or 0))


def _give_back() -> None:
    """Hand memory that is free back to the system, before a decoder takes its own.

    glibc keeps freed frames, in a heap for every thread, once blocks of their size have come and gone: a program that lives for
    days and opened a few very large clips held 1.0 GB and peaked at 1.5, with this 0.7 and 1.2. Takes under a millisecond.
    Other C libraries have no such call and need none.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def check_size(path: Path, width: int, height: int, pixels: str | None = None) -> None:
    """Raise ClipError unless the picture has a size a camera could have, and its frames (format `pixels`) fit in memory."""
    if width <= 0 or height <= 0:
        raise ClipError("unreadable", "no_size", file=path.name)
    if min(width, height) < MIN_SIDE_PX or max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise ClipError("bad_size", file=path.name, width_px=width, height_px=height, least_px=MIN_SIDE_PX)
    if frame_bytes(width, height, pixels) > MAX_FRAME_BYTES:
        chroma, bits = _colours(pixels)
        least = frame_bytes(width, height, "yuv420p10le" if bits > 8 else None)
        raise ClipError(
            "bad_size",
            "colours" if least <= MAX_FRAME_BYTES else "memory",
            file=path.name,
            width_px=width,
            height_px=height,
            chroma=chroma,
            bits=bits,
        )


def _colours(pixels: str | None) -> tuple[str, int]:
    """How the format keeps colour, in a camera's words (4:2:0, 4:2:2, 4:4:4), and the bits of each value."""
    if not pixels:
        return "4:2:0", 8
    layout = VideoFormat(pixels)
    bits = max(part.bits for part in layout.components)
    if layout.is_rgb or len(layout.components) < 3:
        return "4:4:4", bits
    across, down = layout.chroma_width(16), layout.chroma_height(16)
    return {(8, 8): "4:2:0", (8, 16): "4:2:2", (16, 16): "4:4:4"}.get((across, down), "4:1:1"), bits


def frame_bytes(width: int, height: int, pixels: str | None) -> int:
    """Memory of one decoded frame in the format `pixels`; as 8-bit 4:2:0, which nearly every camera makes, when not known."""
    bits = VideoFormat(pixels).padded_bits_per_pixel if pixels else 12
    return width * height * bits // 8


def frames_that_fit(width: int, height: int, pixels: str | None = None) -> int:
    """How many decoded frames may wait at one place: at least 2."""
    return max(2, AHEAD_BYTES // max(1, frame_bytes(width, height, pixels)))


def demuxed(container: InputContainer, stream: VideoStream) -> "Iterator[Packet[VideoStream]]":
    """The stream's packets. A damaged header can name a stream that is not there, an IndexError of PyAV's: the clip ends."""
    packets = container.demux(stream)
    untimed: bool | None = False if container.format.name == "mpegts" else None
    while True:
        try:
            packet = next(packets)
        except (StopIteration, IndexError):
            return
        if untimed is None:
            untimed = packet.pts is None
        if untimed and packet.pts is None:
            # The decoder hands on what is written here, and without it nothing tells which packet a frame came from.
            packet.pts = packet.dts
        yield packet


def decoded(
    container: InputContainer, stream: VideoStream, packets: "Iterator[Packet[VideoStream]] | None" = None
) -> Iterator[VideoFrame]:
    """Decoded frames, of these `packets` or of all; a damaged packet costs its frames, not the clip.

    Gives up after 1000 damaged packets in a row, and where frames begin that are too large for the memory.
    """
    bad = 0
    packets = packets or demuxed(container, stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        try:
            found = packet.decode()
        except (av.error.FFmpegError, ValueError):
            bad += 1
            if bad > 1000:
                return
            continue
        bad = 0
        context = stream.codec_context
        if frame_bytes(context.width, context.height, context.pix_fmt) > MAX_FRAME_BYTES:
            return  # the stream changed on the way
        yield from found


def pixel_aspect(stream: VideoStream) -> float:
    """Width of a pixel over its height; 1 for nearly every camera. Angles are wrong in pixels that are not square."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return ratio if 0.25 <= ratio <= 4 else 1.0


def plain(frame: VideoFrame, aspect: float, reformatter: VideoReformatter) -> VideoFrame:
    """8-bit 4:2:0 with square pixels and ordinary range; the identity for nearly every camera."""
    if frame.color_trc in HIGH_RANGE:
        frame = to_ordinary_range(frame, reformatter)
    square = abs(aspect - 1) < 0.005
    if frame.format.name in ("yuv420p", "yuvj420p") and square:
        return frame
    width = frame.width if square else max(2, round(frame.width * aspect / 2) * 2)
    return reformatter.reformat(frame, width=width, format="yuv420p")


def sized(frame: VideoFrame, width: int, height: int) -> VideoFrame | None:
    """The frame at this size (stored, px); None where that would squeeze it: a stream that goes from upright to landscape."""
    if (frame.width, frame.height) == (width, height):
        return frame
    if abs(frame.width * height / (frame.height * width) - 1) > SAME_SHAPE:
        return None
    return VideoReformatter().reformat(frame, width=width, height=height)


def camera_of(container: InputContainer, stream: VideoStream) -> str:
    """Make and model of the camera, and its lens where a phone names it; empty where the file says nothing."""
    said = {key.lower(): value.strip() for tags in (stream.metadata, container.metadata) for key, value in tags.items()}
    found: list[str] = []
    for names in CAMERA_TAGS:
        value = next((said[name] for name in names if said.get(name)), "")
        if value and value not in found:
            found.append(value)
    return " ".join(found)[:MAX_CAMERA_NAME]


def orientation_of(frame: VideoFrame) -> Orientation:
    """From the container's display matrix; angles that are no quarter turn are rounded to one.

    The matrix (a, b; c, d) sends stored (x, y), y down, to (a x + c y, b x + d y): it turns to the right by the direction of (a, b).
    With a mirror, which is applied first here, that is the direction of (-a, -b).
    """
    try:
        entries: list[Any] = list(frame.side_data)  # PyAV's stubs call the container a mapping by name
        matrices = [bytes(d) for d in entries if d.type.name == "DISPLAYMATRIX"]
    except ValueError:  # a kind of side data PyAV has no name for
        matrices = []
    if not matrices or len(matrices[0]) < 36:
        return Orientation()
    a, b, _, c, d = np.frombuffer(matrices[0][:20], dtype=np.int32).astype(float)
    mirror = bool(a * d - b * c < 0)
    right_deg = float(np.degrees(np.arctan2(-b, -a) if mirror else np.arctan2(b, a)))
    return Orientation(turns=round(-right_deg / 90) % 4, mirror=mirror)
