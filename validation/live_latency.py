"""Prints how long after the last picture the result stands when a clip is tracked while it is recorded, in Markdown.

usage: python -m validation.live_latency [CLIP] [--standing CLIP] [--seconds 20] [--rates 30 60] [--out FILE]

The whole way is the product's: a clip in place of a camera, played in real time, recorded by `gait.capture` and tracked meanwhile;
when the recording is whole, the clock starts and the job runs up to the published folder, without the overlay video,
which is drawn after that. The standing clip is recorded first, as in a store. The cache of tracks is not used.
"""

import argparse
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av

from gait import capture, cli, pipeline
from gait import clip as clips
from validation.benchmark import SAMPLE, machine, staged

GOAL_S = {30: 2.0, 60: 5.0}
COLUMNS = (
    "checks",
    "Following the runner",
    "Finding the steps",
    "Reading the standing clip",
    "Measuring the heels",
    "Setting the PDF",
)


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


def recorded(source: Path, target: Path, seconds: float) -> Path:
    """Play the clip as a camera would, record it, track it meanwhile; back when the file is whole."""
    live = capture.Live(f"file:{source}")
    try:
        live.wait_for_picture()
        recording = live.record(target, seconds)
        pipeline.track_while_recorded(recording.path, recording.done.is_set)
        recording.wait()
        if recording.fault():
            raise SystemExit(f"the recording failed: {recording.fault()}")
        return recording.path
    finally:
        live.close()


def stages_s(clip: Path, standing: Path | None, out: Path) -> dict[str, float]:
    """Seconds by stage from now to the published folder, see `staged`."""
    choices = pipeline.Choices(standing=standing, speed_kmh=cli.SAMPLE_SPEED_KMH, overlay=False, cache=False)
    return staged(lambda note: pipeline.analyse_to_folder(clip, out, choices, note))


def row(rate_hz: int, args: argparse.Namespace, folder: Path) -> str:
    """One line of the table."""
    source = at_rate(args.clip, folder / f"source{rate_hz}.mp4", rate_hz)
    standing = None
    if args.standing.is_file():
        still = clips.open_clip(args.standing)
        standing = recorded(args.standing, folder / f"standing-{rate_hz}.mp4", min(3.0, still.duration_s - 0.2))
    run = recorded(source, folder / f"run-{rate_hz}.mp4", args.seconds)
    n = clips.open_clip(run).n_frames
    s = stages_s(run, standing, folder / f"result{rate_hz}")
    cells = [f"{s.get(k, 0.0):.1f}" for k in COLUMNS]
    return f"| {rate_hz} | {n} | **{s['all']:.1f}** | {GOAL_S.get(rate_hz, float('nan')):g} | {' | '.join(cells)} | {s['processor']:.1f} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clip", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--standing", type=Path, default=SAMPLE.with_suffix(".standing.mp4"))
    parser.add_argument("--seconds", type=float, default=19.0)
    parser.add_argument("--rates", type=int, nargs="+", default=[30, 60])
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory() as folder:
        warm = pipeline.Choices(overlay=False, report=False, cache=False)  # libraries and networks are loaded before
        pipeline.analyse(args.standing, warm)
        rows = [row(rate, args, Path(folder)) for rate in args.rates]
    lines = [
        *("# From the last picture to the result", ""),
        f"Measured by `python -m validation.live_latency` on {where}. Seconds by the clock, one run each.",
        "",
        "| pictures a second | pictures | last picture to analysis.json | goal | checks | waiting for tracking | steps | standing | heels, labels, pictures | PDF | processor time of all of it |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
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
