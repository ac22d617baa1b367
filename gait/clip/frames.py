"""Frames of a clip, decoded as they are asked for: RGB as displayed, shrunk if wanted, the stored planes kept for crops."""

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from gait.clip.container import (
    Orientation,
    decoded,
    frames_that_fit,
    opened,
    orientation_of,
    pixel_aspect,
    plain,
    sized,
)
from gait.clip.fields import separated
from gait.clip.seeking import packets_from
from gait.model import Clip, Ints, Picture

QUEUE_FRAMES = 6
"""Frames decoded ahead at most (fewer beyond 4K): enough to keep a decoder busy, and 1080p stays under 20 MB."""

SEEK_FRAMES = 20
"""Opening a file anew and going to a key frame takes about as long as decoding this many."""
LEAD = 4
"""Half pictures before the first that is wanted: the ones round it help to make it whole."""
CLOSE_S = 0.27
"""Between frames taken after one key frame: three quarters of a step at 170 steps per minute, so that they show different moments of it."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame. `image` may be shrunk; `picture()` and `video` are at the clip's own resolution."""

    index: int
    time_s: float
    video: VideoFrame
    """As stored, 8-bit 4:2:0 with square pixels; for crops at full resolution."""
    orientation: Orientation
    max_side_px: int | None = None
    """Of `image`."""

    @property
    def image(self) -> Picture:
        """(height, width, 3) RGB as displayed, shrunk to `max_side_px` if that was asked for.

        Made when first asked for, by the thread that asks: a tracker's workers do it side by side, and for frames nobody looks at nobody does.
        """
        made: Picture | None = self.__dict__.get("_image")
        if made is None:
            made = self.__dict__["_image"] = self.orientation.show(
                small_rgb(self.video, self.max_side_px, _converter())
            )
        return made

    @property
    def full_size_px(self) -> tuple[int, int]:
        """(width, height) of the whole frame as displayed, whatever size `image` has."""
        w, h = self.video.width, self.video.height
        return (h, w) if self.orientation.turns % 2 else (w, h)

    def picture(self) -> Picture:
        """The whole frame, displayed, full resolution."""
        return self.orientation.show(small_rgb(self.video, None, VideoReformatter()))


_own = threading.local()


def _converter() -> VideoReformatter:
    """This thread's own: one is not for two threads at once, and a new one computes its tables anew."""
    if not hasattr(_own, "converter"):
        _own.converter = VideoReformatter()
    converter: VideoReformatter = _own.converter
    return converter


def frames(
    clip: Clip, *, max_side_px: int | None = None, start: int = 0, stop: int | None = None, ahead: bool = True
) -> Generator[Frame]:
    """The clip's frames in order; frames that cannot be decoded are left out.

    Args:
        clip: As from `open_clip`.
        max_side_px: Shrinks `image` (never `video`) to this longer side by area averaging. 0 leaves it empty, None leaves its size.
        start: Index of the first frame. Reading begins at the key frame before it.
        stop: Index after the last; None for all.
        ahead: Decode ahead in threads of their own. False decodes when asked, in the caller's, which keeps a single core busy.

    Yields:
        Frames with their index and time in s.

    Raises:
        ClipError: The file is gone or cannot be read any more.
    """
    stop = clip.n_frames if stop is None else min(stop, clip.n_frames)
    if not ahead:
        yield from _decode(clip, max_side_px, start, stop, threads=1)
        return
    waiting: queue.Queue[Frame | BaseException | None] = queue.Queue(
        min(QUEUE_FRAMES, frames_that_fit(clip.width_px, clip.height_px))
    )
    closed = threading.Event()

    def put(item: Frame | BaseException | None) -> bool:
        while not closed.is_set():
            try:
                waiting.put(item, timeout=0.1)
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
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        closed.set()
        thread.join()


def stills(clip: Clip, indices: Ints, *, max_side_px: int | None = None) -> Iterator[Frame]:
    """A few frames, ascending; runs of the clip between them are skipped where key frames allow.

    Args:
        clip: As from `open_clip`.
        indices: (k,) frames, ascending. One that cannot be decoded is left out.
        max_side_px: As in `frames`.
    """
    wanted = sorted({int(i) for i in indices})
    groups: list[list[int]] = []
    for i in wanted:
        if groups and not _worth_seeking(clip, groups[-1][-1], i):
            groups[-1].append(i)
        else:
            groups.append([i])
    for group in groups:
        keep = set(group)
        yield from _decode(clip, max_side_px, group[0], group[-1] + 1, keep)


def _worth_seeking(clip: Clip, last: int, wanted: int) -> bool:
    """Whether `wanted` is reached sooner from a key frame of its own than by decoding on from `last`."""
    if not len(clip.key_frames):
        # Seeking costs about as much as decoding half a typical group of pictures.
        return bool((clip.times_s[wanted] - clip.times_s[last]) * clip.slow_motion >= 2.0)
    key = clip.key_frames[max(0, int(np.searchsorted(clip.key_frames, wanted, side="right")) - 1)]
    return bool(key > last + SEEK_FRAMES)


def spread_out(clip: Clip, n: int) -> Ints:
    """(k,) indices of about `n` frames over the whole clip that are quick to decode: each soon after a key frame."""
    even = np.unique(np.linspace(0, clip.n_frames - 1, n).astype(np.int64))
    if not len(clip.key_frames):
        return even
    group = np.maximum(np.searchsorted(clip.key_frames, even, side="right") - 1, 0)
    chosen = even.copy()
    for g in np.unique(group):
        mine = np.flatnonzero(group == g)
        key = clip.key_frames[g]
        at_s = clip.times_s[key] + CLOSE_S * np.arange(len(mine))
        chosen[mine] = np.minimum(even[mine], np.maximum(np.searchsorted(clip.times_s, at_s - 1e-6), key))
    return np.unique(chosen)


def _decode(
    clip: Clip, max_side_px: int | None, start: int, stop: int, keep: set[int] | None = None, threads: int = 0
) -> Generator[Frame]:
    """Decode frames [start, stop), or those of them in `keep`; the decoder may use so many `threads`, 0: as `opened` allows."""
    converter = VideoReformatter()
    with opened(clip.path) as (container, stream):
        stream.thread_type = "AUTO"
        if threads:
            stream.codec_context.thread_count = threads
        aspect, orientation, size = pixel_aspect(stream), None, (0, 0)
        last = -1
        packets = packets_from(clip, container, stream, start, LEAD if clip.interlaced else 0)
        raws = decoded(container, stream, packets)
        if clip.interlaced:
            raws = separated(raws, stream)
        place = _by_stamp(clip) if len(clip.stamps) else _by_time(clip, float(stream.time_base or 1))
        for raw in raws:
            index, known = place(raw)
            if index >= stop:
                return
            if index < start or index <= last or not known or (keep is not None and index not in keep):
                continue
            last = index  # a damaged stream can come out of order
            if orientation is None:
                orientation = orientation_of(raw).then(clip.mirrored, clip.turned)
                size = _stored_size(clip, orientation)
            video = sized(plain(raw, aspect, converter), *size)
            if video is not None:
                yield Frame(index, float(clip.times_s[index]), video, orientation, max_side_px)


def _stored_size(clip: Clip, orientation: Orientation) -> tuple[int, int]:
    """(width, height) before it is turned."""
    return (clip.height_px, clip.width_px) if orientation.turns % 2 else (clip.width_px, clip.height_px)


_Place = Callable[[VideoFrame], tuple[int, bool]]
"""Where in the clip a decoded frame belongs, and whether it is one of the clip's frames."""


def _by_time(clip: Clip, base_s: float) -> _Place:
    times_s = clip.in_file_s

    def place(raw: VideoFrame) -> tuple[int, bool]:
        stamp = raw.pts if raw.pts is not None else raw.dts
        if stamp is None:
            return -1, False
        ticks_s = float(raw.time_base) if clip.interlaced and raw.time_base else base_s
        time_s = (stamp * ticks_s - clip.start_s) / clip.slow_motion
        index = int(np.searchsorted(times_s, time_s - 1e-6))
        return index, index < clip.n_frames and abs(times_s[index] - time_s) <= 1e-6

    return place


def _by_stamp(clip: Clip) -> _Place:
    frames_of = {int(stamp): index for index, stamp in enumerate(clip.stamps)}

    def place(raw: VideoFrame) -> tuple[int, bool]:
        stamp = raw.pts if raw.pts is not None else raw.dts
        index = -1 if stamp is None else frames_of.get(int(stamp), -1)
        return index, index >= 0

    return place


def planes(frame: VideoFrame) -> list[NDArray[np.uint8]]:
    """The brightness plane and the two colour planes at half size, as views into an 8-bit 4:2:0 frame."""
    found = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        found.append(rows[: plane.height, : plane.width])
    return found


def _shrunk(plane: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A plane by area averaging. To a third (1080 x 1920 to 640 pixels) by OpenCV's blur: the same numbers in two thirds of the time."""
    if plane.shape == (3 * height, 3 * width):
        return np.asarray(cv2.blur(plane, (3, 3))[1::3, 1::3], np.uint8)
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def small_rgb(frame: VideoFrame, max_side_px: int | None, converter: VideoReformatter) -> NDArray[np.uint8]:
    """RGB as stored.

    Shrunk plane by plane by area averaging before colours are computed: every pixel counts (no moire on the belt), and
    it costs 0.5 ms for 720 x 1280 to 360 x 640 where swscale's own area scaling takes 2.4. `max_side_px` 0: no image at all,
    for those who want the stored planes only (saves 1.2 ms of processor a frame at 720 x 1280).
    """
    if max_side_px == 0:
        return np.empty((0, 0, 3), np.uint8)
    longer = max(frame.width, frame.height)
    if max_side_px is not None and longer > max_side_px:
        scale = max_side_px / longer
        width, height = (max(1, round(side * scale / 2)) * 2 for side in (frame.width, frame.height))
        small = VideoFrame(width, height, frame.format.name)
        for source, target, shift in zip(planes(frame), planes(small), (0, 1, 1), strict=True):
            target[:] = _shrunk(source, width >> shift, height >> shift)
        small.color_range, small.colorspace = frame.color_range, frame.colorspace
        frame = small
    return np.asarray(converter.reformat(frame, format="rgb24").to_ndarray(), dtype=np.uint8)
