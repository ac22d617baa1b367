"""Kills what a person does at every change of a file, sweeps, and counts what disagrees: reports/validation/crash_points.md.

usage: python -m validation.crash_points

Each deed is done once undisturbed, which counts its changes (files opened for writing, moved, linked, deleted; folders made, moved,
exchanged, deleted), and then once for each of them, killed there. The start-up sweep is itself killed at one of its first seven changes
before it is let through. Also so where the file that was just opened is still empty (`torn`), where two folders cannot exchange their
places (`file by file`: Windows, some network disks), and on a full disk, which must leave all as it was and say so in words. The
analysis stands in for a real one and the PDF is a checksum of what it is made of, so that a PDF of other numbers is seen.
"""

import os
import tempfile
from pathlib import Path

from tests.builders.crash_points import DEEDS, Row, template_of, try_all
from tests.integration.recording.sent import browser_clip

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "reports" / "validation" / "crash_points.md"


def measure(scratch: Path) -> list[Row]:
    """Every deed in every way."""
    (scratch / "clips").mkdir()
    for part in ("standing", "run"):
        browser_clip(scratch / "clips" / f"{part}-1.mp4", ".mp4", 0.5)
    template = template_of(scratch / "result")
    rows = []
    for deed in DEEDS:
        for how in ("killed", "torn", "full") if deed.full else ("killed", "torn"):
            for swap in (True, False):
                rows.append(try_all(deed, template, scratch, how, swap=swap))  # type: ignore[arg-type]
                print(rows[-1].deed, how, rows[-1].place, rows[-1].points, *rows[-1].wrong, sep="  ", flush=True)
    return rows


def page(rows: list[Row]) -> str:
    """The page as Markdown."""
    wrong = [f"- {r.deed}, {r.how}, {r.place}: point {one}" for r in rows for one in r.wrong]
    return "\n".join(
        [
            "# Killed at every change of a file",
            "",
            "Made by `python -m validation.crash_points`, whose docstring says what is done and what counts.",
            f"{sum(r.points for r in rows)} points, {len(wrong)} disagreements.",
            "",
            "| Deed | Ends by | A version takes its place | Points | Disagreements |",
            "|---|---|---|---|---|",
            *(f"| {r.deed} | {r.how} | {r.place} | {r.points} | {len(r.wrong)} |" for r in rows),
            "",
            *wrong,
            *([""] if wrong else []),
        ]
    )


def main() -> None:
    """Measure and write the page."""
    os.nice(10)
    with tempfile.TemporaryDirectory() as scratch:
        rows = measure(Path(scratch))
    OUT.write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
