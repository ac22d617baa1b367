"""Frames of a file that is still being written, so that tracking can begin while somebody runs.

The file itself is the queue: whoever reads slower than the camera films only falls behind, and nothing waits in memory. What is decoded
is what the finished file holds, so the numbers are those of a later reading, to the last digit.
"""

import time
from collections.abc import Callable, Generator
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from gait.clip.container import OPEN_OPTIONS, Orientation, decoded, main_video, orientation_of, pixel_aspect, plain
from gait.clip.frames import Frame
from gait.errors import ClipError

POLL_S = 0.05
"""How often to look for more: three frames at 60 frames per second."""


class GrowingFile:
    """What PyAV needs of a file, where `read` waits for the writer instead of reporting the end."""

    def __init__(self, path: Path, written: Callable[[], bool], given_up: Callable[[], bool]) -> None:
        """`written` tells that nothing more will come; `given_up` that nobody wants the rest."""
        self._file = path.open("rb")
        self._written, self._given_up = written, given_up

    def read(self, size: int) -> bytes:
        """At least one byte, or none at the very end."""
        while not self._given_up():
            whole = self._written()  # asked before reading: what was written before the answer is read after it
            if data := self._file.read(size):
                return data
            if whole:
                break
            time.sleep(POLL_S)
        return b""

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


def follow(
    path: Path, written: Callable[[], bool], given_up: Callable[[], bool], *, max_side_px: int | None = None
) -> Generator[Frame]:
    """The frames of a growing MP4 (in fragments), Matroska or WebM, as they reach the disk.

    Args:
        path: The file, which must exist.
        written: Whether nothing more will come.
        given_up: Whether nobody wants the frames any more; then it ends.
        max_side_px: As in `gait.clip.frames.frames`.

    Raises:
        ClipError: What has come is no video that could be analysed.
    """
    file = GrowingFile(path, written, given_up)
    # A little is enough to recognise the stream; the default waits for five seconds of video.
    options = {**OPEN_OPTIONS, "analyzeduration": "300000", "probesize": "500000"}
    try:
        with av.open(file, "r", options=options, metadata_errors="ignore") as container:
            if not container.streams.video:
                raise ClipError("no_video", "recording")
            stream = main_video(container)
            stream.thread_type = "AUTO"
            base_s, aspect, converter = float(stream.time_base or 1), 1.0, VideoReformatter()
            start_s, last_s, orientation = np.nan, -np.inf, Orientation()
            index = 0
            for raw in decoded(container, stream):
                if given_up():
                    return
                if raw.pts is None or raw.pts * base_s <= last_s:
                    continue
                last_s = raw.pts * base_s
                if index == 0:
                    start_s, orientation, aspect = last_s, orientation_of(raw), pixel_aspect(stream)
                video = plain(raw, aspect, converter)
                yield Frame(index, last_s - start_s, video, orientation, max_side_px)
                index += 1
    except (av.error.FFmpegError, ValueError) as error:
        raise ClipError("unreadable", "recording") from error
    finally:
        file.close()
