"""Prints whether a 20 s recording made in a browser reaches the disk whole and gives the label of the clip it was fed from.

usage: python -m validation.browser_recording [CLIP] [--standing CLIP] [--seconds 20] [--out FILE]

Needs Chromium. CLIP at 30 pictures a second, each with its number painted into the top rows, plays as the browser's camera; the dashboard's
own page records it, on this computer. A picture is lost when its number is missing on the disk between the first and the last.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from gait import clip as clips
from gait.model import Picture
from gait.pipeline import Choices, analyse
from gait.places import SAMPLE_SPEED_KMH
from validation.benchmark import ROOT, SAMPLE, machine
from validation.idle_load import BROWSERS, FLAGS, answers, free_port
from validation.live_latency import at_rate

RATE_HZ, BITS, BLOCK_PX = 30, 10, 30


def camera_file(source: Path, target: Path) -> int:
    """The clip as a browser's fake camera takes it; how many pictures."""
    n = 0
    with target.open("wb") as out:
        for n, frame in enumerate(clips.frames(clips.open_clip(source)), 1):
            picture = cv2.cvtColor(frame.picture(), cv2.COLOR_RGB2BGR)
            for bit in range(BITS):
                picture[:BLOCK_PX, bit * BLOCK_PX : (bit + 1) * BLOCK_PX] = 255 if n - 1 >> bit & 1 else 0
            out.write(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes())
    return n


def number_of(picture: Picture) -> int:
    """Painted in."""
    rows = picture[4 : BLOCK_PX - 4, : BITS * BLOCK_PX].mean(axis=(0, 2))
    lit = rows.reshape(BITS, BLOCK_PX)[:, 8:-8].mean(axis=1) > 128
    return int((lit * 2 ** np.arange(BITS)).sum())


def record(camera: Path, seconds: float, folder: Path) -> Path:
    """Open the page, take a standing and a running clip; the running clip on the disk."""
    from playwright.sync_api import sync_playwright

    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    port, visits = free_port(), folder / "reports"
    own = {"GAIT_REPORTS_DIR": str(visits), "GAIT_RECORD_SECONDS": f"1,{seconds:g}"}
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(ROOT / "app.py"),
            f"--server.port={port}",
            "--server.headless=true",
        ],
        cwd=ROOT,
        env=os.environ | own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    try:
        answers(f"http://localhost:{port}/_stcore/health", server)
        with sync_playwright() as driver:
            context = driver.chromium.launch_persistent_context(
                str(folder / "profile"),
                executable_path=browser,
                args=[*FLAGS, *flags, f"--use-file-for-fake-video-capture={camera}"],
                viewport={"width": 1180, "height": 820},
            )
            page = context.new_page()
            page.set_default_timeout(120_000)
            page.goto(f"http://localhost:{port}/record")
            page.locator(".truth b").first.wait_for()
            page.wait_for_timeout(4000)
            for part in ("standing", "run"):
                page.locator(f".take[data-part={part}]").get_by_role("button").click()
                page.locator(f".take.done[data-part={part}]").wait_for()
            context.close()
        return Path(shutil.copy(next(visits.glob(".uploads/rec-*/run-1.*")), folder))
    finally:
        server.terminate()
        server.wait(20)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clip", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--standing", type=Path, default=SAMPLE.with_suffix(".standing.mp4"))
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = at_rate(args.clip, folder / "source.mp4", RATE_HZ)
        n = camera_file(source, folder / "camera.mjpeg")
        run = record(folder / "camera.mjpeg", args.seconds, folder)
        clip = clips.open_clip(run)
        steps = np.diff([number_of(frame.image) for frame in clips.frames(clip)]) % n
        sent_s = np.concatenate([[0], np.cumsum(steps)]) / RATE_HZ
        slope = float(np.polyfit(sent_s, clip.times_s, 1)[0])
        choices = Choices(standing=args.standing, speed_kmh=SAMPLE_SPEED_KMH)
        labels = [
            ", ".join(f"{side.value} {foot.label}" for side, foot in analyse(path, choices).pronation.feet.items())
            for path in (source, run)
        ]
    sent = int(steps.sum()) + 1
    text = "\n".join(
        [
            "# A recording made in the browser",
            "",
            f"Measured by `python -m validation.browser_recording` on {where}; browser, encoder and dashboard on this one computer.",
            "",
            f"- Pictures: {clip.n_frames} of {sent} arrived ({100 * clip.n_frames / sent:.1f} %), {clip.width_px} x {clip.height_px}, {clip.duration_s:.1f} s.",
            f"- Times: run at {100 * (slope - 1):+.3f} % of the camera's.",
            f"- Labels: {labels[1]}; of the clip it was fed from: {labels[0]}.",
            "",
        ]
    )
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
