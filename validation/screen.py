"""Prints how long a person waits from Analyse to the result on the screen, as a ratio to the same job from the command line.

usage: python -m validation.screen [CLIP] [--standing CLIP] [--rounds 3] [--out reports/benchmark/screen.md]

Needs Chromium. A browser uploads both clips and presses Analyse as soon as it can be pressed: with no other page open, then with four
others open that show a result, the list, the camera's page and a new form. The command is `gait analyze` with its PDF and without
the film, which the page draws last. All three take turns, and the quickest round of each counts. Tracks that were kept are thrown
away before each: every round does the whole work.

On a machine with other work the seconds say how long one waits for a turn. So the processor time is taken too (Linux): of the command, and of
the server from Analyse to the PDF.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from gait.places import CACHE_VARIABLE, SAMPLE_SPEED_KMH
from tests.builders.browser import FLAGS, chromium_path, dashboard
from validation.benchmark import ROOT, SAMPLE, machine
from validation.idle_load import cpu_s

CORE = "of a core"
OTHERS = ("/result", "/earlier", "/record", "/")
MOST_MS = 900_000
WAYS = {"alone": "no other page open", "four others": "four other pages open"}
Times = dict[str, float]
"""Seconds from Analyse until something is there, by what it is, and seconds of a core until the PDF is."""


def from_the_command(clip: Path, standing: Path, folder: Path) -> Times:
    """The whole command, the start of the program with it."""
    out = folder / "command"
    before, started = _children_s(), time.perf_counter()
    command = ["analyze", str(clip), "--standing", str(standing), "--speed-kmh", str(SAMPLE_SPEED_KMH)]
    subprocess.run(
        [sys.executable, "-m", "gait.cli", *command, "--out", str(out), "--no-overlay", "--no-cache"], check=True, stdout=subprocess.DEVNULL, cwd=ROOT
    )  # fmt: skip
    took = time.perf_counter() - started
    assert (out / "report.pdf").is_file()
    shutil.rmtree(out)
    return {"PDF": took, CORE: _children_s() - before}


def _children_s() -> float:
    """Processor time of commands that have ended."""
    used = os.times()
    return used.children_user + used.children_system


def _server_s(address: str) -> float:
    """Processor time so far of the dashboard at that address."""
    port = f"--server.port={address.rpartition(':')[2]}"
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if port in (place / "cmdline").read_text().split("\0"):
                return cpu_s(int(place.name))
    return float("nan")


def on_the_page(browser: Any, address: str, clip: Path, standing: Path) -> Times:  # noqa: ANN401  playwright is not imported here
    """Upload, press, wait: a person who does not read."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(MOST_MS)
    page.goto(address)
    page.locator(".st-key-run input[type=file]").set_input_files(clip)
    page.locator(".st-key-standing input[type=file]").set_input_files(standing)
    page.locator('[class*="st-key-speed_"] input').fill(f"{SAMPLE_SPEED_KMH:g}")
    page.keyboard.press("Enter")
    page.locator(".st-key-look .g-check").nth(3).wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    button = page.locator(".st-key-go button:not([disabled])")
    button.wait_for()
    used, started = _server_s(address), time.perf_counter()
    button.click()
    page.locator(".g-foot").first.wait_for()
    took = {"result": time.perf_counter() - started}
    page.locator(".st-key-pdf button:not([disabled]), .st-key-pdf a").first.wait_for()
    took["PDF"] = time.perf_counter() - started
    took[CORE] = _server_s(address) - used
    # The next round begins when nothing of this one is drawn any more.
    leave_out = page.locator(".st-key-no-film button")
    leave_out.or_(page.locator(".st-key-film video")).first.wait_for()
    if leave_out.is_visible():
        leave_out.click()
    page.locator(".st-key-film :is(video, .g-empty)").wait_for()
    page.close()
    return took


@contextmanager
def four_others(browser: Any, address: str) -> Iterator[None]:  # noqa: ANN401  playwright is not imported here
    """Four more pages, each a visitor of its own."""
    pages = [browser.new_context().new_page() for _ in OTHERS]
    for page, path in zip(pages, OTHERS, strict=True):
        page.set_default_timeout(MOST_MS)
        page.goto(address + path)
        page.locator(".g-footer").wait_for()
    yield
    for page in pages:
        page.context.close()


def measure(clip: Path, standing: Path, rounds: int) -> dict[str, list[Times]]:
    """Every round of the three ways."""
    from playwright.sync_api import sync_playwright

    found: dict[str, list[Times]] = {"command": [], "alone": [], "four others": []}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as browsers:
        folder = Path(name)
        reports, kept = folder / "reports", folder / "tracks"
        reports.mkdir()
        browser = browsers.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        with dashboard(reports, **{CACHE_VARIABLE: str(kept)}) as address:
            on_the_page(browser, address, clip, standing)  # the first of a program loads its libraries

            def taken(way: str, took: Times) -> None:
                found[way].append(took)
                sys.stderr.write(f"{way}: {took}\n")  # a run that is cut short has said what it had
                shutil.rmtree(kept, ignore_errors=True)

            for _ in range(rounds):
                taken("command", from_the_command(clip, standing, folder))
                taken("alone", on_the_page(browser, address, clip, standing))
                with four_others(browser, address):
                    taken("four others", on_the_page(browser, address, clip, standing))
        browser.close()
    return found


def table(found: dict[str, list[Times]], clip: Path) -> list[str]:
    """The best of the rounds, each against the command's best, and every round against the command's of the same round."""
    command = {what: min(took[what] for took in found["command"]) for what in ("PDF", CORE)}
    lines = [
        "| | s | against the command |",
        "|---|---|---|",
        f"| `gait analyze` with its PDF | {command['PDF']:.1f} | 1 |",
    ]
    for way, said in WAYS.items():
        for what in ("result", "PDF"):
            best = min(took[what] for took in found[way])
            lines.append(f"| Analyse to the {what} on the screen, {said} | {best:.1f} | {best / command['PDF']:.2f} |")
    lines.append(f"| Processor time of the command | {command[CORE]:.1f} | 1 |")
    for way, said in WAYS.items():
        best = min(took[CORE] for took in found[way])
        lines.append(f"| The server's, Analyse to the PDF, {said} | {best:.1f} | {best / command[CORE]:.2f} |")
    rows = ["| Round | command, s | " + " | ".join(f"{said}: result, PDF, s" for said in WAYS.values()) + " |"]
    rows.append("|---|---|" + "---|" * len(WAYS))
    for k, own in enumerate(found["command"]):
        cells = [
            f"{found[way][k]['result']:.1f}, {found[way][k]['PDF']:.1f} ({found[way][k]['PDF'] / own['PDF']:.2f} of the command)"
            for way in WAYS
        ]
        rows.append(f"| {k + 1} | {own['PDF']:.1f} | {' | '.join(cells)} |")
    return [*lines, "", f"{clip.name}: the quickest of rounds taken in turns. Every round:", "", *rows]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clip", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--standing", type=Path, default=SAMPLE.with_suffix(".standing.mp4"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "benchmark" / "screen.md")
    args = parser.parse_args()
    where, loads = machine(), [_load()]
    rows = table(measure(args.clip.resolve(), args.standing.resolve(), args.rounds), args.clip)
    loads.append(_load())
    told = [
        "# From Analyse to the screen",
        "",
        f"Measured by `python -m validation.screen` on {where}.",
        f"The machine's load average was {loads[0]} before the first round and {loads[1]} after the last: so many programs wanted its {os.cpu_count()} cores.",
        "",
        *rows,
        "",
    ]
    args.out.write_text("\n".join(told), encoding="utf-8")
    sys.stdout.write("\n".join(told))


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"


if __name__ == "__main__":
    main()
