"""Video files: opened, indexed, read frame by frame. With `capture.py` the only module that opens video.

Times come from the container, frame by frame; a frame rate is never rounded or guessed. The picture is always given as it
is displayed (the container's rotation applied). Never more than a few frames are in memory.
"""

import hashlib
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from gait.errors import ClipError
from gait.model import Clip, Floats, Ints, Picture

MIN_SIDE_PX, MAX_SIDE_PX = 64, 8192
"""Below, no foot has a direction; above, no camera films (8K is 7680) and one frame would take 200 MB."""
MAX_FRAMES = 500_000
"""More than an hour at 120 fps: not a treadmill run, or a file made to exhaust the machine."""
MAX_GAP_S = 60.0
"""A clip that stands still longer than this between two frames has broken times."""
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts"
"""Containers that are opened. Playlists and picture lists, which can point at other files, are not among them."""
QUEUE_FRAMES = 6
"""Frames decoded ahead: enough to keep a decoder busy, few enough that 1080p stays under 20 MB."""
_OPEN = {"format_whitelist": FORMATS, "protocol_whitelist": "file,pipe"}
_ADVICE = "Export it again as MP4 (H.264) or copy it from the camera once more."


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


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame. `image` may be shrunk; `picture()` and `video` are at the clip's own resolution."""

    index: int
    time_s: float
    image: Picture
    """(height, width, 3) RGB as displayed, shrunk to `max_side_px` if that was asked for."""
    video: VideoFrame
    """As stored, 8-bit 4:2:0 with square pixels; for crops at full resolution."""
    orientation: Orientation

    @property
    def full_size_px(self) -> tuple[int, int]:
        """(width, height) of the whole frame as displayed, whatever size `image` has."""
        w, h = self.video.width, self.video.height
        return (h, w) if self.orientation.turns % 2 else (w, h)

    def picture(self) -> Picture:
        """The whole frame, displayed, full resolution."""
        return self.orientation.show(self.video.to_ndarray(format="rgb24"))


def open_clip(path: Path | str) -> Clip:
    """Open and index a video file.

    Raises ClipError (one sentence and advice) for whatever is no video that could be analysed.
    """
    path = Path(path)
    digest = _checked_digest(path)
    with _opened(path) as (container, stream):
        width, height = stream.codec_context.width, stream.codec_context.height
        codec = stream.codec_context.name
        times = _packet_times(container, stream)
    first = _first_frame(path)
    if first is None:
        raise ClipError(f"No picture of {path.name} can be decoded.", _ADVICE, "no_frames")
    width, height = first.width, first.height
    _check_size(path, width, height)
    if times is None:
        times = _decoded_times(path)
    if len(times) < 2:
        raise ClipError(f"{path.name} holds a single picture, not a video.", "Record a clip of the run.", "no_frames")
    gaps = np.diff(times)
    if gaps.max() > MAX_GAP_S:
        raise ClipError(f"The frame times of {path.name} jump by {gaps.max():.0f} s.", _ADVICE, "bad_times")
    orientation = _orientation(first)
    if orientation.turns % 2:
        width, height = height, width
    return Clip(
        path=path,
        sha256=digest,
        times_s=times - times[0],
        width_px=width,
        height_px=height,
        rotation_deg=orientation.turns * 90,
        codec=codec,
        start_s=float(times[0]),
    )


def frames(clip: Clip, *, max_side_px: int | None = None, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
    """The clip's frames in order, decoded ahead in a thread of its own; frames that cannot be decoded are left out.

    `max_side_px` shrinks `image` (never `video`) to that longer side by area averaging. `start` and `stop` are frame
    indices; reading begins at the key frame before `start`.
    """
    stop = clip.n_frames if stop is None else min(stop, clip.n_frames)
    ahead: queue.Queue[Frame | BaseException | None] = queue.Queue(QUEUE_FRAMES)
    closed = threading.Event()

    def put(item: Frame | BaseException | None) -> bool:
        while not closed.is_set():
            try:
                ahead.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def decode() -> None:
        try:
            for frame in _decode(clip, max_side_px, start, stop):
                if not put(frame):
                    return
            put(None)
        except Exception as error:  # noqa: BLE001  handed to the consumer, which raises it
            put(error)

    thread = threading.Thread(target=decode, name="gait-decode", daemon=True)
    thread.start()
    try:
        while (item := ahead.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        closed.set()
        thread.join()


def stills(clip: Clip, indices: Ints, *, max_side_px: int | None = None) -> Iterator[Frame]:
    """A few frames, ascending; runs of the clip between them are skipped where key frames allow."""
    wanted = sorted({int(i) for i in indices})
    # Two seconds: seeking costs about as much as decoding half a typical group of pictures.
    groups: list[list[int]] = []
    for i in wanted:
        if groups and clip.times_s[i] - clip.times_s[groups[-1][-1]] < 2.0:
            groups[-1].append(i)
        else:
            groups.append([i])
    for group in groups:
        keep = set(group)
        yield from _decode(clip, max_side_px, group[0], group[-1] + 1, keep)


def _checked_digest(path: Path) -> str:
    """SHA-256 of the file; ClipError for what is not even a file, or plainly another kind of file."""
    if not path.exists():
        raise ClipError(f"There is no file {path}.", "Check the name and the folder.", "missing_file")
    if path.is_dir():
        raise ClipError(f"{path} is a folder.", "Choose a video file in it.", "not_a_file")
    digest = hashlib.sha256()
    head = b""
    try:
        if not path.is_file():
            raise ClipError(f"{path} is not a regular file.", "Choose a video file.", "not_a_file")
        with path.open("rb") as f:
            while block := f.read(1 << 20):
                head = head or block[:16]
                digest.update(block)
    except OSError as error:
        raise ClipError(
            f"{path.name} cannot be read ({error.strerror}).", "Check that it may be opened.", "unreadable"
        ) from error
    if not head:
        raise ClipError(
            f"{path.name} is empty.", "Copy it from the camera again; the transfer was cut off.", "empty_file"
        )
    pictures = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"GIF8": "GIF", b"BM": "BMP", b"II*\x00": "TIFF"}
    for magic, name in pictures.items():
        if head.startswith(magic):
            raise ClipError(
                f"{path.name} is a still picture ({name}), not a video.", "Choose the clip of the run.", "still_picture"
            )
    return digest.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its video stream, closed afterwards; every failure of FFmpeg's becomes a ClipError."""
    try:
        with av.open(str(path), options=_OPEN, timeout=30.0, metadata_errors="ignore") as container:
            if not container.streams.video:
                kind = "has sound but no picture" if container.streams.audio else "holds no video"
                raise ClipError(f"{path.name} {kind}.", "Choose the clip of the run.", "no_video")
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise ClipError(f"{path.name} is coded in a way this computer cannot read.", _ADVICE, "unknown_codec")
            _check_size(path, stream.codec_context.width, stream.codec_context.height)
            yield container, stream
    except (av.error.FFmpegError, ValueError, OverflowError, MemoryError) as error:
        raise ClipError(
            f"{path.name} is no video that can be read, or it is cut off.", _ADVICE, "unreadable"
        ) from error


def _check_size(path: Path, width: int, height: int) -> None:
    if not (MIN_SIDE_PX <= width <= MAX_SIDE_PX and MIN_SIDE_PX <= height <= MAX_SIDE_PX):
        raise ClipError(
            f"The picture of {path.name} is {width} x {height} pixels.",
            f"Both sides must be between {MIN_SIDE_PX} and {MAX_SIDE_PX}; 720 x 1280 is good.",
            "bad_size",
        )


def _packet_times(container: InputContainer, stream: VideoStream) -> Floats | None:
    """Times of the displayed frames from the packets, without decoding (20 ms for 20 s of video).

    A packet is a frame for every codec met here once the ones that are marked as not to be shown are dropped. None where
    the container keeps no presentation times (AVI): then the decoder has to tell.
    """
    pts: list[int] = []
    shift = None
    for packet in container.demux(stream):
        if not packet.size or packet.is_discard:
            continue
        if packet.pts is None:
            return None
        shift = packet.time_base
        pts.append(packet.pts)
        if len(pts) > MAX_FRAMES:
            raise ClipError(f"The clip has more than {MAX_FRAMES} frames.", "Cut it to the run.", "too_long")
    if not pts or shift is None:
        return np.empty(0)
    return _strictly_rising(np.array(pts, dtype=np.int64), float(shift))


def _strictly_rising(pts: NDArray[np.int64], base_s: float) -> Floats:
    """Sorted times in seconds, exact duplicates dropped; ClipError when many are duplicates."""
    unique = np.unique(pts)
    if len(unique) < 0.95 * len(pts):
        raise ClipError("Most frames of the clip share their time with another.", _ADVICE, "bad_times")
    return unique * base_s


def _decoded_times(path: Path) -> Floats:
    """Times by decoding everything: for containers without presentation times."""
    pts: list[int] = []
    base = 0.0
    with _opened(path) as (container, stream):
        for frame in _decode_tolerantly(container, stream):
            stamp = frame.pts if frame.pts is not None else frame.dts
            if stamp is None:
                raise ClipError(f"{path.name} does not say when its frames were taken.", _ADVICE, "bad_times")
            base = float(frame.time_base)
            pts.append(stamp)
            if len(pts) > MAX_FRAMES:
                raise ClipError(f"The clip has more than {MAX_FRAMES} frames.", "Cut it to the run.", "too_long")
    return _strictly_rising(np.array(pts, dtype=np.int64), base) if pts else np.empty(0)


def _decode_tolerantly(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Decoded frames; a damaged packet costs its frames, not the clip. Gives up after 1000 damaged packets in a row."""
    bad = 0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        try:
            decoded = packet.decode()
        except (av.error.FFmpegError, ValueError):
            bad += 1
            if bad > 1000:
                return
            continue
        bad = 0
        yield from decoded  # type: ignore[misc]


def _first_frame(path: Path) -> VideoFrame | None:
    with _opened(path) as (container, stream):
        return next(iter(_square(frame, VideoReformatter()) for frame in _decode_tolerantly(container, stream)), None)


def _square(frame: VideoFrame, reformatter: VideoReformatter) -> VideoFrame:
    """8-bit 4:2:0; the identity for nearly every camera."""
    if frame.format.name in ("yuv420p", "yuvj420p"):
        return frame
    plain = reformatter.reformat(frame, format="yuv420p")
    plain.pts, plain.time_base = frame.pts, frame.time_base
    return plain


def _orientation(frame: VideoFrame) -> Orientation:
    """From the container's display matrix; angles that are no quarter turn are rounded to one."""
    try:
        matrices = [bytes(d) for d in frame.side_data if d.type.name == "DISPLAYMATRIX"]
    except ValueError:  # a kind of side data PyAV has no name for
        matrices = []
    mirror = False
    if matrices and len(matrices[0]) >= 36:
        a, b, _, c, d = np.frombuffer(matrices[0][:20], dtype=np.int32).astype(float)
        mirror = a * d - b * c < 0
    return Orientation(turns=round(frame.rotation / 90) % 4, mirror=mirror)


def _decode(
    clip: Clip, max_side_px: int | None, start: int, stop: int, keep: set[int] | None = None
) -> Iterator[Frame]:
    """Decode frames [start, stop), or those of them in `keep`, in this thread."""
    shrink, plain = VideoReformatter(), VideoReformatter()
    with _opened(clip.path) as (container, stream):
        stream.thread_type = "AUTO"
        base = float(stream.time_base)
        first_s = clip.start_s
        if start > 0:
            container.seek(int((first_s + clip.times_s[start]) / base), stream=stream, backward=True)
        orientation = None
        for raw in _decode_tolerantly(container, stream):
            stamp = raw.pts if raw.pts is not None else raw.dts
            if stamp is None:
                continue
            time_s = stamp * float(raw.time_base) - first_s
            index = int(np.searchsorted(clip.times_s, time_s - 1e-6))
            if index >= stop:
                return
            if index < start or abs(clip.times_s[index] - time_s) > 1e-6 or (keep is not None and index not in keep):
                continue
            if orientation is None:
                orientation = _orientation(raw)
            video = _square(raw, plain)
            image = _shrunk(video, max_side_px, shrink)
            yield Frame(index, float(clip.times_s[index]), orientation.show(image), video, orientation)


def _shrunk(frame: VideoFrame, max_side_px: int | None, reformatter: VideoReformatter) -> NDArray[np.uint8]:
    """RGB, straight from the planes to the size wanted. Area averaging: every pixel counts, no moire on the belt."""
    longer = max(frame.width, frame.height)
    if max_side_px is None or longer <= max_side_px:
        return reformatter.reformat(frame, format="rgb24").to_ndarray()
    scale = max_side_px / longer
    size = {"width": max(2, round(frame.width * scale)), "height": max(2, round(frame.height * scale))}
    return reformatter.reformat(frame, format="rgb24", interpolation="AREA", **size).to_ndarray()

