"""Writes what one program holds after each of many analyses (Linux): reports/validation/memory.md.

usage: python -m validation.memory [CLIP] [--standing CLIP] [--seconds 4] [--analyses 200] [--out FILE]

The analyses run one after another in this program through `gait.services.jobs`, as they do behind the dashboard: each for a run of a
visit, of a clip that was uploaded, with tracker, step pictures, PDF and film, no track taken from the cache. Once a job has ended are
read: resident memory, threads and open handles from /proc/self, and the files beside the results and in the folder for what is
temporary. Ends with 1 when memory is not flat within `FLAT` from the tenth on, or anything else is more than it was at the tenth.
"""

import argparse
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTLED = 10
"""After so many analyses everything is loaded."""
FLAT = 0.05
COUNTED = ("threads", "handles", "files")
EVERY = 10
"""So often the page is written: a run that is cut short has said what it had."""


@dataclass(frozen=True)
class Held:
    """What the program holds once an analysis has ended."""

    took_s: float
    resident_mb: float
    threads: int
    handles: int
    files: int
    """Beside the results: uploads, working folders, records, kept tracks, what is temporary."""
    load: float
    """Of the machine: how many programs wanted its cores over the last minute."""


def held(took_s: float, folder: Path) -> Held:
    """By this program, now, with everything of it below that folder."""
    lines = Path("/proc/self/status").read_text().splitlines()
    resident_kb = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    results = {path.parent for path in folder.glob("reports/*/analysis.json")}
    files = [path for path in folder.rglob("*") if path.is_file() and not results.intersection(path.parents)]
    threads, handles = (len(os.listdir(f"/proc/self/{kind}")) for kind in ("task", "fd"))
    return Held(took_s, resident_kb / 1024, threads, handles, len(files), os.getloadavg()[0])


def measure(
    clip: Path, standing: Path | None, analyses: int, settle_s: float, tell: Callable[[list[Held]], None]
) -> list[Held]:
    """Before the first and after each analysis; `tell` is told now and then what there is so far."""
    from gait.pose import clear_tracks
    from gait.services.engine import Engine
    from gait.services.jobs import AnalysisRequest
    from gait.services.reception import Reception
    from gait.services.settings import StoreSettings

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["GAIT_CACHE_DIR"] = str(folder / "cache")
        (folder / "temporary").mkdir()
        tempfile.tempdir = str(folder / "temporary")
        with Engine(StoreSettings(folder / "reports")) as engine:
            reception = Reception(engine.records)
            found = [held(0.0, folder)]
            for _ in range(analyses):
                clear_tracks()
                began = time.monotonic()
                run = reception.add_run(reception.begin().id, "Daily 11")
                uploads = engine.uploads.new_folder()
                asked = shutil.copy(clip, uploads / "run.mp4"), shutil.copy(standing, uploads) if standing else None
                job = engine.jobs.start(AnalysisRequest(*asked, uploads=uploads, run_id=run.id))
                while not job.wait(60):
                    pass
                if job.state != "done":
                    raise SystemExit(f"the analysis ended as {job.state}: {job.fault}")
                took_s = time.monotonic() - began
                time.sleep(settle_s)
                found.append(held(took_s, folder))
                print(len(found) - 1, found[-1], flush=True)
                if len(found) % EVERY == 1:
                    tell(found)
    return found


def grown(found: list[Held]) -> list[str]:
    """What is more after the last analysis than after the tenth, or memory that was not flat in between; empty: nothing."""
    settled, last = found[min(SETTLED, len(found) - 1)], found[-1]
    said = [
        f"{what}: {getattr(settled, what)} and then {getattr(last, what)}"
        for what in COUNTED
        if getattr(last, what) > getattr(settled, what)
    ]
    if max(abs(share) for share in _changes(found)) > FLAT:
        said.append("memory is not flat")
    return said


def _changes(found: list[Held]) -> list[float]:
    """Resident memory from the tenth analysis on, against the tenth."""
    settled, *later = found[SETTLED:] or found[-1:]
    return [one.resident_mb / settled.resident_mb - 1 for one in (settled, *later)]


def page(clip: str, found: list[Held]) -> str:
    """The page as Markdown."""
    rows = [
        f"| {k} | {one.took_s:.1f} | {one.resident_mb:.0f} | {one.threads} | {one.handles} | {one.files} | {one.load:.1f} |"
        for k, one in enumerate(found)
    ]
    since, last = found[SETTLED:] or found[-1:], found[-1]
    changes = [100 * share for share in _changes(found)]
    return "\n".join(
        [
            "# What one program holds over many analyses",
            "",
            f"Made by `python -m validation.memory`, {len(found) - 1} analyses of {clip} one after another in one program.",
            "Before that, each analysis left more free memory in the heaps of its threads: `gait/services/memory.py` says how much.",
            "",
            "| | after analysis 10 | after the last | most since 10 |",
            "|---|---|---|---|",
            f"| resident, MB | {since[0].resident_mb:.0f} | {last.resident_mb:.0f} | {max(o.resident_mb for o in since):.0f} |",
            *(
                f"| {what} | {getattr(since[0], what)} | {getattr(last, what)} | {max(getattr(o, what) for o in since)} |"
                for what in COUNTED
            ),
            "",
            f"From the tenth on memory differed by {min(changes):+.1f} % to {max(changes):+.1f} % from what it was after the tenth.",
            "Files are all that lie beside the results: records, uploads, working folders, kept tracks, what is temporary.",
            "The load says how many programs wanted the machine's cores; other work ran beside this where it is above 2 or 3.",
            "",
            "| Analyses so far | Time (s) | Resident (MB) | Threads | Handles | Files | Load |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> int:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path, nargs="?", default=ROOT / "sample_videos" / "treadmill_rear.mp4")
    parser.add_argument("--standing", type=Path)
    parser.add_argument("--seconds", type=float, default=4.0, help="so much of the clip's beginning is analysed")
    parser.add_argument("--analyses", type=int, default=200)
    parser.add_argument("--settle-s", type=float, default=0.3, help="wait before reading the memory")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "validation" / "memory.md")
    chosen = parser.parse_args()
    os.nice(10)
    logging.disable(logging.INFO)
    from tests.builders.short import shortened

    def write(found: list[Held]) -> None:
        chosen.out.write_text(page(f"the first {chosen.seconds:g} s of `{chosen.clip.name}`", found), encoding="utf-8")

    with tempfile.TemporaryDirectory() as folder:
        clip = shortened(chosen.clip, Path(folder) / "run.mp4", chosen.seconds)
        found = measure(clip, chosen.standing, chosen.analyses, chosen.settle_s, write)
    write(found)
    print(chosen.out.read_text(encoding="utf-8"))
    for what in (wrong := grown(found)):
        print(what)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
