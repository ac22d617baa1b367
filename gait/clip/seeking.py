"""Reading from the middle of a file: the packets from a key frame on, wherever the container lands."""

from collections.abc import Iterator
from itertools import chain

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from gait.clip.container import demuxed
from gait.model import Clip

EARLIER_S = (0.0, 1.0, 4.0, 16.0)
"""How much earlier than wanted to look, one after the other, where a container lands too late: transport streams have no index, and what is
stored at a time is shown later. Then from the file's beginning."""


def packets_from(
    clip: Clip, container: InputContainer, stream: VideoStream, start: int, lead: int = 0
) -> "Iterator[Packet[VideoStream]]":
    """The packets from a key frame on that is shown no later than frame `start`.

    Args:
        clip: Whose file is open.
        container: Just opened.
        stream: The clip's.
        start: Index of the first frame that is wanted.
        lead: So many frames before it are wanted as well.
    """
    begin = max(0, start - lead)
    if begin == 0:
        return demuxed(container, stream)
    base_s = float(stream.time_base or 1)
    if len(clip.stamps):
        earlier = clip.key_frames[clip.key_frames <= begin]
        if not len(earlier):
            return demuxed(container, stream)
        wanted_s = float(clip.stamps[earlier[-1]]) * base_s
    else:
        wanted_s = clip.start_s + float(clip.in_file_s[begin]) * clip.slow_motion
    first_s = min(0.0, float(stream.start_time or 0) * base_s)
    for earlier_s in EARLIER_S:
        if not _sought(container, stream, max(wanted_s - earlier_s, first_s) / base_s):
            continue
        packets = demuxed(container, stream)
        if not len(clip.key_frames):
            return packets
        for packet in packets:
            if packet.is_keyframe and packet.pts is not None:
                if packet.pts * base_s <= wanted_s + 1e-6:
                    return chain([packet], packets)
                break
    _sought(container, stream, first_s / base_s)
    return demuxed(container, stream)


def _sought(container: InputContainer, stream: VideoStream, ticks: float) -> bool:
    """Whether the container found the place; it is where it was when it did not."""
    try:
        container.seek(int(ticks), stream=stream, backward=True)
    except av.error.FFmpegError:
        return False
    return True
