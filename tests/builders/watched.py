"""A film whose every frame shows its own number, at times that are not even: what a test of frame steps looks at."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

BITS, BIT_PX, HIGH_PX = 8, 32, 160
BASE = Fraction(1, 90_000)
READ_BITS = f"""video => {{
  const canvas = Object.assign(document.createElement("canvas"), {{ width: {BITS * BIT_PX}, height: {HIGH_PX} }});
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0);
  let number = 0;
  for (let bit = 0; bit < {BITS}; bit++) {{
    number = 2 * number + (pen.getImageData({BIT_PX} * bit + {BIT_PX // 2}, {HIGH_PX // 2}, 1, 1).data[0] > 127);
  }}
  return number;
}}"""
"""In the browser: the number that a video shows now."""


def uneven_s(frames: int) -> np.ndarray:
    """Times of a rate that changes with every frame, first = 0: a 60th, a 30th and a 40th of a second in turn."""
    gaps = np.resize([1 / 60, 1 / 30, 1 / 40], frames - 1)
    return np.concatenate([[0.0], np.cumsum(gaps)])


def numbered_film(path: Path, times_s: np.ndarray) -> Path:
    """Black and white bars: the frame's number in binary, the largest bit on the left."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=60, options={"crf": "18", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = BITS * BIT_PX, HIGH_PX, "yuv420p"
        stream.codec_context.time_base = BASE
        for number, time_s in enumerate(times_s):
            bits = [int(bit) for bit in f"{number:0{BITS}b}"]
            row = np.repeat(np.array(bits, np.uint8) * 255, BIT_PX)
            picture = np.broadcast_to(row[None, :, None], (HIGH_PX, len(row), 3))
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = round(float(time_s) / BASE), BASE
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
