"""Interlaced clips: two half pictures in each stored frame, taken one after the other. Each becomes a frame of its own.

Filmed 50 or 60 times a second, that is what they are: as whole frames moving legs would have combs for edges, and half the times.
"""

from collections.abc import Iterator

import numpy as np
from av.error import EOFError as EndOfFile
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from gait.model import Floats


def both_halves_s(times_s: Floats) -> Floats:
    """When the half pictures were taken, as `separated` gives them.

    Args:
        times_s: (n,) of the stored frames, rising, at least two.

    Returns:
        (2 n,) s: each frame's own time, and the middle between it and the next.
    """
    next_s = np.append(times_s[1:], 2 * times_s[-1] - times_s[-2])
    halves: Floats = np.stack([times_s, (times_s + next_s) / 2], axis=1).ravel()
    return halves


def separated(frames: Iterator[VideoFrame], stream: VideoStream) -> Iterator[VideoFrame]:
    """Two whole frames for each that is interlaced, by FFmpeg's `bwdif`, which looks at the frames before and after.

    Args:
        frames: As decoded, in order. A frame without a time is left out.
        stream: What they come from.

    Yields:
        Frames whose `pts` counts in their own `time_base`, half of the stream's.
    """
    graph: Graph | None = None
    size = None
    for frame in frames:
        if frame.pts is None:
            frame.pts = frame.dts
        if frame.pts is None:
            continue
        shape = (frame.width, frame.height, frame.format.name)
        if shape != size:
            if graph is not None:
                yield from _rest(graph)
            graph, size = _graph(frame, stream), shape
        assert graph is not None
        graph.push(frame)
        yield from _ready(graph)
    if graph is not None:
        yield from _rest(graph)


def _graph(frame: VideoFrame, stream: VideoStream) -> Graph:
    graph = Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=stream.time_base)
    halves = graph.add("bwdif", "mode=send_field:parity=auto:deint=all")
    sink = graph.add("buffersink")
    source.link_to(halves)
    halves.link_to(sink)
    graph.configure()
    return graph


def _ready(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            found = graph.pull()
        except (BlockingIOError, EndOfFile):
            return
        if isinstance(found, VideoFrame):
            yield found


def _rest(graph: Graph) -> Iterator[VideoFrame]:
    graph.push(None)
    yield from _ready(graph)
