"""Is this computer ready? What is installed, which model is used, whether a camera and a writable folder are there."""

import os
import platform
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from gait import __version__
from gait.errors import GaitError

LIBRARIES = (
    "mediapipe",
    "opencv-contrib-python-headless",
    "av",
    "numpy",
    "pandas",
    "scipy",
    "streamlit",
    "plotly",
    "typst",
    "jsonschema",
)


@dataclass(frozen=True)
class Check:
    """One line of the check-up. An optional one that fails is worth a look and stops nothing."""

    name: str
    ok: bool
    found: str
    advice: str = ""
    optional: bool = False


def check_up(reports: Path) -> list[Check]:
    """All checks, cheap ones first; opens no camera and loads no model. `reports` is where results go."""
    python = Check("Python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    return [Check("gait", True, __version__), python, *_libraries(), _opencv(), _model(), _camera(), _writable(reports)]


def _libraries() -> list[Check]:
    checks = []
    for name in LIBRARIES:
        try:
            checks.append(Check(name, True, version(name)))
        except PackageNotFoundError:
            checks.append(Check(name, False, "not installed", "Run `make setup`."))
    return checks


def _opencv() -> Check:
    try:
        import cv2
    except ImportError as error:
        return Check(
            "OpenCV loads", False, str(error), "Run `make setup` again; it installs the build without a window toolkit."
        )
    return Check("OpenCV loads", True, cv2.__version__)


def _model() -> Check:
    from gait.pose.trackers.blazepose import model_file, model_sha256

    try:
        path = model_file("full")
        return Check("pose model", True, f"BlazePose full, {path.name}, sha256 {model_sha256('full')[:12]}")
    except GaitError as error:
        return Check("pose model", False, error.message, error.advice)


def _camera() -> Check:
    found = sorted(Path("/dev").glob("video*")) if platform.system() == "Linux" else []
    if found:
        return Check("camera", True, ", ".join(str(p) for p in found))
    if platform.system() == "Linux":
        return Check("camera", False, "none found", "Clips from a phone work without one.", optional=True)
    return Check("camera", True, f"not looked for on {platform.system()}", optional=True)


def _writable(folder: Path) -> Check:
    name = f"results folder {folder}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            free_gb = _free_bytes(folder) / 1e9
    except OSError as error:
        return Check(
            name,
            False,
            str(error),
            "Name a folder you may write to: --reports DIR, or the environment's GAIT_REPORTS_DIR.",
        )
    return Check(
        name,
        free_gb > 1,
        f"writable, {free_gb:.0f} GB free",
        "Free some space: a run needs up to 1 GB while it is analysed.",
    )


def _free_bytes(folder: Path) -> float:
    import shutil

    return float(shutil.disk_usage(os.fspath(folder)).free)
