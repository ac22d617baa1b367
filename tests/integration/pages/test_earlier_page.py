"""The list of earlier results."""

from pathlib import Path

from gait.services import jobs
from gait.ui.engine import engine
from tests.builders.results import analysis_json, result_folder
from tests.integration.pages.show import SlowDrawing, page, pretend, text, until


def test_earlier_lists_newest_first_and_deletes_on_the_second_click(reports):
    for name, made in (("old", "2026-01-01T10:00:00+00:00"), ("young", "2026-02-01T10:00:00+00:00")):
        doc = analysis_json()
        doc |= {"created": made, "runner": name}
        result_folder(reports / name, doc)
    app = page("earlier")
    said = text(app)
    assert said.index("young") < said.index("old")
    assert "Left: Neutral" in said
    assert "Right: Over-pronating" in said
    app.button(key="delete-old").click().run()
    assert (reports / "old").is_dir()
    app.button(key="really").click().run()
    assert not (reports / "old").exists()
    assert (reports / "young").is_dir()


def test_earlier_without_results_says_so():
    assert "No results yet" in text(page("earlier"))


def test_deleting_a_result_ends_its_film(reports, monkeypatch):
    drawing = SlowDrawing()
    pretend(monkeypatch, drawing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4")))
    until(lambda: job.state == "drawing")
    app = page("earlier")
    app.button(key=f"delete-{job.name}").click().run()
    app.button(key="really").click().run()
    assert job.state == "done"
    assert not (reports / job.name).exists()
