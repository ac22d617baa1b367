"""Writes a clip bit by bit, as a camera would."""

import threading
import time

import av


def recorded(source, path, frames):
    """The first frames of a clip as a recorder writes them: an MP4 in fragments."""
    flags = {"movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer", "frag_duration": "200000"}
    with av.open(str(source)) as given, av.open(str(path), "w", options=flags) as out:
        source = given.streams.video[0]
        copy = out.add_stream_from_template(source)
        for n, packet in enumerate(given.demux(source)):
            if n == frames or packet.dts is None:
                break
            packet.stream = copy
            out.mux(packet)
    return path


class Recorder:
    """Writes the bytes bit by bit, as a camera would."""

    def __init__(self, path, data, chunk=20_000, pause_s=0.02):
        self.path, self._data, self._chunk, self._pause_s = path, data, chunk, pause_s
        self.done = threading.Event()
        path.write_bytes(data[:3000])
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def _write(self):
        with self.path.open("ab") as f:
            for start in range(3000, len(self._data), self._chunk):
                time.sleep(self._pause_s)
                f.write(self._data[start : start + self._chunk])
                f.flush()
        self.done.set()
