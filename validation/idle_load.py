"""Prints how much of a core the dashboard takes while a result is open and nobody does anything (Linux, needs Chromium).

usage: python -m validation.idle_load [RESULT] [--seconds 30]

RESULT is a result folder, `reports/demo` by default (`make demo`). The server's processor time comes from /proc/PID/stat.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL_PCT = 2.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--enable-unsafe-swiftshader"]


def cpu_s(pid: int) -> float:
    """Processor time of a process so far, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load_pct(pid: int, seconds: float) -> float:
    """Share of one core over the next seconds."""
    before, began = cpu_s(pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (cpu_s(pid) - before) / (time.monotonic() - began)


def measure(result: Path, seconds: float) -> list[tuple[str, float]]:
    """(what is open, per cent of a core)."""
    from playwright.sync_api import sync_playwright

    browser_path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(result, Path(folder) / "idle")
        port = free_port()
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), f"--server.port={port}"]
        server = subprocess.Popen(
            [*command, "--server.headless=true"],
            cwd=ROOT,
            env=os.environ | {"GAIT_REPORTS_DIR": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            answers(f"http://localhost:{port}/_stcore/health", server)
            found = []
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=browser_path, args=FLAGS)
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.goto(f"http://localhost:{port}/result?id=idle")
                page.locator(".g-foot").first.wait_for(timeout=120_000)
                page.locator(".st-key-steps-right .step").first.wait_for(state="attached", timeout=120_000)
                page.wait_for_timeout(5000)
                found.append(("a result", load_pct(server.pid, seconds)))
                page.goto("about:blank")
                page.wait_for_timeout(3000)
                found.append(("nothing", load_pct(server.pid, seconds)))
                browser.close()
            return found
        finally:
            server.terminate()
            server.wait(20)


def free_port() -> int:
    """Of this computer."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def answers(url: str, server: "subprocess.Popen[bytes]") -> None:
    """Wait until the dashboard answers."""
    for _ in range(240):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if server.poll() is not None:
                raise SystemExit("the dashboard did not start") from None
            time.sleep(0.25)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("result", nargs="?", type=Path, default=ROOT / "reports" / "demo")
    parser.add_argument("--seconds", type=float, default=30.0)
    args = parser.parse_args()
    if not (args.result / "analysis.json").is_file():
        raise SystemExit(f"There is no result in {args.result}: run 'make demo' first.")
    for what, pct in measure(args.result, args.seconds):
        sys.stdout.write(f"open: {what:10} {pct:.2f} % of a core (goal: at most {GOAL_PCT:g})\n")


if __name__ == "__main__":
    main()
