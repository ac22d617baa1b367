"""What a browser sends, and a clip in place of a camera."""

from fractions import Fraction

import av
import numpy as np

from tests.builders import SAMPLES

SHORT_S = {"standing": 0.3, "run": 1.0}

STANDING = SAMPLES / "treadmill_rear.standing.mp4"


def browser_clip(path, kind, seconds=3.0):
    """What a browser sends: pieces that follow one another, no index, no length in the header."""
    options = {".mp4": {"movflags": "frag_keyframe+empty_moov"}, ".webm": {"live": "1"}}[kind]
    codec = {".mp4": "libx264", ".webm": "libvpx"}[kind]
    rng = np.random.default_rng(3)
    with av.open(str(path), "w", format=kind[1:], options=options) as out:
        stream = out.add_stream(
            codec, rate=30, options={"g": "15", "bf": "0"} if kind == ".mp4" else {"g": "15", "deadline": "realtime"}
        )
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for k in range(round(30 * seconds)):
            noise = rng.integers(0, 80, (120, 160, 3), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(noise + np.uint8(k), format="rgb24")
            frame.pts, frame.time_base = k, Fraction(1, 30)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path.read_bytes()
