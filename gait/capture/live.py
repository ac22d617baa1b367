"""A camera that is on: the latest frame for the screen, the rate it truly delivers, and clips on demand."""

import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from gait.capture.address import Camera
from gait.capture.camera import Mode
from gait.capture.source import Source, Timed, open_source
from gait.capture.writer import Recording
from gait.errors import GaitError
from gait.model import Picture

PREVIEW_S, PREVIEW_SIDE_PX = 0.08, 640
"""12 frames per second are enough for the eye; the tracker shrinks to this side anyway."""
RATE_WINDOW_S = 2.0
"""Over which the delivered rate is counted."""
MAX_LEAD_S = 5.0
"""A clip whose frames build on each other begins at the key frame before; cameras send one every 1-4 s. Where the last one is
longer ago the frames are packed anew instead."""


class Live:
    """An open camera with a thread that reads it. Close it: a camera left open is lost to every other program."""

    def __init__(self, camera: Camera, mode: Mode | None = None, encoder: str = "") -> None:
        """Open. `encoder` packs what the camera sends raw (`gait.encoders`). Raises GaitError when the camera does not answer."""
        mode = mode or Mode()
        self._source: Source = open_source(camera, mode.width_px, mode.height_px, mode.rate_hz)
        self.mode = mode
        self._encoder = encoder
        self.fault: GaitError | None = None
        """Why the camera is no longer there; None while it is."""
        self._picture: tuple[int, float, Picture] | None = None
        self._seen: deque[tuple[float, float]] = deque()
        self._lead: deque[Timed] = deque()
        self._recording: Recording | None = None
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read, name="gait-camera", daemon=True)
        self._thread.start()

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) as sent."""
        return self._source.size_px

    @property
    def rate_hz(self) -> float:
        """Frames per second over the last two seconds; NaN before there are some.

        Over the longer of the time they took to arrive and the time they span on the camera's clock: a network camera's
        first frames arrive in one burst, and a clock that stands still proves nothing.
        """
        seen = list(self._seen)
        if len(seen) <= 5:
            return float("nan")
        arrived, taken = seen[-1][0] - seen[0][0], seen[-1][1] - seen[0][1]
        return (len(seen) - 1) / max(arrived, taken, 1e-3)

    @property
    def picture(self) -> tuple[int, float, Picture] | None:
        """The latest frame: its number, when it was taken, RGB of at most 640 pixels. None before the first."""
        return self._picture

    def record(self, path: Path, seconds: float) -> Recording:
        """Write the next `seconds` to `path` (whose ending may change). Raises GaitError when it cannot begin.

        Where frames build on each other the file begins at the key frame before now, so it can be a little longer.
        """
        if self.fault:
            raise self.fault
        with self._lock:
            if self._recording and not self._recording.done.is_set():
                raise GaitError("recording_already")
            lead = [(_copy(timed.packet), timed.time_s) for timed in self._lead]
            self._recording = recording = Recording(path, self._source.stream, seconds, lead, self._encoder)
        return recording

    def close(self) -> None:
        """Stop recording, let the camera go."""
        self._closing.set()
        self._thread.join(5.0)

    def _read(self) -> None:
        converter, shown_s, number = VideoReformatter(), 0.0, 0
        # Raw frames and JPEGs need decoding only when somebody looks; others build on each other.
        apart = self._source.codec in ("mjpeg", "rawvideo")
        try:
            for timed in self._source.packets():
                if self._closing.is_set():
                    break
                self._count(timed)
                with self._lock:
                    recording = self._recording
                    if recording is not None and recording.done.is_set():
                        recording = self._recording = None
                    self._keep_lead(timed)
                    if recording is not None and recording.copies:
                        recording.add(_copy(timed.packet), timed.time_s)
                show = timed.arrived_s - shown_s >= PREVIEW_S
                encode = recording is not None and not recording.copies
                if apart and not show and not encode:
                    continue
                for frame in self._decoded(timed):
                    # Frames that build on each other can come out of the decoder in another order than they went in.
                    time_s = timed.time_s if apart or frame.time is None else float(frame.time)
                    if encode and recording is not None:
                        recording.add(frame, time_s)
                    if show:
                        number, shown_s = number + 1, timed.arrived_s
                        self._picture = (number, time_s, _small(frame, converter))
        except GaitError as error:
            self.fault = error
        finally:
            if self._recording is not None:
                self._recording.stop("stopped" if self._closing.is_set() else "camera_lost")
                self._recording.wait(10.0)
            self._source.close()

    def _decoded(self, timed: Timed) -> list[VideoFrame]:
        try:
            return list(timed.packet.decode())
        except (av.error.FFmpegError, ValueError):
            return []  # a damaged frame is not shown; the recording keeps what was sent

    def _count(self, timed: Timed) -> None:
        self._seen.append((timed.arrived_s, timed.time_s))
        while timed.arrived_s - self._seen[0][0] > RATE_WINDOW_S:
            self._seen.popleft()

    def _keep_lead(self, timed: Timed) -> None:
        """Everything since the last key frame: where a clip can begin."""
        if timed.packet.is_keyframe:
            self._lead.clear()
        if timed.packet.is_keyframe or self._lead:
            self._lead.append(timed)
            if timed.time_s - self._lead[0].time_s > MAX_LEAD_S:
                self._lead.clear()

    def wait_for_picture(self, timeout_s: float = 10.0) -> Picture:
        """The first frame. Raises GaitError when none comes."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            if self._picture is not None:
                return self._picture[2]
            if self.fault:
                raise self.fault
            time.sleep(0.02)
        raise GaitError("camera_missing", "silent")


def _copy(packet: "Packet[Any]") -> "Packet[Any]":
    """A packet of its own: writing changes its times and where it belongs."""
    twin: Packet[Any] = Packet(bytes(packet))
    twin.pts, twin.dts, twin.time_base = packet.pts, packet.dts, packet.time_base
    twin.is_keyframe = packet.is_keyframe
    if packet.duration:
        twin.duration = packet.duration
    return twin


def _small(frame: VideoFrame, converter: VideoReformatter) -> Picture:
    factor = min(1.0, PREVIEW_SIDE_PX / max(frame.width, frame.height))
    width, height = (max(2, round(side * factor / 2) * 2) for side in (frame.width, frame.height))
    return np.asarray(converter.reformat(frame, width, height, "rgb24").to_ndarray(), dtype=np.uint8)
