"""The full-resolution picture round both lower legs, frame by frame, kept outside memory.

While a clip is tracked, the rectangle from the knees to below the toes is cut from every frame and written to a temporary file that
has no name (it vanishes with the process, whatever happens to it: a customer's video is left nowhere). A track that was
cached has no crops yet: they are cut in one more pass through the clip.
"""

import os
import shutil
import tempfile
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from gait.clip.container import Orientation
from gait.clip.frames import Frame, planes, stills
from gait.clip.frames import frames as every_frame
from gait.lower_legs import Box, leg_box
from gait.model import Clip, Crop, Floats, Ints, PoseTrack

MAX_BYTES = 6_000_000_000
"""A 200 s clip at 1080 x 1920 and 60 frames per second; 20 s at 720 x 1280 take 0.2 GB."""
SIZE_STEP = 64
"""Pixels: crops vary by a few from frame to frame."""


@dataclass(frozen=True)
class _Look:
    """How stored pixels are shown; nearly always the same for a whole clip."""

    orientation: Orientation
    full_range: bool
    colorspace: int


@dataclass(frozen=True)
class _Cut:
    """What a stored crop is of: size as stored, place as displayed."""

    width: int
    height: int
    x0_px: int
    y0_px: int
    look: _Look


class _Cuts:
    """The stored crops and where they begin in the file, by frame.

    Numbers in one row after the other: a clip has thousands, and as objects each of them takes nine times as much memory.
    """

    _WIDE = 6

    def __init__(self) -> None:
        self._rows = array("q")
        """Offset, width (0: none of that frame), height, x0, y0, number of its look."""
        self._looks: list[_Look] = []

    def add(self, frame: int, offset: int, cut: _Cut) -> None:
        if cut.look not in self._looks:
            self._looks.append(cut.look)
        missing = (frame + 1) * self._WIDE - len(self._rows)
        self._rows.extend([0] * missing)
        row = (offset, cut.width, cut.height, cut.x0_px, cut.y0_px, self._looks.index(cut.look))
        self._rows[frame * self._WIDE : (frame + 1) * self._WIDE] = array("q", row)

    def of(self, frame: int) -> tuple[int, _Cut] | None:
        row = self._rows[frame * self._WIDE : (frame + 1) * self._WIDE] if frame >= 0 else array("q")
        if not row or not row[1]:
            return None
        offset, width, height, x0_px, y0_px, look = row
        return offset, _Cut(width, height, x0_px, y0_px, self._looks[look])


_Converters = dict[tuple[int, int], VideoReformatter]
_Stored = bytes | NDArray[np.uint8]
_Show = Callable[[_Cut, _Stored], Crop]


class StoredLegPictures:
    """`LegPictures` in a nameless temporary file. Add from one thread; read from any; close deletes everything.

    A clip so long, or a disk so full, that not everything fits is no error: the frames that were not kept are decoded
    from the clip again when they are asked for.
    """

    def __init__(self, clip: Clip | None = None, limit_bytes: int | None = None) -> None:
        """Open the temporary file (deleted by the operating system when closed, also after a crash)."""
        # Linux keeps /tmp in memory on many machines and /var/tmp on disk.
        on_disk = "/var/tmp"  # noqa: S108  the file has no name there that somebody could guess
        folder = on_disk if "TMPDIR" not in os.environ and os.access(on_disk, os.W_OK) else tempfile.gettempdir()
        self.clip = clip
        """Where left-out frames are decoded from; may be set later, when the clip is only now being recorded."""
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="gait-", dir=folder)  # noqa: SIM115  closed by close()
        self._limit = min(MAX_BYTES, shutil.disk_usage(folder).free // 2) if limit_bytes is None else limit_bytes
        self._stored = _Cuts()
        self._left_out: dict[int, Box] = {}
        self._end = 0
        self._lock = threading.Lock()
        self._converters: _Converters = {}

    def add(self, frame: Frame, landmarks_px: Floats) -> None:
        """Keep that frame's lower legs; nothing when the runner was not seen."""
        box = leg_box(landmarks_px, *frame.full_size_px)
        if box is None:
            return
        cut, data = _cut(frame, box)
        with self._lock:
            if self._end + len(data) <= self._limit:
                try:
                    self._file.seek(self._end)
                    self._file.write(data.data)
                    self._stored.add(frame.index, self._end, cut)
                    self._end += len(data)
                except OSError:  # the disk is full now, whatever it said before
                    self._limit = self._end
                else:
                    return
        self._left_out[frame.index] = box

    def crop(self, frame: int) -> Crop | None:
        """The crop of that frame; None where the runner was not seen."""
        if frame in self._left_out and self.clip is not None:
            return next(
                (self._again(f, self._colours) for f in stills(self.clip, np.array([frame]), max_side_px=0)), None
            )
        return self._kept(frame, self._colours)

    def crops(self, frames: Ints) -> Iterator[tuple[int, Crop | None]]:
        """Those frames, in the order given; ascending is the cheap order."""
        return self._each(frames, self._colours)

    def luma(self, frames: Ints) -> Iterator[tuple[int, Crop | None]]:
        """The same in brightness only, see `gait.model.LegPictures`."""
        return self._each(frames, _brightness)

    def _each(self, frames: Ints, show: _Show) -> Iterator[tuple[int, Crop | None]]:
        wanted = [int(f) for f in frames]
        lost = {f for f in wanted if f in self._left_out}
        if not lost or self.clip is None:
            yield from ((f, self._kept(f, show)) for f in wanted)
            return
        decoded = every_frame(self.clip, max_side_px=0, start=min(lost), stop=max(lost) + 1)
        with closing(decoded):
            ahead = next(decoded, None)
            for f in wanted:
                while ahead is not None and ahead.index < f and f in lost:
                    ahead = next(decoded, None)
                found = ahead if f in lost and ahead is not None and ahead.index == f else None
                yield f, self._kept(f, show) if found is None else self._again(found, show)

    def _kept(self, frame: int, show: _Show) -> Crop | None:
        stored = self._stored.of(frame)
        if stored is None:
            return None
        offset, cut = stored
        with self._lock:
            self._file.seek(offset)
            data = self._file.read(cut.width * cut.height * 3 // 2)
            return show(cut, data)

    def _again(self, frame: Frame, show: _Show) -> Crop:
        cut, data = _cut(frame, self._left_out[frame.index])
        with self._lock:
            return show(cut, data)

    def _colours(self, cut: _Cut, data: _Stored) -> Crop:
        return _shown(cut, data, self._converters)

    def close(self) -> None:
        """Delete the crops."""
        self._stored = _Cuts()
        self._left_out.clear()
        self._file.close()

    def __enter__(self) -> Self:
        """For `with`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete the crops."""
        self.close()


def _cut(frame: Frame, box: Box) -> tuple[_Cut, NDArray[np.uint8]]:
    """The planes of the box (displayed picture) as stored, one after the other.

    Copied row by row into one array: `tobytes` of part of a plane goes byte by byte, which took a millisecond a frame.
    """
    video = frame.video
    x0, y0, x1, y1 = frame.orientation.stored_box(box, video.width, video.height)
    x0, y0, x1, y1 = (v // 2 * 2 for v in (x0, y0, x1, y1))
    data = np.empty((x1 - x0) * (y1 - y0) * 3 // 2, np.uint8)
    end = 0
    for pixels, shift in zip(planes(video), (0, 1, 1), strict=True):
        part = pixels[y0 >> shift : y1 >> shift, x0 >> shift : x1 >> shift]
        data[end : end + part.size].reshape(part.shape)[:] = part
        end += part.size
    left, top, _, _ = frame.orientation.shown_box((x0, y0, x1, y1), video.width, video.height)
    full = video.format.name == "yuvj420p" or int(video.color_range) == 2
    look = _Look(frame.orientation, full, int(video.colorspace))
    return _Cut(x1 - x0, y1 - y0, left, top, look), data


def _shown(cut: _Cut, data: _Stored, converters: _Converters) -> Crop:
    """The inverse of `_cut`, in colour and displayed.

    Converted in a frame of one of a few sizes, each with a converter of its own: a converter that is given another size than before
    computes its tables anew, which takes ten times as long as a crop.
    """
    size = (-(-cut.width // SIZE_STEP) * SIZE_STEP, -(-cut.height // SIZE_STEP) * SIZE_STEP)
    values = np.frombuffer(data, np.uint8)
    video = VideoFrame(*size, "yuvj420p" if cut.look.full_range else "yuv420p")
    end = 0
    for pixels, shift in zip(planes(video), (0, 1, 1), strict=True):
        rows, columns = cut.height >> shift, cut.width >> shift
        pixels[:rows, :columns] = values[end : end + rows * columns].reshape(rows, columns)
        end += rows * columns
    video.colorspace = cut.look.colorspace
    converter = converters.setdefault(size, VideoReformatter())
    rgb = np.asarray(converter.reformat(video, format="rgb24").to_ndarray(), dtype=np.uint8)
    return Crop(cut.look.orientation.show(rgb[: cut.height, : cut.width]), cut.x0_px, cut.y0_px)


def _brightness(cut: _Cut, data: _Stored) -> Crop:
    """Its first plane alone, displayed: nothing to convert."""
    grey = np.frombuffer(data, np.uint8)[: cut.width * cut.height].reshape(cut.height, cut.width)
    return Crop(cut.look.orientation.show(grey), cut.x0_px, cut.y0_px)


def leg_pictures(clip: Clip, track: PoseTrack, frames: Iterable[int] | None = None) -> StoredLegPictures:
    """The crops for a track that already exists, by one pass through the clip.

    Args:
        clip: The clip that was tracked.
        track: Its track; frames without the runner get no crop.
        frames: Cut these only; None cuts all.

    Raises:
        ClipError: The clip cannot be read any more. A full disk only costs time: what does not fit is decoded when asked for.
    """
    wanted = None if frames is None else set(frames)
    found = StoredLegPictures(clip)
    try:
        for frame in every_frame(clip, max_side_px=0):
            if wanted is None or frame.index in wanted:
                found.add(frame, track.landmarks_px[frame.index])
    except BaseException:
        found.close()
        raise
    return found
