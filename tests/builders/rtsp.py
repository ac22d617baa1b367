"""A network camera for tests: an RTSP server for one H.264 clip, one client, RTP over the same TCP connection (RFC 2326, 6184)."""

import base64
import socket
import struct
import threading
import time
from fractions import Fraction

import av

CLOCK_HZ = 90_000
MAX_PAYLOAD = 1400


def nal_units(data):
    """The NAL units of an Annex B packet, without start codes."""
    starts, at = [], data.find(b"\0\0\1")
    while at >= 0:
        starts.append(at + 3)
        at = data.find(b"\0\0\1", at + 3)
    ends = [s - 3 for s in starts[1:]] + [len(data)]
    return [data[a:b].rstrip(b"\0") for a, b in zip(starts, ends, strict=True)]


class RtspServer:
    """Plays `path` once, in real time, with the RTP times its frames have; then hangs up or, with `mute`, falls silent."""

    def __init__(self, path, mute=False):
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            bsf = av.bitstream.BitStreamFilterContext("h264_mp4toannexb", stream)
            packets = [p for raw in container.demux(stream) for p in bsf.filter(raw if raw.size else None)]
        self.frames = [(round(Fraction(p.pts) * p.time_base * CLOCK_HZ), nal_units(bytes(p))) for p in packets]
        parameters = {n[0] & 31: n for n in self.frames[0][1]}
        self.sps, self.pps = parameters[7], parameters[8]
        self.mute = mute
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(20)
        self.url = f"rtsp://127.0.0.1:{self._listener.getsockname()[1]}/camera"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._closing.set()
        self._listener.close()
        self._thread.join(10)

    def _serve(self):
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            text = connection.makefile("rb")
            try:
                while self._answer(connection, text) != "PLAY":
                    pass
                self._play(connection)
                if self.mute:
                    self._closing.wait(30)
            except OSError:
                pass

    def _answer(self, connection, text):
        line = text.readline().decode()
        if not line:
            raise OSError("the client left")
        method, headers = line.split()[0], {}
        while (header := text.readline().decode().strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        extra, body = "", ""
        if method == "OPTIONS":
            extra = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif method == "DESCRIBE":
            sets = ",".join(base64.b64encode(n).decode() for n in (self.sps, self.pps))
            body = (
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"
                f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}\r\n"
            )
            extra = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        elif method == "SETUP":
            extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        reply = f"RTSP/1.0 200 OK\r\nCSeq: {headers['cseq']}\r\nSession: 1\r\n{extra}\r\n{body}"
        connection.sendall(reply.encode())
        return method

    def _play(self, connection):
        began, sequence = time.monotonic(), 0
        for ticks, nals in self.frames:
            if self._closing.wait(max(0.0, began + ticks / CLOCK_HZ - time.monotonic())):
                return
            for i, nal in enumerate(nals):
                for payload, last in fragments(nal):
                    marker = 0x80 if last and i == len(nals) - 1 else 0
                    header = struct.pack(">BBHII", 0x80, marker | 96, sequence & 0xFFFF, 1_000 + ticks, 7)
                    sequence += 1
                    connection.sendall(struct.pack(">cBH", b"$", 0, len(header) + len(payload)) + header + payload)


def fragments(nal):
    """(RTP payload, whether it ends the NAL unit); units larger than a packet in FU-A pieces."""
    if len(nal) <= MAX_PAYLOAD:
        return [(nal, True)]
    pieces = [nal[i : i + MAX_PAYLOAD] for i in range(1, len(nal), MAX_PAYLOAD)]
    indicator, kind = (nal[0] & 0xE0) | 28, nal[0] & 31
    found = []
    for i, piece in enumerate(pieces):
        flags = (0x80 if i == 0 else 0) | (0x40 if i == len(pieces) - 1 else 0)
        found.append((bytes([indicator, flags | kind]) + piece, i == len(pieces) - 1))
    return found
