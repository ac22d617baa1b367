"""Prints how long after the last picture the result stands when a clip is tracked while it is recorded, in Markdown.

usage: python -m validation.live_latency [CLIP] [--standing CLIP] [--seconds 20] [--rates 30 60] [--runs 1] [--out FILE]

The whole way is the product's: a clip in place of a camera, played in real time, recorded by `gait.capture` and tracked meanwhile.
When the recording is whole, the clock starts. It is read when the numbers stand (analysis.json and the tables: the result opens)
and when the step pictures and the PDF do too; the overlay video, which is drawn after that, is left out. The standing clip is
recorded first, as in a store. The cache of tracks is not used.
"""

import argparse
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av

from gait import capture, pipeline
from gait import clip as clips
from gait.places import SAMPLE_SPEED_KMH
from gait.pose import LiveTrackings
from gait.results.folder import ResultFolder
from gait.services import publish
from validation.benchmark import SAMPLE, machine, staged

GOAL_S = {30: 2.0, 60: 5.0}
STAGES = {
    "checks": "opening the files",
    "following": "waiting for tracking",
    "looking": "first look",
    "steps": "steps",
    "standing": "standing",
    "heels": "heels, labels, tables",
    "drawing_steps": "step pictures",
    "pdf": "PDF",
}
"""As the program calls them, and the columns' names."""


def at_rate(source: Path, target: Path, rate_hz: int) -> Path:
    """The clip with only so many pictures a second, encoded anew; the clip itself when it has no more."""
    clip = clips.open_clip(source)
    every = round(clip.fps_hz / rate_hz)
    if every <= 1:
        return source
    with av.open(str(target), "w") as out:
        stream = out.add_stream(
            "libx264", rate=rate_hz, options={"preset": "veryfast", "crf": "18", "bf": "0", "g": "30"}
        )
        stream.width, stream.height, stream.pix_fmt = clip.width_px, clip.height_px, "yuv420p"
        for frame in clips.frames(clip, max_side_px=0):
            if frame.index % every == 0:
                video = frame.video
                video.pts, video.time_base = frame.index // every, Fraction(1, rate_hz)
                out.mux(stream.encode(video))
        out.mux(stream.encode(None))
    return target


def recorded(followed: LiveTrackings, source: Path, target: Path, seconds: float, *, standing: bool = False) -> Path:
    """Play the clip as a camera would, record it, track it meanwhile; back when the file is whole."""
    live = capture.Live(capture.stand_in(source))
    try:
        live.wait_for_picture()
        recording = live.record(target, seconds)
        pipeline.track_while_recorded(followed, recording.path, recording.done.is_set, standing=standing)
        recording.wait()
        if recording.fault():
            raise SystemExit(f"the recording failed: {recording.fault()}")
        return recording.path
    finally:
        live.close()


def stages_s(followed: LiveTrackings, clip: Path, standing: Path | None, out: Path) -> dict[str, float]:
    """Seconds by stage, see `staged`, up to the PDF; "published" and "published processor" up to the numbers."""
    choices = pipeline.Choices(standing=standing, speed_kmh=SAMPLE_SPEED_KMH, overlay=False, cache=False)
    stood: dict[str, float] = {}
    began, cpu = time.perf_counter(), time.process_time()

    def published(_: ResultFolder) -> None:
        stood.update({"published": time.perf_counter() - began, "published processor": time.process_time() - cpu})

    return (
        staged(lambda note: publish.analyse_to_folder(clip, out, choices, note, published=published, followed=followed))
        | stood
    )


def row(rate_hz: int, args: argparse.Namespace, folder: Path) -> str:
    """One line of the table: the quickest run."""
    best = min((one_run(rate_hz, args, folder) for _ in range(args.runs)), key=lambda s: s["published"])
    cells = [
        f"{rate_hz} | {best['pictures']:.0f} | **{best['published']:.1f}** | {GOAL_S.get(rate_hz, float('nan')):g}",
        f"{best['published processor']:.1f} | **{best['all']:.1f}** | {best['processor']:.1f}",
        *(f"{best.get(stage, 0.0):.1f}" for stage in STAGES),
    ]
    return f"| {' | '.join(cells)} |"


def one_run(rate_hz: int, args: argparse.Namespace, folder: Path) -> dict[str, float]:
    """`stages_s` of one recording, and its "pictures"."""
    source = at_rate(args.clip, folder / f"source{rate_hz}.mp4", rate_hz)
    standing, followed = None, LiveTrackings()
    if args.standing.is_file():
        still = clips.open_clip(args.standing)
        standing = recorded(
            followed, args.standing, folder / f"standing-{rate_hz}.mp4", min(3.0, still.duration_s - 0.2), standing=True
        )
    run = recorded(followed, source, folder / f"run-{rate_hz}.mp4", args.seconds)
    n = clips.open_clip(run).n_frames
    return stages_s(followed, run, standing, folder / f"result{rate_hz}") | {"pictures": n}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clip", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--standing", type=Path, default=SAMPLE.with_suffix(".standing.mp4"))
    parser.add_argument("--seconds", type=float, default=19.0)
    parser.add_argument("--rates", type=int, nargs="+", default=[30, 60])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory() as folder:
        warm = pipeline.Choices(overlay=False, report=False, cache=False)  # libraries and networks are loaded before
        pipeline.analyse(args.standing, warm)
        rows = [row(rate, args, Path(folder)) for rate in args.rates]
    columns = ("pictures a second", "pictures", "last picture to analysis.json", "goal", "processor time to it")
    columns += ("last picture to all but the overlay", "processor time to it", *STAGES.values())
    lines = [
        *("# From the last picture to the result", ""),
        f"Measured by `python -m validation.live_latency` on {where}. Seconds by the clock, the best of {args.runs}.",
        "",
        f"| {' | '.join(columns)} |",
        "|---" * len(columns) + "|",
        *rows,
        "",
    ]
    text = "\n".join(lines)
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
