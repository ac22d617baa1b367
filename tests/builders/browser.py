"""A dashboard of its own and a real browser, for the tests that need both."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gait.words import phrase
from tests.builders import ROOT

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL without a graphics card, for the skeleton
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """Where Chromium is. Without one the test is skipped, or fails with GAIT_REQUIRE_BROWSER=1."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        reason = "no Chromium on this computer: install the package 'chromium' to run the browser tests"
        if os.environ.get("GAIT_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def turn_to(page, section: str) -> None:
    """Look at a section of an open result: watch, figures, steps or how_judged."""
    page.get_by_role("tab", name=phrase(f"page-tab_{section}"), exact=True).click()


@contextmanager
def dashboard(reports: Path, **environment: str) -> Iterator[str]:
    """The address of a running dashboard whose results are in `reports`."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), f"--server.port={port}"]
    own = os.environ | {"GAIT_REPORTS_DIR": str(reports)} | environment
    with (reports / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=own, stdout=log, stderr=log)
        try:
            url = f"http://localhost:{port}"
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"{url}/_stcore/health", timeout=2).close()
                    break
                except urllib.error.HTTPError:
                    break  # it is there, and wants people to sign in
                except OSError:
                    assert server.poll() is None, (reports / "server.log").read_text()
                    time.sleep(0.25)
            yield url
        finally:
            server.terminate()
            server.wait(20)
