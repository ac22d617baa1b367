"""The `gait` command: exit 0 analysed, 2 bad input or refused, 1 a fault of the program."""

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait import __version__
from gait.errors import GaitError
from gait.landmarks import View
from gait.progress import Progress

if TYPE_CHECKING:
    from gait.results.folder import ResultFolder  # it loads NumPy: see main

SAMPLE_SPEED_KMH = 9.7
"""The speed in the sample clip's truth file, 2.70 m/s."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    # Before NumPy is loaded: small matrices and small pictures are only slowed down by threads (heel measurement took twice the time).
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
        os.environ.setdefault(variable, "1")
    arguments = _parser().parse_args(argv)
    if not arguments.verbose and arguments.run is not _app:
        _silence_native_code()
    logging.basicConfig(level=logging.DEBUG if arguments.verbose else logging.WARNING, format="%(name)s: %(message)s")
    try:
        status: int = arguments.run(arguments)
    except GaitError as error:
        print(f"gait: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gait: stopped; nothing was written.", file=sys.stderr)
        return 130
    return status


def _silence_native_code() -> None:
    """Keep MediaPipe's C++ chatter off the terminal: it writes to descriptor 2 whatever its log level.

    Python's own stderr, tracebacks included, goes on to a copy of the descriptor.
    """
    try:
        if sys.stderr.fileno() != 2:
            return
    except (OSError, ValueError):  # replaced by something that is no file
        return
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="replace")
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gait", description="Rear-view running gait analysis.")
    parser.add_argument("--version", action="version", version=f"gait {__version__}")
    parser.add_argument("--verbose", action="store_true", help="log what the stages do")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    analyze = commands.add_parser("analyze", help="analyse a clip, or key points as CSV")
    analyze.add_argument("clip", type=Path, metavar="CLIP")
    analyze.add_argument("--standing", type=Path, metavar="CLIP", help="a few seconds of quiet standing, same camera")
    analyze.add_argument("--speed-kmh", type=_positive, metavar="V", help="treadmill speed")
    analyze.add_argument("--view", choices=["rear", "side"], help="where the camera stood, when it cannot be told")
    analyze.add_argument("--out", type=Path, metavar="DIR", help="result folder (default: reports/CLIP's name)")
    analyze.add_argument("--runner", default="", metavar="NAME", help="name on the report")
    analyze.add_argument("--shelf", type=Path, metavar="CSV", help="the store's shoes")
    analyze.add_argument("--shoe-size", type=_positive, metavar="EU", help="recommend only shoes stocked in this size")
    analyze.add_argument("--limits", type=Path, metavar="CSV", help="the store's own limits by speed")
    analyze.add_argument(
        "--slow-motion",
        type=_positive,
        default=1.0,
        metavar="FACTOR",
        help="the clip plays this many times slower than life, e.g. 2 for 60 pictures a second stored as 30",
    )
    analyze.add_argument(
        "--runner-at",
        type=_place,
        metavar="X,Y",
        help="where the runner's hips are when others are in the picture: shares of its width and height (see gait check)",
    )
    analyze.add_argument("--no-pdf", action="store_true", help="write no report.pdf")
    analyze.add_argument("--no-overlay", action="store_true", help="write no overlay.mp4")
    analyze.add_argument("--no-cache", action="store_true", help="track the clip anew")
    analyze.set_defaults(run=_analyze)

    demo = commands.add_parser("demo", help="analyse the sample run")
    demo.add_argument("--out", type=Path, default=Path("reports/demo"), metavar="DIR")
    demo.set_defaults(run=_demo)

    app = commands.add_parser("app", help="open the dashboard")
    app.add_argument("--port", type=int, default=8501)
    app.add_argument("--headless", action="store_true", help="do not open a browser window")
    app.add_argument(
        "--address", metavar="ADDRESS", help="where to listen: 0.0.0.0 lets tablets in the store's network reach it"
    )
    app.add_argument(
        "--cert", type=Path, metavar="FILE", help="certificate (PEM) for https, which tablets' cameras need"
    )
    app.add_argument("--key", type=Path, metavar="FILE", help="the certificate's private key (PEM)")
    app.add_argument(
        "--shelf", type=Path, metavar="CSV", help="the store's shoes (default: $GAIT_SHELF, else an example)"
    )
    app.add_argument("--limits", type=Path, metavar="CSV", help="the store's own limits (default: $GAIT_LIMITS)")
    app.set_defaults(run=_app)

    check = commands.add_parser("check", help="say in a second or two what a clip is good for, without analysing it")
    check.add_argument("clip", type=Path, metavar="CLIP")
    check.add_argument("--standing", type=Path, metavar="CLIP", help="the standing clip that goes with it")
    check.add_argument("--slow-motion", type=_positive, default=1.0, metavar="FACTOR", help="as for analyze")
    check.add_argument("--runner-at", type=_place, metavar="X,Y", help="as for analyze")
    check.set_defaults(run=_check)

    doctor = commands.add_parser("doctor", help="say what is installed and whether this computer is ready")
    doctor.set_defaults(run=_doctor)

    validate = commands.add_parser("validate", help="hold results against clips with known truth")
    validate.add_argument("folder", type=Path, metavar="DIR")
    validate.add_argument("--out", type=Path, default=Path("reports/validation"), metavar="DIR")
    validate.set_defaults(run=_validate)
    return parser


def _positive(text: str) -> float:
    value = float(text.replace(",", "."))
    if not 0 < value < 100:
        raise argparse.ArgumentTypeError(f"must be between 0 and 100. Got {text}")
    return value


def _place(text: str) -> tuple[float, float]:
    try:
        x, y = (float(v) for v in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be two numbers, X,Y. Got {text}") from None
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise argparse.ArgumentTypeError(f"must be shares between 0 and 1, like 0.5,0.6. Got {text}")
    return x, y


def _analyze(arguments: argparse.Namespace) -> int:
    from gait.pipeline import Choices

    choices = Choices(
        standing=arguments.standing,
        speed_kmh=arguments.speed_kmh,
        view=View(arguments.view) if arguments.view else None,
        runner=arguments.runner,
        shelf=arguments.shelf,
        limits=arguments.limits,
        shoe_size=arguments.shoe_size,
        overlay=not arguments.no_overlay,
        report=not arguments.no_pdf,
        cache=not arguments.no_cache,
        slow_motion=arguments.slow_motion,
        runner_at=arguments.runner_at,
    )
    return _run(arguments.clip, arguments.out or Path("reports") / arguments.clip.stem, choices)


def _demo(arguments: argparse.Namespace) -> int:
    from gait.pipeline import Choices

    samples = Path(__file__).resolve().parents[2] / "sample_videos"
    standing = samples / "treadmill_rear.standing.mp4"
    choices = Choices(standing=standing, speed_kmh=SAMPLE_SPEED_KMH, runner="Example Runner")
    return _run(samples / "treadmill_rear.mp4", arguments.out, choices)


def _run(clip: Path, out: Path, choices: Any) -> int:  # noqa: ANN401 - Choices is imported late, to start quickly
    from gait.services.publish import analyse_to_folder

    counter, status = _Counter(), 0
    stands: list[ResultFolder] = []

    def published(folder: "ResultFolder") -> None:
        """Say it at once: what is still to be drawn takes longer than the person wants to wait."""
        stands.append(folder)
        counter.clear()
        if folder.analysis["status"] != "refused":
            _print_result(folder.analysis)
            sys.stdout.flush()

    try:
        folder = analyse_to_folder(clip, out, choices, counter, published=published)
    except (GaitError, KeyboardInterrupt) as error:
        if not stands:
            raise
        counter.clear()
        why, status = ("stopped.", 130) if isinstance(error, KeyboardInterrupt) else (str(error), 0)
        folder = stands[0]
        print(f"gait: {why} The result is whole{_missing(folder, choices)}.", file=sys.stderr)
    finally:
        counter.clear()
    doc = folder.analysis
    if doc["status"] == "refused":
        worst = next(f for f in doc["findings"] if f["severity"] == "refuse")
        print(f"gait: {clip.name} cannot be judged. {worst['message']} {worst['advice']}".strip(), file=sys.stderr)
        return 2
    print("\nWritten:")
    for name in ("analysis.json", "strides.csv", "overlay.mp4", "report.pdf"):
        if folder.file(name):
            print(f"  {out / name}")
    return status


def _missing(folder: "ResultFolder", choices: Any) -> str:  # noqa: ANN401 - as above
    """What was asked for and is not in the folder, as the end of a sentence."""
    owed = {
        "the step pictures": ("steps/steps.csv", folder.file("rearfoot.csv") is not None),
        "the PDF": ("report.pdf", choices.report),
        "the overlay video": ("overlay.mp4", choices.overlay),
    }
    names = [words for words, (file, wanted) in owed.items() if wanted and not folder.file(file)]
    return f" but for {' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)}" if names else ""


LABELS = {"neutral": "neutral", "over": "over-pronating", "under": "under-pronating", "undetermined": "cannot tell"}


def _print_result(doc: dict[str, Any]) -> None:
    for finding in doc["findings"]:
        if finding["severity"] == "warn":
            print(f"Note: {finding['message']} {finding['advice']}".strip())
    zero = "from standing" if doc["reference"]["zero"] == "standing" else "no standing reference"
    for side in ("left", "right"):
        foot = doc["feet"][side]
        peak = foot["peak_eversion_deg"]
        angle = (
            f"peak heel tilt {peak['value']:5.1f}° (likely {peak['ci95'][0]:.1f} to {peak['ci95'][1]:.1f}°) {zero}"
            if peak
            else "peak heel tilt not measured"
        )
        print(f"{side.capitalize():5} foot: {LABELS[foot['label']]:16} {angle}, {foot['n_strides']} steps")
        for reason in foot["reasons"]:
            print(f"            {reason}")
    cadence = doc["cadence_spm"]
    if cadence:
        print(f"Cadence: {cadence['value']:.1f} steps/min")


class _Counter:
    """One line of progress on a terminal; silent when the output goes to a file."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        if not self._shown:
            return
        left = f", {progress.left_s:.0f} s left" if progress.left_s is not None else ""
        count = f" {progress.done}/{progress.total}" if progress.total else ""
        line = f"{progress.stage}{count}{left}"
        print(f"\r{line:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = max(self._width, len(line))

    def clear(self) -> None:
        if self._shown and self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)


def _app(arguments: argparse.Namespace) -> int:
    import subprocess

    from gait.pronation import read_limits
    from gait.shoes import read_shelf

    _check_certificate(arguments.cert, arguments.key)
    environment = dict(os.environ)
    for variable, path in (("GAIT_SHELF", arguments.shelf), ("GAIT_LIMITS", arguments.limits)):
        if path is not None:
            environment[variable] = str(path.resolve())
    # Read here too: a mistake in a store's table is told when the program starts, not when a customer waits.
    read_shelf(_named(environment, "GAIT_SHELF"))
    read_limits(_named(environment, "GAIT_LIMITS"))
    page = Path(__file__).resolve().parents[2] / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(page), "--server.port", str(arguments.port)]
    if arguments.headless:
        command += ["--server.headless", "true"]
    if arguments.address:
        command += ["--server.address", arguments.address]
    if arguments.cert:
        command += ["--server.sslCertFile", str(arguments.cert.resolve())]
        command += ["--server.sslKeyFile", str(arguments.key.resolve())]
    try:
        return subprocess.run(command, check=False, cwd=page.parent, env=environment).returncode
    except KeyboardInterrupt:
        return 0


def _check_certificate(cert: Path | None, key: Path | None) -> None:
    """Raise GaitError unless both are given and fit each other, or neither is."""
    import ssl

    if cert is None and key is None:
        return
    if cert is None or key is None:
        raise GaitError("A certificate needs its key.", "Give both --cert FILE and --key FILE.")
    for path in (cert, key):
        if not path.is_file():
            raise GaitError(f"There is no file {path}.", "Check the path given with --cert or --key.")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key, password="")
    except (ssl.SSLError, OSError) as error:
        raise GaitError(
            f"{cert.name} and {key.name} are not a certificate and its key.",
            "Both must be PEM files, the key without a password.",
        ) from error


def _named(environment: Mapping[str, str], variable: str) -> Path | None:
    return Path(environment[variable]) if environment.get(variable) else None


def _doctor(_: argparse.Namespace) -> int:
    from gait.services.doctor import check_up

    checks = check_up()
    for check in checks:
        print(f"{'ok  ' if check.ok else 'LOOK' if check.optional else 'BAD '} {check.name}: {check.found}")
        if not check.ok and check.advice:
            print(f"     {check.advice}")
    return 0 if all(c.ok or c.optional for c in checks) else 2


def _check(arguments: argparse.Namespace) -> int:
    from gait import first_look
    from gait.quality import standing_line
    from gait.settings import PoseSettings

    settings = PoseSettings(runner_at=arguments.runner_at)
    found = first_look.check(arguments.clip, settings, slow_motion=arguments.slow_motion)
    standing = first_look.check_standing(arguments.standing, found) if arguments.standing else None
    checks = (*found.checks, standing_line(standing))
    width = max(len(c.name) for c in checks)
    for c in checks:
        limit = f" (needed: {c.limit})" if c.limit else ""
        print(f"{ {'ok': 'ok    ', 'warn': 'LOOK  ', 'refuse': 'REFUSE'}[c.mark] } {c.name:{width}}  {c.value}{limit}")
        if c.advice:
            print(f"{'':{width + 9}}{c.advice}")
    if len(found.hips) > 1:
        for number, (x, y) in enumerate(found.hips, 1):
            print(f"Runner {number}, counted from the left: --runner-at {x:.2f},{y:.2f}")
    if found.refused:
        print(f"gait: {arguments.clip.name} cannot be judged. {found.reason}", file=sys.stderr)
        return 2
    return 0


def _validate(arguments: argparse.Namespace) -> int:
    from gait.validation.accuracy import validate

    print(validate(arguments.folder, arguments.out))
    return 0
