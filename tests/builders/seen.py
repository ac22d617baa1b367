"""A drawn clip with a second person's heads at known places, which nothing that is kept may show."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np

from gait import clip as clips
from gait.landmarks import View
from gait.model import Analysis, Clip, PoseTrack
from tests.builders.drawn import FPS, HEIGHT, WIDTH, runs, smoothed

N = 40
FACES = {"the runner's": (360, 240), "behind the shoulder": (520, 300), "far away, beside a thigh": (440, 600),
         "a child's, at the knee": (90, 740), "at the edge": (700, 900)}  # fmt: skip
"""Where heads are drawn, in all frames: none of them in a box of the lower legs, three of them below the runner's hips."""
MAGENTA, RADIUS = (235, 20, 235), 40


def drawn_clip(path: Path, track: PoseTrack) -> Clip:
    """A grey room with a head of one strong colour at each of `FACES`, as a file."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    room = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    for x, y in FACES.values():
        room[(columns - x) ** 2 + (rows - y) ** 2 < RADIUS**2] = MAGENTA
    room[900:] = (60, 140, 60)  # the belt
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=round(FPS), options={"crf": "12", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for _ in range(len(track.times_s)):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(room, format="rgb24")))
        out.mux(stream.encode(None))
    return clips.open_clip(path)


def pictures_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as opened:
        return [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]


def coloured(picture: np.ndarray) -> int:
    """Pixels of the heads' colour: nothing that gait draws has it."""
    red, green, blue = (picture[..., k].astype(int) for k in range(3))
    return int(((red - green > 60) & (blue - green > 60)).sum())


def short(track: PoseTrack, n: int = N) -> PoseTrack:
    return replace(
        track, times_s=track.times_s[:n], landmarks_px=track.landmarks_px[:n], visibility=track.visibility[:n],
        world_m=track.world_m[:n], between=track.between[:n],
    )  # fmt: skip


def drawn_analysis(folder: Path) -> Analysis:
    """Of somebody who runs in that room."""
    track = short(runs())
    return Analysis(drawn_clip(folder / "drawn.mp4", track), None, View.REAR, (), track, smoothed(track))
