"""The sample run, analysed once for all tests that look at it."""

import subprocess
import sys
from pathlib import Path

import pytest

from gait.results.folder import ResultFolder
from tests.builders import ROOT, SAMPLES


def gait(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it."""
    command = [sys.executable, "-m", "gait.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=600)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Tests neither read nor fill the user's cache of tracks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAIT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory):
    """(finished process, result folder) of the sample clip with its standing clip at the truth file's speed."""
    out = tmp_path_factory.mktemp("sample") / "result"
    done = gait(
        "analyze",
        SAMPLES / "treadmill_rear.mp4",
        *("--standing", SAMPLES / "treadmill_rear.standing.mp4", "--speed-kmh", "9.72", "--out", out),
        *("--runner", "Example Runner"),
    )
    return done, ResultFolder(out)
