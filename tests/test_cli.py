"""The command's manners: exit status, one sentence on stderr, nothing half-written."""

import json

import pytest

from gait.cli import main
from tests.builders import SHARED, needs_shared
from tests.conftest import gait


def refused(tmp_path, clip, *more):
    out = tmp_path / "out"
    done = gait("analyze", clip, "--out", out, *more)
    assert done.returncode == 2, done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith("gait: ")
    return done.stderr, out


def test_a_missing_file(tmp_path):
    words, out = refused(tmp_path, tmp_path / "nothing.mp4")
    assert "nothing.mp4" in words
    assert not out.exists()


@pytest.mark.parametrize(("name", "content"), [("text.mp4", b"no video, only words\n" * 9), ("zero.mp4", b"")])
def test_a_file_that_is_no_video(tmp_path, name, content):
    clip = tmp_path / name
    clip.write_bytes(content)
    words, out = refused(tmp_path, clip)
    assert name in words
    assert not out.exists()
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_missing_standing_clip(tmp_path):
    from tests.builders import SAMPLES

    words, out = refused(tmp_path, SAMPLES / "treadmill_rear.mp4", "--standing", tmp_path / "none.mp4")
    assert "none.mp4" in words
    assert not out.exists()


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("name", ["empty_treadmill", "feet_cut_off"])
def test_a_clip_that_cannot_be_judged_says_why_and_leaves_the_reason_on_disk(tmp_path, name):
    _, out = refused(tmp_path, SHARED / "clips" / "bad" / f"{name}.mp4")
    doc = json.loads((out / "analysis.json").read_text())
    assert doc["status"] == "refused"
    assert any(f["severity"] == "refuse" and f["advice"] for f in doc["findings"])
    assert [p.name for p in out.iterdir()] == ["analysis.json"]


@pytest.mark.parametrize("speed", ["0", "-3", "500", "fast"])
def test_a_senseless_speed_is_refused_before_any_work(speed, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["analyze", "x.mp4", f"--speed-kmh={speed}"])
    assert stop.value.code == 2
    assert "speed" in capsys.readouterr().err


@pytest.mark.parametrize("factor", ["0.5", "41"])
def test_a_senseless_slow_motion_factor_is_refused_before_any_work(factor, capsys, tmp_path):
    assert main(["analyze", str(tmp_path / "x.mp4"), f"--slow-motion={factor}"]) == 2
    assert "between 1 and 40" in capsys.readouterr().err


def test_doctor_says_what_is_installed_and_which_model_is_used(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    main(["doctor"])
    said = capsys.readouterr().out
    for words in ("mediapipe: 0.10.21", "BlazePose full", "camera", "results folder"):
        assert words in said


def test_the_app_tells_of_a_mistake_in_the_stores_table_before_it_starts(tmp_path, capsys):
    shelf = tmp_path / "shelf.csv"
    shelf.write_text("sku,brand\n1,x\n")
    assert main(["app", "--shelf", str(shelf)]) == 2
    assert main(["app", "--limits", str(tmp_path / "none.csv")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "limits" in said[1]
