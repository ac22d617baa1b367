"""Opening a clip: is it a video that could be analysed, and when was each frame taken."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from gait.clip.container import (
    Orientation,
    camera_of,
    check_size,
    decoded,
    demuxed,
    opened,
    orientation_of,
    pixel_aspect,
    plain,
)
from gait.clip.edits import played, rated_edits
from gait.clip.fields import both_halves_s
from gait.clip.tone import HIGH_RANGE
from gait.errors import ClipError
from gait.model import Clip, Ints

MAX_FRAMES = 500_000
"""More than an hour at 120 fps: not a treadmill run, or a file made to exhaust the machine."""
MAX_GAP_S = 60.0
"""A clip that stands still longer than this between two frames has broken times."""

PROBED_FRAMES = 60
"""Enough to see whether frames come in another order than they are stored: at least one in each second does."""
EACH_BY_ITSELF = {
    "mjpeg",
    "mjpegb",
    "dvvideo",
    "rawvideo",
    "prores",
    "dnxhd",
    "ffv1",
    "huffyuv",
    "utvideo",
    "cfhd",
    "jpeg2000",
    "png",
}
"""Codecs whose frames need no other, so that they are shown as they are stored."""
RESIZED, RESIZED_IN = {"vp8", "vp9", "av1"}, ("matroska", "mpegts")
"""Codecs, and containers, in which the picture's size can change on the way."""


def open_clip(path: Path | str) -> Clip:
    """Open and index a video file.

    Raises ClipError (one sentence and advice) for whatever is no video that could be analysed.
    """
    path = Path(path)
    digest = _checked_digest(path)
    with opened(path) as (container, stream):
        camera = camera_of(container, stream)
        codec, kind, base_s = stream.codec_context.name, container.format.name, float(stream.time_base or 1)
        edits = rated_edits(path).get(stream.id, ())
        reorders = stream.codec_context.has_b_frames > 0
        listed = _packet_stamps(container, stream)
    first = _first_picture(path)
    stored = _shown_stamps(path, listed, kind, codec, reorders, first.interlaced)
    keys = np.isin(stored, listed.keys)
    in_order = bool((np.diff(stored) > 0).all())
    times = np.sort(stored) * base_s
    if edits:
        played_s = played(times, edits)
        shown = np.argsort(played_s, kind="stable")[: np.isfinite(played_s).sum()]
        times, stored, keys, in_order = played_s[shown], stored[shown], keys[shown], False
    stamps = np.empty(0, np.int64) if in_order else stored
    if len(times) < 2:
        raise ClipError("no_frames", "single", file=path.name)
    gaps = np.diff(times)
    if gaps.max() > MAX_GAP_S:
        raise ClipError("bad_times", "jump", file=path.name, gap_s=float(gaps.max()))
    key_frames = np.flatnonzero(keys)
    halved = first.interlaced and not len(stamps)
    if halved:
        times, key_frames = both_halves_s(times), 2 * key_frames
    size, others = _usual_size(path, first, kind, codec, float(times[-1]))
    return Clip(
        path=path,
        sha256=digest,
        times_s=times - times[0],
        width_px=size[1] if first.orientation.turns % 2 else size[0],
        height_px=size[0] if first.orientation.turns % 2 else size[1],
        rotation_deg=first.orientation.turns * 90,
        codec=codec,
        start_s=float(times[0]),
        key_frames=key_frames,
        stamps=stamps,
        interlaced=halved,
        transfer=first.transfer,
        other_sizes_px=others,
        edit_rate=next((edit.rate for edit in edits if edit.rate not in (0.0, 1.0)), 1.0),
        camera=camera,
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


@dataclass(frozen=True, eq=False)
class _Listed:
    """What the packets say of themselves, in the order in which they are stored."""

    stamps: Ints
    """In the stream's ticks."""
    keys: Ints
    """Those of key frames."""
    whole: bool
    """No packet was without."""


def _packet_stamps(container: InputContainer, stream: VideoStream) -> _Listed:
    """Of all that are to be shown, without decoding (20 ms for 20 s of video)."""
    stamps: list[int] = []
    keys: list[int] = []
    whole = True
    for packet in demuxed(container, stream):
        if not packet.size or packet.is_discard:
            continue
        if packet.pts is None:
            whole = False
            continue
        stamps.append(packet.pts)
        if packet.is_keyframe:
            keys.append(packet.pts)
        if len(stamps) > MAX_FRAMES:
            raise ClipError("too_long", most=MAX_FRAMES)
    return _Listed(np.array(stamps, np.int64), np.array(keys, np.int64), whole)


def _shown_stamps(path: Path, listed: _Listed, kind: str, codec: str, reorders: bool, interlaced: bool) -> Ints:
    """The stamps of the frames as they are shown one after the other, in the stream's ticks.

    For nearly every file a packet is a frame and its stamp is its time, so that they rise. Else the decoder has to tell: where packets
    have none, where two of them can be one interlaced frame, and where stamps count what is stored while frames are shown in another order
    (AVI, and what was copied out of one); then they do not rise.
    """
    alone = codec in EACH_BY_ITSELF
    if not listed.whole or not len(listed.stamps) or (interlaced and not alone):
        return _distinct(_decoded_stamps(path))
    rising = bool((np.diff(listed.stamps) > 0).all())
    if rising and not alone and (kind == "avi" or reorders):
        found = _decoded_stamps(path, MAX_FRAMES if kind == "avi" else PROBED_FRAMES)
        if (np.diff(found) < 0).any():
            found = found if kind == "avi" else _decoded_stamps(path)
            _distinct(found)
            return found[np.sort(np.unique(found, return_index=True)[1])]
    return _distinct(listed.stamps)


def _distinct(stamps: Ints) -> Ints:
    """Sorted, exact duplicates dropped; ClipError when many are duplicates."""
    unique = np.unique(stamps)
    if len(unique) < 0.95 * len(stamps):
        raise ClipError("bad_times", "shared")
    return unique


def _decoded_stamps(path: Path, most: int = MAX_FRAMES) -> Ints:
    """By decoding, in the order in which frames are shown; no more than about `most`. ClipError for more than `MAX_FRAMES`."""
    stamps: list[int] = []
    with opened(path) as (container, stream):
        stream.thread_type = "AUTO"
        for frame in decoded(container, stream):
            stamp = frame.pts if frame.pts is not None else frame.dts
            if stamp is None:
                raise ClipError("bad_times", "absent", file=path.name)
            stamps.append(stamp)
            if len(stamps) > MAX_FRAMES:
                raise ClipError("too_long", most=MAX_FRAMES)
            if len(stamps) > most:
                break
    return np.array(stamps, np.int64)


@dataclass(frozen=True)
class _First:
    """What the first decoded picture tells: a header can say anything."""

    stored_px: tuple[int, int]
    """(width, height) as decoded."""
    size_px: tuple[int, int]
    """With square pixels."""
    orientation: Orientation
    interlaced: bool
    transfer: str
    """As `Clip.transfer`."""


def _first_picture(path: Path) -> _First:
    with opened(path) as (container, stream):
        aspect = pixel_aspect(stream)
        for frame in decoded(container, stream):
            square = plain(frame, aspect, VideoReformatter())
            check_size(path, square.width, square.height)
            return _First(
                (frame.width, frame.height),
                (square.width, square.height),
                orientation_of(frame),
                bool(frame.interlaced_frame),
                HIGH_RANGE.get(frame.color_trc, ""),
            )
    raise ClipError("no_frames", file=path.name)


def _usual_size(
    path: Path, first: _First, kind: str, codec: str, end_s: float
) -> tuple[tuple[int, int], tuple[tuple[int, int], ...]]:
    """(width, height) with square pixels in which most of the clip is stored, and the other sizes, as stored.

    A stream changes its size at a key frame, so those are decoded, where that happens at all: in what browsers, calls and broadcasts write.
    """
    if not (codec in RESIZED or any(name in kind for name in RESIZED_IN)):
        return first.size_px, ()
    begins: list[tuple[float, tuple[int, int]]] = []
    with opened(path) as (container, stream):
        stream.codec_context.skip_frame = "NONKEY"
        for frame in decoded(container, stream):
            begins.append((float(frame.time or 0.0), (frame.width, frame.height)))
    sizes = {size for _, size in begins}
    if len(sizes) < 2:
        return first.size_px, ()
    ends_s = [time_s for time_s, _ in begins[1:]] + [end_s]
    lasts = {
        size: sum(max(0.0, end - begin) for (begin, s), end in zip(begins, ends_s, strict=True) if s == size)
        for size in sizes
    }
    most = max(sizes, key=lambda size: (lasts[size], size))
    aspect = first.size_px[0] / first.stored_px[0]
    width = most[0] if first.size_px[0] == first.stored_px[0] else max(2, round(most[0] * aspect / 2) * 2)
    check_size(path, width, most[1])
    return (width, most[1]), tuple(sorted(sizes - {most}))
