"""The first seconds of a clip as a clip of its own."""

from pathlib import Path

import av


def shortened(clip: Path, path: Path, seconds: float) -> Path:
    """Write the frames of the first so many seconds to `path`, as they were packed; gives `path`."""
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        picture = source.streams.video[0]
        stream = target.add_stream_from_template(picture)
        for packet in source.demux(picture):
            if packet.dts is None or packet.pts is None or float(packet.pts * picture.time_base) >= seconds:
                continue
            packet.stream = stream
            target.mux(packet)
    return path
