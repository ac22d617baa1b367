"""Which cameras there are, and what each of them truly delivers."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import av.device
import numpy as np

from gait.capture.address import DEVICES, Camera
from gait.capture.source import open_source
from gait.errors import GaitError

WARM_UP_S, MEASURE_S = 0.4, 1.2
"""A camera's first frames come while its exposure settles. 1.2 s hold 36 frames at 30 frames per second, so the rate is right to 3 %."""
SMALL_PX = 480
"""Shorter side below which the heel is too coarse whatever the rate."""


@dataclass(frozen=True)
class CameraInfo:
    """A camera of this computer."""

    address: str
    name: str


@dataclass(frozen=True)
class Mode:
    """What a camera is asked for; zeros leave it to the camera."""

    width_px: int = 0
    height_px: int = 0
    rate_hz: float = 0.0


BEST_FIRST = (
    Mode(1280, 720, 120),
    Mode(1920, 1080, 60),
    Mode(1280, 720, 60),
    Mode(1920, 1080, 30),
    Mode(1280, 720, 30),
    Mode(640, 480, 30),
)
"""What USB cameras offer, the best for a heel first."""


@dataclass(frozen=True)
class Measured:
    """What came when a mode was tried."""

    mode: Mode
    width_px: int
    height_px: int
    rate_hz: float
    """Frames over the time they took: to arrive, or on the camera's clock, whichever is longer."""
    jitter_s: float
    """SD of the time between frames, by the camera's clock."""

    @property
    def honest(self) -> bool:
        """Whether the camera kept what it was asked for."""
        return not self.mode.rate_hz or self.rate_hz > 0.9 * self.mode.rate_hz

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Larger is better: large enough, then the rate (in tens), then the pixels."""
        side = min(self.width_px, self.height_px)
        return side >= SMALL_PX, round(self.rate_hz / 10), self.width_px * self.height_px


def cameras() -> tuple[CameraInfo, ...]:
    """The USB and built-in cameras of this computer, in the system's order; empty where there are none."""
    if sys.platform == "linux":
        found = []
        for device in sorted(Path("/dev").glob("video[0-9]*"), key=lambda p: (len(p.name), p.name)):
            label = Path("/sys/class/video4linux") / device.name / "name"
            name = label.read_text(encoding="utf-8").strip() if label.is_file() else device.name
            found.append(CameraInfo(str(device), name))
        return tuple(found)
    try:
        devices = av.device.enumerate_input_devices(DEVICES[sys.platform])
    except (KeyError, ValueError, OSError, av.error.FFmpegError):
        return ()
    return tuple(
        CameraInfo(f"usb:{d.name}", d.description or d.name) for d in devices if "audio" not in (d.media_types or ())
    )


def measure(camera: Camera, mode: Mode = Mode(), seconds: float = MEASURE_S) -> Measured:
    """Open the camera in that mode and count what comes.

    Args:
        camera: Which one, as from `gait.capture.address`.
        mode: What is asked of the camera.
        seconds: How long frames are counted; the camera's start is not.

    Raises:
        GaitError: The camera does not open, or nothing comes.
    """
    source = open_source(camera, mode.width_px, mode.height_px, mode.rate_hz)
    try:
        times, arrivals = [], []
        began = time.monotonic()
        for timed in source.packets():
            if timed.arrived_s - began < WARM_UP_S:
                continue
            times.append(timed.time_s)
            arrivals.append(timed.arrived_s)
            if arrivals[-1] - arrivals[0] >= seconds:
                break
        width, height = source.size_px
    finally:
        source.close()
    rate = (len(arrivals) - 1) / max(arrivals[-1] - arrivals[0], max(times) - min(times))
    return Measured(mode, width, height, rate, float(np.std(np.diff(np.sort(times)))))


def modes(camera: Camera) -> tuple[Measured, ...]:
    """What the camera truly delivers, best first: every candidate is tried, which takes about 2 s each.

    Network cameras and files are set up elsewhere and have one. Raises GaitError when no mode works.
    """
    if camera.kind != "usb":
        return (measure(camera),)
    found: dict[tuple[int, int, int], Measured] = {}
    fault: GaitError | None = None
    for mode in BEST_FIRST:
        try:
            got = measure(camera, mode)
        except GaitError as error:
            fault = error
            continue
        found.setdefault((got.width_px, got.height_px, round(got.rate_hz / 5)), got)
    if not found:
        raise fault or GaitError("camera_missing", "no_mode")
    return tuple(sorted(found.values(), key=lambda m: m.rank, reverse=True))
