"""Edits of an MP4 or QuickTime file that play its media faster or slower than it is stored: FFmpeg reads them without their rate."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gait.model import Floats

MAX_HEADER_BYTES = 50_000_000
"""An hour of video has some 5 MB of tables."""
_FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


@dataclass(frozen=True)
class Edit:
    """One stretch of a track as it is to be played."""

    begins_s: float
    """In the stored media; negative: nothing is shown for `lasts_s`."""
    lasts_s: float
    """As played."""
    rate: float
    """Seconds of media in a second of playing; 0 shows one frame all the time."""


def rated_edits(path: Path) -> dict[int, tuple[Edit, ...]]:
    """The edits of each track, by its number, where one of them has a rate other than 1; nearly always none.

    A file that is no MP4, or is damaged, has none.
    """
    try:
        header = _movie_header(path)
        if header is None or b"elst" not in header:
            return {}
        return _rated(header)
    except (OSError, struct.error, KeyError, ValueError):
        return {}


def played(media_s: Floats, edits: tuple[Edit, ...]) -> Floats:
    """When frames are played.

    Args:
        media_s: (n,) their times in the stored media, s.
        edits: In the order they are played.

    Returns:
        (n,) s from the beginning of the first edit; NaN for what no edit shows. What two edits show is played by the first of them.
    """
    out = np.full(len(media_s), np.nan)
    begin_s = 0.0
    for edit in edits:
        if edit.begins_s >= 0 and edit.rate > 0:
            # An editor that changed the rate alone left the length of the media: nothing is cut off by either reading.
            lasts_s = edit.lasts_s * max(edit.rate, 1.0) if len(edits) == 1 else edit.lasts_s * edit.rate
            inside = (media_s > edit.begins_s - 1e-6) & (media_s < edit.begins_s + lasts_s - 1e-6) & np.isnan(out)
            out[inside] = begin_s + (media_s[inside] - edit.begins_s) / edit.rate
        begin_s += edit.lasts_s
    return out


def _movie_header(path: Path) -> bytes | None:
    """The content of the file's `moov` box."""
    with path.open("rb") as file:
        first = True
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            if first and kind not in _FIRST:
                return None
            first = False
            took = 8
            if size == 1:
                (size,) = struct.unpack(">Q", file.read(8))
                took = 16
            if kind == b"moov":
                return file.read(size - took) if took < size < MAX_HEADER_BYTES else None
            if size < took:
                return None
            file.seek(size - took, 1)
    return None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of the boxes side by side in `data`."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8:
            return
        yield kind, data[at + 8 : at + size]
        at += size


def _rated(header: bytes) -> dict[int, tuple[Edit, ...]]:
    movie = dict(_boxes(header))
    movie_scale = _scale(movie[b"mvhd"])
    found = {}
    for kind, content in _boxes(header):
        track = dict(_boxes(content)) if kind == b"trak" else {}
        if b"edts" not in track:
            continue
        entries = dict(_boxes(track[b"edts"])).get(b"elst")
        scale = _scale(dict(_boxes(track[b"mdia"]))[b"mdhd"])
        edits = tuple(_entries(entries, movie_scale, scale)) if entries else ()
        if any(edit.rate not in (0.0, 1.0) for edit in edits):
            number = struct.unpack_from(">I", track[b"tkhd"], 20 if track[b"tkhd"][0] else 12)[0]
            found[number] = edits
    return found


def _scale(box: bytes) -> int:
    """Ticks per second of an `mvhd` or `mdhd`. Raises ValueError for none."""
    ticks: int = struct.unpack_from(">I", box, 20 if box[0] else 12)[0]
    if not ticks:
        raise ValueError
    return ticks


def _entries(box: bytes, movie_scale: int, media_scale: int) -> Iterator[Edit]:
    (count,) = struct.unpack_from(">I", box, 4)
    row = ">Qqi" if box[0] else ">Iii"
    for k in range(min(count, (len(box) - 8) // struct.calcsize(row))):
        lasts, begins, rate = struct.unpack_from(row, box, 8 + k * struct.calcsize(row))
        yield Edit(begins / media_scale if begins >= 0 else -1.0, lasts / movie_scale, rate / 65536)
