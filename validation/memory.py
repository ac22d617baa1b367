"""Writes how much memory one program holds after each of several analyses (Linux): reports/validation/memory.md.

usage: python -m validation.memory CLIP [--standing CLIP] [--analyses 20] [--out FILE]

The analyses run one after another in this program through `gait.services.jobs`, as they do behind the dashboard: tracker, step
pictures, PDF and film, no track taken from the cache. Resident memory is read from /proc/self/status once a job has ended.
"""

import argparse
import logging
import os
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def resident_mb() -> float:
    """Of this program, now."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def measure(clip: Path, standing: Path | None, analyses: int, settle_s: float) -> list[tuple[float, float]]:
    """(seconds, resident MB) before the first and after each analysis."""
    from gait.pose import clear_tracks
    from gait.services.engine import Engine
    from gait.services.jobs import AnalysisRequest
    from gait.services.settings import StoreSettings

    found = [(0.0, resident_mb())]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GAIT_CACHE_DIR"] = f"{folder}/cache"
        with Engine(StoreSettings(Path(folder) / "reports")) as engine:
            for _ in range(analyses):
                clear_tracks()
                began = time.monotonic()
                job = engine.jobs.start(AnalysisRequest(clip, standing))
                while not job.wait(60):
                    pass
                if job.state != "done":
                    raise SystemExit(f"the analysis ended as {job.state}: {job.fault}")
                took_s = time.monotonic() - began
                time.sleep(settle_s)
                found.append((took_s, resident_mb()))
                print(f"{len(found) - 1:3d}  {took_s:6.1f} s  {found[-1][1]:7.0f} MB", flush=True)
    return found


def page(clip: Path, found: list[tuple[float, float]]) -> str:
    """The page as Markdown."""
    rows = [f"| {k} | {took:.1f} | {mb:.0f} |" for k, (took, mb) in enumerate(found)]
    first, last, most = found[1][1], found[-1][1], max(mb for _, mb in found)
    return "\n".join(
        [
            "# Memory of one program over several analyses",
            "",
            f"Made by `python -m validation.memory`, {len(found) - 1} analyses of `{clip.name}` one after another in one program.",
            "Before that, each analysis left more free memory in the heaps of its threads: `gait/services/memory.py` says how much.",
            f"After the first {first:.0f} MB are resident, after the last {last:.0f} MB, at most {most:.0f} MB.",
            "",
            "| Analyses so far | Time (s) | Resident (MB) |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--standing", type=Path)
    parser.add_argument("--analyses", type=int, default=20)
    parser.add_argument("--settle-s", type=float, default=0.3, help="wait before reading the memory")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "validation" / "memory.md")
    chosen = parser.parse_args()
    os.nice(10)
    logging.disable(logging.INFO)
    found = measure(chosen.clip, chosen.standing, chosen.analyses, chosen.settle_s)
    chosen.out.write_text(page(chosen.clip, found), encoding="utf-8")
    print(chosen.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
