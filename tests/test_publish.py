"""The result stands before its overlay video is drawn, whatever becomes of the video."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from gait import outputs, pipeline
from gait.cli import main
from gait.errors import Cancelled, GaitError
from tests.builders import analysis_json


@pytest.fixture
def measured(monkeypatch):
    """An analysis that takes no time, of a clip whose film can be drawn."""
    analysis = SimpleNamespace(refused=False, clip=SimpleNamespace(codec="h264"))
    monkeypatch.setattr(pipeline, "_measure", lambda *_: (analysis, None))
    monkeypatch.setattr(pipeline, "document", lambda *_, **__: analysis_json())
    monkeypatch.setattr(outputs, "write_tables", lambda folder, _, doc: outputs.write_document(folder, doc))
    monkeypatch.setattr(outputs, "write_report", lambda folder: (folder / "report.pdf").write_text("report"))
    return analysis


def test_everything_but_the_film_stands_before_the_film_is_begun(tmp_path, monkeypatch, measured):
    seen = []

    def draw(folder, analysis, tell):
        seen.append(sorted(p.name for p in folder.iterdir()))
        (folder / "overlay.mp4").write_text("film")

    monkeypatch.setattr(outputs, "write_overlay", draw)
    out = tmp_path / "run"
    told = []
    pipeline.analyse_to_folder(
        Path("clip.mp4"), out, published=lambda f: told.append((f.analysis["status"], len(seen)))
    )
    assert told == [("ok", 0)], "published before the film is begun"
    assert seen == [["analysis.json", "report.pdf"]]
    assert (out / "overlay.mp4").is_file()


@pytest.mark.parametrize("error", [Cancelled(), GaitError("The disk is full."), RuntimeError("a fault")])
def test_a_film_that_fails_leaves_the_result(tmp_path, monkeypatch, measured, error):
    def draw(folder, analysis, tell):
        raise error

    monkeypatch.setattr(outputs, "write_overlay", draw)
    out = tmp_path / "run"
    with pytest.raises(type(error)):
        pipeline.analyse_to_folder(Path("clip.mp4"), out)
    assert sorted(p.name for p in out.iterdir()) == ["analysis.json", "report.pdf"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_an_earlier_film_does_not_pass_for_the_new_runs(tmp_path, monkeypatch, measured):
    out = tmp_path / "run"
    out.mkdir()
    (out / "overlay.mp4").write_text("of another run")

    def stop(folder, analysis, tell):
        raise Cancelled

    monkeypatch.setattr(outputs, "write_overlay", stop)
    with pytest.raises(Cancelled):
        pipeline.analyse_to_folder(Path("clip.mp4"), out)
    assert not (out / "overlay.mp4").exists()


def test_the_command_says_the_labels_before_the_film_and_counts_it_as_analysed(tmp_path, monkeypatch, capsys, measured):
    said_before = []

    def draw(folder, analysis, tell):
        said_before.append(capsys.readouterr().out)
        raise GaitError("The overlay video cannot be written.", "Free some space.")

    monkeypatch.setattr(outputs, "write_overlay", draw)
    assert main(["analyze", "clip.mp4", "--out", str(tmp_path / "run")]) == 0
    assert "Right foot: over-pronating" in said_before[0]
    after = capsys.readouterr()
    assert "foot:" not in after.out
    assert "overlay.mp4" not in after.out
    assert "report.pdf" in after.out
    assert "whole but for the overlay video" in after.err
    assert json.loads((tmp_path / "run" / "analysis.json").read_text())["status"] == "ok"


def test_stopping_the_command_while_the_film_is_drawn_keeps_the_result(tmp_path, monkeypatch, capsys, measured):
    def draw(folder, analysis, tell):
        raise KeyboardInterrupt

    monkeypatch.setattr(outputs, "write_overlay", draw)
    assert main(["analyze", "clip.mp4", "--out", str(tmp_path / "run")]) == 130
    said = capsys.readouterr()
    assert "nothing was written" not in said.err
    assert "analysis.json" in said.out
