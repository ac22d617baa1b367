"""Is this computer ready? What is installed, which model is used, whether a camera and a writable folder are there."""

import os
import platform
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from gait import __version__
from gait.errors import GaitError
from gait.settings import PoseSettings

if TYPE_CHECKING:
    from gait.pose import TrackerKind

LIBRARIES = (
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
class Requirement:
    """One thing this computer needs: a line of the check-up. An optional one that fails is worth a look and stops nothing."""

    name: str
    ok: bool
    found: str
    advice: str = ""
    optional: bool = False


def check_up(reports: Path) -> list[Requirement]:
    """All checks, cheap ones first; opens no camera and loads no model. `reports` is where results go."""
    python = Requirement("Python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    return [
        Requirement("gait", True, __version__),
        python,
        *_libraries(),
        _opencv(),
        _model(),
        _camera(),
        _writable(reports),
    ]


def _libraries() -> list[Requirement]:
    checks = []
    for name in (*_tracker().distributions, *LIBRARIES):
        try:
            checks.append(Requirement(name, True, version(name)))
        except PackageNotFoundError:
            checks.append(
                Requirement(name, False, "not installed", "Run `make setup` in a checkout, else install gait again.")
            )
    return checks


def _opencv() -> Requirement:
    try:
        import cv2
    except ImportError as error:
        return Requirement(
            "OpenCV loads",
            False,
            str(error),
            "On Linux install libGL (Debian and Ubuntu: apt install libgl1 libglib2.0-0), or use `make setup`, which takes the "
            "build that needs none.",
        )
    return Requirement("OpenCV loads", True, cv2.__version__)


def _model() -> Requirement:
    kind = _tracker()
    try:
        found = kind.identify()
        return Requirement("pose model", True, f"{kind.title}, {found.file_name}, sha256 {found.model_sha256[:12]}")
    except GaitError as error:
        return Requirement("pose model", False, error.message, error.advice)


def _tracker() -> "TrackerKind":
    """The one that is used unless another is chosen."""
    from gait.pose import tracker_kind

    return tracker_kind(PoseSettings().tracker)


def _camera() -> Requirement:
    found = sorted(Path("/dev").glob("video*")) if platform.system() == "Linux" else []
    if found:
        return Requirement("camera", True, ", ".join(str(p) for p in found))
    if platform.system() == "Linux":
        return Requirement("camera", False, "none found", "Clips from a phone work without one.", optional=True)
    return Requirement("camera", True, f"not looked for on {platform.system()}", optional=True)


def _writable(folder: Path) -> Requirement:
    name = f"results folder {folder}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            free_gb = _free_bytes(folder) / 1e9
    except OSError as error:
        return Requirement(
            name,
            False,
            str(error),
            "Name a folder you may write to: --reports DIR, or the environment's GAIT_REPORTS_DIR.",
        )
    return Requirement(
        name,
        free_gb > 1,
        f"writable, {free_gb:.0f} GB free",
        "Free some space: a run needs up to 1 GB while it is analysed.",
    )


def _free_bytes(folder: Path) -> float:
    import shutil

    return float(shutil.disk_usage(os.fspath(folder)).free)
