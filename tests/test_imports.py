"""The layout's one direction, held by walking the imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "gait").rglob("*.py"))

VALUES = {"model", "landmarks", "settings", "errors", "progress", "data", "rhythm"}
"""What any stage may import: the values, never another stage."""

STAGES = {"clip", "quality", "trajectories", "events", "rearfoot", "angles", "strides", "pronation", "pose", "shoes"}

ALSO = {"pose": {"clip"}}
"""A tracker takes a clip's frames."""

HOMES = {
    "streamlit": {"ui"},
    "mediapipe": {"pose"},
    "av": {"clip", "capture", "overlay"},
    "plotly": {"figures"},
    "typst": {"report"},
    "PIL": {"stills", "canvas"},
    "jsonschema": {"outputs"},
    "threadpoolctl": {"rearfoot"},
}
"""Each library is named in one place."""


def parts(path: Path) -> tuple[str, ...]:
    return path.relative_to(ROOT / "gait").with_suffix("").parts


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: "/".join(parts(p)))
def test_each_library_is_named_in_its_own_place(path):
    for name in imported(path):
        library = name.split(".")[0]
        if library in HOMES:
            assert parts(path)[0] in HOMES[library], f"{path.name} must not import {library}"


@pytest.mark.parametrize("path", [p for p in MODULES if parts(p)[0] in STAGES], ids=lambda p: "/".join(parts(p)))
def test_stages_import_values_not_each_other(path):
    for name in imported(path):
        pieces = name.split(".")
        home = parts(path)[0]
        if pieces[0] == "gait" and len(pieces) > 1 and pieces[1] not in VALUES | ALSO.get(home, set()):
            assert pieces[1] == home, f"{path.name} must not import gait.{pieces[1]}"


def test_importing_gait_loads_no_heavy_library():
    code = "import sys, gait, gait.cli; print(sorted({m.split('.')[0] for m in sys.modules} & set(sys.argv[1:])))"
    heavy = ["mediapipe", "cv2", "streamlit", "scipy", "av", "plotly", "typst"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
