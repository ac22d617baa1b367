"""The examples run as they stand, on the sample clip."""

import csv
import os
import shutil
import subprocess
import sys

import pytest

from tests.builders import ROOT, SAMPLES

EXAMPLES = {p.stem for p in (ROOT / "examples").glob("*.py")}
pytestmark = pytest.mark.slow


def example(name: str, *arguments: object) -> str:
    command = [sys.executable, ROOT / "examples" / f"{name}.py", *arguments]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, env=env, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_every_example_is_run_here_and_listed():
    listed = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    text = (ROOT / "tests" / "integration" / "test_examples.py").read_text(encoding="utf-8")
    for name in EXAMPLES:
        assert f"[{name}.py]({name}.py)" in listed
        assert f'example("{name}"' in text


def test_a_clip_gives_a_label_for_each_foot():
    said = example("analyse_clip")
    assert "left: neutral" in said
    assert "right: over" in said


def test_a_result_folder_is_read(sample_run):
    said = example("read_result", sample_run[1].path)
    assert "left neutral" in said
    assert "contact_time_s" not in said or "right" in said
    assert "(1200, 33, 2) points" in said


def test_a_metric_of_ones_own_comes_with_an_interval():
    said = example("own_metric")
    assert said.count("Estimate(value=") == 2


def test_other_limits_give_other_labels():
    assert "left: neutral by the shipped limits, over by a stricter store" in example("own_limits")


def test_a_folder_becomes_a_table_and_names_what_is_no_clip(tmp_path):
    clips, out = tmp_path / "clips", tmp_path / "out"
    clips.mkdir()
    for name in ("treadmill_rear.mp4", "treadmill_rear.standing.mp4"):
        shutil.copy(SAMPLES / name, clips)
    (clips / "broken.mp4").write_bytes(b"no video")
    example("folder_of_clips", clips, out)
    with (out / "feet.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(r["side"], r["label"]) for r in rows] == [("left", "neutral"), ("right", "over")]
