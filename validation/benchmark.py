"""Prints how fast gait is, as ratios measured in one run, in Markdown.

usage: python -m validation.benchmark [CLIP] [--standing CLIP] [--seconds 6] [--rounds 5] [--out reports/benchmark] [--full]
                                      [--runners FOLDER]

What is compared runs in turns, and the quickest of the rounds counts: another program that takes the machine for a while then
slows all of them or none. Wall-clock ratios still mean little on a machine that is busy; the load before the run and the
processor-time ratios, which hardly depend on it, stand beside them. `--full` adds what takes minutes: 1080 x 1920 and
the memory of a clip ten times as long. `--runners` adds the landmarks' errors over a folder of clips with `*.truth.json`: one
runner's differ from another's by more than the two ways of tracking do.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from gait import clip as clips
from gait.landmarks import Landmark, Side
from gait.model import Clip, Floats, Picture, PoseTrack
from gait.pipeline import Choices, analyse
from gait.places import CACHE_VARIABLE
from gait.pose import track_clip, worker_count
from gait.pose.runtimes.mediapipe_graph import Graph, model_file
from gait.pose.runtimes.network import without_mask
from gait.progress import Progress, Report
from gait.results.folder import ResultFolder
from gait.services.publish import analyse_to_folder
from gait.settings import PoseSettings, TrajectorySettings
from gait.trajectories import clean

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample_videos" / "treadmill_rear.mp4"
AS_IT_IS, EVERY_PICTURE = PoseSettings(), PoseSettings(track_hz=0)
JOINTS = {"knee": "knee", "ankle": "ankle", "heel": "heel", "toe": "foot_index"}
_NETWORK = """
input_stream: "image"
input_stream: "region"
num_threads: 1
node { calculator: "ToImageCalculator" input_stream: "IMAGE_CPU:image" output_stream: "IMAGE:picture" }
node {
  calculator: "ImageToTensorCalculator"
  input_stream: "IMAGE:picture"
  input_stream: "NORM_RECT:region"
  output_stream: "TENSORS:tensors"
  options { [mediapipe.ImageToTensorCalculatorOptions.ext] {
    output_tensor_width: 256 output_tensor_height: 256 keep_aspect_ratio: true
    output_tensor_float_range { min: 0.0 max: 1.0 } border_mode: BORDER_ZERO } }
}
"""
_INFERENCE = """
node {
  calculator: "InferenceCalculatorCpu"
  input_stream: "TENSORS:tensors"
  output_stream: "TENSORS:out%d"
  options { [mediapipe.InferenceCalculatorOptions.ext] {
    model_path: "MODEL" delegate { xnnpack {} } } }
}
"""


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of all cores of this process."""

    wall_s: float
    cpu_s: float

    def per(self, n: float) -> "Took":
        """Divided, for figures by frame."""
        return Took(self.wall_s / n, self.cpu_s / n)


def measured(work: Callable[[], Any]) -> tuple[Took, Any]:
    """How long it took, and what came out."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    found = work()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), found


def staged(work: Callable[[Report], Any]) -> dict[str, float]:
    """Seconds by stage of a job that reports its progress: "checks" is what comes before the first stage, "all" their sum.

    "processor" is the processor time of all of it on all cores, which other programs on the machine change little.
    """
    began, cpu = time.perf_counter(), time.process_time()
    marks: list[tuple[str, float]] = [("checks", began)]

    def note(progress: Progress) -> None:
        if progress.stage != marks[-1][0]:
            marks.append((progress.stage, time.perf_counter()))

    work(note)
    ends = [at for _, at in marks[1:]] + [time.perf_counter()]
    found: dict[str, float] = {}
    for (name, at), end in zip(marks, ends, strict=True):
        found[name] = (
            found.get(name, 0.0) + end - at
        )  # tracking that was done while recording is waited for, then taken
    return found | {"all": ends[-1] - began, "processor": time.process_time() - cpu}


def in_turns(rounds: int, jobs: dict[str, Callable[[], Any]]) -> tuple[dict[str, Took], dict[str, Any]]:
    """The quickest of several rounds of each job, and what each last gave."""
    best: dict[str, Took] = {}
    found: dict[str, Any] = {}
    for _ in range(rounds):
        for name, job in jobs.items():
            took, found[name] = measured(job)
            if isinstance(found[name], Took):  # it measured something itself
                took = found[name]
            old = best.get(name, took)
            best[name] = Took(min(old.wall_s, took.wall_s), min(old.cpu_s, took.cpu_s))
    return best, found


def plain_loop(path: Path, n: int) -> Floats:
    """What most programs do: OpenCV's reader, BGR to RGB, MediaPipe's video mode with its defaults; (n, 33, 2) pixels."""
    from mediapipe.python.solutions.pose import Pose

    reader, points = cv2.VideoCapture(str(path)), np.full((n, 33, 2), np.nan)
    with Pose() as tracker:
        for i in range(n):
            good, frame = reader.read()
            if not good:
                break
            found = tracker.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)).pose_landmarks
            if found:
                size = frame.shape[1::-1]
                points[i] = np.array([(p.x, p.y) for p in found.landmark]) * size
    reader.release()
    return points


def tracked(clip: Clip, workers: int, settings: PoseSettings = AS_IT_IS) -> PoseTrack:
    """Gait's own tracking, leg pictures and all."""
    track, legs = track_clip(clip, replace(settings, workers=workers))
    legs.close()
    return track


def _network_input(clip: Clip) -> tuple[Picture, Floats]:
    """A picture and a region of it."""
    return next(iter(clips.frames(clip, max_side_px=640))).image, np.array([0.5, 0.5, 1.3, 0.75, 0.0])


def network_alone(clip: Clip, model: Path, runs: int = 40) -> Callable[[], Took]:
    """A job that measures one inference of a landmark network: graphs with three and with one of them, the rest equal."""
    image, region = _network_input(clip)
    inference = _INFERENCE.replace("MODEL", model.as_posix())
    one, three = (Graph(_NETWORK + "".join(inference % i for i in range(k)), {}, ()) for k in (1, 3))
    one(image, region), three(image, region)  # the first run of a graph sets it up

    def job() -> Took:
        long = measured(lambda: [three(image, region) for _ in range(runs)])[0].per(2 * runs)
        short = measured(lambda: [one(image, region) for _ in range(runs)])[0].per(2 * runs)
        return Took(long.wall_s - short.wall_s, long.cpu_s - short.cpu_s)

    return job


def networks_at_once(clip: Clip, model: Path, at_once: int, runs: int = 120) -> Callable[[], Took]:
    """A job that measures one inference when so many networks run side by side, each in a thread of its own: nothing else is done."""
    image, region = _network_input(clip)
    graphs = [Graph(_NETWORK + _INFERENCE.replace("MODEL", model.as_posix()) % 0, {}, ()) for _ in range(at_once)]
    for graph in graphs:
        graph(image, region)

    def job() -> Took:
        def share(graph: Graph) -> None:
            for _ in range(runs):
                graph(image, region)

        with ThreadPoolExecutor(at_once) as pool:
            return measured(lambda: list(pool.map(share, graphs)))[0].per(runs * at_once)

    return job


def errors_words(ours: Sequence[PoseTrack], theirs: Sequence[Floats], truths: Sequence[dict[str, Any]]) -> str:
    """By joint, RMS over the clips of each one's: gait's landmarks, the same after gait's own filter, the plain loop's."""
    kinds = [
        [track.landmarks_px for track in ours],
        [clean(track, TrajectorySettings()).points_px for track in ours],
        theirs,
    ]
    squares = [[np.square(list(errors_px(p, t).values())) for p, t in zip(k, truths, strict=True)] for k in kinds]
    rms = np.sqrt(np.mean(squares, axis=1)).T
    return ", ".join(f"{joint} {' / '.join(f'{v:.1f}' for v in row)}" for joint, row in zip(JOINTS, rms, strict=True))


def errors_px(points: Floats, truth: dict[str, Any]) -> dict[str, float]:
    """RMS distance to the truth by joint, both feet, all frames."""
    found = {}
    for name, joint in JOINTS.items():
        off = [
            points[:, Landmark.of(side, joint)] - np.array(truth["frames"][side.value][f"{name}_px"])[: len(points)]
            for side in Side
        ]
        found[name] = float(np.sqrt(np.nanmean(np.sum(np.square(off), axis=-1))))
    return found


def runners_row(folder: Path) -> tuple[str, str, str]:
    """The landmarks' errors on each clip of a folder that has its truth."""
    ours, theirs, truths = [], [], []
    for file in sorted(folder.glob("*.truth.json")):
        clip = clips.open_clip(file.with_name(file.name.removesuffix(".truth.json") + ".mp4"))
        if not clip.path.stem.endswith(".standing"):
            ours.append(tracked(clip, 0))
            theirs.append(plain_loop(clip.path, clip.n_frames))
            truths.append(json.loads(file.read_text(encoding="utf-8")))
    return f"... over {len(ours)} other runners' clips", errors_words(ours, theirs, truths), "no larger"


def scaled(source: Path, target: Path, factor: float) -> Path:
    """The clip at another size, same times."""
    with av.open(str(source)) as given, av.open(str(target), "w") as out:
        stream_in = given.streams.video[0]
        stream = out.add_stream("libx264", rate=stream_in.average_rate, options={"preset": "ultrafast", "crf": "23"})
        stream.width, stream.height = (round(side * factor / 2) * 2 for side in (stream_in.width, stream_in.height))
        stream.pix_fmt, stream.codec_context.time_base = "yuv420p", stream_in.time_base
        for frame in given.decode(stream_in):
            resized = frame.reformat(width=stream.width, height=stream.height)
            resized.pts, resized.time_base = frame.pts, frame.time_base
            out.mux(stream.encode(resized))
        out.mux(stream.encode(None))
    return target


def repeated(source: Path, target: Path, times: int) -> Path:
    """The clip several times over, without encoding anything."""
    with av.open(str(target), "w") as out:
        copy, shift, base = None, 0, Fraction(1)
        for _ in range(times):
            with av.open(str(source)) as given:
                stream = given.streams.video[0]
                copy = copy or out.add_stream_from_template(stream)
                base = stream.time_base or base
                end = shift
                for packet in given.demux(stream):
                    if packet.pts is None or packet.dts is None:
                        continue
                    packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, copy
                    end = max(end, packet.pts + (packet.duration or 1))
                    out.mux(packet)
                shift = end
    return target


def peak_memory_mb(clip: Path) -> float:
    """Of tracking the clip in a process of its own."""
    code = (
        "import sys;from gait import clip,pose;from gait.settings import PoseSettings;from validation import benchmark;"
        "c=clip.open_clip(sys.argv[1]);pose.track_clip(c,PoseSettings())[1].close();print(benchmark.own_peak_mb())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(clip)], capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout.split()[-1])


def own_peak_mb() -> float:
    """Of this process. Linux's ru_maxrss would count what the parent process had when it started this one."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return float(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def table(args: argparse.Namespace) -> list[str]:
    """The rows of the Markdown table."""
    whole = clips.open_clip(args.clip)
    n = min(whole.n_frames, int(np.searchsorted(whole.times_s, args.seconds)))
    part = replace(whole, times_s=whole.times_s[:n])
    cores = worker_count(0)
    tracked(replace(part, times_s=part.times_s[:8]), cores)  # mediapipe is loaded before the clock runs
    file = model_file("full")
    jobs: dict[str, Callable[[], Any]] = {
        "plain": lambda: plain_loop(args.clip, n),
        "one": lambda: tracked(part, 1),
        "two": lambda: tracked(part, 2),
        "two, every picture": lambda: tracked(part, 2, EVERY_PICTURE),
        "network": network_alone(part, file),
        "own network": network_alone(part, without_mask(file, file.stat().st_mtime_ns)),
        **{f"{k} bare": networks_at_once(part, without_mask(file, file.stat().st_mtime_ns), k) for k in (1, 2)},
    }
    best, found = in_turns(args.rounds, jobs)
    plain, one, two, every = (best[k].per(n) for k in ("plain", "one", "two", "two, every picture"))
    network, own = best["network"], best["own network"]
    rows = [
        ("tracking, 2 workers, against the plain loop", f"{plain.wall_s / two.wall_s:.2f} x", "at least 1.9"),
        ("... by processor time per frame, times two cores", f"{2 * plain.cpu_s / two.cpu_s:.2f} x", "at least 1.9"),
        ("... when every picture is looked at, as the plain loop does", f"{plain.wall_s / every.wall_s:.2f} x", ""),
        (
            "tracking wall time against its floor (MediaPipe's network alone, over 2 cores)",
            f"{two.wall_s / (network.wall_s / 2):.2f}",
            "at most 1.25",
        ),
        ("... by processor time", f"{two.cpu_s / network.cpu_s:.2f}", "at most 1.25"),
        (
            "... when every picture is looked at; against the network as gait runs it, without its mask",
            f"{every.wall_s / (network.wall_s / 2):.2f}, {every.wall_s / (own.wall_s / 2):.2f}",
            "",
        ),
        ("scaling from 1 to 2 workers", f"{one.wall_s / two.wall_s:.2f} x", "at least 1.85"),
        (
            "... of the bare network, one and two side by side with nothing else to do: what this machine allows",
            f"{best['1 bare'].wall_s / best['2 bare'].wall_s:.2f} x",
            "",
        ),
    ]
    truth = args.clip.with_suffix("").with_suffix(".truth.json")
    if truth.is_file():
        known = json.loads(truth.read_text(encoding="utf-8"))
        said = errors_words([found["two"]], [found["plain"]], [known])
        name = "landmark error against truth, RMS px: gait / after its own filter / plain loop, which MediaPipe filters"
        rows.append((name, said, "no larger"))
    if args.runners:
        rows.append(runners_row(args.runners))
    rows += job_rows(args, whole, every.wall_s / two.wall_s)
    print_parts = [
        f"plain {plain.wall_s * 1e3:.1f}",
        f"one worker {one.wall_s * 1e3:.1f}",
        f"two {two.wall_s * 1e3:.1f}",
        f"two and every picture {every.wall_s * 1e3:.1f}",
    ]
    lines = [f"| {a} | {b} | {c} |" for a, b, c in rows]
    return [
        "| | measured | goal |",
        "|---|---|---|",
        *lines,
        "",
        f"ms a frame by the clock: {', '.join(print_parts)}, network alone {network.wall_s * 1e3:.1f}, "
        f"without its mask {own.wall_s * 1e3:.1f}; "
        f"by processor time: plain {plain.cpu_s * 1e3:.1f}, two workers {two.cpu_s * 1e3:.1f}, network {network.cpu_s * 1e3:.1f}. "
        f"First {args.seconds:g} s of {args.clip.name}, best of {args.rounds} rounds taken in turns.",
    ]


def job_rows(args: argparse.Namespace, whole: Clip, every_picture: float) -> list[tuple[str, str, str]]:
    """Rows about the whole job, on the whole clip; tracking it takes `every_picture` times as long when every picture is looked at."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, _own_cache(folder):
        standing = args.standing if args.standing.is_file() else None
        choices = Choices(standing=standing, speed_kmh=9.72, overlay=False, report=False)
        fresh = staged(lambda note: analyse(args.clip, choices, note))
        again, _ = measured(lambda: analyse(args.clip, choices))  # the tracks are in the cache now
        everything = replace(choices, overlay=True, report=True)
        written, _ = measured(lambda: analyse_to_folder(args.clip, Path(folder) / "full", everything))
        length = whole.duration_s
        tracking_s = sum(fresh.get(stage, 0.0) for stage in ("following", "standing"))
        rows += [
            ("whole job, clip to labels, against the clip's length", f"{fresh['all'] / length:.2f}", "at most 1.0"),
            (
                "pictures, overlay video and PDF on top, against the clip's length",
                f"{(written.wall_s - again.wall_s) / length:.2f}",
                "",
            ),
            (
                "everything after tracking (events, heels, strides, labels) against tracking",
                f"{(fresh['all'] - fresh['checks'] - tracking_s) / tracking_s:.2f}",
                "at most 0.15",
            ),
            (
                "... against tracking when every picture is looked at",
                f"{(fresh['all'] - fresh['checks'] - tracking_s) / tracking_s / every_picture:.2f}",
                "",
            ),
            ("the first look before it, against tracking", f"{fresh['checks'] / tracking_s:.2f}", ""),
        ]
        opened, _ = measured(lambda: _read_all(ResultFolder(Path(folder) / "full")))
        rows.append(("second opening of a result: reading all of it", f"{opened.wall_s:.2f} s", "at most 0.3 s"))
        rows.append(("peak memory while tracking this clip", f"{peak_memory_mb(args.clip):.0f} MB", ""))
        if args.full:
            tall = scaled(args.clip, Path(folder) / "tall.mp4", 1.5)
            took, _ = measured(lambda: analyse(tall, replace(choices, cache=False, standing=None)))
            short = peak_memory_mb(tall)
            long = peak_memory_mb(repeated(tall, Path(folder) / "long.mp4", 10))
            rows += [
                ("whole job at 1080 x 1920 against the clip's length", f"{took.wall_s / length:.2f}", "at most 1.3"),
                ("peak memory, 1080 x 1920", f"{short:.0f} MB", "at most 700 MB"),
                ("... of a clip ten times as long", f"{long:.0f} MB ({100 * (long / short - 1):+.0f} %)", "within 5 %"),
            ]
    return rows


def _read_all(result: ResultFolder) -> None:
    _ = result.result, result.strides, result.rearfoot, result.curves, result.steps, result.pose


class _own_cache:  # noqa: N801  reads as a word in `with`
    """The user's own cache of tracks is neither used nor filled."""

    def __init__(self, folder: str) -> None:
        self._folder, self._before = folder, os.environ.get(CACHE_VARIABLE)

    def __enter__(self) -> None:
        os.environ[CACHE_VARIABLE] = str(Path(self._folder) / "cache")

    def __exit__(self, *_: object) -> None:
        if self._before is None:
            del os.environ[CACHE_VARIABLE]
        else:
            os.environ[CACHE_VARIABLE] = self._before


def machine() -> str:
    """What the figures were measured on."""
    name = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").is_file():
        found = [
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ]
        name = found[0] if found else name
    load = f", load average before the run {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{name}, {worker_count(0)} cores, {platform.system()}{load}"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clip", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--standing", type=Path, default=SAMPLE.with_suffix(".standing.mp4"))
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "benchmark")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--runners", type=Path)
    args = parser.parse_args()
    options = " --full" * args.full + " --runners FOLDER" * bool(args.runners)
    command = f"python -m validation.benchmark{options}" if options else "make bench"
    text = "\n".join(["# Speed", "", f"Measured by `{command}` on {machine()}.", "", *table(args), ""])
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "speed.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
