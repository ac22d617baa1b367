"""Writing a clip while it happens, so that whatever was written can be played, however the recording ends.

The file is a fragmented MP4: every half second stands by itself, so a crash, a lost camera or a full disk costs at most the
last piece. H.264, HEVC and JPEG frames are stored as the camera sent them; raw ones are packed, as H.264 where the computer can.
"""

import contextlib
import errno
import os
import queue
import shutil
import threading
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Literal

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from gait import encoders
from gait.errors import GaitError

COPIED = ("h264", "hevc", "mjpeg")
"""Stored as sent. JPEGs go into a QuickTime file, the others into MP4."""
BASE = Fraction(1, 90_000)
"""Seconds per tick: holds 60 and 59.94 frames per second, and RTP's own clock, without rounding that matters."""
PIECE_S = 0.5
QUEUE = 90
"""Frames that may wait for a slow disk or encoder: 1.5 s at 60 frames per second."""
STALL_S = 4.0
"""A camera that sends nothing for so long is lost, whether its driver says so or not."""
MIN_FREE_BYTES = 300_000_000
"""A 20 s clip of the largest kind (JPEGs, 1080p, 60 frames per second, some 120 Mbit/s)."""

Ended = Literal["complete", "camera_lost", "disk_full", "stopped", "too_slow", "fault"]
FAULTS: dict[str, str] = {
    "camera_lost": "camera_lost",
    "disk_full": "disk_full",
    "too_slow": "too_slow",
    "fault": "recording_failed",
}
"""Ways to end that somebody must be told of: the error's code."""


class Recording:
    """One clip being written, by a thread of its own. Give it packets or frames in order until `done`."""

    def __init__(
        self,
        path: Path,
        stream: VideoStream,
        seconds: float,
        lead: "Sequence[tuple[Packet[Any], float]]",
        encoder: str = "",
    ) -> None:
        """Begin a file. `lead`: the packets since the last key frame with their times; empty when it is too long ago.

        `encoder` packs what is not stored as sent, see `gait.encoders`. Raises GaitError when the disk has no room or cannot be
        written to, or there is no such encoder.
        """
        self.path = path if stream.codec_context.name != "mjpeg" else path.with_suffix(".mov")
        self.seconds = seconds
        self.n_frames = 0
        self.length_s = 0.0
        """From the moment asked for (not from the key frame before it) to the last frame written."""
        self.ended: Ended | None = None
        self.copies = stream.codec_context.name in COPIED and bool(lead)
        coder = None if self.copies else encoders.chosen(encoder)
        self._disk = _Disk(self.path)
        movflags = "frag_keyframe+empty_moov+default_base_moof+skip_trailer"
        options = {"movflags": movflags, "frag_duration": str(int(PIECE_S * 1e6)), "flush_packets": "1"}
        self._out = av.open(
            self._disk,
            "w",
            format="mov" if self.path.suffix == ".mov" else "mp4",
            options=options,
        )
        context = stream.codec_context
        if coder is None:
            self._stream = self._out.add_stream_from_template(stream)
        else:
            self._stream = coder.add_to(self._out, 60, coder.live)
            self._stream.width, self._stream.height = context.width // 2 * 2, context.height // 2 * 2
            self._stream.codec_context.time_base = BASE
        self._stream.time_base = BASE
        self._from_s: float | None = None
        self._start_s: float | None = lead[-1][1] if self.copies else None
        self._lead = lead if self.copies else ()
        self._waiting: queue.Queue[tuple[Packet[Any] | VideoFrame, float] | Ended] = queue.Queue(QUEUE)
        self.done = threading.Event()
        self._thread = threading.Thread(target=self._work, name="gait-record", daemon=True)
        self._thread.start()

    def add(self, item: "Packet[Any] | VideoFrame", time_s: float) -> None:
        """The next frame, taken at `time_s` on the camera's clock."""
        if self.done.is_set():
            return
        try:
            self._waiting.put_nowait((item, time_s))
        except queue.Full:
            self.stop("too_slow")

    def stop(self, why: Ended = "stopped") -> None:
        """End early; what was written stays."""
        self.ended = self.ended or why
        with contextlib.suppress(queue.Full):  # then the thread looks at `ended` after the frame it is busy with
            self._waiting.put_nowait(why)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Until the file is whole and on the disk; False when it is not by then."""
        return self.done.wait(timeout_s)

    def fault(self) -> GaitError | None:
        """What went wrong, with what was kept. None for a whole clip or one that was stopped on purpose."""
        if self.ended not in FAULTS:
            return None
        if self.n_frames <= 1:
            return GaitError(FAULTS[self.ended])
        return GaitError(FAULTS[self.ended], "kept", length_s=self.length_s)

    def _work(self) -> None:
        try:
            for packet, time_s in self._lead:
                self._write(packet, time_s)
            while self.ended is None:
                try:
                    item = self._waiting.get(timeout=STALL_S)
                except queue.Empty:
                    self.ended = "camera_lost"
                    break
                if isinstance(item, str):
                    self.ended = item
                    break
                self._write(*item)
                if self.length_s >= self.seconds:
                    self.ended = "complete"
        except (OSError, av.error.FFmpegError, ValueError):
            self.ended = "disk_full" if self._disk.full else "fault"
        finally:
            self._close()
            if self._disk.full:
                self.ended = "disk_full"
            self.done.set()

    def _write(self, item: "Packet[Any] | VideoFrame", time_s: float) -> None:
        if self._from_s is None:
            self._from_s = time_s
        ticks = round((time_s - self._from_s) / BASE)
        behind = Fraction(0)
        if isinstance(item, Packet):
            base = item.time_base or BASE
            if item.pts is not None and item.dts is not None:
                behind = (item.pts - item.dts) * base
            item.stream, item.time_base = self._stream, BASE
            item.pts, item.dts = ticks, ticks - round(behind / BASE)
            self._out.mux(item)
        else:
            frame = item.reformat(self._stream.width, self._stream.height, self._stream.pix_fmt)
            frame.pts, frame.time_base = ticks, BASE
            self._out.mux(self._stream.encode(frame))
        self.n_frames += 1
        # What is shown later but stored earlier (pts > dts) leaves the frames between them still to come.
        reached_s = time_s - float(behind)
        self.length_s = max(self.length_s, reached_s - (self._from_s if self._start_s is None else self._start_s))
        self._disk.check()

    def _close(self) -> None:
        try:
            if not self.copies and not self._disk.full:
                self._out.mux(self._stream.encode(None))
            self._out.close()
        except (OSError, av.error.FFmpegError, ValueError):
            self.ended = self.ended or "fault"
        self._disk.close()


class _Disk:
    """The file beneath the container, unbuffered.

    After the first failed write everything else is let pass, so that FFmpeg can close in peace and what is on the disk stays
    as it is.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(path.parent).free < MIN_FREE_BYTES:
                raise GaitError("disk_full", "nearly")
            self._file: BinaryIO = path.open("wb", buffering=0)
        except OSError as error:
            raise GaitError("disk_full", "cannot_save") from error
        self.name = str(path)
        self.full = False
        self._problem: OSError | None = None

    def write(self, data: bytes) -> int:
        if self._problem is None:
            try:
                left = memoryview(data)
                while left:
                    left = left[self._file.write(left) :]
            except OSError as error:
                self._problem = error
                self.full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        return len(data)

    def seek(self, position: int, whence: int = 0) -> int:
        return self._file.seek(position, whence)

    def tell(self) -> int:
        return self._file.tell()

    def check(self) -> None:
        """Raise the first failed write's error."""
        if self._problem is not None:
            raise self._problem

    def close(self) -> None:
        """To the disk itself, not only to the system's memory."""
        try:
            os.fsync(self._file.fileno())
        except OSError:
            self.full = True
        self._file.close()
