"""Containers and codecs: opening a file safely, decoding what is left of a damaged one, which way up it is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from gait.errors import ClipError

MIN_SIDE_PX, MAX_SIDE_PX = 64, 8192
"""Below, no foot has a direction; above, no camera films (8K is 7680) and one frame would take 200 MB."""
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts"
"""Containers that are opened. Playlists and picture lists, which can point at other files, are not among them."""
OPEN_OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": "file,pipe"}
ADVICE = "Export it again as MP4 (H.264) or copy it from the camera once more."


@dataclass(frozen=True)
class Orientation:
    """How stored pixels become the displayed picture: first `mirror` left-right, then `turns` quarter turns to the left."""

    turns: int = 0
    mirror: bool = False

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
    """The container and its video stream, closed afterwards; every failure of FFmpeg's becomes a ClipError."""
    unreadable = ClipError(f"{path.name} is no video that can be read, or it is cut off.", ADVICE, "unreadable")
    try:
        container = av.open(str(path), options=OPEN_OPTIONS, timeout=30.0, metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError, OverflowError, MemoryError) as error:
        raise unreadable from error
    with container:
        if not container.streams.video:
            kind = "has sound but no picture" if container.streams.audio else "holds no video"
            raise ClipError(f"{path.name} {kind}.", "Choose the clip of the run.", "no_video")
        stream = container.streams.video[0]
        if stream.codec_context is None:
            raise ClipError(f"{path.name} is coded in a way this computer cannot read.", ADVICE, "unknown_codec")
        check_size(path, stream.codec_context.width, stream.codec_context.height)
        try:
            yield container, stream
        except av.error.FFmpegError as error:
            raise unreadable from error


def check_size(path: Path, width: int, height: int) -> None:
    """Raise ClipError unless the picture has a size a camera could have."""
    if not (MIN_SIDE_PX <= width <= MAX_SIDE_PX and MIN_SIDE_PX <= height <= MAX_SIDE_PX):
        raise ClipError(
            f"The picture of {path.name} is {width} x {height} pixels.",
            f"Both sides must be between {MIN_SIDE_PX} and {MAX_SIDE_PX}; 720 x 1280 is good.",
            "bad_size",
        )


def demuxed(container: InputContainer, stream: VideoStream) -> "Iterator[Packet[VideoStream]]":
    """The stream's packets. A damaged header can name a stream that is not there, an IndexError of PyAV's: the clip ends."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, IndexError):
            return
        yield packet


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Decoded frames; a damaged packet costs its frames, not the clip. Gives up after 1000 damaged packets in a row."""
    bad = 0
    packets = demuxed(container, stream)
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
        yield from found


def pixel_aspect(stream: VideoStream) -> float:
    """Width of a pixel over its height; 1 for nearly every camera. Angles are wrong in pixels that are not square."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return ratio if 0.25 <= ratio <= 4 else 1.0


def plain(frame: VideoFrame, aspect: float, reformatter: VideoReformatter) -> VideoFrame:
    """8-bit 4:2:0 with square pixels; the identity for nearly every camera."""
    square = abs(aspect - 1) < 0.005
    if frame.format.name in ("yuv420p", "yuvj420p") and square:
        return frame
    width = frame.width if square else max(2, round(frame.width * aspect / 2) * 2)
    return reformatter.reformat(frame, width=width, format="yuv420p")


def orientation_of(frame: VideoFrame) -> Orientation:
    """From the container's display matrix; angles that are no quarter turn are rounded to one."""
    try:
        entries: list[Any] = list(frame.side_data)  # PyAV's stubs call the container a mapping by name
        matrices = [bytes(d) for d in entries if d.type.name == "DISPLAYMATRIX"]
    except ValueError:  # a kind of side data PyAV has no name for
        matrices = []
    mirror = False
    if matrices and len(matrices[0]) >= 36:
        a, b, _, c, d = np.frombuffer(matrices[0][:20], dtype=np.int32).astype(float)
        mirror = a * d - b * c < 0
    return Orientation(turns=round(frame.rotation / 90) % 4, mirror=mirror)
