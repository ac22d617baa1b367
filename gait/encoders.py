"""What packs video on this computer: the encoders that gait can use, and which of them are there.

FFmpeg lists an encoder of the graphics chip on machines without the chip, so each is tried before it is counted on. What each means
for whoever hands gait on stands in docs/licences.md.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from gait.errors import GaitError

FILM_BITS, LIVE_BITS = "6000000", "24000000"
"""Bits per second where an encoder knows no quality that stays: the film takes 2.4 million with libx264, and 1080p at 60 frames per
second has to show a heel."""
_FILM, _LIVE = {"b": FILM_BITS, "bf": "0", "g": "60"}, {"b": LIVE_BITS, "bf": "0", "g": "30"}
TRIED_PX = (320, 240)
"""Smaller pictures are refused by some graphics chips."""


@dataclass(frozen=True)
class Encoder:
    """One way to pack video, with FFmpeg's options for it.

    No B frames: the first frame is shown at 0 and stepping back stays cheap. A key frame per second or half a second: quick seeking.
    """

    name: str
    """FFmpeg's."""
    film: Mapping[str, str]
    """For the overlay film, which is drawn while nobody waits."""
    live: Mapping[str, str]
    """For the frames of a camera that sends them raw, as fast as they come."""
    pixels: str = "yuv420p"
    """How it takes pictures; they are converted where that is not 4:2:0 in planes."""

    def add_to(self, container: OutputContainer, rate: Fraction | int, options: Mapping[str, str]) -> VideoStream:
        """A new stream of the container that it packs, with its kind of pixels. `rate` is a hint: frames have times of their own."""
        stream = container.add_stream(self.name, rate=rate, options=dict(options))
        assert isinstance(stream, VideoStream)
        stream.pix_fmt = self.pixels
        return stream


ENCODERS = (
    Encoder(
        "libx264",
        # 6 MB for 20 s. With the deblocking that "ultrafast" leaves out, as near the drawn picture as "superfast" at crf 24 (46.3 dB
        # against 46.5; on two real clips 45.1 and 43.2 against 44.4 and 43.1) in half of its processor time (2.7 ms a frame against
        # 5.1). A fixed quantizer: rate control would look at every frame beforehand, a fifth of the time.
        {"preset": "ultrafast", "qp": "25", "bf": "0", "g": "60", "x264-params": "deblock=0,0"},
        {"preset": "ultrafast", "crf": "18", "tune": "zerolatency", "g": "30"},
    ),
    Encoder("libopenh264", _FILM, _LIVE),
    Encoder("h264_videotoolbox", _FILM, _LIVE),
    Encoder("h264_mf", _FILM, _LIVE, "nv12"),
    Encoder("h264_nvenc", _FILM, _LIVE),
    Encoder("h264_qsv", _FILM, _LIVE, "nv12"),
    Encoder("h264_amf", _FILM, _LIVE, "nv12"),
    Encoder("h264_v4l2m2m", _FILM, _LIVE, "nv12"),
    Encoder(
        "libvpx-vp9",
        {
            "deadline": "realtime",
            "cpu-used": "8",
            "row-mt": "1",
            "crf": "30",
            "b": "0",
            "g": "60",
            "lag-in-frames": "0",
        },
        {
            "deadline": "realtime",
            "cpu-used": "8",
            "row-mt": "1",
            "crf": "18",
            "b": "0",
            "g": "30",
            "lag-in-frames": "0",
        },
    ),
)
"""In the order in which they are taken where nobody chose: H.264 first, which every browser and messenger plays; Cisco's and the graphics
chips' where there is no libx264; VP9, which is nobody's and plays in browsers, where there is no H.264."""


def chosen(name: str = "") -> Encoder:
    """The encoder of that name; empty takes the first that works here. Raises GaitError when it is none, or does not work here."""
    for encoder in ENCODERS:
        if name in ("", encoder.name) and works(encoder.name):
            return encoder
    if not name:
        raise GaitError("no_encoder")
    there = ", ".join(available())
    raise GaitError("no_encoder", "named", name=name[:40], names=there) if there else GaitError("no_encoder")


def available() -> list[str]:
    """The names of those that work here, the first choice first. Tries each of them."""
    return [encoder.name for encoder in ENCODERS if works(encoder.name)]


@cache
def works(name: str) -> bool:
    """Whether this computer has it: two grey frames are packed as in a film, and two as from a camera."""
    encoder = next(e for e in ENCODERS if e.name == name)
    return _packs(encoder, encoder.film) and _packs(encoder, encoder.live)


def _packs(encoder: Encoder, options: Mapping[str, str]) -> bool:
    packets = []
    try:
        context = av.CodecContext.create(encoder.name, "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height = TRIED_PX
        context.pix_fmt, context.framerate, context.options = encoder.pixels, Fraction(30), dict(options)
        for moment in range(2):
            frame = VideoFrame(*TRIED_PX, encoder.pixels)
            frame.pts = moment
            packets += context.encode(frame)
        packets += context.encode(None)
    except (av.error.FFmpegError, ValueError, OSError):
        return False
    return len(packets) > 0


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """Where a film is written before it is moved to `out`, so that nobody finds half of it; nothing is left of one that was cut short.

    Raises GaitError `cannot_write`, case `film`, when it cannot be written or read.
    """
    part = out.with_name(f".{out.name}.part")
    try:
        yield part
        part.replace(out)
    except (OSError, av.error.FFmpegError) as error:
        raise GaitError("cannot_write", "film", name=out.name, folder=str(out.parent)) from error
    finally:
        part.unlink(missing_ok=True)
