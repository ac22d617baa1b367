"""What docstrings promise: their examples run, and the main ones have one."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "gait").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)
MAIN = {
    "gait.model",
    "gait.geometry",
    "gait.rhythm",
    "gait.landmarks",
    "gait.settings",
    "gait.progress",
    "gait.errors",
    "gait.judge",
    "gait.pipeline",
} | {
    f"gait.{stage}"
    for stage in (
        "trajectories",
        "events.find",
        "events.view",
        "strides",
        "pronation",
        "estimate_3d",
        "kinematics",
        "quality.picture",
        "quality.people",
        "quality.repeats",
    )
}


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_run(name):
    module = importlib.import_module(name)
    done = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert done.attempted
    assert not done.failed


def test_the_main_modules_show_how_they_are_used():
    assert set(WITH_EXAMPLES) >= MAIN
