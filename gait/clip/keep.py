"""Writing the part of a clip that is kept: the lower legs at the clip's own resolution, all else painted over (`gait.lower_legs`)."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from gait import encoders
from gait.clip.frames import frames, planes
from gait.errors import GaitError
from gait.lower_legs import paint_outside
from gait.model import Clip, Ints

BASE = Fraction(1, 90_000)
"""Seconds per tick: holds the usual rates without rounding that matters."""
QUALITY = {"libx264": {"preset": "veryfast", "crf": "14", "bf": "0", "g": "60"}}
"""What may be measured again later must show a heel as the original did; of other encoders what records a camera. Most of the
picture is one colour, which takes no room: 1.3 times the original file (reports/validation/kept_clips.md)."""


def write_legs(
    clip: Clip,
    boxes: Ints,
    out: Path,
    encoder: str = "",
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Ints:
    """Write the clip with only `boxes` left of its pictures.

    Args:
        clip: As it was analysed: upright, the right way round.
        boxes: (n, 4) from `gait.lower_legs.kept_boxes`.
        out: An MP4; written beside its place and moved there.
        encoder: What packs it, as `gait.encoders` names it; empty takes the first that works here.
        tell: `tell(done, total)` is called for every frame; when it raises, nothing is left behind.

    Returns:
        (k,) numbers of the frames that were written, ascending: all that could be decoded.

    Raises:
        GaitError: The clip cannot be read any more, or the file not be written (`cannot_write`).
    """
    with encoders.whole(out) as part:
        return _write(clip, boxes, part, encoders.chosen(encoder), tell)


def _write(clip: Clip, boxes: Ints, part: Path, coder: encoders.Encoder, tell: Callable[[int, int], None]) -> Ints:
    width, height = clip.width_px // 2 * 2, clip.height_px // 2 * 2
    rate = Fraction(clip.fps_hz if np.isfinite(clip.fps_hz) else 30.0).limit_denominator(1001)
    limited = VideoReformatter()
    written: list[int] = []
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart+use_metadata_tags"}) as container:
        if clip.camera:  # what staff confirmed of that camera holds for its standing clips too
            container.metadata["model"] = clip.camera
        stream = coder.add_to(container, rate, QUALITY.get(coder.name, coder.live))
        stream.width, stream.height = width, height
        context = stream.codec_context
        context.time_base = BASE
        for frame in frames(clip, max_side_px=0):
            video = frame.video
            if video.format.name == "yuvj420p" or int(video.color_range) == 2:
                video = limited.reformat(video, format="yuv420p", dst_color_range="MPEG")
            if not written:
                context.colorspace, context.color_primaries = video.colorspace, video.color_primaries
                context.color_trc = video.color_trc
            shown = VideoFrame(width, height, "yuv420p")
            for source, target in zip(planes(video), planes(shown), strict=True):
                target[:] = frame.orientation.show(source)[: target.shape[0], : target.shape[1]]
            paint_outside(planes(shown), boxes[frame.index])
            # The times of the file: a slow-motion clip stays one.
            shown.pts, shown.time_base = round(frame.time_s * clip.slow_motion / BASE), BASE
            container.mux(stream.encode(shown))
            written.append(frame.index)
            tell(len(written), clip.n_frames)
        if not written:
            raise GaitError("not_drawn")
        container.mux(stream.encode(None))
    return np.array(written, np.int64)
