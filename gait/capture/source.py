"""One opened camera: its packets with the time each was taken."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from gait.capture.address import DEVICES, Camera
from gait.clip.container import OPEN_OPTIONS, main_video
from gait.errors import GaitError

NETWORK = {
    # Over TCP: a lost UDP packet would tear a frame just when the foot is down.
    "rtsp": {"rtsp_transport": "tcp", "protocol_whitelist": "tcp,tls", "format_whitelist": "rtsp"},
    "mjpeg": {"protocol_whitelist": "http,https,tcp,tls", "format_whitelist": "mpjpeg,mjpeg,jpeg_pipe,image2pipe"},
}
"""How each kind of network camera is opened. An answer that is a playlist, or sends on to a file, is not followed."""
USB_FORMATS = "video4linux2,v4l2,dshow,avfoundation"
OPEN_TIMEOUT_S, READ_TIMEOUT_S = 8.0, 3.0
"""A network camera answers within seconds; one that sends nothing for three has lost its network."""
UNTIMED = ("mpjpeg", "mjpeg", "image2pipe")
"""Formats that carry no times (a web camera's endless JPEGs). FFmpeg would invent 25 frames per second, so the time of arrival is used."""
MOST_WITHOUT = 60
"""Frames without a time, after which the camera is taken to have no clock at all."""


@dataclass(frozen=True, eq=False)
class Timed:
    """A packet, when it was taken (seconds on the camera's own clock) and when it arrived (seconds, this computer's)."""

    packet: "Packet[Any]"
    time_s: float
    arrived_s: float


def open_source(camera: Camera, width_px: int = 0, height_px: int = 0, rate_hz: float = 0.0) -> "Source":
    """Open a camera.

    Args:
        camera: Which one, as from `gait.capture.address`.
        width_px: A wish to a USB camera, 0 for none; others send what they send.
        height_px: Likewise.
        rate_hz: Likewise, in frames per second.

    Raises:
        GaitError: It does not open, or sends no video.
    """
    if camera.kind == "clip":
        return _FileSource(camera)
    if camera.kind in ("rtsp", "mjpeg"):
        return Source(_opened(camera.name, None, NETWORK[camera.kind]), camera)
    return _usb(camera, width_px, height_px, rate_hz)


def _usb(camera: Camera, width_px: int, height_px: int, rate_hz: float) -> "Source":
    kind = DEVICES[sys.platform]
    options = {"format_whitelist": USB_FORMATS, "protocol_whitelist": "file"}
    wish = {"video_size": f"{width_px}x{height_px}"} if width_px and height_px else {}
    if rate_hz:
        wish["framerate"] = f"{rate_hz:g}"
    # USB has room for 60 uncompressed frames per second only when they are small: ask for JPEGs first.
    wishes: list[dict[str, str]] = [wish]
    if kind == "v4l2" and wish:
        wishes.insert(0, wish | {"input_format": "mjpeg"})
    for first in wishes[:-1]:
        try:
            return Source(_opened(camera.name, kind, options | first), camera)
        except GaitError:
            continue
    return Source(_opened(camera.name, kind, options | wishes[-1]), camera)


def _opened(name: str, kind: str | None, options: dict[str, str]) -> InputContainer:
    try:
        return av.open(
            name, format=kind, options=options, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S), metadata_errors="ignore"
        )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        # Not the address itself: it may hold the camera's password.
        raise GaitError("camera_missing") from error


class Source:
    """An open camera. `packets()` ends by GaitError("camera_lost"), never quietly: a camera has no end."""

    def __init__(self, container: InputContainer, camera: Camera) -> None:
        """Take over `container`. Raises GaitError when it has no video."""
        self._container = container
        self.camera = camera
        if not container.streams.video:
            container.close()
            raise GaitError("camera_missing", "no_picture")
        self.stream: VideoStream = main_video(container)
        self.stream.thread_type = "AUTO"
        self._untimed = any(name in UNTIMED for name in container.format.name.split(","))

    @property
    def codec(self) -> str:
        """FFmpeg's name of how the frames are packed."""
        return str(self.stream.codec_context.name)

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) as sent."""
        return self.stream.codec_context.width, self.stream.codec_context.height

    def packets(self) -> Iterator[Timed]:
        """Packets as they come. Raises GaitError when the camera is lost."""
        without = 0
        try:
            for packet in self._container.demux(self.stream):
                if not packet.size:
                    break
                now = time.monotonic()
                if self._untimed:
                    yield Timed(packet, now, now)
                elif packet.pts is not None and packet.time_base is not None:
                    yield Timed(packet, float(packet.pts * packet.time_base), now)
                else:  # the first frames after connecting, before the camera's clock is known
                    without += 1
                    self._untimed = without >= MOST_WITHOUT
        except (av.error.FFmpegError, OSError) as error:
            raise lost() from error
        raise lost()

    def close(self) -> None:
        """Let the camera go."""
        self._container.close()


class _FileSource(Source):
    """A clip in place of a camera: played in real time, over and over or once."""

    def __init__(self, camera: Camera) -> None:
        self._once = camera.once
        super().__init__(_opened(camera.name, None, OPEN_OPTIONS), camera)

    def packets(self) -> Iterator[Timed]:
        """As from a camera: each packet when its time has come."""
        base = float(self.stream.time_base or 1)
        began, offset = time.monotonic(), 0
        while True:
            first: int | None = None
            end = 0
            for packet in self._container.demux(self.stream):
                if not packet.size or packet.pts is None:
                    continue
                pts, dts = int(packet.pts), int(packet.pts if packet.dts is None else packet.dts)
                first = pts if first is None else first
                end = max(end, pts + max(packet.duration or 0, 1))
                packet.pts, packet.dts = pts + offset - first, dts + offset - first
                time_s = (pts + offset - first) * base
                wait = began + time_s - time.monotonic()
                if wait > 0:
                    time.sleep(wait)
                yield Timed(packet, time_s, time.monotonic())
            if self._once or first is None:
                raise lost()
            offset += end - first
            self._container.seek(0)


def lost() -> GaitError:
    """The camera stopped sending."""
    return GaitError("camera_lost")
