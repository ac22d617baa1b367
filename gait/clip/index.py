"""Opening a clip: is it a video that could be analysed, and when was each frame taken."""

import hashlib
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from gait.clip.container import (
    Orientation,
    check_size,
    decoded,
    demuxed,
    opened,
    orientation_of,
    pixel_aspect,
    plain,
)
from gait.errors import ClipError
from gait.model import Clip, Floats

MAX_FRAMES = 500_000
"""More than an hour at 120 fps: not a treadmill run, or a file made to exhaust the machine."""
MAX_GAP_S = 60.0
"""A clip that stands still longer than this between two frames has broken times."""


def open_clip(path: Path | str) -> Clip:
    """Open and index a video file.

    Raises ClipError (one sentence and advice) for whatever is no video that could be analysed.
    """
    path = Path(path)
    digest = _checked_digest(path)
    with opened(path) as (container, stream):
        codec = stream.codec_context.name
        times, keys_s = _packet_times(container, stream)
    width, height, orientation = _first_picture(path)
    if times is None:
        times = _decoded_times(path)
    if len(times) < 2:
        raise ClipError("no_frames", "single", file=path.name)
    gaps = np.diff(times)
    if gaps.max() > MAX_GAP_S:
        raise ClipError("bad_times", "jump", file=path.name, gap_s=float(gaps.max()))
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
        key_frames=np.flatnonzero(np.isin(times, keys_s)),
    )


def sha256_of(path: Path) -> str:
    """The checksum of a file's content. Raises ClipError when it cannot be read."""
    try:
        with path.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> ClipError:
    return ClipError("unreadable", "file", file=path.name, why=str(error.strerror))


def _checked_digest(path: Path) -> str:
    """SHA-256 of the file; ClipError for what is not even a file, or plainly another kind of file."""
    if not path.exists():
        raise ClipError("missing_file", path=str(path))
    if path.is_dir():
        raise ClipError("not_a_file", "folder", path=str(path))
    try:
        if not path.is_file():
            raise ClipError("not_a_file", path=str(path))
        with path.open("rb") as f:
            head = f.read(16)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not head:
        raise ClipError("empty_file", file=path.name)
    pictures = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"GIF8": "GIF", b"BM": "BMP", b"II*\x00": "TIFF"}
    for magic, name in pictures.items():
        if head.startswith(magic):
            raise ClipError("still_picture", file=path.name, format=name)
    return sha256_of(path)


def _packet_times(container: InputContainer, stream: VideoStream) -> tuple[Floats | None, Floats]:
    """Times of the displayed frames, and of the key frames among them, from the packets, without decoding (20 ms for 20 s of video).

    A packet is a frame for every codec met here once the ones that are marked as not to be shown are dropped. None where
    the container keeps no presentation times (AVI): then the decoder has to tell.
    """
    pts: list[int] = []
    keys: list[int] = []
    shift = None
    for packet in demuxed(container, stream):
        if not packet.size or packet.is_discard:
            continue
        if packet.pts is None:
            return None, np.empty(0)
        shift = packet.time_base
        pts.append(packet.pts)
        if packet.is_keyframe:
            keys.append(packet.pts)
        if len(pts) > MAX_FRAMES:
            raise ClipError("too_long", most=MAX_FRAMES)
    if not pts or shift is None:
        return np.empty(0), np.empty(0)
    return _strictly_rising(np.array(pts, dtype=np.int64), float(shift)), np.unique(keys) * float(shift)


def _strictly_rising(pts: NDArray[np.int64], base_s: float) -> Floats:
    """Sorted times in seconds, exact duplicates dropped; ClipError when many are duplicates."""
    unique = np.unique(pts)
    if len(unique) < 0.95 * len(pts):
        raise ClipError("bad_times", "shared")
    return unique * base_s


def _decoded_times(path: Path) -> Floats:
    """Times by decoding everything: for containers without presentation times."""
    pts: list[int] = []
    base = 0.0
    with opened(path) as (container, stream):
        for frame in decoded(container, stream):
            stamp = frame.pts if frame.pts is not None else frame.dts
            if stamp is None:
                raise ClipError("bad_times", "absent", file=path.name)
            base = float(stream.time_base or 1)
            pts.append(stamp)
            if len(pts) > MAX_FRAMES:
                raise ClipError("too_long", most=MAX_FRAMES)
    return _strictly_rising(np.array(pts, dtype=np.int64), base) if pts else np.empty(0)


def _first_picture(path: Path) -> tuple[int, int, Orientation]:
    """Size as stored, with square pixels, and orientation: of a decoded picture, since a header can say anything."""
    with opened(path) as (container, stream):
        aspect = pixel_aspect(stream)
        for frame in decoded(container, stream):
            square = plain(frame, aspect, VideoReformatter())
            check_size(path, square.width, square.height)
            return square.width, square.height, orientation_of(frame)
    raise ClipError("no_frames", file=path.name)
